// SPDX-License-Identifier: MIT
// The crew of a threaded codec: a worker gives frames to two members and joins what they coded. Its code, compiled as it
// is, with channels that only note by which frame they were coded.
#include "weak/weak.h"

#include "engine/instance_internal.h"

#include <string.h>

#define MAX_CHANNELS 4u
#define FRAMES 2u

static engine_instance instance;
static engine_crew *crew;
static uint32_t coded[MAX_CHANNELS], joined; /* plain on purpose: two who touch them without order are a race */

/* ---- in place of the codec ---- */

bool engine_instance_is_pair(const engine_instance *of) { return of->channel_count == 0u; }

void engine_instance_code_channel(engine_instance *of, uint32_t channel, const engine_frame_job *job,
                                  const float *hop_in, const engine_frame_output *output)
{
    (void)hop_in;
    weak_check(of == &instance && channel < of->channel_count, "there is such a channel");
    weak_check(coded[channel] + 1u == job->number, "a channel is coded twice for a frame, or not for the one before");
    coded[channel] = job->number;
    output->samples[channel] = (float)job->number;
}

void engine_instance_join_channels(const engine_instance *of, const engine_frame_job *job,
                                   const engine_frame_output *output)
{
    for (uint32_t c = 0; c < of->channel_count; c++) {
        weak_check(coded[c] == job->number, "a frame is joined before all of its channels are coded");
        weak_check(output->samples[c] == (float)job->number, "a frame is joined without all of its sound");
    }
    joined++;
}

void engine_worker_ask_long_slice(void) {}
bool engine_worker_use_priority(pthread_t thread, int priority)
{
    (void)thread;
    (void)priority;
    return true;
}

/* ---- the threads ---- */

static void begin_with(uint32_t channel_count)
{
    memset(coded, 0, sizeof coded);
    joined = 0u;
    instance.channel_count = channel_count;
    crew = engine_crew_create(&instance);
    weak_check(crew != NULL, "there is a crew");
}

static void begin_two(void) { begin_with(2u); }
static void begin_three(void) { begin_with(3u); }
static void begin_four(void) { begin_with(4u); } /* the worker has two of them */

/* Job and samples lie where the next frame's will, as in the worker's queues. */
static void work(void)
{
    static engine_frame_job job;
    static float in[1], samples[MAX_CHANNELS];
    const engine_frame_output output = {.samples = samples};
    for (uint32_t frame = 1u; frame <= FRAMES; frame++) {
        job.number = frame;
        memset(samples, 0, sizeof samples);
        engine_crew_code_frame(crew, &job, in, &output);
    }
    engine_crew_destroy(crew);
}

static void end(void) { weak_check(joined == FRAMES, "each frame is joined"); }

int main(void)
{
    static const weak_case cases[] = {
        {"two channels on two threads", begin_two, {work, weak_created}, end},
        {"three channels on three threads", begin_three, {work, weak_created, weak_created}, end},
        {"four channels on three threads", begin_four, {work, weak_created, weak_created}, end},
    };
    const unsigned count = sizeof cases / sizeof *cases;
    const int code = weak_run(cases, count);
    return code ? code : weak_weigh_orders(cases, count, 0u);
}
