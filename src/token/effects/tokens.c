// SPDX-License-Identifier: MIT
// Effects that change tokens. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#include "base/numbers.h"

/*
 * Escapes have no sound of their own (of `live` they make the next codeword of a sub-band longer by 24 dB): they stay
 * where they are, and chance draws none.
 */
uint32_t effect_codewords(const token_effects *effects, uint32_t sequence)
{
    return effects->info.sequence_codewords[sequence] - effects->bands.reserved_codewords;
}

static uint32_t shifted(uint32_t token, uint32_t count, int32_t shift)
{
    const int32_t moved = ((int32_t)token + shift) % (int32_t)count;
    return (uint32_t)(moved < 0 ? moved + (int32_t)count : moved);
}

/* A bit whose flip leads to no codeword stays. */
static uint32_t flipped(uint32_t token, uint32_t count, uint32_t bits)
{
    const uint32_t changed = token ^ (1u << effect_pick(bits, base_log2_ceil(count)));
    return changed < count ? changed : token;
}

static uint32_t with_errors(const effect_frame *at, uint32_t sequence, uint32_t token, uint32_t count)
{
    const token_effect_controls *controls = at->controls;
    if (effect_chance(effect_bits(at, DRAW_ERROR, sequence), controls->token_error))
        token = effect_pick(effect_bits(at, DRAW_ERROR_TOKEN, sequence), count);
    if (effect_chance(effect_bits(at, DRAW_FLIP, sequence), controls->bit_flip))
        token = flipped(token, count, effect_bits(at, DRAW_FLIP_BIT, sequence));
    return token;
}

void effect_change_tokens(const effect_frame *at)
{
    const token_effect_controls *controls = at->controls;
    const token_effects *effects = at->effects;
    const bool any_errors = controls->token_error > 0.0f || controls->bit_flip > 0.0f;
    if (!any_errors && controls->scramble <= 0.0f && controls->token_shift == 0) return;
    const uint32_t first_error = effect_level_begin(effects, controls->error_from),
                   end_error = effect_level_begin(effects, controls->error_to);
    for (uint32_t s = 0; s < effects->info.sequence_count; s++) {
        const uint32_t count = effect_codewords(effects, s);
        uint32_t token = (uint32_t)at->frame->tokens[s] % effects->info.sequence_codewords[s];
        if (at->frame->tokens[s] == RSD_TOKEN_NONE || token >= count) continue;
        if (controls->scramble > 0.0f) token = effect_permuted(token, count, controls->seed, controls->scramble);
        if (controls->token_shift != 0) token = shifted(token, count, controls->token_shift);
        if (any_errors && s >= first_error && s < end_error) token = with_errors(at, s, token, count);
        at->frame->tokens[s] = (int32_t)token;
    }
}
