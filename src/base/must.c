// What happens when an assertion does not hold: one line that can be found in a log, then abort.
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "assertion_failed condition=\"%s\" file=%s line=%d\n", condition, file, line);
    abort();
}
