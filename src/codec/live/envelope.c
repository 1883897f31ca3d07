// SPDX-License-Identifier: MIT
// Real-time half of the envelope: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/envelope.h"

#include "codec/live/attack.h"
#include "codec/live/envelope_search.h"
#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

#include <string.h>

void live_envelope_measure(const live_shape *shape, const float *coefficients, bool restart,
                           float power[LIVE_MAX_BANDS], float envelope[LIVE_MAX_BANDS])
{
    for (uint32_t b = 0; b < shape->band_count; b++) {
        const uint32_t begin = shape->edges[b], width = shape->edges[b + 1u] - begin;
        const float now = live_mean_square(coefficients + begin, width);
        power[b] = restart ? now : now + shape->constants.smoothing * (power[b] - now);
        envelope[b] = 0.5f * rsd_log2f(power[b] + LIVE_SILENCE);
    }
}

float live_envelope_energy(const live_shape *shape, const float envelope_log2[LIVE_MAX_BANDS])
{
    float energy[LIVE_MAX_BANDS], sum = 0.0f;
    for (uint32_t b = 0; b < shape->band_count; b++) energy[b] = 2.0f * (envelope_log2[b] + shape->half_width_log2[b]);
    rsd_exp2f_each(energy, shape->band_count);
    for (uint32_t b = 0; b < shape->band_count; b++) sum += energy[b];
    return sum;
}

static float clamp_envelope(float log2, float most)
{
    const float low = log2 < LIVE_MIN_ENVELOPE_LOG2 ? LIVE_MIN_ENVELOPE_LOG2 : log2;
    return low > most ? most : low;
}

/* Share of the state that predicts a frame. */
static float prediction_of(const live_shape *shape, const int32_t *tokens)
{
    return live_envelope_restarts(shape, tokens) ? 0.0f : shape->constants.prediction;
}

void live_envelope_decode(const live_shape *shape, const rsd_rvq *codebooks,
                          const int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS], float state[LIVE_MAX_BANDS])
{
    float step[LIVE_MAX_BANDS] = {0};
    live_attack_envelope attack;
    const bool is_attack = live_attack_position(shape, tokens, &attack) >= 0;
    const uint32_t coded = shape->envelope_codebook_count - (is_attack ? 1u : 0u);
    const float prediction = prediction_of(shape, tokens);
    for (uint32_t k = 0; k < coded; k++) rsd_rvq_decode_codebook(codebooks, k, tokens[k], 1.0f, step);
    for (uint32_t b = 0; b < shape->band_count; b++) {
        const float told = step[b] / shape->band_weight[b] + live_attack_move(shape, &attack, b);
        const float next = prediction * state[b] + told + shape->mean_envelope[b];
        state[b] = clamp_envelope(next, shape->max_envelope_log2[b]) - shape->mean_envelope[b];
    }
}

/* What the prediction leaves of an envelope, times the bands' weights. */
static void predict(const live_shape *shape, const float *envelope, const float *state, float prediction, float *error)
{
    for (uint32_t b = 0; b < shape->band_count; b++)
        error[b] = shape->band_weight[b] * (envelope[b] - shape->mean_envelope[b] - prediction * state[b]);
}

/* Where the prediction is so far off that no codeword is near, it begins anew if that is nearer. */
static void search(live_envelope_job *job, const float *state, float *error, int32_t *tokens)
{
    int32_t anew[LIVE_MAX_ENVELOPE_CODEBOOKS];
    const float cost = live_envelope_search(job, tokens);
    if (job->coded_count < job->shape->envelope_codebook_count || cost < LIVE_RESTART_COST) return;
    predict(job->shape, job->envelope, state, 0.0f, error);
    job->restarts = true;
    if (live_envelope_search(job, anew) < cost) memcpy(tokens, anew, job->coded_count * sizeof *tokens);
}

void live_envelope_encode(const live_shape *shape, const rsd_rvq *codebooks, const float envelope[LIVE_MAX_BANDS],
                          const live_side_notes *notes, float state[LIVE_MAX_BANDS],
                          int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS])
{
    const int32_t attack = notes->attack;
    float error[LIVE_MAX_BANDS];
    predict(shape, envelope, state, shape->constants.prediction, error);
    const uint32_t coded = shape->envelope_codebook_count - (attack >= 0 ? 1u : 0u);
    live_envelope_job job = {shape, codebooks, coded, envelope, error, attack >= 0 ? NULL : notes->telling, false};
    if (coded > 0u) search(&job, state, error, tokens);
    if (attack >= 0) {
        for (uint32_t b = 0; b < shape->band_count; b++) error[b] /= shape->band_weight[b];
        tokens[coded] = live_attack_token(shape, (uint32_t)attack, error);
    }
    live_envelope_decode(shape, codebooks, tokens, state);
}
