// SPDX-License-Identifier: MIT
// `residuum patterns --measure`: what a token costs in the order of each pattern.
#include "app/patterns/measure.h"

#include "app/encode_sound.h"
#include "app/token_files.h"

#include "base/crc32.h"
#include "base/memory.h"
#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Contexts and features that the model keeps: 64 MB each, more than some minutes of any codec fill. */
#define SLOT_BITS 20u
#define ROW_BITS 20u
#define SEEN_LIMIT 60u /* docs/experiments/052 */

#define PIECE_SECONDS 10u /* of sounds that are learnt by turns */

static const char *const measured_names[] = {"parallel",        "partial-delay", "coarse-first",
                                             "partial-flatten", "delay",         "flatten"};
#define MEASURED_COUNT (sizeof measured_names / sizeof *measured_names)

/* ---- the sounds, as tokens ---- */

typedef struct {
    uint32_t count;
    rsd_token_set *sets; /* owned */
} token_sounds;

static int encode(const app_arguments *arguments, const app_settings *settings, const char *path, rsd_token_set *set)
{
    encode_job job = {.arguments = arguments, .in_path = path, .settings = settings};
    int code = encode_sound_open(&job);
    if (code < 0) code = encode_sound_run(&job);
    if (code < 0) {
        *set = job.set;
        memset(&job.set, 0, sizeof job.set);
        job.set.size_bytes = sizeof job.set;
    }
    encode_sound_close(&job);
    return code;
}

static int load_sounds(const app_arguments *arguments, token_sounds *sounds)
{
    app_settings settings;
    int code = app_settings_read(arguments, &settings);
    sounds->sets = calloc(arguments->operand_count, sizeof *sounds->sets);
    if (!sounds->sets) return app_fail(arguments, "out of memory");
    for (uint32_t i = 0; i < arguments->operand_count && code < 0; i++) {
        code = encode(arguments, &settings, arguments->operands[i], &sounds->sets[i]);
        if (code < 0) sounds->count++;
    }
    return code;
}

static void free_sounds(token_sounds *sounds)
{
    for (uint32_t i = 0; i < sounds->count; i++) rsd_token_set_destroy(&sounds->sets[i]);
    free(sounds->sets);
}

/* ---- measuring ---- */

/* What learns, and the codewords that the codec tells. */
typedef struct {
    void *block, *codewords_block;
    entropy_model *model;
    const entropy_codewords *codewords; /* NULL: none */
    uint32_t dim;
    const rsd_codec_info *codec;
} measure_model;

/* What is measured: rows in the order of a pattern. */
typedef struct {
    const rsd_pattern *pattern;
    bool is_side; /* rows of side tokens, else of levels */
} measured_rows;

/* A part of a sound. */
typedef struct {
    const rsd_token_set *set;
    uint64_t first_frame, frame_count;
} sound_part;

static entropy_rows rows_of(const measure_model *m, bool is_side, const sound_part *part, uint32_t channel)
{
    const rsd_token_set *set = part->set;
    const uint32_t row_count = is_side ? set->side_count : set->sequence_count;
    const int32_t *tokens = is_side ? set->side : set->tokens;
    return (entropy_rows){.tokens =
                              tokens + (size_t)channel * row_count * (size_t)set->frame_capacity + part->first_frame,
                          .frame_count = part->frame_count,
                          .frame_capacity = set->frame_capacity,
                          .codewords = is_side ? m->codec->side_codewords : set->sequence_codewords,
                          .known = is_side ? NULL : m->codewords,
                          .dim = is_side ? 0u : m->dim};
}

static rsd_status measure_part(const measure_model *m, const measured_rows *what, const sound_part *part,
                               measured_pattern *row)
{
    rsd_status status = RSD_OK;
    const uint32_t channels = part->set->channel_count;
    const uint64_t before = app_thread_cpu_ns();
    for (uint32_t c = 0; c < channels && status == RSD_OK; c++) {
        const entropy_rows rows = rows_of(m, what->is_side, part, c);
        status = entropy_pattern_cost(m->model, what->pattern, &rows, &row->sums);
    }
    row->steps +=
        channels * (rsd_pattern_step_count(what->pattern, part->frame_count) - what->pattern->start_step_count);
    row->coding_s += (double)(app_thread_cpu_ns() - before) * 1e-9;
    return status;
}

static rsd_status measure_sound(const measure_model *m, const measured_rows *what, const rsd_token_set *set,
                                measured_pattern *row)
{
    return measure_part(m, what, &(sound_part){set, 0, set->frame_count}, row);
}

/* ---- learning by turns ---- */

/* A sound that is learnt, and how far. */
typedef struct {
    const rsd_token_set *set;
    uint64_t at;
    uint32_t sum; /* of its tokens */
} learnt_sound;

