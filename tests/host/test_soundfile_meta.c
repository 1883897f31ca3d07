// SPDX-License-Identifier: MIT
// What a file carries beside its samples: speakers, loops, cue points, time stamps, and what a copy does not keep.
#include "host/file/soundfile_internal.h"
#include "host_support.h"

TestSuite(soundfile_meta, .init = host_make_folder, .fini = host_remove_folder, .timeout = 600);

static void make_rich(const char *path, int major)
{
    SF_INFO info = {.samplerate = 48000, .channels = 4, .format = major | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    cr_assert_not_null(file);
    int speakers[4] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT};
    SF_INSTRUMENT instrument = {.gain = 1, .basenote = 60, .key_hi = 127, .velocity_hi = 127, .loop_count = 1};
    instrument.loops[0].mode = SF_LOOP_FORWARD;
    instrument.loops[0].start = 100;
    instrument.loops[0].end = 900;
    static SF_CUES cues = {.cue_count = 2};
    for (int i = 0; i < 2; i++) {
        cues.cue_points[i].indx = i + 1;
        cues.cue_points[i].fcc_chunk = 0x61746164; /* data */
        cues.cue_points[i].sample_offset = 50u * ((uint32_t)i + 1u);
    }
    SF_BROADCAST_INFO broadcast = {.time_reference_low = 12345u, .version = 1};
    sf_set_string(file, SF_STR_TITLE, "A title");
    sf_command(file, SFC_SET_CHANNEL_MAP_INFO, speakers, sizeof speakers);
    sf_command(file, SFC_SET_INSTRUMENT, &instrument, sizeof instrument);
    sf_command(file, SFC_SET_CUE, &cues, sizeof cues);
    sf_command(file, SFC_SET_BROADCAST_INFO, &broadcast, sizeof broadcast);
    const float frames[4000] = {0};
    sf_writef_float(file, frames, 1000);
    sf_close(file);
}

static host_write_report copy(const char *from, const char *to, uint64_t delay)
{
    host_reader *reader;
    host_writer *writer;
    host_write_report report = {0};
    rsd_error error = {0};
    cr_assert_eq(host_reader_open(from, 0u, &reader, &error), RSD_OK, "%s", error.text);
    const host_writer_config config = {.channel_count = 4u,
                                       .rate_hz = 48000u,
                                       .subtype = SF_FORMAT_PCM_16,
                                       .expected_count = 1000u,
                                       .meta = host_reader_meta(reader),
                                       .meta_delay = delay,
                                       .report = &report};
    const float frames[4000] = {0};
    cr_assert_eq(host_writer_open(to, &config, &writer, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_writer_write_interleaved(writer, frames, 1000u, &error), RSD_OK);
    cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
    host_reader_close(reader);
    return report;
}

Test(soundfile_meta, a_wav_keeps_speakers_tags_loops_cues_and_its_time_stamp)
{
    make_rich(host_path("rich.wav"), SF_FORMAT_WAVEX);
    const host_write_report report = copy(host_path("rich.wav"), host_path("copy.wav"), 10u);
    cr_expect_str_eq(report.lost, "");
    SF_INFO info = {0};
    SNDFILE *file = sf_open(host_path("copy.wav"), SFM_READ, &info);
    cr_assert_not_null(file);
    int speakers[4] = {0};
    SF_INSTRUMENT instrument = {0};
    static SF_CUES cues;
    SF_BROADCAST_INFO broadcast = {0};
    cr_expect_str_eq(sf_get_string(file, SF_STR_TITLE), "A title");
    sf_command(file, SFC_GET_CHANNEL_MAP_INFO, speakers, sizeof speakers);
    sf_command(file, SFC_GET_INSTRUMENT, &instrument, sizeof instrument);
    sf_command(file, SFC_GET_CUE, &cues, sizeof cues);
    sf_command(file, SFC_GET_BROADCAST_INFO, &broadcast, sizeof broadcast);
    cr_expect_eq(speakers[3], SF_CHANNEL_MAP_REAR_RIGHT);
    cr_expect_eq(instrument.loop_count, 1);
    cr_expect_eq(instrument.loops[0].start, 110u, "later by what the sound starts later, not %u",
                 instrument.loops[0].start);
    cr_expect_eq(instrument.loops[0].end, 910u, "%u", instrument.loops[0].end);
    cr_expect_eq(cues.cue_count, 2u);
    cr_expect_eq(cues.cue_points[1].sample_offset, 110u, "%u", cues.cue_points[1].sample_offset);
    cr_expect_eq(broadcast.time_reference_low, 12335u, "%u", broadcast.time_reference_low);
    sf_close(file);
}

Test(soundfile_meta, what_a_kind_of_file_does_not_keep_is_named)
{
    make_rich(host_path("rich.wav"), SF_FORMAT_WAVEX);
    const host_write_report flac = copy(host_path("rich.wav"), host_path("copy.flac"), 0u);
    cr_expect_str_eq(flac.lost, "speaker positions, loop points, cue points, broadcast time stamp");
    const host_write_report au = copy(host_path("rich.wav"), host_path("copy.au"), 0u);
    cr_expect_str_eq(au.lost, "speaker positions, tags, loop points, cue points, broadcast time stamp");
}

/* libsndfile reads the names of a WAV's cue points and does not write them: that is ours. */
Test(soundfile_meta, a_wav_has_the_names_of_cue_points_and_what_has_no_room_for_them_says_so)
{
    static const unsigned char chunks[] = "cue \x1c\0\0\0\x01\0\0\0\x01\0\0\0\x64\0\0\0data\0\0\0\0\0\0\0\0\x64\0\0\0"
                                          "LIST\x16\0\0\0adtllabl\x0a\0\0\0\x01\0\0\0Verse";
    static unsigned char bytes[4096];
    host_sound sound = host_make_noise(4u, 200u, 48000u);
    host_save(&sound, host_path("cue.wav"), SF_FORMAT_PCM_16);
    const size_t count = host_read_bytes(host_path("cue.wav"), bytes, sizeof bytes);
    memcpy(bytes + count, chunks, sizeof chunks);
    host_put_number(bytes + 4, (uint32_t)(count + sizeof chunks - 8u), false);
    host_write_bytes(host_path("cue.wav"), bytes, count + sizeof chunks);
    cr_expect_str_eq(copy(host_path("cue.wav"), host_path("copy.wav"), 0u).lost, "");
    cr_expect_str_eq(copy(host_path("cue.wav"), host_path("copy.flac"), 0u).lost, "cue points");
    SF_INFO info = {0};
    SNDFILE *file = sf_open(host_path("copy.wav"), SFM_READ, &info);
    cr_assert_not_null(file, "%s", sf_strerror(NULL));
    static SF_CUES cues;
    sf_command(file, SFC_GET_CUE, &cues, sizeof cues);
    cr_expect_eq(info.frames, 1000);
    cr_expect_eq(cues.cue_count, 1u);
    cr_expect_eq(cues.cue_points[0].sample_offset, 100u);
    cr_expect_str_eq(cues.cue_points[0].name, "Verse");
    sf_close(file);
    host_sound_destroy(&sound);
}
