// Flags by getopt_long(3), the file by libconfuse.
#include "command/options.h"

#include <confuse.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static bool copy(char *at, size_t size, const char *text, const char *what, struct error *error) {
    if (strlen(text) >= size) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "%s is longer than %zu bytes", what, size - 1);
    }
    snprintf(at, size, "%s", text);
    return true;
}

// ADDR:PORT, [v6]:PORT, or :PORT.
static bool set_listen(struct options *options, const char *text, struct error *error) {
    const char *colon = strrchr(text, ':');
    int64_t port;
    if (colon == NULL || !str_to_int(str_of(colon + 1), &port) || port < 0 || port > 65535) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "--listen %s: give ADDRESS:PORT, for example 127.0.0.1:4000", text);
    }
    struct str address = {text, (size_t)(colon - text)};
    if (address.length > 1 && address.at[0] == '[' && address.at[address.length - 1] == ']') {
        address = (struct str){address.at + 1, address.length - 2};
    }
    if (address.length >= sizeof options->address) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "--listen %s: the address is too long", text);
    }
    if (address.length > 0) {
        snprintf(options->address, sizeof options->address, "%.*s", STR_ARGS(address));
    }
    options->port = (uint16_t)port;
    return true;
}

static bool add_attach(struct options *options, const char *name, struct error *error) {
    if (options->attach_count == LIMIT_NODES) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "--attach more than %u times", LIMIT_NODES);
    }
    return copy(options->attach[options->attach_count++], sizeof options->attach[0], name,
            "--attach", error);
}

bool options_default_state(bool demo, char *state, size_t size, struct error *error) {
    const char *base = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const char *name = demo ? "whitebeam-demo" : "whitebeam";
    int length = base && base[0] == '/' ? snprintf(state, size, "%s/%s", base, name)
                 : home                 ? snprintf(state, size, "%s/.local/state/%s", home, name)
                                        : -1;
    if (length < 0 || (size_t)length >= size) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "there is no HOME to keep state in; say where with --state DIR");
    }
    return true;
}

static bool set_default_state(struct options *options, struct error *error) {
    options->state_given = options->state[0] != '\0';
    return options->state_given ||
           options_default_state(options->demo, options->state, sizeof options->state, error);
}

// ---- the file --------------------------------------------------------------------------------

// The texts of a list into `most` places of `size` bytes, one behind the other.
static bool take_list(cfg_t *file, const char *name, char *places, size_t size, size_t most,
        size_t *count, struct error *error) {
    for (unsigned i = 0; i < cfg_size(file, name); i++) {
        if (*count == most) {
            return error_set(
                    error, ERROR_INVALID_PARAMETER, "%s has more than %zu items", name, most);
        }
        if (!copy(places + (*count)++ * size, size, cfg_getnstr(file, name, i), name, error)) {
            return false;
        }
    }
    return true;
}

static bool take_rates(struct options *options, cfg_t *file, struct error *error) {
    static const char *const names[] = {"rate_standard", "rate_heavy", "rate_education"};
    for (size_t i = 0; i < 3; i++) {
        options->rates[i] = cfg_getint(file, names[i]);
        if (options->rates[i] < 1 || options->rates[i] > 1000000000) {
            return error_set(error, ERROR_INVALID_PARAMETER,
                    "%s is %lld; it must be between 1 and 1000000000", names[i],
                    (long long)options->rates[i]);
        }
    }
    return true;
}

static bool take_file(struct options *options, cfg_t *file, struct error *error) {
    const char *listen = cfg_getstr(file, "listen");
    const char *state = cfg_getstr(file, "state");
    const char *cookie = cfg_getstr(file, "cookie_file");
    if ((listen && !set_listen(options, listen, error)) ||
            (state && !copy(options->state, sizeof options->state, state, "state", error)) ||
            (cookie && !copy(options->cookie_file, sizeof options->cookie_file, cookie,
                               "cookie_file", error))) {
        return false;
    }
    for (unsigned i = 0; i < cfg_size(file, "attach"); i++) {
        if (!add_attach(options, cfg_getnstr(file, "attach", i), error)) {
            return false;
        }
    }
    return take_list(file, "hosts", options->hosts[0], sizeof options->hosts[0], 16,
                   &options->host_count, error) &&
           take_list(file, "cors_origins", options->cors_origins[0],
                   sizeof options->cors_origins[0], 16, &options->cors_count, error) &&
           take_list(file, "redact", options->redact[0], sizeof options->redact[0], 64,
                   &options->redact_count, error) &&
           take_rates(options, file, error);
}

