// SPDX-License-Identifier: MIT
// What a name means that comes over OSC, with real files.
#include "osc_support.h"

#include <stdarg.h>
#include <sys/stat.h>

static char folder[64];  /* open to OSC */
static char outside[64]; /* not */

static void in_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void in_shell(const char *format, ...)
{
    char command[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(command, sizeof command, format, list);
    va_end(list);
    cr_assert_eq(system(command), 0, "%s", command);
}

static void make_folders(void)
{
    snprintf(folder, sizeof folder, "/tmp/rsd-osc-XXXXXX");
    snprintf(outside, sizeof outside, "/tmp/rsd-out-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_not_null(mkdtemp(outside));
    in_shell("mkdir -p %s/config/residuum/presets", outside);
    char config[96];
    snprintf(config, sizeof config, "%s/config", outside);
    setenv("XDG_CONFIG_HOME", config, 1);
}

static void remove_folders(void) { in_shell("rm -rf %s %s", folder, outside); }

TestSuite(osc_names, .init = make_folders, .fini = remove_folders, .timeout = 600);

static void write_preset(const char *path, const char *codec, const char *mix)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file, "%s", path);
    fprintf(file, "{\"name\":\"mine\",\"description\":\"d\",%s\"parameters\":{\"mix\":%s}}", codec, mix);
    fclose(file);
}

static const char *in(const char *where, const char *name)
{
    static char paths[4][160];
    static int next;
    char *path = paths[next = (next + 1) % 4];
    snprintf(path, sizeof paths[0], "%s/%s", where, name);
    return path;
}

static void ask_for(osc_rig *rig, const char *what, const char *name)
{
    char address[32];
    snprintf(address, sizeof address, "/residuum/%s", what);
    OSC_SEND(rig, address, "s", name);
    osc_settle(rig);
}

/* The answer is these words and no others, and nothing has changed. */
static void refused(osc_rig *rig, const char *what, const char *name)
{
    char address[32], words[32];
    const uint32_t before = osc_count(rig, "/residuum/error");
    snprintf(address, sizeof address, "/residuum/%s", what);
    snprintf(words, sizeof words, "not a %s", what);
    ask_for(rig, what, name);
    cr_assert_eq(osc_count(rig, "/residuum/error"), before + 1u, "%s %s", what, name);
    cr_assert_str_eq(osc_last(rig, "/residuum/error")->text[0], address);
    cr_assert_str_eq(osc_last(rig, "/residuum/error")->text[1], words, "%s", name);
    cr_assert_str_eq(host_control_codec(rig->control), "live");
    cr_assert_str_eq(host_control_preset(rig->control), "");
}

static void accepted(osc_rig *rig, const char *what, const char *name)
{
    const uint32_t before = osc_count(rig, "/residuum/error");
    ask_for(rig, what, name);
    cr_assert_eq(osc_count(rig, "/residuum/error"), before, "%s %s: %s", what, name, rig->log);
}

/* Each of these is, and is not, there; all get the same answer. */
Test(osc_names, no_path_is_opened_and_no_answer_tells_what_lies_there)
{
    static const char *const names[] = {"/dev/ptmx",
                                        "/dev/tty",
                                        "/dev/zero",
                                        "/dev/ptmx.safetensors",
                                        "/etc/passwd",
                                        "/etc/no-such-file",
                                        "/etc",
                                        "/",
                                        "",
                                        ".",
                                        "..",
                                        "../..",
                                        "~/x.json",
                                        "no-such-name",
                                        "x.json",
                                        "/proc/self/environ",
                                        "/dev/stdin",
                                        "/dev/fd/0"};
    osc_rig *rig = osc_open(0, false);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        refused(rig, "preset", names[i]);
        refused(rig, "codec", names[i]);
    }
    write_preset(in(outside, "valid.json"), "", "0.5");
    in_shell("cp %s %s/valid.safetensors; mkfifo %s/fifo %s/fifo.json %s/fifo.safetensors", MODEL_FILE, outside,
             outside, outside, outside);
    refused(rig, "preset", in(outside, "valid.json"));
    refused(rig, "codec", in(outside, "valid.safetensors"));
    refused(rig, "preset", in(outside, "fifo"));
    refused(rig, "preset", in(outside, "fifo.json"));
    refused(rig, "codec", in(outside, "fifo.safetensors"));
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 1.0f);
    osc_close(rig);
}

