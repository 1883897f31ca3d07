// SPDX-License-Identifier: MIT
// Controls of the moves of the envelope of a frame. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

bool engine_moves_are_on(const float params[ENGINE_VALUE_COUNT])
{
    return params[RSD_PARAM_SMEAR_MS] > 0.0f || params[RSD_PARAM_SMEAR_BANDS] > 0.0f ||
           params[RSD_PARAM_FORMANT] != 0.0f || params[RSD_PARAM_TILT] != 0.0f || params[RSD_PARAM_BIRDIES] > 0.0f;
}

void engine_take_moves(const float params[ENGINE_VALUE_COUNT], token_move_controls *moves)
{
    moves->is_linked = params[RSD_PARAM_LINK] != 0.0f;
    moves->seed = (uint32_t)params[RSD_PARAM_SEED];
    moves->smear_ms = params[RSD_PARAM_SMEAR_MS];
    moves->smear_bands = params[RSD_PARAM_SMEAR_BANDS];
    moves->formant_semitones = params[RSD_PARAM_FORMANT];
    moves->tilt_db_per_octave = params[RSD_PARAM_TILT];
    moves->birdies = params[RSD_PARAM_BIRDIES];
}
