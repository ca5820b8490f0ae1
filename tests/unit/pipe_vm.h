// For tests of the pipe and the jail: a real VM that runs whitebeam_pipe, and an owner that keeps
// what its link and its jail tell.
#ifndef WHITEBEAM_TESTS_PIPE_VM_H
#define WHITEBEAM_TESTS_PIPE_VM_H

#include "link_peer.h"

#include "link/pipe.h"
#include "sandbox/jail.h"
#include "term/decode.h"

struct vm {
    struct owner owner; // first: the link's events get it
    struct jail *jail;  // NULL after exited()
    int64_t status;
    int signal;
    int read_fd;
    int write_fd;
    char said[4096]; // its output, for the reader of a failed test
};

static inline void vm_output(void *argument, struct str line, uint64_t dropped) {
    struct vm *vm = argument;
    (void)dropped;
    size_t length = strlen(vm->said);
    snprintf(vm->said + length, sizeof vm->said - length, "%.*s\n", STR_ARGS(line));
}

static inline void vm_exited(void *argument, int64_t status, int signal) {
    struct vm *vm = argument;
    vm->jail = NULL;
    vm->status = status;
    vm->signal = signal;
}

static const struct jail_events vm_events = {vm_output, vm_exited};

// The directory with whitebeam_pipe's code, which the build puts beside the tests' directory.
static inline void vm_modules(char *path, size_t size) {
    char self[4000];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(path, size, "%s/../agent", self);
}

// Starts a VM; with `binds` in a jail, where the code must be at /agent.
static inline void vm_start(
        struct vm *vm, uv_loop_t *loop, const char *modules, const struct jail_bind *bind) {
    const char *const arguments[] = {"erl", "+S", "1:1", "+sbwt", "none", "-boot", "start_clean",
            "-noinput", "-pa", bind ? "/agent" : modules, "-s", "whitebeam_pipe", "start", NULL};
    char path[4000];
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    const char *const environment[] = {path, "HOME=/tmp", "LANG=C.UTF-8", NULL};
    struct jail_options options = {.arguments = arguments,
            .environment = environment,
            .binds = bind,
            .bind_count = bind != NULL,
            .memory_bytes = 512u << 20,
            .processes = 100,
            .files = 256,
            .unjailed = bind == NULL};
    struct error error;
    *vm = (struct vm){.status = -1};
    vm->jail = jail_start(loop, &options, &vm_events, vm, &vm->read_fd, &vm->write_fd, &error);
    if (vm->jail == NULL) {
        fail_msg("%s", error.message);
    }
}

static inline void vm_link(struct vm *vm, uv_loop_t *loop) {
    vm->owner.link = pipe_open(loop, vm->read_fd, vm->write_fd, &owner_events, &vm->owner);
}

static inline void vm_run_to_the_end(struct vm *vm, uv_loop_t *loop) {
    uv_run(loop, UV_RUN_DEFAULT);
    if (vm->jail != NULL || vm->owner.link != NULL) {
        fail_msg("the loop ended before the VM: %s", vm->said);
    }
}

// Calls a function as the injection of the agent does. `arguments` are `count` terms without their
// version bytes.
static inline bool vm_call(struct owner *owner, const char *module, const char *function,
        uint32_t number, uint32_t count, struct str arguments) {
    struct term_reference reference = {.node = str_of(owner->peer),
            .creation = owner->self.creation,
            .count = 3,
            .words = {number, 0, 0}};
    struct term_pid self = owner->self;
    self.node = str_of(owner->peer);
    struct buffer out;
    buffer_init(&out);
    encode_version(&out);
    encode_tuple(&out, 3);
    encode_atom_text(&out, "$gen_call");
    encode_tuple(&out, 2);
    encode_pid(&out, &self);
    encode_reference(&out, &reference);
    encode_tuple(&out, 5);
    encode_atom_text(&out, "call");
    encode_atom_text(&out, module);
    encode_atom_text(&out, function);
    encode_list(&out, count);
    buffer_add_str(&out, arguments);
    encode_nil(&out);
    encode_atom_text(&out, "user");
    bool queued = link_send_name(owner->link, STR("rex"), buffer_str(&out));
    buffer_finish(&out);
    return queued;
}

// Reads {Reference, Result}; the result is in the arena and in bytes.
static inline struct term vm_result(struct arena *arena, struct str bytes, uint32_t number) {
    struct term message;
    struct error error;
    assert_true(decode_term(arena, bytes, &message, &error));
    const struct term *reference = term_element(&message, 0);
    const struct term *result = term_element(&message, 1);
    assert_non_null(reference);
    assert_non_null(result);
    assert_int_equal(reference->type, TERM_REFERENCE);
    assert_int_equal(reference->reference->words[0], number);
    return *result;
}

#endif
