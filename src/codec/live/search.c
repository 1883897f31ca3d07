// SPDX-License-Identifier: MIT
// The encoder's search. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/search.h"

#include "codec/live/tuning.h"

#include "rvq/rvq_codebook.h"

#include <string.h>

/*
 * A codeword is the mean of the vectors that it stands for, and a mean has less energy than its vectors: the sum of a
 * sub-band's codewords lacks what they leave, on average (Gersho and Gray, Vector Quantization and Signal Compression,
 * 11.2). The decoder gives that back as a gain. The encoder then prefers, of codewords that are about as near, those
 * whose energy is right with this gain. Only the frame's own energy counts: what earlier frames lack depends on how
 * many levels they had, and the tokens of a level must not.
 */

/* ---- argmax ---- */

/* Bits of the first 32 indices: a table, since not every vector can be shifted by another. */
static const uint32_t places[32] = {1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
                                    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
                                    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
                                    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};

/*
 * Floats from 0 on are in the order of their bits, and the greatest of integers is found in vector code, without a
 * branch (a token is a choice that no branch prediction knows). flip: of all bits, -1 for the least.
 */
RVQ_INLINE uint32_t first_greatest(const float *values, uint32_t count, int32_t flip)
{
    int32_t greatest = INT32_MIN;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int32_t bits = bits_of(values[i]) ^ flip;
        greatest = bits > greatest ? bits : greatest;
    }
    for (uint32_t i = 0; i < count; i++)
        found |= ((bits_of(values[i]) ^ flip) == greatest ? UINT32_MAX : 0u) & places[i];
    return (uint32_t)__builtin_ctz(found);
}

uint32_t live_argmax(const float *values, uint32_t count)
{
    return count == 16u ? first_greatest(values, 16u, 0) : first_greatest(values, count, 0);
}

/* ---- candidates of one stage ---- */

/* The nearest codeword of each of the first classes, their energies as they are scaled. */
typedef struct {
    const int32_t *tokens;
    float whole[RVQ_BLOCK]; /* |scale x codeword|^2 */
    float error[RVQ_BLOCK]; /* |residual - scale x codeword|^2; FLT_MAX where it may not be chosen */
} class_energies;

/* What a codeword adds to: its target as a codebook wants it, and its energy. */
typedef struct {
    _Alignas(64) int16_t target[LIVE_MAX_SUBBAND_WIDTH];
    float factor, energy;
} coded_sum;

/* One residual at one stage. */
typedef struct {
    const rvq_packed_codebook *codebook;
    const live_search_stage *stage;
    uint32_t codeword_count; /* that may be chosen */
    float residual_energy;
    float factor; /* of the residual as a target */
    coded_sum sum;
} stage_search;

/* Of norms and what the kernel counted, in integers: no codeword's elements are seen. */
RVQ_INLINE void find_energies(const stage_search *search, const rvq_nearest *nearest, uint32_t class_count,
                              class_energies *classes)
{
    const rvq_packed_codebook *codebook = search->codebook;
    const float scale = codebook->scale * search->stage->scale, residual_energy = search->residual_energy;
    const float unit = scale * scale / (float)(1u << rvq_fraction_bits(codebook->dim)), part = scale / search->factor;
    classes->tokens = nearest->index;
    int32_t norms[RVQ_BLOCK];
    for (uint32_t c = 0; c < class_count; c++) norms[c] = codebook->norms[nearest->index[c]];
    for (uint32_t c = 0; c < class_count; c++) {
        const float norm = (float)norms[c], whole = unit * norm;
        const float error = residual_energy - part * (norm - (float)nearest->score[c]) + whole;
        const bool reserved = norms[c] == RVQ_RESERVED, missing = nearest->index[c] >= (int32_t)search->codeword_count;
        classes->whole[c] = whole;
        classes->error[c] = (reserved | missing) ? FLT_MAX : error;
    }
}

RVQ_INLINE void find_sum(const rvq_packed_codebook *codebook, uint32_t dim, float scale, const float *vector,
                         const float *residual, coded_sum *sum)
{
    float values[LIVE_MAX_SUBBAND_WIDTH];
    for (uint32_t i = 0; i < dim; i++) values[i] = vector[i] - residual[i];
    sum->factor = quantise_elements(codebook, dim, scale, values, sum->target);
    sum->energy = energy(values, dim);
}

RVQ_INLINE int32_t product_with(const rvq_packed_codebook *codebook, uint32_t dim, uint32_t token,
                                const int16_t *target)
{
    const int8_t *pairs = codeword_pairs(codebook, token);
    int32_t sum = 0;
    for (uint32_t p = 0; p < (dim + 1u) / 2u; p++, pairs += RVQ_BLOCK * 2u)
        sum += target[2u * p] * pairs[0] + target[2u * p + 1u] * pairs[1];
    return sum;
}

