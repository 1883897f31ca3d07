// SPDX-License-Identifier: MIT
// Rotation of a stereo pair. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/rotation.h"

#include "codec/live/envelope_search.h"
#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

#include <float.h>
#include <string.h>

/* 0, 45, 22.5 and 67.5 degrees. */
static const float cosines[LIVE_ANGLE_COUNT] = {1.0f, 0.70710678f, 0.92387953f, 0.38268343f};
static const float sines[LIVE_ANGLE_COUNT] = {0.0f, 0.70710678f, 0.38268343f, 0.92387953f};

void live_rotation_set_apart(live_rotation *rotation)
{
    memset(rotation->angle, LIVE_ANGLE_APART, sizeof rotation->angle);
}

void live_rotation_reset(live_rotation *rotation)
{
    live_rotation_set_apart(rotation);
    rotation->is_fresh = true;
}

bool live_rotation_is_shared(const live_shape *shape, const live_rotation *rotation)
{
    bool shared = false;
    for (uint32_t u = 0; u < shape->unit_count; u++) shared |= rotation->angle[u] != LIVE_ANGLE_APART;
    return shared;
}

void live_rotation_factors(uint32_t angle, float *cosine, float *sine)
{
    *cosine = cosines[angle % LIVE_ANGLE_COUNT];
    *sine = sines[angle % LIVE_ANGLE_COUNT];
}

bool live_rotation_told(const live_shape *shape, const int32_t *side, uint32_t *unit, uint32_t *angle)
{
    const uint32_t last = shape->envelope_codebook_count - 1u;
    if (side[0] <= 0 || side[last] < 0) return false;
    const uint32_t token = (uint32_t)side[last] % shape->envelope_codewords[last];
    if (token % 2u == 0u || token >= live_envelope_first_escape(shape, last)) return false;
    *angle = token / 2u % LIVE_ANGLE_COUNT;
    *unit = (last > 0u ? (uint32_t)side[0] : token / (2u * LIVE_ANGLE_COUNT)) % shape->unit_count;
    return true;
}

bool live_rotation_told_alone(const live_shape *shape, const int32_t *side, uint32_t *angle)
{
    const uint32_t last = shape->envelope_codebook_count - 1u;
    if (side[0] <= 0 || side[last] < 0) return false;
    const uint32_t token = (uint32_t)side[last] % shape->envelope_codewords[last];
    if (token % LIVE_ALONE_MODULO != LIVE_ALONE_MODULO - 1u || token >= live_envelope_first_escape(shape, last))
        return false;
    *angle = token / LIVE_ALONE_MODULO % LIVE_ANGLE_COUNT;
    return true;
}

uint32_t live_rotation_alone_token(uint32_t angle, uint32_t n)
{
    return LIVE_ALONE_MODULO * (n * LIVE_ANGLE_COUNT + angle + 1u) - 1u;
}

void live_rotation_take(const live_shape *shape, const int32_t *side, live_rotation *rotation)
{
    uint32_t unit, angle;
    if (live_rotation_told(shape, side, &unit, &angle)) rotation->angle[unit] = (uint8_t)angle;
}

void live_rotation_take_pair(const live_shape *shape, const int32_t *const side[2], live_rotation *rotation)
{
    const bool sounds = side[0][0] > 0 || side[1][0] > 0, begins = rotation->is_fresh && sounds;
    if (sounds) rotation->is_fresh = false;
    if (begins && memcmp(side[0], side[1], shape->envelope_codebook_count * sizeof *side[0]) == 0) {
        memset(rotation->angle, LIVE_ANGLE_MIDDLE, sizeof rotation->angle);
        return;
    }
    if ((side[0][0] > 0) != (side[1][0] > 0)) {
        uint32_t angle;
        if (live_rotation_told_alone(shape, side[side[0][0] > 0 ? 0 : 1], &angle))
            memset(rotation->angle, (int)angle, sizeof rotation->angle);
        return;
    }
    for (uint32_t i = 0; i < 2u; i++) live_rotation_take(shape, side[i], rotation);
}

