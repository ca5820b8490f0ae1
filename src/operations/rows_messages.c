// Messages: to one process, to many, and calls.
#include "operations/rows.h"

#define GROUP "Message Passing and Communication"

// clang-format off
#define MESSAGE NEED_TERM("message", "The message.")
#define FORCE_SEND FLAG("force_send", \
    "Send it also to a process that provably does not understand it.")
#define WAIT INTEGER("wait_ms", "0", 0, 10000, "How long to wait and see whether it ends of it.")
#define DELAY(otherwise) INTEGER("delay_ms", otherwise, 0, 3600000, \
    "When to send it; until then it can be taken back.")
#define HANDLER ATOM("handler", NULL, "Of a gen_event: the handler to call.")
#define HOW_SENT CHOICE("type", "send|cast", "send", "A raw message or a cast.")
#define RECORD OUR_FLAG("record", "Keep the message, to send it again later: see replay_recording.")
#define SAFELY FORCE_SEND, DRY_RUN, FORCE, TERMS, NODE, END
// clang-format on

static const struct argument send_arguments[] = {PID, MESSAGE, DELAY("0"), WAIT, RECORD, SAFELY};

static const struct argument send_after_arguments[] = {
        PID,
        MESSAGE,
        NEED_INTEGER("delay_ms", 1, 3600000, "When to send it; until then it can be taken back."),
        SAFELY,
};

static const struct argument cast_arguments[] = {PID, MESSAGE, WAIT, RECORD, SAFELY};

static const struct argument call_arguments[] = {
        PID, MESSAGE, HANDLER, TIMEOUT("5000", 20000), RECORD, SAFELY};

static const struct argument call_sync_arguments[] = {PID, MESSAGE, HANDLER, SAFELY};

static const struct argument any_arguments[] = {
        PID,
        MESSAGE,
        CHOICE("type", "send|cast|call", "send", "A raw message, a cast or a call."),
        HANDLER,
        DELAY("0"),
        WAIT,
        TIMEOUT("5000", 20000),
        RECORD,
        SAFELY,
};

static const struct argument multi_call_arguments[] = {
        NEED_PROCESSES("processes", "Whom to call: pids and registered names."),
        MESSAGE,
        TIMEOUT("5000", 20000),
        DRY_RUN,
        FORCE,
        TERMS,
        NODE,
        END,
};

static const struct argument broadcast_arguments[] = {
        PROCESSES("processes", "Receivers: pids and registered names."),
        TERM("group", NULL, "Or a group of pg, whose members on this node get it."),
        ATOM("scope", ":pg", "The group's scope."),
        MESSAGE,
        HOW_SENT,
        INTEGER("limit", "256", 1, 10000, "With more receivers than that, nothing is sent."),
        SAFELY,
};

static const struct argument selective_arguments[] = {
        TEXT("name_prefix", NULL, "Begin of the registered name."),
        ATOM("application", NULL, "Application of the process."),
        CHOICE("behaviour", "gen_server|gen_statem|gen_event|gen_fsm|supervisor|plain", NULL,
                "Proven behaviour of the process."),
        ATOM("module", NULL, "Its callback module, or the module it was started in."),
        MESSAGE,
        HOW_SENT,
        INTEGER("limit", "100", 1, 10000, "With more receivers than that, nothing is sent."),
        FORCE_SEND,
        DRY_RUN,
        TERMS,
        NODE,
        END,
};

static const struct argument recordings_arguments[] = {
        TEXT("process", NULL, "Only messages to this process, as it was named then."), PAGE, END};

static const struct argument recording_arguments[] = {
        NEED_TEXT("recording", "Id of the recording."), END};

static const struct argument replay_arguments[] = {
        NEED_TEXT("recording", "Id of the recording."),
        PROCESS("pid", "Another process than the one of the recording."),
        DRY_RUN,
        NODE,
        END,
};

#define UNDERSTOOD                                                                                 \
    "Refused where the process provably does not understand it: a supervisor, or a behaviour "     \
    "whose module has no function for such messages."
#define RECORDED                                                                                   \
    .group = GROUP, .permission = PERMISSION_CONTROL_PROCESSES, .effect = EFFECT_CHANGE,           \
    .run = run_recordable
#define CONTROL                                                                                    \
    .group = GROUP, .permission = PERMISSION_CONTROL_PROCESSES, .effect = EFFECT_CHANGE,           \
    .run = run_on_node