// libconfuse reports where a file is wrong through this.
static struct error *file_error;

static void file_failed(cfg_t *file, const char *format, va_list args) {
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    error_set(file_error, ERROR_INVALID_PARAMETER, "%s:%d: %s",
            file && file->filename ? file->filename : "", file ? file->line : 0, text);
}

static bool read_file(struct options *options, const char *path, struct error *error) {
    cfg_opt_t rows[] = {
            CFG_STR("listen", NULL, CFGF_NONE),
            CFG_STR("state", NULL, CFGF_NONE),
            CFG_STR("cookie_file", NULL, CFGF_NONE),
            CFG_STR_LIST("attach", "{}", CFGF_NONE),
            CFG_STR_LIST("hosts", "{}", CFGF_NONE),
            CFG_STR_LIST("cors_origins", "{}", CFGF_NONE),
            CFG_STR_LIST("redact", "{}", CFGF_NONE),
            CFG_INT("rate_standard", 1000, CFGF_NONE),
            CFG_INT("rate_heavy", 100, CFGF_NONE),
            CFG_INT("rate_education", 500, CFGF_NONE),
            CFG_END(),
    };
    cfg_t *file = cfg_init(rows, CFGF_NONE);
    cfg_set_error_function(file, file_failed);
    file_error = error;
    int result = cfg_parse(file, path);
    bool good = result == CFG_SUCCESS && take_file(options, file, error);
    if (result == CFG_FILE_ERROR) {
        error_set(error, ERROR_INVALID_PARAMETER, "--config %s: the file cannot be read", path);
    }
    cfg_free(file);
    return good;
}

// ---- flags -----------------------------------------------------------------------------------

const struct option_flag option_flags[] = {
        {'l', "listen", "ADDRESS:PORT", "where to serve (127.0.0.1:4000; port 0 picks a free one)"},
        {'s', "state", "DIR", "what is kept between runs (~/.local/state/whitebeam)"},
        {'a', "attach", "NAME@HOST", "a node to attach; may be given several times"},
        {'k', "cookie-file", "FILE", "its cookie; the file must be readable by you alone"},
        {'c', "config", "FILE", "the same settings from a file (docs/configuration.md)"},
        {'v', "verbose", NULL, "more log lines"},
        {'\0', NULL, NULL, NULL},
};

#define FLAGS (sizeof option_flags / sizeof option_flags[0])

// The table as getopt_long wants it.
static void fill_flags(struct option flags[static FLAGS]) {
    for (size_t i = 0; i < FLAGS; i++) {
        const struct option_flag *flag = &option_flags[i];
        flags[i] = (struct option){
                flag->name, flag->value ? required_argument : no_argument, NULL, flag->letter};
    }
}

static bool take_flag(struct options *options, int flag, const char *text, struct error *error) {
    switch (flag) {
    case 'l':
        return set_listen(options, text, error);
    case 's':
        return copy(options->state, sizeof options->state, text, "--state", error);
    case 'a':
        return add_attach(options, text, error);
    case 'k':
        return copy(
                options->cookie_file, sizeof options->cookie_file, text, "--cookie-file", error);
    case 'v':
        options->verbose = true;
        return true;
    case 'c':
        return true; // read before
    default:
        return error_set(error, ERROR_INVALID_PARAMETER,
                "that flag is unknown or lacks its value; see `whitebeam help`");
    }
}

bool options_read(struct options *options, int argc, char **argv, struct error *error) {
    *options = (struct options){.port = 4000, .rates = {1000, 100, 500}};
    snprintf(options->address, sizeof options->address, "127.0.0.1");
    options->demo = strcmp(argv[1], "demo") == 0;
    int flag;
    struct option flags[FLAGS];
    fill_flags(flags);
    opterr = 0;
    optind = 2;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (flag == 'c' && !read_file(options, optarg, error)) {
            return false;
        }
    }
    optind = 2;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (!take_flag(options, flag, optarg, error)) {
            return false;
        }
    }
    if (optind < argc) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "'%s' is one word too many; see `whitebeam help`", argv[optind]);
    }
    return set_default_state(options, error);
}
