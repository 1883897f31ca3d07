// SPDX-License-Identifier: MIT
// Memory and coefficients of the feedback loop.
#include "engine/engine_internal.h"

#include "base/memory.h"

#include <stdlib.h>

rsd_status engine_feedback_make(engine_feedback *feedback, uint32_t sample_rate_hz, uint32_t channel_count)
{
    const float rate = (float)sample_rate_hz;
    const uint32_t longest = (uint32_t)((uint64_t)sample_rate_hz * ENGINE_FEEDBACK_LONGEST_MS / 1000u);
    const uint32_t fade = sample_rate_hz * ENGINE_FEEDBACK_FADE_MS / 1000u;
    feedback->release = 1000.0f / ((float)ENGINE_FEEDBACK_RELEASE_MS * rate);
    feedback->high_pass = 1.0f - 6.2831853f * ENGINE_FEEDBACK_HIGH_PASS_HZ / rate;
    feedback->fed = base_calloc_64((size_t)channel_count * ENGINE_SUB_BLOCK_SAMPLES * sizeof *feedback->fed);
    feedback->looped = base_calloc_64((size_t)channel_count * ENGINE_SUB_BLOCK_SAMPLES * sizeof *feedback->looped);
    if (!feedback->fed || !feedback->looped) return RSD_ERR_MEMORY;
    return engine_line_make(&feedback->line, channel_count, longest + ENGINE_FEEDBACK_SHORTEST_SAMPLES, fade);
}

void engine_feedback_free(engine_feedback *feedback)
{
    engine_line_free(&feedback->line);
    free(feedback->fed);
    free(feedback->looped);
}
