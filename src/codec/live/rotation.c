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
    rotation->is_fresh = rotation->is_apart = true;
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

/* The last side token, if it is one that tells, or UINT32_MAX. */
static uint32_t telling_token(const live_shape *shape, const int32_t *side)
{
    const uint32_t last = shape->envelope_codebook_count - 1u;
    if (side[0] <= 0 || side[last] < 0) return UINT32_MAX;
    const uint32_t token = (uint32_t)side[last] % shape->envelope_codewords[last];
    return token < live_envelope_first_escape(shape, last) ? token : UINT32_MAX;
}

bool live_rotation_told(const live_shape *shape, const int32_t *side, uint32_t *unit, uint32_t *angle)
{
    const uint32_t token = telling_token(shape, side);
    if (token == UINT32_MAX || token % 2u == 0u || token % 16u == 15u) return false;
    const bool is_single = shape->envelope_codebook_count == 1u;
    *angle = token / 2u % LIVE_ANGLE_COUNT;
    *unit = (is_single ? token / (2u * LIVE_ANGLE_COUNT) : (uint32_t)side[0]) % shape->unit_count;
    return true;
}

live_told_all live_rotation_told_all(const live_shape *shape, const int32_t *side, uint32_t *angle)
{
    const uint32_t token = telling_token(shape, side), kind = token % LIVE_ALL_MODULO;
    *angle = LIVE_ANGLE_APART;
    if (token == UINT32_MAX) return LIVE_TOLD_NOTHING;
    if (kind == LIVE_ALL_MODULO / 2u - 1u) return LIVE_TOLD_OPEN;
    if (kind != LIVE_ALL_MODULO - 1u) return LIVE_TOLD_NOTHING;
    *angle = token / LIVE_ALL_MODULO % LIVE_ANGLE_COUNT;
    return LIVE_TOLD_ALL;
}

uint32_t live_rotation_all_token(live_told_all told, uint32_t angle, uint32_t n)
{
    if (told == LIVE_TOLD_OPEN) return LIVE_ALL_MODULO * n + LIVE_ALL_MODULO / 2u - 1u;
    return LIVE_ALL_MODULO * (n * LIVE_ANGLE_COUNT + angle + 1u) - 1u;
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
        rotation->is_apart = false;
        return;
    }
    const bool alone = (side[0][0] > 0) != (side[1][0] > 0), by_unit = !alone && !rotation->is_apart;
    for (uint32_t i = 0; i < 2u; i++) {
        uint32_t angle;
        const live_told_all told = live_rotation_told_all(shape, side[i], &angle);
        if (told == LIVE_TOLD_ALL) memset(rotation->angle, (int)angle, sizeof rotation->angle);
        if (told != LIVE_TOLD_NOTHING && !alone) rotation->is_apart = told == LIVE_TOLD_ALL;
        if (by_unit) live_rotation_take(shape, side[i], rotation);
    }
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

/* Counts the frames for which another way to tell units would do: one by one, where some of them want an angle. */
static void wait_to_change(const live_shape *shape, const live_rotation *now, live_rotation_choice *choice)
{
    uint32_t wanting = 0;
    for (uint32_t u = 0; u < shape->unit_count; u++) wanting += choice->wanted[u] != LIVE_ANGLE_APART;
    const bool changes = now->is_apart ? wanting >= shape->unit_count / LIVE_OPEN_DIVISOR
                                       : wanting == 0u && !live_rotation_is_shared(shape, now);
    choice->waits = (uint16_t)(!changes ? 0u : choice->waits < UINT16_MAX ? choice->waits + 1u : UINT16_MAX);
    if (choice->all_age < UINT16_MAX) choice->all_age++;
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
    wait_to_change(shape, now, choice);
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

/* The longer ago something was told of all, the more urgent it is. */
static live_telling tell_all(const live_shape *shape, const live_rotation_choice *choice, live_told_all what,
                             live_telling telling)
{
    telling.all_cost = age_cost(choice->all_age, LIVE_ALL_FRAMES(shape->hop), LIVE_ALL_FRAMES(shape->hop));
    if (telling.all_cost > 0.0f) telling.urgent_all = what;
    return telling;
}

live_telling live_rotation_telling_alone(const live_shape *shape, const live_rotation *now,
                                         const live_rotation_choice *choice)
{
    uint32_t loudest = 0;
    for (uint32_t u = 1; u < shape->unit_count; u++)
        if (choice->left[u] + choice->right[u] > choice->left[loudest] + choice->right[loudest]) loudest = u;
    live_telling telling = {.angle = now->angle, .urgent = -1, .all_angle = now->angle[loudest]};
    return tell_all(shape, choice, LIVE_TOLD_ALL, telling);
}

/* Units are told one by one, or none is; either way that is told now and then, and when it is to change. */
static live_telling telling_of_all(const live_shape *shape, const live_rotation *now,
                                   const live_rotation_choice *choice)
{
    const bool changes = choice->waits > (now->is_apart ? 0u : LIVE_SETTLE_FRAMES);
    live_telling telling = {.by_unit = !now->is_apart, .angle = choice->wanted, .urgent = -1, .all_angle = -1};
    telling.may_open = changes == now->is_apart;
    if (!telling.may_open) telling.all_angle = LIVE_ANGLE_APART;
    telling = tell_all(shape, choice, telling.may_open ? LIVE_TOLD_OPEN : LIVE_TOLD_ALL, telling);
    if (!changes) return telling;
    telling.urgent_all = telling.may_open ? LIVE_TOLD_OPEN : LIVE_TOLD_ALL;
    telling.all_cost = LIVE_CHANGE_COST * (float)choice->waits;
    return telling;
}

live_telling live_rotation_telling(const live_shape *shape, const live_rotation *now,
                                   const live_rotation_choice *choice, uint32_t channel)
{
    live_telling telling = telling_of_all(shape, now, choice);
    if (!telling.by_unit) return telling;
    float cost[LIVE_MAX_UNITS] = {0};
    uint32_t first = 0, second = 0;
    for (uint32_t u = 0; u < shape->unit_count; u++) {
        cost[u] = untold_cost(now, choice, u);
        if (cost[u] > cost[first]) first = u;
    }
    for (uint32_t u = 0; u < shape->unit_count; u++)
        if (u != first && (second == first || cost[u] > cost[second])) second = u;
    const uint32_t urgent = channel == 0u ? first : second;
    telling.urgent = cost[urgent] > 0.0f ? (int32_t)urgent : -1;
    telling.cost = cost[urgent];
    return telling;
}

void live_rotation_count_all(const live_shape *shape, const int32_t *side, live_rotation_choice *choice)
{
    uint32_t angle;
    if (live_rotation_told_all(shape, side, &angle) != LIVE_TOLD_NOTHING) choice->all_age = 0;
}

void live_rotation_count(const live_shape *shape, const int32_t *side, live_rotation_choice *choice)
{
    uint32_t unit, angle;
    if (live_rotation_told(shape, side, &unit, &angle)) choice->age[unit] = 0;
}
