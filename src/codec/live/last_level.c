// SPDX-License-Identifier: MIT
// The last level of all, which keeps the peaks. Real-time: nothing in this file allocates, locks, logs or makes a system
// call.
#include "codec/live/coded.h"
#include "codec/live/peaks.h"
#include "codec/live/tuning.h"

#include <string.h>

/* What the last level starts from. */
typedef struct {
    float residual[LIVE_MAX_HOP];
    live_allocation allocation;
    live_search_frame search;
    live_coded_energies energies;
} level_start;

/* One choice of its tokens, and what the decoder makes of it less the sound, in coefficients. */
typedef struct {
    int32_t tokens[RSD_MAX_SEQUENCES];
    float error[LIVE_MAX_HOP], error_energy, peak;
} level_choice;

/* shift: of the target, in normalised coefficients. */
static void measure_error(const live_coded *channel, const float *vector, const float *shift, level_choice *made)
{
    const live_model *model = channel->codec->model;
    const uint32_t width = model->shape.subband_width;
    made->error_energy = 0.0f;
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        const float gain = model->restore[c][channel->allocation.stage[c]];
        for (uint32_t i = c * width; i < (c + 1u) * width; i++) {
            const float sum = vector[i] + shift[i] - channel->coefficients[i];
            made->error[i] = (gain * sum - vector[i]) * channel->scaling.scale[i];
            made->error_energy += made->error[i] * made->error[i];
        }
    }
}

/* Back to where the level starts, with a target that is shifted; shift: in coefficients, then in normalised ones. */
static void start_again(live_coded *channel, const level_start *start, float *shift)
{
    const live_shape *shape = &channel->codec->model->shape;
    channel->allocation = start->allocation;
    channel->search = start->search;
    channel->energies = start->energies;
    for (uint32_t c = 0; c < shape->subband_count; c++) channel->search.found[c].count = 0;
    for (uint32_t i = 0; i < shape->hop; i++) {
        shift[i] *= channel->scaling.inverse[i];
        channel->search.vector[i] += shift[i];
        channel->coefficients[i] = start->residual[i] + shift[i];
    }
}

/* Chooses anew until no peak is over the sound's; `made` gets the best choice. */
static void choose_again(live_coded *channel, const level_start *start, level_choice *made)
{
    const live_model *model = channel->codec->model;
    const uint32_t last = model->level_count - 1u;
    const float first_energy = made->error_energy;
    float whole_shift[LIVE_MAX_HOP] = {0};
    live_peaks peaks;
    live_peaks_begin(channel->codec, &peaks);
    made->peak = live_peaks_look(&peaks, made->error);
    for (uint32_t r = 0; r < LIVE_PEAK_ROUNDS && made->peak > LIVE_PEAK_OVER; r++) {
        float shift[LIVE_MAX_HOP];
        level_choice now;
        live_peaks_shift(&peaks, whole_shift);
        memcpy(shift, whole_shift, model->shape.hop * sizeof *shift);
        start_again(channel, start, shift);
        live_coded_level(channel, last);
        measure_error(channel, start->search.vector, shift, &now);
        now.peak = live_peaks_look(&peaks, now.error);
        memcpy(now.tokens, channel->frame->tokens, model->level_end[last] * sizeof *now.tokens);
        if (now.peak < made->peak && now.error_energy < LIVE_PEAK_COST * first_energy) *made = now;
    }
    memcpy(channel->frame->tokens, made->tokens, model->level_end[last] * sizeof *made->tokens);
}

void live_coded_last_level(live_coded *channel)
{
    live_codec *self = channel->codec;
    const live_model *model = self->model;
    const float no_shift[LIVE_MAX_HOP] = {0};
    level_start start = {.allocation = channel->allocation, .search = channel->search, .energies = channel->energies};
    level_choice made;
    memcpy(start.residual, channel->coefficients, model->shape.hop * sizeof *start.residual);
    live_coded_level(channel, model->level_count - 1u);
    measure_error(channel, start.search.vector, no_shift, &made);
    if (live_peaks_may_exceed(self, made.error_energy)) {
        memcpy(made.tokens, channel->frame->tokens, model->level_end[model->level_count - 1u] * sizeof *made.tokens);
        choose_again(channel, &start, &made);
    }
    memcpy(self->error, made.error, model->shape.hop * sizeof *made.error);
    self->error_energy = made.error_energy;
}
