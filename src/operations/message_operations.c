// What waits for a process.
#include "operations/handlers.h"
#include "operations/on_node.h"

void run_messages(struct call *call) {
    enum { SOURCE_MAILBOX, SOURCE_TRACE };
    if (call_value(call, "source")->integer == SOURCE_TRACE) {
        struct error error;
        error_set(&error, ERROR_NOT_IMPLEMENTED,
                "messages are not traced, so there are none to show; source=mailbox shows what "
                "waits "
                "now");
        error_detail(&error, "field", STR("source"));
        error_detail(&error, "closest", STR("peek_message_queue with source=mailbox"));
        call_fail(call, &error);
        return;
    }
    on_node(call, "peek_message_queue", on_node_answer, NULL);
}
