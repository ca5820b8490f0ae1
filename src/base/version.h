// The version of this program, and its day.
#ifndef WHITEBEAM_BASE_VERSION_H
#define WHITEBEAM_BASE_VERSION_H

#define WHITEBEAM_VERSION "0.1.0"
#define WHITEBEAM_DATE    "2026-11-20"

#endif
