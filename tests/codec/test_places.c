// SPDX-License-Identifier: MIT
// What is said of a token's place is what its decoder does with it: another last token of a frame changes that signal
// and sub-band alone.
#include "codec_support.h"

#include "base/memory.h"
#include "codec/places.h"

#include <residuum/rsd_dsp.h>

#define HOP 128u
#define LEVELS 4u
#define SECONDS 1.0
#define CHANNELS 2u

static const float cosines[] = {1.0f, 0.70710678f, 0.92387953f, 0.38268343f};
static const float sines[] = {0.0f, 0.70710678f, 0.38268343f, 0.92387953f};

typedef struct {
    uint32_t channel_count;
    opened coders[CHANNELS], as_coded[CHANNELS], changed[CHANNELS];
    codec_places *places;
    void *blocks[2];
    rsd_mdct *mdct;
    float difference[CHANNELS][2u * HOP]; /* of two hops: the frame before is whole */
    codec_place place, place_before;      /* of the frame's last token; it is somewhere */
    bool was_changed;
    uint32_t checked[CHANNELS], turned; /* frames, by the signal that they changed; at an angle */
} places_test;

static void open_test(places_test *t, uint32_t channel_count)
{
    *t = (places_test){.channel_count = channel_count};
    for (uint32_t c = 0; c < channel_count; c++) {
        t->coders[c] = open_codec("live-128");
        t->as_coded[c] = open_codec("live-128");
        t->changed[c] = open_codec("live-128");
    }
    t->blocks[0] = base_alloc_64(codec_places_bytes(t->coders[0].model));
    t->blocks[1] = base_alloc_64(rsd_mdct_size_bytes(HOP));
    cr_assert(t->blocks[0] && t->blocks[1]);
    cr_assert_eq(codec_places_channels(t->coders[0].model, channel_count), channel_count);
    t->places = codec_places_init(t->blocks[0], t->coders[0].model, channel_count);
    cr_assert_eq(rsd_mdct_init(t->blocks[1], rsd_mdct_size_bytes(HOP), HOP, &t->mdct), RSD_OK);
}

static void close_test(places_test *t)
{
    for (uint32_t c = 0; c < t->channel_count; c++)
        close_codec(&t->coders[c]), close_codec(&t->as_coded[c]), close_codec(&t->changed[c]);
    free(t->blocks[0]), free(t->blocks[1]);
}

/* The place of the last token of all, and whether it has one. */
static bool follow(places_test *t, const rsd_token_frame *frames)
{
    const rsd_codec_info *info = &t->coders[0].info;
    bool is_somewhere = false;
    codec_places_begin(t->places, (const int32_t *[]){frames[0].side, frames[1].side});
    for (uint32_t k = 0; k < LEVELS; k++)
        for (uint32_t row = 0; row < t->channel_count; row++)
            for (uint32_t q = k > 0u ? info->level_sequence_end[k - 1u] : 0u; q < info->level_sequence_end[k]; q++) {
                is_somewhere = codec_places_next(t->places, row, &t->place);
                if (is_somewhere) codec_places_take(t->places, frames[row].tokens[q]);
            }
    return is_somewhere;
}

static void encode(places_test *t, const float *const in[CHANNELS], rsd_token_frame *frames)
{
    const rsd_encode_controls controls = {LEVELS, 16};
    if (t->channel_count == 2u)
        rsd_codec_encode_pair((rsd_codec *[]){t->coders[0].codec, t->coders[1].codec}, in, &controls,
                              (rsd_token_frame *[]){&frames[0], &frames[1]}, NULL);
    else
        rsd_codec_encode(t->coders[0].codec, in[0], &controls, &frames[0], NULL);
}

static void decode(const places_test *t, const opened *by, const rsd_token_frame *frames, float out[CHANNELS][HOP])
{
    rsd_decode_controls controls = all_on(LEVELS);
    controls.noise_fill = 0.0f;
    if (t->channel_count == 2u)
        rsd_codec_decode_pair((rsd_codec *[]){by[0].codec, by[1].codec},
                              (const rsd_token_frame *[]){&frames[0], &frames[1]}, &controls,
                              (float *[]){out[0], out[1]});
    else
        rsd_codec_decode(by[0].codec, &frames[0], &controls, out[0]);
}

