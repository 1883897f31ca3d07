// SPDX-License-Identifier: MIT
// Opus as a live codec would run it: CELT alone, constant bitrate; the shortest frames, and longer ones with their delay.
#include "app/compare/compare.h"
#include "app/offline.h"
#include "base/error.h"

#ifdef RSD_HAVE_OPUS
#include <opus.h>

#define RATE_HZ 48000
#define FRAME_SAMPLES 120u /* 2.5 ms, the shortest that there is */
#define MAX_FRAME_SAMPLES 480u
#define MAX_PACKET_BYTES 1275
#define MAX_CHANNELS 2 /* that one encoder takes */

typedef struct {
    OpusEncoder *encoder;
    OpusDecoder *decoder;
    int channel_count;
    uint32_t frame_samples;
    uint32_t lookahead_samples; /* by which the decoded sound is late, the frame itself apart */
    uint64_t byte_count;
} opus_pair;

static void close_pair(opus_pair *pair)
{
    if (pair->encoder) opus_encoder_destroy(pair->encoder);
    if (pair->decoder) opus_decoder_destroy(pair->decoder);
}

/* kbps: of all of the pair's channels. */
static rsd_status open_pair(opus_pair *pair, int channel_count, double kbps, uint32_t frame_samples, rsd_error *error)
{
    int code = OPUS_OK;
    opus_int32 lookahead = 0;
    *pair = (opus_pair){.channel_count = channel_count, .frame_samples = frame_samples};
    pair->encoder = opus_encoder_create(RATE_HZ, channel_count, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &code);
    if (code == OPUS_OK) pair->decoder = opus_decoder_create(RATE_HZ, channel_count, &code);
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_BITRATE((opus_int32)(kbps * 1000.0 + 0.5)));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_VBR(0));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_SET_COMPLEXITY(10));
    if (code == OPUS_OK) code = opus_encoder_ctl(pair->encoder, OPUS_GET_LOOKAHEAD(&lookahead));
    pair->lookahead_samples = (uint32_t)lookahead;
    if (code == OPUS_OK) return RSD_OK;
    close_pair(pair);
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "opus at %g kbps: %s", kbps, opus_strerror(code));
}

/* One frame of interleaved samples through both; the packet's bytes are counted. */
static rsd_status code_frame(opus_pair *pair, const float *in, float *out, rsd_error *error)
{
    unsigned char packet[MAX_PACKET_BYTES];
    const opus_int32 bytes = opus_encode_float(pair->encoder, in, (int)pair->frame_samples, packet, sizeof packet);
    if (bytes < 0) return base_error_set(error, RSD_ERR_UNSUPPORTED, "opus cannot encode: %s", opus_strerror(bytes));
    pair->byte_count += (uint64_t)bytes;
    const int got = opus_decode_float(pair->decoder, packet, bytes, out, (int)pair->frame_samples, 0);
    if (got == (int)pair->frame_samples) return RSD_OK;
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "opus cannot decode: %s",
                          got < 0 ? opus_strerror(got) : "a frame of another length");
}

/*
 * The pair's channels of `sound`, from `first` on, into those of `decoded`, moved back by the lookahead; silence is
 * pushed after the end to get all of it.
 */
static rsd_status code_channels(opus_pair *pair, const host_sound *sound, host_sound *decoded, uint32_t first,
                                uint64_t *frame_count, rsd_error *error)
{
    const uint64_t lead = pair->lookahead_samples, count = sound->sample_count;
    const uint32_t width = (uint32_t)pair->channel_count;
    for (uint64_t at = 0; at < count + lead; at += pair->frame_samples) {
        float frame[MAX_CHANNELS * MAX_FRAME_SAMPLES] = {0}, coded[MAX_CHANNELS * MAX_FRAME_SAMPLES];
        for (uint64_t i = 0; i < pair->frame_samples && at + i < count; i++)
            for (uint32_t c = 0; c < width; c++) frame[i * width + c] = sound->channel[first + c][at + i];
        const rsd_status status = code_frame(pair, frame, coded, error);
        if (status != RSD_OK) return status;
        for (uint64_t i = 0; i < pair->frame_samples; i++)
            for (uint32_t c = 0; c < width; c++)
                if (at + i >= lead && at + i - lead < count)
                    decoded->channel[first + c][at + i - lead] = coded[i * width + c];
        ++*frame_count;
    }
    return RSD_OK;
}

