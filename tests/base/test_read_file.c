// SPDX-License-Identifier: MIT
// Whole files into memory, and what is no file.
#include "base/read_file.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/rsd-read-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(read_file, .init = make_folder, .fini = remove_folder, .timeout = 600);

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_text(const char *name, const char *text)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void refused(const char *path, rsd_status wanted, const char *words)
{
    void *data = NULL;
    size_t size_bytes = 0;
    rsd_error error = {RSD_OK, ""};
    cr_assert_eq(base_read_file(path, 100, &data, &size_bytes, &error), wanted, "%s: %s", path, error.text);
    cr_assert(strstr(error.text, path) && strstr(error.text, words), "'%s' lacks '%s'", error.text, words);
    cr_assert_null(data);
}

Test(read_file, a_regular_file_up_to_its_limit_is_read_whole)
{
    void *data = NULL;
    size_t size_bytes = 0;
    rsd_error error;
    const char *path = write_text("a", "twelve bytes");
    cr_assert_eq(base_read_file(path, 12, &data, &size_bytes, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(size_bytes, 12u);
    cr_assert_str_eq((const char *)data, "twelve bytes");
    free(data);
    cr_assert_eq(base_read_file(write_text("b", ""), 12, &data, &size_bytes, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(size_bytes, 0u);
    free(data);
}

Test(read_file, what_is_no_file_is_named_and_nothing_waits_for_it)
{
    cr_assert_eq(mkfifo(in_folder("fifo"), 0600), 0);
    refused(in_folder("fifo"), RSD_ERR_IO, "a FIFO, not a file");
    refused("/dev/ptmx", RSD_ERR_IO, "a device, not a file");
    refused("/dev/zero", RSD_ERR_IO, "a device, not a file");
    refused(folder, RSD_ERR_IO, "a folder, not a file");
    refused(in_folder("none"), RSD_ERR_IO, "No such file");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%.50s/socket", folder);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    refused(in_folder("socket"), RSD_ERR_IO, "a socket, not a file");
    close(fd);
}

Test(read_file, a_link_is_what_it_leads_to)
{
    char target[128];
    void *data = NULL;
    size_t size_bytes = 0;
    snprintf(target, sizeof target, "%s", write_text("target", "x"));
    cr_assert_eq(symlink(target, in_folder("link")), 0);
    cr_assert_eq(base_read_file(in_folder("link"), 10, &data, &size_bytes, NULL), RSD_OK);
    free(data);
    data = NULL;
    cr_assert_eq(symlink("/dev/ptmx", in_folder("trap")), 0);
    refused(in_folder("trap"), RSD_ERR_IO, "a device");
}

Test(read_file, a_file_over_its_limit_is_refused_unread)
{
    const char *path = write_text("sparse", "");
    cr_assert_eq(truncate(path, (off_t)3 << 30), 0);
    refused(path, RSD_ERR_FORMAT, "3221225472 bytes");
}

Test(read_file, a_file_that_gets_shorter_while_it_is_read_says_so)
{
    char bytes[16];
    base_file file;
    rsd_error error;
    const char *path = write_text("a", "twelve bytes");
    cr_assert_eq(base_file_open(path, 100, &file, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(truncate(path, 5), 0);
    cr_assert_eq(base_file_read(&file, path, bytes, 12, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "shorter"), "%s", error.text);
    base_file_close(&file);
}

Test(read_file, a_pipe_is_read_only_as_a_descriptor_that_was_given)
{
    int ends[2];
    char path[64];
    void *data = NULL;
    size_t size_bytes = 0;
    rsd_error error;
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], "0 levels 3\n", 11), 11);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    refused(path, RSD_ERR_IO, "a FIFO, not a file");
    cr_assert_eq(base_read_file_or_pipe(path, 100, &data, &size_bytes, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(size_bytes, 11u);
    cr_assert_str_eq((const char *)data, "0 levels 3\n");
    free(data);
    cr_assert_eq(mkfifo(in_folder("fifo"), 0600), 0);
    cr_assert_eq(base_read_file_or_pipe(in_folder("fifo"), 100, &data, &size_bytes, &error), RSD_ERR_IO);
}

Test(read_file, sound_may_come_from_a_fifo_and_not_from_a_device)
{
    rsd_error error;
    cr_assert_eq(mkfifo(in_folder("fifo"), 0600), 0);
    cr_assert_eq(base_check_readable(in_folder("fifo"), &error), RSD_OK);
    cr_assert_eq(base_check_readable("/dev/stdin", &error), RSD_OK);
    cr_assert_eq(base_check_readable(in_folder("none"), &error), RSD_OK);
    cr_assert_eq(base_check_readable("/dev/ptmx", &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "'/dev/ptmx' is a device"), "%s", error.text);
    cr_assert_eq(base_check_readable(folder, &error), RSD_ERR_IO);
}

Test(read_file, a_pipe_longer_than_the_limit_is_refused)
{
    int ends[2];
    char path[64], bytes[200] = {0};
    void *data = NULL;
    size_t size_bytes = 0;
    rsd_error error;
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes, sizeof bytes), (ssize_t)sizeof bytes);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    cr_assert_eq(base_read_file_or_pipe(path, 100, &data, &size_bytes, &error), RSD_ERR_FORMAT);
    cr_assert_null(data);
}
