// SPDX-License-Identifier: MIT
// `residuum decode`: tokens to sound.
#include "offline.h"
#include "base/error.h"
#include "outputs.h"
#include "plain_sound.h"
#include "token_files.h"

#include "token/token_pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest sound is so many hops longer than its frames at most: a part of one, and a converter's delay. */
#define SPARE_FRAMES 4.0

typedef struct {
    const app_arguments *arguments;
    const char *in_path, *out_path;
    token_paths paths; /* of the input */
    app_settings settings;
    app_files files;
    rsd_engine *engine;
    rsd_token_set set;
    rsd_token_stream_report stream; /* of a compact stream; else zero */
    app_plain_sound plain;          /* what auto gain compares with; where nothing compares, silence */
} decode_job;

/*
 * Without a level count from the command line, what was coded counts: it says which level the delta monitor plays. The
 * monitors that play the input are refused: tokens have none.
 */
static int check_levels_and_monitor(decode_job *job)
{
    for (uint32_t i = 0; i < job->settings.count; i++) {
        const app_setting *setting = &job->settings.settings[i];
        if (setting->info->id == RSD_PARAM_MONITOR &&
            (setting->value == RSD_MONITOR_DRY || setting->value == RSD_MONITOR_RESIDUAL))
            return app_usage(job->arguments,
                             "monitor %s needs the input, which tokens do not hold; use residuum process",
                             rsd_monitor_name((uint32_t)setting->value));
    }
    for (uint32_t i = 0; i < job->settings.count; i++) {
        if (job->settings.settings[i].info->id == RSD_PARAM_LEVELS) return -1;
    }
    if (rsd_engine_set(job->engine, RSD_PARAM_LEVELS, 0, (float)job->set.level_count) == RSD_OK) return -1;
    return app_fail(job->arguments, "the engine refused levels = %u", job->set.level_count);
}

/*
 * The counts of the JSON file, which anybody may have written, against the frames that are there (a stream's were held
 * against them when it was read). A frame is a hop of
 * the codec; encode's last frames may stand for less than they hold, by the latency and a part of a hop.
 */
static int check_counts(const decode_job *job, const rsd_codec_info *codec)
{
    const rsd_token_set *set = &job->set;
    const double hop_samples = (double)codec->hop_samples * set->sample_rate_hz / codec->sample_rate_hz;
    const double most = ((double)set->frame_count + SPARE_FRAMES) * hop_samples;
    if ((double)set->sample_count > most)
        return app_fail(job->arguments,
                        "'%s': its \"sample_count\" is %llu, but %llu frames of codec '%s' hold at most "
                        "%.0f samples",
                        job->in_path, (unsigned long long)set->sample_count, (unsigned long long)set->frame_count,
                        codec->name, most);
    if (set->level_count <= codec->level_count) return -1;
    return app_fail(job->arguments, "'%s': its \"level_count\" is %u, but codec '%s' has %u levels", job->in_path,
                    set->level_count, codec->name, codec->level_count);
}

/* ---- tokens that the codec does not have ---- */

typedef struct {
    uint64_t count;
    uint64_t channel, row, frame; /* of the first */
    int32_t token;
    int32_t least, most; /* what that row takes */
} foreign_tokens;

/* rows: channel_count x row_count rows of T tokens, as codewords[row] allows them, and `least` besides. */
static void find_foreign(const rsd_token_set *set, const int32_t *rows, uint32_t row_count, const uint16_t *codewords,
                         int32_t least, foreign_tokens *found)
{
    memset(found, 0, sizeof *found);
    for (uint64_t i = 0; i < (uint64_t)set->channel_count * row_count; i++) {
        const int32_t most = (int32_t)codewords[i % row_count] - 1;
        for (uint64_t t = 0; t < set->frame_count; t++) {
            const int32_t token = rows[i * set->frame_capacity + t];
            if (token >= least && token <= most) continue;
            if (found->count++ == 0u) *found = (foreign_tokens){1, i / row_count, i % row_count, t, token, least, most};
        }
    }
}

