// SPDX-License-Identifier: MIT
// Sets an engine by a preset and shows its parameters: preset NAME [SYMBOL...]
#include <residuum/rsd_preset.h>

#include <stdio.h>

static void show(const rsd_engine *engine, const rsd_param_info *info, uint32_t level)
{
    float value;
    if (rsd_engine_get(engine, info->id, level, &value) != RSD_OK) return; /* a text: codec, preset */
    const char *word = rsd_param_value_name(info, (uint32_t)value);
    printf("%s", info->symbol);
    if (rsd_param_is_per_level(info)) printf("[%u]", level + 1);
    if (word)
        printf(" %s\n", word);
    else
        printf(" %g %s\n", (double)value, rsd_param_unit_text(info->unit));
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: preset NAME [SYMBOL...]\n"), 2;
    rsd_error error;
    rsd_preset preset;
    rsd_model *model;
    rsd_engine *engine;
    rsd_engine_config config = {0};
    config.sample_rate_hz = 48000;
    config.channel_count = 1;
    if (rsd_preset_open(argv[1], &preset, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    const char *codec = preset.codec[0] ? preset.codec : "live";
    if (rsd_model_open(codec, &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    if (rsd_engine_create(&config, model, &engine, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    rsd_model_release(model);
    if (rsd_preset_apply(&preset, engine) != RSD_OK) return 1;

    const rsd_param_info *info;
    uint32_t level;
    for (int i = 2; i < argc; i++) {
        if (rsd_param_parse_symbol(argv[i], &info, &level) != RSD_OK) return fprintf(stderr, "no '%s'\n", argv[i]), 2;
        show(engine, info, level);
    }
    if (argc == 2)
        for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) show(engine, info, 0);
    rsd_engine_destroy(engine);
    return 0;
}