/* Of the cheapest LIVE_MAX_LOOKAHEAD_WIDTH, in order. */
static void keep_candidate(live_candidates *kept, uint32_t token, float cost)
{
    uint32_t at = kept->count;
    if (at < LIVE_MAX_LOOKAHEAD_WIDTH)
        kept->count++;
    else if (!(cost < kept->cost[--at]))
        return;
    for (; at > 0u && cost < kept->cost[at - 1u]; at--) {
        kept->tokens[at] = kept->tokens[at - 1u];
        kept->cost[at] = kept->cost[at - 1u];
    }
    kept->tokens[at] = token;
    kept->cost[at] = cost;
}

/* Bits of the classes whose error is `limit` at most. */
RVQ_INLINE uint32_t classes_within(const float *error, uint32_t class_count, float limit)
{
    uint32_t found = 0;
    for (uint32_t c = 0; c < class_count; c++) found |= (error[c] <= limit ? UINT32_MAX : 0u) & places[c];
    return found;
}

RVQ_INLINE float candidate_cost(const stage_search *search, uint32_t dim, const class_energies *classes, uint32_t c)
{
    const rvq_packed_codebook *codebook = search->codebook;
    const live_search_stage *stage = search->stage;
    const coded_sum *sum = &search->sum;
    const float product = (float)(2 * product_with(codebook, dim, (uint32_t)classes->tokens[c], sum->target));
    const float coded = sum->energy + codebook->scale * stage->scale / sum->factor * product + classes->whole[c];
    const float missing = stage->target_energy - stage->gain * coded;
    return classes->error[c] + stage->energy_weight * missing * missing;
}

/*
 * A candidate costs at least what it leaves: those that leave more than `close` times the cost of the nearest are
 * passed over, their energies unseen, which is most of them.
 */
RVQ_INLINE void keep_cheapest(const stage_search *search, uint32_t dim, uint32_t class_count, float close,
                              const class_energies *classes, live_candidates *found)
{
    const uint32_t first = first_greatest(classes->error, class_count, -1);
    uint32_t near[RVQ_BLOCK], near_count = 1;
    near[0] = first;
    float costs[RVQ_BLOCK], least = costs[0] = candidate_cost(search, dim, classes, first);
    uint32_t others = classes_within(classes->error, class_count, close * least) & ~places[first];
    for (; others; others &= others - 1u, near_count++) {
        const uint32_t c = near[near_count] = (uint32_t)__builtin_ctz(others);
        const float cost = costs[near_count] = candidate_cost(search, dim, classes, c);
        least = cost < least ? cost : least;
    }
    found->count = 0;
    for (uint32_t i = 0; i < near_count; i++) {
        if (costs[i] <= close * least) keep_candidate(found, (uint32_t)classes->tokens[near[i]], costs[i]);
    }
    /* By rounding a cost is below 0, or it is no number. */
    if (found->count == 0u) keep_candidate(found, (uint32_t)classes->tokens[first], costs[0]);
}

/* job->stage or job->next, the residual as it is then. */
RVQ_INLINE void find_candidates_of(const live_search_job *job, const live_search_stage *stage, uint32_t dim,
                                   uint32_t class_count, const float *residual, live_candidates *found)
{
    _Alignas(64) int16_t target[LIVE_MAX_SUBBAND_WIDTH];
    const rvq_packed_codebook *codebook = &job->codebooks->codebooks[stage->codebook];
    const uint32_t count = usable_codewords(codebook, job->codebook_bits);
    const float close = job->lookahead_width > 1u ? LIVE_LOOKAHEAD_COST_RATIO : 1.0f;
    rvq_nearest nearest;
    class_energies classes;
    stage_search search = {.codebook = codebook, .stage = stage, .codeword_count = count};
    search.residual_energy = energy(residual, dim);
    search.factor = quantise_elements(codebook, dim, stage->scale, residual, target);
    find_sum(codebook, dim, stage->scale, job->vector, residual, &search.sum);
    job->codebooks->search(codebook, target, count, &nearest);
    if (class_count < RVQ_BLOCK) join_classes(&nearest);
    find_energies(&search, &nearest, class_count, &classes);
    keep_cheapest(&search, dim, class_count, close, &classes, found);
}

/* The widths and candidate counts of the shipped models have loops of known lengths. */
static void find_candidates(const live_search_job *job, const live_search_stage *stage, const float *residual,
                            live_candidates *found)
{
    const uint32_t dim = job->codebooks->codebooks[stage->codebook].dim;
    if (dim == 8u && stage->candidate_count == 8u)
        find_candidates_of(job, stage, 8u, 8u, residual, found);
    else if (dim == 16u && stage->candidate_count == 16u)
        find_candidates_of(job, stage, 16u, 16u, residual, found);
    else
        find_candidates_of(job, stage, dim, stage->candidate_count, residual, found);
}

/* ---- looking ahead ---- */

