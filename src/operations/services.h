// What operations work with. Made once by the daemon, handed to every call.
#ifndef WHITEBEAM_OPERATIONS_SERVICES_H
#define WHITEBEAM_OPERATIONS_SERVICES_H

#include <stdbool.h>

struct control;
struct feed;
struct keys;
struct nodes;
struct rates;
struct store;
struct uv_loop_s;

struct services {
    struct uv_loop_s *loop;
    struct nodes *nodes;
    struct feed *feed;        // NULL in tests
    struct store *store;      // NULL in tests: nothing is kept, control operations are not recorded
    struct keys *keys;        // NULL in tests: there are none beside the admin key
    struct rates *rates;      // NULL: no limits
    struct control *controls; // control operations under way, newest first
};

#endif
