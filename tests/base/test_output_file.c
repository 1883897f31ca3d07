// SPDX-License-Identifier: MIT
// Files that appear whole or not at all.
#include "base/write_file_atomic.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/rsd-output-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(output_file, .init = make_folder, .fini = remove_folder, .timeout = 600);

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static const char *get(const char *path)
{
    static char text[256];
    FILE *file = fopen(path, "r");
    if (!file) return "(none)";
    text[fread(text, 1, sizeof text - 1u, file)] = '\0';
    fclose(file);
    return text;
}

static int file_count(void)
{
    int count = 0;
    DIR *open_folder = opendir(".");
    for (const struct dirent *entry; (entry = readdir(open_folder));)
        if (entry->d_name[0] != '.') count++;
    closedir(open_folder);
    return count;
}

static void begin(base_output *file, const char *path, base_output_place place)
{
    rsd_error error = {0};
    cr_assert_eq(base_output_open(file, path, place, &error), RSD_OK, "%s", error.text);
    FILE *stream = base_output_stream(file);
    cr_assert_not_null(stream);
    fputs("new", stream);
    fflush(stream);
}

static void write_new(const char *path)
{
    base_output file;
    rsd_error error = {0};
    begin(&file, path, BASE_OUTPUT_BESIDE);
    cr_assert_eq(base_output_commit(&file, &error), RSD_OK, "%s", error.text);
}

Test(output_file, until_it_is_published_the_old_file_is_there_and_after_an_abandon_too)
{
    base_output file;
    put("a", "old");
    begin(&file, "a", BASE_OUTPUT_BESIDE);
    cr_expect_str_eq(get("a"), "old");
    base_output_abandon(&file);
    base_output_abandon(&file);
    cr_expect_str_eq(get("a"), "old");
    cr_expect_eq(file_count(), 1, "the unfinished file is gone");
    write_new("a");
    cr_expect_str_eq(get("a"), "new");
    cr_expect_eq(file_count(), 1);
}

Test(output_file, a_link_stands_for_its_target_also_where_that_is_not_there_yet)
{
    cr_assert_eq(mkdir("d", 0700), 0);
    put("d/a", "old");
    cr_assert_eq(symlink("d/a", "link"), 0);
    cr_assert_eq(symlink("link", "link2"), 0);
    cr_assert_eq(symlink("d/b", "dangling"), 0);
    cr_assert_eq(symlink("round", "round"), 0);
    write_new("link2");
    write_new("dangling");
    struct stat info;
    cr_expect(lstat("link", &info) == 0 && S_ISLNK(info.st_mode));
    cr_expect_str_eq(get("d/a"), "new");
    cr_expect_str_eq(get("d/b"), "new");
    base_output file;
    rsd_error error;
    cr_expect_eq(base_output_open(&file, "round", BASE_OUTPUT_BESIDE, &error), RSD_ERR_IO);
}

Test(output_file, permissions_are_those_of_the_old_file_or_as_the_umask_has_them)
{
    struct stat info;
    put("a", "old");
    cr_assert_eq(chmod("a", 0604), 0);
    umask(027);
    write_new("a");
    write_new("b");
    cr_expect(stat("a", &info) == 0 && (info.st_mode & 07777) == 0604, "%o", info.st_mode);
    cr_expect(stat("b", &info) == 0 && (info.st_mode & 07777) == 0640, "%o", info.st_mode);
}

Test(output_file, a_name_that_is_as_long_as_can_be_is_written)
{
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    write_new(name);
    cr_expect_str_eq(get(name), "new");
}

/* A planted link must not be followed, nor a file of that name be taken: whatever is there has another name. */
Test(output_file, two_at_a_time_do_not_get_into_each_others_way)
{
    base_output first, second;
    begin(&first, "a", BASE_OUTPUT_BESIDE);
    begin(&second, "a", BASE_OUTPUT_BESIDE);
    cr_expect_str_neq(first.temporary_path, second.temporary_path);
    cr_assert_eq(base_output_commit(&first, NULL), RSD_OK);
    base_output_abandon(&second);
    cr_expect_str_eq(get("a"), "new");
    cr_expect_eq(file_count(), 1);
}

Test(output_file, in_place_only_where_nothing_has_the_name)
{
    base_output file;
    put("a", "old");
    begin(&file, "a", BASE_OUTPUT_IN_PLACE_IF_NEW);
    cr_expect_str_eq(get("a"), "old");
    cr_assert_eq(base_output_commit(&file, NULL), RSD_OK);
    begin(&file, "b", BASE_OUTPUT_IN_PLACE_IF_NEW);
    cr_expect_str_eq(get("b"), "new");
    cr_assert_eq(base_output_commit(&file, NULL), RSD_OK);
    begin(&file, "c", BASE_OUTPUT_IN_PLACE_IF_NEW);
    base_output_abandon(&file);
    cr_expect_eq(file_count(), 2);
}

Test(output_file, a_full_disk_is_told_by_finish_and_leaves_the_old_file)
{
    const struct rlimit limit = {1000u, 1000u};
    base_output file;
    rsd_error error = {0};
    put("a", "old");
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_assert_eq(base_output_open(&file, "a", BASE_OUTPUT_BESIDE, &error), RSD_OK, "%s", error.text);
    for (int i = 0; i < 1000; i++) fputs("much", base_output_stream(&file));
    cr_expect_eq(base_output_commit(&file, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "'a'"), "%s", error.text);
    cr_expect_str_eq(get("a"), "old");
    cr_expect_eq(file_count(), 1);
}

Test(output_file, folders_and_empty_names_are_refused_and_devices_are_written_straight)
{
    base_output file;
    rsd_error error = {0};
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_expect_eq(base_output_open(&file, "d", BASE_OUTPUT_BESIDE, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "'d'"), "%s", error.text);
    cr_expect_eq(base_output_open(&file, "", BASE_OUTPUT_BESIDE, &error), RSD_ERR_ARG);
    cr_expect_eq(base_output_open(&file, "no/a", BASE_OUTPUT_BESIDE, &error), RSD_ERR_IO);
    write_new("/dev/null");
    struct stat info;
    cr_expect(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode), "/dev/null is a device still");
}

static void end(int number)
{
    (void)number;
    base_output_remove_unfinished();
    _exit(3);
}

Test(output_file, a_handler_can_remove_what_is_not_finished)
{
    put("a", "old");
    const pid_t child = fork();
    if (child == 0) {
        base_output file;
        signal(SIGTERM, end);
        begin(&file, "a", BASE_OUTPUT_BESIDE);
        raise(SIGTERM);
        _exit(4);
    }
    int how;
    waitpid(child, &how, 0);
    cr_assert(WIFEXITED(how) && WEXITSTATUS(how) == 3);
    cr_expect_str_eq(get("a"), "old");
    cr_expect_eq(file_count(), 1);
}
