// SPDX-License-Identifier: MIT
// Recordings that are started while playing.
#include "app/live/live.h"

#include <time.h>

rsd_status live_ui_start_recording(live_ui_state *live, rsd_error *error)
{
    char path[64];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(path, sizeof path, "residuum-%Y%m%d-%H%M%S.wav", &local);
    return host_session_record(live->session, path, error);
}

rsd_status live_ui_stop_recording(live_ui_state *live, rsd_error *error)
{
    host_session_status status;
    const rsd_status stopped = host_session_record_stop(live->session, error);
    host_session_get_status(live->session, &status);
    if (stopped == RSD_OK)
        live_ui_say(live, "recorded %s: %.1f s%s", status.recorder.path,
                    (double)status.recorder.sample_count / status.sample_rate_hz,
                    status.recorder.report.clipped_count > 0u ? "; it is clipped: lower the output gain" : "");
    return stopped;
}

void live_ui_toggle_recording(live_ui_state *live)
{
    rsd_error error;
    host_session_status status;
    host_session_get_status(live->session, &status);
    const rsd_status done =
        status.recorder.recording ? live_ui_stop_recording(live, &error) : live_ui_start_recording(live, &error);
    if (done != RSD_OK) live_ui_say(live, "%s", error.text);
}
