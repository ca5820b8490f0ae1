// Between the parts of the harness.
#ifndef WHITEBEAM_TESTS_HARNESS_PRIVATE_H
#define WHITEBEAM_TESTS_HARNESS_PRIVATE_H

#include "end_to_end/harness.h"

void *keep_memory(void *memory);
char *text_of(const char *format, va_list args);
const char *harness_build(void);

struct spawning {
    char *const *arguments;
    char *const *environment;
    int input, output, errors; // -1: /dev/null
};

pid_t child_start(const struct spawning *spawning);
bool child_ended(pid_t pid, int *status);
int child_wait(pid_t pid, int seconds, const char *what);
void child_kill(pid_t pid);

// Fails unless the answer of a request that worked has the form that its operation declares.
void reply_judge(const char *method, const char *target, const struct reply *reply);

int daemons_stop(void); // 0, or -1 when one did not end well
void targets_forget(void);
void live_clients_forget(void);

#endif
