// SPDX-License-Identifier: MIT
// Psychoacoustic model 1 of ISO/IEC 11172-3: masking threshold and noise-to-mask ratio. Bounded work, no memory of its own.
#include "dsp/masking.h"

#include <residuum/rsd_dsp.h>

#include <string.h>

#define MAX_MASKERS (DSP_MASKING_LINES / 2u + DSP_MASKING_MAX_BANDS)
#define DB_OF_LOG2 3.01029995663981195214f /* 10 log10 2 */
#define TONAL_RISE_DB 7.0f
#define NEAR_BARK 0.5f

typedef struct {
    uint16_t line;
    bool is_tonal;
    float level_db;
} masker;

typedef struct {
    uint32_t count;
    masker at[MAX_MASKERS];
} masker_list;

static float decibels(float power)
{
    const float db = DB_OF_LOG2 * rsd_log2f(power);
    return db > DSP_MASKING_FLOOR_DB ? db : DSP_MASKING_FLOOR_DB;
}

static float power_of(float db) { return rsd_exp2f(db / DB_OF_LOG2); }

/* ---- levels of the lines ---- */

/*
 * Signal and coded sound are the real and the imaginary part of one transform. Line k of a real sequence's transform is
 * half of the sum or difference of lines k and N - k.
 */
static void find_levels(const dsp_masking *masking, const float *signal, const float *coded,
                        dsp_masking_scratch *scratch, dsp_masking_result *result)
{
    const uint32_t n = DSP_MASKING_POINTS;
    /* A sine of full scale has a power of (n / 2)^2 in its lines, with this window or without: that is 96 dB. */
    const float full = power_of(DSP_MASKING_FULL_SCALE_DB) * 4.0f / ((float)n * (float)n);
    for (uint32_t i = 0; i < n; i++) {
        scratch->a[0][i] = masking->window[i] * signal[i];
        scratch->a[1][i] = masking->window[i] * coded[i];
    }
    const dsp_split x = dsp_fft(masking->roots, n, (dsp_split){scratch->a[0], scratch->a[1]},
                                (dsp_split){scratch->a[2], scratch->a[3]});
    for (uint32_t k = 0; k < masking->line_count; k++) {
        const uint32_t m = (n - k) % n;
        const float signal_r = 0.5f * (x.r[k] + x.r[m]), signal_i = 0.5f * (x.i[k] - x.i[m]);
        const float coded_r = 0.5f * (x.i[k] + x.i[m]), coded_i = 0.5f * (x.r[m] - x.r[k]);
        const float error_r = signal_r - coded_r, error_i = signal_i - coded_i;
        result->signal_db[k] = decibels(full * (signal_r * signal_r + signal_i * signal_i));
        result->noise_db[k] = decibels(full * (error_r * error_r + error_i * error_i));
    }
}

/* ---- maskers ---- */

/* How far a tonal line rises over its neighbours, by the standard's ranges of lines. */
static uint32_t reach_of(uint32_t k)
{
    if (k < 63u) return 2;
    if (k < 127u) return 3;
    return k < 255u ? 6u : 12u;
}

static bool is_tonal(const dsp_masking *masking, const float *level_db, uint32_t k)
{
    const uint32_t reach = reach_of(k);
    if (k < 3u || k + reach >= masking->line_count) return false;
    if (!(level_db[k] > level_db[k - 1u] && level_db[k] >= level_db[k + 1u])) return false;
    for (uint32_t j = 2; j <= reach && j < k; j++)
        if (level_db[k] - level_db[k - j] < TONAL_RISE_DB || level_db[k] - level_db[k + j] < TONAL_RISE_DB)
            return false;
    return true;
}

static void add(masker_list *maskers, uint32_t line, bool tonal, float level_db)
{
    if (maskers->count < MAX_MASKERS) maskers->at[maskers->count++] = (masker){(uint16_t)line, tonal, level_db};
}

static void find_tonal(const dsp_masking *masking, const float *level_db, bool *is_taken, masker_list *maskers)
{
    memset(is_taken, 0, DSP_MASKING_LINES * sizeof *is_taken);
    for (uint32_t k = 3; k < masking->line_count; k++) {
        if (!is_tonal(masking, level_db, k)) continue;
        const float power = power_of(level_db[k - 1u]) + power_of(level_db[k]) + power_of(level_db[k + 1u]);
        const uint32_t reach = reach_of(k);
        add(maskers, k, true, decibels(power));
        for (uint32_t j = 0; j <= reach && j < k; j++) is_taken[k - j] = is_taken[k + j] = true;
    }
}

