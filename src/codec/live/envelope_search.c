// SPDX-License-Identifier: MIT
// The choice of an envelope's codewords. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/envelope_search.h"

#include "codec/live/attack.h"
#include "codec/live/tuning.h"

#include "dsp/rough_numbers.h"

#include "rvq/rvq_codebook.h"

#include <string.h>

uint32_t live_envelope_first_escape(const live_shape *shape, uint32_t k)
{
    const uint32_t attacks = k + 1u == shape->envelope_codebook_count ? live_attack_token_count(shape) : 0u;
    return shape->envelope_codewords[k] - attacks - LIVE_ESCAPE_STEPS * (shape->band_count + 1u);
}

static const float steps[LIVE_ESCAPE_STEPS] = {LIVE_ESCAPE_STEPS_LOG2};

bool live_envelope_restarts(const live_shape *shape, const int32_t *tokens)
{
    const uint32_t last = shape->envelope_codebook_count - 1u;
    if (tokens[0] <= 0 || tokens[last] < 0) return false;
    const uint32_t token = (uint32_t)tokens[last] % shape->envelope_codewords[last];
    return token % RVQ_BLOCK == LIVE_RESTART_CLASS && token < live_envelope_first_escape(shape, last);
}

/* What is the same for all choices. */
typedef struct {
    const live_envelope_job *job;
    uint32_t loudest;               /* band of the sound */
    float loudness[LIVE_MAX_BANDS]; /* log2 of each band's amplitude, less the loudest band's */
    float energy;                   /* of all bands, less the loudest band's */
    float unweighted[LIVE_MAX_BANDS];
} choice;

/* Codewords chosen so far and the residual after them. */
typedef struct {
    int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS];
    float cost, residual[LIVE_MAX_BANDS];
} hypothesis;

static void begin_choice(const live_envelope_job *job, choice *made)
{
    const live_shape *shape = job->shape;
    float loudest = -1000.0f;
    for (uint32_t b = 0; b < shape->band_count; b++) {
        made->loudness[b] = job->envelope[b] + shape->half_width_log2[b];
        if (made->loudness[b] > loudest) made->loudest = b;
        loudest = made->loudness[b] > loudest ? made->loudness[b] : loudest;
        made->unweighted[b] = 1.0f / shape->band_weight[b];
    }
    made->energy = 0.0f;
    for (uint32_t b = 0; b < shape->band_count; b++) {
        made->loudness[b] -= loudest;
        made->energy += dsp_rough_exp2(2.0f * made->loudness[b]);
    }
}

/* What `error` has over `margin`, squared. */
static float squared_excess(float error, float margin)
{
    const float over = error > margin ? error - margin : 0.0f;
    return over * over;
}

/* log2 of an amplitude over the sound's, by their energies. */
static float excess_log2(const choice *made, float energy) { return 0.5f * dsp_rough_log2(energy / made->energy); }

static float cost_of(const choice *made, const float *residual)
{
    float sum = 0.0f, loudest = -1000.0f, energy = 0.0f;
    for (uint32_t b = 0; b < made->job->shape->band_count; b++) {
        const float coded = made->loudness[b] - residual[b] * made->unweighted[b];
        loudest = coded > loudest ? coded : loudest;
        energy += dsp_rough_exp2(2.0f * coded);
        sum += residual[b] * residual[b];
    }
    return sum + LIVE_OVERSHOOT_WEIGHT * squared_excess(excess_log2(made, energy), LIVE_OVERSHOOT_MARGIN_LOG2) +
           LIVE_UNDERSHOOT_WEIGHT * squared_excess(-loudest, LIVE_UNDERSHOOT_MARGIN_LOG2);
}

/* Inserts by cost; `count` of at most `most`. Returns the new count. */
static uint32_t keep(hypothesis *kept, uint32_t count, uint32_t most, const hypothesis *added)
{
    uint32_t at = count;
    while (at > 0u && added->cost < kept[at - 1u].cost) at--;
    if (at == most) return count;
    const uint32_t next = count < most ? count + 1u : most;
    memmove(kept + at + 1u, kept + at, (next - 1u - at) * sizeof *kept);
    kept[at] = *added;
    return next;
}

