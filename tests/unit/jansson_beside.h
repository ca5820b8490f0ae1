// jansson for tests that also write JSON: two of its functions have the names of ours, and are
// hidden here. Answers are read back with it, since it shares no code with the writer.
#ifndef WHITEBEAM_TESTS_JANSSON_BESIDE_H
#define WHITEBEAM_TESTS_JANSSON_BESIDE_H

#define json_string jansson_string
#define json_null   jansson_null
#include <jansson.h>
#undef json_string
#undef json_null

#endif