/* Indices as NumPy would have them, so that whoever made the tokens finds the place. */
static void tell_foreign(const decode_job *job, token_file file, const foreign_tokens *found)
{
    const bool is_stream = token_file_is_stream(job->in_path);
    char channel[32] = "";
    const bool is_mono = job->set.channel_count == 1u;
    if (found->count == 0u) return;
    if (!is_mono) snprintf(channel, sizeof channel, "%llu, ", (unsigned long long)found->channel);
    app_warn(job->arguments,
             "'%s' has %llu %stoken%s that codec '%s' does not have, the first at [%s%llu, %llu] (%srow, "
             "frame, from 0): %d, where %d to %d are taken%s; they are played as tokens within that range",
             is_stream ? job->in_path : job->paths.of[file], (unsigned long long)found->count,
             is_stream && file == TOKEN_FILE_SIDE ? "side " : "", found->count == 1u ? "" : "s", job->set.codec,
             channel, (unsigned long long)found->row, (unsigned long long)found->frame, is_mono ? "" : "channel, ",
             found->token, found->least, found->most, found->least == RSD_TOKEN_NONE ? " (-1: not coded)" : "");
}

/* They are played all the same, as rsd_codec_decode says: effects make them on purpose, and models by mistake. */
static void warn_of_foreign_tokens(const decode_job *job, const rsd_codec_info *codec)
{
    const rsd_token_set *set = &job->set;
    foreign_tokens found;
    find_foreign(set, set->tokens, set->sequence_count, codec->sequence_codewords, RSD_TOKEN_NONE, &found);
    tell_foreign(job, TOKEN_FILE_TOKENS, &found);
    if (set->side_count == 0u) return;
    find_foreign(set, set->side, set->side_count, codec->side_codewords, 0, &found);
    tell_foreign(job, TOKEN_FILE_SIDE, &found);
}

/* Plays the steps of the pattern, that the tokens have or that is asked for, as frames. */
static int misalign(decode_job *job)
{
    rsd_error error;
    rsd_pattern pattern;
    const char *asked = job->arguments->value[APP_OPT_PATTERN];
    const char *text = asked ? asked : job->set.pattern;
    if (*text == '\0')
        return app_usage(job->arguments, "--misaligned needs a pattern: '%s' has none, so name one by --pattern",
                         job->in_path);
    if (rsd_pattern_parse(text, job->set.sequence_count, &pattern, &error) != RSD_OK)
        return app_usage(job->arguments, "%s", error.text);
    const rsd_status status = token_set_misalign(&job->set, &pattern);
    if (status == RSD_OK) return -1;
    return app_fail(job->arguments, "cannot play '%s' by pattern '%s': %s", job->in_path, text,
                    rsd_status_text(status));
}

/* With --misaligned, --pattern says how to play and not what the file is. */
static int load(decode_job *job)
{
    rsd_error error;
    if (!token_file_is_stream(job->in_path) && token_paths_find(job->in_path, &job->paths, &error) != RSD_OK)
        return app_fail(job->arguments, "%s", error.text);
    const bool is_misaligned = app_given(job->arguments, APP_OPT_MISALIGNED);
    const char *pattern = is_misaligned ? NULL : job->arguments->value[APP_OPT_PATTERN];
    int code = token_file_check_channels(job->arguments, job->in_path, RSD_ENGINE_MAX_CHANNELS);
    if (code < 0) code = token_file_load(job->arguments, job->in_path, pattern, &job->set, &job->stream);
    if (code >= 0) return code;
    if (token_file_is_stream(job->in_path) && job->set.frame_count == 0u && !job->stream.is_ended)
        return app_fail(job->arguments, "'%s' has a header, but no frame behind it that can be read", job->in_path);
    if (job->settings.codec[0] == '\0') token_file_compare_codec(job->arguments, job->in_path, &job->stream.info);
    return is_misaligned ? misalign(job) : -1;
}

