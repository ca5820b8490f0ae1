// The pipe to a real VM: its greeting, calls of rex as the injection makes them, and that neither
// end outlives the other.
#include "pipe_vm.h"

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
    };
    return cmocka_run_group_tests_name("a pipe to a real VM", real, NULL, NULL);
}
