// SPDX-License-Identifier: MIT
// `residuum live`: opens session, control and OSC, and looks after them until the end.
#include "app/live/live.h"
#include "app/device_options.h"
#include "app/outputs.h"
#include "app/stop.h"

#include "base/embedded.h"
#include "base/sleep.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

BASE_EMBEDDED(demo);

#define LOOP_MS 4          /* control rate where nothing wakes the loop; OSC and keys do at once */
#define REOPEN_EVERY_S 1.0 /* after a device was lost */
#define WAIT_DEVICE_S 30.0

double live_ui_now_s(void) { return (double)host_clock_now_ns() * 1e-9; }

void live_ui_say(live_ui_state *live, const char *format, ...)
{
    va_list list;
    char whole[1024];
    va_start(list, format);
    vsnprintf(whole, sizeof whole, format, list);
    va_end(list);
    text_cut_middle(whole, sizeof live->message - 1u);
    (void)text_escape(whole, live->message, sizeof live->message);
    live->message_until_s = live_ui_now_s() + LIVE_UI_MESSAGE_SECONDS;
    if (live->view != LIVE_UI_VIEW_SCREEN) app_warn(live->arguments, "%s", live->message);
}

void live_ui_take_snapshot(live_ui_state *live, live_ui_snapshot *snapshot)
{
    memset(snapshot, 0, sizeof *snapshot);
    host_session_get_status(live->session, &snapshot->status);
    host_control_get_meters(live->control, &snapshot->meters);
    host_control_get_codec_info(live->control, &snapshot->codec);
    snapshot->levels = host_control_levels_in_use(live->control);
    if (host_control_get(live->control, RSD_PARAM_MONITOR, 0, &snapshot->monitor) != RSD_OK) snapshot->monitor = 0.0f;
    if (host_control_get(live->control, RSD_PARAM_BYPASS, 0, &snapshot->bypass) != RSD_OK) snapshot->bypass = 0.0f;
    host_profile_get_worst(host_session_profile(live->session), &snapshot->worst);
    host_profile_get_histogram(host_session_profile(live->session), &snapshot->histogram);
    const char *preset = host_control_preset(live->control);
    snapshot->preset = *preset ? preset : live->settings.preset[0] != '\0' ? live->settings.preset : "-";
    snapshot->seconds = (double)snapshot->status.sample_time / snapshot->status.sample_rate_hz;
}

/* ---- setup ---- */

static int open_session(live_ui_state *live)
{
    const app_arguments *arguments = live->arguments;
    rsd_error error;
    host_sound demo = {0};
    host_session_config config = {.codec = live->settings.codec[0] != '\0' ? live->settings.codec : "live",
                                  .input_file = arguments->value[APP_OPT_INPUT_FILE],
                                  .midi_input = arguments->value[APP_OPT_MIDI_INPUT],

                                  .sidechain_file = arguments->value[APP_OPT_SIDECHAIN_FILE]};
    int result = app_read_device(arguments, &config.device);
    if (result < 0) result = app_read_schedule(arguments->value[APP_OPT_SCHEDULE], arguments, &config.schedule);
    host_cv cv;
    const char *steers = arguments->value[APP_OPT_CV];
    if (result < 0 && steers && host_cv_parse(steers, &cv, &error) != RSD_OK)
        return app_usage(arguments, "--cv: %s", error.text);
    if (steers) config.cv = &cv;
    if (result >= 0) return result;
    if (!config.input_file) {
        if (host_sound_load_memory(base_embedded_demo[0].data, base_embedded_demo[0].size_bytes, 0, &demo, &error) !=
            RSD_OK)
            return app_fail(arguments, "the built-in demo: %s", error.text);
        config.demo = &demo;
    }
    const rsd_status status = host_session_create(&config, &live->session, &error);
    host_sound_destroy(&demo); // the session has its own copy
    return status == RSD_OK ? -1 : app_fail(arguments, "%s", error.text);
}

static int open_control(live_ui_state *live)
{
    host_session_status status;
    host_session_get_status(live->session, &status);
    const host_control_config config = {.engine = host_session_engine(live->session),
                                        .tap = host_session_tap(live->session),
                                        .codec = live->settings.codec[0] != '\0' ? live->settings.codec : NULL,
                                        .sample_rate_hz = status.sample_rate_hz,
                                        .channel_count = status.channel_count};
    const rsd_status created = host_control_create(&config, &live->control);
    if (created != RSD_OK) return app_fail(live->arguments, "cannot start: %s", rsd_status_text(created));
    host_control_before_preset(live->control, live_ui_before_preset, live);
    return app_settings_apply(live->arguments, &live->settings, host_session_engine(live->session));
}

