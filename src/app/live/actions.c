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

static uint32_t slot_of(double number) { return number >= 1.0 && number <= 26.0 ? (uint32_t)number - 1u : UINT32_MAX; }

/* Writing a file is for this machine, and for who has shown where he is. */
static rsd_status save(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    if (!action->is_trusted) return base_error_set(error, RSD_ERR_ARG, "confirm first: a preset is a file");
    if (strchr(action->texts[0], '/') || strchr(action->texts[0], '.'))
        return base_error_set(error, RSD_ERR_ARG, "a preset's name has no / and no .");
    return live_ui_save_preset(live, action->texts[0], error);
}

static rsd_status store(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_store_slot(live, slot_of(action->numbers[0]), error);
}

static rsd_status recall(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_recall_slot(live, slot_of(action->numbers[0]), error);
}

static rsd_status copy(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_copy_slot(live, slot_of(action->numbers[0]), slot_of(action->numbers[1]), error);
}

static rsd_status compare(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    (void)action;
    return live_ui_compare(live, error);
}

static rsd_status morph(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_morph(live, (float)action->numbers[0], (float)action->numbers[1], error);
}

static rsd_status randomise(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_randomise(live, (float)action->numbers[0], error);
}

static rsd_status lock(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    return live_ui_lock(live, action->texts[0], action->numbers[1] != 0.0, error);
}

/* A recording is a file, too; its name is ours. */
static rsd_status record(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    if (!action->is_trusted) return base_error_set(error, RSD_ERR_ARG, "confirm first: a recording is a file");
    return action->numbers[0] != 0.0 ? live_ui_start_recording(live, error) : live_ui_stop_recording(live, error);
}

static rsd_status tap_tempo(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    (void)action;
    (void)error;
    live_ui_tap_tempo(live, live_ui_now_s());
    return RSD_OK;
}

static rsd_status undo(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    (void)action;
    return live_ui_undo(live, error);
}

static rsd_status compare_imagined(live_ui_state *live, const host_osc_action *action, rsd_error *error)
{
    (void)action;
    return live_ui_compare_imagined(live, error);
}

static const struct {
    const char *path;
    rsd_status (*act)(live_ui_state *live, const host_osc_action *action, rsd_error *error);
} actions[] = {{"/midi/learn", learn},    {"/midi/bank", set_bank},
               {"/preset/save", save},    {"/slot/store", store},
               {"/slot/recall", recall},  {"/slot/copy", copy},
               {"/compare", compare},     {"/slot/morph", morph},
               {"/random", randomise},    {"/lock", lock},
               {"/record", record},       {"/undo", undo},
               {"/tempo/tap", tap_tempo}, {"/compare/imagined", compare_imagined}};

rsd_status live_ui_act(void *context, const host_osc_action *action, rsd_error *error)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].path, action->path) == 0) return actions[i].act(context, action, error);
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "residuum live does not do this");
}
