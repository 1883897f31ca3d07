// SPDX-License-Identifier: MIT
// Lyra V2 against golden vectors of LiteRT: tokens and samples on every kernel.
#include "golden.h"
#include "open_codec.h"

#include "codec/lyra/internal.h"
#include "nn/tflite/graph_internal.h"

#include <residuum/rsd_codec.h>

#include <math.h>

#define HOP LYRA_HOP
#define LEVELS 46u

static opened open_lyra(const char *name)
{
    const opened o = open_codec_for(name, LYRA_RATE_HZ);
    cr_assert_lt(rsd_codec_size_bytes(o.model), (size_t)1 << 20, "state of a stream under 1 MiB");
    return o;
}

static rsd_decode_controls gains(float gain)
{
    rsd_decode_controls controls = {.active_levels = (float)LEVELS, .noise_fill = 1.0f};
    for (uint32_t k = 0; k < LEVELS; k++) controls.level_gain[k] = gain;
    return controls;
}

/* The golden tokens of one frame, with the first `levels` levels. */
/* Past their end they begin anew. */
static rsd_token_frame golden_frame(const int32_t *tokens, size_t frame_count, size_t frame, uint32_t levels)
{
    rsd_token_frame made = {.level_count = levels};
    for (uint32_t k = 0; k < LEVELS; k++)
        made.tokens[k] = k < levels ? tokens[k * frame_count + frame % frame_count] : RSD_TOKEN_NONE;
    return made;
}

static void set_kernels(const opened *o, const tfl_kernels *kernels)
{
    const lyra_model *model = (const lyra_model *)o->model;
    tfl_graph_set_kernels(model->encoder, kernels);
    tfl_graph_set_kernels(model->decoder, kernels);
}

static void check_tokens(opened *o, const char *kernel)
{
    size_t samples, count;
    float *sound = golden_wav("input_16k.wav", &samples);
    int32_t *tokens = golden_npy("tokens.npy", &count);
    const size_t frames = count / LEVELS;
    const rsd_encode_controls all = {LEVELS, 16};
    for (size_t t = 0; t < frames; t++) {
        rsd_token_frame frame;
        rsd_codec_encode(o->codec, sound + t * HOP, &all, &frame, NULL);
        for (uint32_t k = 0; k < LEVELS; k++)
            cr_assert_eq(frame.tokens[k], tokens[k * frames + t], "%s, frame %zu, level %u", kernel, t, k + 1u);
    }
    free(sound);
    free(tokens);
}

Test(lyra, every_kernel_gives_all_tokens_of_litert, .timeout = 600)
{
    for (uint32_t k = 0; k < tfl_kernels_count; k++) {
        if (!tfl_all_kernels[k]->supported()) continue;
        opened o = open_lyra(MODEL_FOLDER);
        set_kernels(&o, tfl_all_kernels[k]);
        check_tokens(&o, tfl_all_kernels[k]->name);
        close_codec(&o);
    }
}

static void check_sound(opened *o, uint32_t levels, const char *kernel)
{
    char name[32];
    size_t count, samples;
    snprintf(name, sizeof name, "decoded_%02u.npy", levels);
    int32_t *tokens = golden_npy("tokens.npy", &count);
    float *sound = golden_npy(name, &samples);
    const size_t frames = count / LEVELS;
    const rsd_decode_controls on = gains(1.0f);
    rsd_codec_reset(o->codec);
    for (size_t t = 0; t < frames; t++) {
        float out[HOP];
        const rsd_token_frame frame = golden_frame(tokens, frames, t, levels);
        rsd_codec_decode(o->codec, &frame, &on, out);
        for (uint32_t i = 0; i < HOP; i++)
            cr_assert_eq(out[i], sound[t * HOP + i], "%s, %u levels, frame %zu, sample %u", kernel, levels, t, i);
    }
    free(tokens);
    free(sound);
}

