// SPDX-License-Identifier: MIT
// Prediction and learning. Nothing here allocates or can fail, and every number is whole.
#include "entropy/model_internal.h"

#include "base/numbers.h"

#include <string.h>

#define LEAST_PROBABILITY 16 /* of 65536: what a decision may cost is bounded */
#define MOST_SEEN 127u
#define MIXER_SHIFT 20u /* a mixer's weight moves by error x logit / 256, as a share of 1 */
#define LAST_SHIFT 21u
#define REPLACE_PROBES 4u

/* How fast the weights of each group move, of 65536. */
static const int32_t group_rates[ENTROPY_GROUPS] = {1311, 3277, 3277, 3277};

/* ---- restart ---- */

/* What an input weighs before anything was learnt, by bucket: the more, the more its context has seen; networks, which
 * begin at random, nothing. 65536 is 1. */
static const int32_t first_weights[BUCKETS] = {0, 1310, 1966, 2621, 3277, 3932, 4588, 5243, 5243, 5243, 0};

static void restart_sets(mixer_set *sets, size_t count)
{
    for (size_t s = 0; s < count; s++)
        for (uint32_t i = 0; i < INPUTS; i++) memcpy(sets[s].weights[i], first_weights, sizeof first_weights);
}

void entropy_model_restart(entropy_model *model)
{
    memset(model->slots, 0, sizeof *model->slots << model->config.slot_bits);
    memset(model->rows, 0, sizeof *model->rows << model->config.row_bits);
    for (uint32_t m = 0; m < MIXERS; m++) restart_sets(model->sets[m], m == 0u ? PLACES : ENTROPY_SELECTOR_SIZE);
    entropy_network_restart(model->network);
    for (uint32_t p = 0; p < PLACES; p++)
        for (uint32_t m = 0; m < MIXERS; m++) model->last[p][m] = ENTROPY_ONE / (int32_t)MIXERS;
}

/* ---- what is known at a chunk of decisions ---- */

/* The slot of a hash: its own, an empty one, or the one of the neighbours that has seen least, made new. */
static context_slot *find_slot(const entropy_model *model, uint32_t hash)
{
    const uint32_t first = hash >> (32u - model->config.slot_bits);
    const uint16_t check = (uint16_t)(hash | 1u); /* 0: empty */
    context_slot *least = NULL;
    for (uint32_t i = 0; i < REPLACE_PROBES; i++) {
        context_slot *slot = &model->slots[first ^ i];
        if (slot->check == check) return slot;
        if (!least || slot->nodes[0].seen < least->nodes[0].seen) least = slot;
    }
    least->check = check;
    for (uint32_t n = 0; n < CHUNK_NODES - 1u; n++) least->nodes[n] = (decision_count){ENTROPY_ONE / 2u, 0};
    return least;
}

/* The prefix goes into every hash, so that chunks differ. */
static void begin_chunk(entropy_model *model, const entropy_view *view, uint32_t chunk)
{
    const uint32_t prefix = model->prefix;
    model->node = 1;
    for (uint32_t i = 0; i < view->context_count; i++)
        model->slot[i] = find_slot(model, entropy_hash(view->contexts[i], prefix * 32u + i));
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++)
        for (uint32_t f = 0; f < view->feature_count[g]; f++)
            model->row[g][f] =
                &model->rows[entropy_hash(view->features[g][f], prefix * 32u + g) >> (32u - model->config.row_bits)];
    model->place = chunk * CHUNK_NODES;
    if (view->input_count > 0u) entropy_network_choose(model->network, view->row, prefix);
}

/* ---- prediction ---- */

/* Where buckets end, from the one of 3 on; those before hold one count each. */
static const uint8_t bucket_ends[SEEN_BUCKETS - 4u] = {4, 8, 16, 32, 64, 120};

static uint8_t bucket_of(uint32_t seen)
{
    if (seen < 3u) return (uint8_t)seen;
    uint8_t bucket = 3;
    for (size_t i = 0; i < sizeof bucket_ends && seen >= bucket_ends[i]; i++) bucket++;
    return bucket;
}

