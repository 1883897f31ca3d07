// SPDX-License-Identifier: MIT
#include "app.h"
#include "paths.h"
#include "progress.h"

#include "host/host_soundfile.h"

#include <residuum/rsd_train.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIN_RATE_HZ 48000u
#define SOUND_EXTENSIONS "wav flac ogg opus oga aif aiff aifc au caf w64 rf64 mp3 snd"

static int show_progress(void *context, double done, const char *what)
{
    app_progress_update(context, done, what);
    return 0;
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

static int add_sound(const app_arguments *arguments, rsd_trainer *trainer, const char *path, double *seconds)
{
    rsd_error error;
    host_sound sound = {0};
    if (host_sound_load(path, TRAIN_RATE_HZ, &sound, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (sound.channel_count > 1u) mix_to_mono(&sound);
    const rsd_status status = rsd_trainer_add(trainer, sound.channel[0], (size_t)sound.sample_count);
    *seconds += (double)sound.sample_count / TRAIN_RATE_HZ;
    host_sound_destroy(&sound);
    if (status == RSD_OK) return -1;
    return app_fail(arguments, "cannot take '%s': %s", path, rsd_status_text(status));
}

static int collect(const app_arguments *arguments, app_paths *paths)
{
    rsd_error error;
    for (uint32_t i = 0; i < arguments->operand_count; i++)
        if (app_paths_add(paths, arguments->operands[i], SOUND_EXTENSIONS, &error) != RSD_OK)
            return app_fail(arguments, "%s", error.text);
    app_paths_sort(paths);
    if (paths->count > 0u) return -1;
    return app_fail(arguments, "there are no sound files in '%s' (%s)", arguments->operands[0], SOUND_EXTENSIONS);
}

static int train(const app_arguments *arguments, const app_paths *paths, const rsd_train_config *config,
                 app_progress *progress)
{
    rsd_error error;
    rsd_trainer *trainer = NULL;
    const char *output = arguments->value[APP_OPT_OUTPUT];
    const rsd_status created = rsd_trainer_create(config, &trainer);
    if (created != RSD_OK) return app_fail(arguments, "cannot start training: %s", rsd_status_text(created));
    int result = -1;
    double seconds = 0.0;
    for (size_t i = 0; i < paths->count && result < 0; i++) {
        app_progress_update(progress, (double)i / (double)paths->count, "reading");
        result = add_sound(arguments, trainer, paths->names[i], &seconds);
    }
    app_progress_end(progress);
    app_progress_start(progress, "training", app_given(arguments, APP_OPT_QUIET));
    if (result < 0 && rsd_trainer_run(trainer, output, &error) != RSD_OK)
        result = app_fail(arguments, "%s", error.text);
    app_progress_end(progress);
    rsd_trainer_destroy(trainer);
    if (result >= 0) return result;
    if (!app_given(arguments, APP_OPT_QUIET))
        printf("%s: trained on %zu file%s, %.1f s of sound; use it by --codec %s\n", output, paths->count,
               paths->count == 1u ? "" : "s", seconds, output);
    return APP_OK;
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
    app_progress progress;
    app_progress_start(&progress, "reading", app_given(arguments, APP_OPT_QUIET));
    const rsd_train_config config = {.hop_samples = (uint32_t)hop,
                                     .seed = (uint64_t)seed,
                                     .thread_count = (uint32_t)threads,
                                     .name = name,
                                     .progress = show_progress,
                                     .progress_context = &progress};
    app_paths paths = {0};
    int result = collect(arguments, &paths);
    if (result < 0) result = train(arguments, &paths, &config, &progress);
    app_paths_destroy(&paths);
    return result;
}
