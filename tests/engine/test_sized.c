// SPDX-License-Identifier: MIT
// Structs that may grow, as a program sees them that was compiled with an older or a newer version of the headers.
#include "engine/engine_support.h"

#include <residuum/rsd_preset.h>
#include <residuum/rsd_token_stream.h>
#include <residuum/rsd_train.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CANARY 0x5a
#define MORE_BYTES 64u

/* Whether `bytes` of `block` from `begin` on have this value. */
static bool all_are(const void *block, size_t begin, size_t bytes, unsigned char value)
{
    for (size_t i = 0; i < bytes; i++)
        if (((const unsigned char *)block)[begin + i] != value) return false;
    return true;
}

/*
 * Fills one struct as three programs have it. What an old one has is a prefix of what a present one has, nothing is
 * written behind it, and what only a newer one knows is 0.
 */
static void assert_sized(const char *name, size_t now_bytes, size_t first_bytes, size_t noted_bytes,
                         void (*fill)(void *context, void *block, size_t bytes), void *context)
{
    const size_t room_bytes = now_bytes + MORE_BYTES;
    unsigned char *now = malloc(room_bytes), *other = malloc(room_bytes);
    memset(now, CANARY, room_bytes);
    fill(context, now, now_bytes);
    cr_assert(all_are(now, now_bytes, MORE_BYTES, CANARY), "%s: written past its end", name);

    memset(other, CANARY, room_bytes);
    fill(context, other, first_bytes);
    cr_assert_eq(memcmp(now + noted_bytes, other + noted_bytes, first_bytes - noted_bytes), 0, "%s", name);
    cr_assert(all_are(other, first_bytes, room_bytes - first_bytes, CANARY), "%s: written past an old one's end", name);

    memset(other, CANARY, room_bytes);
    fill(context, other, now_bytes + MORE_BYTES / 2u);
    cr_assert_eq(memcmp(now + noted_bytes, other + noted_bytes, now_bytes - noted_bytes), 0, "%s", name);
    cr_assert(all_are(other, now_bytes, MORE_BYTES / 2u, 0), "%s: what only the program knows is not 0", name);
    cr_assert(all_are(other, now_bytes + MORE_BYTES / 2u, MORE_BYTES / 2u, CANARY), "%s", name);
    free(now);
    free(other);
}

static void fill_info(void *context, void *block, size_t bytes) { rsd_model_info_sized(context, 48000, block, bytes); }
static void fill_codec(void *context, void *block, size_t bytes) { rsd_engine_get_codec_sized(context, block, bytes); }
static void fill_latency(void *context, void *block, size_t bytes)
{
    rsd_engine_get_latency_sized(context, block, bytes);
}
static void fill_preset(void *context, void *block, size_t bytes)
{
    cr_assert_eq(rsd_preset_open_sized(context, block, bytes, NULL), RSD_OK);
}

Test(sized, what_the_library_fills_is_of_the_programs_size)
{
    rsd_model *model;
    rsd_engine *engine = make_engine(48000, 1);
    cr_assert_eq(rsd_model_open("live", &model, NULL), RSD_OK);
    assert_sized("info", sizeof(rsd_codec_info), offsetof(rsd_codec_info, level_kbps), sizeof(uint32_t), fill_info,
                 model);
    assert_sized("codec", sizeof(rsd_codec_info), offsetof(rsd_codec_info, level_kbps), sizeof(uint32_t), fill_codec,
                 engine);
    assert_sized("latency", sizeof(rsd_engine_latency), offsetof(rsd_engine_latency, schedule), 0u, fill_latency,
                 engine);
    char name[] = "telephone";
    assert_sized("preset", sizeof(rsd_preset), offsetof(rsd_preset, settings), 0u, fill_preset, name);

    rsd_codec_info info;
    rsd_model_info(model, 48000, &info);
    cr_assert_eq(info.size_bytes, sizeof info);
    rsd_model_info_sized(model, 48000, &info, offsetof(rsd_codec_info, level_kbps));
    cr_assert_eq(info.size_bytes, offsetof(rsd_codec_info, level_kbps));
    rsd_model_release(model);
    rsd_engine_destroy(engine);
}

static void fill_controls(void *context, void *block, size_t bytes)
{
    rsd_codec_decode_controls_init_sized(block, bytes, *(const uint32_t *)context);
}

Test(sized, decode_controls_are_begun_in_the_programs_size)
{
    uint32_t level_count = 3u;
    assert_sized("decode controls", sizeof(rsd_decode_controls), offsetof(rsd_decode_controls, noise_fill), 0u,
                 fill_controls, &level_count);
}

