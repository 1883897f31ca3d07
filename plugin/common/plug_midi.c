// SPDX-License-Identifier: MIT
// Which MIDI control change turns what. Nothing in this file allocates, locks, logs or makes a system call.
#include "plug_internal.h"

static const struct {
    uint8_t first, last;
    rsd_param_id id;
} controllers[] = {
#define MIDI_CONTROLLERS(first, last, PARAM, name) {first, last, RSD_PARAM_##PARAM},
#include "host/midi/controllers.def"
#undef MIDI_CONTROLLERS
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
    for (size_t i = 0; !found && i < sizeof controllers / sizeof *controllers; i++)
        if (controller >= controllers[i].first && controller <= controllers[i].last)
            found = find(self, controllers[i].id, (uint32_t)controller - controllers[i].first, param);
    if (!found) return false;
    const plug_param *s = &self->params[*param];
    *param_value = plug_param_clamp(s, s->min + (s->max - s->min) * (float)(value & 127u) / 127.0f);
    return true;
}