static void rotate(const live_shape *shape, const live_rotation *rotation, float direction, float *a, float *b)
{
    for (uint32_t c = 0; c < shape->subband_count; c++) {
        const uint32_t angle = rotation->angle[shape->unit_of[c]];
        const float cosine = cosines[angle], sine = direction * sines[angle];
        const uint32_t begin = c * shape->subband_width, end = begin + shape->subband_width;
        for (uint32_t i = begin; i < end && angle != LIVE_ANGLE_APART; i++) {
            const float first = cosine * a[i] + sine * b[i], second = cosine * b[i] - sine * a[i];
            a[i] = first;
            b[i] = second;
        }
    }
}

void live_rotation_forward(const live_shape *shape, const live_rotation *rotation, float *left, float *right)
{
    rotate(shape, rotation, 1.0f, left, right);
}

void live_rotation_back(const live_shape *shape, const live_rotation *rotation, float *first, float *second)
{
    rotate(shape, rotation, -1.0f, first, second);
}

/* ---- the encoder's choice ---- */

void live_rotation_choice_reset(live_rotation_choice *choice) { memset(choice, 0, sizeof *choice); }

void live_rotation_rest(live_rotation_choice *choice)
{
    choice->sounds = false;
    choice->shared_share = 0.0f;
    memset(choice->wanted, LIVE_ANGLE_APART, sizeof choice->wanted);
}

static void measure(const live_shape *shape, const float *left, const float *right, float keep,
                    live_rotation_choice *choice)
{
    float sums[3][LIVE_MAX_UNITS] = {{0}};
    for (uint32_t c = 0; c < shape->subband_count; c++) {
        const uint32_t u = shape->unit_of[c], begin = c * shape->subband_width;
        for (uint32_t i = begin; i < begin + shape->subband_width; i++) {
            sums[0][u] += left[i] * left[i];
            sums[1][u] += right[i] * right[i];
            sums[2][u] += left[i] * right[i];
        }
    }
    for (uint32_t u = 0; u < shape->unit_count; u++) {
        choice->left[u] = sums[0][u] + keep * (choice->left[u] - sums[0][u]);
        choice->right[u] = sums[1][u] + keep * (choice->right[u] - sums[1][u]);
        choice->cross[u] = sums[2][u] + keep * (choice->cross[u] - sums[2][u]);
    }
}

/*
 * log2 of what a unit costs at an angle: the product of both energies, each times the weight of error there. Error in
 * the first signal reaches left and right as cos^2 and sin^2, so that the quieter channel makes a mixture dear.
 */
static float cost_at(const live_rotation_choice *choice, uint32_t u, float exponent, uint32_t angle)
{
    const float left = choice->left[u], right = choice->right[u],
                floor = LIVE_ROTATION_FLOOR * (left + right) + LIVE_SILENCE;
    const float cc = cosines[angle] * cosines[angle], ss = sines[angle] * sines[angle];
    const float mixed = 2.0f * cosines[angle] * sines[angle] * choice->cross[u];
    const float first = cc * left + ss * right + mixed, second = ss * left + cc * right - mixed;
    const float weight_left = rsd_exp2f(-exponent * rsd_log2f(left + floor)),
                weight_right = rsd_exp2f(-exponent * rsd_log2f(right + floor));
    const float at_first = cc * weight_left + ss * weight_right, at_second = ss * weight_left + cc * weight_right;
    return rsd_log2f((first > 0.0f ? first : 0.0f) + floor) + rsd_log2f((second > 0.0f ? second : 0.0f) + floor) +
           rsd_log2f(at_first) + rsd_log2f(at_second);
}

