#pragma once
#include <libpq-fe.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* prctl takes variable arguments, which Swift can't call. */
static inline void clibpq_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
