// SPDX-License-Identifier: MIT
// Records of telemetry: when they come and what they count.
#include "engine_support.h"

#define COUNT 48000u

typedef struct {
    uint32_t record_count, frame_count;
    double input_energy, level_energy[RSD_MAX_LEVELS], error_energy[RSD_MAX_LEVELS];
    float input_peak, output_peak;
    rsd_telemetry last;
} totals;

static totals totals_of(uint32_t rate_hz, uint32_t channel_count, float levels, uint32_t block)
{
    totals t = {0};
    rsd_engine *engine = make_engine(rate_hz, channel_count);
    set(engine, RSD_PARAM_LEVELS, 0, levels);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, rate_hz, 41u);
    in[777] = -0.93f;
    const float *ins[RSD_ENGINE_MAX_CHANNELS];
    float *outs[RSD_ENGINE_MAX_CHANNELS];
    float *scratch[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; c < channel_count; c++) scratch[c] = make_samples(COUNT);
    for (uint32_t done = 0; done < COUNT; done += block) {
        const uint32_t length = COUNT - done < block ? COUNT - done : block;
        for (uint32_t c = 0; c < channel_count; c++) ins[c] = in + done, outs[c] = scratch[c] + done;
        rsd_engine_process(engine, ins, outs, length);
        rsd_telemetry record;
        while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) {
            cr_assert_eq(record.sample_time, (uint64_t)(t.record_count + 1u) * (rate_hz / 50u));
            t.record_count++;
            t.frame_count += record.frame_count;
            t.input_energy += (double)record.input_energy;
            for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
                t.level_energy[k] += (double)record.level_energy[k];
                t.error_energy[k] += (double)record.error_energy[k];
            }
            t.input_peak = fmaxf(t.input_peak, record.input_peak);
            t.output_peak = fmaxf(t.output_peak, record.output_peak);
            t.last = record;
        }
    }
    float heard = 0.0f;
    for (uint32_t c = 0; c < channel_count; c++) heard = fmaxf(heard, largest(scratch[c], COUNT));
    if (levels > 0.0f) cr_assert_eq(t.output_peak, heard);
    rsd_engine_destroy(engine);
    for (uint32_t c = 0; c < channel_count; c++) free(scratch[c]);
    free(in), free(out);
    return t;
}

Test(telemetry, records_come_every_twenty_milliseconds_and_count_every_frame)
{
    const totals mono = totals_of(48000, 1, 4.0f, 128), stereo = totals_of(48000, 2, 4.0f, 333);
    cr_assert_eq(mono.record_count, 50u);
    cr_assert_eq(mono.frame_count, COUNT / 128u);
    cr_assert_eq(stereo.frame_count, 2u * (COUNT / 128u));
    cr_assert_float_eq(stereo.input_energy / mono.input_energy, 2.0, 1e-5);
    cr_assert_eq(mono.input_peak, 0.93f);
    cr_assert_eq(totals_of(96000, 1, 4.0f, 128).frame_count, COUNT / 2u / 128u);
    cr_assert_eq(totals_of(44100, 1, 4.0f, 100).record_count, COUNT / 882u);
}

Test(telemetry, energies_are_of_the_levels_that_are_active)
{
    const totals t = totals_of(48000, 1, 4.5f, 128);
    rsd_engine *engine = make_engine(48000, 1);
    const rsd_codec_info info = codec_of(engine);
    rsd_engine_destroy(engine);
    cr_assert_eq(t.last.level_count, info.level_count);
    cr_assert_eq(t.last.levels, 4.5f);
    cr_assert_eq(t.last.bitrate_kbps, info.level_kbps[4]);
    cr_assert_gt(t.input_energy, 1.0);
    for (uint32_t k = 0; k < 5; k++) {
        cr_assert_gt(t.level_energy[k], 0.0, "level %u", k + 1);
        cr_assert_lt(t.error_energy[k], k ? t.error_energy[k - 1] : t.input_energy, "level %u", k + 1);
    }
    for (uint32_t k = 5; k < RSD_MAX_LEVELS; k++) cr_assert_eq(t.level_energy[k], 0.0, "level %u", k + 1);
}

