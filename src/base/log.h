// Log lines on standard error: `time level event key=value …`. Only command, serve, node and main
// log; other layers return errors. Nothing secret and no term of a target is ever logged.
#ifndef WHITEBEAM_BASE_LOG_H
#define WHITEBEAM_BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_set_level(enum log_level level);

// `event` is a dotted name; `format` gives the key=value pairs. Control characters are replaced.
void log_line(enum log_level level, const char *event, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
