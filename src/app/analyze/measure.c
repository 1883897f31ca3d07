// SPDX-License-Identifier: MIT
// A render at one level count, and its distance from the sound.
#include "app/analyze/analyze.h"
#include "app/analyze/usage.h"
#include "app/offline.h"

#include <residuum/rsd_dsp.h>

#include <math.h>
#include <string.h>

typedef struct {
    const host_sound *sound;
    host_sound decoded;
    uint64_t read_at, write_at;
    rsd_codec_info codec;
    analyze_usage *usage; /* owned */
    rsd_token_set set;    /* of the tokens, where they are to be coded; else zero */
} measurement;

static rsd_status read_sound(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error)
{
    (void)error;
    measurement *m = context;
    for (uint32_t c = 0; c < m->sound->channel_count; c++)
        memcpy(in[c], m->sound->channel[c] + m->read_at, count * sizeof(float));
    m->read_at += count;
    *got = count;
    return RSD_OK;
}

static rsd_status keep_sound(void *context, const float *const *out, uint32_t count, rsd_error *error)
{
    (void)error;
    measurement *m = context;
    for (uint32_t c = 0; c < m->sound->channel_count; c++)
        memcpy(m->decoded.channel[c] + m->write_at, out[c], count * sizeof(float));
    m->write_at += count;
    return RSD_OK;
}

/* An rsd_token_tap. */
static void count_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    measurement *m = context;
    analyze_usage_take(m->usage, channel, frame);
    rsd_token_set_put(&m->set, channel, frame_index, frame);
}

/* Room for every frame that the sound can have: what comes of the engine's time must not pay for more. */
static bool make_set(measurement *m, uint32_t latency_samples)
{
    const double samples = (double)m->sound->sample_count + latency_samples;
    const double hop = (double)m->codec.hop_samples * m->sound->sample_rate_hz / m->codec.sample_rate_hz;
    const rsd_status status =
        rsd_token_set_create(&m->codec, m->sound->channel_count, (uint64_t)(samples / hop) + 2u, &m->set);
    m->set.sample_rate_hz = m->sound->sample_rate_hz;
    return status == RSD_OK;
}

static bool make_room(measurement *m)
{
    m->usage = analyze_usage_create(&m->codec, m->sound->channel_count);
    return m->usage && host_sound_create(m->sound->sample_rate_hz, m->sound->channel_count, m->sound->sample_count,
                                         &m->decoded, NULL) == RSD_OK;
}

void analyze_distance(const host_sound *sound, const host_sound *decoded, analyze_row *row)
{
    const size_t count = (size_t)sound->sample_count;
    // Channels lie one after the other in both: the ratio over all of them is one sum.
    row->snr_db = rsd_snr_db(sound->channel[0], decoded->channel[0], count * sound->channel_count);
    row->segmental_snr_db = row->lsd_db = 0.0;
    row->nmr_db = analyze_nmr_db(sound, decoded);
    for (uint32_t c = 0; c < sound->channel_count; c++) {
        const float *a = sound->channel[c], *b = decoded->channel[c];
        row->segmental_snr_db += rsd_segmental_snr_db(a, b, count, sound->sample_rate_hz) / sound->channel_count;
        row->lsd_db += rsd_log_spectral_distance_db(a, b, count) / sound->channel_count;
    }
}

/* The estimate of codewords that are all used alike scatters about the codebook's size: more than it has are not told. */
static double codewords_used(const measurement *m, uint32_t level)
{
    uint16_t size = 0;
    for (uint32_t q = level > 0u ? m->codec.level_sequence_end[level - 1u] : 0u; q < m->codec.level_sequence_end[level];
         q++)
        if (m->codec.sequence_codewords[q] > size) size = m->codec.sequence_codewords[q];
    const double estimate = analyze_usage_codewords(m->usage, level);
    return estimate > size ? size : estimate; /* one that is not finite stays so */
}

static void fill_row(const measurement *m, const app_offline *job, analyze_row *row)
{
    const host_sound *sound = m->sound;
    const rsd_codec_info *codec = &m->codec;
    const uint32_t top = row->level_count - 1u;
    const double below = top > 0u ? (double)codec->level_kbps[top - 1u] : 0.0;
    analyze_distance(sound, &m->decoded, row);
    row->kbps = (double)codec->level_kbps[top] * sound->channel_count;
    row->level_bits = ((double)codec->level_kbps[top] - below) * 1000.0 * codec->hop_samples / codec->sample_rate_hz;
    row->codewords_used = codewords_used(m, top);
    row->cpu_share = (double)job->cpu_ns * 1e-9 * sound->sample_rate_hz / (double)sound->sample_count;
}

static int run(const app_arguments *arguments, measurement *m, rsd_engine *engine, analyze_row *row)
{
    rsd_error error;
    rsd_engine_latency latency;
    rsd_engine_get_codec(engine, &m->codec);
    rsd_engine_get_latency(engine, &latency);
    row->latency_samples = latency.total_samples;
    if (!make_room(m) || (row->wants_coding && !make_set(m, latency.total_samples)))
        return app_fail(arguments, "no memory for the decoded sound");
    rsd_engine_set_tap(engine, count_frame, m);
    if (rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, (float)row->level_count) != RSD_OK)
        return app_fail(arguments, "the engine refused levels = %u", row->level_count);
    app_offline job = {.engine = engine,
                       .channel_count = m->sound->channel_count,
                       .sample_count = m->sound->sample_count,
                       .read = read_sound,
                       .write = keep_sound,
                       .context = m};
    if (app_offline_run(&job, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    fill_row(m, &job, row);
    row->coded_kbps = NAN;
    return -1;
}

int analyze_measure(const app_arguments *arguments, const app_settings *settings, const host_sound *sound,
                    analyze_row *row, host_sound *decoded)
{
    measurement m = {.sound = sound, .set.size_bytes = sizeof m.set};
    rsd_engine *engine = NULL;
    int result = app_offline_engine(arguments, settings, "live", sound->sample_rate_hz, sound->channel_count, &engine);
    if (result < 0) result = run(arguments, &m, engine, row);
    if (result < 0 && row->wants_coding)
        row->coded_kbps = analyze_coded_kbps(settings->codec[0] != '\0' ? settings->codec : "live", &m.set);
    rsd_token_set_destroy(&m.set);
    rsd_engine_destroy(engine);
    analyze_usage_destroy(m.usage);
    if (decoded && result < 0)
        *decoded = m.decoded;
    else
        host_sound_destroy(&m.decoded);
    return result;
}
