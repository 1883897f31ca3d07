// SPDX-License-Identifier: MIT
// The reference pages of docs/, from the tables that the program itself works by.
#include "app.h"

#include "host/midi/map.h"
#include "host/osc/addresses.h"

#include <residuum/rsd_params.h>

#include <stdio.h>
#include <string.h>

static void print_title(const char *title, const char *command)
{
    printf("# %s\n\nMade by `%s`; a test holds the page against it.\n", title, command);
}

static void print_escaped(const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text)) putchar('\\');
        putchar(*text);
    }
}

/* A cell of a table. */
static void print_cell(const char *text)
{
    fputs("| ", stdout);
    print_escaped(text, "|[]*_<>\\");
    if (*text) putchar(' ');
}

static void print_code_cell(const char *text)
{
    fputs(*text ? "| `" : "| ", stdout);
    print_escaped(text, "|"); /* it ends a cell in code, too */
    if (*text) fputs("` ", stdout);
}

/* ---- parameters ---- */

static void format_smoothing(const rsd_param_info *info, char *text, size_t text_bytes)
{
    if (info->unit == RSD_UNIT_TEXT)
        snprintf(text, text_bytes, "cross-fade");
    else if (rsd_param_is_of_session(info))
        snprintf(text, text_bytes, "at once");
    else if (info->id == RSD_PARAM_MONITOR)
        snprintf(text, text_bytes, "transition_ms");
    else if (info->smooth_ms > 0.0f)
        snprintf(text, text_bytes, "%g ms", (double)info->smooth_ms);
    else
        snprintf(text, text_bytes, "at a frame");
}

static void print_parameters(void)
{
    const rsd_param_info *info;
    print_title("Parameters", "residuum params --markdown parameters");
    puts("\nThe symbol is the name in `--set`, presets, automation files and plugin states; `[N]` stands for a level, "
         "from 1. A codec takes no more than it has: the end of a range always means all there is. The column "
         "*changes* says how a new value comes into force.\n");
    puts("| symbol | name | range | default | changes | meaning |\n|---|---|---|---|---|---|");
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        char symbol[48], range[96], usual[16], smoothing[24];
        app_format_param_symbol(info, symbol, sizeof symbol);
        app_format_param_range(info, range, sizeof range, usual, sizeof usual);
        format_smoothing(info, smoothing, sizeof smoothing);
        print_code_cell(symbol);
        print_cell(info->name);
        print_cell(range);
        print_cell(usual);
        print_cell(smoothing);
        print_cell(info->help);
        puts("|");
    }
}

/* ---- OSC ---- */

static const char *types_of(const rsd_param_info *info)
{
    if (info->unit == RSD_UNIT_TEXT) return "s";
    if (rsd_param_value_names(info)) return "s, f or i";
    return info->unit == RSD_UNIT_SWITCH ? "i, f, T or F" : "f or i";
}

static void print_osc_parameters(void)
{
    const rsd_param_info *info;
    puts("\n## Controls\n\n`N` stands for a level, from 1. Every number has a second address, `/residuum/norm/SYMBOL` "
         "or "
         "`/residuum/norm/SYMBOL/N`, which takes 0 to 1 over the range of the codec in use. Its symbol is the one of "
         "[reference-parameters.md](reference-parameters.md).\n\n"
         "| address | types | range | meaning |\n|---|---|---|---|");
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        char address[64], range[96], usual[16];
        snprintf(address, sizeof address, OSC_PREFIX "%s", info->osc);
        app_format_param_range(info, range, sizeof range, usual, sizeof usual);
        print_code_cell(address);
        print_cell(types_of(info));
        print_cell(range);
        print_cell(info->help);
        puts("|");
    }
}

static void print_osc_rows(const char *section, const host_osc_row *(*row_at)(uint32_t))
{
    const host_osc_row *row;
    printf("\n## %s\n\n| address | types | arguments | meaning |\n|---|---|---|---|\n", section);
    for (uint32_t i = 0; (row = row_at(i)) != NULL; i++) {
        print_code_cell(row->path);
        print_code_cell(row->types);
        print_cell(row->arguments);
        print_cell(row->help);
        puts("|");
    }
}

static void print_osc(void)
{
    print_title("OSC addresses", "residuum params --markdown osc");
    puts("\nHow to use them is said in [osc.md](osc.md). Types are those of an OSC type tag; what stands in brackets "
         "may be left out.");
    print_osc_parameters();
    print_osc_rows("Questions", host_osc_request_row);
    print_osc_rows("Answers and telemetry", host_osc_sent_row);
}