/* A codec's own file may have been moved since: it has its name from the file's, without folder and ending. */
static bool is_named_after(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    const size_t length = strlen(name);
    return strncmp(file, name, length) == 0 && (file[length] == '\0' || file[length] == '.');
}

/* Streams know the model by its files; the JSON of other tokens knows its name alone. */
static bool is_codec_of_tokens(const decode_job *job, const rsd_codec_info *codec)
{
    rsd_model *model = NULL;
    rsd_codec_info own = {.name = ""};
    const uint64_t fingerprint = job->stream.info.fingerprint;
    if (job->settings.codec[0] == '\0') return true;
    if (rsd_model_open(fingerprint != 0u ? job->settings.codec : job->set.codec, &model, NULL) == RSD_OK)
        rsd_model_info(model, job->set.sample_rate_hz, &own);
    const uint64_t here = fingerprint != 0u && model ? rsd_model_fingerprint(model) : 0u;
    rsd_model_release(model);
    if (here != 0u) return here == fingerprint;
    return is_named_after(job->set.codec, codec->name) || strcmp(codec->name, own.name) == 0;
}

/* What one codec's tokens mean to another is chance, and loud: by mistake nobody is to hear it. */
static int check_codec(const decode_job *job, const rsd_codec_info *codec)
{
    if (is_codec_of_tokens(job, codec)) return -1;
    if (!app_given(job->arguments, APP_OPT_FORCE_CODEC))
        return app_fail(job->arguments,
                        "'%s' holds tokens of codec '%s', not of '%s'; --force-codec decodes them by it all the same",
                        job->in_path, job->set.codec, codec->name);
    app_warn(job->arguments, "'%s' holds tokens of codec '%s', and '%s' decodes them, as --force-codec says",
             job->in_path, job->set.codec, codec->name);
    return -1;
}

static int open_engine(decode_job *job)
{
    const int loaded = load(job);
    if (loaded >= 0) return loaded;
    if (job->set.channel_count > RSD_ENGINE_MAX_CHANNELS)
        return app_fail(job->arguments, "'%s' has %u channels; at most %u can be decoded", job->in_path,
                        job->set.channel_count, RSD_ENGINE_MAX_CHANNELS);
    if (job->settings.decode_codec[0] != '\0' && job->settings.codec[0] == '\0') {
        const int joined = app_settings_join_decoder(job->arguments, &job->settings, job->set.codec);
        if (joined >= 0) return joined;
    }
    const int result = app_offline_engine(job->arguments, &job->settings, job->set.codec, job->set.sample_rate_hz,
                                          job->set.channel_count, &job->engine);
    if (result >= 0) return result;
    rsd_codec_info codec;
    rsd_engine_get_codec(job->engine, &codec);
    const int allowed = check_codec(job, &codec);
    if (allowed >= 0) return allowed;
    if (token_set_held_levels(&job->set, &codec) == 0u)
        return app_fail(job->arguments,
                        "'%s' has %u sequences and %u side tokens a frame, codec '%s' has %u and %u; is it another "
                        "codec's?",
                        job->in_path, job->set.sequence_count, job->set.side_count, codec.name, codec.sequence_count,
                        codec.side_count);
    const int checked = check_counts(job, &codec);
    if (checked >= 0) return checked;
    warn_of_foreign_tokens(job, &codec);
    rsd_engine_set_source(job->engine, token_file_give_frame, &job->set);
    return check_levels_and_monitor(job);
}

/* A link may make one file of them, whatever the names say. */
static int check_output(const decode_job *job)
{
    if (token_file_is_stream(job->in_path)) {
        if (!app_same_file(job->in_path, job->out_path)) return -1;
        return app_usage(job->arguments, "'%s' is '%s', the tokens; name another output", job->out_path, job->in_path);
    }
    for (int i = 0; i < TOKEN_FILE_COUNT; i++)
        if (app_same_file(job->paths.of[i], job->out_path))
            return app_usage(job->arguments, "'%s' is '%s', which belongs to the tokens; name another output",
                             job->out_path, job->paths.of[i]);
    return -1;
}

