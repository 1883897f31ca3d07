// SPDX-License-Identifier: MIT
// The residuum command: finds the subcommand and runs it.
#include "outputs.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What was written must have arrived: a full disk behind `> file` is a failure too. */
static int finish(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fputs("residuum: cannot write to standard output\n", stderr);
    return code == APP_OK ? APP_FAILURE : code;
}

static int show_program_text(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        app_print_help(NULL);
        return APP_OK;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        app_print_version();
        return APP_OK;
    }
    char shown[256];
    (void)text_escape(word, shown, sizeof shown);
    fprintf(stderr, "residuum: there is no command '%s'\nTry 'residuum --help'.\n", shown);
    return APP_USAGE;
}

/*
 * A standard stream that was closed: the next file that is opened would get its number, and messages would be written
 * into a sound. What is put there can be used as little as what was closed: it cannot be read (0) or written (1, 2).
 */
static bool fill_closed_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!fill_closed_streams()) return APP_FAILURE; // nothing can be said
    if (argc < 2) {
        fputs("residuum: a command is wanted, for example: residuum live\nTry 'residuum --help'.\n", stderr);
        return APP_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2 && app_command_find(argv[2])) {
        app_print_help(app_command_find(argv[2]));
        return finish(APP_OK);
    }
    const app_command *command = app_command_find(argv[1]);
    if (!command) return finish(show_program_text(argv[1]));
    outputs_prepare_signals();
    app_arguments arguments;
    const int parsed = app_parse(command, argc - 1, argv + 1, &arguments);
    return finish(parsed >= 0 ? parsed : command->run(&arguments));
}
