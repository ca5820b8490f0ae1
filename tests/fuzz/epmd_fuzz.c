// epmd's answer as it grows: what was decided on a beginning stays so with more bytes.
#include "base/must.h"
#include "limits.h"
#include "link/epmd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum epmd_result last = EPMD_MORE;
    uint16_t port = 0;
    size = size < LIMIT_EPMD_REPLY ? size : LIMIT_EPMD_REPLY;
    for (size_t length = 0; length <= size; length++) {
        struct error error = {0};
        struct str bytes = {(const char *)data, length};
        enum epmd_result result = epmd_answer(bytes, STR("rabbit"), &port, &error);
        must(last == EPMD_MORE || result == last);
        must((result == EPMD_FAILED) == (error.code != ERROR_OK));
        must((result == EPMD_FOUND) == (port != 0));
        // The connection relies on it: an answer that is not decided is short.
        must(result != EPMD_MORE || length <= 12 + strlen("rabbit"));
        last = result;
    }
    return 0;
}
