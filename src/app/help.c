// SPDX-License-Identifier: MIT
// --help, --version and the man page, from the table of commands.
#include "app.h"

#include "host/osc/addresses.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 100
#define HELP_COLUMN 36

void app_print_version(void) { printf("residuum %s\n", RSD_VERSION); }

/* Prints `text` broken at spaces, the first line from `column` on, the others indented; ends the line. */
static void print_wrapped(const char *text, int column, int indent)
{
    while (*text) {
        const size_t word = strcspn(text, " \n");
        if (column > indent && column + 1 + (int)word > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)word, text);
        column += (int)word;
        text += word;
        if (*text == '\n') {
            printf("\n\n%*s", indent, "");
            column = indent;
        }
        if (*text) text++;
    }
    putchar('\n');
}

static void format_option(const app_option *option, char *text, size_t text_bytes)
{
    const char letter[5] = {'-', option->letter, ',', ' ', '\0'};
    snprintf(text, text_bytes, "%s--%s%s%s", option->letter ? letter : "    ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
}

static void print_option(const app_option *option)
{
    char head[80];
    format_option(option, head, sizeof head);
    const int length = printf("  %s", head);
    if (length + 2 > HELP_COLUMN) putchar('\n');
    printf("%*s", length + 2 > HELP_COLUMN ? HELP_COLUMN : HELP_COLUMN - length, "");
    print_wrapped(option->help, HELP_COLUMN, HELP_COLUMN);
}

static void print_program_help(void)
{
    puts("residuum: hear what each level of a residual vector quantiser does to sound\n\n"
         "Usage: residuum COMMAND [OPTIONS] ...\n\nCommands:");
    for (uint32_t i = 0; app_command_at(i); i++)
        printf("  %-10s %-16s %s\n", app_command_at(i)->name, app_command_at(i)->operands, app_command_at(i)->summary);
    puts("\n  residuum COMMAND --help says more; residuum --version shows the version.\n\n"
         "Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.");
}

static void print_examples(const app_command *command)
{
    const app_example *example;
    puts("\nExamples:");
    for (uint32_t i = 0; (example = app_example_at(i)); i++) {
        if (strcmp(example->command, command->name) != 0) continue;
        printf("  %s\n", example->line);
        if (example->meaning) printf("      %s\n", example->meaning);
    }
}

void app_print_help(const app_command *command)
{
    if (!command) {
        print_program_help();
        return;
    }
    printf("Usage: residuum %s [OPTIONS]%s%s\n\n%s\n\n", command->name, *command->operands ? " " : "",
           command->operands, command->summary);
    print_wrapped(command->description, 0, 0);
    puts("\nOptions:");
    for (size_t i = 0; command->options[i] != APP_OPT_COUNT; i++) print_option(&app_options[command->options[i]]);
    print_examples(command);
}

/* ---- the manual page: the same text in roff ---- */

/* Escapes what roff would take as its own: backslashes, hyphens that are to be copied, a dot or quote at line start. */
static void print_roff(const char *text)
{
    for (bool line_start = true; *text; text++) {
        if (line_start && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        line_start = *text == '\n';
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\n')
            fputs("\n.PP\n", stdout);
        else
            putchar(*text);
    }
}

static void print_roff_option(const app_option *option)
{
    fputs(".TP\n", stdout);
    if (option->letter) printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    print_roff(option->name);
    fputs("\\fR", stdout);
    if (option->argument) {
        fputs(" \\fI", stdout);
        print_roff(option->argument);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    print_roff(option->help);
    fputs(".\n", stdout);
}

static void print_roff_command(const app_command *command)
{
    printf(".SS \"residuum %s\"\n\\fBresiduum %s\\fR [\\fIOPTIONS\\fR]", command->name, command->name);
    if (*command->operands) printf(" \\fI%s\\fR", command->operands);
    fputs("\n.PP\n", stdout);
    printf("%c", command->summary[0] - 'a' + 'A');
    print_roff(command->summary + 1);
    fputs(".\n.PP\n", stdout);
    print_roff(command->description);
    putchar('\n');
    for (size_t i = 0; command->options[i] != APP_OPT_COUNT; i++) print_roff_option(&app_options[command->options[i]]);
}

static void print_roff_examples(void)
{
    const app_example *example;
    puts(".SH EXAMPLES");
    for (uint32_t i = 0; (example = app_example_at(i)); i++) {
        fputs(".TP\n\\fB", stdout);
        print_roff(example->line);
        fputs("\\fR\n", stdout);
        print_roff(example->meaning ? example->meaning : "");
        putchar('\n');
    }
}

static void print_roff_addresses(const host_osc_row *(*row_at)(uint32_t))
{
    const host_osc_row *row;
    for (uint32_t i = 0; (row = row_at(i)) != NULL; i++) {
        printf(".TP\n\\fB%s\\fR", row->path);
        if (*row->arguments) fputs(" \\fI", stdout);
        print_roff(row->arguments);
        fputs(*row->arguments ? "\\fR\n" : "\n", stdout);
        print_roff(row->help);
        puts(".");
    }
}

/* What no --help says; the controls' addresses are in the table of parameters. */
static void print_roff_osc(void)
{
    puts(".SH \"OPEN SOUND CONTROL\"\nAddresses of the controls are those of \\fBresiduum params\\fR, behind "
         "/residuum. What is refused is answered with /residuum/error.");
    print_roff_addresses(host_osc_request_row);
    print_roff_addresses(host_osc_sent_row);
}

void app_print_man(void)
{
    printf(".TH RESIDUUM 1 \"\" \"residuum %s\" \"User Commands\"\n", RSD_VERSION);
    puts(".SH NAME\nresiduum \\- hear what each level of a residual vector quantiser does to sound\n"
         ".SH SYNOPSIS\n\\fBresiduum\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...\n.SH COMMANDS");
    for (uint32_t i = 0; app_command_at(i); i++) print_roff_command(app_command_at(i));
    print_roff_examples();
    print_roff_osc();
    puts(".SH \"EXIT STATUS\"\n.TP\n0\ndone\n.TP\n1\nfailed; the reason is on standard error\n.TP\n2\nwrong usage\n"
         ".SH FILES\n.TP\n$XDG_CONFIG_HOME/residuum/presets, else ~/.config/residuum/presets\n"
         "Presets of one\\(aqs own, one JSON file each; they go before built\\-in ones of the same name.\n"
         ".TP\n$XDG_DATA_HOME/residuum/models, else ~/.local/share/residuum/models\n"
         "Models that \\fBresiduum models get\\fR has fetched, a folder each.\n"
         ".SH ENVIRONMENT\n.TP\nRESIDUUM_MODELS\n"
         "A folder with a folder for each model, which goes before the one above.");
}

int app_man(const app_arguments *arguments)
{
    if (app_given(arguments, APP_OPT_MARKDOWN))
        app_print_commands();
    else
        app_print_man();
    return APP_OK;
}
