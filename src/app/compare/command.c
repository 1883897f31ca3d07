// SPDX-License-Identifier: MIT
// `residuum compare`: levels of a codec beside Opus and Lyra V2 at the same bitrates.
#include "app/compare/compare.h"
#include "app/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Loads IN and names what is to be measured. */
static int prepare(const app_arguments *arguments, const app_settings *settings, host_sound *sound, comparison *c)
{
    rsd_error error;
    if (host_sound_load(c->ours.path, 0, sound, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    outputs_say_faults(arguments, c->ours.path, &sound->faults);
    c->sound = sound;
    c->ours.sample_rate_hz = sound->sample_rate_hz;
    c->ours.channel_count = sound->channel_count;
    c->ours.sample_count = sound->sample_count;
    return analyze_describe(arguments, settings, &c->ours);
}

static int make_folder(const app_arguments *arguments, const char *folder)
{
    if (!folder) return -1;
    if (*folder == '\0') return app_usage(arguments, "--write takes a folder");
    if (mkdir(folder, 0777) == 0) return -1;
    const int reason = errno;
    struct stat info;
    if (reason == EEXIST && stat(folder, &info) == 0 && S_ISDIR(info.st_mode)) return -1;
    return app_fail(arguments, "cannot make the folder '%s': %s", folder,
                    strerror(reason == EEXIST ? ENOTDIR : reason));
}

int app_compare(const app_arguments *arguments)
{
    app_settings settings;
    host_sound sound = {0};
    comparison *c = calloc(1, sizeof *c);
    if (!c) return app_fail(arguments, "out of memory");
    c->ours.path = arguments->operands[0];
    c->folder = arguments->value[APP_OPT_WRITE];
    int code = outputs_check_reports(arguments);
    if (code < 0) code = app_settings_read(arguments, &settings);
    if (code < 0) code = compare_choose(arguments, c);
    if (code < 0) code = prepare(arguments, &settings, &sound, c);
    if (code < 0) code = compare_fit(arguments, c);
    if (code < 0) code = make_folder(arguments, c->folder);
    if (code < 0) code = compare_measure(arguments, &settings, c);
    if (code < 0) code = compare_report(arguments, c);
    for (uint32_t i = 0; i < c->row_count; i++) free(c->rows[i].file);
    host_sound_destroy(&sound);
    free(c);
    return code;
}
