// SPDX-License-Identifier: MIT
// Which MIDI control change turns what. Nothing in this file allocates, locks, logs or makes a system call.
#include "plug_internal.h"

#define FIRST_LEVEL_CC 102u /* 102..119 have no meaning of their own in MIDI 1.0 */
#define LAST_LEVEL_CC 117u

static const struct {
    uint8_t controller;
    rsd_param_id id;
} controllers[] = {
    {1u, RSD_PARAM_LEVELS},         /* modulation wheel */
    {7u, RSD_PARAM_OUTPUT_GAIN_DB}, /* channel volume */
    {8u, RSD_PARAM_MIX},            /* balance */
    {14u, RSD_PARAM_NOISE_FILL},    /* undefined in MIDI 1.0, as are these two */
    {15u, RSD_PARAM_MONITOR},
    {20u, RSD_PARAM_CODEBOOK_BITS},
    {80u, RSD_PARAM_BYPASS}, /* general purpose switch */
};

static bool find(const plug *self, rsd_param_id id, uint32_t level, uint32_t *param)
{
    for (uint32_t i = 0; i < self->param_count; i++) {
        const plug_param *s = &self->params[i];
        if (s->kind != PLUG_PARAM_ROW || s->info->id != id || s->level != level) continue;
        *param = i;
        return true;
    }
    return false;
}

bool plug_midi_cc(const plug *self, uint8_t controller, uint8_t value, uint32_t *param, float *param_value)
{
    bool found = false;
    if (controller >= FIRST_LEVEL_CC && controller <= LAST_LEVEL_CC)
        found = find(self, RSD_PARAM_LEVEL_GAIN, (uint32_t)controller - FIRST_LEVEL_CC, param);
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
        if (controllers[i].controller == controller) found = find(self, controllers[i].id, 0u, param);
    if (!found) return false;
    const plug_param *s = &self->params[*param];
    *param_value = plug_param_clamp(s, s->min + (s->max - s->min) * (float)(value & 127u) / 127.0f);
    return true;
}