static void add_input(entropy_model *model, int32_t logit, uint8_t bucket)
{
    model->input[model->input_count] = logit;
    model->bucket[model->input_count++] = bucket;
}

static void ask_contexts(entropy_model *model, const entropy_view *view)
{
    for (uint32_t i = 0; i < view->context_count; i++) {
        const decision_count *count = &model->slot[i]->nodes[model->node - 1u];
        add_input(model, count->seen ? entropy_stretch(&model->tables, count->probability) : 0, bucket_of(count->seen));
    }
}

/* The logit, and the probability itself: it says less where it is near to certain. */
static void add_logit(entropy_model *model, int32_t logit, int32_t probability, uint8_t bucket)
{
    add_input(model, logit, bucket);
    add_input(model, (probability - ENTROPY_ONE / 2) / 4, bucket);
}

static void ask_group(entropy_model *model, const entropy_view *view, uint32_t group)
{
    int64_t sum = 0;
    for (uint32_t f = 0; f < view->feature_count[group]; f++) sum += model->row[group][f]->weights[model->node];
    const int32_t logit = entropy_clamp_logit(sum / (ENTROPY_ONE / ENTROPY_LOGIT_ONE));
    model->group_probability[group] = entropy_squash(&model->tables, logit);
    add_logit(model, logit, model->group_probability[group], SEEN_BUCKETS - 1u);
}

static void ask_networks(entropy_model *model, const entropy_view *view)
{
    int32_t logits[NETWORKS];
    if (view->input_count == 0u) return;
    entropy_network_ask(model->network, model->node, logits);
    for (uint32_t n = 0; n < NETWORKS; n++)
        add_logit(model, logits[n], entropy_squash(&model->tables, logits[n]), NETWORK_BUCKET);
}

/* A value under a prefix is the likelier, the nearer the nearest one under it. */
static void ask_guesses(entropy_model *model, const entropy_view *view)
{
    for (uint32_t g = 0; g < view->guess_count; g++) {
        const int32_t *below = &view->guesses[g][2u * model->prefix];
        const int32_t logit = entropy_clamp_logit((int64_t)below[0] - below[1]);
        add_logit(model, logit, entropy_squash(&model->tables, logit), NETWORK_BUCKET);
    }
}

static int32_t mix(const entropy_model *model, const mixer_set *set)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < model->input_count; i++)
        sum += (int64_t)set->weights[i][model->bucket[i]] * model->input[i];
    return entropy_clamp_logit(sum / ENTROPY_ONE);
}

/* Probability of a 1. */
static uint32_t predict(entropy_model *model, const entropy_view *view)
{
    int64_t sum = 0;
    const uint32_t place = model->place + model->node;
    model->input_count = 0;
    ask_contexts(model, view);
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++) ask_group(model, view, g);
    ask_networks(model, view);
    ask_guesses(model, view);
    for (uint32_t m = 0; m < MIXERS; m++) {
        model->set[m] = &model->sets[m][m == 0u ? place : view->selectors[m - 1u]];
        model->mixed[m] = mix(model, model->set[m]);
        sum += (int64_t)model->last[place][m] * model->mixed[m];
    }
    const int32_t probability = entropy_squash(&model->tables, entropy_clamp_logit(sum / ENTROPY_ONE));
    if (probability < LEAST_PROBABILITY) return LEAST_PROBABILITY;
    return (uint32_t)(probability > ENTROPY_ONE - LEAST_PROBABILITY ? ENTROPY_ONE - LEAST_PROBABILITY : probability);
}

/* ---- learning ---- */

#define WEIGHT_LIMIT (1 << 25) /* 512: far over any that helps; sums stay in their range whatever is coded */

static int32_t bounded(int64_t weight)
{
    if (weight > WEIGHT_LIMIT) return WEIGHT_LIMIT;
    return weight < -WEIGHT_LIMIT ? -WEIGHT_LIMIT : (int32_t)weight;
}

/* Shifts of negative numbers are rounded down on every compiler that this is built with; a quotient says it for all. */
static int32_t scaled(int64_t value, unsigned shift) { return (int32_t)(value / ((int64_t)1 << shift)); }

