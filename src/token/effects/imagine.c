// SPDX-License-Identifier: MIT
// Levels that a predictor imagines. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

/* How freely it plays on. At 1 it would be as bold as the tokens it was trained on; that wanders off soon. */
#define CONTINUE_TEMPERATURE 0.8f

static bool wants_predictor(const effect_frame *at)
{
    const token_effect_controls *controls = at->controls;
    return at->effects->predictor && (controls->predict_from > 0u || controls->is_continuing ||
                                      (controls->loss > 0.0f && controls->conceal == TOKEN_CONCEAL_IMAGINE));
}

/* The first levels in a row that have a token. */
static uint32_t coded_levels(const effect_frame *at)
{
    uint32_t count =
        at->frame->level_count < at->effects->predicted_levels ? at->frame->level_count : at->effects->predicted_levels;
    for (uint32_t k = 0; k < count; k++)
        if (at->frame->tokens[k] < 0) count = k;
    return count;
}

/* Whether the input has stopped, after something was heard. The first quiet frame counts: had the predictor heard that
 * one, silence is what it would go on with. */
static bool plays_on(const effect_frame *at)
{
    token_effects *effects = at->effects;
    if (!at->controls->is_continuing)
        effects->has_heard = false;
    else if (!at->frame->is_quiet)
        effects->has_heard = true;
    return effects->has_heard && at->frame->is_quiet;
}

/* Levels of this frame that the predictor hears; it imagines the others that it knows. */
static uint32_t known_levels(const effect_frame *at, bool is_gone)
{
    const uint32_t coded = coded_levels(at), from = at->controls->predict_from;
    if (is_gone) return 0u;
    return from > 0u && from - 1u < coded ? from - 1u : coded;
}

/* What was imagined takes the place of all levels from `known` up. */
static void put(const effect_frame *at, const int32_t *tokens, uint32_t known)
{
    const token_effects *effects = at->effects;
    for (uint32_t k = known; k < effects->info.sequence_count; k++)
        at->frame->tokens[k] = k < effects->predicted_levels ? tokens[k] : RSD_TOKEN_NONE;
    at->frame->level_count = effects->predicted_levels;
}

void effect_imagine(const effect_frame *at)
{
    token_effects *effects = at->effects;
    const bool is_playing_on = plays_on(at);
    if (!wants_predictor(at)) {
        effects->is_imagining = false;
        return;
    }
    if (!effects->is_imagining) predictor_reset(effects->predictor);
    effects->is_imagining = true;
    const bool is_lost = effects->is_lost && at->controls->conceal == TOKEN_CONCEAL_IMAGINE;
    const uint32_t known = known_levels(at, is_lost || is_playing_on);
    uint32_t random[RSD_MAX_LEVELS];
    int32_t tokens[RSD_MAX_LEVELS];
    for (uint32_t k = 0; k < effects->predicted_levels; k++) {
        random[k] = effect_bits(at, DRAW_IMAGINE, k);
        tokens[k] = at->frame->tokens[k];
    }
    predictor_run(effects->predictor, &(predictor_job){known, is_playing_on ? CONTINUE_TEMPERATURE : 0.0f, random},
                  tokens);
    if (at->controls->predict_from > 0u || is_lost || is_playing_on) put(at, tokens, known);
}
