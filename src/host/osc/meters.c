// SPDX-License-Identifier: MIT
// Telemetry to subscribers.
#include "host/osc/internal.h"

#include <string.h>

#define MAX_NUMBERS 4u /* of one message */

/* What one round of telemetry says, read once for all subscribers that are due. */
typedef struct {
    host_meters meters;
    uint32_t latency_samples;
    float latency_ms, load_mean, load_worst;
    int32_t xrun_count, recording;
    float recorded_s;
    host_transport transport;
    bool has_tokens;
    rsd_token_frame tokens;
} osc_snapshot;

static void take_latency(host_osc *osc, osc_snapshot *snapshot)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(host_control_engine(osc->control), &latency);
    const double rate_hz = host_control_sample_rate_hz(osc->control);
    snapshot->latency_samples = latency.total_samples;
    snapshot->latency_ms = rate_hz > 0.0 ? (float)(1000.0 * latency.total_samples / rate_hz) : 0.0f;
}

static void take_snapshot(host_osc *osc, osc_snapshot *snapshot)
{
    uint64_t frame_index;
    memset(snapshot, 0, sizeof *snapshot);
    host_control_get_meters(osc->control, &snapshot->meters);
    snapshot->has_tokens = host_control_latest_tokens(osc->control, &frame_index, &snapshot->tokens);
    take_latency(osc, snapshot);
    if (!osc->session) return;
    host_session_status status;
    osc->session_status(osc->session, &status);
    snapshot->latency_samples = status.latency.total_samples + status.device_latency_samples;
    snapshot->latency_ms = (float)status.latency_ms;
    snapshot->load_mean = (float)status.load_mean;
    snapshot->load_worst = (float)status.load_worst;
    snapshot->xrun_count = (int32_t)(status.device.xrun_count & INT32_MAX);
    snapshot->recording = !status.recorder.recording ? 0 : status.recorder.failed ? 2 : 1;
    snapshot->recorded_s = (float)status.recorder.sample_count / (float)status.sample_rate_hz;
    snapshot->transport = status.device.transport;
}

/* The row's types are those of OSC: 'i' an int32_t, 'h' an int64_t, 'f' a float; one number for each. */
static void add_numbers(host_osc *osc, const osc_peer *to, host_osc_sent what, const double numbers[MAX_NUMBERS])
{
    const host_osc_row *row = host_osc_sent_row(what);
    const char *types = row->types;
    lo_message message = lo_message_new();
    if (!message) return;
    for (uint32_t i = 0; i < MAX_NUMBERS && types[i] != '\0'; i++) {
        if (types[i] == LO_INT32)
            lo_message_add_int32(message, (int32_t)numbers[i]);
        else if (types[i] == LO_INT64)
            lo_message_add_int64(message, (int64_t)numbers[i]);
        else
            lo_message_add_float(message, (float)numbers[i]);
    }
    host_osc_add(osc, to, row->path, message);
}