/* The sample format of the sound that was encoded; 0: the own one of the kind of file that is written. */
static int subtype_of(const decode_job *job)
{
    const char *format = job->set.sample_format;
    const int subtype = host_subtype_parse(format);
    if (subtype == 0 && *format != '\0' && !app_given(job->arguments, APP_OPT_FORMAT))
        app_warn(job->arguments, "'%s': its sample format '%s' is none that is known; '%s' gets that of its kind",
                 job->in_path, format, job->out_path);
    return subtype;
}

static int open_output(decode_job *job)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(job->engine, &latency);
    const uint64_t delay = app_given(job->arguments, APP_OPT_RAW) ? latency.total_samples : 0u;
    const host_writer_config config = {.channel_count = job->set.channel_count,
                                       .rate_hz = job->set.sample_rate_hz,
                                       .subtype = subtype_of(job),
                                       .expected_count = job->set.sample_count + delay};
    return app_files_open_output(job->arguments, job->out_path, config, &job->files);
}

static rsd_status read_plain(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error)
{
    (void)error;
    app_plain_sound_read(&((decode_job *)context)->plain, in, count, got);
    return RSD_OK;
}

static rsd_status write_sound(void *context, const float *const *out, uint32_t count, rsd_error *error)
{
    return app_files_write(&((decode_job *)context)->files, out, count, error);
}

static int open_plain(decode_job *job)
{
    rsd_error error;
    const char *codec = job->settings.codec[0] != '\0' ? job->settings.codec : job->set.codec;
    if (!app_plain_sound_is_wanted(job->engine)) return -1;
    if (app_plain_sound_open(&job->plain, codec, &job->set, &error) == RSD_OK) return -1;
    return app_fail(job->arguments, "'%s': what auto gain compares with: %s", job->in_path, error.text);
}

static int run(decode_job *job)
{
    rsd_error error;
    app_progress progress;
    app_progress_start(&progress, "decoding", app_given(job->arguments, APP_OPT_QUIET));
    app_offline offline = {.engine = job->engine,
                           .channel_count = job->set.channel_count,
                           .sample_count = job->set.sample_count,
                           .raw = app_given(job->arguments, APP_OPT_RAW),
                           .progress = &progress,
                           .read = job->plain.engine ? read_plain : NULL,
                           .write = write_sound,
                           .context = job};
    rsd_status status = job->set.primed ? rsd_engine_prime_source(job->engine) : RSD_OK;
    if (status != RSD_OK) base_error_set(&error, status, "'%s': %s", job->in_path, rsd_status_text(status));
    if (status == RSD_OK) status = app_offline_run(&offline, &error);
    app_progress_end(&progress);
    return app_files_finish(job->arguments, job->in_path, job->out_path, &job->files, status == RSD_OK ? NULL : &error);
}

int app_decode(const app_arguments *arguments)
{
    decode_job job = {.arguments = arguments, .in_path = arguments->operands[0], .out_path = arguments->operands[1]};
    int result = app_settings_read(arguments, &job.settings);
    // Tokens belong to a codec; a preset that names another one gives only its parameters.
    if (job.settings.codec_is_from_preset || job.settings.codec_is_standard) job.settings.codec[0] = '\0';
    if (result < 0) result = open_engine(&job);
    if (result < 0) result = open_plain(&job);
    if (result < 0) result = check_output(&job);
    if (result < 0) result = open_output(&job);
    if (result < 0) result = run(&job);
    rsd_engine_destroy(job.engine);
    app_plain_sound_close(&job.plain);
    rsd_token_set_destroy(&job.set);
    return result;
}
