// SPDX-License-Identifier: MIT
// `residuum models`: the models of others that are known, and where they lie.
#include "app/models/models.h"

#include "base/read_file.h"

#include <stdio.h>
#include <string.h>

bool models_sum(const char *path, uint64_t *size_bytes, char hex[SHA256_HEX_BYTES])
{
    unsigned char bytes[65536];
    base_file file;
    sha256 sum;
    if (base_file_open(path, BASE_WEIGHTS_BYTES, &file, NULL) != RSD_OK) return false;
    *size_bytes = file.size_bytes;
    sha256_start(&sum);
    bool is_read = true;
    for (uint64_t left = file.size_bytes; is_read && left > 0u;) {
        const size_t count = left < sizeof bytes ? (size_t)left : sizeof bytes;
        is_read = base_file_read(&file, path, bytes, count, NULL) == RSD_OK;
        if (is_read) sha256_add(&sum, bytes, count);
        left -= count;
    }
    sha256_finish(&sum, hex);
    base_file_close(&file);
    return is_read;
}

static void print_file(const known_file *file)
{
    if (file->sha256)
        printf("    %-27s %8llu  %s\n", file->name, (unsigned long long)file->size_bytes, file->sha256);
    else
        printf("    %-27s %8s  not known to this program\n", file->name, "-");
}

static void print_model(const known_model *model)
{
    char folder[KNOWN_MODEL_PATH_BYTES];
    printf("%s: %s\n", model->name, model->what);
    if (known_model_folder(model, folder)) {
        app_print("    installed in %s", folder);
        putchar('\n');
    } else {
        printf("    not installed: residuum models get %s%s\n", model->name,
               known_model_has_sums(model) ? "" : " --from URL|DIR");
    }
    printf("    licence: %s\n    published at %s\n", model->licence, model->page);
    printf("    %-27s %8s  %s\n", "file", "bytes", "SHA-256");
    for (uint32_t i = 0; i < model->file_count; i++) print_file(&model->files[i]);
}

static int list(const app_arguments *arguments)
{
    if (app_given(arguments, APP_OPT_FROM)) return app_usage(arguments, "--from goes with get");
    for (uint32_t i = 0; known_model_at(i); i++) {
        if (i > 0u) putchar('\n');
        print_model(known_model_at(i));
    }
    return APP_OK;
}

int app_models(const app_arguments *arguments)
{
    char **words = arguments->operands;
    if (arguments->operand_count == 0u) return list(arguments);
    if (strcmp(words[0], "get") != 0)
        return app_usage(arguments, "there is no 'models %s': it is models, or models get NAME", words[0]);
    if (arguments->operand_count != 2u) return app_usage(arguments, "models get takes the name of one model");
    const known_model *model = known_model_find(words[1]);
    if (!model)
        return app_usage(arguments, "there is no model '%s': residuum models lists those that are known", words[1]);
    return models_get(arguments, model, arguments->value[APP_OPT_FROM]);
}