static void say_of_osc(void *context, const char *text) { live_ui_say(context, "%s", text); }

static int open_osc(live_ui_state *live)
{
    const app_arguments *arguments = live->arguments;
    double port = HOST_OSC_DEFAULT_PORT;
    rsd_error error;
    if (!app_number(arguments, APP_OPT_OSC_PORT, 0, 65535, true, &port)) return APP_USAGE;
    const bool has_osc = !app_given(arguments, APP_OPT_NO_OSC);
    if (!has_osc && !app_given(arguments, APP_OPT_HTTP)) return -1;
    if (host_loader_create(arguments->osc_files, arguments->osc_files_count, &live->loader, &error) != RSD_OK)
        return app_fail(arguments, "--osc-files: %s", error.text);
    host_session_status status;
    host_session_get_status(live->session, &status);
    host_loader_measure_for(live->loader, status.sample_rate_hz, status.channel_count);
    const host_osc_config config = {.control = live->control,
                                    .clock = host_session_clock(live->session),
                                    .session = live->session,
                                    .session_status = host_session_get_status,
                                    .bind_address = arguments->value[APP_OPT_OSC_BIND],
                                    .port = (uint32_t)port,
                                    .has_no_socket = !has_osc,
                                    .loader = live->loader,
                                    .log = say_of_osc,
                                    .log_context = live,
                                    .act = live_ui_act,
                                    .act_context = live};
    if (host_osc_create(&config, &live->osc, &error) == RSD_OK) return -1;
    return app_fail(arguments, "%s; choose another with %s, or --no-osc", error.text,
                    error.status == RSD_ERR_ARG ? "--osc-bind" : "--osc-port");
}

static void choose_view(live_ui_state *live)
{
    live->view = LIVE_UI_VIEW_LINES;
    if (app_given(live->arguments, APP_OPT_QUIET))
        live->view = LIVE_UI_VIEW_QUIET;
    else if (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && live_ui_screen_open())
        live->view = LIVE_UI_VIEW_SCREEN;
}

static int start(live_ui_state *live)
{
    rsd_error error;
    host_session_status status;
    const char *record = live->arguments->value[APP_OPT_RECORD];
    const char *input = live->arguments->value[APP_OPT_INPUT_FILE];
    if (record && input && app_same_file(record, input))
        return app_usage(live->arguments, "'%s' is the file that is played; name another to record into", record);
    const char *sidechain = live->arguments->value[APP_OPT_SIDECHAIN_FILE];
    if (record && sidechain && app_same_file(record, sidechain))
        return app_usage(live->arguments, "'%s' is the side-chain; name another to record into", record);
    // Before the first block, so that the recording starts with the first sample.
    if (record && host_session_record(live->session, record, &error) != RSD_OK)
        return app_fail(live->arguments, "%s", error.text);
    const int mapped = live_ui_midi_open(live);
    if (mapped >= 0) return mapped;
    const int tapped = live_ui_tap_open(live);
    if (tapped >= 0) return tapped;
    const int profiled = live_ui_profile_open(live);
    if (profiled >= 0) return profiled;
    const int automated = live_ui_automation_open(live);
    if (automated >= 0) return automated;
    if (host_session_start(live->session, &error) != RSD_OK) return app_fail(live->arguments, "%s", error.text);
    host_session_get_status(live->session, &status);
    const bool falls_back = status.device.fallback[0] != '\0';
    choose_view(live);
    if (falls_back)
        live_ui_say(live, "%s; %s through the null device", status.device.fallback,
                    status.input == HOST_INPUT_DEMO ? "playing the built-in demo" : "playing");
    if (live->view == LIVE_UI_VIEW_LINES) live_ui_print_start(live);
    if (live->view == LIVE_UI_VIEW_SCREEN && live->http) live_ui_say(live, "page at %s", host_http_address(live->http));
    return -1;
}

/* ---- loop ---- */

static void wait_a_little(const live_ui_state *live)
{
    struct pollfd fds[3];
    nfds_t count = 0;
    if (live->http) fds[count++] = (struct pollfd){host_http_fd(live->http), POLLIN, 0};
    if (live->osc) fds[count++] = (struct pollfd){host_osc_fd(live->osc), POLLIN, 0};
    if (live->view == LIVE_UI_VIEW_SCREEN) fds[count++] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    const int ready = poll(fds, count, LOOP_MS);
    if (ready > 0 && live->view == LIVE_UI_VIEW_SCREEN && (fds[count - 1u].revents & (POLLHUP | POLLERR | POLLNVAL))) {
        // The terminal is gone: without this the loop would spin.
        base_sleep_until(base_now_ns() + LOOP_MS * (BASE_NS_PER_S / 1000u));
    }
}

