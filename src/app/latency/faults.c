// SPDX-License-Identifier: MIT
// What is wrong with a loop, in sentences, with what to do about it.
#include "app/latency/lab.h"

#include <math.h>

static const struct {
    unsigned fault;
    const char *name, *sentence;
} faults[LATENCY_FAULT_COUNT] = {
    {LATENCY_NOT_HEARD, "not_heard",
     "nothing was heard: is the output connected to the input, and is the input's gain up?"},
    {LATENCY_SOFT, "soft", "what comes back is under -60 dBFS: raise the output or the input's gain"},
    {LATENCY_CLIPPED, "clipped", "what comes back is clipped or over full scale: lower the input's gain"},
    {LATENCY_NOISY, "noisy",
     "the noise is less than 20 dB under the signal: the figures of single rounds are less certain"},
    {LATENCY_ECHO, "echo", "the loop has an echo: a second arrival"},
    {LATENCY_FEEDBACK, "feedback", "the loop feeds back: what comes back is played again"},
    {LATENCY_DISTURBED, "disturbed",
     "the device reported a gap or a frame came late: such rounds count only where there are no others"},
};

const char *lab_fault_name(unsigned index) { return faults[index].name; }

/* The first round with that fault, whose figures stand for all. */
static const latency_estimate *first_with(const latency_rounds *rounds, bool is_through, unsigned fault)
{
    for (uint32_t i = 0; i < rounds->count; i++)
        if (rounds->rounds[i].is_through == is_through && (rounds->rounds[i].estimate.faults & fault))
            return &rounds->rounds[i].estimate;
    return NULL;
}

static void print_fault(const latency_result *result, bool is_through, unsigned index)
{
    const unsigned fault = faults[index].fault;
    const uint32_t count = latency_rounds_with(&result->rounds, is_through, fault);
    if (count == 0u) return;
    printf("! %s", faults[index].sentence);
    if (fault & (LATENCY_ECHO | LATENCY_FEEDBACK)) {
        const latency_estimate *e = first_with(&result->rounds, is_through, fault);
        printf(" %.0f samples (%.2f ms) %s, %.1f dB", e->echo_samples,
               1e3 * e->echo_samples / result->probe.sample_rate_hz,
               fault == LATENCY_ECHO ? "behind the first" : "later each time", e->echo_db);
    }
    const uint32_t all = latency_rounds_count(&result->rounds, is_through);
    printf(" (%u of %u round%s%s)\n", count, all, all == 1u ? "" : "s", is_through ? " through the codec" : "");
}

static void print_unheard_codec(const latency_result *result)
{
    if (latency_rounds_heard(&result->rounds, true) > 0u || latency_rounds_heard(&result->rounds, false) == 0u) return;
    printf("! %s makes no sound that correlates with the probe: --set monitor=dry measures its delayed input\n",
           result->codec.name);
}

void lab_print_faults(const latency_result *result, bool is_through)
{
    for (unsigned i = 0; i < LATENCY_FAULT_COUNT; i++) print_fault(result, is_through, i);
    if (is_through) {
        print_unheard_codec(result);
        return;
    }
    const uint32_t jumps = latency_rounds_jumps(&result->rounds);
    if (jumps > 0u)
        printf("! the round trip jumped %u time%s: samples were lost or added on the way\n", jumps,
               jumps == 1u ? "" : "s");
    if (result->device_was_lost) puts("! the sound device was lost on the way");
    if (result->device.backend == HOST_BACKEND_NULL && !result->is_inserted)
        puts("! the null device plays into nothing: --insert SAMPLES closes a loop in software");
}