/* By what they are and not by their names or places: another order of the files makes no other model. */
static int compare_sounds(const void *a, const void *b)
{
    const learnt_sound *x = a, *y = b;
    if (x->set->frame_count != y->set->frame_count) return x->set->frame_count < y->set->frame_count ? -1 : 1;
    return x->sum < y->sum ? -1 : x->sum > y->sum;
}

static uint32_t token_sum(const rsd_token_set *set)
{
    const size_t rows = (size_t)set->channel_count * set->sequence_count;
    uint32_t sum = 0;
    for (size_t r = 0; r < rows; r++)
        sum = base_crc32(sum, set->tokens + r * (size_t)set->frame_capacity,
                         (size_t)set->frame_count * sizeof *set->tokens);
    return sum;
}

/* The sound of which the least share was learnt, once half a piece more would be; NULL: all are learnt. */
static learnt_sound *next_sound(learnt_sound *sounds, uint32_t count, uint64_t piece)
{
    learnt_sound *next = NULL;
    double least = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        learnt_sound *sound = &sounds[i];
        const double share = ((double)sound->at + 0.5 * (double)piece) / (double)(sound->set->frame_count + 1u);
        if (sound->at >= sound->set->frame_count || (next && share >= least)) continue;
        least = share;
        next = sound;
    }
    return next;
}

/*
 * All sounds but the last, piece by piece by turns, each as fast as it is long. One after the other, networks and mixers
 * would be those of the sounds that came last: docs/experiments.
 */
static rsd_status learn_by_turns(const measure_model *m, const token_sounds *sounds, const measured_rows *what,
                                 uint64_t piece)
{
    rsd_status status = RSD_OK;
    measured_pattern unused = {0};
    if (sounds->count < 2u) return RSD_OK; /* there is none before the last */
    const uint32_t count = sounds->count - 1u;
    learnt_sound *learnt = calloc(count, sizeof *learnt), *next;
    if (!learnt) return RSD_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++) learnt[i] = (learnt_sound){&sounds->sets[i], 0, token_sum(&sounds->sets[i])};
    qsort(learnt, count, sizeof *learnt, compare_sounds);
    while (status == RSD_OK && (next = next_sound(learnt, count, piece)) != NULL) {
        const uint64_t left = next->set->frame_count - next->at;
        const sound_part part = {next->set, next->at, left < piece ? left : piece};
        status = measure_part(m, what, &part, &unused);
        next->at += part.frame_count;
    }
    free(learnt);
    return status;
}

/* Held out, the last sound counts alone, and the model has learnt of the others. */
static rsd_status measure_rows(const measure_model *m, const token_sounds *sounds, const measured_rows *what,
                               uint64_t held_out_piece, measured_pattern *row)
{
    rsd_status status = RSD_OK;
    entropy_model_restart(m->model);
    if (held_out_piece > 0u) status = learn_by_turns(m, sounds, what, held_out_piece);
    for (uint32_t i = held_out_piece > 0u ? sounds->count - 1u : 0u; i < sounds->count && status == RSD_OK; i++)
        status = measure_sound(m, what, &sounds->sets[i], row);
    row->delay_frames = rsd_pattern_delay_frames(what->pattern);
    return status;
}

/* Side tokens come first in every frame, and know those before them: flatten. */
static rsd_status measure_side(const measure_model *m, const token_sounds *sounds, uint64_t held_out_piece,
                               measured_pattern *row)
{
    rsd_pattern pattern;
    if (m->codec->side_count == 0u) return RSD_OK;
    const rsd_status status = rsd_pattern_parse("flatten", m->codec->side_count, &pattern, NULL);
    return status == RSD_OK ? measure_rows(m, sounds, &(measured_rows){&pattern, true}, held_out_piece, row) : status;
}

/* The codec of the sets is the one that made them. */
static rsd_status make_model(const rsd_token_set *set, const rsd_codec_info *info, measure_model *m)
{
    const entropy_model_config config = {.slot_bits = SLOT_BITS, .row_bits = ROW_BITS, .seen_limit = SEEN_LIMIT};
    rsd_model *codec = NULL;
    *m = (measure_model){.block = base_alloc_64(entropy_model_bytes(&config)), .codec = info};
    if (!m->block) return RSD_ERR_MEMORY;
    m->model = entropy_model_init(m->block, &config);
    rsd_status status = rsd_model_open(set->codec, &codec, NULL);
    if (status != RSD_OK) return status;
    m->dim = entropy_codewords_dim(codec);
    if (m->dim > 0u) {
        m->codewords_block = base_alloc_64(entropy_codewords_bytes(codec));
        if (m->codewords_block)
            m->codewords = entropy_codewords_init(m->codewords_block, codec);
        else
            status = RSD_ERR_MEMORY;
    }
    rsd_model_release(codec);
    return status;
}