/* ---- MIDI ---- */

static void print_numbers(const midi_binding_text *row)
{
    char numbers[32];
    const char *kind = row->source == MIDI_FROM_NOTE ? "note" : "controller";
    if (row->first == row->last)
        snprintf(numbers, sizeof numbers, "%s %u", kind, row->first);
    else
        snprintf(numbers, sizeof numbers, "%ss %u to %u", kind, row->first, row->last);
    print_cell(numbers);
    print_cell(row->name);
}

static void print_midi_row(const midi_binding_text *row)
{
    char levels[64] = "", held[48] = "at its end while the note is held";
    if (row->has_value) snprintf(held, sizeof held, "%g while the note is held", (double)row->value);
    if (row->target == MIDI_TO_PARAMETER && !rsd_param_by_symbol(row->symbol)) return;
    if (row->is_banked)
        snprintf(levels, sizeof levels, "1 to %u, and %u more with each bank", MIDI_BANK_LEVELS, MIDI_BANK_LEVELS);
    print_numbers(row);
    print_code_cell(row->target == MIDI_TO_PARAMETER ? row->symbol : midi_target_name(row->target));
    print_cell(row->source == MIDI_FROM_NOTE        ? held
               : row->target != MIDI_TO_PARAMETER   ? "at 64 and more"
               : row->curve == MIDI_CURVE_VOLUME    ? "100 is 0 dB, 127 +6 dB"
               : strcmp(row->symbol, "levels") == 0 ? "0 to 127: none to all levels of the codec in use"
                                                    : "0 to 127: its range; 64 the middle");
    print_cell(levels);
    puts("|");
}

static void print_midi(void)
{
    const midi_binding_text *row;
    print_title("MIDI map", "residuum params --markdown midi");
    puts("\nWhat `residuum live` and the plugins take, on every channel, where the user has no map of his own: see "
         "[control.md](control.md). Program changes load presets. A MIDI clock gives the tempo.\n\n"
         "| message | of MIDI 1.0 | steers | how | levels |\n|---|---|---|---|---|");
    for (uint32_t i = 0; (row = midi_default_row(i)) != NULL; i++) print_midi_row(row);
}

int app_print_param_table(const app_arguments *arguments, const char *table)
{
    if (strcmp(table, "parameters") == 0)
        print_parameters();
    else if (strcmp(table, "osc") == 0)
        print_osc();
    else if (strcmp(table, "midi") == 0)
        print_midi();
    else
        return app_usage(arguments, "--markdown takes parameters, osc or midi, not '%s'", table);
    return APP_OK;
}

/* ---- commands ---- */

static void print_command_options(const app_command *command)
{
    puts("| option | meaning |\n|---|---|");
    for (size_t i = 0; command->options[i] != APP_OPT_COUNT; i++) {
        const app_option *option = &app_options[command->options[i]];
        if (option->letter)
            printf("| `-%c`, `--%s", option->letter, option->name);
        else
            printf("| `--%s", option->name);
        if (option->argument) putchar(' ');
        print_escaped(option->argument ? option->argument : "", "|");
        fputs("` ", stdout);
        print_cell(option->help);
        puts("|");
    }
}

static void print_command_examples(const app_command *command)
{
    const app_example *example;
    puts("\n```sh");
    for (uint32_t i = 0; (example = app_example_at(i)) != NULL; i++)
        if (strcmp(example->command, command->name) == 0)
            printf("%s%s%s\n", example->line, example->meaning ? "  # " : "", example->meaning ? example->meaning : "");
    puts("```");
}

static void print_paragraphs(const char *text)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        char paragraph[2048];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)(end - text), text);
        print_escaped(paragraph, "[]*_<>");
        puts("\n");
    }
    print_escaped(text, "[]*_<>");
    puts("\n");
}

void app_print_commands(void)
{
    const app_command *command;
    print_title("Commands", "residuum man --markdown");
    puts("\n| command | does |\n|---|---|");
    for (uint32_t i = 0; (command = app_command_at(i)) != NULL; i++)
        printf("| [`%s`](#%s) | %s |\n", command->name, command->name, command->summary);
    puts("\nExit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.");
    for (uint32_t i = 0; (command = app_command_at(i)) != NULL; i++) {
        printf("\n## %s\n\n`residuum %s [OPTIONS]%s%s`\n\n", command->name, command->name,
               *command->operands ? " " : "", command->operands);
        print_paragraphs(command->description);
        print_command_options(command);
        print_command_examples(command);
    }
}
