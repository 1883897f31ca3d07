// SPDX-License-Identifier: MIT
// Opus as a live codec would run it: CELT alone, the shortest frames, constant bitrate.
#include "compare.h"
#include "offline.h"

#ifdef RSD_HAVE_OPUS
#include <opus.h>

#define RATE_HZ 48000
#define FRAME_SAMPLES 120u /* 2.5 ms, the shortest that there is */
#define MAX_PACKET_BYTES 1275

typedef struct {
    OpusEncoder *encoder;
    OpusDecoder *decoder;
    uint32_t lookahead_samples; /* by which the decoded sound is late, the frame itself apart */
    uint64_t byte_count;
} opus_pair;

static void close_pair(opus_pair *pair)
{
    if (pair->encoder) opus_encoder_destroy(pair->encoder);
    if (pair->decoder) opus_decoder_destroy(pair->decoder);
}

static rsd_status open_pair(opus_pair *pair, double kbps, rsd_error *error)
{
    int code = OPUS_OK;
    opus_int32 lookahead = 0;
    *pair = (opus_pair){.encoder = opus_encoder_create(RATE_HZ, 1, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &code)};
    if (code == OPUS_OK) pair->decoder = opus_decoder_create(RATE_HZ, 1, &code);
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_BITRATE((opus_int32)(kbps * 1000.0 + 0.5)));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_VBR(0));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_COMPLEXITY(10));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_GET_LOOKAHEAD(&lookahead));
    pair->lookahead_samples = (uint32_t)lookahead;
    if (code == OPUS_OK) return RSD_OK;
    close_pair(pair);
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "opus at %g kbps: %s", kbps, opus_strerror(code));
}

/* One frame through both; the packet's bytes are counted. */
static rsd_status code_frame(opus_pair *pair, const float *in, float *out, rsd_error *error)
{
    unsigned char packet[MAX_PACKET_BYTES];
    const opus_int32 bytes = opus_encode_float(pair->encoder, in, FRAME_SAMPLES, packet, sizeof packet);
    if (bytes < 0) return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "opus cannot encode: %s", opus_strerror(bytes));
    pair->byte_count += (uint64_t)bytes;
    const int got = opus_decode_float(pair->decoder, packet, bytes, out, FRAME_SAMPLES, 0);
    if (got == (int)FRAME_SAMPLES) return RSD_OK;
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "opus cannot decode: %s",
                         got < 0 ? opus_strerror(got) : "a frame of another length");
}

/* The decoded sound is moved back by the lookahead; silence is pushed after the end to get all of it. */
static rsd_status code_channel(opus_pair *pair, const float *in, float *out, uint64_t count, uint64_t *frame_count,
                               rsd_error *error)
{
    const uint64_t lead = pair->lookahead_samples;
    for (uint64_t at = 0; at < count + lead; at += FRAME_SAMPLES) {
        float frame[FRAME_SAMPLES], decoded[FRAME_SAMPLES];
        for (uint64_t i = 0; i < FRAME_SAMPLES; i++) frame[i] = at + i < count ? in[at + i] : 0.0f;
        const rsd_status status = code_frame(pair, frame, decoded, error);
        if (status != RSD_OK) return status;
        for (uint64_t i = 0; i < FRAME_SAMPLES; i++)
            if (at + i >= lead && at + i - lead < count) out[at + i - lead] = decoded[i];
        ++*frame_count;
    }
    return RSD_OK;
}

static rsd_status code(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    host_sound decoded;
    uint64_t byte_count = 0, frame_count = 0;
    uint32_t latency = 0;
    rsd_status status = host_sound_create(RATE_HZ, sound->channel_count, sound->sample_count, &decoded, error);
    if (status != RSD_OK) return status;
    const uint64_t start_ns = app_thread_cpu_ns();
    for (uint32_t c = 0; c < sound->channel_count && status == RSD_OK; c++) {
        opus_pair pair;
        status = open_pair(&pair, kbps, error);
        if (status != RSD_OK) break;
        status = code_channel(&pair, sound->channel[c], decoded.channel[c], sound->sample_count, &frame_count, error);
        byte_count += pair.byte_count;
        latency = FRAME_SAMPLES + pair.lookahead_samples;
        close_pair(&pair);
    }
    if (status != RSD_OK) {
        host_sound_destroy(&decoded);
        return status;
    }
    const double seconds = (double)frame_count / sound->channel_count * FRAME_SAMPLES / RATE_HZ;
    *coded = (compare_coded){.decoded = decoded,
                             .kbps = (double)byte_count * 8.0 / 1000.0 / seconds,
                             .latency_samples = latency,
                             .cpu_ns = app_thread_cpu_ns() - start_ns};
    return RSD_OK;
}

const compare_peer compare_opus = {.name = "opus",
                                   .how = "CELT (restricted low delay), constant bitrate, complexity 10, frames of "
                                          "2.5 ms, channels apart",
                                   .rate_hz = RATE_HZ,
                                   .min_kbps = 10.0, // under 9.6 it sends no sound in frames as short as these
                                   .max_kbps = 510.0,
                                   .code = code};
#else
const compare_peer compare_opus = {.name = "opus",
                                   .missing = "install libopus's headers (Debian: libopus-dev) and configure again"};
#endif