void live_rotation_choose(const live_shape *shape, const float *left, const float *right, bool restart,
                          const live_rotation *now, live_rotation_choice *choice)
{
    measure(shape, left, right, restart || !choice->sounds ? 0.0f : LIVE_ROTATION_KEEP(shape->hop), choice);
    choice->sounds = true;
    float all = 0.0f, shared = 0.0f;
    for (uint32_t u = 0; u < shape->unit_count; u++) {
        const float energy = choice->left[u] + choice->right[u], exponent = shape->constants.scale_exponent;
        const uint32_t before = choice->wanted[u];
        uint32_t best = before;
        float least = FLT_MAX;
        for (uint32_t a = 0; a < LIVE_ANGLE_COUNT; a++) {
            const float before_is_better = a == before ? LIVE_ROTATION_HYSTERESIS_LOG2 : 0.0f,
                        apart_is_better = a == LIVE_ANGLE_APART ? LIVE_ROTATION_MARGIN_LOG2 : 0.0f;
            const float cost = cost_at(choice, u, exponent, a) - before_is_better - apart_is_better;
            if (cost < least) best = a;
            least = cost < least ? cost : least;
        }
        choice->wanted[u] = (uint8_t)best;
        all += energy;
        if (now->angle[u] != LIVE_ANGLE_APART) shared += energy;
        if (choice->age[u] < UINT16_MAX) choice->age[u]++;
    }
    choice->shared_share = shared / (all + LIVE_SILENCE);
}

/* The longer ago something was told, the more it costs to leave it untold. */
static float age_cost(uint32_t age_frames, float from_frames, float ramp_frames)
{
    const float late = (float)age_frames - from_frames;
    return late < 0.0f ? 0.0f : LIVE_TELL_COST * late / ramp_frames;
}

/* What it costs to leave a unit untold: all where its angle is to change, and else by its age. */
static float untold_cost(const live_rotation *now, const live_rotation_choice *choice, uint32_t u)
{
    const float old = age_cost(choice->age[u], LIVE_TELL_FRAMES, LIVE_TELL_RAMP_FRAMES);
    return now->angle[u] != choice->wanted[u] && old < LIVE_TELL_COST ? LIVE_TELL_COST : old;
}

live_telling live_rotation_telling_alone(const live_shape *shape, const live_rotation *now,
                                         const live_rotation_choice *choice)
{
    uint32_t loudest = 0;
    for (uint32_t u = 1; u < shape->unit_count; u++)
        if (choice->left[u] + choice->right[u] > choice->left[loudest] + choice->right[loudest]) loudest = u;
    const float cost = age_cost(choice->alone_age, LIVE_ALONE_FRAMES(shape->hop), LIVE_ALONE_FRAMES(shape->hop));
    return (live_telling){true, &now->angle[loudest], cost > 0.0f ? 0 : -1, cost};
}

live_telling live_rotation_telling(const live_shape *shape, const live_rotation *now,
                                   const live_rotation_choice *choice, uint32_t channel)
{
    float cost[LIVE_MAX_UNITS] = {0};
    uint32_t first = 0, second = 0;
    for (uint32_t u = 0; u < shape->unit_count; u++) {
        cost[u] = untold_cost(now, choice, u);
        if (cost[u] > cost[first]) first = u;
    }
    for (uint32_t u = 0; u < shape->unit_count; u++)
        if (u != first && (second == first || cost[u] > cost[second])) second = u;
    const uint32_t urgent = channel == 0u ? first : second;
    return (live_telling){false, choice->wanted, cost[urgent] > 0.0f ? (int32_t)urgent : -1, cost[urgent]};
}

void live_rotation_count_alone(const live_shape *shape, const int32_t *side, live_rotation_choice *choice)
{
    uint32_t angle;
    if (choice->alone_age < UINT16_MAX) choice->alone_age++;
    if (live_rotation_told_alone(shape, side, &angle)) choice->alone_age = 0;
}

void live_rotation_count(const live_shape *shape, const int32_t *side, live_rotation_choice *choice)
{
    uint32_t unit, angle;
    if (live_rotation_told(shape, side, &unit, &angle)) choice->age[unit] = 0;
}
