// One write(2) for each line, so that lines of several processes do not mix.
#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static enum log_level lowest = LOG_INFO;

void log_set_level(enum log_level level) {
    lowest = level;
}

void log_line(enum log_level level, const char *event, const char *format, ...) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if (level < lowest) {
        return;
    }
    char line[2048];
    char now[CLOCK_TEXT_BYTES];
    clock_format(clock_unix_ms(), now);
    int used = snprintf(line, sizeof line, "%s %s %s ", now, names[level], event);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    size_t length = (size_t)used + (more > 0 ? (size_t)more : 0);
    if (length > sizeof line - 2) {
        length = sizeof line - 2;
    }
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)line[i] < 0x20 || line[i] == 0x7F) {
            line[i] = ' ';
        }
    }
    line[length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; // a log that cannot be written has no place to complain
}