/* A latent's own scale is the model's: a meter of it would stand at its end whatever is played. */
Test(telemetry, energies_of_a_neural_codec_are_those_of_the_sound)
{
    static const float amplitudes[] = {0.5f, 0.005f};
    for (uint32_t i = 0; i < 2u; i++) {
        rsd_engine *engine = make_engine_of(ENCODEC_FOLDER, 24000u, 1u, RSD_SCHEDULE_INLINE);
        float *in = make_samples(24000u), *out = make_samples(24000u);
        test_fill_noise(in, 24000u, amplitudes[i], 12u);
        const float *const ins[1] = {in};
        float *const outs[1] = {out};
        rsd_engine_process(engine, ins, outs, 24000u);
        rsd_telemetry record;
        double told = 0.0, wanted = 0.0;
        uint32_t frames = 0;
        while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) {
            told += (double)record.input_energy;
            frames += record.frame_count;
        }
        const uint32_t count = frames * codec_of(engine).hop_samples;
        cr_assert(count > 12000u && count <= 24000u);
        for (uint32_t n = 0; n < count; n++) wanted += (double)(in[n] * in[n]);
        cr_assert_float_eq(told / wanted, 1.0, 1e-4, "amplitude %g: %g of %g", (double)amplitudes[i], told, wanted);
        rsd_engine_destroy(engine);
        free(in), free(out);
    }
}

Test(telemetry, levels_and_bitrate_are_limited_to_the_codecs)
{
    rsd_engine *engine = make_engine(48000, 1);
    const rsd_codec_info info = codec_of(engine);
    rsd_engine_destroy(engine);
    const totals all = totals_of(48000, 2, 64.0f, 128), none = totals_of(48000, 1, 0.0f, 128);
    cr_assert_eq(all.last.levels, (float)info.level_count);
    cr_assert_eq(all.last.bitrate_kbps, 2.0f * info.level_kbps[info.level_count - 1u]);
    cr_assert_eq(none.last.bitrate_kbps, 0.0f);
    cr_assert_eq(none.last.levels, 0.0f);
}

Test(telemetry, what_does_not_fit_is_counted)
{
    rsd_engine *engine = make_engine(48000, 1);
    float *in = make_samples(960u * 101u), *out = make_samples(960u * 101u);
    rsd_telemetry records[128];
    run(engine, in, out, 960u * 100u);
    cr_assert_eq(rsd_engine_read_telemetry(engine, records, 128), 64u);
    cr_assert_eq(records[0].sample_time, 960u);
    run(engine, in, out, 960u);
    cr_assert_eq(rsd_engine_read_telemetry(engine, records, 128), 1u);
    cr_assert_eq(records[0].dropped_count, 36u);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* Frames, changed and lost, of a second of one channel with these values. */
static rsd_telemetry effects_of(rsd_param_id id, float value)
{
    rsd_telemetry sum = {0}, record;
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, id, 0, value);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000, 41u);
    for (uint32_t done = 0; done < COUNT; done += 960u) {
        const float *ins[] = {in + done};
        float *outs[] = {out + done};
        rsd_engine_process(engine, ins, outs, 960u);
        while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) {
            sum.frame_count += record.frame_count;
            sum.changed_frame_count += record.changed_frame_count;
            sum.lost_frame_count += record.lost_frame_count;
        }
    }
    rsd_engine_destroy(engine);
    free(in), free(out);
    return sum;
}

Test(telemetry, frames_that_effects_have_changed_and_lost_are_counted)
{
    const rsd_telemetry off = effects_of(RSD_PARAM_LOSS, 0.0f), all = effects_of(RSD_PARAM_LOSS, 1.0f);
    const rsd_telemetry half = effects_of(RSD_PARAM_LOSS, 0.5f), errors = effects_of(RSD_PARAM_TOKEN_ERROR, 1.0f);
    cr_assert(off.changed_frame_count == 0u && off.lost_frame_count == 0u);
    cr_assert_eq(all.lost_frame_count, all.frame_count);
    cr_assert_eq(all.changed_frame_count, all.frame_count);
    cr_assert(half.lost_frame_count > half.frame_count / 4u && half.lost_frame_count < half.frame_count * 3u / 4u,
              "%u of %u", half.lost_frame_count, half.frame_count);
    cr_assert_eq(errors.lost_frame_count, 0u);
    cr_assert(errors.changed_frame_count > errors.frame_count * 9u / 10u, "%u of %u", errors.changed_frame_count,
              errors.frame_count);
}