Test(lyra, every_kernel_gives_the_samples_of_litert_from_equal_tokens, .timeout = 600)
{
#ifdef REAL_LYRA
    static const uint32_t LEVEL_COUNTS[] = {46, 30, 16, 4, 1};
#else
    static const uint32_t LEVEL_COUNTS[] = {46, 4};
#endif
    for (uint32_t k = 0; k < tfl_kernels_count; k++) {
        if (!tfl_all_kernels[k]->supported()) continue;
        opened o = open_lyra(MODEL_FOLDER);
        set_kernels(&o, tfl_all_kernels[k]);
        for (size_t i = 0; i < sizeof LEVEL_COUNTS / sizeof *LEVEL_COUNTS; i++)
            check_sound(&o, LEVEL_COUNTS[i], tfl_all_kernels[k]->name);
        close_codec(&o);
    }
}

Test(lyra, reset_is_the_start)
{
    opened o = open_lyra(MODEL_FOLDER);
    check_tokens(&o, "before");
    rsd_codec_reset(o.codec);
    check_tokens(&o, "after");
    close_codec(&o);
}

Test(lyra, fewer_levels_give_a_prefix_of_the_tokens)
{
    size_t samples;
    float *sound = golden_wav("input_16k.wav", &samples);
    opened all = open_lyra(MODEL_FOLDER), some = open_lyra(MODEL_FOLDER);
    for (uint32_t t = 0; t <= LEVELS; t++) {
        const rsd_encode_controls most = {LEVELS, 16}, few = {t, 16};
        rsd_token_frame a, b;
        rsd_codec_encode(all.codec, sound + t % (samples / HOP) * HOP, &most, &a, NULL);
        rsd_codec_encode(some.codec, sound + t % (samples / HOP) * HOP, &few, &b, NULL);
        cr_assert_eq(b.level_count, t);
        for (uint32_t k = 0; k < LEVELS; k++)
            cr_assert_eq(b.tokens[k], k < t ? a.tokens[k] : RSD_TOKEN_NONE, "%u levels, level %u", t, k + 1u);
    }
    free(sound);
    close_codec(&all);
    close_codec(&some);
}

Test(lyra, fewer_codebook_bits_give_smaller_tokens)
{
    size_t samples;
    float *sound = golden_wav("input_16k.wav", &samples);
    opened o = open_lyra(MODEL_FOLDER);
    uint32_t largest = 0;
    for (uint32_t t = 0; t < 50u; t++) {
        const rsd_encode_controls coarse = {LEVELS, 2};
        rsd_token_frame frame;
        rsd_codec_encode(o.codec, sound + t % (samples / HOP) * HOP, &coarse, &frame, NULL);
        for (uint32_t k = 0; k < LEVELS; k++)
            largest = (uint32_t)frame.tokens[k] > largest ? (uint32_t)frame.tokens[k] : largest;
    }
    cr_assert_eq(largest, 3u);
    free(sound);
    close_codec(&o);
}

/* The nets have no feedback: samples that are no numbers are gone once the state has moved past them. */
Test(lyra, samples_that_are_no_numbers_are_forgotten)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f};
    size_t samples;
    float *sound = golden_wav("input_16k.wav", &samples), bad[HOP], zero[HOP] = {0.0f};
    opened hit = open_lyra(MODEL_FOLDER), spared = open_lyra(MODEL_FOLDER);
    const rsd_encode_controls all = {LEVELS, 16};
    const rsd_decode_controls on = gains(1.0f);
    for (uint32_t i = 0; i < HOP; i++) bad[i] = odd[i % 4u];
    for (uint32_t t = 0; t < 120u; t++) {
        rsd_token_frame a, b;
        float x[HOP], y[HOP];
        rsd_codec_encode(hit.codec, t == 5u ? bad : sound + t % (samples / HOP) * HOP, &all, &a, NULL);
        rsd_codec_encode(spared.codec, t == 5u ? zero : sound + t % (samples / HOP) * HOP, &all, &b, NULL);
        rsd_codec_decode(hit.codec, &a, &on, x);
        rsd_codec_decode(spared.codec, &b, &on, y);
        for (uint32_t i = 0; i < HOP; i++) cr_assert(fabsf(x[i]) < 2.0f, "frame %u, sample %u: %g", t, i, (double)x[i]);
        if (t >= 100u) cr_assert_arr_eq(a.tokens, b.tokens, LEVELS * sizeof *a.tokens, "frame %u", t);
        if (t >= 119u) cr_assert_arr_eq(x, y, sizeof x);
    }
    free(sound);
    close_codec(&hit);
    close_codec(&spared);
}

