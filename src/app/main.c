// SPDX-License-Identifier: MIT
#include "outputs.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

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

int main(int argc, char **argv)
{
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
