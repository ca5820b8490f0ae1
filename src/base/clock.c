// Clocks of the kernel.
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

// The years that RFC 3339 can write, 0000 to 9999.
#define EARLIEST_MS INT64_C(-62167219200000)
#define LATEST_MS   INT64_C(253402300799999)

uint64_t clock_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t clock_monotonic_ms(void) {
    return (int64_t)(clock_monotonic_ns() / 1000000u);
}

int64_t clock_unix_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_format(int64_t unix_ms, char text[static CLOCK_TEXT_BYTES]) {
    int64_t clamped = unix_ms < EARLIEST_MS ? EARLIEST_MS
                      : unix_ms > LATEST_MS ? LATEST_MS
                                            : unix_ms;
    int ms = (int)(clamped % 1000);
    if (ms < 0) {
        ms += 1000; // before 1970
    }
    time_t seconds = (time_t)((clamped - ms) / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    snprintf(text, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
            parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
}
