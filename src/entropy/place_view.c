// SPDX-License-Identifier: MIT
// Evidence from the place of a token. Nothing here allocates or can fail.
#include "entropy/place_view.h"

#include "base/numbers.h"

#include <string.h>

#define COST_CLASSES 8u
#define SELECTOR_SUBBANDS 32u
#define FIRST_STAGE 512u /* selectors under it are of grids */
#define PLACE_SIGNALS 8u /* first and second of a pair, at four angles */

void place_history_restart(place_history *history)
{
    memset(history, 0, sizeof *history);
    memset(history->tokens, 0xff, sizeof history->tokens);
}

/* Cost as a share of the bits that there were, in classes from none to more than all. */
static uint32_t cost_class(const place_history *history)
{
    if (history->bits == 0u) return COST_CLASSES - 1u;
    const uint32_t share = (uint32_t)((uint64_t)history->cost * 16u / ((uint64_t)history->bits << 8));
    return share < 10u ? 0u : base_min_u32(share - 9u, COST_CLASSES - 2u);
}

void place_history_begin_frame(place_history *history)
{
    const size_t kept = PLACE_FRAMES - 1u;
    history->cost_class_before = cost_class(history);
    history->cost = history->bits = 0;
    memmove(history->tokens[1], history->tokens[0], kept * sizeof history->tokens[0]);
    memmove(history->envelope_half_log2[1], history->envelope_half_log2[0],
            kept * sizeof history->envelope_half_log2[0]);
    memset(history->tokens[0], 0xff, sizeof history->tokens[0]);
}

static int32_t token_at(const place_history *history, uint32_t age, int64_t subband, int64_t stage)
{
    if (subband < 0 || subband >= (int64_t)CODEC_PLACES_MAX_SUBBANDS || stage < 0 || stage >= (int64_t)PLACE_STAGES)
        return -1;
    return history->tokens[age][subband][stage];
}

static void add_context(entropy_view *view, uint32_t a, uint32_t b)
{
    const uint32_t number = view->context_count;
    view->contexts[view->context_count++] = entropy_hash(entropy_hash(a, b), number);
}

static void add_contexts(const place_history *history, const codec_place *place, entropy_view *view)
{
    const int64_t subband = place->subband, stage = place->stage;
    const uint32_t book = place->codebook, where = place->subband * CODEC_PLACES_MAX_STAGES + place->stage;
    const uint32_t before = (uint32_t)token_at(history, 1, subband, stage);
    const uint32_t above = (uint32_t)token_at(history, 0, subband, stage - 1);
    const uint32_t beside = (uint32_t)token_at(history, 0, subband - 1, stage);
    add_context(view, book, 0);
    add_context(view, book, where);
    add_context(view, entropy_hash(book, before), 0);
    add_context(view, entropy_hash(book, above), 0);
    add_context(view, entropy_hash(book, beside), 0);
    add_context(view, book, (uint32_t)place->scale_half_log2);
    add_context(view, entropy_hash(book, (uint32_t)place->envelope_half_log2),
                (uint32_t)(place->envelope_half_log2 -
                           history->envelope_half_log2[1][place->subband % CODEC_PLACES_MAX_SUBBANDS]));
    add_context(view, entropy_hash(book, before), (uint32_t)token_at(history, 2, subband, stage));
}

static void add_feature(entropy_view *view, const codec_place *place, uint32_t group, uint32_t what, int32_t value)
{
    if (value == -1) return;
    view->features[group][view->feature_count[group]++] =
        entropy_hash(entropy_hash(place->codebook * ENTROPY_GROUPS + group, what), (uint32_t)value);
}

static void add_features(const place_history *history, const codec_place *place, entropy_view *view)
{
    const int64_t subband = place->subband;
    for (uint32_t g = 0; g < 2u; g++) {
        add_feature(view, place, g, 0, 1);
        add_feature(view, place, g, 1, (int32_t)place->subband);
        add_feature(view, place, g, 2, (int32_t)place->stage);
    }
    add_feature(view, place, 0, 3, place->scale_half_log2 + 1024);
    add_feature(view, place, 0, 4, place->envelope_half_log2 + 1024);
    for (uint32_t s = 0; s < place->stage && s < PLACE_STAGES; s++)
        add_feature(view, place, 1, 8u + s, token_at(history, 0, subband, s));
    for (uint32_t age = 1; age < PLACE_FRAMES; age++)
        for (uint32_t s = 0; s < 2u; s++)
            add_feature(view, place, 1, 16u * age + s, token_at(history, age, subband, s));
    for (int beside = -1; beside <= 1; beside += 2)
        add_feature(view, place, 1, 64u + (uint32_t)(beside + 1), token_at(history, 0, subband + beside, 0));
}

/* What a pair adds: the signal, its angle, and the tokens of the same place in the other signal. */
static void add_pair(const place_history *other, const codec_place *place, entropy_view *view)
{
    const int64_t subband = place->subband, stage = place->stage;
    const uint32_t book = place->codebook, signal = place->angle * 2u + place->channel;
    const int32_t same = token_at(other, 0, subband, stage), before = token_at(other, 1, subband, stage);
    add_context(view, entropy_hash(book, signal), (uint32_t)place->stage);
    add_context(view, entropy_hash(book, (uint32_t)same), signal);
    add_feature(view, place, 0, 5, (int32_t)signal);
    add_feature(view, place, 1, 5, (int32_t)signal);
    add_feature(view, place, 1, 128u + signal, same);
    add_feature(view, place, 1, 160u, before);
    for (uint32_t s = 0; s < 2u; s++) add_feature(view, place, 1, 144u + s, token_at(other, 0, subband, s));
    view->selectors[0] += CODEC_PLACES_MAX_STAGES * base_min_u32(signal, PLACE_SIGNALS - 1u);
}

void place_view(const place_history *history, const place_history *other, const codec_place *place, uint32_t bits,
                entropy_view *view)
{
    const uint32_t subband = base_min_u32(place->subband, SELECTOR_SUBBANDS - 1u);
    const uint32_t stage = base_min_u32(place->stage, CODEC_PLACES_MAX_STAGES - 1u);
    view->bits = bits;
    view->context_count = view->input_count = view->guess_count = 0;
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++) view->feature_count[g] = 0;
    add_contexts(history, place, view);
    add_features(history, place, view);
    view->selectors[0] = FIRST_STAGE + stage;
    view->selectors[1] = 512u + history->cost_class_before * COST_CLASSES + cost_class(history);
    view->selectors[2] = subband * CODEC_PLACES_MAX_STAGES + stage;
    if (other) add_pair(other, place, view);
}

void place_history_take(place_history *history, const codec_place *place, uint32_t token, uint32_t bits, uint32_t cost)
{
    history->cost += cost >> 8;
    history->bits += bits;
    if (place->subband >= CODEC_PLACES_MAX_SUBBANDS) return;
    history->envelope_half_log2[0][place->subband] = (int16_t)place->envelope_half_log2;
    if (place->stage < PLACE_STAGES) history->tokens[0][place->subband][place->stage] = (int16_t)(token & INT16_MAX);
}