static double energy_of(const float *samples, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += (double)samples[i] * (double)samples[i];
    return sum;
}

/* error_energy after level k is what is left of the features when the codewords of levels 1..k are taken away, in the
 * scale of the sound. */
Test(lyra, meters_are_energies_of_what_is_added_and_left)
{
    size_t samples, count;
    float *sound = golden_wav("input_16k.wav", &samples), *features = golden_npy("features.npy", &count);
    opened o = open_lyra(MODEL_FOLDER);
    const lyra_model *model = (const lyra_model *)o.model;
    const uint32_t frames = (uint32_t)(count / LYRA_FEATURES);
    for (uint32_t t = 0; t < 40u && t < frames; t++) {
        const rsd_encode_controls most = {30, 16};
        rsd_token_frame frame;
        rsd_level_meter meter;
        const float *in = sound + t % (samples / HOP) * HOP;
        rsd_codec_encode(o.codec, in, &most, &frame, &meter);
        double left[LYRA_FEATURES], energy = 0.0;
        for (uint32_t i = 0; i < LYRA_FEATURES; i++) left[i] = features[t * LYRA_FEATURES + i];
        for (uint32_t i = 0; i < LYRA_FEATURES; i++) energy += left[i] * left[i];
        const double heard = energy_of(in, HOP), scale = heard / energy, whole = scale * (energy + 1e-3);
        cr_assert_float_eq(meter.input_energy, heard, 1e-5 * heard + 1e-9);
        for (uint32_t k = 0; k < LEVELS; k++) {
            double added = 0.0;
            for (uint32_t i = 0; k < 30u && i < LYRA_FEATURES; i++) {
                const double c = model->codewords[(k * 16u + (uint32_t)frame.tokens[k]) * LYRA_FEATURES + i];
                added += c * c;
                left[i] -= c;
            }
            if (k < 30u) energy = 0.0;
            for (uint32_t i = 0; k < 30u && i < LYRA_FEATURES; i++) energy += left[i] * left[i];
            cr_assert_float_eq(meter.level_energy[k], scale * added, 1e-5 * whole, "frame %u level %u", t, k + 1u);
            cr_assert_float_eq(meter.error_energy[k], scale * energy, 1e-5 * whole, "frame %u level %u", t, k + 1u);
        }
    }
    free(sound);
    free(features);
    close_codec(&o);
}

/* Any integer is a token: wrapped into the codebook, or nothing where it is negative. */
Test(lyra, tokens_out_of_range_are_wrapped_and_none_adds_nothing)
{
    opened a = open_lyra(MODEL_FOLDER), b = open_lyra(MODEL_FOLDER);
    rsd_token_frame wild = {.level_count = LEVELS}, tame = {.level_count = 2};
    for (uint32_t k = 0; k < LEVELS; k++)
        wild.tokens[k] = k < 2u ? 16 * 1000003 + 5 : k % 2u ? RSD_TOKEN_NONE : INT32_MIN;
    tame.tokens[0] = tame.tokens[1] = 5;
    const rsd_decode_controls on = gains(1.0f);
    float x[HOP], y[HOP];
    rsd_codec_decode(a.codec, &wild, &on, x);
    rsd_codec_decode(b.codec, &tame, &on, y);
    cr_assert_arr_eq(x, y, sizeof x);
    close_codec(&a);
    close_codec(&b);
}