/* A lost device: brought back where that can be, for a while; else the end, with a reason. */
static void handle_lost(live_ui_state *live)
{
    rsd_error error;
    const double now = live_ui_now_s();
    if (now < live->next_reopen_s) return;
    const bool is_first = live->lost_since_s == 0.0;
    if (is_first) live->lost_since_s = now;
    live->next_reopen_s = now + REOPEN_EVERY_S;
    const rsd_status status = host_session_reopen(live->session, &error);
    if (status == RSD_OK) {
        live->lost_since_s = live->next_reopen_s = 0.0;
        live_ui_say(live, "the sound device was gone, and is back");
    } else if (status == RSD_ERR_UNSUPPORTED || now - live->lost_since_s >= live->wait_device_s) {
        live_ui_say(live, "the sound device is lost: %s", error.text);
        live->exit_code = APP_FAILURE;
        live->quit = true;
    } else if (is_first) {
        live_ui_say(live, "the sound device is gone; trying to get it back");
    }
}

/* What goes wrong beside the sound is said when it happens, once, to whoever sees or steers. */
static void tell_failures(live_ui_state *live, const host_session_status *status)
{
    const host_recorder_status *r = &status->recorder;
    const bool recording_failed = r->recording && r->failed;
    if (recording_failed && !live->recording_failed) {
        char reason[96]; // for others: without names of files
        snprintf(reason, sizeof reason, "the recording broke off after %.1f s",
                 (double)r->sample_count / status->sample_rate_hz);
        live_ui_say(live, "%s: %s", reason, r->error.text);
        if (live->osc) host_osc_tell_all(live->osc, "/residuum/meter/recording", reason);
    }
    live->recording_failed = recording_failed;
    if (status->input_file.failed && !live->input_failed) {
        live_ui_say(live, "the input file: %s", status->input_file.error.text);
        if (live->osc) host_osc_tell_all(live->osc, "/residuum/input", "the input file cannot be read to its end");
    }
    live->input_failed = status->input_file.failed;
}

/* `auto` has weighed the codec by the block that was there; JACK's may change. Others' differ from call to call. */
static void watch_block(live_ui_state *live, const host_session_status *status)
{
    rsd_error error;
    const char *schedule = live->arguments->value[APP_OPT_SCHEDULE];
    const bool is_auto = !schedule || strcmp(schedule, "auto") == 0;
    const host_device_info *device = &status->device;
    if (device->backend != HOST_BACKEND_JACK || device->callback_count == 0u || !is_auto) return;
    if (live->block_samples == 0u) live->block_samples = device->expected_block_samples;
    if (device->block_samples == live->block_samples) return;
    const rsd_status set = host_control_set_block(live->control, device->block_samples, &error);
    if (set == RSD_ERR_FULL) return; // a codec is on its way in: again at a later pass
    live->block_samples = device->block_samples;
    const bool is_threaded = status->latency.schedule == RSD_SCHEDULE_THREADED;
    const char *before = is_threaded ? "threaded" : "inline";
    if (set != RSD_OK)
        live_ui_say(live, "JACK's block is now %u samples; the codec stays %s: %s", live->block_samples, before,
                    error.text);
    else if (host_control_swap_pending(live->control))
        live_ui_say(live, "JACK's block is now %u samples; the codec goes from %s to %s for it", live->block_samples,
                    before, is_threaded ? "inline" : "threaded");
    else
        live_ui_say(live, "JACK's block is now %u samples; the codec stays %s", live->block_samples, before);
}

