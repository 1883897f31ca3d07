// SPDX-License-Identifier: MIT
// Tapping: the tempo from the times of taps, by key, OSC, the page or MIDI.
#include "app/live/live.h"

#include <math.h>

#define LONGEST_S 3.0 /* 20 bpm; after it a tap is the first one */

/* The mean of what is kept, so that taps of a hand give a steady tempo. False: it was the first. */
static bool keep_tap(live_ui_taps *taps, double time_s, double *interval_s)
{
    const double since_s = time_s - taps->last_s;
    const bool goes_on = taps->has_last && since_s > 0.0 && since_s <= LONGEST_S;
    taps->has_last = true;
    taps->last_s = time_s;
    if (!goes_on) {
        taps->count = 0u;
        return false;
    }
    taps->intervals_s[taps->count++ % LIVE_UI_TAP_COUNT] = since_s;
    const uint32_t kept = taps->count < LIVE_UI_TAP_COUNT ? taps->count : LIVE_UI_TAP_COUNT;
    *interval_s = 0.0;
    for (uint32_t i = 0; i < kept; i++) *interval_s += taps->intervals_s[i] / kept;
    return true;
}

static bool has_other_tempo(const live_ui_state *live)
{
    host_session_status status;
    host_session_get_status(live->session, &status);
    return status.midi.bpm > 0.0f || status.device.transport.bpm > 0.0f;
}

void live_ui_tap_tempo(live_ui_state *live, double time_s)
{
    double interval_s;
    rsd_error error;
    const rsd_param_info *info = rsd_param_by_id(RSD_PARAM_TEMPO_BPM);
    if (!keep_tap(&live->taps, time_s, &interval_s)) {
        live_ui_say(live, "tempo: tap again");
        return;
    }
    const float bpm = fminf(fmaxf((float)(60.0 / interval_s), info->min), info->max);
    if (host_control_set_value(live->control, info->id, 0u, bpm, &error) != RSD_OK)
        live_ui_say(live, "%s", error.text);
    else
        live_ui_say(live, "tempo %.1f bpm%s", (double)bpm,
                    has_other_tempo(live) ? ", once the MIDI clock or JACK's transport has none" : "");
}
