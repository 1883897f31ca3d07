// SPDX-License-Identifier: MIT
// Calls that may hang, on a thread of their own.
#include "host/device/timeout.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
    void (*work)(void *context);
    void *context;
    pthread_mutex_t mutex;
    pthread_cond_t done_signal;
    bool done, deserted; /* under `mutex`; who comes second frees the job */
} timed_job;

static timed_job *create_job(void (*work)(void *context), void *context)
{
    timed_job *job = calloc(1, sizeof *job);
    pthread_condattr_t monotonic;
    if (!job) return NULL;
    job->work = work;
    job->context = context;
    pthread_mutex_init(&job->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->done_signal, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return job;
}

static void destroy_job(timed_job *job)
{
    pthread_cond_destroy(&job->done_signal);
    pthread_mutex_destroy(&job->mutex);
    free(job);
}

static void *run_job(void *context)
{
    timed_job *job = context;
    job->work(job->context);
    pthread_mutex_lock(&job->mutex);
    job->done = true;
    const bool deserted = job->deserted;
    pthread_cond_signal(&job->done_signal);
    pthread_mutex_unlock(&job->mutex);
    if (deserted) destroy_job(job);
    return NULL;
}

static bool wait_for_job(timed_job *job, uint32_t timeout_s)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)timeout_s;
    pthread_mutex_lock(&job->mutex);
    int rc = 0;
    while (!job->done && rc != ETIMEDOUT) rc = pthread_cond_timedwait(&job->done_signal, &job->mutex, &until);
    const bool done = job->done;
    job->deserted = !done;
    pthread_mutex_unlock(&job->mutex);
    return done;
}

bool host_call_with_timeout(void (*work)(void *context), void *context, uint32_t timeout_s, bool *begun)
{
    pthread_t thread;
    timed_job *job = create_job(work, context);
    *begun = job && pthread_create(&thread, NULL, run_job, job) == 0;
    if (!*begun) {
        if (job) destroy_job(job);
        return false;
    }
    /* Once the wait is over in vain, the job may be gone at any moment. */
    const bool done = wait_for_job(job, timeout_s);
    if (!done) {
        pthread_detach(thread);
        return false;
    }
    pthread_join(thread, NULL);
    destroy_job(job);
    return true;
}
