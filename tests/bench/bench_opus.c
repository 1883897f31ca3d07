// SPDX-License-Identifier: MIT
// Opus, as the peer of equal delay. Linked into the benchmark only.
#include "bench.h"

#include <stdlib.h>

#ifdef HAVE_OPUS
#include <opus/opus.h>

static OpusEncoder *encoder;
static OpusDecoder *decoder;

bool bench_opus_open(int bitrate_bps)
{
    int error;
    encoder = opus_encoder_create(BENCH_RATE_HZ, 1, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &error);
    decoder = opus_decoder_create(BENCH_RATE_HZ, 1, &error);
    if (!encoder || !decoder) return false;
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate_bps));
    opus_encoder_ctl(encoder, OPUS_SET_VBR(0));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
    bench_set_kbps(bitrate_bps / 1000.0);
    return true;
}

void bench_opus_step(const bench_sound *sound, size_t index)
{
    unsigned char packet[1500];
    float out[BENCH_OPUS_FRAME];
    const opus_int32 bytes = opus_encode_float(encoder, bench_block(sound, index, BENCH_OPUS_FRAME), BENCH_OPUS_FRAME,
                                               packet, sizeof packet);
    if (opus_decode_float(decoder, packet, bytes, out, BENCH_OPUS_FRAME, 0) < 0) abort();
}

void bench_opus_close(void)
{
    opus_encoder_destroy(encoder);
    opus_decoder_destroy(decoder);
}
#else
bool bench_opus_open(int bitrate_bps)
{
    (void)bitrate_bps;
    return false;
}
void bench_opus_step(const bench_sound *sound, size_t index)
{
    (void)sound;
    (void)index;
}
void bench_opus_close(void) {}
#endif
