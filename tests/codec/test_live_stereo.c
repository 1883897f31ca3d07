// SPDX-License-Identifier: MIT
// The `live` codec on a stereo pair: what both channels have in common is coded once, and what they have not is not
// mixed.
#include "codec/live/codec.h"

#include "codec_support.h"

#include <math.h>

#define SECONDS 1.0

static const char *const names[] = {"live-64", "live-128", "live-256"};

typedef struct {
    opened channels[2];
} opened_pair;

static opened_pair open_pair(const char *name) { return (opened_pair){{open_codec(name), open_codec(name)}}; }

static void close_pair(opened_pair *pair)
{
    for (uint32_t c = 0; c < 2u; c++) close_codec(&pair->channels[c]);
}

/* One stereo sound: two rows. */
typedef struct {
    float *samples[2];
    size_t count;
} sound;

static sound make_sound(size_t count)
{
    return (sound){{calloc(count, sizeof(float)), calloc(count, sizeof(float))}, count};
}

static void free_sound(sound *s) { free(s->samples[0]), free(s->samples[1]); }

/* Speech and strings of the demo: left = a speech + b strings, right = c speech + d strings. */
static sound mix_of(double seconds, float a, float b, float c, float d)
{
    const clip speech = demo_clip(1.0, seconds), strings = demo_clip(4.4, seconds);
    sound made = make_sound(speech.count);
    for (size_t i = 0; i < made.count; i++) {
        made.samples[0][i] = a * speech.samples[i] + b * strings.samples[i];
        made.samples[1][i] = c * speech.samples[i] + d * strings.samples[i];
    }
    free(speech.samples), free(strings.samples);
    return made;
}

static sound mix(float a, float b, float c, float d) { return mix_of(SECONDS, a, b, c, d); }

/* Changes the frames of hop `f`, or NULL. */
typedef void mangle(size_t f, rsd_token_frame frames[2]);

static sound code_pair(opened_pair *pair, sound in, uint32_t levels, float noise_fill, mangle *change)
{
    const uint32_t hop = pair->channels[0].info.hop_samples;
    rsd_codec *const codecs[2] = {pair->channels[0].codec, pair->channels[1].codec};
    const rsd_encode_controls encode = {levels, 16};
    rsd_decode_controls decode = all_on(levels);
    decode.noise_fill = noise_fill;
    sound out = make_sound(in.count);
    rsd_codec_reset(codecs[0]), rsd_codec_reset(codecs[1]);
    for (size_t f = 0; f < in.count / hop; f++) {
        rsd_token_frame frames[2];
        const float *const from[2] = {in.samples[0] + f * hop, in.samples[1] + f * hop};
        float *const to[2] = {out.samples[0] + f * hop, out.samples[1] + f * hop};
        rsd_codec_encode_pair(codecs, from, &encode, (rsd_token_frame *[]){&frames[0], &frames[1]}, NULL);
        if (change) change(f, frames);
        rsd_codec_decode_pair(codecs, (const rsd_token_frame *[]){&frames[0], &frames[1]}, &decode, to);
    }
    return out;
}

/* dB of the sum over the difference of both channels, after the first hops. */
static double image_db(sound s)
{
    double sum = 0.0, difference = 0.0;
    for (size_t i = s.count / 8u; i < s.count; i++) {
        const double l = s.samples[0][i], r = s.samples[1][i];
        sum += (l + r) * (l + r), difference += (l - r) * (l - r);
    }
    return 10.0 * log10(sum / (difference + 1e-30));
}

/* Of `out`, which is late by one hop. */
static double snr_db(const float *in, const float *out, size_t count, uint32_t hop)
{
    return rsd_snr_db(in, out + hop, count - hop - hop);
}

static double pair_snr_db(sound in, sound out, uint32_t hop)
{
    double signal = 0.0, error = 0.0;
    for (uint32_t c = 0; c < 2u; c++) {
        for (size_t i = 0; i + 2u * hop < in.count; i++) {
            const double x = in.samples[c][i], y = out.samples[c][i + hop];
            signal += x * x, error += (x - y) * (x - y);
        }
    }
    return 10.0 * log10(signal / error);
}