/* What is left of a critical band is one masker, at the middle of its energy. */
static void find_other(const dsp_masking *masking, const float *level_db, const bool *is_taken, masker_list *maskers)
{
    uint32_t k = 1;
    for (uint32_t band = 0; band < masking->band_count; band++) {
        float sum = 0.0f, weighted = 0.0f;
        for (; k < masking->band_end[band]; k++) {
            const float power = is_taken[k] ? 0.0f : power_of(level_db[k]);
            sum += power;
            weighted += power * (float)k;
        }
        if (sum > 0.0f) add(maskers, (uint32_t)(weighted / sum + 0.5f), false, decibels(sum));
    }
}

/* Maskers that cannot be heard, and of two tonal ones within half a Bark the weaker, mask nothing. */
static void decimate(const dsp_masking *masking, masker_list *maskers)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < maskers->count; i++) {
        const masker one = maskers->at[i];
        masker *before = kept > 0u ? &maskers->at[kept - 1u] : NULL;
        if (one.level_db < masking->quiet_db[one.line]) continue;
        const bool is_near = before && one.is_tonal && before->is_tonal &&
                             masking->bark[one.line] - masking->bark[before->line] < NEAR_BARK;
        if (is_near && one.level_db <= before->level_db) continue;
        if (is_near) kept--;
        maskers->at[kept++] = one;
    }
    maskers->count = kept;
}

/* ---- threshold ---- */

/* The masking function: dB under the masker's level, `bark` away from it, up positive. */
static float spread_db(float level_db, float bark)
{
    if (bark < -1.0f) return 17.0f * (bark + 1.0f) - (0.4f * level_db + 6.0f);
    if (bark < 0.0f) return (0.4f * level_db + 6.0f) * bark;
    if (bark < 1.0f) return -17.0f * bark;
    return -(bark - 1.0f) * (17.0f - 0.15f * level_db) - 17.0f;
}

static float index_db(const masker *one, float bark)
{
    return one->is_tonal ? -1.525f - 0.275f * bark - 4.5f : -1.525f - 0.175f * bark - 0.5f;
}

static float threshold_at(const dsp_masking *masking, const masker_list *maskers, uint32_t k)
{
    float power = power_of(masking->quiet_db[k]);
    for (uint32_t i = 0; i < maskers->count; i++) {
        const masker *one = &maskers->at[i];
        const float from = masking->bark[one->line], distance = masking->bark[k] - from;
        if (distance < -3.0f || distance >= 8.0f) continue;
        power += power_of(one->level_db + index_db(one, from) + spread_db(one->level_db, distance));
    }
    return decibels(power);
}

static void find_ratios(const dsp_masking *masking, dsp_masking_result *result)
{
    uint32_t k = 1;
    float sum = 0.0f;
    for (uint32_t band = 0; band < masking->band_count; band++) {
        float noise = 0.0f, least_db = result->threshold_db[k];
        for (; k < masking->band_end[band]; k++) {
            noise += power_of(result->noise_db[k]);
            if (result->threshold_db[k] < least_db) least_db = result->threshold_db[k];
        }
        result->nmr_db[band] = decibels(noise) - least_db;
        sum += power_of(result->nmr_db[band]);
    }
    result->total_nmr_db = decibels(sum / (float)masking->band_count);
}

void dsp_masking_measure(const dsp_masking *masking, const float *signal, const float *coded,
                         dsp_masking_scratch *scratch, dsp_masking_result *result)
{
    masker_list maskers;
    maskers.count = 0;
    find_levels(masking, signal, coded, scratch, result);
    find_tonal(masking, result->signal_db, scratch->is_taken, &maskers);
    find_other(masking, result->signal_db, scratch->is_taken, &maskers);
    decimate(masking, &maskers);
    for (uint32_t k = 0; k < masking->line_count; k++) result->threshold_db[k] = threshold_at(masking, &maskers, k);
    find_ratios(masking, result);
}