Test(osc_names, a_preset_of_the_working_folder_is_not_a_preset)
{
    osc_rig *rig = osc_open(0, false);
    write_preset(in(outside, "here.json"), "", "0.5");
    cr_assert_eq(chdir(outside), 0);
    refused(rig, "preset", "here.json");
    refused(rig, "preset", "./here.json");
    osc_close(rig);
}

Test(osc_names, a_preset_of_the_users_folder_is_loaded_by_its_name_alone)
{
    osc_rig *rig = osc_open(0, false);
    write_preset(in(outside, "config/residuum/presets/own.json"), "", "0.25");
    in_shell("mkfifo %s/config/residuum/presets/trap.json", outside);
    refused(rig, "preset", in(outside, "config/residuum/presets/own.json"));
    refused(rig, "preset", "../presets/own");
    refused(rig, "preset", "trap");
    accepted(rig, "preset", "own");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.25f);
    osc_close(rig);
}

Test(osc_names, what_lies_below_a_named_folder_is_loaded_by_its_path_from_there)
{
    osc_rig *rig = osc_open_with(0, false, folder);
    in_shell("mkdir -p %s/sub; cp %s %s/sub/mine.safetensors", folder, MODEL_FILE, folder);
    write_preset(in(folder, "sub/p.json"), "\"codec\":\"sub/mine.safetensors\",", "0.75");
    accepted(rig, "codec", "sub/mine.safetensors");
    cr_assert_str_eq(host_control_codec(rig->control), in(folder, "sub/mine.safetensors"));
    accepted(rig, "codec", "live");
    accepted(rig, "codec", in(folder, "sub/mine.safetensors"));
    accepted(rig, "preset", "sub/p.json");
    float mix = 0.0f;
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_MIX, 0, &mix), RSD_OK);
    cr_assert_eq(mix, 0.75f, "no sound runs that the codec could be swapped in: the preset waits with it");
    accepted(rig, "preset", in(folder, "sub/p.json"));
    accepted(rig, "codec", "live-64");
    osc_close(rig);
}

Test(osc_names, a_decoder_of_the_codecs_shape_is_taken_by_the_same_rule)
{
    osc_rig *rig = osc_open_with(0, false, folder);
    char wanted[200];
    in_shell("cp %s %s/other.safetensors", MODEL_FILE, folder);
    snprintf(wanted, sizeof wanted, "live-64@%s", in(folder, "other.safetensors"));
    accepted(rig, "codec", "live-64");
    accepted(rig, "decode_codec", "other.safetensors");
    cr_assert_str_eq(host_control_codec(rig->control), wanted);
    OSC_SEND(rig, "/residuum/get", "s", "decode_codec");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "other.safetensors");
    OSC_SEND(rig, "/residuum/get", "s", "codec");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "live-64@other.safetensors", "no folder is told");
    ask_for(rig, "decode_codec", "live-256"); /* of another shape */
    ask_for(rig, "decode_codec", "/etc/passwd");
    cr_assert_eq(osc_count(rig, "/residuum/error"), 2u);
    cr_assert_str_eq(host_control_codec(rig->control), wanted, "what is refused changes nothing");
    accepted(rig, "decode_codec", "none");
    cr_assert_str_eq(host_control_codec(rig->control), "live-64");
    osc_close(rig);
}

Test(osc_names, an_encodec_folder_below_a_named_folder_is_loaded_with_either_weights)
{
    osc_rig *rig = osc_open_with(0, false, folder);
    in_shell("cp -r %s %s/tiny", ENCODEC_FOLDER, folder);
    accepted(rig, "codec", "tiny:int16");
    accepted(rig, "codec", "tiny");
    cr_assert_str_eq(host_control_codec(rig->control), in(folder, "tiny"));
    OSC_SEND(rig, "/residuum/get", "s", "codec");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "tiny", "a path was told");
    OSC_SEND(rig, "/residuum/list", "");
    for (uint32_t i = 0; i < rig->reply_count; i++)
        cr_assert_null(strchr(rig->replies[i].text[1], '/'), "a path was told: %s", rig->replies[i].text[1]);
    osc_close(rig);
}