/* SNR of both channels, each coded by itself. */
static double apart_snr_db(opened_pair *pair, sound in, uint32_t levels)
{
    const rsd_decode_controls decode = all_on(levels);
    const uint32_t hop = pair->channels[0].info.hop_samples;
    double signal = 0.0, error = 0.0;
    for (uint32_t c = 0; c < 2u; c++) {
        float *out = code_clip(&pair->channels[c], (clip){in.samples[c], in.count}, levels, &decode);
        for (size_t i = 0; i + 2u * hop < in.count; i++) {
            const double x = in.samples[c][i], y = out[i];
            signal += x * x, error += (x - y) * (x - y);
        }
        free(out);
    }
    return 10.0 * log10(signal / error);
}

Test(live_stereo, a_sound_in_the_middle_with_a_little_at_the_sides_keeps_its_image)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        sound in = mix(0.002f, 0.6f, -0.002f, 0.6f), out = code_pair(&pair, in, 1u, 1.0f, NULL);
        const double before = image_db(in), after = image_db(out);
        cr_assert_gt(before, 40.0);
        cr_assert_gt(after, before - 7.0, "%s: %.1f dB of sum over difference became %.1f", names[m], before, after);
        free_sound(&in), free_sound(&out);
        close_pair(&pair);
    }
}

/* Least gain over channels apart at levels 1, 4 and all but two. */
static void assert_gains(sound in, double at_least_db)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        const uint32_t counts[] = {1u, 4u, pair.channels[0].info.level_count - 2u};
        for (uint32_t i = 0; i < 3u; i++) {
            sound out = code_pair(&pair, in, counts[i], 1.0f, NULL);
            const double together = pair_snr_db(in, out, pair.channels[0].info.hop_samples),
                         apart = apart_snr_db(&pair, in, counts[i]);
            cr_assert_gt(together, apart + at_least_db, "%s, %u levels: %.1f dB, apart %.1f", names[m], counts[i],
                         together, apart);
            free_sound(&out);
        }
        close_pair(&pair);
    }
}

Test(live_stereo, one_sound_in_both_channels_has_the_tokens_of_both)
{
    sound in = mix(0.6f, 0.0f, 0.6f, 0.0f);
    assert_gains(in, 1.0);
    free_sound(&in);
}

Test(live_stereo, equal_channels_stay_equal_to_the_bit)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        sound in = mix(0.4f, 0.5f, 0.4f, 0.5f), out = code_pair(&pair, in, 3u, 1.0f, NULL);
        for (size_t i = 0; i < out.count; i++)
            cr_assert_eq(out.samples[0][i], out.samples[1][i], "%s, sample %zu", names[m], i);
        free_sound(&in), free_sound(&out);
        close_pair(&pair);
    }
}

Test(live_stereo, a_sound_that_is_panned_has_the_tokens_of_both)
{
    sound in = mix(0.0f, 0.8f, 0.0f, 0.35f);
    assert_gains(in, 1.0);
    free_sound(&in);
}

Test(live_stereo, a_mix_of_panned_sounds_gains)
{
    sound in = mix(0.7f, 0.5f, 0.7f, 0.2f);
    assert_gains(in, 0.3);
    free_sound(&in);
}

Test(live_stereo, sounds_that_have_nothing_in_common_lose_nothing)
{
    sound in = mix(0.7f, 0.0f, 0.0f, 0.5f);
    assert_gains(in, -0.5);
    free_sound(&in);
}

/* Nothing is spent on what is silent. */
Test(live_stereo, one_side_alone_is_coded_nearly_as_well_as_a_channel_by_itself)
{
    sound in = mix(0.7f, 0.4f, 0.0f, 0.0f);
    assert_gains(in, -0.4);
    free_sound(&in);
}

Test(live_stereo, what_is_on_one_side_stays_there_and_silence_stays_silence)
{
    for (uint32_t m = 0; m < 3u; m++) {
        for (uint32_t side = 0; side < 2u; side++) {
            opened_pair pair = open_pair(names[m]);
            sound in = side ? mix(0.0f, 0.0f, 0.7f, 0.0f) : mix(0.7f, 0.0f, 0.0f, 0.0f),
                  out = code_pair(&pair, in, 4u, 1.0f, NULL);
            const uint32_t hop = pair.channels[0].info.hop_samples;
            for (size_t i = 0; i < out.count; i++)
                cr_assert_eq(out.samples[1u - side][i], 0.0f, "%s, sample %zu: %g", names[m], i,
                             (double)out.samples[1u - side][i]);
            cr_assert_gt(snr_db(in.samples[side], out.samples[side], in.count, hop), 6.0);
            free_sound(&in), free_sound(&out);
            close_pair(&pair);
        }
    }
}