static void free_model(measure_model *m)
{
    free(m->codewords_block);
    free(m->block);
}

static int measure_all(const app_arguments *arguments, const token_sounds *sounds, pattern_measurement *result)
{
    measure_model m;
    const rsd_codec_info *codec = &result->list.codec;
    const uint64_t frames = (uint64_t)PIECE_SECONDS * codec->sample_rate_hz / codec->hop_samples;
    const uint64_t piece = result->is_held_out ? frames + (frames == 0u) : 0u;
    rsd_status status = make_model(&sounds->sets[0], codec, &m);
    app_progress progress;
    app_progress_start(&progress, "measuring", app_given(arguments, APP_OPT_QUIET));
    for (uint32_t p = 0; p < result->list.count && status == RSD_OK; p++) {
        app_progress_update(&progress, (double)p / result->list.count, result->list.patterns[p].text);
        const measured_rows what = {&result->list.patterns[p].pattern, false};
        status = measure_rows(&m, sounds, &what, piece, &result->rows[p]);
    }
    if (status == RSD_OK) status = measure_side(&m, sounds, piece, &result->side);
    app_progress_end(&progress);
    free_model(&m);
    return status == RSD_OK ? -1 : app_fail(arguments, "cannot measure: %s", rsd_status_text(status));
}

/* ---- what comes of it ---- */

static void measure_length(const token_sounds *sounds, pattern_measurement *result)
{
    for (uint32_t i = result->is_held_out ? sounds->count - 1u : 0u; i < sounds->count; i++) {
        const rsd_token_set *set = &sounds->sets[i];
        const rsd_codec_info *codec = &result->list.codec;
        result->frame_count += set->frame_count;
        result->seconds += (double)set->frame_count * codec->hop_samples / codec->sample_rate_hz;
    }
}

static const measured_pattern *find_row(const pattern_measurement *result, const char *name)
{
    for (uint32_t p = 0; p < result->list.count; p++)
        if (strcmp(result->list.patterns[p].text, name) == 0) return &result->rows[p];
    return NULL;
}

static void finish_rows(pattern_measurement *result)
{
    result->side.kbps = (double)result->side.sums.cost / 65536.0 * 1e-3 / result->seconds;
    for (uint32_t p = 0; p < result->list.count; p++) {
        measured_pattern *row = &result->rows[p];
        const double bits = (double)row->sums.cost / 65536.0;
        row->bits_per_token = bits / (double)row->sums.token_count;
        row->kbps = result->side.kbps + bits * 1e-3 / result->seconds;
        row->steps_a_second = (double)row->steps / result->seconds;
    }
    const double worst = find_row(result, "parallel")->bits_per_token;
    const double best = find_row(result, "flatten")->bits_per_token;
    /* Of some seconds a model has not learnt enough: flatten may gain nothing that could be shared. */
    for (uint32_t p = 0; p < result->list.count; p++)
        result->rows[p].gain_share = best < worst ? (worst - result->rows[p].bits_per_token) / (worst - best) : NAN;
}

static int choose_patterns(const app_arguments *arguments, pattern_list *list)
{
    rsd_error error;
    for (uint32_t i = 0; i < MEASURED_COUNT; i++) {
        named_pattern *named = &list->patterns[list->count++];
        named->text = measured_names[i];
        if (rsd_pattern_parse(named->text, list->row_count, &named->pattern, &error) != RSD_OK)
            return app_fail(arguments, "%s", error.text);
    }
    return -1;
}

int patterns_measure(const app_arguments *arguments, pattern_measurement *result)
{
    token_sounds sounds = {0};
    if (arguments->operand_count < 1u) return app_usage(arguments, "--measure needs sound files");
    if (arguments->operand_count < 2u && app_given(arguments, APP_OPT_HELD_OUT))
        return app_usage(arguments, "--held-out: '%s' is the only file, and there is no other to learn from",
                         arguments->operands[0]);
    int code = patterns_choose_codec(arguments, &result->list);
    if (code < 0) code = choose_patterns(arguments, &result->list);
    if (code < 0) code = load_sounds(arguments, &sounds);
    result->is_held_out = app_given(arguments, APP_OPT_HELD_OUT);
    result->file_count = arguments->operand_count;
    result->path = arguments->operands[arguments->operand_count - 1u];
    if (code < 0) code = measure_all(arguments, &sounds, result);
    if (code < 0) measure_length(&sounds, result);
    if (code < 0 && result->rows[0].sums.token_count == 0u)
        code = app_fail(arguments, "there are no tokens of these levels to measure");
    if (code < 0) finish_rows(result);
    free_sounds(&sounds);
    return code;
}
