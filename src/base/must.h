// Assertions about our own mistakes. They are always compiled in; input from outside is never
// checked with them.
#ifndef WHITEBEAM_BASE_MUST_H
#define WHITEBEAM_BASE_MUST_H

// Prints the broken condition and aborts.
_Noreturn void must_failed(const char *condition, const char *file, int line);

#define must(condition) ((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))

#endif
