// The version of this program.
#ifndef WHITEBEAM_BASE_VERSION_H
#define WHITEBEAM_BASE_VERSION_H

#define WHITEBEAM_VERSION "0.1.0"

#endif
