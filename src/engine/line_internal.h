// SPDX-License-Identifier: MIT
// Delay lines whose delay moves without a click.
#ifndef ENGINE_LINE_INTERNAL_H
#define ENGINE_LINE_INTERNAL_H

#include <residuum/rsd_engine.h>
#include <residuum/rsd_status.h>

#include <string.h>

#define ENGINE_LINE_PART_SAMPLES 256u /* most samples of one read or write */

/*
 * Remembers the last samples of some channels, and reads them back at a delay of whole samples. Where the delay
 * changes, the old and the new place are cross-faded over fade_samples; what comes meanwhile waits for the end of the
 * fade. What was before the last forget is silence.
 */
typedef struct {
    float *rows; /* channel_count x capacity_samples; NULL: there is no line */
    uint32_t channel_count, capacity_samples;
    uint32_t position;      /* of the next sample that is written */
    uint32_t known_samples; /* written since the last forget, at most capacity_samples */
    uint32_t delay_samples, next_delay_samples, fade_left, fade_samples;
} engine_line;

/* Room for delays up to longest_samples. Thread: [setup] */
RSD_NODISCARD rsd_status engine_line_make(engine_line *line, uint32_t channel_count, uint32_t longest_samples,
                                          uint32_t fade_samples);
void engine_line_free(engine_line *line);

/* Silence, in a time that does not hang on the length. Thread: [audio] */
RSD_REALTIME void engine_line_forget(engine_line *line);
/* The delay to have: at once where `at_once`, else by a fade that begins where none is under way. Thread: [audio] */
RSD_REALTIME void engine_line_aim(engine_line *line, uint32_t delay_samples, bool at_once);
/* Samples that may be read and written until something changes: the end of a fade; at most `limit`. Thread: [audio] */
RSD_REALTIME uint32_t engine_line_part(const engine_line *line, uint32_t limit);
/*
 * The next samples of one channel. All channels, then engine_line_advance. Inline, as they are what feedback costs while
 * it is off. Thread: [audio]
 */
RSD_REALTIME static inline void engine_line_write(engine_line *line, uint32_t channel, const float *in,
                                                  uint32_t sample_count)
{
    float *row = line->rows + (size_t)channel * line->capacity_samples;
    const uint32_t room = line->capacity_samples - line->position, to_end = room < sample_count ? room : sample_count;
    memcpy(row + line->position, in, to_end * sizeof *row);
    if (to_end < sample_count) memcpy(row, in + to_end, (sample_count - to_end) * sizeof *row);
}

RSD_REALTIME static inline void engine_line_advance(engine_line *line, uint32_t sample_count)
{
    const uint32_t known = line->known_samples + sample_count;
    line->position += sample_count;
    if (line->position >= line->capacity_samples) line->position -= line->capacity_samples;
    line->known_samples = known < line->capacity_samples ? known : line->capacity_samples;
}

/*
 * Samples of one channel, at most ENGINE_LINE_PART_SAMPLES: those from delay_samples before the next write on, and
 * `written` before that: sample_count where these have just been written, else 0 and a delay that is no shorter than
 * sample_count. All channels, then engine_line_step, which takes the fade on. Thread: [audio]
 */
RSD_REALTIME void engine_line_read(const engine_line *line, uint32_t channel, uint32_t written, float *out,
                                   uint32_t sample_count);
RSD_REALTIME void engine_line_step(engine_line *line, uint32_t sample_count);

#endif
