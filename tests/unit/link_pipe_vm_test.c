// The pipe to a real VM: its greeting, calls of rex as the injection makes them, and that neither
// end outlives the other.
#include "pipe_vm.h"

#include "node/agent_modules.h"

#include <fcntl.h>
#include <signal.h>

static uv_loop_t loop;

static int begin(void **state) {
    (void)state;
    alarm(60); // nothing here takes so long; a hang ends the run
    signal(SIGPIPE, SIG_IGN);
    return uv_loop_init(&loop);
}

static int finish(void **state) {
    (void)state;
    return uv_loop_close(&loop); // fails if a handle was left open
}

static void start_real(struct vm *vm) {
    char modules[4100];
    vm_modules(modules, sizeof modules);
    vm_start(vm, &loop, modules, NULL);
}

static void call_self(struct owner *owner) {
    // To nobody first: that is lost, as between nodes, and harms nothing.
    assert_true(link_send_name(owner->link, STR("nobody_has_this_name"), STR("\203a\1")));
    assert_true(vm_call(owner, "erlang", "abs", 17, 1, STR("\142\377\377\377\326"))); // -42
}

static void answer_of_abs(struct owner *owner, struct str bytes) {
    struct arena arena;
    int64_t value;
    arena_init(&arena);
    struct term result = vm_result(&arena, bytes, 17);
    assert_true(term_integer(&result, &value));
    assert_int_equal(value, 42);
    arena_finish(&arena);
    link_close(owner->link);
}

static void rex_of_a_real_vm_answers_and_link_close_halts_it(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = call_self;
    vm.owner.on_message = answer_of_abs;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_string_equal(vm.owner.peer, "nonode@nohost");
    assert_int_equal(vm.owner.messages, 1);
    assert_int_equal(vm.status, 0);
    assert_int_equal(vm.signal, 0);
}

static void call_with_much(struct owner *owner) {
    struct buffer argument;
    buffer_init(&argument);
    encode_list(&argument, 1);
    buffer_add_u8(&argument, 109); // BINARY_EXT
    buffer_add_u32(&argument, 5u << 20);
    memset(buffer_reserve(&argument, 5u << 20), 'x', 5u << 20);
    argument.length += 5u << 20;
    encode_nil(&argument);
    assert_true(vm_call(owner, "erlang", "hd", 18, 1, buffer_str(&argument)));
    buffer_finish(&argument);
}

static void answer_with_much(struct owner *owner, struct str bytes) {
    struct arena arena;
    arena_init(&arena);
    struct term result = vm_result(&arena, bytes, 18);
    assert_true(result.type == TERM_BINARY && result.text.length == 5u << 20);
    arena_finish(&arena);
    link_close(owner->link);
}

static void large_terms_pass_both_ways(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = call_with_much;
    vm.owner.on_message = answer_with_much;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.messages, 1);
    assert_int_equal(vm.status, 0);
}

static void ask_for_too_much(struct owner *owner) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_integer(&arguments, 300);
    char *bytes = memory_new(1 << 16, 1);
    encode_binary(&arguments, (struct str){bytes, 1 << 16});
    assert_true(vm_call(owner, "lists", "duplicate", 19, 2, buffer_str(&arguments)));
    free(bytes);
    buffer_finish(&arguments);
}

static void message_over_the_limit_ends_the_link_and_the_vm(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = ask_for_too_much;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.messages, 0);
    assert_non_null(strstr(vm.owner.error.message, "too long"));
    assert_int_equal(vm.status, 0);
}

static void kill_it(struct owner *owner) {
    jail_kill(((struct vm *)owner)->jail);
}

static void killed_vm_is_lost(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = kill_it;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.ups, 1);
    assert_int_equal(vm.owner.error.code, ERROR_CONNECTION_LOST);
    assert_int_equal(vm.signal, SIGKILL);
}

static void vm_killed_while_it_boots_is_lost(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm_link(&vm, &loop);
    jail_kill(vm.jail);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.ups, 0);
    assert_int_equal(vm.owner.error.code, ERROR_CONNECTION_LOST);
}

// As when the daemon is killed: nothing is said, the descriptors are gone.
static void vm_halts_when_the_daemon_is_gone(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    uint8_t hello[64];
    fcntl(vm.read_fd, F_SETFL, 0);
    assert_true(read(vm.read_fd, hello, sizeof hello) > 0);
    close(vm.read_fd);
    close(vm.write_fd);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.status, 0);
    assert_int_equal(vm.signal, 0);
}

