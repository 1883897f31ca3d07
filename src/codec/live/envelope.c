// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "rvq/rvq_internal.h"

// Real-time: nothing in this file allocates, locks, logs or makes a system call.

static void interpolate_bands(live_shape *shape)
{
    for (uint32_t i = 0; i < shape->hop; i++) {
        uint32_t below = 0;
        while (below + 2u < shape->band_count && 2u * i + 1u >= shape->edges[below + 1u] + shape->edges[below + 2u])
            below++;
        const float low = 0.5f * (float)(shape->edges[below] + shape->edges[below + 1u]);
        const float high = 0.5f * (float)(shape->edges[below + 1u] + shape->edges[below + 2u]);
        const float share = ((float)i + 0.5f - low) / (high - low);
        const float between = share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
        const bool above = i >= shape->edges[below + 1u];
        shape->band_below[i] = (uint8_t)below;
        shape->band_of[i] = (uint8_t)(above ? below + 1u : below);
        shape->share_of_step[i] = above ? between - 1.0f : between;
    }
}

/* Widths of the bands in coefficients, narrow where sound has most. Wide bands that cost few bits and err little beat
 * fine ones; a longer frame has the bits for more of them (src/DESIGN.md). */
static const uint8_t widths_64[] = {2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 11, 0};
static const uint8_t widths_128[] = {4, 4, 4, 4, 6, 6, 8, 10, 12, 14, 16, 18, 22, 0};
static const uint8_t widths_256[] = {4, 4, 4, 4, 4, 4, 6, 6, 8, 8, 10, 10, 12, 14, 16, 18, 22, 26, 34, 42, 0};

void live_shape_init(live_shape *shape, uint32_t hop)
{
    const uint8_t *widths = hop == 64u ? widths_64 : hop == 128u ? widths_128 : widths_256;
    shape->hop = hop;
    shape->cell_width = hop == 256u ? 16u : 8u;
    shape->cell_count = hop / shape->cell_width;
    shape->edges[0] = 0;
    for (shape->band_count = 0; *widths; shape->band_count++)
        shape->edges[shape->band_count + 1u] = (uint16_t)(shape->edges[shape->band_count] + *widths++);
    interpolate_bands(shape);
}

void live_shape_set(live_shape *shape, const live_constants *constants)
{
    shape->constants = *constants;
    const float low = constants->low_weight, step = (1.0f - low) / (float)(shape->band_count - 1u);
    for (uint32_t b = 0; b < shape->band_count; b++) shape->band_weight[b] = low + step * (float)b;
}

float live_mean_square(const float *values, uint32_t count)
{
    /* Eight partial sums: a fixed order of additions that compilers can still turn into vector code. */
    float sums[8] = {0};
    uint32_t i = 0;
    for (; i + 8u <= count; i += 8u) {
        for (uint32_t lane = 0; lane < 8u; lane++) sums[lane] += values[i + lane] * values[i + lane];
    }
    for (; i < count; i++) sums[0] += values[i] * values[i];
    return (((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))) / (float)count;
}

void live_envelope_of(const live_shape *shape, const float *coefficients, bool anew, float power[LIVE_MAX_BANDS],
                      float envelope[LIVE_MAX_BANDS])
{
    for (uint32_t b = 0; b < shape->band_count; b++) {
        const uint32_t begin = shape->edges[b], width = shape->edges[b + 1u] - begin;
        const float now = live_mean_square(coefficients + begin, width);
        power[b] = anew ? now : now + shape->constants.smoothing * (power[b] - now);
        envelope[b] = 0.5f * rsd_log2f(power[b] + LIVE_SILENCE);
    }
}

void live_envelope_decode(const live_shape *shape, const rsd_rvq *books, const int32_t tokens[LIVE_MAX_ENVELOPE_BOOKS],
                          float state[LIVE_MAX_BANDS])
{
    float step[LIVE_MAX_BANDS] = {0}, shared;
    const bool is_attack = live_attack_place(shape, tokens, &shared) >= 0;
    const uint32_t coded = shape->envelope_book_count - (is_attack ? 1u : 0u);
    for (uint32_t k = 0; k < coded; k++) rsd_rvq_decode_book(books, k, tokens[k], 1.0f, step);
    for (uint32_t b = 0; b < shape->band_count; b++) {
        /* Limited to what float32 sound can hold, so that damaged tokens cannot drive it away. */
        const float told = step[b] / shape->band_weight[b] + shared;
        const float next = shape->constants.prediction * state[b] + told + shape->mean_envelope[b];
        const float limited = next < -20.0f ? -20.0f : next > 12.0f ? 12.0f : next;
        state[b] = limited - shape->mean_envelope[b];
    }
}

