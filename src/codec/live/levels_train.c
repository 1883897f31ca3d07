// SPDX-License-Identifier: MIT
// Trains the codebooks of every stage on what the stages before left.
#include "codec/live/training.h"

#include "base/memory.h"

#include "codec/live/allocation.h"
#include "codec/live/search.h"
#include "codec/live/tuning.h"

#include "rvq/rvq_train.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which vectors a stage sees: those whose sub-band would get a token of that stage with all levels on ---- */

static void count_tokens(rsd_trainer *self, uint32_t token_count, size_t vector)
{
    const uint32_t subbands = self->shape.subband_count;
    const float step =
        exp2f(-2.0f * log2f((float)LIVE_CODEWORDS) / (float)self->shape.subband_width * LIVE_RATE_EFFICIENCY);
    float reduction[LIVE_MAX_SUBBANDS];
    uint8_t *depth = self->depths + vector * subbands;
    memcpy(reduction, self->weights + vector * subbands, subbands * sizeof *reduction);
    memset(depth, 0, subbands);
    for (uint32_t t = 0; t < token_count; t++) {
        uint32_t best = 0;
        for (uint32_t c = 1; c < subbands; c++) best = reduction[c] > reduction[best] ? c : best;
        if (depth[best] == LIVE_MAX_STAGES) return;
        const float error_weight = live_error_weight_log2(&self->shape, best, depth[best] + 1u) -
                                   live_error_weight_log2(&self->shape, best, depth[best]);
        reduction[best] *= step * exp2f(error_weight);
        /* As the allocation does it: what the codewords so far leave, beside the average. */
        if (depth[best]++ == 0u && self->next_scale) {
            const float scale = self->next_scale[vector * subbands + best];
            reduction[best] *= scale * scale;
        }
    }
}

static float *subband_of(const rsd_trainer *self, size_t vector, uint32_t subband)
{
    return self->vectors + vector * self->shape.hop + (size_t)subband * self->shape.subband_width;
}

static void find_silent_subbands(rsd_trainer *self, size_t vector)
{
    for (uint32_t c = 0; c < self->shape.subband_count; c++)
        self->silent[vector * self->shape.subband_count + c] =
            live_mean_square(subband_of(self, vector, c), self->shape.subband_width) < LIVE_SILENT_SUBBAND;
}

static uint32_t token_count_of(const rsd_trainer *self)
{
    uint32_t token_count = 0;
    for (const int32_t *tokens = live_plan_of(self->shape.hop)->level_tokens; *tokens; tokens++)
        token_count += (uint32_t)*tokens;
    return token_count;
}

/* Anew before each stage: where tokens go depends on what the stages before left. Silence is forgotten once, while the
 * vectors are whole. */
static void count_all_tokens(rsd_trainer *self)
{
    const uint32_t token_count = token_count_of(self);
    for (size_t i = 0; i < self->vector_count; i++) count_tokens(self, token_count, i);
}

static rsd_status begin_depths(rsd_trainer *self)
{
    const size_t count = self->vector_count * self->shape.subband_count;
    self->depths = malloc(count);
    self->silent = calloc(count, sizeof *self->silent);
    if (!self->depths || !self->silent) return RSD_ERR_MEMORY;
    count_all_tokens(self);
    for (size_t i = 0; i < self->vector_count; i++) find_silent_subbands(self, i);
    self->stage_count = 0;
    for (size_t i = 0; i < count; i++)
        self->stage_count = self->depths[i] > self->stage_count ? self->depths[i] : self->stage_count;
    self->work_total += self->stage_count;
    return RSD_OK;
}

static bool is_seen(const rsd_trainer *self, size_t vector, uint32_t subband, uint32_t stage)
{
    const size_t at = vector * self->shape.subband_count + subband;
    return self->depths[at] > stage && !self->silent[at];
}

/* The scale that the sub-band's tokens so far leave the next one. */
static float *next_scale_of(const rsd_trainer *self, size_t vector, uint32_t subband)
{
    return self->next_scale + vector * self->shape.subband_count + subband;
}

static float error_of(const rsd_trainer *self, uint32_t subband, uint32_t stage)
{
    return self->errors[subband * (LIVE_MAX_STAGES + 1u) + stage];
}