/* Bits of the `wanted` classes of those allowed with the nearest codewords of all. */
static uint32_t nearest_classes(const rvq_nearest *nearest, uint32_t allowed, uint32_t wanted)
{
    uint32_t found = 0;
    for (; wanted > 0u && allowed != 0u; wanted--) {
        uint32_t best = (uint32_t)__builtin_ctz(allowed);
        for (uint32_t left = allowed; left; left &= left - 1u) {
            const uint32_t c = (uint32_t)__builtin_ctz(left);
            if (nearest->score[c] < nearest->score[best]) best = c;
        }
        found |= 1u << best;
        allowed &= ~(1u << best);
    }
    return found;
}

/* Of codewords chosen so far: those that may follow, one after the other. */
typedef struct {
    const hypothesis *from;
    uint32_t k;           /* the codebook that follows */
    hypothesis *kept;     /* the cheapest with it, in order */
    uint32_t count, most; /* of these */
} extension;

static bool is_last(const live_envelope_job *job, uint32_t k) { return k + 1u == job->shape->envelope_codebook_count; }

/* Whether what a choice tells of a pair's rotation, if anything, is true. */
static bool is_true(const live_envelope_job *job, const int32_t *tokens)
{
    const live_telling *telling = job->telling;
    uint32_t unit, angle;
    const live_told_all told = live_rotation_told_all(job->shape, tokens, &angle);
    if (told == LIVE_TOLD_ALL) return telling->all_angle == (int32_t)angle;
    if (told == LIVE_TOLD_OPEN) return telling->may_open;
    return !telling->by_unit || !live_rotation_told(job->shape, tokens, &unit, &angle) || telling->angle[unit] == angle;
}

static bool tells_urgent_unit(const live_envelope_job *job, const int32_t *tokens)
{
    uint32_t unit, angle;
    return job->telling->by_unit && live_rotation_told(job->shape, tokens, &unit, &angle) &&
           (int32_t)unit == job->telling->urgent;
}

/* What a choice costs that leaves untold what is urgent of a pair's rotation. */
static float untold_cost(const live_envelope_job *job, const int32_t *tokens)
{
    const live_telling *telling = job->telling;
    uint32_t angle;
    float cost = 0.0f;
    if (!telling) return 0.0f;
    if (telling->urgent >= 0 && !tells_urgent_unit(job, tokens)) cost += telling->cost;
    if (telling->urgent_all != LIVE_TOLD_NOTHING &&
        live_rotation_told_all(job->shape, tokens, &angle) != telling->urgent_all)
        cost += telling->all_cost;
    return cost;
}

static void extend_by(const choice *made, extension *extended, uint32_t token)
{
    const rvq_packed_codebook *codebook = &made->job->codebooks->codebooks[extended->k];
    if (token >= codebook->codeword_count || codebook->norms[token] == RVQ_RESERVED) return;
    hypothesis next = *extended->from;
    next.tokens[extended->k] = (int32_t)token;
    add_codeword(codebook, token, -1.0f, next.residual);
    next.cost = cost_of(made, next.residual);
    if (is_last(made->job, extended->k)) next.cost += untold_cost(made->job, next.tokens);
    extended->count = keep(extended->kept, extended->count, extended->most, &next);
}

/*
 * Bits of the classes whose nearest codeword may be the last: what it tells of a pair's rotation, if anything, is true.
 * urgent: bits of those of them that tell what is urgent.
 */
static uint32_t true_classes(const live_envelope_job *job, const extension *extended, const rvq_nearest *nearest,
                             uint32_t class_count, uint32_t *urgent)
{
    uint32_t allowed = 0;
    int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS];
    memcpy(tokens, extended->from->tokens, sizeof tokens);
    for (uint32_t c = 0; c < class_count; c++) {
        if (c == LIVE_RESTART_CLASS) continue;
        tokens[extended->k] = nearest->index[c];
        if (!is_true(job, tokens)) continue;
        allowed |= 1u << c;
        if (tells_urgent_unit(job, tokens)) *urgent |= 1u << c;
    }
    return allowed;
}