/* All gains at 0 is silence; on the way there and back no step is larger than in the sound itself. */
Test(lyra, all_gains_at_zero_is_silence_without_a_click)
{
    size_t count;
    int32_t *tokens = golden_npy("tokens.npy", &count);
    const size_t frames = count / LEVELS;
    opened o = open_lyra(MODEL_FOLDER);
    const rsd_decode_controls on = gains(1.0f), off = gains(0.0f);
    float out[3][HOP], last = 0.0f, before = 0.0f, turning = 0.0f;
    for (size_t t = 0; t < 60u; t++) {
        const rsd_token_frame frame = golden_frame(tokens, frames, t, LEVELS);
        rsd_codec_decode(o.codec, &frame, t < 57u || t == 59u ? &on : &off, out[t < 57u ? 0 : t - 57u]);
        const float *heard = out[t < 57u ? 0 : t - 57u];
        for (uint32_t i = 0; i < HOP; i++) {
            const float step = fabsf(heard[i] - last);
            if (t < 57u) before = step > before ? step : before;
            if (t >= 57u) turning = step > turning ? step : turning;
            last = heard[i];
        }
    }
    for (uint32_t i = 0; i < HOP; i++) cr_assert_eq(out[1][i], 0.0f, "sample %u", i);
    cr_assert_gt(fabsf(out[2][HOP - 1u]) + fabsf(out[2][HOP - 9u]), 0.0f);
    cr_assert_leq(turning, before);
    free(tokens);
    close_codec(&o);
}

/* On the way to silence the network's own sound goes down in a straight line over the frame. */
Test(lyra, the_way_to_silence_is_a_line_over_one_frame)
{
    size_t count;
    int32_t *tokens = golden_npy("tokens.npy", &count);
    opened o = open_lyra(MODEL_FOLDER);
    const lyra_codec *codec = (const lyra_codec *)o.codec;
    const size_t state_bytes = codec->model->decoder_info.state_bytes;
    void *state = aligned_alloc(64, state_bytes),
         *scratch = aligned_alloc(64, codec->model->decoder_info.scratch_bytes);
    const rsd_decode_controls on = gains(1.0f), off = gains(0.0f);
    const float nothing[LYRA_FEATURES] = {0.0f};
    float whole[HOP], out[HOP];
    for (size_t t = 0; t < 60u; t++) {
        const rsd_token_frame frame = golden_frame(tokens, count / LEVELS, t, LEVELS);
        memcpy(state, codec->decoder_state, state_bytes);
        rsd_codec_decode(o.codec, &frame, t < 59u ? &on : &off, out);
    }
    tfl_graph_run(codec->model->decoder, state, scratch, nothing, whole);
    for (uint32_t i = 0; i < HOP; i++)
        cr_assert_float_eq(out[i], whole[i] * (1.0f - (float)(i + 1u) / HOP), 1e-6f, "sample %u", i);
    cr_assert_gt(fabsf(out[0]), 1e-5f);
    free(state);
    free(scratch);
    free(tokens);
    close_codec(&o);
}

#ifdef REAL_LYRA
/* What comes out is late by latency_samples - hop: of all shifts, the sounds match best at this one. */
Test(lyra, the_latency_is_the_one_that_is_told)
{
    size_t samples, decoded;
    float *sound = golden_wav("input_16k.wav", &samples), *out = golden_npy("decoded_46.npy", &decoded);
    opened o = open_lyra(MODEL_FOLDER);
    rsd_codec_info info;
    rsd_model_info(o.model, 48000, &info);
    cr_assert_eq(info.sample_rate_hz, LYRA_RATE_HZ);
    cr_assert_eq(info.hop_samples, HOP);
    cr_assert_eq(info.level_count, LEVELS);
    cr_assert_float_eq(info.level_kbps[45], 9.2f, 1e-5f);
    cr_assert_float_eq(info.level_kbps[0], 0.2f, 1e-6f);
    int best = -1;
    double most = 0.0;
    for (int lag = 0; lag < 700; lag++) {
        double sum = 0.0;
        for (size_t i = 0; i + (size_t)lag < decoded; i++) sum += (double)sound[i] * (double)out[i + (size_t)lag];
        if (sum > most) most = sum, best = lag;
    }
    cr_assert_eq(best, (int)(info.latency_samples - info.hop_samples));
    free(sound);
    free(out);
    close_codec(&o);
}
#endif