static void add_meters(host_osc *osc, const osc_peer *to, const osc_snapshot *snapshot)
{
    const host_meters *meters = &snapshot->meters;
    for (uint32_t k = 0; k < meters->level_count; k++) {
        const double row[MAX_NUMBERS] = {k + 1u, (double)meters->level_snr_db[k], (double)meters->level_gain[k],
                                         (double)meters->level_usage_bits[k]};
        add_numbers(osc, to, HOST_OSC_SENT_METER_LEVEL, row);
    }
    const double levels[MAX_NUMBERS] = {(double)meters->levels}, bitrate[MAX_NUMBERS] = {(double)meters->bitrate_kbps};
    const double coded[MAX_NUMBERS] = {(double)meters->coded_kbps};
    const double effects[MAX_NUMBERS] = {(double)(meters->changed_frame_count & INT32_MAX),
                                         (double)(meters->lost_frame_count & INT32_MAX)};
    const double clip[MAX_NUMBERS] = {(double)(meters->clipped_count & INT32_MAX), (double)meters->limiter_db};
    const double latency[MAX_NUMBERS] = {snapshot->latency_samples, (double)snapshot->latency_ms};
    const double load[MAX_NUMBERS] = {(double)snapshot->load_mean, (double)snapshot->load_worst};
    const double xruns[MAX_NUMBERS] = {snapshot->xrun_count},
                 late[MAX_NUMBERS] = {meters->late_frame_count & INT32_MAX};
    if (meters->valid) add_numbers(osc, to, HOST_OSC_SENT_METER_LEVELS, levels);
    if (meters->valid) add_numbers(osc, to, HOST_OSC_SENT_METER_BITRATE, bitrate);
    if (meters->valid && meters->coded_kbps > 0.0f) add_numbers(osc, to, HOST_OSC_SENT_METER_CODED, coded);
    if (meters->valid) add_numbers(osc, to, HOST_OSC_SENT_METER_LATE, late);
    if (meters->valid) add_numbers(osc, to, HOST_OSC_SENT_METER_CLIP, clip);
    if (meters->valid) add_numbers(osc, to, HOST_OSC_SENT_METER_EFFECTS, effects);
    add_numbers(osc, to, HOST_OSC_SENT_METER_LATENCY, latency);
    if (!osc->session) return;
    add_numbers(osc, to, HOST_OSC_SENT_METER_LOAD, load);
    add_numbers(osc, to, HOST_OSC_SENT_METER_XRUNS, xruns);
    const double recording[MAX_NUMBERS] = {snapshot->recording, (double)snapshot->recorded_s};
    add_numbers(osc, to, HOST_OSC_SENT_METER_RECORDING, recording);
    if (snapshot->transport.state == HOST_TRANSPORT_NONE) return;
    const double transport[MAX_NUMBERS] = {snapshot->transport.state - HOST_TRANSPORT_STOPPED,
                                           snapshot->transport.frame, (double)snapshot->transport.bpm};
    add_numbers(osc, to, HOST_OSC_SENT_METER_TRANSPORT, transport);
}

static void add_tokens(host_osc *osc, const osc_peer *to, const rsd_token_frame *frame)
{
    rsd_codec_info codec;
    uint32_t words[RSD_MAX_SEQUENCES];
    host_control_get_codec_info(osc->control, &codec);
    for (uint32_t s = 0; s < codec.sequence_count; s++) words[s] = htonl((uint32_t)frame->tokens[s]);
    lo_message message = lo_message_new();
    lo_blob blob = lo_blob_new((int32_t)(codec.sequence_count * sizeof words[0]), words);
    if (message && blob) lo_message_add_blob(message, blob);
    if (message && blob) host_osc_add(osc, to, host_osc_sent_row(HOST_OSC_SENT_TOKENS)->path, message);
    if (message && !blob) lo_message_free(message);
    if (blob) lo_blob_free(blob);
}

static void send_snapshot(host_osc *osc, const osc_subscriber *subscriber, const osc_snapshot *snapshot)
{
    host_osc_begin(osc);
    add_meters(osc, &subscriber->to, snapshot);
    if (subscriber->wants_tokens && snapshot->has_tokens) add_tokens(osc, &subscriber->to, &snapshot->tokens);
    host_osc_end(osc, &subscriber->to);
}

void host_osc_send_telemetry(host_osc *osc, uint64_t now_ns)
{
    osc_snapshot snapshot;
    bool is_taken = false;
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++) {
        osc_subscriber *subscriber = &osc->subscribers[i];
        if (now_ns < subscriber->next_ns) continue;
        if (!is_taken) take_snapshot(osc, &snapshot);
        is_taken = true;
        send_snapshot(osc, subscriber, &snapshot);
        subscriber->next_ns += subscriber->period_ns;
        if (subscriber->next_ns <= now_ns) subscriber->next_ns = now_ns + subscriber->period_ns; /* no catching up */
    }
}