/* By the `near` nearest codewords. */
static void extend_by_nearest(const choice *made, extension *extended, uint32_t near)
{
    _Alignas(64) int16_t target[LIVE_MAX_BANDS + 2u];
    const live_envelope_job *job = made->job;
    const rvq_packed_codebook *codebook = &job->codebooks->codebooks[extended->k];
    const bool tells = job->telling && is_last(job, extended->k);
    rvq_nearest nearest;
    (void)quantise_target(codebook, 1.0f, extended->from->residual, target);
    if (job->restarts && is_last(job, extended->k)) {
        job->codebooks->search(codebook, target, live_envelope_first_escape(job->shape, extended->k), &nearest);
        extend_by(made, extended, (uint32_t)nearest.index[LIVE_RESTART_CLASS]);
        return;
    }
    job->codebooks->search(codebook, target, codebook->codeword_count, &nearest);
    if (is_last(job, extended->k)) nearest.score[LIVE_RESTART_CLASS] = INT32_MAX;
    /* Where some classes are not true, those that are have to be told apart. */
    const uint32_t class_count = tells ? RVQ_BLOCK : RVQ_JOINED_CLASSES;
    if (class_count == RVQ_JOINED_CLASSES) join_classes(&nearest);
    uint32_t urgent = 0, allowed = (1u << RVQ_JOINED_CLASSES) - 1u;
    if (tells) allowed = true_classes(job, extended, &nearest, class_count, &urgent);
    /* The first of two codebooks names the unit: its class is the unit. */
    if (job->telling && !tells && job->telling->urgent >= 0) urgent = 1u << job->telling->urgent;
    for (uint32_t classes = nearest_classes(&nearest, allowed, near) | urgent; classes; classes &= classes - 1u)
        extend_by(made, extended, (uint32_t)nearest.index[__builtin_ctz(classes)]);
}

/* By all that tell what is urgent of all units: they are few, and seldom near. */
static void extend_by_told_all(const choice *made, extension *extended)
{
    const live_telling *telling = made->job->telling;
    if (!telling || telling->urgent_all == LIVE_TOLD_NOTHING) return;
    const uint32_t end = live_envelope_first_escape(made->job->shape, extended->k);
    for (uint32_t n = 0;; n++) {
        const uint32_t token = live_rotation_all_token(telling->urgent_all, (uint32_t)telling->all_angle, n);
        if (token >= end) return;
        extend_by(made, extended, token);
    }
}

/* By the escape that brings band b nearest to the sound, whatever the others need. */
static void extend_by_escape(const choice *made, extension *extended, uint32_t b)
{
    const live_shape *shape = made->job->shape;
    const float missing = extended->from->residual[b] * made->unweighted[b];
    uint32_t best = 0;
    for (uint32_t s = 1; s < LIVE_ESCAPE_STEPS; s++) {
        const float now = missing - steps[s], before = missing - steps[best];
        if (now * now < before * before) best = s;
    }
    extend_by(made, extended, live_envelope_first_escape(shape, extended->k) + best * (shape->band_count + 1u) + b);
}

/* The band that is loudest with the codewords chosen so far. */
static uint32_t loudest_coded_band(const choice *made, const float *residual)
{
    uint32_t best = 0;
    float loudest = -1000.0f;
    for (uint32_t b = 0; b < made->job->shape->band_count; b++) {
        const float loudness = made->loudness[b] - residual[b] * made->unweighted[b];
        if (loudness > loudest) best = b;
        loudest = loudness > loudest ? loudness : loudest;
    }
    return best;
}

/* The last codeword makes the loudest band right, even where no near codeword does. */
static void extend_last(const choice *made, extension *extended, uint32_t near)
{
    extend_by_nearest(made, extended, near);
    if (made->job->restarts) return;
    extend_by_told_all(made, extended);
    extend_by_escape(made, extended, made->loudest);
    extend_by_escape(made, extended, loudest_coded_band(made, extended->from->residual));
}

float live_envelope_search(const live_envelope_job *job, int32_t *tokens)
{
    choice made = {.job = job};
    hypothesis start = {.tokens = {1, 1}}, first[LIVE_ENVELOPE_WIDTH + 1u], best;
    begin_choice(job, &made);
    memcpy(start.residual, job->error, job->shape->band_count * sizeof *job->error);
    best = start;
    extension last = {.from = &start, .k = job->coded_count - 1u, .kept = &best, .most = 1u};
    if (job->coded_count == 1u) {
        extend_last(&made, &last, RVQ_JOINED_CLASSES);
    } else {
        extension begun = {.from = &start, .kept = first, .most = LIVE_ENVELOPE_WIDTH + (job->telling ? 1u : 0u)};
        extend_by_nearest(&made, &begun, LIVE_ENVELOPE_WIDTH);
        for (uint32_t i = 0; i < begun.count; i++) {
            last.from = &first[i];
            extend_last(&made, &last, LIVE_ENVELOPE_NEAR);
        }
    }
    memcpy(tokens, best.tokens, job->coded_count * sizeof *tokens);
    return best.cost;
}
