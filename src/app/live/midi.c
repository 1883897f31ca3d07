// SPDX-License-Identifier: MIT
// MIDI as `live` has it: which map, learning, and what a message asks for that the audio thread cannot do.
#include "app/live/live.h"

#include <stdio.h>

int live_ui_midi_open(live_ui_state *live)
{
    rsd_error error;
    live->midi_path = live->arguments->value[APP_OPT_MIDI_MAP];
    if (midi_map_load(live->midi_path, &live->midi_map, NULL, &error) != RSD_OK)
        return app_fail(live->arguments, "%s", error.text);
    live->midi_map_waits = true;
    return -1;
}

static void name_target(const live_ui_state *live, char *text, size_t text_bytes)
{
    const rsd_param_info *info = live->midi_learnt;
    if (rsd_param_is_per_level(info))
        snprintf(text, text_bytes, "%s[%u]", info->symbol, live->midi_learnt_level + 1u);
    else
        snprintf(text, text_bytes, "%s", info->symbol);
}

void live_ui_midi_learn(live_ui_state *live, const rsd_param_info *info, uint32_t level)
{
    char target[64];
    live->midi_learns = info != NULL;
    host_midi_set_learning(host_session_midi(live->session), live->midi_learns);
    if (!info) {
        live_ui_say(live, "MIDI: nothing is learnt");
        return;
    }
    live->midi_learnt = info;
    live->midi_learnt_level = level;
    name_target(live, target, sizeof target);
    live_ui_say(live, "MIDI: turn a controller or strike a note for %s", target);
}

/* A note that is let go is the end of one that was struck before. */
static bool is_taught(const host_midi_message *message)
{
    const uint8_t kind = message->bytes[0] & 0xf0u;
    return message->size == 3u && (kind == 0xb0u || (kind == 0x90u && message->bytes[2] > 0u));
}

static void keep_learnt(live_ui_state *live, const host_midi_message *message)
{
    rsd_error error;
    char target[64];
    midi_map map = live->midi_map;
    const bool is_note = (message->bytes[0] & 0xf0u) == 0x90u;
    const midi_binding binding = {.source = is_note ? MIDI_FROM_NOTE : MIDI_FROM_CONTROLLER,
                                  .channel = (uint8_t)((message->bytes[0] & 0x0fu) + 1u),
                                  .first = message->bytes[1],
                                  .last = message->bytes[1],
                                  .target = MIDI_TO_PARAMETER,
                                  .param_id = live->midi_learnt->id,
                                  .level = live->midi_learnt_level};
    live->midi_learns = false;
    host_midi_set_learning(host_session_midi(live->session), false);
    if (midi_map_bind(&map, &binding, &error) != RSD_OK || midi_map_save(live->midi_path, &map, &error) != RSD_OK) {
        live_ui_say(live, "%s", error.text);
        return;
    }
    live->midi_map = map;
    live->midi_map_waits = true;
    name_target(live, target, sizeof target);
    snprintf(live->told.learnt, sizeof live->told.learnt, "%s %u of channel %u steers %s",
             is_note ? "note" : "controller", binding.first, binding.channel, target);
    live_ui_say(live, "MIDI: %s %u of channel %u steers %s", is_note ? "note" : "controller", binding.first,
                binding.channel, target);
}

static void take_report(live_ui_state *live, const host_midi_report *report)
{
    switch (report->request) {
    case MIDI_ASKS_NOTHING:
        if (live->midi_learns && is_taught(&report->message)) keep_learnt(live, &report->message);
        break;
    case MIDI_ASKS_PRESET:
        live_ui_set_preset(live, report->number);
        break;
    case MIDI_ASKS_PRESET_NEXT:
        live_ui_step_preset(live, 1);
        break;
    case MIDI_ASKS_PRESET_PREVIOUS:
        live_ui_step_preset(live, -1);
        break;
    case MIDI_ASKS_TAP:
        /* By samples: this thread comes to it some milliseconds late, and not evenly. */
        live_ui_tap_tempo(live, (double)report->message.sample_time / host_control_sample_rate_hz(live->control));
        break;
    case MIDI_ASKS_START:
    case MIDI_ASKS_CONTINUE:
    case MIDI_ASKS_STOP:
        break;
    }
}

/* Faders say nothing of which levels they steer. */
static void say_bank(live_ui_state *live)
{
    host_midi_status status;
    rsd_codec_info codec;
    host_midi_get_status(host_session_midi(live->session), &status);
    if (status.bank == live->midi_bank) return;
    live->midi_bank = status.bank;
    host_control_get_codec_info(live->control, &codec);
    const uint32_t first = status.bank * MIDI_BANK_LEVELS + 1u, last = first + MIDI_BANK_LEVELS - 1u;
    live_ui_say(live, "MIDI: bank %u, levels %u to %u", status.bank + 1u, first,
                last < codec.level_count ? last : codec.level_count);
}

void live_ui_midi_update(live_ui_state *live)
{
    host_midi_report report;
    host_midi *midi = host_session_midi(live->session);
    say_bank(live);
    if (live->midi_map_waits) live->midi_map_waits = !host_midi_set_map(midi, &live->midi_map);
    while (host_midi_read(midi, &report)) take_report(live, &report);
}
