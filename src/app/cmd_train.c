// SPDX-License-Identifier: MIT
// `residuum train`: codebooks of `live` from sound files.
#include "app.h"
#include "base/error.h"
#include "outputs.h"
#include "paths.h"
#include "progress.h"

#include "host/file/soundfile.h"

#include <residuum/rsd_train.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TRAIN_RATE_HZ 48000u
#define SCAN_SAMPLES 4096u
#define LEAST_RATE_HZ 4000u /* one of less is no sound for this, and a small file of it is hours at 48 kHz */
#define MOST_RATE_HZ 768000u
#define ADVISED_SECONDS 10.0
#define MOST_AMPLITUDE 1e6f /* float files of 16-bit numbers are taken, those of garbage are not */
#define SOUND_EXTENSIONS "wav flac ogg opus oga aif aiff aifc au caf w64 rf64 mp3 snd"

static bool show_progress(void *context, double done, const char *what)
{
    app_progress_update(context, done, what);
    return false;
}

/* Mixes all channels into the first. */
static void mix_to_mono(host_sound *sound)
{
    const float share = 1.0f / (float)sound->channel_count;
    for (uint64_t i = 0; i < sound->sample_count; i++) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < sound->channel_count; c++) sum += sound->channel[c][i];
        sound->channel[0][i] = sum * share;
    }
}

typedef struct {
    const app_arguments *arguments;
    app_paths paths;
    rsd_trainer *trainer;
    size_t used_count; /* files */
    size_t faulty_count;
    struct {
        const char *path; /* of `paths` */
        host_sound_faults faults;
    } faulty[APP_PATHS_MOST_SKIPPED]; /* told when no bar is in the way */
    double seconds;
} training;

/* Samples that are no number, or so large that they are no sound. Before any conversion, which would spread them. */
static rsd_status count_bad_samples(const char *path, uint64_t *bad_count, rsd_error *error)
{
    host_reader *reader;
    host_reader_info info;
    rsd_status status = host_reader_open(path, 0, &reader, error);
    if (status != RSD_OK) return status;
    host_reader_get_info(reader, &info);
    if (info.file_rate_hz < LEAST_RATE_HZ || info.file_rate_hz > MOST_RATE_HZ)
        status = base_error_set(error, RSD_ERR_UNSUPPORTED, "'%s': a sample rate of %u Hz; %u to %u are taken", path,
                                info.file_rate_hz, LEAST_RATE_HZ, MOST_RATE_HZ);
    float block[HOST_SOUND_MAX_CHANNELS][SCAN_SAMPLES], *rows[HOST_SOUND_MAX_CHANNELS];
    for (uint32_t c = 0; c < HOST_SOUND_MAX_CHANNELS; c++) rows[c] = block[c];
    *bad_count = 0;
    for (uint32_t got = 1; status == RSD_OK && got > 0u;) {
        status = host_reader_read(reader, rows, SCAN_SAMPLES, &got, error);
        for (uint32_t c = 0; c < info.channel_count; c++)
            for (uint32_t i = 0; i < got; i++) *bad_count += !(fabsf(block[c][i]) <= MOST_AMPLITUDE);
    }
    host_sound_faults faults;
    host_reader_get_faults(reader, &faults); // the reader gives 0 for what is not finite
    *bad_count += faults.not_finite_count;
    host_reader_close(reader);
    return status;
}

static void note_faults(training *t, const char *path, const host_sound_faults *faults)
{
    if (!faults->is_cut && faults->streams_read == faults->stream_count) return;
    const size_t index = t->faulty_count++;
    if (index >= APP_PATHS_MOST_SKIPPED) return;
    t->faulty[index].path = path;
    t->faulty[index].faults = *faults;
}

static void tell_faults(const training *t)
{
    for (size_t i = 0; i < t->faulty_count && i < APP_PATHS_MOST_SKIPPED; i++)
        outputs_say_faults(t->arguments, t->faulty[i].path, &t->faulty[i].faults);
    if (t->faulty_count > APP_PATHS_MOST_SKIPPED)
        app_warn(t->arguments, "%zu more files are cut off", t->faulty_count - (size_t)APP_PATHS_MOST_SKIPPED);
}

/* A file that cannot be used is left out, with its reason; only a lack of memory is the end of it all. */
static rsd_status add_sound(training *t, const char *path)
{
    rsd_error error;
    host_sound sound = {0};
    uint64_t bad_count = 0;
    if (count_bad_samples(path, &bad_count, &error) != RSD_OK ||
        (bad_count == 0u && host_sound_load(path, TRAIN_RATE_HZ, &sound, &error) != RSD_OK)) {
        app_paths_skip(&t->paths, "%s", error.text);
        return RSD_OK;
    }
    if (bad_count > 0u) {
        app_paths_skip(&t->paths, "'%s': %llu samples are not numbers (NaN), infinite, or over %g", path,
                       (unsigned long long)bad_count, (double)MOST_AMPLITUDE);
        return RSD_OK;
    }
    if (sound.channel_count > 1u) mix_to_mono(&sound);
    const rsd_status status = rsd_trainer_add(t->trainer, sound.channel[0], (size_t)sound.sample_count);
    const double seconds = (double)sound.sample_count / TRAIN_RATE_HZ;
    const host_sound_faults faults = sound.faults;
    host_sound_destroy(&sound);
    if (status == RSD_ERR_MEMORY) return status;
    if (status == RSD_OK) {
        note_faults(t, path, &faults);
        t->used_count++;
        t->seconds += seconds;
    } else {
        app_paths_skip(&t->paths, "'%s': too short: %.3f s", path, seconds);
    }
    return RSD_OK;
}

