// SPDX-License-Identifier: MIT
// `live` without a screen: a line once a second.
#include "app/live/live.h"

#include "app/latency/parts.h"

#include <stdio.h>

static double next_line_s;

void live_ui_transport_text(const host_session_status *status, char *text, size_t text_bytes)
{
    static const char *const states[] = {"", "stopped", "rolling", "starting"};
    const host_transport *t = &status->device.transport;
    *text = '\0';
    if (t->state == HOST_TRANSPORT_NONE) return;
    int used =
        snprintf(text, text_bytes, "transport %s %.1f s", states[t->state], (double)t->frame / status->sample_rate_hz);
    if (t->bpm > 0.0f) used += snprintf(text + used, text_bytes - (size_t)used, " %.1f bpm", (double)t->bpm);
    if (t->freewheels) snprintf(text + used, text_bytes - (size_t)used, " freewheel");
}

/* " in_1 to in_8", " in_1", or nothing. */
static void print_ports(const char *kind, uint32_t count)
{
    if (count > 0u) printf(" %s_1", kind);
    if (count > 1u) printf(" to %s_%u", kind, count);
}

static void print_client(const host_device_info *device)
{
    printf("JACK client %s:", device->client_name);
    print_ports("in", device->input_channel_count);
    if (device->input_channel_count > 0u && device->output_channel_count > 0u) putchar(',');
    print_ports("out", device->output_channel_count);
    putchar('\n');
}

void live_ui_print_start(live_ui_state *live)
{
    live_ui_snapshot p;
    live_ui_take_snapshot(live, &p);
    const host_session_status *s = &p.status;
    app_print("%s at %u Hz, %u channel%s, %s -> %s; latency %u samples (%.2f ms): codec %u, resampler %u, schedule %u, "
              "device "
              "%u",
              p.codec.name, s->sample_rate_hz, s->channel_count, s->channel_count == 1u ? "" : "s",
              s->input == HOST_INPUT_FILE      ? "file"
              : s->input == HOST_INPUT_DEMO    ? "built-in demo"
              : s->input == HOST_INPUT_SILENCE ? "silence"
                                               : s->device.input_name,
              s->device.output_name, s->latency.total_samples + s->device_latency_samples, s->latency_ms,
              s->latency.codec_samples, s->latency.resampler_samples, s->latency.schedule_samples,
              s->device_latency_samples);
    putchar('\n');
    app_print_latency(&s->latency, &p.codec, s->sample_rate_hz, s->device_latency_samples);
    if (s->device.client_name[0] != '\0') print_client(&s->device);
    if (s->midi_input_name[0] != '\0') {
        app_print("MIDI from %s", s->midi_input_name);
        putchar('\n');
    }
    if (live->osc && host_osc_fd(live->osc) >= 0) printf("OSC on UDP port %u\n", host_osc_port(live->osc));
    if (live->http) printf("page and OSCQuery at %s\n", host_http_address(live->http));
    fflush(stdout);
}

void live_ui_lines_update(live_ui_state *live)
{
    const double now = live_ui_now_s();
    if (now < next_line_s) return;
    const bool is_first = next_line_s == 0.0;
    next_line_s = now + 1.0;
    if (is_first || live_ui_is_blind(live)) return; /* a line would tell what is played */
    live_ui_snapshot p;
    live_ui_take_snapshot(live, &p);
    const uint32_t top = p.levels >= 1.0f ? (uint32_t)p.levels - 1u : 0u;
    printf("%7.1f s  levels %.1f  %.1f kbps  SNR %.1f dB  in %.1f dB  out %.1f dB  load %.1f/%.1f %%  xruns %llu  late "
           "%u",
           p.seconds, (double)p.levels, (double)p.meters.bitrate_kbps, (double)p.meters.level_snr_db[top],
           (double)p.meters.input_peak_db, (double)p.meters.output_peak_db, 100.0 * p.status.load_mean,
           100.0 * p.status.load_worst, (unsigned long long)p.status.device.xrun_count, p.meters.late_frame_count);
    if (p.meters.coded_kbps > 0.0f) printf("  coded %.1f kbps", (double)p.meters.coded_kbps);
    if (p.status.midi.bpm > 0.0f) printf("  MIDI clock %.1f bpm", (double)p.status.midi.bpm);
    if (p.meters.clipped_count > 0u) printf("  CLIPPED %llu samples", (unsigned long long)p.meters.clipped_count);
    char transport[64];
    live_ui_transport_text(&p.status, transport, sizeof transport);
    if (transport[0] != '\0') printf("  %s", transport);
    if (p.status.recorder.recording && p.status.recorder.failed)
        printf("  RECORDING BROKE OFF after %.1f s", (double)p.status.recorder.sample_count / p.status.sample_rate_hz);
    else if (p.status.recorder.recording)
        printf("  recorded %.1f s", (double)p.status.recorder.sample_count / p.status.sample_rate_hz);
    putchar('\n');
    fflush(stdout);
}

void live_ui_print_end(live_ui_state *live)
{
    live_ui_snapshot p;
    live_ui_take_snapshot(live, &p);
    const host_session_status *s = &p.status;
    const unsigned long long dropped = p.meters.dropped_count + p.meters.tap_dropped_count + s->recorder.dropped_count;
    printf("played %.1f s: worst load %.1f %%, ", p.seconds, 100.0 * s->load_peak);
    if (s->device.worst_cpu_ns > 0u)
        printf("worst callback %.1f %% of its deadline in CPU time, ", 100.0 * s->device.worst_cpu_share);
    printf("xruns %llu, late %u, dropped %llu\n", (unsigned long long)s->device.xrun_count, p.meters.late_frame_count,
           dropped);
    fflush(stdout);
}
