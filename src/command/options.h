// What `serve` and `demo` are told, by flags and the configuration file; flags win.
#ifndef WHITEBEAM_COMMAND_OPTIONS_H
#define WHITEBEAM_COMMAND_OPTIONS_H

#include "base/error.h"
#include "limits.h"

struct options {
    bool demo;
    char address[64];
    uint16_t port;
    char state[4096]; // directory
    bool state_given; // it is not the default
    char cookie_file[4096];
    char attach[LIMIT_NODES][LIMIT_NODE_NAME + 1];
    size_t attach_count;
    char hosts[16][256]; // further names of the Host header
    size_t host_count;
    char cors_origins[16][256]; // origins of pages elsewhere that may use the API
    size_t cors_count;
    char redact[64][64]; // names whose values are never shown, beside the usual ones
    size_t redact_count;
    int64_t rates[3]; // requests an hour: standard, heavy, education
    bool verbose;
};

// Fills in defaults, then the file of --config, then the flags from argv[2] on.
// Errors: ERROR_INVALID_PARAMETER with a sentence for the user.
bool options_read(struct options *options, int argc, char **argv, struct error *error);

// The flags of serve and demo.
struct option_flag {
    char letter;       // by which the program knows it
    const char *name;  // NULL ends the table
    const char *value; // what follows it, NULL: nothing
    const char *summary;
};

extern const struct option_flag option_flags[];

// The state directory where nobody says otherwise. Errors: ERROR_INVALID_PARAMETER without a HOME.
bool options_default_state(bool demo, char *state, size_t size, struct error *error);

#endif
