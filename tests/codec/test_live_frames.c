// SPDX-License-Identifier: MIT
// Frames of `live` between the two halves of decoding: whatever their order, each sounds as loud as it is.
#include "codec_support.h"

#include "codec/codec_frame.h"
#include "support/signals.h"

#include <math.h>

#define FRAMES 400u

/* Silence, soft noise, and a burst 46 dB over it out of nothing: what comes after it was flattened by up to 27 dB. */
static codec_frame *frames_of_bursts(opened *o)
{
    const uint32_t hop = o->info.hop_samples;
    const rsd_encode_controls controls = {o->info.level_count, 16};
    codec_frame *frames = calloc(FRAMES, sizeof *frames);
    float in[MAX_HOP];
    for (uint32_t f = 0; f < FRAMES; f++) {
        rsd_token_frame tokens;
        const bool is_burst = f % 40u == 20u;
        test_fill_noise(in, hop, f % 40u < 5u ? 0.0f : is_burst ? 0.4f : 0.002f, f + 1u);
        if (is_burst) memset(in, 0, hop / 2u * sizeof *in);
        rsd_codec_encode(o->codec, in, &controls, &tokens, NULL);
        codec_read_frame(o->codec, &tokens, &frames[f]);
    }
    return frames;
}

static double loudest_hop(opened *o, const codec_frame *frames, uint32_t stride)
{
    const uint32_t hop = o->info.hop_samples;
    const rsd_decode_controls controls = all_on(o->info.level_count);
    double most = 0.0;
    rsd_codec_reset(o->codec);
    for (uint32_t f = 0; f < FRAMES; f++) {
        float out[MAX_HOP];
        double energy = 0.0;
        codec_synthesise(o->codec, &frames[f * stride % FRAMES], &controls, out);
        for (uint32_t i = 0; i < hop; i++) energy += (double)out[i] * (double)out[i];
        most = energy > most ? energy : most;
    }
    return most;
}

Test(live_frames, in_any_order_no_hop_is_much_louder_than_the_loudest_of_the_stream)
{
    static const char *const names[] = {"live-64", "live-128", "live-256"};
    for (size_t n = 0; n < 3; n++) {
        opened o = open_codec(names[n]);
        codec_frame *frames = frames_of_bursts(&o);
        uint32_t attacks = 0;
        for (uint32_t f = 0; f < FRAMES; f++) attacks += frames[f].gain.attack_samples >= 0;
        cr_assert_gt(attacks, 5u, "%s: the bursts are attacks", names[n]);
        const double stream = loudest_hop(&o, frames, 1u);
        for (uint32_t stride = 3u; stride < FRAMES; stride += 36u) { /* odd: some are no divisor, 399 is backwards */
            const double other = loudest_hop(&o, frames, stride);
            cr_assert_lt(10.0 * log10(other / stream), 3.0, "%s, every %uth frame: %.1f dB over the stream", names[n],
                         stride, 10.0 * log10(other / stream));
        }
        free(frames);
        close_codec(&o);
    }
}

Test(live_frames, any_envelope_is_bounded_and_an_amplitude_of_zero_is_silence)
{
    opened o = open_codec("live-128");
    const rsd_decode_controls controls = all_on(o.info.level_count);
    const float values[] = {1e30f, -1e30f, 1000.0f, NAN, INFINITY, -INFINITY, 40.0f};
    codec_frame frame = {.level_count = o.info.level_count, .amplitude = 1.0f, .gain = {4.5f, 3}};
    float out[MAX_HOP];
    for (uint32_t f = 0; f < 70u; f++) {
        for (uint32_t b = 0; b < CODEC_MAX_BANDS; b++) frame.envelope_log2[b] = values[(f + b) % 7u];
        for (uint32_t s = 0; s < o.info.sequence_count; s++) frame.tokens[s] = (int32_t)(f * 77u + s * 1001u);
        frame.is_noise = f % 3u == 0u;
        codec_synthesise(o.codec, &frame, &controls, out);
        for (uint32_t i = 0; i < o.info.hop_samples; i++)
            cr_assert(fabsf(out[i]) <= 8.0f, "frame %u: %g", f, (double)out[i]);
    }
    frame.amplitude = 0.0f;
    codec_synthesise(o.codec, &frame, &controls, out);
    codec_synthesise(o.codec, &frame, &controls, out);
    for (uint32_t i = 0; i < o.info.hop_samples; i++) cr_assert_eq(out[i], 0.0f);
    close_codec(&o);
}
