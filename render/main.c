// whitebeam-render: makes pictures and documents of text, in a process of its own, since what it
// needs for that is large, written by others, and fed with names that come from nodes.
//
//   whitebeam-render png    SVG on standard input, PNG on standard output
//   whitebeam-render pdf    Markdown (see markdown.h) on standard input, PDF on standard output
//
// Its memory and time are bounded, and as root it becomes nobody. It reads nothing but its input,
// libraries, fonts and their configuration: pictures and documents that the input refers to are not
// loaded. Output comes whole or not at all. It ends with 0; with 3 and a line on standard error if
// it will not do it; with 1 and a line if it cannot.
#include "render/render.h"

#include "limits.h"

#include <errno.h>
#include <grp.h>
#include <pango/pangocairo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_BYTES (1u << 30)
#define CPU_SECONDS  8u
#define NOBODY       65534u
#define FILES        128u // fonts are opened, a few at a time

_Noreturn void render_end(int status, const char *format, ...) {
    char reason[400];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    // Libraries explain in several lines, and with parts of the input.
    size_t length = strlen(reason);
    for (size_t i = 0; i < length; i++) {
        reason[i] = (unsigned char)reason[i] < ' ' ? ' ' : reason[i];
    }
    while (length > 0 && reason[length - 1] == ' ') {
        reason[--length] = '\0';
    }
    fprintf(stderr, "whitebeam-render: %s\n", reason);
    fflush(stderr);
    // Not exit(): what libraries keep until their end is no leak, and nothing is to be put away.
    _exit(status);
}

int render_add(void *closure, const unsigned char *bytes, unsigned length) {
    struct buffer *output = closure;
    if (output->length + length > LIMIT_RENDER_OUTPUT) {
        render_end(
                RENDER_REFUSED, "the result would have more than %u MB", LIMIT_RENDER_OUTPUT >> 20);
    }
    buffer_add(output, bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

static void set_limit(int resource, rlim_t value) {
    struct rlimit limit = {value, value};
    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0) {
        render_end(RENDER_FAILED, "cannot limit itself: %s", strerror(errno));
    }
}

// Where the user has no number of that kind (a container with one user), it stays who it is.
static void become_nobody(void) {
    if (geteuid() != 0) {
        return;
    }
    bool changed = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
                   setresuid(NOBODY, NOBODY, NOBODY) == 0;
    if (!changed && errno != EINVAL && errno != EPERM) {
        render_end(RENDER_FAILED, "cannot change to user %u: %s", NOBODY, strerror(errno));
    }
}

// Once, before any input is read.
static void limit_itself(void) {
#ifndef __SANITIZE_ADDRESS__ // it reserves terabytes of addresses
    set_limit(RLIMIT_AS, MEMORY_BYTES);
#endif
    set_limit(RLIMIT_CPU, CPU_SECONDS);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_NOFILE, FILES);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        render_end(RENDER_FAILED, "cannot give up privileges: %s", strerror(errno));
    }
    become_nobody();
}

static void read_all(struct buffer *input) {
    for (;;) {
        ssize_t count = read(STDIN_FILENO, buffer_reserve(input, 65536), 65536);
        if (count < 0 && errno != EINTR) {
            render_end(RENDER_FAILED, "cannot read: %s", strerror(errno));
        }
        if (count == 0) {
            return;
        }
        input->length += count > 0 ? (size_t)count : 0;
        if (input->length > LIMIT_RENDER_INPUT) {
            render_end(RENDER_REFUSED, "the input has more than %u MB", LIMIT_RENDER_INPUT >> 20);
        }
    }
}

static void write_all(struct str output) {
    while (output.length > 0) {
        ssize_t count = write(STDOUT_FILENO, output.at, output.length);
        if (count < 0 && errno != EINTR) {
            render_end(RENDER_FAILED, "cannot write: %s", strerror(errno));
        }
        if (count > 0) {
            output = (struct str){output.at + count, output.length - (size_t)count};
        }
    }
}

// Without any, text would be a row of empty boxes.
static void want_fonts(void) {
    PangoFontFamily **families = NULL;
    int count = 0;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    if (count == 0) {
        render_end(RENDER_FAILED,
                "no fonts are installed (Debian: apt-get install fonts-dejavu-core)");
    }
    g_free(families);
}

int main(int count, char **words) {
    void (*job)(struct str, struct buffer *) = NULL;
    if (count == 2) {
        job = strcmp(words[1], "png") == 0   ? render_png
              : strcmp(words[1], "pdf") == 0 ? render_pdf
                                             : NULL;
    }
    if (job == NULL) {
        render_end(RENDER_USAGE, "say what to make of standard input: whitebeam-render png, for "
                                 "SVG, or whitebeam-render pdf, for Markdown");
    }
    limit_itself();
    struct buffer input;
    struct buffer output;
    buffer_init(&input);
    buffer_init(&output);
    read_all(&input);
    if (input.length == 0) {
        render_end(RENDER_REFUSED, "the input is empty");
    }
    want_fonts();
    job(buffer_str(&input), &output);
    write_all(buffer_str(&output));
    _exit(RENDER_DONE);
}
