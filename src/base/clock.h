// The two clocks: one that only counts forward, for durations and deadlines, and the calendar.
#ifndef WHITEBEAM_BASE_CLOCK_H
#define WHITEBEAM_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_TEXT_BYTES 32

// Since an arbitrary start; never goes back.
uint64_t clock_monotonic_ns(void);
int64_t clock_monotonic_ms(void);

// Since 1970-01-01T00:00:00Z.
int64_t clock_unix_ms(void);

// Writes RFC 3339 in UTC with milliseconds, 2026-01-02T03:04:05.678Z, and a NUL. A time before the
// year 0 or after 9999 is written as the nearest that has four digits.
void clock_format(int64_t unix_ms, char text[static CLOCK_TEXT_BYTES]);

#endif