/* Sum of the mean squares of a sub-band where the stage sees it (or of all), each counting as `most` at most. */
static double seen_energy(const rsd_trainer *self, uint32_t subband, uint32_t stage, bool all, float most)
{
    double sum = 0.0;
    for (size_t i = 0; i < self->vector_count; i++) {
        if (all || is_seen(self, i, subband, stage))
            sum += fminf(most, live_mean_square(subband_of(self, i, subband), self->shape.subband_width));
    }
    return sum;
}

static size_t seen_count(const rsd_trainer *self, uint32_t subband, uint32_t stage)
{
    size_t seen = 0;
    for (size_t i = 0; i < self->vector_count; i++) seen += is_seen(self, i, subband, stage);
    return seen;
}

/* Too few vectors come so far for a mean of them: all are measured instead. */
static bool is_rare(const rsd_trainer *self, uint32_t subband, uint32_t stage)
{
    return seen_count(self, subband, stage) < LIVE_RARE_VECTORS;
}

/* The mean square from which a vector is an outlier. Of those that the stage sees: a sub-band may be silent but for
 * them.
 */
static float outlier_of(const rsd_trainer *self, uint32_t subband, uint32_t stage)
{
    const size_t seen = seen_count(self, subband, stage);
    const double energy = seen_energy(self, subband, stage, false, FLT_MAX);
    return seen > 0u && energy > 0.0 ? LIVE_OUTLIER * (float)(energy / (double)seen) : FLT_MAX;
}

/* ---- one codebook ---- */

typedef struct {
    float *vectors; /* room for LIVE_MAX_TRAIN_VECTORS of subband_width */
    size_t count;
} sample;

/* Every step-th vector of sub-bands [first, end) that the stage sees, or of all. */
typedef struct {
    uint32_t stage, first, end;
    bool all;
    size_t step;
} choice;

/* Takes the chosen vectors as the stage's codebook sees them. */
static void take_vectors(const rsd_trainer *self, const choice *chosen, sample *to)
{
    const uint32_t stage = chosen->stage;
    const uint32_t width = self->shape.subband_width;
    size_t seen = 0;
    to->count = 0;
    for (uint32_t c = chosen->first; c < chosen->end; c++) {
        const float inverse = stage < LIVE_OWN_STAGES ? 1.0f : 1.0f / sqrtf(error_of(self, c, stage));
        const float outlier = outlier_of(self, c, stage);
        for (size_t i = 0; i < self->vector_count; i++) {
            const float *vector = subband_of(self, i, c);
            if (!(chosen->all || is_seen(self, i, c, stage)) || seen++ % chosen->step != 0u ||
                to->count == LIVE_MAX_TRAIN_VECTORS || live_mean_square(vector, width) > outlier)
                continue;
            const float scale = inverse / *next_scale_of(self, i, c);
            for (uint32_t d = 0; d < width; d++) to->vectors[to->count * width + d] = vector[d] * scale;
            to->count++;
        }
    }
}

static void choose_vectors(const rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end, sample *to)
{
    size_t seen = 0;
    for (uint32_t c = first; c < end; c++) seen += seen_count(self, c, stage);
    const bool all = seen < LIVE_ENOUGH_VECTORS;
    const size_t candidates = all ? self->vector_count * (end - first) : seen;
    const size_t step = (candidates + LIVE_MAX_TRAIN_VECTORS - 1u) / LIVE_MAX_TRAIN_VECTORS;
    take_vectors(self, &(choice){stage, first, end, all, step}, to);
}

static rsd_status train_codebook(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end, sample *room)
{
    const uint32_t width = self->shape.subband_width, index = self->codebook_count;
    if (index == RSD_MAX_SEQUENCES) return RSD_ERR_SIZE;
    live_codebook *codebook = &self->codebooks[index];
    *codebook =
        (live_codebook){.dim = width, .codewords = LIVE_CODEWORDS, .data = malloc((size_t)LIVE_CODEWORDS * width)};
    if (!codebook->data) return RSD_ERR_MEMORY;
    self->codebook_count++;
    if (stage < LIVE_OWN_STAGES)
        snprintf(codebook->name, sizeof codebook->name, "stage.%u.subband.%u", stage, first);
    else
        snprintf(codebook->name, sizeof codebook->name, "stage.%u", stage);
    choose_vectors(self, stage, first, end, room);
    const rvq_kmeans_config config = {.vectors = room->vectors,
                                      .stride = width,
                                      .count = room->count,
                                      .dim = width,
                                      .codeword_count = LIVE_CODEWORDS,
                                      .iteration_count = LIVE_KMEANS_ITERATIONS,
                                      .thread_count = self->config.thread_count,
                                      .seed = self->config.seed + 100u + index,
                                      .reserve_last = 1u};
    return rvq_kmeans(&config, codebook->data, &self->scales[index]);
}