Test(osc_names, nothing_leads_out_of_a_named_folder)
{
    osc_rig *rig = osc_open_with(0, false, folder);
    in_shell("cp %s %s/valid.safetensors; cp -r %s %s/tiny", MODEL_FILE, outside, ENCODEC_FOLDER, outside);
    write_preset(in(outside, "valid.json"), "", "0.5");
    in_shell("ln -s %s/valid.safetensors %s/link.safetensors; ln -s %s %s/out", outside, folder, outside, folder);
    in_shell("ln -s %s/valid.json %s/link.json; ln -s %s/tiny %s/tiny", outside, folder, outside, folder);
    in_shell("mkdir %s/half; ln -s %s/tiny/model.safetensors %s/half/; cp %s/tiny/config.json %s/half/", folder,
             outside, folder, outside, folder);
    in_shell("mkfifo %s/fifo.safetensors %s/fifo.json; ln -s /dev/ptmx %s/ptmx.json; mkdir %s-evil; cp %s "
             "%s-evil/x.safetensors",
             folder, folder, folder, folder, MODEL_FILE, folder);
    char up[160];
    snprintf(up, sizeof up, "../%s/valid.safetensors", outside + 5);
    refused(rig, "codec", up);
    snprintf(up, sizeof up, "%s/../%s/valid.safetensors", folder, outside + 5);
    refused(rig, "codec", up);
    snprintf(up, sizeof up, "%s-evil/x.safetensors", folder);
    refused(rig, "codec", up);
    static const char *const codecs[] = {"link.safetensors",
                                         "out/valid.safetensors",
                                         "tiny",
                                         "tiny:int16",
                                         "out/tiny",
                                         "half",
                                         "fifo.safetensors",
                                         "/half",
                                         "sub/../half"};
    static const char *const presets[] = {"link.json", "out/valid.json", "fifo.json", "ptmx.json", "half", "."};
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) refused(rig, "codec", codecs[i]);
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) refused(rig, "preset", presets[i]);
    in_shell("rm -rf %s-evil", folder);
    osc_close(rig);
}

/* The file is open to OSC; what it names in turn is held to the same rule. */
Test(osc_names, a_preset_below_a_named_folder_names_no_codec_outside)
{
    char codec[160];
    osc_rig *rig = osc_open_with(0, false, folder);
    in_shell("cp %s %s/valid.safetensors", MODEL_FILE, outside);
    snprintf(codec, sizeof codec, "\"codec\":\"%s/valid.safetensors\",", outside);
    write_preset(in(folder, "p.json"), codec, "0.5");
    refused(rig, "preset", "p.json");
    write_preset(in(folder, "q.json"), "\"codec\":\"/dev/ptmx\",", "0.5");
    refused(rig, "preset", "q.json");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 1.0f);
    osc_close(rig);
}

Test(osc_names, a_sparse_file_of_gigabytes_is_refused_unread)
{
    osc_rig *rig = osc_open_with(0, false, folder);
    in_shell("truncate -s 3G %s/big.safetensors; truncate -s 3G %s/big.json", folder, folder);
    in_shell("cp -r %s %s/tiny; rm -f %s/tiny/model.safetensors; truncate -s 3G %s/tiny/model.safetensors",
             ENCODEC_FOLDER, folder, folder, folder);
    refused(rig, "codec", "big.safetensors");
    refused(rig, "preset", "big.json");
    refused(rig, "codec", "tiny");
    osc_close(rig);
}

Test(osc_names, the_reason_is_for_the_local_log_in_printable_words)
{
    osc_rig *rig = osc_open(0, false);
    refused(rig, "codec", "a\033[31m\nb");
    cr_assert_eq(rig->log_count, 1u);
    cr_assert_not_null(strstr(rig->log, "'a?[31m?b'"), "%s", rig->log);
    for (int i = 0; i < 50; i++) refused(rig, "codec", "no-such-codec");
    cr_assert_lt(rig->log_count, 50u, "a flood fills the log");
    osc_close(rig);
}

Test(osc_names, a_folder_that_is_none_is_refused_when_the_program_starts)
{
    host_loader *loader = NULL;
    rsd_error error;
    const char *const none[] = {in(folder, "none")}, *const file[] = {MODEL_FILE};
    cr_assert_eq(host_loader_create(none, 1, &loader, &error), RSD_ERR_IO);
    cr_assert_not_null(strstr(error.text, none[0]), "%s", error.text);
    cr_assert_eq(host_loader_create(file, 1, &loader, &error), RSD_ERR_IO);
    cr_assert_not_null(strstr(error.text, file[0]), "%s", error.text);
}
