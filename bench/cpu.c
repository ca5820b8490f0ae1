// Prints the CPU time that a process has used, in nanoseconds, by its CPU clock: finer than the
// 10 ms of /proc/PID/stat.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
    clockid_t clock;
    struct timespec time;
    if (argc != 2 || clock_getcpuclockid(atoi(argv[1]), &clock) != 0 ||
            clock_gettime(clock, &time) != 0) {
        fprintf(stderr, "usage: cpu PID (of a process that runs)\n");
        return 2;
    }
    printf("%lld\n", (long long)time.tv_sec * 1000000000 + time.tv_nsec);
    return 0;
}