/* Tokens change with the sound: a count goes on moving. */
static uint32_t seen_limit(const entropy_model *model)
{
    const uint32_t limit = model->config.seen_limit;
    return limit > 0u && limit < MOST_SEEN ? limit : MOST_SEEN;
}

static void learn_counts(entropy_model *model, const entropy_view *view, bool bit)
{
    const uint32_t limit = seen_limit(model);
    for (uint32_t i = 0; i < view->context_count; i++) {
        decision_count *count = &model->slot[i]->nodes[model->node - 1u];
        const int32_t error = (bit ? ENTROPY_ONE - 1 : 0) - count->probability;
        count->probability =
            (uint16_t)(count->probability + scaled((int64_t)error * model->tables.rate[count->seen], 16));
        if (count->seen < limit) count->seen++;
    }
}

static void learn_groups(entropy_model *model, const entropy_view *view, bool bit)
{
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++) {
        const int32_t error = (bit ? ENTROPY_ONE : 0) - model->group_probability[g];
        const int32_t step = scaled((int64_t)error * group_rates[g], 16);
        for (uint32_t f = 0; f < view->feature_count[g]; f++) {
            int32_t *weight = &model->row[g][f]->weights[model->node];
            *weight = bounded((int64_t)*weight + step);
        }
    }
}

static void learn_set(entropy_model *model, mixer_set *set, int32_t error)
{
    for (uint32_t i = 0; i < model->input_count; i++) {
        int32_t *weight = &set->weights[i][model->bucket[i]];
        *weight = bounded(*weight + (int64_t)error * model->input[i] / (1 << MIXER_SHIFT));
    }
}

static void learn(entropy_model *model, const entropy_view *view, bool bit, uint32_t probability)
{
    const int32_t target = bit ? ENTROPY_ONE : 0, error = target - (int32_t)probability;
    int32_t *last = model->last[model->place + model->node];
    for (uint32_t m = 0; m < MIXERS; m++) {
        last[m] = bounded(last[m] + (int64_t)error * model->mixed[m] / (1 << LAST_SHIFT));
        learn_set(model, model->set[m], target - entropy_squash(&model->tables, model->mixed[m]));
    }
    learn_groups(model, view, bit);
    if (view->input_count > 0u) entropy_network_learn(model->network, model->node, bit);
    learn_counts(model, view, bit);
    model->node = model->node * 2u + bit;
}

/* ---- tokens ---- */

/* A decision either way: with an encoder or none `bit` is given, with a decoder it is found. */
typedef struct {
    range_encoder *encoder;
    range_decoder *decoder;
} coder_ends;

static uint32_t code(entropy_model *model, const entropy_view *view, uint32_t token, coder_ends ends, uint32_t *cost)
{
    const uint32_t bits = base_min_u32(view->bits, ENTROPY_MAX_TOKEN_BITS);
    *cost = 0;
    model->prefix = 1;
    if (view->input_count > 0u) entropy_network_begin(model->network, view->inputs, view->input_ends);
    for (uint32_t b = 0; b < bits; b++) {
        if (b % CHUNK_BITS == 0u) begin_chunk(model, view, b / CHUNK_BITS);
        const uint32_t probability = predict(model, view);
        const bool bit = ends.decoder ? range_decode(ends.decoder, probability) : token >> (bits - 1u - b) & 1u;
        if (ends.encoder) range_encode(ends.encoder, bit, probability);
        *cost += entropy_cost(bit ? probability : ENTROPY_ONE - probability);
        learn(model, view, bit, probability);
        model->prefix = model->prefix * 2u + bit;
    }
    if (view->input_count > 0u) entropy_network_end(model->network);
    return model->prefix - (1u << bits);
}

uint32_t entropy_encode(entropy_model *model, const entropy_view *view, uint32_t token, range_encoder *coder)
{
    uint32_t cost;
    (void)code(model, view, token, (coder_ends){coder, NULL}, &cost);
    return cost;
}

uint32_t entropy_decode(entropy_model *model, const entropy_view *view, range_decoder *coder, uint32_t *cost)
{
    return code(model, view, 0, (coder_ends){NULL, coder}, cost);
}
