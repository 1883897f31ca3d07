// SPDX-License-Identifier: MIT
// residuum live --tap: every frame of tokens into a compact stream.
#include "app/live/live.h"
#include "app/outputs.h"
#include "app/token_files.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Blocks of half a second: what is killed loses no more, and what waits for this thread. The entropy coder restarts as
 * often as in other streams all the same.
 */
#define BLOCKS_PER_SECOND 2u
#define RESTART_SECONDS 30u
static void end_blocks_soon(rsd_token_stream_info *info)
{
    info->most_block_frames = info->codec.sample_rate_hz / info->codec.hop_samples / BLOCKS_PER_SECOND;
    info->restart_blocks = RESTART_SECONDS * BLOCKS_PER_SECOND;
}

/* As decode would want it, were it a file that was encoded. */
static int describe(const live_ui_state *live, const char *codec, rsd_token_stream_info *info)
{
    host_session_status status;
    rsd_token_set set = {.size_bytes = sizeof set};
    host_session_get_status(live->session, &status);
    set.channel_count = status.channel_count;
    set.sample_rate_hz = status.sample_rate_hz;
    set.latency_samples = status.latency.total_samples;
    snprintf(set.sample_format, sizeof set.sample_format, "float");
    snprintf(set.codec, sizeof set.codec, "%s", codec);
    const int code = token_file_describe(live->arguments, &set, info);
    info->is_entropy_coded = app_given(live->arguments, APP_OPT_ENTROPY);
    end_blocks_soon(info);
    return code;
}

static bool is_of(const rsd_token_stream_info *info, const rsd_codec_info *codec)
{
    return info->codec.sequence_count == codec->sequence_count && info->codec.hop_samples == codec->hop_samples &&
           strcmp(info->codec.name, codec->name) == 0;
}

/* The codec whose frames come now. Where the next one was handed over meanwhile, its own name has to do. */
static bool describe_next(void *context, rsd_token_stream_info *info, rsd_error *error)
{
    const live_ui_state *live = context;
    const rsd_codec_info *codec = host_tap_info(host_session_tap(live->session));
    if (describe(live, host_control_handed_codec(live->control), info) < 0 && is_of(info, codec)) return true;
    if (describe(live, codec->name, info) < 0 && is_of(info, codec)) return true;
    (void)base_error_set(error, RSD_ERR_UNSUPPORTED, "another codec came, '%s', which cannot be opened by its name",
                         codec->name);
    return false;
}

static void measure_coding(const live_ui_state *live)
{
    host_session_status status;
    host_session_get_status(live->session, &status);
    host_tap_measure_coding(host_session_tap(live->session), status.channel_count);
}

int live_ui_tap_open(live_ui_state *live)
{
    rsd_error error;
    rsd_token_stream_info info;
    const char *path = live->arguments->value[APP_OPT_TAP];
    const bool is_coded = app_given(live->arguments, APP_OPT_ENTROPY);
    if (is_coded) measure_coding(live);
    if (!path) return -1;
    if (!token_file_is_stream(path)) return app_usage(live->arguments, "--tap: '%s' must end in .rsdt", path);
    const int kept = outputs_check_stream(live->arguments, path);
    if (kept >= 0) return kept;
    const int code = describe(live, live->settings.codec[0] != '\0' ? live->settings.codec : "live", &info);
    if (code >= 0) return code;
    if (host_tap_file_create(path, &info, &live->tap_file, &error) != RSD_OK)
        return app_fail(live->arguments, "%s", error.text);
    host_tap_file_follow(live->tap_file, describe_next, live);
    live->tap_file_count = 1u;
    host_tap_set_sink(host_session_tap(live->session), host_tap_file_take, live->tap_file);
    return -1;
}

void live_ui_tap_watch(live_ui_state *live)
{
    host_tap_file_status status;
    if (!live->tap_file || live->tap_ended) return;
    host_tap_file_get_status(live->tap_file, &status);
    if (status.file_count != live->tap_file_count)
        live_ui_say(live, "another codec: the tap goes on in '%s'", status.path);
    live->tap_file_count = status.file_count;
    if (!status.has_ended) return;
    live->tap_ended = true;
    live->exit_code = APP_FAILURE;
    live_ui_say(live, "the tap '%s' ended after %" PRIu64 " frames: %s", live->arguments->value[APP_OPT_TAP],
                status.frame_count, status.error.text);
}

void live_ui_tap_close(live_ui_state *live)
{
    rsd_error error;
    host_tap_file_status status;
    char last_path[4096];
    if (!live->tap_file) return;
    live_ui_tap_watch(live); /* what the last frames met with is said, too */
    host_tap_set_sink(host_session_tap(live->session), NULL, NULL);
    host_tap_file_get_status(live->tap_file, &status);
    snprintf(last_path, sizeof last_path, "%s", status.path);
    if (host_tap_file_close(live->tap_file, &error) != RSD_OK)
        live->exit_code = app_fail(live->arguments, "%s", error.text);
    else if (live->view != LIVE_UI_VIEW_QUIET && !live->tap_ended)
        printf("tapped %" PRIu64 " frames of tokens%s%s\n", status.frame_count,
               status.file_count > 1u ? ", the last of them in " : "", status.file_count > 1u ? last_path : "");
    const uint64_t dropped = host_tap_dropped_count(host_session_tap(live->session));
    if (dropped > 0u)
        app_warn(live->arguments, "the tap missed %" PRIu64 " frames: this program was not let run in time", dropped);
    live->tap_file = NULL;
}