static void look_after(live_ui_state *live, const host_session_status *status)
{
    rsd_error error;
    tell_failures(live, status);
    live_ui_automation_watch(live);
    live_ui_tap_watch(live);
    live_ui_midi_update(live);
    live_ui_profile_watch(live, status);
    watch_block(live, status);
    live_ui_listen_update(live);
    if (live->http) host_http_poll(live->http);
    if (live->osc) host_osc_poll(live->osc);
    if (host_control_poll(live->control, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
    live_ui_page_update(live);
    if (host_session_poll(live->session) == HOST_DEVICE_LOST) handle_lost(live);
}

static bool is_over(const live_ui_state *live, const host_session_status *status)
{
    if (live->quit || app_stop_asked()) return true;
    return live->duration_s > 0.0 && (double)status->sample_time >= live->duration_s * status->sample_rate_hz;
}

static void loop(live_ui_state *live)
{
    host_session_status status;
    for (;;) {
        host_session_get_status(live->session, &status);
        if (is_over(live, &status)) return;
        wait_a_little(live);
        look_after(live, &status);
        if (live->view == LIVE_UI_VIEW_SCREEN) live_ui_screen_update(live);
        if (live->view == LIVE_UI_VIEW_LINES) live_ui_lines_update(live);
    }
}

/* ---- end ---- */

/* The recording first: it is whole before anything that might hang is touched. */
static void finish_recording(live_ui_state *live)
{
    rsd_error error;
    host_session_status status;
    host_session_get_status(live->session, &status);
    if (!status.recorder.recording) return;
    const bool stopped = host_session_record_stop(live->session, &error) == RSD_OK;
    host_session_get_status(live->session, &status);
    if (!stopped) live->exit_code = app_fail(live->arguments, "%s", error.text);
    if (stopped && live->view != LIVE_UI_VIEW_QUIET)
        app_print("recorded %s: %.1f s", status.recorder.path,
                  (double)status.recorder.sample_count / status.sample_rate_hz);
    if (stopped && live->view != LIVE_UI_VIEW_QUIET) putchar('\n');
    if (stopped) outputs_say_written(live->arguments, status.recorder.path, &status.recorder.report);
    if (status.input_file.missing_count > 0u)
        app_warn(live->arguments, "the input file was read too slowly: %llu samples were silence",
                 (unsigned long long)status.input_file.missing_count);
    if (status.recorder.dropped_count > 0u)
        live->exit_code = app_fail(live->arguments, "the disk was too slow: the recording lacks %llu samples",
                                   (unsigned long long)status.recorder.dropped_count);
    fflush(stdout);
}

static void close_all(live_ui_state *live)
{
    const bool had_screen = live->view == LIVE_UI_VIEW_SCREEN;
    live_ui_screen_close();
    if (had_screen && live->exit_code != APP_OK) app_warn(live->arguments, "%s", live->message);
    host_close_result closed = HOST_CLOSE_CLEAN;
    if (live->session) {
        finish_recording(live);
        live_ui_automation_close(live);
        live_ui_tap_close(live);
        live_ui_profile_close(live);
        live_ui_stop_guard(live->exit_code);
    }
    host_announce_destroy(live->announce);
    host_http_destroy(live->http);
    host_listen_destroy(live->listening.test);
    host_osc_destroy(live->osc);
    host_loader_destroy(live->loader);
    // The engine that the control speaks to lives in the session.
    host_control_destroy(live->control);
    if (live->session) closed = host_session_destroy(live->session, NULL);
    if (closed == HOST_CLOSE_LEAKED) {
        // The sound library hangs in its own clean-up once its server has died, so none of that is run.
        fflush(NULL);
        _exit(live->exit_code);
    }
    live_ui_automation_free(live);
}

int app_live(const app_arguments *arguments)
{
    live_ui_state *live = calloc(1, sizeof *live);
    if (!live) return app_fail(arguments, "out of memory");
    live->arguments = arguments;
    live->wait_device_s = WAIT_DEVICE_S;
    int result = app_number(arguments, APP_OPT_DURATION, 0.001, 1e9, false, &live->duration_s) ? -1 : APP_USAGE;
    if (result < 0 && !app_number(arguments, APP_OPT_WAIT_DEVICE, 0.0, 1e9, false, &live->wait_device_s))
        result = APP_USAGE;
    if (result < 0) result = app_settings_read(arguments, &live->settings);
    live->view = LIVE_UI_VIEW_QUIET;
    if (result < 0) result = open_session(live);
    if (result < 0) result = open_control(live);
    if (result < 0) result = open_osc(live);
    if (result < 0) result = live_ui_http_open(live);
    // Until here nothing is open that a sudden end could harm, and a codec or a sound system may take its time.
    live_ui_stop_prepare();
    if (result < 0) {
        live_ui_announce(live);
        live_ui_load_preset_names(live);
        result = start(live);
    }
    if (result < 0) {
        loop(live);
        if (live->view == LIVE_UI_VIEW_LINES) live_ui_print_end(live);
    }
    if (result >= 0) live->exit_code = result;
    close_all(live);
    result = live->exit_code;
    free(live->spectra);
    free(live);
    return result;
}
