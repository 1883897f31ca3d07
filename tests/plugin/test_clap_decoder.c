// SPDX-License-Identifier: MIT
// Which codec decodes, as a CLAP host sees it: the files of the user's folder.
#include "clap_host.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE 48000u

/* Two codec files under the names that a host lists: one of the shape of `live-128`, one of another. */
static void make_folder(char *root)
{
    char path[256];
    cr_assert(mkdtemp(root));
    snprintf(path, sizeof path, "%s/residuum", root);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/residuum/codecs", root);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/residuum/codecs/mine.safetensors", root);
    cr_assert_eq(symlink(MODEL_FILE, path), 0);
    snprintf(path, sizeof path, "%s/residuum/codecs/short.safetensors", root);
    cr_assert_eq(symlink(FILE_64, path), 0);
    snprintf(path, sizeof path, "%s/residuum/codecs/notes.txt", root);
    cr_assert_eq(symlink(MODEL_FILE, path), 0);
    setenv("XDG_CONFIG_HOME", root, 1);
}

static void remove_folder(const char *root)
{
    static const char *const inside[] = {"/codecs/mine.safetensors", "/codecs/short.safetensors", "/codecs/notes.txt",
                                         "/codecs", ""};
    char path[256];
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        snprintf(path, sizeof path, "%s/residuum%s", root, inside[i]);
        cr_assert_eq(remove(path), 0, "%s", path);
    }
    cr_assert_eq(rmdir(root), 0);
}

/* Blocks until a swap is through, and the main loop between them. */
static void settle(test_host *h, sound_set *s)
{
    for (int i = 0; i < 12; i++) {
        process(h, s->in, s->out, 2u, 2400u);
        main_loop(h);
    }
}

static void expect_text(test_host *h, double value, const char *wanted)
{
    char text[64];
    cr_assert(h->params->value_to_text(h->plugin, id_of(h, "Decoder"), value, text, sizeof text));
    cr_assert_str_eq(text, wanted);
    double back = -1.0;
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Decoder"), text, &back));
    cr_assert_eq(back, value, "%s", text);
}

Test(clap_decoder, files_of_the_users_folder_are_its_values)
{
    char root[] = "/tmp/rsd-clap-XXXXXX";
    double none;
    make_folder(root);
    test_host *h = open_host();
    expect_text(h, 0.0, "none");
    expect_text(h, 1.0, "mine");
    expect_text(h, 2.0, "short");
    expect_text(h, 3.0, "another file");
    cr_assert(!h->params->text_to_value(h->plugin, id_of(h, "Decoder"), "notes", &none));
    cr_assert_eq(value_of(h, "Decoder"), 0.0);
    close_host(h);
    remove_folder(root);
}

Test(clap_decoder, what_is_chosen_decodes_comes_back_with_the_state_and_goes_with_another_codec)
{
    char root[] = "/tmp/rsd-clap-XXXXXX";
    sound_set s = make_sound(4800u, 3u);
    make_folder(root);
    test_host *h = open_host(), *other = open_host();
    start(h, RATE);
    settle(h, &s);
    add_event(h, id_of(h, "Decoder"), 0, 1.0);
    settle(h, &s);
    cr_assert_eq(value_of(h, "Decoder"), 1.0);
    memory_stream state = save_state(h, 0u);
    const char sign[] = "@" MODEL_FILE;
    cr_assert(memmem(state.bytes, state.size, sign, sizeof sign - 1u), "the state names the file");
    cr_assert(load_state(other, state.bytes, state.size, 0u));
    cr_assert_eq(value_of(other, "Decoder"), 1.0);
    add_event(h, id_of(h, "Codec"), 0, 0.0);
    settle(h, &s);
    cr_assert_eq(value_of(h, "Decoder"), 0.0, "a new codec decodes itself");
    free(state.bytes);
    stop(h);
    close_host(h);
    close_host(other);
    free_sound(&s);
    remove_folder(root);
}

Test(clap_decoder, a_codec_of_another_shape_is_refused_and_the_host_is_told)
{
    char root[] = "/tmp/rsd-clap-XXXXXX";
    sound_set s = make_sound(4800u, 3u);
    make_folder(root);
    test_host *h = open_host();
    start(h, RATE);
    add_event(h, id_of(h, "Decoder"), 0, 2.0);
    settle(h, &s);
    cr_assert_eq(value_of(h, "Decoder"), 0.0);
    bool is_told = false;
    for (uint32_t i = 0; i < h->told_count; i++)
        is_told = is_told || (h->told[i].param_id == id_of(h, "Decoder") && h->told[i].value == 0.0);
    cr_assert(is_told, "nothing took it back");
    stop(h);
    close_host(h);
    free_sound(&s);
    remove_folder(root);
}
