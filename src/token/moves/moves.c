// SPDX-License-Identifier: MIT
// Moves of the envelope. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/moves/moves.h"

#include "token/effects/internal.h"

#include <residuum/rsd_dsp.h>

#include <string.h>

#define LOG2_E 1.44269504f
#define DB_PER_LOG2 6.02059991f
#define BIRDIES_FROM_HZ 1500.0f
#define BIRDIES_ALL_HZ 6000.0f
#define BIRDIES_MOST 0.9f
#define BIRDIES_SALT 0xB17D1E5u

void token_moves_reset(token_moves *moves) { moves->remembers = false; }

/* Powers, not logarithms: what begins is heard after the time constant, and what ends falls as a room's sound does. */
static void smear_over_time(token_moves *moves, float smear_ms, const codec_frame *frame, float *envelope_log2)
{
    const float kept = smear_ms > 0.0f ? rsd_exp2f(-LOG2_E * moves->frame_ms / smear_ms) : 0.0f;
    for (uint32_t b = 0; b < moves->bands.band_count; b++) {
        const float now = rsd_exp2f(2.0f * frame->envelope_log2[b]);
        moves->power[b] = moves->remembers ? now + kept * (moves->power[b] - now) : now;
        if (smear_ms > 0.0f) envelope_log2[b] = 0.5f * rsd_log2f(moves->power[b]);
    }
    moves->remembers = true;
}

static void smear_over_bands(const token_moves *moves, float smear_bands, float *envelope_log2)
{
    float smeared[CODEC_MAX_BANDS];
    const int32_t count = (int32_t)moves->bands.band_count, reach = (int32_t)smear_bands;
    for (int32_t b = 0; b < count; b++) {
        float sum = 0.0f, weights = 0.0f;
        for (int32_t d = -reach - 1; d <= reach + 1; d++) {
            const float weight = 1.0f - (float)(d < 0 ? -d : d) / (smear_bands + 1.0f);
            if (b + d < 0 || b + d >= count || weight <= 0.0f) continue;
            sum += weight * envelope_log2[b + d];
            weights += weight;
        }
        smeared[b] = sum / weights;
    }
    memcpy(envelope_log2, smeared, (size_t)count * sizeof *smeared);
}

/* The envelope between the centres of the bands. */
static float envelope_at(const token_moves *moves, const float *envelope_log2, float at_log2)
{
    const uint32_t last = moves->bands.band_count - 1u;
    if (at_log2 <= moves->centre_log2[0]) return envelope_log2[0];
    if (at_log2 >= moves->centre_log2[last]) return envelope_log2[last];
    uint32_t b = 1u;
    while (at_log2 > moves->centre_log2[b]) b++;
    const float below = moves->centre_log2[b - 1u];
    const float share = (at_log2 - below) / (moves->centre_log2[b] - below);
    return envelope_log2[b - 1u] + share * (envelope_log2[b] - envelope_log2[b - 1u]);
}

static void move_formants(const token_moves *moves, float semitones, float *envelope_log2)
{
    float moved[CODEC_MAX_BANDS];
    for (uint32_t b = 0; b < moves->bands.band_count; b++)
        moved[b] = envelope_at(moves, envelope_log2, moves->centre_log2[b] - semitones / 12.0f);
    memcpy(envelope_log2, moved, moves->bands.band_count * sizeof *moved);
}

static void tilt(const token_moves *moves, float db_per_octave, float *envelope_log2)
{
    for (uint32_t b = 0; b < moves->bands.band_count; b++)
        envelope_log2[b] += db_per_octave / DB_PER_LOG2 * moves->centre_log2[b];
}

/* Every sub-band has chunks of its own, so that they do not come and go together. */
static uint32_t absent_subbands(const token_moves *moves, const token_move_controls *controls, uint64_t frame_index)
{
    const uint32_t channel = controls->is_linked ? 0u : moves->channel, count = moves->bands.subband_count;
    const uint32_t chance = effect_mix(controls->seed * 0x9E3779B9u + channel + BIRDIES_SALT);
    uint32_t absent = 0u;
    for (uint32_t c = 0; c < count; c++) {
        const float centre_hz = moves->rate_hz * (2.0f * (float)c + 1.0f) / (4.0f * (float)count);
        const float share = (centre_hz - BIRDIES_FROM_HZ) / (BIRDIES_ALL_HZ - BIRDIES_FROM_HZ);
        if (share <= 0.0f) continue;
        const uint32_t of_subband = effect_mix(chance ^ (c * 0x9E3779B9u + 1u));
        const uint64_t chunk = (frame_index + of_subband % moves->chunk_frames) / moves->chunk_frames;
        const uint32_t bits = effect_mix(effect_mix(of_subband ^ (uint32_t)chunk) + (uint32_t)(chunk >> 32));
        const float probability = BIRDIES_MOST * controls->birdies * (share < 1.0f ? share : 1.0f);
        if (effect_chance(bits, probability)) absent |= 1u << c;
    }
    return absent;
}

void token_moves_apply(token_moves *moves, const token_move_controls *controls, uint64_t frame_index,
                       const codec_frame *frame, codec_shaping *shaping)
{
    float envelope_log2[CODEC_MAX_BANDS];
    const size_t bytes = moves->bands.band_count * sizeof *envelope_log2;
    shaping->is_moved = controls->is_on && frame->band_count > 0u;
    shaping->absent_subbands = 0u;
    if (!shaping->is_moved) {
        moves->remembers = false;
        return;
    }
    memcpy(envelope_log2, frame->envelope_log2, bytes);
    smear_over_time(moves, controls->smear_ms, frame, envelope_log2);
    if (controls->smear_bands > 0.0f) smear_over_bands(moves, controls->smear_bands, envelope_log2);
    if (controls->formant_semitones != 0.0f) move_formants(moves, controls->formant_semitones, envelope_log2);
    if (controls->tilt_db_per_octave != 0.0f) tilt(moves, controls->tilt_db_per_octave, envelope_log2);
    if (controls->birdies > 0.0f) shaping->absent_subbands = absent_subbands(moves, controls, frame_index);
    for (uint32_t b = 0; b < moves->bands.band_count; b++)
        shaping->move_log2[b] = envelope_log2[b] - frame->envelope_log2[b];
}