/* ---- what a stage leaves ---- */

static int16_t code_vector(const rsd_rvq *rvq, float scale, float *vector)
{
    if (live_search_is_out_of_reach(rvq, 0, scale, vector)) return LIVE_CODEWORDS - 1;
    return (int16_t)rsd_rvq_encode_codebook(rvq, 0, scale, 16u, vector);
}

/* Codes the sub-band of every vector with the stage's codebook. The mean error falls by what it falls where the stage
 * is used.
 */
static void code_subband(rsd_trainer *self, const rsd_rvq *rvq, uint32_t subband, uint32_t stage)
{
    const bool all = is_rare(self, subband, stage);
    const float before = error_of(self, subband, stage), scale = stage < LIVE_OWN_STAGES ? 1.0f : sqrtf(before);
    const float outlier = outlier_of(self, subband, stage);
    const double energy = seen_energy(self, subband, stage, all, outlier);
    for (size_t i = 0; i < self->vector_count; i++)
        self->tokens[i * self->shape.subband_count + subband] =
            code_vector(rvq, scale * *next_scale_of(self, i, subband), subband_of(self, i, subband));
    const double share = seen_energy(self, subband, stage, all, outlier) / (energy + 1e-30);
    self->errors[subband * (LIVE_MAX_STAGES + 1u) + stage + 1u] =
        fmaxf(LIVE_MIN_ERROR, before * (float)fmin(LIVE_MAX_STAGE_SHARE, fmax(LIVE_MIN_STAGE_SHARE, share)));
}

/* ---- what each codeword leaves ---- */

typedef struct {
    double energy[LIVE_CODEWORDS], count[LIVE_CODEWORDS];
    double usual_energy; /* of all codewords, outliers clamped */
} residual_sums;

/* In the scale that the codebook had, so that all sub-bands of a shared codebook count alike. */
static void add_residuals(const rsd_trainer *self, uint32_t stage, uint32_t subband, residual_sums *sums)
{
    const float error = stage < LIVE_OWN_STAGES ? 1.0f : error_of(self, subband, stage);
    const bool all = is_rare(self, subband, stage);
    for (size_t i = 0; i < self->vector_count; i++) {
        if (!all && !is_seen(self, i, subband, stage)) continue;
        const float next_scale = *next_scale_of(self, i, subband);
        const int16_t token = self->tokens[i * self->shape.subband_count + subband];
        if (token == LIVE_CODEWORDS - 1) continue; /* the escape */
        const float energy = live_mean_square(subband_of(self, i, subband), self->shape.subband_width) /
                             (error * next_scale * next_scale);
        sums->energy[token] += fminf(energy, LIVE_RATIO_OUTLIER);
        sums->usual_energy += fminf(energy, LIVE_OUTLIER);
        sums->count[token] += 1.0;
    }
}

/* How much larger than the average what each codeword of the last codebook leaves is. */
static void set_ratio_steps(const residual_sums *sums, int8_t *ratio_steps)
{
    double count = 0.0;
    for (uint32_t t = 0; t < LIVE_CODEWORDS; t++) count += sums->count[t];
    const double average = sums->usual_energy / count + (double)LIVE_MIN_ERROR;
    for (uint32_t t = 0; t < LIVE_CODEWORDS; t++) {
        const double mean = (sums->energy[t] + LIVE_PRIOR_VECTORS * average) / (sums->count[t] + LIVE_PRIOR_VECTORS);
        ratio_steps[t] =
            (int8_t)lrint(fmin(127.0, fmax(-127.0, 0.5 * log2(mean / average) * LIVE_RATIO_STEPS_PER_OCTAVE)));
    }
    ratio_steps[LIVE_CODEWORDS - 1u] = LIVE_ESCAPE_RATIO_STEPS;
}