static void fill_report(void *context, void *block, size_t bytes)
{
    rsd_token_set set;
    cr_assert_eq(rsd_token_stream_load_sized(context, &set, sizeof set, block, bytes, NULL), RSD_OK);
    cr_assert_eq(set.size_bytes, sizeof set);
    rsd_token_set_destroy(&set);
}

Test(sized, streams_are_described_and_told_in_the_programs_size)
{
    rsd_model *model;
    rsd_token_set set;
    rsd_error error = {0};
    char path[] = "/tmp/sized.XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    rsd_token_stream_info info = {.channel_count = 1, .sample_rate_hz = 48000, .codec_name = "live"};
    cr_assert_eq(rsd_model_open("live", &model, NULL), RSD_OK);
    rsd_model_info(model, 48000, &info.codec);
    cr_assert_eq(rsd_token_set_create(&info.codec, 1, 1, &set), RSD_OK);
    memset(set.side, 0, set.side_count * sizeof *set.side);
    const size_t first_bytes = offsetof(rsd_token_stream_info, codec) + offsetof(rsd_codec_info, level_kbps);
    cr_assert_eq(rsd_token_stream_save_sized(&set, &info, first_bytes, 0, path, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_token_stream_frame_bits_sized(&info, first_bytes, 5), rsd_token_stream_frame_bits(&info, 5));
    assert_sized("report", sizeof(rsd_token_stream_report),
                 offsetof(rsd_token_stream_report, info) + offsetof(rsd_token_stream_info, codec), 0u, fill_report,
                 path);
    rsd_token_set_destroy(&set);
    rsd_model_release(model);
    close(fd);
    remove(path);
}

/* Codes and decodes a frame of noise with controls of so many bytes, what lies behind them being anything. */
static void code_sized(const rsd_model *model, size_t encode_bytes, size_t decode_bytes, rsd_token_frame *frame,
                       float out[128])
{
    unsigned char encode[sizeof(rsd_encode_controls) + MORE_BYTES], decode[sizeof(rsd_decode_controls) + MORE_BYTES];
    const rsd_encode_controls known = {.level_count = 5, .codebook_bits = 10};
    rsd_decode_controls sounding;
    rsd_codec *codec;
    float in[128];
    void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
    cr_assert_eq(rsd_codec_init(block, rsd_codec_size_bytes(model), model, 48000, &codec), RSD_OK);
    memset(encode, CANARY, sizeof encode);
    memset(decode, CANARY, sizeof decode);
    memcpy(encode, &known, encode_bytes < sizeof known ? encode_bytes : sizeof known);
    rsd_codec_decode_controls_init(&sounding, 5);
    memcpy(decode, &sounding, decode_bytes < sizeof sounding ? decode_bytes : sizeof sounding);
    test_fill_noise(in, 128, 0.5f, 7u);
    for (int i = 0; i < 3; i++) {
        rsd_codec_encode_sized(codec, in, (const rsd_encode_controls *)(const void *)encode, encode_bytes, frame, NULL);
        rsd_codec_decode_sized(codec, frame, (const rsd_decode_controls *)(const void *)decode, decode_bytes, out);
    }
    free(block);
}

Test(sized, controls_of_any_version_code_the_same)
{
    rsd_model *model;
    static rsd_token_frame now, newer, older;
    float now_out[128], newer_out[128], older_out[128];
    const size_t encode_bytes = sizeof(rsd_encode_controls), decode_bytes = sizeof(rsd_decode_controls);
    cr_assert_eq(rsd_model_open("live-128", &model, NULL), RSD_OK);
    code_sized(model, encode_bytes, decode_bytes, &now, now_out);
    code_sized(model, encode_bytes + MORE_BYTES, decode_bytes + MORE_BYTES, &newer, newer_out);
    cr_assert_eq(memcmp(&now, &newer, sizeof now), 0);
    cr_assert_eq(memcmp(now_out, newer_out, sizeof now_out), 0);

    /* Without codebook_bits and noise_fill, which are then 0: not what lies behind. */
    code_sized(model, offsetof(rsd_encode_controls, codebook_bits), offsetof(rsd_decode_controls, noise_fill), &older,
               older_out);
    rsd_model_release(model);
    cr_assert_eq(older.level_count, 5u);
    bool differs = false;
    for (uint32_t k = 0; k < RSD_MAX_SEQUENCES; k++) {
        cr_assert_leq(older.tokens[k], 0, "no bits are searched: the first codeword, or none");
        differs = differs || older.tokens[k] != now.tokens[k];
    }
    cr_assert(differs);
}

Test(sized, an_event_may_be_of_another_version)
{
    rsd_engine *engine = make_engine(48000, 1);
    struct {
        rsd_event event;
        unsigned char more[MORE_BYTES];
    } newer = {.event = {100, RSD_PARAM_LEVELS, 0, 3.0f}};
    static float in[4800], out[4800];
    float value;
    memset(newer.more, CANARY, sizeof newer.more);
    cr_assert_eq(rsd_engine_post_sized(engine, &newer.event, sizeof newer), RSD_OK);
    run(engine, in, out, 4800);
    cr_assert_eq(rsd_engine_get(engine, RSD_PARAM_LEVELS, 0, &value), RSD_OK);
    cr_assert_eq(value, 3.0f);
    /* Without a value it is 0, and not what lies behind. */
    newer.event = (rsd_event){5000, RSD_PARAM_LEVELS, 0, 99.0f};
    cr_assert_eq(rsd_engine_post(engine, &newer.event), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_post_sized(engine, &newer.event, offsetof(rsd_event, value)), RSD_OK);
    run(engine, in, out, 4800);
    cr_assert_eq(rsd_engine_get(engine, RSD_PARAM_LEVELS, 0, &value), RSD_OK);
    cr_assert_eq(value, 0.0f);
    rsd_engine_destroy(engine);
}

Test(sized, telemetry_lies_as_far_apart_as_the_programs_records)
{
    enum { RECORDS = 3, FAR = sizeof(rsd_telemetry) + 32 };
    static float in[4800], out[4800];
    rsd_engine *engine = make_engine(48000, 1);
    unsigned char *records = malloc(RECORDS * FAR);
    memset(records, CANARY, RECORDS * FAR);
    run(engine, in, out, 4800); /* 100 ms: five periods */
    cr_assert_eq(rsd_engine_read_telemetry_sized(engine, (rsd_telemetry *)(void *)records, FAR, RECORDS), RECORDS);
    for (uint32_t i = 0; i < RECORDS; i++) {
        rsd_telemetry record;
        memcpy(&record, records + i * FAR, sizeof record);
        cr_assert_eq(record.sample_time, 960u * (i + 1u));
        cr_assert(all_are(records + i * FAR, sizeof record, 32u, 0));
    }
    free(records);
    rsd_engine_destroy(engine);
}

Test(sized, what_a_program_does_not_know_is_zero_for_the_library)
{
    rsd_model *model;
    rsd_engine *engine;
    cr_assert_eq(rsd_model_open("live", &model, NULL), RSD_OK);
    const rsd_engine_config config = {.sample_rate_hz = 48000, .channel_count = 1, .schedule = (rsd_schedule)99};
    cr_assert_eq(rsd_engine_create(&config, model, &engine, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_create_sized(&config, offsetof(rsd_engine_config, schedule), model, &engine, NULL), RSD_OK);
    rsd_engine_destroy(engine);
    rsd_model_release(model);

    rsd_trainer *trainer;
    const rsd_train_config train = {.hop_samples = 64, .thread_count = RSD_TRAIN_MAX_THREADS + 1u};
    cr_assert_eq(rsd_trainer_create(&train, &trainer), RSD_ERR_ARG);
    cr_assert_eq(rsd_trainer_create_sized(&train, offsetof(rsd_train_config, thread_count), &trainer), RSD_OK);
    rsd_trainer_destroy(trainer);
}

Test(sized, a_token_set_of_another_version_grows_and_goes_within_its_size)
{
    rsd_codec_info info = {.level_count = 1, .sequence_count = 2};
    const size_t set_bytes = sizeof(rsd_token_set) + MORE_BYTES;
    rsd_token_set *set = malloc(set_bytes + MORE_BYTES);
    memset(set, CANARY, set_bytes + MORE_BYTES);
    cr_assert_eq(rsd_token_set_create_sized(&info, 1, 0, set, set_bytes), RSD_OK);
    cr_assert_eq(set->size_bytes, set_bytes);
    memset(set + 1, 7, MORE_BYTES); /* what only the program knows is its own */
    const rsd_token_frame frame = {.level_count = 1, .tokens = {3, 4}};
    for (int i = 0; i < 200; i++) cr_assert_eq(rsd_token_set_append(set, &frame), RSD_OK);
    cr_assert(all_are(set, sizeof *set, MORE_BYTES, 7));
    cr_assert_eq(set->frame_count, 200u);
    rsd_token_set_destroy(set);
    cr_assert(all_are(set, 0u, set_bytes, 0));
    cr_assert(all_are(set, set_bytes, MORE_BYTES, CANARY));
    free(set);
}
