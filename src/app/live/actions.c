// SPDX-License-Identifier: MIT
// What Open Sound Control asks of `live` beyond parameters.
#include "app/live/live.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static rsd_status learn(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    const rsd_param_info *info = NULL;
    uint32_t level = 0;
    if (action->count > 0u && action->texts[0][0] != '\0' &&
        (rsd_param_parse_symbol(action->texts[0], &info, &level) != RSD_OK || info->unit == RSD_UNIT_TEXT))
        return base_error_set(error, RSD_ERR_NOT_FOUND, "there is no parameter '%.80s' that MIDI could steer",
                              action->texts[0]);
    live_ui_midi_learn(live, info, level);
    return RSD_OK;
}

static rsd_status set_bank(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    rsd_codec_info codec;
    host_control_get_codec_info(live->control, &codec);
    const uint32_t banks = midi_bank_count(codec.level_count);
    const double bank = action->numbers[0];
    if (!(bank >= 1.0 && bank <= (double)banks && bank == floor(bank)))
        return base_error_set(error, RSD_ERR_ARG, "the bank is a whole number in 1..%u, not %g", banks, bank);
    host_midi_set_bank(host_session_midi(live->session), (uint32_t)bank - 1u);
    return RSD_OK;
}

static const struct {
    const char *path;
    rsd_status (*act)(live_ui_state *live, const host_osc_action *action, rsd_error *error);
} actions[] = {{"/midi/learn", learn}, {"/midi/bank", set_bank}};

rsd_status live_ui_act(void *context, const host_osc_action *action, rsd_error *error)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].path, action->path) == 0) return actions[i].act(context, action, error);
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "residuum live does not do this");
}