static void apply_ratio_steps(const rsd_trainer *self, uint32_t subband, const int8_t *ratio_steps)
{
    float ratio_of_step[256];
    live_ratio_table_init(ratio_of_step);
    for (size_t i = 0; i < self->vector_count; i++) {
        float *next_scale = next_scale_of(self, i, subband);
        const uint8_t step = (uint8_t)ratio_steps[self->tokens[i * self->shape.subband_count + subband]];
        *next_scale = live_next_scale(*next_scale, ratio_of_step[step]);
    }
}

static rsd_status measure_residual_ratios(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end)
{
    residual_sums *sums = calloc(1, sizeof *sums);
    if (!sums) return RSD_ERR_MEMORY;
    int8_t *ratio_steps = self->ratio_steps + (size_t)(self->codebook_count - 1u) * LIVE_CODEWORDS;
    for (uint32_t c = first; c < end; c++) add_residuals(self, stage, c, sums);
    set_ratio_steps(sums, ratio_steps);
    for (uint32_t c = first; c < end; c++) apply_ratio_steps(self, c, ratio_steps);
    free(sums);
    return RSD_OK;
}

static rsd_status code_subbands(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end)
{
    const live_codebook *from = &self->codebooks[self->codebook_count - 1u];
    const rsd_rvq_codebook codebook = {.dim = from->dim,
                                       .codeword_count = from->codewords,
                                       .scale = self->scales[self->codebook_count - 1u],
                                       .codewords = from->data};
    const rsd_rvq_shape shape = {.dim = from->dim, .level_count = 1, .codebook_count = 1, .codebooks = &codebook};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    void *block = base_alloc_64(bytes);
    rsd_rvq *rvq;
    const rsd_status status = block ? rsd_rvq_init(block, bytes, &shape, &rvq) : RSD_ERR_MEMORY;
    if (status == RSD_OK) live_search_reserve(rvq);
    for (uint32_t c = first; status == RSD_OK && c < end; c++) code_subband(self, rvq, c, stage);
    free(block);
    return status;
}

static rsd_status train_stage(rsd_trainer *self, uint32_t stage, sample *room)
{
    char what[32];
    snprintf(what, sizeof what, "stage %u of %u", stage + 1u, self->stage_count);
    const uint32_t subbands = self->shape.subband_count, step = stage < LIVE_OWN_STAGES ? 1u : subbands;
    rsd_status status = RSD_OK;
    if (stage > 0u) count_all_tokens(self);
    for (uint32_t c = 0; status == RSD_OK && c < subbands; c += step) {
        status = live_train_report(self, (double)step / subbands, what);
        if (status == RSD_OK) status = train_codebook(self, stage, c, c + step, room);
        if (status == RSD_OK) status = code_subbands(self, stage, c, c + step);
        if (status == RSD_OK) status = measure_residual_ratios(self, stage, c, c + step);
    }
    return status;
}

static rsd_status begin_residual_ratios(rsd_trainer *self)
{
    const size_t count = self->vector_count * self->shape.subband_count;
    self->next_scale = malloc(count * sizeof *self->next_scale);
    self->tokens = malloc(count * sizeof *self->tokens);
    self->ratio_steps = calloc(RSD_MAX_SEQUENCES, LIVE_CODEWORDS);
    if (!self->next_scale || !self->tokens || !self->ratio_steps) return RSD_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) self->next_scale[i] = 1.0f;
    return RSD_OK;
}

rsd_status live_train_levels(rsd_trainer *self)
{
    rsd_status status = begin_depths(self);
    if (status == RSD_OK) status = begin_residual_ratios(self);
    sample room = {.vectors =
                       malloc((size_t)LIVE_MAX_TRAIN_VECTORS * self->shape.subband_width * sizeof *room.vectors)};
    if (!room.vectors) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; status == RSD_OK && c < self->shape.subband_count; c++)
        self->errors[c * (LIVE_MAX_STAGES + 1u)] =
            fmaxf(LIVE_MIN_ERROR, (float)(seen_energy(self, c, 0, true, FLT_MAX) / (double)self->vector_count));
    for (uint32_t stage = 0; status == RSD_OK && stage < self->stage_count; stage++)
        status = train_stage(self, stage, &room);
    free(room.vectors);
    return status;
}
