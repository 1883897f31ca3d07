// SPDX-License-Identifier: MIT
// residuum live --profile: every callback into a file, and what happened beside it.
#include "app/live/live.h"
#include "app/outputs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool would_be_lost(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && !host_profile_is_one(path);
}

static host_profile_head describe(const live_ui_state *live)
{
    host_session_status status;
    rsd_codec_info codec;
    host_profile_head head = {0};
    host_session_get_status(live->session, &status);
    host_control_get_codec_info(live->control, &codec);
    head.sample_rate_hz = status.sample_rate_hz;
    head.channel_count = status.channel_count;
    head.block_samples = status.device.expected_block_samples;
    if (app_given(live->arguments, APP_OPT_PROFILE_STAGES)) head.stages_every = HOST_PROFILE_STAGES_EVERY;
    snprintf(head.codec, sizeof head.codec, "%.63s", codec.name);
    snprintf(head.backend, sizeof head.backend, "%s", host_backend_name(status.device.backend));
    snprintf(head.output, sizeof head.output, "%.63s", status.device.output_name);
    return head;
}

int live_ui_profile_open(live_ui_state *live)
{
    rsd_error error;
    const app_arguments *arguments = live->arguments;
    const char *path = arguments->value[APP_OPT_PROFILE];
    const bool wants_stages = app_given(arguments, APP_OPT_PROFILE_STAGES);
    if (wants_stages && !path) return app_usage(arguments, "--profile-stages goes with --profile FILE");
    if (!path) return -1;
    if (would_be_lost(path))
        return app_usage(arguments, "'%s' is there and is no profile; --profile does not write over it", path);
    if (wants_stages && host_session_profile_stages(live->session) != RSD_OK)
        return app_fail(arguments, "no memory for the stages of the profile");
    const host_profile_head head = describe(live);
    if (host_profile_writer_create(path, &head, &live->profile_writer, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    const host_profile_sink sink = host_profile_writer_sink(live->profile_writer);
    host_profile_set_sink(host_session_profile(live->session), &sink);
    return -1;
}

/* ---- what happened beside the audio, whoever asked for it ---- */

static void note(live_ui_state *live, host_profile_event_kind kind, const char *text)
{
    host_profile_note(host_session_profile(live->session), kind, text);
}

/* Notes `now` where it is not what was seen last. */
static void watch_name(live_ui_state *live, host_profile_event_kind kind, char seen[64], const char *now)
{
    char cut[64];
    snprintf(cut, sizeof cut, "%.63s", now);
    if (strcmp(cut, seen) == 0) return;
    memcpy(seen, cut, sizeof cut);
    note(live, kind, cut);
}

void live_ui_profile_watch(live_ui_state *live, const host_session_status *status)
{
    char block[32];
    rsd_error error;
    live_ui_seen *seen = &live->seen;
    if (!seen->has_begun) { /* what was there from the start is no event */
        snprintf(seen->codec, sizeof seen->codec, "%.63s", host_control_shown_name(host_control_codec(live->control)));
        snprintf(seen->preset, sizeof seen->preset, "%.63s",
                 host_control_shown_name(host_control_preset(live->control)));
        seen->is_lost = status->state == HOST_DEVICE_LOST;
        seen->is_recording = status->recorder.recording;
        seen->has_begun = true;
    }
    watch_name(live, HOST_PROFILE_EVENT_CODEC, seen->codec, host_control_shown_name(host_control_codec(live->control)));
    watch_name(live, HOST_PROFILE_EVENT_PRESET, seen->preset,
               host_control_shown_name(host_control_preset(live->control)));
    if (status->recorder.recording != seen->is_recording)
        note(live, HOST_PROFILE_EVENT_RECORDING, status->recorder.recording ? "start" : "stop");
    seen->is_recording = status->recorder.recording;
    if ((status->state == HOST_DEVICE_LOST) != seen->is_lost)
        note(live, HOST_PROFILE_EVENT_DEVICE, seen->is_lost ? "back" : "lost");
    seen->is_lost = status->state == HOST_DEVICE_LOST;
    const uint32_t now = status->device.callback_count > 0u ? status->device.block_samples : 0u;
    if (status->device.backend == HOST_BACKEND_JACK && now != seen->block_samples) {
        snprintf(block, sizeof block, "%u", now);
        if (seen->block_samples > 0u) note(live, HOST_PROFILE_EVENT_BLOCK, block);
        seen->block_samples = now;
    }
    if (!live->profile_writer || live->profile_failed) return;
    if (host_profile_writer_flush(live->profile_writer, &error) == RSD_OK) return;
    live->profile_failed = true;
    live->exit_code = APP_FAILURE;
    live_ui_say(live, "the profile ended: %s", error.text);
}

void live_ui_profile_close(live_ui_state *live)
{
    rsd_error error;
    const host_profile_sink nowhere = {0};
    if (!live->profile_writer) return;
    host_profile *profile = host_session_profile(live->session);
    host_profile_poll(profile);
    host_profile_set_sink(profile, &nowhere);
    if (host_profile_writer_close(live->profile_writer, &error) != RSD_OK && !live->profile_failed)
        live->exit_code = app_fail(live->arguments, "%s", error.text);
    else if (live->view != LIVE_UI_VIEW_QUIET && !live->profile_failed) {
        app_print("profile: residuum profile %s", live->arguments->value[APP_OPT_PROFILE]);
        putchar('\n');
    }
    live->profile_writer = NULL;
}