static const struct operation rows[] = {
        {.name = "send_message",
                .summary = "Send a raw message to a process.",
                .routes = {{"POST", "/api/v1/processes/{pid}/send"}},
                .arguments = send_arguments,
                .reply = "sent_message",
                .teaches = "Sending always succeeds; what becomes of a message is up to the "
                           "receiver (handle_info/2).",
                .functions = "erlang:send/2",
                .honest = UNDERSTOOD,
                .next = "peek_message_queue|call_process",
                RECORDED},
        {.name = "send_message_after",
                .summary = "Send a raw message to a process later.",
                .arguments = send_after_arguments,
                .reply = "sent_message",
                .teaches = "Timers send messages; a process has no other notion of time.",
                .functions = "erlang:send_after/3",
                .honest = "A lease holds it: released before its time, or when Whitebeam leaves "
                          "the node, nothing is sent.",
                .next = "list_leases|release_lease",
                CONTROL},
        {.name = "cast_message",
                .summary = "Cast to a gen_server or gen_statem, notify a gen_event.",
                .routes = {{"POST", "/api/v1/processes/{pid}/cast"}},
                .arguments = cast_arguments,
                .reply = "sent_message",
                .teaches = "A cast has no answer: nobody learns whether it was handled.",
                .functions = "gen_server:cast/2, gen_statem:cast/2, gen_event:notify/2",
                .honest = UNDERSTOOD,
                .next = "call_process",
                RECORDED},
        {.name = "call_process",
                .summary = "Call a gen_server, gen_statem or a handler of a gen_event.",
                .routes = {{"POST", "/api/v1/processes/{pid}/call"}},
                .arguments = call_arguments,
                .reply = "called_process",
                .teaches = "A call waits for the reply, and ends with an error if the process "
                           "ends first.",
                .functions = "gen_server:call/3, gen_statem:call/3, gen_event:call/4",
                .honest = "Only proven behaviours are called; a reply that comes too late is "
                          "dropped.",
                .next = "cast_message|get_process_state",
                RECORDED},
        {.name = "call_process_sync",
                .summary = "The same, with gen_server's own time of five seconds.",
                .arguments = call_sync_arguments,
                .reply = "called_process",
                .teaches = "gen_server:call/2 gives up after 5 s; the server goes on.",
                .functions = "gen_server:call/2",
                .next = "call_process",
                CONTROL},
        {.name = "message_process",
                .summary = "Send, cast or call.",
                .routes = {{"POST", "/api/v1/processes/{pid}/message"}},
                .arguments = any_arguments,
                .reply = "messaged_process",
                .teaches = "Three ways to talk to a process, which are all messages.",
                .functions = "erlang:send/2, gen_server:cast/2, gen_server:call/3",
                .honest = UNDERSTOOD,
                .next = "call_process|cast_message|send_message",
                RECORDED},
        {.name = "multi_call_processes",
                .summary = "Call several processes at once.",
                .routes = {{"POST", "/api/v1/processes/multi_call"}},
                .arguments = multi_call_arguments,
                .reply = "{results: [{pid: pid?, replied: bool?, reply?: term, reply_inspect?: "
                         "text, code?: text, why?: text, reason?: text}], total: int, replied: "
                         "int, dry_run?: bool}",
                .teaches = "Requests that are all sent first take as long as the slowest.",
                .functions = "gen_server:send_request/2, gen_server:receive_response/2",
                .honest = "Of one node; each process has its own result.",
                .next = "call_process|broadcast_message",
                CONTROL},
        {.name = "broadcast_message",
                .summary = "Send a message to a list of processes or a group.",
                .routes = {{"POST", "/api/v1/processes/broadcast"}},
                .arguments = broadcast_arguments,
                .reply = "{sent: [pid], sent_count: int, refused: [{pid: pid, code: text, why: "
                         "text}], total: int, elsewhere: int, dry_run?: bool}",
                .teaches = "Process groups (pg): names for many.",
                .functions = "erlang:send/2, pg:get_local_members/2",
                .honest = "Members on other nodes are counted, but get nothing. " UNDERSTOOD,
                .next = "selective_send",
                CONTROL},
        {.name = "selective_send",
                .summary = "Send a message to all processes that fit a description.",
                .routes = {{"POST", "/api/v1/processes/selective_send"}},
                .arguments = selective_arguments,
                .rate = RATE_HEAVY,
                .reply = "{sent: [pid], sent_count: int, refused: [{pid: pid, code: text, why: "
                         "text}], total: int, left_out: int, protected: int, dry_run?: bool}",
                .teaches = "What a process is follows from how it was started.",
                .functions = "erlang:processes/0, erlang:process_info/2, erlang:send/2",
                .honest = "Processes of the runtime system are left out. " UNDERSTOOD,
                .next = "broadcast_message",
                CONTROL},
        {.name = "list_recordings",
                .group = GROUP,
                .summary = "Messages that were kept to be sent again.",
                .routes = {{"GET", "/api/v1/recordings"}},
                .arguments = recordings_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "{recording: text, process: text, node: text, recorded_at: time, about: "
                         "object}",
                .list = true,
                .teaches = "A failure that can be sent again can be found.",
                .next = "replay_recording|remove_recording",
                .run = run_recordings_list},
        {.name = "replay_recording",
                .group = GROUP,
                .summary = "Send a kept message again, to the same process or another.",
                .routes = {{"POST", "/api/v1/recordings/{recording}/replay"}},
                .arguments = replay_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "any",
                .teaches = "The same message to another state need not do the same.",
                .honest = "The answer is that of the operation that was recorded.",
                .next = "list_recordings|get_process_state",
                .run = run_recording_replay},
        {.name = "remove_recording",
                .group = GROUP,
                .summary = "Forget a kept message.",
                .routes = {{"DELETE", "/api/v1/recordings/{recording}"}},
                .arguments = recording_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .status = 204,
                .reply = "none",
                .teaches = "A failure that can be sent again can be found.",
                .next = "list_recordings",
                .run = run_recording_remove},
};

ROWS_ARE(rows_messages, rows);