Test(live_stereo, fewer_levels_give_a_prefix_of_the_tokens)
{
    opened_pair all = open_pair("live"), some = open_pair("live");
    sound in = mix(0.7f, 0.5f, 0.7f, 0.2f);
    const rsd_codec_info *info = &all.channels[0].info;
    rsd_codec *const a[2] = {all.channels[0].codec, all.channels[1].codec}, *const b[2] = {some.channels[0].codec,
                                                                                           some.channels[1].codec};
    for (size_t f = 0; f < in.count / info->hop_samples; f++) {
        const uint32_t levels = (uint32_t)f % (info->level_count + 1u);
        const rsd_encode_controls whole = {info->level_count, 16}, part = {levels, 16};
        const float *const from[2] = {in.samples[0] + f * info->hop_samples, in.samples[1] + f * info->hop_samples};
        rsd_token_frame more[2], fewer[2];
        rsd_codec_encode_pair(a, from, &whole, (rsd_token_frame *[]){&more[0], &more[1]}, NULL);
        rsd_codec_encode_pair(b, from, &part, (rsd_token_frame *[]){&fewer[0], &fewer[1]}, NULL);
        const uint32_t end = levels ? info->level_sequence_end[levels - 1u] : 0u;
        for (uint32_t c = 0; c < 2u; c++) {
            for (uint32_t s = 0; s < info->sequence_count; s++)
                cr_assert_eq(fewer[c].tokens[s], s < end ? more[c].tokens[s] : RSD_TOKEN_NONE, "frame %zu, row %u", f,
                             s);
            for (uint32_t s = 0; s < info->side_count; s++) cr_assert_eq(more[c].side[s], fewer[c].side[s]);
        }
    }
    free_sound(&in);
    close_pair(&all), close_pair(&some);
}

/* Sounds apart are told so by all units at once: no codeword but one in 32 is lost to angles. */
Test(live_stereo, where_nothing_is_in_common_no_unit_is_told_by_itself)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        const live_codec *first = (const live_codec *)pair.channels[0].codec;
        sound apart = mix(0.7f, 0.0f, 0.0f, 0.5f), middle = mix(0.7f, 0.4f, 0.7f, 0.2f), out;
        out = code_pair(&pair, apart, 1u, 1.0f, NULL);
        cr_assert(first->read_rotation.is_apart && first->encoder_rotation.is_apart, "%s, apart", names[m]);
        free_sound(&out);
        out = code_pair(&pair, middle, 1u, 1.0f, NULL);
        cr_assert(!first->read_rotation.is_apart && !first->encoder_rotation.is_apart, "%s, a mix", names[m]);
        cr_assert_arr_eq(first->read_rotation.angle, first->encoder_rotation.angle, LIVE_MAX_UNITS);
        free_sound(&out), free_sound(&apart), free_sound(&middle);
        close_pair(&pair);
    }
}

#define DAMAGED_FRAMES 8u /* from frame 40 on, in one channel */

static void damage(size_t f, rsd_token_frame frames[2])
{
    if (f < 40u || f >= 40u + DAMAGED_FRAMES) return;
    for (uint32_t s = 0; s < 2u; s++) frames[0].side[s] = (int32_t)(1u + (f * 97u + s * 31u) % 700u);
}

/* All units are told anew within 64 frames and a few; the envelope forgets by a factor of its prediction a frame. */
Test(live_stereo, damaged_side_tokens_are_forgotten)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        sound in = mix(0.7f, 0.5f, 0.7f, 0.2f), whole = code_pair(&pair, in, 4u, 0.0f, NULL),
              damaged = code_pair(&pair, in, 4u, 0.0f, damage);
        const uint32_t hop = pair.channels[0].info.hop_samples;
        const size_t hit = 40u * hop, healed = (40u + DAMAGED_FRAMES + 130u) * hop;
        cr_assert_lt(rsd_snr_db(whole.samples[0] + hit, damaged.samples[0] + hit, (DAMAGED_FRAMES + 2u) * hop), 10.0);
        for (uint32_t c = 0; c < 2u; c++)
            cr_assert_gt(rsd_snr_db(whole.samples[c] + healed, damaged.samples[c] + healed, in.count - healed), 40.0,
                         "%s", names[m]);
        free_sound(&in), free_sound(&whole), free_sound(&damaged);
        close_pair(&pair);
    }
}

