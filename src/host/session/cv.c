// SPDX-License-Identifier: MIT
// Signals that steer parameters, while they play; and the text that says which.
#include "host/session/cv.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_OF_RANGE 4096.0f /* a smaller change is noise of a converter, and steers nothing */

/* ---- which ---- */

/* "0..0.5" behind the symbol's '='. */
static bool parse_range(const char *text, host_cv_target *target)
{
    char first[32];
    const char *dots = strstr(text, "..");
    if (!dots || (size_t)(dots - text) >= sizeof first) return false;
    memcpy(first, text, (size_t)(dots - text));
    first[dots - text] = '\0';
    target->has_range = true;
    return rsd_param_parse_value(target->info, first, &target->at_0) == RSD_OK &&
           rsd_param_parse_value(target->info, dots + 2, &target->at_1) == RSD_OK;
}

static rsd_status parse_one(char *word, host_cv_target *target, rsd_error *error)
{
    char *range = strchr(word, '=');
    if (range) *range++ = '\0';
    memset(target, 0, sizeof *target);
    if (rsd_param_parse_symbol(word, &target->info, &target->level) != RSD_OK || target->info->unit == RSD_UNIT_TEXT)
        return base_error_set(error, RSD_ERR_NOT_FOUND, "there is no parameter '%.60s' that a signal could steer",
                              word);
    if (range && !parse_range(range, target))
        return base_error_set(error, RSD_ERR_ARG, "%s: a range is two values in %g..%g, as in %s=%g..%g, not '%.40s'",
                              word, (double)target->info->min, (double)target->info->max, word,
                              (double)target->info->min, (double)target->info->max, range);
    const bool has_level = rsd_param_is_per_level(target->info) != 0;
    snprintf(target->port, sizeof target->port, has_level ? "cv_%s_%u" : "cv_%s", target->info->symbol,
             target->level + 1u);
    return RSD_OK;
}

rsd_status host_cv_parse(const char *text, host_cv *cv, rsd_error *error)
{
    char words[512], *rest = NULL;
    rsd_status status = RSD_OK;
    memset(cv, 0, sizeof *cv);
    if (strlen(text) >= sizeof words) return base_error_set(error, RSD_ERR_ARG, "the list of controls is too long");
    memcpy(words, text, strlen(text) + 1u);
    for (char *word = strtok_r(words, ",", &rest); word && status == RSD_OK; word = strtok_r(NULL, ",", &rest)) {
        if (cv->count == HOST_DEVICE_MAX_CV)
            return base_error_set(error, RSD_ERR_ARG, "at most %u signals steer", HOST_DEVICE_MAX_CV);
        status = parse_one(word, &cv->targets[cv->count], error);
        for (uint32_t i = 0; i < cv->count && status == RSD_OK; i++)
            if (strcmp(cv->targets[i].port, cv->targets[cv->count].port) == 0)
                status = base_error_set(error, RSD_ERR_ARG, "'%s' is there twice", word);
        cv->count++;
    }
    if (status == RSD_OK && cv->count == 0u) return base_error_set(error, RSD_ERR_ARG, "no control is named");
    return status;
}

void host_cv_start(host_cv *cv, uint32_t sample_rate_hz)
{
    const float steps = HOST_CV_SMOOTH_MS * 0.001f * (float)sample_rate_hz / (float)HOST_CV_STEP_SAMPLES;
    cv->share = 1.0f - expf(-1.0f / steps);
}

/* ---- while it plays: nothing from here on allocates, locks, logs or makes a system call ---- */

uint32_t host_cv_left(const host_cv *cv, uint32_t limit)
{
    const uint32_t left = HOST_CV_STEP_SAMPLES - cv->heard_samples;
    return cv->count > 0u && left < limit ? left : limit;
}

static float value_at(const host_cv_target *target, const rsd_engine *engine, float signal, float *span)
{
    float min, max, from = target->at_0, to = target->at_1;
    rsd_engine_get_range(engine, target->info->id, &min, &max);
    if (!target->has_range) from = min, to = max;
    *span = fabsf(to - from);
    const float value = from + signal * (to - from);
    const float held = value < min ? min : value > max ? max : value;
    return rsd_param_is_whole(target->info) ? floorf(held + 0.5f) : held;
}

static void steer(host_cv *cv, rsd_engine *engine, uint32_t i)
{
    float span;
    const host_cv_target *target = &cv->targets[i];
    const float value = value_at(target, engine, cv->smooth[i], &span);
    const float change = fabsf(value - cv->told[i]);
    if (cv->has_told[i] && !(change > span / STEPS_OF_RANGE)) return;
    cv->told[i] = value;
    cv->has_told[i] = true;
    rsd_engine_apply(engine, target->info->id, target->level, value);
}

static void end_step(host_cv *cv, rsd_engine *engine)
{
    for (uint32_t i = 0; i < cv->count; i++) {
        const float heard = (float)(cv->sum[i] / HOST_CV_STEP_SAMPLES);
        cv->sum[i] = 0.0;
        if (!cv->is_alive[i] && heard == 0.0f) continue;
        /* The first is where it stands: there is nothing to come from. */
        cv->smooth[i] = cv->is_alive[i] ? cv->smooth[i] + cv->share * (heard - cv->smooth[i]) : heard;
        cv->is_alive[i] = true;
        steer(cv, engine, i);
    }
    cv->heard_samples = 0u;
}

static double sum_of(const float *in, uint32_t sample_count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < sample_count; i++)
        if (in[i] >= -64.0f && in[i] <= 64.0f) sum += (double)in[i]; /* not-a-number fails both */
    return sum;
}

void host_cv_hear(host_cv *cv, rsd_engine *engine, const float *const *in, uint32_t offset, uint32_t sample_count)
{
    if (cv->count == 0u) return;
    for (uint32_t i = 0; i < cv->count; i++) cv->sum[i] += sum_of(in[i] + offset, sample_count);
    cv->heard_samples += sample_count;
    if (cv->heard_samples >= HOST_CV_STEP_SAMPLES) end_step(cv, engine);
}
