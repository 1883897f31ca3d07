// SPDX-License-Identifier: MIT
// Whole states of a plugin in slots, which OSC and the page keep and play. Everything here is in order by the lock.
#include "plug_internal.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* The codec that plays may have come by OSC or a preset: then the control has its model. */
static rsd_model *model_in_use(plug *self)
{
    rsd_model *model = host_control_model(self->control);
    return model ? model : rsd_model_retain(self->model);
}

static rsd_status store(plug *self, uint32_t number, rsd_error *error)
{
    char name[16];
    rsd_preset preset;
    if (number >= PLUG_SLOT_COUNT) return base_error_set(error, RSD_ERR_ARG, "slots are 1 to %u", PLUG_SLOT_COUNT);
    plug_slot *slot = &self->page.slots[number];
    snprintf(name, sizeof name, "slot %c", (char)('A' + (int)number));
    const rsd_status status = rsd_preset_capture(self->engine, name, host_control_codec(self->control), &preset);
    if (status != RSD_OK) return base_error_set(error, status, "%s", rsd_status_text(status));
    rsd_model_release(slot->model);
    slot->model = model_in_use(self);
    slot->preset = preset;
    slot->is_filled = true;
    self->page.current_slot = number;
    return RSD_OK;
}

static rsd_status recall(plug *self, uint32_t number, rsd_error *error)
{
    if (number >= PLUG_SLOT_COUNT || !self->page.slots[number].is_filled)
        return base_error_set(error, RSD_ERR_NOT_FOUND, "slot %c is empty", number < 26u ? 'A' + (int)number : '?');
    const plug_slot *slot = &self->page.slots[number];
    const bool is_other = strcmp(slot->preset.codec, host_control_codec(self->control)) != 0;
    const host_control_opened opened = {&slot->preset, slot->preset.name,
                                        is_other ? rsd_model_retain(slot->model) : NULL, slot->preset.codec,
                                        HOST_CONTROL_NO_MARK};
    const rsd_status status = host_control_take_preset(self->control, &opened, error);
    if (status == RSD_OK) self->page.current_slot = number;
    return status;
}

rsd_status plug_act_locked(void *context, const host_osc_action *action, rsd_error *error)
{
    const double slot = action->numbers[0];
    const uint32_t number = slot >= 1.0 && slot <= 26.0 ? (uint32_t)slot - 1u : UINT32_MAX;
    if (strcmp(action->path, "/slot/store") == 0) return store(context, number, error);
    if (strcmp(action->path, "/slot/recall") == 0) return recall(context, number, error);
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "only residuum live does this");
}

void plug_slots_destroy(plug *self)
{
    for (uint32_t i = 0; i < PLUG_SLOT_COUNT; i++) rsd_model_release(self->page.slots[i].model);
}
