// SPDX-License-Identifier: MIT
// Records of callbacks: what the control thread keeps of them, and files that are whole, cut off or damaged.
#include "engine/watch.h"
#include "host/session/clock.h"
#include "host/session/profile.h"
#include "host/session/profile_file.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RATE_HZ 48000u
#define BLOCK 64u

static host_profile *make_profile(void)
{
    host_profile *profile = NULL;
    cr_assert_eq(host_profile_create(RATE_HZ, &profile), RSD_OK);
    return profile;
}

static host_profile_callback make_record(uint64_t index, uint32_t duration_ns)
{
    return (host_profile_callback){.entry_ns = host_clock_now_ns(),
                                   .sample_time = index * BLOCK,
                                   .sample_count = BLOCK,
                                   .duration_ns = duration_ns};
}

Test(profile, the_worst_callback_of_the_last_second_is_kept_with_its_causes)
{
    host_profile *profile = make_profile();
    host_profile_worst worst;
    host_profile_get_worst(profile, &worst);
    cr_assert(!worst.is_there);
    for (uint64_t i = 0; i < 100u; i++) {
        host_profile_callback record = make_record(i, i == 40u ? 800000u : 100000u);
        if (i == 40u) record.flags = HOST_PROFILE_SWAPPING;
        if (i == 40u) record.late_frame_count = 1u;
        host_profile_push(profile, &record);
    }
    host_profile_poll(profile);
    host_profile_get_worst(profile, &worst);
    cr_assert(worst.is_there);
    cr_assert_float_eq(worst.duration_ms, 0.8, 1e-9);
    cr_assert_float_eq(worst.share, 0.6, 1e-6); /* of 64 / 48000 s */
    cr_assert_eq(worst.causes & (HOST_PROFILE_BY_SWAP | HOST_PROFILE_BY_LATE_FRAME),
                 HOST_PROFILE_BY_SWAP | HOST_PROFILE_BY_LATE_FRAME);
    host_profile_destroy(profile);
}

typedef struct {
    host_profile_callback records[8];
    uint32_t count;
} kept_records;

static void keep_records(void *context, const host_profile_callback *records, uint32_t count)
{
    kept_records *kept = context;
    for (uint32_t i = 0; i < count && kept->count < 8u; i++) kept->records[kept->count++] = records[i];
}

