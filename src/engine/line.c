// SPDX-License-Identifier: MIT
// Delay lines whose delay moves. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/line_internal.h"

#include "base/numbers.h"

#include <string.h>

void engine_line_forget(engine_line *line) { line->known_samples = 0u; }

void engine_line_aim(engine_line *line, uint32_t delay_samples, bool at_once)
{
    if (at_once) {
        line->delay_samples = line->next_delay_samples = delay_samples;
        line->fade_left = 0u;
    } else if (line->fade_left == 0u && delay_samples != line->delay_samples) {
        line->next_delay_samples = delay_samples;
        line->fade_left = line->fade_samples;
    }
}

uint32_t engine_line_part(const engine_line *line, uint32_t limit)
{
    return line->fade_left > 0u ? base_min_u32(line->fade_left, limit) : limit;
}

/* Samples from `back` before the next write on; what is older than the line knows is silence. */
static void copy_from(const engine_line *line, uint32_t channel, uint32_t back, float *out, uint32_t count)
{
    const float *row = line->rows + (size_t)channel * line->capacity_samples;
    const uint32_t unknown = back > line->known_samples ? base_min_u32(back - line->known_samples, count) : 0u;
    memset(out, 0, unknown * sizeof *out);
    for (uint32_t done = unknown; done < count;) {
        const uint32_t behind = back - done;
        const uint32_t at =
            line->position >= behind ? line->position - behind : line->position + line->capacity_samples - behind;
        const uint32_t part = base_min_u32(count - done, line->capacity_samples - at);
        memcpy(out + done, row + at, part * sizeof *out);
        done += part;
    }
}

void engine_line_read(const engine_line *line, uint32_t channel, uint32_t written, float *out, uint32_t sample_count)
{
    float next[ENGINE_LINE_PART_SAMPLES];
    copy_from(line, channel, line->delay_samples + written, out, sample_count);
    if (line->fade_left == 0u) return;
    copy_from(line, channel, line->next_delay_samples + written, next, sample_count);
    for (uint32_t i = 0; i < sample_count; i++) {
        const float left = (float)(line->fade_left - i) / (float)line->fade_samples;
        out[i] = left * out[i] + (1.0f - left) * next[i];
    }
}

void engine_line_step(engine_line *line, uint32_t sample_count)
{
    if (line->fade_left == 0u) return;
    line->fade_left -= base_min_u32(line->fade_left, sample_count);
    if (line->fade_left == 0u) line->delay_samples = line->next_delay_samples;
}
