// SPDX-License-Identifier: MIT
// Two different versions of a module, and another format, in one process that has the library's symbols too.
#include "clap_host.h"
#include "lv2_host.h"

#include <criterion/criterion.h>

#include <sys/stat.h>
#include <unistd.h>

static char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    need(file && fseek(file, 0, SEEK_END) == 0, path);
    *size = (size_t)ftell(file);
    char *bytes = malloc(*size);
    rewind(file);
    need(fread(bytes, 1, *size, file) == *size, path);
    fclose(file);
    return bytes;
}

static unsigned replace(char *bytes, size_t size, const char *from, const char *to)
{
    unsigned count = 0;
    const size_t length = strlen(from);
    need(strlen(to) == length, to);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), from, length)) != NULL; count++)
        memcpy(at, to, length);
    return count;
}

/* The module as a later release might be: another version, and another preset `skeleton` in it. */
static void write_other_version(const char *path)
{
    size_t size;
    char *bytes = read_all(CLAP_FILE, &size);
    cr_assert_gt(replace(bytes, size, RSD_VERSION, "9.8.7"), 0u);
    cr_assert_gt(replace(bytes, size, "only the strongest partials", "only the strangest partials"), 0u);
    cr_assert_gt(replace(bytes, size, "\"levels\": 1,", "\"levels\": 9,"), 0u);
    FILE *file = fopen(path, "wb");
    need(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0, path);
    free(bytes);
}

static double levels_of_skeleton(test_host *h)
{
    const clap_plugin_preset_load_t *loader = h->plugin->get_extension(h->plugin, CLAP_EXT_PRESET_LOAD);
    cr_assert(loader->from_location(h->plugin, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, NULL, "skeleton"));
    return value_of(h, "Levels");
}

static void render_one(test_host *h, sound_set *s)
{
    start(h, 48000.0);
    process(h, s->in, s->out, 2u, s->count);
    stop(h);
}

Test(modules, two_versions_and_another_format_do_not_meet)
{
    char path[] = "/tmp/residuum-other-XXXXXX";
    const int fd = mkstemp(path);
    need(fd >= 0 && close(fd) == 0, path);
    write_other_version(path);
    /* Global on purpose: whatever a module exports could take the place of another's. */
    void *pinned[3] = {dlopen(CLAP_FILE, RTLD_NOW | RTLD_GLOBAL), dlopen(path, RTLD_NOW | RTLD_GLOBAL),
                       dlopen(LV2_FILE, RTLD_NOW | RTLD_GLOBAL)};
    need(pinned[0] && pinned[1] && pinned[2], "modules");
    test_host *a = open_host(), *b = open_host_of(path);
    test_lv2 *c = open_lv2(2u, 48000.0);
    cr_assert_str_eq(a->plugin->desc->version, RSD_VERSION);
    cr_assert_str_eq(b->plugin->desc->version, "9.8.7");
    cr_assert_float_eq(levels_of_skeleton(a), 1.0 / LIVE_LEVELS, 1e-6);
    cr_assert_float_eq(levels_of_skeleton(b), 9.0 / LIVE_LEVELS, 1e-6, "each has the presets of its own");
    cr_assert_float_eq(value_of(a, "Levels"), 1.0 / LIVE_LEVELS, 1e-6);

    sound_set s = make_sound(6000u, 4u);
    render_one(a, &s);
    const ref_change one[] = {{0, RSD_PARAM_LEVELS, 0, 1.0f},
                              {0, RSD_PARAM_NOISE_FILL, 0, 0.0f},
                              {0, RSD_PARAM_AUTO_GAIN, 0, 1.0f},
                              {0, RSD_PARAM_OUTPUT_GAIN_DB, 0, 1.0f}};
    const ref_job job = {48000u, 2u, NULL, NULL, one, 4u};
    ref_render(&job, s.in, s.wanted, s.count);
    cr_assert_eq(first_difference(&s, 2u), s.count);
    const ref_change nine[] = {{0, RSD_PARAM_LEVELS, 0, 9.0f},
                               {0, RSD_PARAM_NOISE_FILL, 0, 0.0f},
                               {0, RSD_PARAM_AUTO_GAIN, 0, 1.0f},
                               {0, RSD_PARAM_OUTPUT_GAIN_DB, 0, 1.0f}};
    const ref_job other = {48000u, 2u, NULL, NULL, nine, 4u};
    render_one(b, &s);
    ref_render(&other, s.in, s.wanted, s.count);
    cr_assert_eq(first_difference(&s, 2u), s.count);
    close_lv2(c);
    close_host(a);
    close_host(b);
    for (int i = 0; i < 3; i++) dlclose(pinned[i]);
    unlink(path);
    free_sound(&s);
}
