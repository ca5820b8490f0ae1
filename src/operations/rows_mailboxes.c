// Mailboxes: reading them, figures of them, taking messages out.
#include "operations/rows.h"

#define GROUP "Message Passing and Communication"

// clang-format off
#define MAX_BYTES(otherwise) INTEGER("max_bytes", otherwise, 1, 4 << 20, \
    "Messages beyond so many bytes are cut.")
#define MATCHING \
    TERM("pattern", NULL, "Messages that match: a term in which the atom _ stands for anything."), \
    TEXT("text", NULL, "Messages whose text has it, as inspect/2 writes them."), \
    CHOICE("kind", "call|cast|event|system|exit|down|timer|reply|io|port|info", NULL, \
            "Messages of this protocol.")
#define KEEP_SIGNALS {.name = "keep_signals", .type = ARGUMENT_BOOLEAN, .fallback = "true", \
    .summary = "Leave ends of linked and monitored processes there."}
#define CHANGED TIMEOUT("2000", 20000), DRY_RUN, FORCE, NODE, END
// clang-format on

static const struct argument pid_arguments[] = {PID, NODE, END};

static const struct argument peek_arguments[] = {
        PID,
        {.name = "source",
                .type = ARGUMENT_CHOICE,
                .choices = "mailbox|trace",
                .fallback = "mailbox",
                .ours = true,
                .summary = "The mailbox as it is, or what was traced."},
        INTEGER("offset", "0", 0, 1000000000, "Skip so many of the oldest messages."),
        INTEGER("limit", "50", 1, 1000, "Messages in the answer."),
        MAX_BYTES("262144"),
        NODE,
        END,
};

static const struct argument inspect_arguments[] = {
        PID,
        INTEGER("limit", "10", 1, 500, "Messages shown from each end."),
        MAX_BYTES("262144"),
        NODE,
        END,
};

static const struct argument search_arguments[] = {
        PID,
        MATCHING,
        INTEGER("limit", "50", 1, 1000, "Messages in the answer."),
        MAX_BYTES("262144"),
        TERMS,
        NODE,
        END,
};

static const struct argument patterns_arguments[] = {
        PID,
        INTEGER("sample_ms", "200", 0, 5000, "Time between the two readings."),
        NODE,
        END,
};

static const struct argument flush_arguments[] = {PID, KEEP_SIGNALS, CHANGED};

static const struct argument drain_arguments[] = {
        PID,
        INTEGER("limit", "1000", 1, 1000, "The oldest so many; the others stay."),
        MAX_BYTES("1048576"),
        KEEP_SIGNALS,
        CHANGED,
};

static const struct argument filter_arguments[] = {PID, MATCHING, TERMS, CHANGED};

static const struct argument prioritize_arguments[] = {
        PID,
        MATCHING,
        FLAG("confirm", "That the order in which senders wrote may be lost."),
        TERMS,
        CHANGED,
};

static const struct argument compact_arguments[] = {
        PID,
        CHOICE("stored", "on_heap|off_heap", NULL, "Keep messages there from now on."),
        CHANGED,
};

#define READS                                                                                      \
    .group = GROUP, .permission = PERMISSION_READ_PROCESSES, .effect = EFFECT_READ,                \
    .run = run_on_node
#define TAKES_OUT                                                                                  \
    .group = GROUP, .permission = PERMISSION_CONTROL_PROCESSES, .effect = EFFECT_DESTROY,          \
    .run = run_on_node

#define COPIED "The runtime can only copy a whole mailbox: over 10 000 messages it is not read."
#define STOPPED                                                                                    \
    "A process that runs has handled what waited before the question; stop it first with "         \
    "suspend_process and the mode system. Refused for processes that are not of an OTP "           \
    "behaviour."
#define COUNTED                                                                                    \
    "by_kind: [{kind: text, count: int}], by_type: [{type: text, count: int}], by_shape: "         \
    "[{shape: text, count: int}], shapes: int"