// `erlang:exit(Pid, kill)` for the process that stands for the daemon.
static void kill_the_daemon_process(struct owner *owner) {
    struct buffer arguments;
    struct term_pid self = owner->self;
    self.node = str_of(owner->peer);
    buffer_init(&arguments);
    encode_pid(&arguments, &self);
    encode_atom_text(&arguments, "kill");
    assert_true(vm_call(owner, "erlang", "exit", 20, 2, buffer_str(&arguments)));
    buffer_finish(&arguments);
}

static void vm_halts_when_its_end_of_the_pipe_is_killed(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = kill_the_daemon_process;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.error.code, ERROR_CONNECTION_LOST);
    assert_int_equal(vm.status, 0);
}

// ---- The agent ------------------------------------------------------------------------------

static void encode_names(struct buffer *out) {
    encode_list(out, agent_module_count);
    for (uint32_t i = 0; i < agent_module_count; i++) {
        encode_atom_text(out, agent_modules[i].name);
    }
    encode_nil(out);
}

static void load_agent(struct owner *owner) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, agent_module_count);
    for (uint32_t i = 0; i < agent_module_count; i++) {
        encode_tuple(&arguments, 3);
        encode_atom_text(&arguments, agent_modules[i].name);
        encode_nil(&arguments); // the file name
        encode_binary(&arguments,
                (struct str){(const char *)agent_modules[i].beam, agent_modules[i].size});
    }
    encode_nil(&arguments);
    assert_true(vm_call(owner, "code", "atomic_load", 1, 1, buffer_str(&arguments)));
    buffer_finish(&arguments);
}

static void start_agent(struct owner *owner) {
    struct buffer arguments;
    struct term_pid self = owner->self;
    self.node = str_of(owner->peer);
    buffer_init(&arguments);
    encode_pid(&arguments, &self);
    encode_names(&arguments);
    assert_true(vm_call(owner, "whitebeam_agent", "start", 2, 2, buffer_str(&arguments)));
    buffer_finish(&arguments);
}

// The guard's pid is in the answer {ok, Guard, Hello}.
static void tell_guard(struct owner *owner, const struct term *started) {
    assert_true(term_is_tagged(started, "ok", 3));
    const struct term_pid *guard = term_element(started, 1)->pid;
    struct buffer message;
    buffer_init(&message);
    encode_version(&message);
    encode_tuple(&message, 2);
    encode_atom_text(&message, "heartbeat");
    encode_integer(&message, 7);
    assert_true(link_send(owner->link, guard, buffer_str(&message)));
    message.length = 0;
    encode_version(&message);
    encode_atom_text(&message, "detach");
    assert_true(link_send(owner->link, guard, buffer_str(&message)));
    buffer_finish(&message);
}

static void next_step(struct owner *owner, struct str bytes) {
    struct arena arena;
    struct term message;
    struct error error;
    arena_init(&arena);
    if (owner->messages == 1) {
        message = vm_result(&arena, bytes, 1);
        assert_true(term_is_atom(&message, "ok"));
        start_agent(owner);
    } else if (owner->messages == 2) {
        message = vm_result(&arena, bytes, 2);
        tell_guard(owner, &message);
    } else if (owner->messages == 3) {
        assert_true(decode_term(&arena, bytes, &message, &error));
        assert_true(term_is_tagged(&message, "heartbeat", 3));
    } else {
        assert_true(decode_term(&arena, bytes, &message, &error));
        assert_true(term_is_atom(&message, "detached"));
        link_close(owner->link);
    }
    arena_finish(&arena);
}

static void agent_loads_answers_and_leaves_through_the_pipe(void **state) {
    (void)state;
    struct vm vm;
    start_real(&vm);
    vm.owner.on_up = load_agent;
    vm.owner.on_message = next_step;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.messages, 4);
    assert_string_equal(vm.said, "");
}

int main(void) {
    const struct CMUnitTest real[] = {
            cmocka_unit_test_setup_teardown(
                    rex_of_a_real_vm_answers_and_link_close_halts_it, begin, finish),
            cmocka_unit_test_setup_teardown(large_terms_pass_both_ways, begin, finish),
            cmocka_unit_test_setup_teardown(
                    message_over_the_limit_ends_the_link_and_the_vm, begin, finish),
            cmocka_unit_test_setup_teardown(killed_vm_is_lost, begin, finish),
            cmocka_unit_test_setup_teardown(vm_killed_while_it_boots_is_lost, begin, finish),
            cmocka_unit_test_setup_teardown(vm_halts_when_the_daemon_is_gone, begin, finish),
            cmocka_unit_test_setup_teardown(
                    vm_halts_when_its_end_of_the_pipe_is_killed, begin, finish),
            cmocka_unit_test_setup_teardown(
                    agent_loads_answers_and_leaves_through_the_pipe, begin, finish),
    };
    return cmocka_run_group_tests_name("a pipe to a real VM", real, NULL, NULL);
}