static int collect(training *t)
{
    rsd_error error;
    const app_arguments *arguments = t->arguments;
    for (uint32_t i = 0; i < arguments->operand_count; i++)
        if (app_paths_add(&t->paths, arguments->operands[i], SOUND_EXTENSIONS, &error) != RSD_OK)
            return app_fail(arguments, "%s", error.text);
    app_paths_sort(&t->paths);
    if (t->paths.count > 0u) return -1;
    app_paths_tell_skipped(arguments, &t->paths);
    return app_fail(arguments, "there are no sound files in '%s' (%s)", arguments->operands[0], SOUND_EXTENSIONS);
}

static int read_sounds(training *t, app_progress *progress)
{
    rsd_status status = RSD_OK;
    for (size_t i = 0; i < t->paths.count && status == RSD_OK; i++) {
        app_progress_update(progress, (double)i / (double)t->paths.count, "reading");
        status = add_sound(t, t->paths.files[i].name);
    }
    app_progress_end(progress);
    app_paths_tell_skipped(t->arguments, &t->paths);
    tell_faults(t);
    if (status != RSD_OK) return app_fail(t->arguments, "cannot take the sounds: %s", rsd_status_text(status));
    if (t->used_count > 0u) return -1;
    return app_fail(t->arguments, "no sound file can be used, of %zu", t->paths.count);
}

static int run(training *t, app_progress *progress)
{
    rsd_error error;
    const app_arguments *arguments = t->arguments;
    const char *output = arguments->value[APP_OPT_OUTPUT];
    const double sounding_s = rsd_trainer_sounding_s(t->trainer);
    app_progress_start(progress, "training", app_given(arguments, APP_OPT_QUIET));
    const rsd_status status = rsd_trainer_run(t->trainer, output, &error);
    app_progress_end(progress);
    if (status != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (sounding_s < ADVISED_SECONDS)
        app_warn(arguments, "only %.1f s of sound: it fits these sounds, but hardly others; take %g s or more",
                 sounding_s, ADVISED_SECONDS);
    if (app_given(arguments, APP_OPT_QUIET)) return APP_OK;
    app_print("%s: trained on %zu file%s, %.1f s of sound", output, t->used_count, t->used_count == 1u ? "" : "s",
              t->seconds);
    if (t->paths.skipped_count > 0u) printf(" (%zu skipped)", t->paths.skipped_count);
    app_print("; use it by --codec %s", output);
    putchar('\n');
    return APP_OK;
}

static int train(training *t, const rsd_train_config *config, app_progress *progress)
{
    const rsd_status created = rsd_trainer_create(config, &t->trainer);
    if (created != RSD_OK) return app_fail(t->arguments, "cannot start training: %s", rsd_status_text(created));
    int result = read_sounds(t, progress);
    if (result < 0) result = run(t, progress);
    rsd_trainer_destroy(t->trainer);
    return result;
}

/* The output file's name without folder and extension, unless --name says otherwise. */
static int choose_name(const app_arguments *arguments, char name[64])
{
    const char *output = arguments->value[APP_OPT_OUTPUT], *given = arguments->value[APP_OPT_NAME];
    static const char extension[] = ".safetensors";
    const size_t length = output ? strlen(output) : 0u;
    if (!output) return app_usage(arguments, "-o NAME.safetensors is wanted: where the codec goes");
    if (length <= strlen(extension) || strcmp(output + length - strlen(extension), extension) != 0)
        return app_usage(arguments, "'%s' must end in %s", output, extension);
    if (given && (*given == '\0' || strlen(given) > 63u)) return app_usage(arguments, "--name takes 1 to 63 bytes");
    const char *slash = strrchr(output, '/');
    const char *base = slash ? slash + 1 : output;
    if (given)
        snprintf(name, 64, "%s", given);
    else
        snprintf(name, 64, "%.*s", (int)(strlen(base) - strlen(extension)), base);
    return -1;
}

int app_train(const app_arguments *arguments)
{
    char name[64];
    double hop = 128.0, seed = 1.0, threads = 0.0;
    const int named = choose_name(arguments, name);
    if (named >= 0) return named;
    if (!app_number(arguments, APP_OPT_HOP, 64, 256, true, &hop) ||
        !app_number(arguments, APP_OPT_SEED, 0, 9007199254740991.0, true, &seed) ||
        !app_number(arguments, APP_OPT_THREADS, 1, RSD_TRAIN_MAX_THREADS, true, &threads))
        return APP_USAGE;
    if (hop != 64.0 && hop != 128.0 && hop != 256.0)
        return app_usage(arguments, "--hop takes 64, 128 or 256, not '%s'", arguments->value[APP_OPT_HOP]);
    const int writable = outputs_try(arguments, arguments->value[APP_OPT_OUTPUT]);
    if (writable >= 0) return writable;
    app_progress progress;
    app_progress_start(&progress, "reading", app_given(arguments, APP_OPT_QUIET));
    const rsd_train_config config = {.hop_samples = (uint32_t)hop,
                                     .seed = (uint64_t)seed,
                                     .thread_count = (uint32_t)threads,
                                     .name = name,
                                     .progress = show_progress,
                                     .progress_context = &progress};
    training t = {.arguments = arguments};
    int result = collect(&t);
    if (result < 0) result = train(&t, &config, &progress);
    app_paths_destroy(&t.paths);
    return result;
}
