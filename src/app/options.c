// SPDX-License-Identifier: MIT
// The command line as the table of commands has it, and what is said of it on stderr.
#include "app.h"

#include "base/text.h"

#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Codes of getopt_long for options without a letter; above every letter. */
#define LONG_ONLY 256

static void make_getopt_tables(const app_command *command, struct option *longs, char *shorts)
{
    size_t count = 0;
    *shorts++ = ':'; // errors are reported here, not by getopt
    for (; command->options[count] != APP_OPT_COUNT; count++) {
        const app_option *option = &app_options[command->options[count]];
        longs[count] = (struct option){option->name, option->argument ? required_argument : no_argument, NULL,
                                       LONG_ONLY + (int)command->options[count]};
        if (!option->letter) continue;
        *shorts++ = option->letter;
        if (option->argument) *shorts++ = ':';
    }
    longs[count] = (struct option){0};
    *shorts = '\0';
}

static app_option_id id_of_code(const app_command *command, int code)
{
    if (code >= LONG_ONLY) return (app_option_id)(code - LONG_ONLY);
    for (size_t i = 0; command->options[i] != APP_OPT_COUNT; i++)
        if (app_options[command->options[i]].letter == code) return command->options[i];
    return APP_OPT_COUNT;
}

/* Of an option that may be given again. */
static int take_one_more(const app_arguments *arguments, app_option_id id, const char **list, uint32_t *count,
                         uint32_t most)
{
    if (*count == most) return app_usage(arguments, "--%s is given over %u times", app_options[id].name, most);
    list[(*count)++] = optarg;
    return -1;
}

/* "-o=FILE" is meant as "-o FILE"; a name that does begin with = is given as a word of its own. */
static char *value_of(char **argv, app_option_id id)
{
    const bool is_attached = optarg && optarg != argv[optind - 1];
    const bool has_equals = is_attached && *optarg == '=' && app_options[id].letter == optarg[-1];
    return has_equals ? optarg + 1 : optarg;
}

static int take_option(app_arguments *arguments, app_option_id id, char **argv)
{
    optarg = value_of(argv, id);
    arguments->value[id] = optarg ? optarg : "";
    if (id == APP_OPT_SET) return take_one_more(arguments, id, arguments->sets, &arguments->set_count, APP_MAX_SETS);
    if (id == APP_OPT_OSC_FILES)
        return take_one_more(arguments, id, arguments->osc_files, &arguments->osc_files_count, APP_MAX_OSC_FILES);
    return -1;
}

static int check_operands(const app_arguments *arguments)
{
    const app_command *command = arguments->command;
    if (arguments->operand_count < command->min_operands)
        return app_usage(arguments, "%s wanted: residuum %s [OPTIONS] %s", command->operands, command->name,
                         command->operands);
    if (arguments->operand_count > command->max_operands)
        return app_usage(arguments, "'%s' is one argument too many", arguments->operands[command->max_operands]);
    return -1;
}

/* `word` is --NAME or --NAME=VALUE, NAME none of the options or the beginning of several. */
static int refuse_long_option(const app_arguments *arguments, const char *word)
{
    const app_option_id *options = arguments->command->options;
    const size_t length = strcspn(word + 2, "=");
    char fits[512] = "";
    unsigned count = 0;
    for (size_t i = 0; options[i] != APP_OPT_COUNT; i++) {
        const char *name = app_options[options[i]].name;
        const size_t used = strlen(fits);
        if (strncmp(name, word + 2, length) != 0) continue;
        snprintf(fits + used, sizeof fits - used, "%s--%s", count++ > 0u ? ", " : "", name);
    }
    if (count == 0u) return app_usage(arguments, "there is no option '%s'", word);
    return app_usage(arguments, "'%s' is short for several options (%s); write out the one that is meant", word, fits);
}

int app_parse(const app_command *command, int argc, char **argv, app_arguments *arguments)
{
    memset(arguments, 0, sizeof *arguments);
    arguments->command = command;
    struct option longs[APP_OPT_COUNT + 1];
    char shorts[2 * APP_OPT_COUNT + 2];
    make_getopt_tables(command, longs, shorts);
    opterr = 0;
    optind = 1;
    for (int code; (code = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        // getopt's optopt is the letter, or the long code of an option whose argument is missing or not wanted.
        if (code == ':') return app_usage(arguments, "option '%s' needs a value", argv[optind - 1]);
        if (code == '?' && optopt >= LONG_ONLY)
            return app_usage(arguments, "option '%s' takes no value", argv[optind - 1]);
        if (code == '?' && optopt) return app_usage(arguments, "there is no option '-%c'", optopt);
        if (code == '?') return refuse_long_option(arguments, argv[optind - 1]);
        const int result = take_option(arguments, id_of_code(command, code), argv);
        if (result >= 0) return result;
    }
    if (app_given(arguments, APP_OPT_HELP)) {
        app_print_help(command);
        return APP_OK;
    }
    if (app_given(arguments, APP_OPT_VERSION)) {
        app_print_version();
        return APP_OK;
    }
    arguments->operands = argv + optind;
    arguments->operand_count = (uint32_t)(argc - optind);
    return check_operands(arguments);
}

bool app_number(const app_arguments *arguments, app_option_id id, double min, double max, bool whole, double *number)
{
    const char *text = arguments->value[id];
    if (!text) return true;
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end != text && *end == '\0' && value >= min && value <= max && (!whole || value == floor(value))) {
        *number = value;
        return true;
    }
    app_usage(arguments, "--%s takes a %snumber in %.16g..%.16g, not '%s'", app_options[id].name, whole ? "whole " : "",
              min, max, text);
    return false;
}

/* ---- messages ---- */

/* Names are of any bytes: those that control a terminal are shown as \xNN. */
static void print_escaped(FILE *file, const char *format, va_list list)
{
    char *text = NULL;
    if (vasprintf(&text, format, list) < 0) return;
    char *shown = text_escape_copy(text);
    if (shown) fputs(shown, file);
    free(shown);
    free(text);
}

static void print_message(const app_arguments *arguments, const char *format, va_list list)
{
    fprintf(stderr, "residuum %s: ", arguments->command->name);
    print_escaped(stderr, format, list);
    fputc('\n', stderr);
}

void app_print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_escaped(stdout, format, list);
    va_end(list);
}

int app_fail(const app_arguments *arguments, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_message(arguments, format, list);
    va_end(list);
    return APP_FAILURE;
}

int app_usage(const app_arguments *arguments, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_message(arguments, format, list);
    va_end(list);
    fprintf(stderr, "Try 'residuum %s --help'.\n", arguments->command->name);
    return APP_USAGE;
}

void app_warn(const app_arguments *arguments, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_message(arguments, format, list);
    va_end(list);
}
