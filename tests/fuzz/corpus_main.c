// SPDX-License-Identifier: MIT
// A fuzz target on its committed corpus, without libFuzzer: the files and folders that are named, each once.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes lie at the end of a block of their length, so that a sanitizer sees what reads past them. */
static void run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0u ? size : 1u);
    if (!file || !data || fread(data, 1, size, file) != size) {
        fprintf(stderr, "cannot read '%s'\n", path);
        exit(2);
    }
    fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Returns how many inputs there were. */
static unsigned run_path(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        fprintf(stderr, "cannot find '%s'\n", path);
        exit(2);
    }
    if (!S_ISDIR(about.st_mode)) {
        fprintf(stderr, "%s\n", path); /* the last line names what an abort is of */
        run_file(path, (size_t)about.st_size);
        return 1;
    }
    unsigned count = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
        char inner[PATH_BYTES];
        if (entry->d_name[0] == '.') continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) < (int)sizeof inner) count += run_path(inner);
    }
    if (folder) closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0); /* as libFuzzer begins */
    for (int i = 1; i < argc; i++) count += run_path(argv[i]);
    printf("%u inputs\n", count);
    return count > 0u ? 0 : 1; /* a corpus without inputs proves nothing */
}
