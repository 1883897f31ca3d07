// SPDX-License-Identifier: MIT
// Real-time half of the predictor: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/predictor/internal.h"

#include "nn/layers/activations.h"

#include <string.h>

uint32_t predictor_level_count(const predictor *self) { return self->level_count; }

uint32_t predictor_levels_of(const predictor_state *state) { return state->weights->level_count; }

void predictor_reset(predictor_state *state)
{
    memset(state->memory, 0, 3u * state->weights->cell_count * sizeof *state->memory);
    memset(state->before, 0, state->weights->dim * sizeof *state->before);
}

/* `add`: to what `out` holds. */
static void multiply(const predictor *self, const nn_matrix *matrix, const float *in, bool add, float *out)
{
    const nn_product p = {.matrix = matrix,
                          .row_count = matrix->row_count,
                          .in = in,
                          .segment_count = 1u,
                          .segment_length = matrix->column_count,
                          .step_count = 1u,
                          .add = add,
                          .out = out};
    self->kernel->product(&p);
}

static void add_values(const float *values, uint32_t count, float *sum)
{
    for (uint32_t i = 0; i < count; i++) sum[i] += values[i];
}

/* Tokens that are out of range are wrapped, as the decoder does. */
static void add_codeword(const predictor *self, uint32_t level, int32_t token, float *sum)
{
    const uint32_t index = level * self->codeword_count + (uint32_t)token % self->codeword_count;
    add_values(self->codewords + (size_t)index * self->dim, self->dim, sum);
}

/* The likeliest token, the first one on a tie. */
static uint32_t likeliest(const float *scores, uint32_t count)
{
    uint32_t best = 0u;
    for (uint32_t i = 1; i < count; i++) best = scores[i] > scores[best] ? i : best;
    return best;
}

/* A token by chance, each as likely as exp(score / temperature) says. */
static uint32_t drawn(const float *scores, uint32_t count, float temperature, uint32_t random)
{
    float shares[PREDICTOR_MAX_CODEWORDS], sum = 0.0f;
    const float top = scores[likeliest(scores, count)];
    for (uint32_t i = 0; i < count; i++) {
        shares[i] = nn_exp((scores[i] - top) / temperature);
        sum += shares[i];
    }
    float rest = (float)(random >> 8) * (1.0f / 16777216.0f) * sum;
    for (uint32_t i = 0; i + 1u < count; i++) {
        if (rest < shares[i]) return i;
        rest -= shares[i];
    }
    return count - 1u;
}

/* What the levels of this frame are scored from. `below` is the sum of the known ones. */
static void remember(predictor_state *state, uint32_t known_levels)
{
    const predictor *self = state->weights;
    const uint32_t cells = self->cell_count;
    memcpy(state->input, state->below, self->dim * sizeof *state->input);
    memcpy(state->input + self->dim, state->before, self->dim * sizeof *state->input);
    multiply(self, &self->input, state->input, false, state->cells);
    add_values(self->known + (size_t)known_levels * cells, cells, state->cells);
    nn_lstm_run(self->kernel, &self->memory, &(nn_io){state->memory, state->gates, state->cells, 1u, state->hidden});
    add_values(state->cells, cells, state->hidden);
    multiply(self, &self->state, state->hidden, false, state->context);
}

static void score_level(predictor_state *state, uint32_t level)
{
    const predictor *self = state->weights;
    const uint32_t cells = self->cell_count;
    memcpy(state->hidden, state->context, cells * sizeof *state->hidden);
    add_values(self->level + (size_t)level * cells, cells, state->hidden);
    multiply(self, &self->below, state->below, true, state->hidden);
    self->kernel->elu(state->hidden, state->hidden, cells);
    multiply(self, &self->query, state->hidden, false, state->query);
    multiply(self, &self->books[level], state->query, false, state->scores);
}

void predictor_run(predictor_state *state, const predictor_job *job, int32_t *tokens)
{
    const predictor *self = state->weights;
    const uint32_t known = job->known_levels < self->level_count ? job->known_levels : self->level_count;
    memset(state->below, 0, self->dim * sizeof *state->below);
    for (uint32_t k = 0; k < known; k++) add_codeword(self, k, tokens[k], state->below);
    remember(state, known);
    memcpy(state->before, state->below, self->dim * sizeof *state->before);
    for (uint32_t k = known; k < self->level_count; k++) {
        score_level(state, k);
        tokens[k] = (int32_t)(job->temperature > 0.0f
                                  ? drawn(state->scores, self->codeword_count, job->temperature, job->random[k])
                                  : likeliest(state->scores, self->codeword_count));
        add_codeword(self, k, tokens[k], state->below);
    }
    /* Where nothing was known, what was imagined is what the next frame follows. */
    if (known == 0u) memcpy(state->before, state->below, self->dim * sizeof *state->before);
}