static const struct operation rows[] = {
        {.name = "get_message_queue_length",
                .summary = "How many messages wait.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox/length"}},
                .arguments = pid_arguments,
                .reply = "{pid: pid, length: int}",
                .teaches = "A queue that grows is work that comes faster than it is done.",
                .functions = "erlang:process_info/2",
                .next = "get_message_queue_stats|inspect_mailbox",
                READS},
        {.name = "peek_message_queue",
                .summary = "Messages that wait, the oldest first.",
                .routes = {{"GET", "/api/v1/processes/{pid}/messages"},
                        {"GET", "/api/v1/processes/{pid}/mailbox/messages"}},
                .arguments = peek_arguments,
                .reply = "{pid: pid, length: int, offset: int, messages: [mailbox_message], "
                         "left_out: int}",
                .teaches = "A mailbox is a list; receive takes the first message that matches.",
                .functions = "erlang:process_info/2",
                .honest = COPIED,
                .next = "search_mailbox|count_mailbox_messages",
                .group = GROUP,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .run = run_messages},
        {.name = "inspect_mailbox",
                .summary = "Both ends of a mailbox, and figures of all of it.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox"}},
                .arguments = inspect_arguments,
                .reply = "{pid: pid, length: int, stored: text, memory: int, status: text, first: "
                         "[mailbox_message], last: [mailbox_message], left_out: int, " COUNTED "}",
                .teaches = "What waits for long is at the head, what came last at the end.",
                .functions = "erlang:process_info/2",
                .honest = COPIED,
                .next = "analyze_mailbox_patterns|search_mailbox",
                READS},
        {.name = "search_mailbox",
                .summary = "Messages of a pattern, a text or a kind.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox/search"}},
                .arguments = search_arguments,
                .reply = "{pid: pid, length: int, found: int, messages: [mailbox_message], "
                         "left_out: int}",
                .teaches = "Pattern matching: the shape of a term and the parts that matter.",
                .functions = "erlang:process_info/2",
                .honest = COPIED,
                .next = "filter_message_queue",
                READS},
        {.name = "count_mailbox_messages",
                .summary = "Messages by kind, type and shape.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox/counts"}},
                .arguments = pid_arguments,
                .reply = "{pid: pid, length: int, " COUNTED "}",
                .teaches = "Calls, casts, timers and signals are all messages.",
                .functions = "erlang:process_info/2",
                .honest = COPIED,
                .next = "analyze_mailbox_patterns",
                READS},
        {.name = "get_message_queue_stats",
                .summary = "Size of a mailbox and of its messages.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox/stats"}},
                .arguments = pid_arguments,
                .reply = "{pid: pid, length: int, stored: text, memory: int, status: text, "
                         "messages_read: bool, why?: text, bytes?: int, average_bytes?: int, "
                         "largest?: {index: int, bytes: int, shape: text}?, callers?: int, "
                         "callers_gone?: int, by_kind?: [{kind: text, count: int}]}",
                .teaches = "Messages on the heap make collections slower; off it they do not.",
                .functions = "erlang:process_info/2, erlang:external_size/1",
                .honest = "Sizes are those of the external form.",
                .next = "compact_mailbox|analyze_mailbox_patterns",
                READS},
        {.name = "analyze_mailbox_patterns",
                .summary = "What the messages that wait say of the process, with the evidence.",
                .routes = {{"GET", "/api/v1/processes/{pid}/mailbox/patterns"}},
                .arguments = patterns_arguments,
                .rate = RATE_HEAVY,
                .reply = "{pid: pid, length: int, length_before: int, unmoved: int, reductions: "
                         "int, callers_gone: int, repeated: [{message: text, count: int}], "
                         "findings: [{finding: text, evidence: text}], " COUNTED "}",
                .teaches = "Messages that no receive matches stay for ever, and each receive "
                           "walks over them.",
                .functions = "erlang:process_info/2",
                .honest = "Rules over two readings; each finding names what it was drawn from.",
                .next = "filter_message_queue|get_process_backtrace",
                READS},
        {.name = "flush_message_queue",
                .summary = "Remove all messages.",
                .routes = {{"POST", "/api/v1/processes/{pid}/mailbox/flush"}},
                .arguments = flush_arguments,
                .reply = "{pid: pid, length_before: int, removed: int, answered?: int, length?: "
                         "int, dry_run?: bool}",
                .teaches = "receive with after 0 takes what is there and does not wait.",
                .functions = "sys:replace_state/3, gen_server:reply/2",
                .honest = STOPPED " Callers get {error, drained}.",
                .next = "drain_message_queue|suspend_process",
                TAKES_OUT},
        {.name = "drain_message_queue",
                .summary = "Remove messages and return them.",
                .routes = {{"POST", "/api/v1/processes/{pid}/mailbox/drain"}},
                .arguments = drain_arguments,
                .reply = "{pid: pid, length_before: int, removed: int, messages: "
                         "[mailbox_message], answered?: int, length?: int, dry_run?: bool}",
                .teaches = "Messages can be put back with send_message, at the end of the queue.",
                .functions = "sys:replace_state/3, gen_server:reply/2",
                .honest = STOPPED " Callers get {error, drained}.",
                .next = "send_message|resume_process",
                TAKES_OUT},
        {.name = "filter_message_queue",
                .summary = "Remove messages of a pattern, a text or a kind.",
                .routes = {{"POST", "/api/v1/processes/{pid}/mailbox/filter"}},
                .arguments = filter_arguments,
                .reply = "{pid: pid, length_before: int, removed: int, answered?: int, kept?: int, "
                         "length?: int, dry_run?: bool}",
                .teaches = "Selective receive takes what matches and leaves the rest in order.",
                .functions = "sys:replace_state/3, gen_server:reply/2",
                .honest = STOPPED " What arrives meanwhile may come before what stays.",
                .next = "search_mailbox|resume_process",
                TAKES_OUT},
        {.name = "prioritize_message_queue",
                .summary = "Put messages of a pattern, a text or a kind first.",
                .routes = {{"POST", "/api/v1/processes/{pid}/mailbox/prioritize"}},
                .arguments = prioritize_arguments,
                .reply = "{pid: pid, length_before: int, moved: int, reordered?: int, length?: "
                         "int, dry_run?: bool}",
                .teaches = "Between two processes messages keep their order; code may rely on it.",
                .functions = "sys:replace_state/3, erlang:send/2",
                .honest = STOPPED " The order in which senders wrote is lost: confirm it.",
                .next = "peek_message_queue|resume_process",
                TAKES_OUT},
        {.name = "compact_mailbox",
                .summary = "Collect the garbage around a mailbox, or move it off the heap.",
                .routes = {{"POST", "/api/v1/processes/{pid}/mailbox/compact"}},
                .arguments = compact_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .group = GROUP,
                .effect = EFFECT_CHANGE,
                .reply = "{pid: pid, before: mailbox_size, after?: mailbox_size, dry_run?: bool}",
                .teaches = "message_queue_data: on_heap is fast, off_heap suits long queues.",
                .functions = "erlang:garbage_collect/2, erlang:process_flag/2",
                .honest = "The order and number of messages do not change.",
                .next = "get_message_queue_stats",
                .run = run_on_node},
};

ROWS_ARE(rows_mailboxes, rows);