/* The two hops of a changed frame hold the difference of its coefficients, and nothing else. */
static void check_difference(places_test *t, size_t f)
{
    float x[CHANNELS][HOP], signals[CHANNELS][HOP];
    const codec_place *place = &t->place_before;
    const uint32_t width = HOP / 16u;
    const float cosine = cosines[place->angle], sine = sines[place->angle];
    double there = 0.0, all = 0.0;
    for (uint32_t c = 0; c < t->channel_count; c++) rsd_mdct_forward(t->mdct, t->difference[c], x[c]);
    for (uint32_t i = 0; i < HOP; i++) {
        const float right = t->channel_count == 2u ? x[1][i] : 0.0f;
        signals[0][i] = cosine * x[0][i] + sine * right;
        signals[1][i] = cosine * right - sine * x[0][i];
        for (uint32_t s = 0; s < 2u; s++) {
            const double energy = (double)signals[s][i] * signals[s][i];
            all += energy;
            there += s == place->channel && i / width == place->subband ? energy : 0.0;
        }
    }
    if (all < 1e-9) return; /* two codewords that are next to alike, of a soft frame */
    cr_assert_gt(there, 0.999 * all, "frame %zu: %g of %g in signal %u, sub-band %u, angle %u", f, there, all,
                 place->channel, place->subband, place->angle);
    t->checked[place->channel]++;
    t->turned += place->angle != 0u;
}

static void run_frame(places_test *t, const float *const in[CHANNELS], size_t f)
{
    rsd_token_frame frames[CHANNELS] = {0};
    float plain[CHANNELS][HOP], other[CHANNELS][HOP];
    encode(t, in, frames);
    decode(t, t->as_coded, frames, plain);
    const bool change = follow(t, frames) && f % 2u == 0u && f > 20u;
    const uint32_t last = t->coders[0].info.level_sequence_end[LEVELS - 1u] - 1u;
    if (change) frames[t->channel_count - 1u].tokens[last] ^= 5;
    decode(t, t->changed, frames, other);
    for (uint32_t c = 0; c < t->channel_count; c++)
        for (uint32_t i = 0; i < HOP; i++)
            t->difference[c][(t->was_changed ? HOP : 0u) + i] = other[c][i] - plain[c][i];
    if (t->was_changed) check_difference(t, f - 1u);
    t->was_changed = change;
    t->place_before = t->place;
}

/* Strings, which have no attacks: a flattened attack would be in the difference as well. */
static void run(places_test *t, float right_of_left, float own_right)
{
    const clip strings = demo_clip(4.4, SECONDS);
    float *right = calloc(strings.count, sizeof *right);
    for (size_t i = 0; i < strings.count; i++)
        right[i] = right_of_left * strings.samples[i] + own_right * strings.samples[strings.count - 1u - i];
    for (size_t f = 0; f < strings.count / HOP; f++)
        run_frame(t, (const float *[]){strings.samples + f * HOP, right + f * HOP}, f);
    free(right), free(strings.samples);
}

Test(places, a_channel_is_told_where_its_tokens_go)
{
    static places_test t;
    open_test(&t, 1);
    run(&t, 0.0f, 0.0f);
    cr_assert_gt(t.checked[0], 100u, "%u", t.checked[0]);
    close_test(&t);
}

Test(places, a_pair_is_told_which_signal_sub_band_and_angle_its_tokens_have)
{
    static places_test t;
    open_test(&t, 2);
    run(&t, 0.5f, 0.3f);
    cr_assert(t.checked[0] > 40u && t.checked[1] > 20u && t.turned > 40u, "%u, %u, %u", t.checked[0], t.checked[1],
              t.turned);
    close_test(&t);
}