/* Where one of the coded signals is silent, the angle of all units is told after a quarter of a second, or another one. */
Test(live_stereo, damaged_side_tokens_are_forgotten_where_one_signal_is_silent)
{
    for (uint32_t m = 0; m < 6u; m++) {
        opened_pair pair = open_pair(names[m % 3u]);
        sound in = m < 3u ? mix_of(1.5, 0.7f, 0.5f, 0.0f, 0.0f) : mix_of(1.5, 0.7f, 0.5f, 0.7f, 0.5f),
              whole = code_pair(&pair, in, 4u, 0.0f, NULL), damaged = code_pair(&pair, in, 4u, 0.0f, damage);
        const uint32_t hop = pair.channels[0].info.hop_samples;
        const size_t hit = 40u * hop, healed = (40u + DAMAGED_FRAMES + 60u) * hop + 2u * 12288u;
        cr_assert_lt(rsd_snr_db(whole.samples[0] + hit, damaged.samples[0] + hit, (DAMAGED_FRAMES + 2u) * hop), 10.0);
        cr_assert_lt(healed, in.count);
        cr_assert_gt(rsd_snr_db(whole.samples[0] + healed, damaged.samples[0] + healed, in.count - healed), 40.0,
                     "%s, %s", names[m % 3u], m < 3u ? "left" : "both");
        for (size_t i = healed; i < in.count; i++)
            cr_assert_eq(damaged.samples[1][i], m < 3u ? 0.0f : damaged.samples[0][i], "%s", names[m % 3u]);
        free_sound(&in), free_sound(&whole), free_sound(&damaged);
        close_pair(&pair);
    }
}

Test(live_stereo, any_tokens_are_bounded)
{
    for (uint32_t m = 0; m < 3u; m++) {
        opened_pair pair = open_pair(names[m]);
        const rsd_codec_info *info = &pair.channels[0].info;
        rsd_codec *const codecs[2] = {pair.channels[0].codec, pair.channels[1].codec};
        const rsd_decode_controls controls = all_on(info->level_count);
        float left[MAX_HOP], right[MAX_HOP];
        uint32_t seed = 7u;
        for (uint32_t f = 0; f < 3000u; f++) {
            rsd_token_frame frames[2];
            for (uint32_t c = 0; c < 2u; c++) {
                frames[c].level_count = (seed >> 20) % (info->level_count + 1u);
                for (uint32_t s = 0; s < RSD_MAX_SIDE; s++)
                    frames[c].side[s] = (int32_t)(seed = seed * 1664525u + 1013904223u) >> 12;
                for (uint32_t s = 0; s < info->sequence_count; s++)
                    frames[c].tokens[s] = (int32_t)(seed = seed * 1664525u + 1013904223u) >> 16;
            }
            rsd_codec_decode_pair(codecs, (const rsd_token_frame *[]){&frames[0], &frames[1]}, &controls,
                                  (float *[]){left, right});
            for (uint32_t i = 0; i < info->hop_samples; i++)
                cr_assert(fabsf(left[i]) <= 8.0f && fabsf(right[i]) <= 8.0f, "%s, frame %u", names[m], f);
        }
        close_pair(&pair);
    }
}

Test(live_stereo, the_energies_of_the_meters_are_those_of_both_channels)
{
    opened_pair pair = open_pair("live");
    const rsd_codec_info *info = &pair.channels[0].info;
    rsd_codec *const codecs[2] = {pair.channels[0].codec, pair.channels[1].codec};
    const rsd_encode_controls controls = {info->level_count, 16};
    sound in = mix(0.7f, 0.5f, 0.7f, 0.2f);
    double input = 0.0, samples = 0.0, error = 0.0;
    for (size_t f = 0; f < in.count / info->hop_samples; f++) {
        const size_t at = f * info->hop_samples;
        const float *const from[2] = {in.samples[0] + at, in.samples[1] + at};
        rsd_token_frame frames[2];
        rsd_level_meter meters[2];
        rsd_codec_encode_pair(codecs, from, &controls, (rsd_token_frame *[]){&frames[0], &frames[1]},
                              (rsd_level_meter *[]){&meters[0], &meters[1]});
        for (uint32_t c = 0; c < 2u; c++) {
            input += (double)meters[c].input_energy;
            error += (double)meters[c].error_energy[info->level_count - 1u];
            for (uint32_t i = 0; i < info->hop_samples; i++) samples += (double)from[c][i] * (double)from[c][i];
        }
    }
    cr_assert_float_eq(input / samples, 1.0, 0.03);
    cr_assert_gt(10.0 * log10(input / error), 25.0);
    free_sound(&in);
    close_pair(&pair);
}
