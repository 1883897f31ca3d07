// SPDX-License-Identifier: MIT
// A thread a channel: two channels of a codec that takes half of its hop for one are in time on two processors only.
#include "engine/instance_internal.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>

typedef struct {
    engine_crew *crew;
    pthread_t id;
    sem_t begin;     /* the worker -> this thread: a frame is there, or the end */
    uint32_t number; /* takes channels number, number + thread count... */
} crew_member;

struct engine_crew {
    engine_instance *instance;
    uint32_t thread_count; /* the worker among them, as number 0 */
    sem_t done;            /* members -> worker: one for each that has done its part */
    bool is_over;          /* written before begin is posted */
    const engine_frame_job *job;
    const float *hop_in;
    const engine_frame_output *output;
    crew_member members[RSD_ENGINE_MAX_CHANNELS]; /* the first place is not used */
};

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0 && errno == EINTR) {
    }
}

static void code_channels(const engine_crew *crew, uint32_t number)
{
    for (uint32_t c = number; c < crew->instance->channel_count; c += crew->thread_count)
        engine_instance_code_channel(crew->instance, c, crew->job, crew->hop_in, crew->output);
}

static void *member_main(void *context)
{
    crew_member *self = context;
    engine_worker_ask_long_slice();
    (void)rsd_fp_flush_denormals(); /* as on the audio thread */
    for (;;) {
        wait_for(&self->begin);
        if (self->crew->is_over) return NULL;
        code_channels(self->crew, self->number);
        sem_post(&self->crew->done);
    }
}

static uint32_t processor_count(void)
{
    cpu_set_t set;
    const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? (uint32_t)count : 1u;
}

/* false: the system gives no thread; those that there are do with less. */
static bool add_member(engine_crew *crew)
{
    crew_member *member = &crew->members[crew->thread_count];
    member->crew = crew;
    member->number = crew->thread_count;
    if (sem_init(&member->begin, 0, 0u) != 0) return false;
    if (pthread_create(&member->id, NULL, member_main, member) != 0) {
        sem_destroy(&member->begin);
        return false;
    }
    pthread_setname_np(member->id, ENGINE_WORKER_THREAD_NAME);
    crew->thread_count++;
    return true;
}

engine_crew *engine_crew_create(engine_instance *instance)
{
    const uint32_t processors = processor_count();
    const uint32_t wanted = instance->channel_count < processors ? instance->channel_count : processors;
    if (engine_instance_is_pair(instance)) return NULL;
    engine_crew *crew = wanted > 1u ? calloc(1u, sizeof *crew) : NULL;
    if (!crew) return NULL;
    crew->instance = instance;
    crew->thread_count = 1u;
    if (sem_init(&crew->done, 0, 0u) != 0) {
        free(crew);
        return NULL;
    }
    while (crew->thread_count < wanted && add_member(crew)) {
    }
    return crew;
}

void engine_crew_destroy(engine_crew *crew)
{
    if (!crew) return;
    crew->is_over = true;
    for (uint32_t i = 1; i < crew->thread_count; i++) {
        sem_post(&crew->members[i].begin);
        pthread_join(crew->members[i].id, NULL);
        sem_destroy(&crew->members[i].begin);
    }
    sem_destroy(&crew->done);
    free(crew);
}

void engine_crew_code_frame(engine_crew *crew, const engine_frame_job *job, const float *hop_in,
                            const engine_frame_output *output)
{
    crew->job = job;
    crew->hop_in = hop_in;
    crew->output = output;
    for (uint32_t i = 1; i < crew->thread_count; i++) sem_post(&crew->members[i].begin);
    code_channels(crew, 0u);
    for (uint32_t i = 1; i < crew->thread_count; i++) wait_for(&crew->done);
    engine_instance_join_channels(crew->instance, job, output);
}

void engine_crew_set_priority(engine_crew *crew, int priority)
{
    for (uint32_t i = 1; i < crew->thread_count; i++) (void)engine_worker_use_priority(crew->members[i].id, priority);
}