typedef struct {
    uint32_t width, frame_samples;
    double kbps; /* a channel */
} opus_way;

/* `width` channels at a time, each time with a new encoder and decoder. */
static rsd_status code_all(const host_sound *sound, const opus_way *way, compare_coded *coded, rsd_error *error)
{
    uint64_t byte_count = 0, frame_count = 0;
    for (uint32_t c = 0; c < sound->channel_count; c += way->width) {
        opus_pair pair;
        rsd_status status = open_pair(&pair, (int)way->width, way->kbps * way->width, way->frame_samples, error);
        if (status != RSD_OK) return status;
        status = code_channels(&pair, sound, &coded->decoded, c, &frame_count, error);
        byte_count += pair.byte_count;
        coded->latency_samples = way->frame_samples + pair.lookahead_samples;
        close_pair(&pair);
        if (status != RSD_OK) return status;
    }
    const double seconds = (double)frame_count * way->width / sound->channel_count * way->frame_samples / RATE_HZ;
    coded->kbps = (double)byte_count * 8.0 / 1000.0 / seconds;
    return RSD_OK;
}

static rsd_status code(const host_sound *sound, const opus_way *way, compare_coded *coded, rsd_error *error)
{
    compare_coded made = {0};
    rsd_status status = host_sound_create(RATE_HZ, sound->channel_count, sound->sample_count, &made.decoded, error);
    if (status != RSD_OK) return status;
    const uint64_t start_ns = app_thread_cpu_ns();
    status = code_all(sound, way, &made, error);
    made.cpu_ns = app_thread_cpu_ns() - start_ns;
    if (status == RSD_OK)
        *coded = made;
    else
        host_sound_destroy(&made.decoded);
    return status;
}

static rsd_status code_apart(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    return code(sound, &(opus_way){1u, FRAME_SAMPLES, kbps}, coded, error);
}

static rsd_status code_stereo(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    return code(sound, &(opus_way){2u, FRAME_SAMPLES, kbps}, coded, error);
}

static rsd_status code_5ms(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    return code(sound, &(opus_way){1u, 2u * FRAME_SAMPLES, kbps}, coded, error);
}

static rsd_status code_10ms(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    return code(sound, &(opus_way){1u, 4u * FRAME_SAMPLES, kbps}, coded, error);
}

#define HOW "CELT (restricted low delay), constant bitrate, complexity 10, frames of "
#define MIN_KBPS 10.0 /* under 9.6 it sends no sound in frames as short as these */
#define MAX_KBPS 510.0
#define OPUS_PEER .version = opus_get_version_string, .rate_hz = RATE_HZ, .min_kbps = MIN_KBPS, .max_kbps = MAX_KBPS

const compare_peer compare_opus = {OPUS_PEER, .name = "opus", .how = HOW "2.5 ms, channels apart", .code = code_apart,
                                   .company = &compare_opus_stereo};
const compare_peer compare_opus_stereo = {OPUS_PEER, .name = "opus-stereo", .code = code_stereo, .channel_count = 2u,
                                          .how = HOW "2.5 ms, both channels in one joint stereo stream at the sum of "
                                                     "the rates"};
const compare_peer compare_opus_5ms = {OPUS_PEER, .name = "opus-5ms", .how = HOW "5 ms, channels apart",
                                       .code = code_5ms, .by_name_alone = true};
const compare_peer compare_opus_10ms = {OPUS_PEER, .name = "opus-10ms", .how = HOW "10 ms, channels apart",
                                        .code = code_10ms, .by_name_alone = true};
#else
#define HOW_TO_GET "install libopus's headers (Debian: libopus-dev) and configure again"
const compare_peer compare_opus = {.name = "opus", .missing = HOW_TO_GET};
const compare_peer compare_opus_stereo = {.name = "opus-stereo", .missing = HOW_TO_GET};
const compare_peer compare_opus_5ms = {.name = "opus-5ms", .missing = HOW_TO_GET, .by_name_alone = true};
const compare_peer compare_opus_10ms = {.name = "opus-10ms", .missing = HOW_TO_GET, .by_name_alone = true};
#endif