_Static_assert(LIVE_MAX_BANDS <= RVQ_PAIR_MAX_DIM && LIVE_MAX_ENVELOPE_BOOKS == 2u, "books are coded as a pair");

void live_envelope_encode(const live_shape *shape, const rsd_rvq *books, const float envelope[LIVE_MAX_BANDS],
                          int32_t place, float state[LIVE_MAX_BANDS], int32_t tokens[LIVE_MAX_ENVELOPE_BOOKS])
{
    float error[LIVE_MAX_BANDS], shared = 0.0f;
    for (uint32_t b = 0; b < shape->band_count; b++) {
        error[b] = envelope[b] - shape->mean_envelope[b] - shape->constants.prediction * state[b];
        shared += error[b] / (float)shape->band_count;
        error[b] *= shape->band_weight[b];
    }
    const uint32_t coded = shape->envelope_book_count - (place >= 0 ? 1u : 0u);
    if (coded == 2u) rvq_encode_pair(books, 0, error, tokens);
    if (coded == 1u) tokens[0] = rsd_rvq_encode_book(books, 0, 1.0f, 16u, error);
    if (place >= 0) tokens[coded] = live_attack_token(shape, (uint32_t)place, shared);
    live_envelope_decode(shape, books, tokens, state);
}

/* Cells far under the loudest count less; the lowest one counts more. Powers are log2 here. */
static void weigh_cells(const live_shape *shape, const float loudness[LIVE_MAX_CELLS], live_scaling *scaling)
{
    const float masked = shape->constants.masked;
    float loudest = -1000.0f;
    for (uint32_t c = 0; c < shape->cell_count; c++) loudest = loudness[c] > loudest ? loudness[c] : loudest;
    for (uint32_t c = 0; c < shape->cell_count && masked > 0.0f; c++) {
        const float over = loudness[c] - (loudest - masked);
        if (over < 0.0f) scaling->power[c] += over;
    }
    scaling->power[0] += shape->constants.low_worth;
}

static void lower_first_scales(const live_shape *shape, float *scale_log2)
{
    const uint32_t count = shape->hop * LIVE_LOW_HZ / 24000u;
    const float step = shape->constants.low_slope / (float)count;
    for (uint32_t i = 0; i < count; i++) scale_log2[i] -= step * (float)(count - i);
}

/* log2 of the envelope at every coefficient. */
static void interpolate_levels(const live_shape *shape, const float state[LIVE_MAX_BANDS], float *level_log2)
{
    float level[LIVE_MAX_BANDS], step[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b < shape->band_count; b++) level[b] = state[b] + shape->mean_envelope[b];
    for (uint32_t b = 0; b + 1u < shape->band_count; b++) {
        const float whole = level[b + 1u] - level[b], fall = whole < -LIVE_STEEPEST ? -LIVE_STEEPEST : whole;
        step[b] = fall > LIVE_STEEPEST ? LIVE_STEEPEST : fall;
    }
    for (uint32_t i = 0; i < shape->hop; i++)
        level_log2[i] = level[shape->band_of[i]] + shape->share_of_step[i] * step[shape->band_below[i]];
}

void live_scaling_of(const live_shape *shape, const float state[LIVE_MAX_BANDS], live_scaling *scaling)
{
    const float gamma = shape->constants.gamma, slope = shape->constants.fill_slope;
    float loudness[LIVE_MAX_CELLS];
    interpolate_levels(shape, state, scaling->scale);
    for (uint32_t c = 0; c < shape->cell_count; c++) {
        float *cell = scaling->scale + c * shape->cell_width, sum = 0.0f;
        for (uint32_t i = 0; i < shape->cell_width; i++) sum += cell[i];
        const float mean = sum / (float)shape->cell_width, shared = (1.0f - gamma) * mean;
        for (uint32_t i = 0; i < shape->cell_width; i++) {
            scaling->slope_log2[c * shape->cell_width + i] = slope * ((1.0f - gamma) * cell[i] - shared);
            cell[i] = gamma * cell[i] + shared;
        }
        scaling->power[c] = 2.0f * shared;
        loudness[c] = 2.0f * mean;
    }
    weigh_cells(shape, loudness, scaling);
    lower_first_scales(shape, scaling->scale);
    rsd_exp2f_each(scaling->scale, shape->hop);
    rsd_exp2f_each(scaling->power, shape->cell_count);
    for (uint32_t i = 0; i < shape->hop; i++) scaling->inverse[i] = 1.0f / scaling->scale[i];
}
