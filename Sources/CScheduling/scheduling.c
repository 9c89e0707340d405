#define _GNU_SOURCE
#include "scheduling.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// struct sched_attr of the kernel, in its first version (sched(7), sched_setattr(2)).
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

int scheduling_prefer_short_turns(unsigned long long nanoseconds) {
    struct attributes attributes = {.size = sizeof(attributes)};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return errno;
    attributes.runtime = nanoseconds;
    return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : errno;
}

int scheduling_take_what_is_left(void) {
    struct sched_param none = {.sched_priority = 0};
    return sched_setscheduler(0, SCHED_IDLE, &none) == 0 ? 0 : errno;
}

static void *try_both(void *turn) {
    int refused = scheduling_prefer_short_turns(*(unsigned long long *)turn);
    return (void *)(intptr_t)(refused != 0 ? refused : scheduling_take_what_is_left());
}

int scheduling_refused(unsigned long long nanoseconds) {
    pthread_t thread;
    void *refused;
    int failure = pthread_create(&thread, NULL, try_both, &nanoseconds);
    if (failure != 0) return failure;
    failure = pthread_join(thread, &refused);
    return failure != 0 ? failure : (int)(intptr_t)refused;
}