/* The candidate after which the next stage costs least; `after`: the next stage's candidates then. */
static uint32_t best_ahead(const live_search_job *job, const live_candidates *found, live_candidates *after)
{
    const rvq_packed_codebook *codebook = &job->codebooks->codebooks[job->stage.codebook];
    const uint32_t count = found->count < job->lookahead_width ? found->count : job->lookahead_width;
    uint32_t best = 0;
    float least = 0.0f;
    for (uint32_t i = 0; i < count && count > 1u; i++) {
        float residual[LIVE_MAX_SUBBAND_WIDTH];
        live_candidates next;
        live_search_stage following = job->next;
        following.scale *= job->ratio_of_step[(uint8_t)job->ratio_steps[found->tokens[i]]];
        memcpy(residual, job->residual, codebook->dim * sizeof *residual);
        add_codeword(codebook, found->tokens[i], -job->stage.scale, residual);
        find_candidates(job, &following, residual, &next);
        const float cost = next.cost[0] + LIVE_OWN_COST_WEIGHT * found->cost[i];
        if (i > 0u && !(cost < least)) continue;
        least = cost;
        best = i;
        *after = next;
    }
    return best;
}

void live_search_reserve(rsd_rvq *codebooks)
{
    for (uint32_t k = 0; k < codebooks->codebook_count; k++)
        rvq_reserve_codeword(codebooks, k, codebooks->codebooks[k].codeword_count - 1u);
}

bool live_search_is_out_of_reach(const rsd_rvq *codebooks, uint32_t codebook, float scale, const float *residual)
{
    const rvq_packed_codebook *packed = &codebooks->codebooks[codebook];
    const float factor = packed->target_scale / scale;
    return range_factor(residual, packed->dim, factor, packed->target_limit) < factor;
}

/* The escape, where it may be chosen and is called for; else -1. */
static int32_t escape_of(const live_search_job *job)
{
    const rvq_packed_codebook *codebook = &job->codebooks->codebooks[job->stage.codebook];
    const uint32_t token = codebook->codeword_count - 1u;
    if (codebook->norms[token] != RVQ_RESERVED || usable_codewords(codebook, job->codebook_bits) <= token) return -1;
    const bool is_far =
        live_search_is_out_of_reach(job->codebooks, job->stage.codebook, job->stage.scale, job->residual);
    return is_far ? (int32_t)token : -1;
}

int32_t live_search_token(const live_search_job *job)
{
    const int32_t escape = escape_of(job);
    if (escape >= 0) {
        if (job->found) job->found->count = 0;
        return escape;
    }
    live_candidates found;
    if (job->found && job->found->count > 0u)
        found = *job->found;
    else
        find_candidates(job, &job->stage, job->residual, &found);
    uint32_t best = 0;
    if (job->found) job->found->count = 0;
    if (job->lookahead_width > 1u && job->found) best = best_ahead(job, &found, job->found);
    add_codeword(&job->codebooks->codebooks[job->stage.codebook], found.tokens[best], -job->stage.scale, job->residual);
    return (int32_t)found.tokens[best];
}

/* ---- one frame ---- */

void live_search_begin(const live_model *model, bool attack, uint32_t codebook_bits, const float *vector,
                       live_search_frame *frame)
{
    const uint32_t width = model->shape.subband_width;
    memcpy(frame->vector, vector, model->shape.hop * sizeof *vector);
    frame->codebook_bits = codebook_bits;
    frame->energy_weight = attack ? 0.0f : model->shape.constants.energy_weight;
    for (uint32_t b = 0; b < model->shape.subband_count; b++) {
        frame->found[b].count = 0;
        frame->target_energy[b] = live_mean_square(vector + b * width, width) * (float)width;
    }
}

static live_search_stage stage_of(const live_model *model, uint32_t subband, uint32_t stage, float scale,
                                  const live_search_frame *frame)
{
    const float target = frame->target_energy[subband], gain = model->restore[subband][stage + 1u];
    const bool joined = model->shape.constants.lookahead_width < 2.0f;
    return (live_search_stage){.codebook = model->codebook_of[subband][stage],
                               .candidate_count = joined ? RVQ_JOINED_CLASSES : RVQ_BLOCK,
                               .scale = model->codebook_scale[subband][stage] * scale,
                               .energy_weight = frame->energy_weight / (target + LIVE_MIN_ENERGY),
                               .target_energy = target,
                               .gain = gain * gain};
}

int32_t live_search_encode(const live_model *model, uint32_t subband, uint32_t stage, float scale,
                           live_search_frame *frame, float *residual)
{
    const uint32_t width = (uint32_t)model->shape.constants.lookahead_width;
    live_search_job job = {.codebooks = model->codebooks,
                           .stage = stage_of(model, subband, stage, scale, frame),
                           .lookahead_width = 1u,
                           .codebook_bits = frame->codebook_bits,
                           .vector = frame->vector + subband * model->shape.subband_width,
                           .residual = residual,
                           .found = &frame->found[subband]};
    if (width > 1u && stage + 1u < model->stage_count) {
        job.next = stage_of(model, subband, stage + 1u, scale, frame);
        job.lookahead_width = width;
        job.ratio_steps = model->ratio_steps + (size_t)job.stage.codebook * model->codewords;
        job.ratio_of_step = model->ratio_of_step;
    }
    return live_search_token(&job);
}