#define PAGES 16u
static void touch_pages(void)
{
    const size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
    volatile char *pages = mmap(NULL, PAGES * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq((void *)pages, MAP_FAILED);
    (void)madvise((void *)pages, PAGES * bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < PAGES; i++) pages[i * bytes] = 1;
    munmap((void *)pages, PAGES * bytes);
}

static void push_callback(host_profile *profile, uint64_t index, void (*work)(void))
{
    host_profile_callback record = make_record(index, 0u);
    (void)host_profile_begin(profile, record.sample_time, record.entry_ns, false);
    work();
    record.duration_ns = (uint32_t)(host_clock_now_ns() - record.entry_ns);
    host_profile_push(profile, &record);
}

static void rest(void) {}
static void sleep_a_little(void) { nanosleep(&(struct timespec){0, 2000000L}, NULL); }

/* This thread is the audio thread and control at once: the kernel writes down what happens to it. */
Test(profile, faults_and_sleep_are_counted_in_the_very_callback)
{
    host_profile *profile = make_profile();
    kept_records kept = {.count = 0u};
    host_profile_set_sink(profile, &(host_profile_sink){.callbacks = keep_records, .context = &kept});
    push_callback(profile, 0u, rest);
    host_profile_poll(profile); /* from here on there is a trace, where the system has one */
    kept.count = 0u;
    push_callback(profile, 1u, rest);
    touch_pages(); /* between two callbacks: of none */
    push_callback(profile, 2u, touch_pages);
    push_callback(profile, 3u, sleep_a_little);
    push_callback(profile, 4u, rest);
    host_profile_poll(profile);
    cr_assert_eq(kept.count, 4u);
    if (kept.records[0].flags & HOST_PROFILE_TRACED) {
        cr_expect_lt(kept.records[0].fault_count, PAGES / 2u);
        cr_expect_geq(kept.records[1].fault_count, PAGES);
        cr_expect_geq(kept.records[2].sleep_count, 1u);
        cr_expect_lt(kept.records[2].fault_count, PAGES / 2u);
        cr_expect_eq(kept.records[3].sleep_count, 0u);
    }
    host_profile_destroy(profile);
}

Test(profile, every_callback_is_in_the_bin_of_its_share)
{
    host_profile *profile = make_profile();
    host_profile_histogram histogram;
    const uint32_t deadline_ns = 1333333u;
    for (uint32_t i = 0; i < 30u; i++) { /* the middles of 5 % each, and far over */
        host_profile_callback record = make_record(i, (uint32_t)((i + 0.5) * 0.05 * deadline_ns));
        host_profile_push(profile, &record);
    }
    host_profile_callback render = make_record(30u, deadline_ns);
    render.flags = HOST_PROFILE_RENDER;
    host_profile_push(profile, &render);
    host_profile_poll(profile);
    host_profile_get_histogram(profile, &histogram);
    cr_assert_eq(histogram.callback_count, 30u, "a render has no deadline");
    for (uint32_t b = 0; b + 1u < HOST_PROFILE_BIN_COUNT; b++) cr_assert_eq(histogram.count[b], 1u, "bin %u", b);
    cr_assert_eq(histogram.count[HOST_PROFILE_BIN_COUNT - 1u], 30u - HOST_PROFILE_BIN_COUNT + 1u);
    host_profile_destroy(profile);
}

Test(profile, records_that_find_no_room_are_counted_and_told_by_the_next)
{
    host_profile *profile = make_profile();
    uint64_t pushed = 0u;
    while (host_profile_lost_count(profile) < 10u) {
        host_profile_callback record = make_record(pushed++, 1000u);
        host_profile_push(profile, &record);
    }
    host_profile_poll(profile);
    host_profile_callback record = make_record(pushed, 1000u);
    host_profile_push(profile, &record);
    cr_assert_eq(record.record_lost_count, 10u);
    host_profile_destroy(profile);
}

/* Entry of callback `index` on a device that wakes up to 90 us late, and from 500 on 40 ms after its old pace. */
static uint64_t entry_of(uint64_t index, uint32_t *seed)
{
    const uint64_t jitter_ns = (uint64_t)(45000.0f * (1.0f + test_noise(seed)));
    return 5000000000u + index * BLOCK * 1000000000u / RATE_HZ + jitter_ns + (index >= 500u ? 40000000u : 0u);
}

Test(profile, lateness_is_against_an_even_pace_and_forgets_what_a_device_has_lost)
{
    uint32_t seed = 5u;
    host_profile *profile = make_profile();
    for (uint64_t i = 0; i < 1000u; i++) {
        const int32_t late_ns = host_profile_begin(profile, i * BLOCK, entry_of(i, &seed), false);
        cr_assert(late_ns >= 0, "callback %d", (int)i);
        if (i >= 500u && i < 500u + HOST_PROFILE_PACE_COUNT)
            cr_assert(late_ns > 39000000 && late_ns < 41000000, "callback %d is %d ns late", (int)i, late_ns);
        else if (i < 500u || i >= 500u + 2u * HOST_PROFILE_PACE_COUNT)
            cr_assert(late_ns <= 90001, "callback %d is %d ns late", (int)i, late_ns);
    }
    host_profile_destroy(profile);
}

Test(profile, a_device_that_says_that_it_has_lost_time_has_a_new_pace_at_once)
{
    uint32_t seed = 6u;
    host_profile *profile = make_profile();
    for (uint64_t i = 0; i < 600u; i++) {
        const int32_t late_ns = host_profile_begin(profile, i * BLOCK, entry_of(i, &seed), i == 500u);
        if (i == 500u)
            cr_assert(late_ns > 39000000 && late_ns < 41000000, "it is %d ns late", late_ns);
        else
            cr_assert(late_ns <= 90001, "callback %d is %d ns late", (int)i, late_ns);
    }
    host_profile_destroy(profile);
}

/* ---- where the time goes ---- */

Test(profile, levels_add_up_to_the_search_and_nothing_is_measured_while_it_is_off)
{
    rsd_model *model;
    rsd_engine *engine;
    float noise[1024], out[1024];
    const float *in = noise;
    float *to = out;
    codec_stages stages = {.now = host_clock_now_ns};
    const rsd_engine_config config = {.sample_rate_hz = 44100u, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    test_fill_noise(noise, 1024u, 0.25f, 3u);
    cr_assert_eq(rsd_model_open("live-128", &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_create(&config, model, &engine, NULL), RSD_OK);
    engine_watch_stages(engine, &stages);
    rsd_engine_process(engine, &in, &to, 1024u);
    for (uint32_t s = 0; s < CODEC_STAGE_COUNT; s++) cr_assert_eq(stages.sum[s], 0u, "stage %u", s);
    stages.is_on = true;
    for (int i = 0; i < 50; i++) rsd_engine_process(engine, &in, &to, 1024u);
    uint64_t levels = 0u;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) levels += stages.level[k];
    cr_assert_eq(stages.sum[CODEC_STAGE_SEARCH], levels);
    cr_assert_gt(stages.level[13], 0u);
    cr_assert_eq(stages.level[14], 0u, "live-128 has 14 levels");
    cr_assert_gt(stages.sum[CODEC_STAGE_ANALYSIS], 0u);
    cr_assert_gt(stages.sum[CODEC_STAGE_SYNTHESIS], 0u);
    cr_assert_gt(stages.sum[CODEC_STAGE_MIXER], 0u);
    cr_assert_eq(stages.sum[CODEC_STAGE_RESAMPLER], 0u, "live runs at 44.1 kHz");
    rsd_engine_destroy(engine);
    rsd_model_release(model);
}

/* ---- files ---- */

static char path[] = "/tmp/rsd-profile-XXXXXX";

static void make_path(void)
{
    strcpy(path, "/tmp/rsd-profile-XXXXXX");
    const int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    unlink(path);
}

/* A hundred callbacks, an event and stages. */
static void write_profile(void)
{
    rsd_error error;
    host_profile_writer *writer;
    host_profile *profile = make_profile();
    const host_profile_head head = {.sample_rate_hz = RATE_HZ, .channel_count = 1u, .codec = "live-128"};
    cr_assert_eq(host_profile_writer_create(path, &head, &writer, &error), RSD_OK, "%s", error.text);
    const host_profile_sink sink = host_profile_writer_sink(writer);
    host_profile_set_sink(profile, &sink);
    for (uint64_t i = 0; i < 100u; i++) {
        host_profile_callback record = make_record(i, 1000u + (uint32_t)i);
        host_profile_push(profile, &record);
        if (i % 10u == 9u) host_profile_poll(profile);
    }
    host_profile_note(profile, HOST_PROFILE_EVENT_PRESET, "telephone");
    const host_profile_stages stages = {.sample_time = 64u, .level_count = 2u};
    sink.stages(sink.context, &stages);
    cr_assert_eq(host_profile_writer_close(writer, &error), RSD_OK, "%s", error.text);
    host_profile_destroy(profile);
}

static char *read_all(size_t *size_bytes)
{
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1u << 20, 1u);
    *size_bytes = fread(bytes, 1, 1u << 20, file);
    fclose(file);
    return bytes;
}

static void write_all(const char *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    cr_assert_eq(fwrite(bytes, 1, size_bytes, file), size_bytes);
    fclose(file);
}

Test(profile, what_is_written_is_read)
{
    rsd_error error;
    host_profile_data data;
    make_path();
    write_profile();
    cr_assert(host_profile_is_one(path));
    cr_assert_eq(host_profile_read(path, &data, &error), RSD_OK, "%s", error.text);
    cr_assert(data.is_whole);
    cr_assert_eq(data.callback_count, 100u);
    for (uint32_t i = 0; i < 100u; i++) cr_assert_eq(data.callbacks[i].duration_ns, 1000u + i, "callback %u", i);
    cr_assert_eq(data.event_count, 1u);
    cr_assert_str_eq(data.events[0].text, "telephone");
    cr_assert_eq(data.stages_count, 1u);
    cr_assert_eq(data.stages[0].level_count, 2u);
    cr_assert_eq(data.head.sample_rate_hz, RATE_HZ);
    cr_assert_str_eq(data.head.codec, "live-128");
    host_profile_data_destroy(&data);
    unlink(path);
}

Test(profile, a_file_that_is_cut_off_anywhere_gives_what_was_whole)
{
    rsd_error error;
    host_profile_data data;
    size_t size_bytes;
    make_path();
    write_profile();
    char *bytes = read_all(&size_bytes);
    size_t before = 0u;
    for (size_t length = 0; length < size_bytes; length += 37u) {
        write_all(bytes, length);
        const rsd_status status = host_profile_read(path, &data, &error);
        cr_assert_eq(status, length < HOST_PROFILE_HEAD_BYTES ? RSD_ERR_FORMAT : RSD_OK, "%zu bytes", length);
        if (status != RSD_OK) continue;
        cr_assert(!data.is_whole && data.damage_byte == 0u, "%zu bytes", length);
        cr_assert(data.callback_count >= before && data.callback_count % 10u == 0u, "%zu bytes", length);
        before = data.callback_count;
        host_profile_data_destroy(&data);
    }
    cr_assert_eq(before, 100u);
    free(bytes);
    unlink(path);
}

Test(profile, a_damaged_byte_ends_what_is_taken_and_nothing_else)
{
    rsd_error error;
    host_profile_data data;
    size_t size_bytes, told = 0u, count = 0u;
    make_path();
    write_profile();
    char *bytes = read_all(&size_bytes);
    for (size_t at = HOST_PROFILE_HEAD_BYTES; at < size_bytes; at += 41u) {
        bytes[at] ^= 0x55;
        write_all(bytes, size_bytes);
        cr_assert_eq(host_profile_read(path, &data, &error), RSD_OK, "byte %zu", at);
        cr_assert(!data.is_whole && data.damage_byte <= at, "byte %zu", at);
        told += data.damage_byte >= HOST_PROFILE_HEAD_BYTES;
        count++;
        for (uint32_t i = 0; i < data.callback_count; i++)
            cr_assert_eq(data.callbacks[i].duration_ns, 1000u + i, "byte %zu, callback %u", at, i);
        host_profile_data_destroy(&data);
        bytes[at] ^= 0x55;
    }
    cr_assert_gt(told, count * 9u / 10u, "a damaged length alone looks as if the file were cut off");
    free(bytes);
    unlink(path);
}

Test(profile, bytes_behind_the_end_are_no_part_of_it)
{
    rsd_error error;
    host_profile_data data;
    size_t size_bytes;
    make_path();
    write_profile();
    char *bytes = read_all(&size_bytes);
    write_all(bytes, size_bytes + 5u);
    cr_assert_eq(host_profile_read(path, &data, &error), RSD_OK, "%s", error.text);
    cr_assert(data.is_whole && data.damage_byte == 0u);
    cr_assert_eq(data.behind_end_bytes, 5u);
    host_profile_data_destroy(&data);
    free(bytes);
    unlink(path);
}
