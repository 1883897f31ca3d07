// SPDX-License-Identifier: MIT
// Models that lie outside of the library: found by name, told how to get, and known before they are there.
#include "codec/codec_name.h"
#include "codec/known_models.h"
#include "support/files.h"

#include <residuum/rsd_codec.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/rsd_known_XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    setenv("XDG_DATA_HOME", folder, 1);
    unsetenv("RESIDUUM_MODELS");
}

static void make(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(mkdir(path, 0755), 0, "%s", path);
}

/* A link below the test's folder to something of the small model. */
static void put(const char *name, const char *target)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(symlink(target, path), 0, "%s", path);
}

static void end(void)
{
    static const char *const made[] = {"residuum/models/lyra-v2", "residuum/models", "residuum", "lyra_v2", ""};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, made[i]);
        if (unlink(path) != 0) rmdir(path);
    }
}

TestSuite(known_models, .init = begin, .fini = end);

static rsd_status open_named(const char *name, rsd_codec_info *info, rsd_error *error)
{
    rsd_model *model = NULL;
    const rsd_status status = rsd_model_open(name, &model, error);
    if (status == RSD_OK) rsd_model_info(model, 48000, info);
    rsd_model_release(model);
    return status;
}

Test(known_models, what_is_not_there_is_refused_with_the_command_that_gets_it)
{
    static const char *const names[][2] = {{"lyra-v2", "residuum models get lyra-v2"},
                                           {"lyra_v2", "residuum models get lyra-v2"},
                                           {"encodec-24khz", "residuum models get encodec-24khz"},
                                           {"encodec-24khz:int16", "residuum models get encodec-24khz"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rsd_error error;
        rsd_codec_info info;
        cr_assert_eq(open_named(names[i][0], &info, &error), RSD_ERR_NOT_FOUND, "%s", names[i][0]);
        cr_assert_not_null(strstr(error.text, names[i][1]), "%s", error.text);
    }
}

Test(known_models, a_model_is_found_where_it_is_installed_by_either_spelling)
{
    rsd_error error;
    rsd_codec_info info;
    make("residuum");
    make("residuum/models");
    put("residuum/models/lyra-v2", MODEL_FOLDER);
    cr_assert_eq(open_named("lyra-v2", &info, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(info.name, "lyra-v2");
    cr_assert_eq(open_named("lyra_v2", &info, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(info.name, "lyra-v2");
}

Test(known_models, the_folder_of_the_environment_goes_before_that_of_the_user)
{
    char found[KNOWN_MODEL_PATH_BYTES], expected[256];
    make("residuum");
    make("residuum/models");
    put("residuum/models/lyra-v2", MODEL_FOLDER);
    put("lyra_v2", MODEL_FOLDER);
    setenv("RESIDUUM_MODELS", folder, 1);
    cr_assert(known_model_folder(known_model_find("lyra-v2"), found));
    snprintf(expected, sizeof expected, "%s/lyra_v2", folder);
    cr_assert_str_eq(found, expected);
    setenv("RESIDUUM_MODELS", "/nowhere", 1);
    cr_assert(known_model_folder(known_model_find("lyra-v2"), found));
    snprintf(expected, sizeof expected, "%s/residuum/models/lyra-v2", folder);
    cr_assert_str_eq(found, expected);
}

/* The same model by its name and by its path is called after each. */
Test(known_models, a_model_has_the_name_that_it_is_opened_by)
{
    rsd_error error;
    rsd_codec_info info;
    rsd_model *by_name, *again, *by_path;
    put("lyra_v2", MODEL_FOLDER);
    setenv("RESIDUUM_MODELS", folder, 1);
    cr_assert_eq(rsd_model_open("lyra-v2", &by_name, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_model_open("lyra-v2", &again, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_model_open(MODEL_FOLDER, &by_path, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(by_name, again, "in memory once");
    rsd_model_info(by_path, 48000, &info);
    cr_assert_str_eq(info.name, "lyra_v2");
    rsd_model_info(by_name, 48000, &info);
    cr_assert_str_eq(info.name, "lyra-v2");
    rsd_model_release(by_name);
    rsd_model_release(again);
    rsd_model_release(by_path);
}

/* Plugins take their ranges from it, with or without the model. */
Test(known_models, what_is_known_of_a_model_before_it_is_there_is_true)
{
    uint32_t outside = 0;
    const char *name, *description;
    put("lyra_v2", MODEL_FOLDER);
    setenv("RESIDUUM_MODELS", folder, 1);
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description); i++) {
        const codec_shape *shape = codec_outside_shape(i);
        rsd_error error;
        rsd_codec_info info;
        if (!shape) continue;
        outside++;
        cr_assert_eq(i, 3u, "plugins number lyra-v2 so");
        cr_assert_eq(open_named(name, &info, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(info.level_count, shape->level_count);
        cr_assert_eq(info.max_codebook_bits, shape->codebook_bits);
        cr_assert_float_eq(info.level_kbps[info.level_count - 1u], shape->kbps, 1e-5f);
    }
    cr_assert_eq(outside, 1u);
}

Test(known_models, every_sum_is_one_and_names_are_not_paths)
{
    for (uint32_t m = 0; known_model_at(m); m++) {
        const known_model *model = known_model_at(m);
        cr_assert_eq(known_model_find(model->name), model);
        for (uint32_t i = 0; i < model->file_count; i++) {
            const known_file *file = &model->files[i];
            cr_assert_null(strchr(file->name, '/'), "%s", file->name);
            cr_assert_gt(file->size_bytes, 0u);
            if (file->sha256) cr_assert_eq(strspn(file->sha256, "0123456789abcdef"), 64u, "%s", file->name);
        }
    }
}
