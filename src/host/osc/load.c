// SPDX-License-Identifier: MIT
// Codecs and presets by name: asked of the loader, and taken over when they are there.
#include "host/osc/internal.h"

#include "base/error.h"
#include "codec/codec_name.h"

#include <stdio.h>
#include <string.h>

/*
 * A built-in codec or a preset is there within one or two milliseconds, so that the messages behind it find it in
 * force. Longer, and it comes later: the control thread has meters to send.
 */
#define WAIT_NS 10000000u
#define LOG_PERIOD_NS 250000000ull

/* ---- the log ---- */

/* What came from outside must not steer a terminal. */
static void keep_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20u || *text == 0x7f) *text = '?';
}

static void say(host_osc *osc, const host_loaded *loaded, const char *reason)
{
    char text[RSD_ERROR_TEXT_BYTES + 320u], others[48] = "";
    const uint64_t now_ns = host_clock_now_ns();
    if (!osc->log) return;
    if (now_ns < osc->log_after_ns) {
        osc->unlogged_count++;
        return;
    }
    if (osc->unlogged_count > 0u) snprintf(others, sizeof others, " (and %u more)", osc->unlogged_count);
    snprintf(text, sizeof text, "OSC: %s '%.200s' is refused: %s%s", loaded->load.is_preset ? "preset" : "codec",
             loaded->load.name, reason, others);
    keep_printable(text);
    osc->unlogged_count = 0u;
    osc->log_after_ns = now_ns + LOG_PERIOD_NS;
    osc->log(osc->log_context, text);
}

/* ---- results ---- */

/* The same few words whatever the reason is: an answer must not tell what lies where. */
static void refuse(host_osc *osc, const host_loaded *loaded, rsd_status status, const char *reason)
{
    const char *words = loaded->load.is_preset ? HOST_OSC_NOT_A_PRESET : HOST_OSC_NOT_A_CODEC;
    if (status == RSD_ERR_FULL) words = HOST_OSC_REPLACED;
    osc_peer from;
    memcpy(&from, loaded->load.asker, sizeof from);
    host_osc_refuse_later(osc, &from, loaded->load.is_preset ? OSC_PREFIX "/preset" : OSC_PREFIX "/codec", words);
    say(osc, loaded, reason);
}

static void take(host_osc *osc, host_loaded *loaded)
{
    rsd_error error = loaded->error;
    rsd_status status = loaded->status;
    if (status == RSD_OK && loaded->load.is_preset) {
        const host_control_opened opened = {&loaded->preset, loaded->load.name, loaded->model, loaded->codec,
                                            loaded->load.mark};
        status = host_control_take_preset(osc->control, &opened, &error);
    } else if (status == RSD_OK) {
        status = host_control_take_codec(osc->control, loaded->model, loaded->codec, &error);
    } else {
        rsd_model_release(loaded->model);
    }
    if (status == RSD_OK)
        osc->stats.loaded_count++;
    else
        refuse(osc, loaded, status == loaded->status ? status : RSD_ERR_NOT_FOUND, error.text);
}

void host_osc_take_loaded(host_osc *osc)
{
    host_loaded loaded;
    while (host_loader_take(osc->loader, &loaded)) take(osc, &loaded);
    const bool is_idle = host_loader_is_idle(osc->loader);
    if (is_idle) host_control_forget_marks(osc->control);
    host_control_set_loading(osc->control, !is_idle);
}

/* ---- asking ---- */

/* A poll has so much time to wait and no more, however many codecs are asked for. */
static void wait_a_little(host_osc *osc)
{
    const uint64_t begin_ns = host_clock_now_ns();
    const uint64_t timeout_ns = osc->wait_left_ns < WAIT_NS ? osc->wait_left_ns : WAIT_NS;
    if (host_loader_wait(osc->loader, (uint32_t)(timeout_ns / 1000000u))) host_osc_take_loaded(osc);
    const uint64_t waited_ns = host_clock_now_ns() - begin_ns;
    osc->wait_left_ns -= waited_ns < osc->wait_left_ns ? waited_ns : osc->wait_left_ns;
}

/* A decoder is asked for as part of the codec in use. */
static bool name_load(const host_osc *osc, rsd_param_id param_id, const char *name, host_load *load)
{
    if (param_id == RSD_PARAM_DECODE_CODEC)
        return codec_join_decoder(host_control_codec(osc->control), name, load->name, sizeof load->name);
    const int length = snprintf(load->name, sizeof load->name, "%s", name);
    return length >= 0 && (size_t)length < sizeof load->name;
}

rsd_status host_osc_load(host_osc *osc, rsd_param_id param_id, const char *name, const osc_peer *from, rsd_error *error)
{
    _Static_assert(sizeof *from <= HOST_LOADER_ASKER_BYTES, "who asks goes with what is asked for");
    const bool is_preset = param_id == RSD_PARAM_PRESET;
    host_load load = {.is_preset = is_preset};
    memcpy(load.asker, from, sizeof *from);
    host_osc_take_loaded(osc);
    if (!name_load(osc, param_id, name, &load)) return base_error_set(error, RSD_ERR_ARG, HOST_OSC_NOT_A_CODEC);
    /* Where something is being opened already, waiting for it is what this is all here to prevent. */
    const bool is_idle = host_loader_is_idle(osc->loader);
    load.mark = is_preset ? host_control_mark(osc->control) : HOST_CONTROL_NO_MARK;
    const rsd_status status = host_loader_ask(osc->loader, &load, error);
    if (status != RSD_OK) return status;
    host_control_set_loading(osc->control, true);
    if (is_idle && !strchr(name, '/')) wait_a_little(osc);
    return RSD_OK;
}
