// SPDX-License-Identifier: MIT
#ifndef APP_H
#define APP_H

#include <residuum/rsd_params.h>
#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the subcommands of `residuum` share: the table of commands and options, from which come parsing, --help and the
 * man page, and how they speak to people.
 */

enum { APP_OK = 0, APP_FAILURE = 1, APP_USAGE = 2 }; /* exit codes */

typedef enum {
    APP_OPT_CODEC,
    APP_OPT_LEVELS,
    APP_OPT_PRESET,
    APP_OPT_SET,
    APP_OPT_AUTOMATION,
    APP_OPT_RAW,
    APP_OPT_FORMAT,
    APP_OPT_INPUT_DEVICE,
    APP_OPT_OUTPUT_DEVICE,
    APP_OPT_HOST_API,
    APP_OPT_BACKEND,
    APP_OPT_JACK_NO_CONNECT,
    APP_OPT_JACK_LOOPBACK,
    APP_OPT_RATE,
    APP_OPT_BLOCK,
    APP_OPT_CHANNELS,
    APP_OPT_INPUT_FILE,
    APP_OPT_SIDECHAIN,
    APP_OPT_SIDECHAIN_FILE,
    APP_OPT_SIDECHAIN_DEVICE,
    APP_OPT_CV,
    APP_OPT_CV_DEVICE,
    APP_OPT_RECORD,
    APP_OPT_RECORD_AUTOMATION,
    APP_OPT_DURATION,
    APP_OPT_WAIT_DEVICE,
    APP_OPT_RUN_DURATION,
    APP_OPT_PROBE,
    APP_OPT_REPEAT,
    APP_OPT_THROUGH,
    APP_OPT_SWEEP,
    APP_OPT_INSERT,
    APP_OPT_SELF_TEST,
    APP_OPT_TRIAL_DURATION,
    APP_OPT_LOAD,
    APP_OPT_SCHEDULE,
    APP_OPT_OSC_PORT,
    APP_OPT_OSC_BIND,
    APP_OPT_OSC_FILES,
    APP_OPT_NO_OSC,
    APP_OPT_MIDI_INPUT,
    APP_OPT_MIDI_MAP,
    APP_OPT_MAP_JSON,
    APP_OPT_HTTP,
    APP_OPT_HTTP_BIND,
    APP_OPT_JSON,
    APP_OPT_CSV,
    APP_OPT_PLOT,
    APP_OPT_LEVEL_LIST,
    APP_OPT_AGAINST,
    APP_OPT_RATE_LIST,
    APP_OPT_WRITE,
    APP_OPT_SOUND_A,
    APP_OPT_SOUND_B,
    APP_OPT_TRIALS,
    APP_OPT_MID_ANCHOR,
    APP_OPT_LOOP,
    APP_OPT_RESULTS,
    APP_OPT_DRAW_SEED,
    APP_OPT_OUTPUT,
    APP_OPT_HOP,
    APP_OPT_SEED,
    APP_OPT_THREADS,
    APP_OPT_NAME,
    APP_OPT_FROM,
    APP_OPT_PATTERN,
    APP_OPT_ROW_LEVELS,
    APP_OPT_MISALIGNED,
    APP_OPT_FORCE_CODEC,
    APP_OPT_MEASURE,
    APP_OPT_HELD_OUT,
    APP_OPT_ENTROPY,
    APP_OPT_TRUNCATE,
    APP_OPT_TAP,
    APP_OPT_LAYOUT,
    APP_OPT_PROFILE,
    APP_OPT_PROFILE_STAGES,
    APP_OPT_MARKDOWN_TABLE,
    APP_OPT_SCHEMA,
    APP_OPT_MARKDOWN,
    APP_OPT_VERBOSE,
    APP_OPT_QUIET,
    APP_OPT_HELP,
    APP_OPT_VERSION,
    APP_OPT_COUNT
} app_option_id;

typedef struct {
    const char *name;     /* without the dashes */
    char letter;          /* 0: none */
    const char *argument; /* as shown in help; NULL: a switch */
    const char *help;
} app_option;

#define APP_MAX_SETS 256u
#define APP_MAX_OSC_FILES 16u

typedef struct app_command app_command;

/* A command line, taken apart. Texts are those of argv. */
typedef struct {
    const app_command *command;
    const char *value[APP_OPT_COUNT]; /* NULL: not given; "" for a switch that was; the last one wins */
    const char *sets[APP_MAX_SETS];   /* every --set, in order */
    const char *set_origin;           /* what errors call them; NULL: --set */
    uint32_t set_count;
    const char *osc_files[APP_MAX_OSC_FILES]; /* every --osc-files */
    uint32_t osc_files_count;
    char **operands;
    uint32_t operand_count;
} app_arguments;

struct app_command {
    const char *name, *operands, *summary;
    const char *description; /* paragraphs, divided by \n */
    uint32_t min_operands, max_operands;
    const app_option_id *options; /* ends with APP_OPT_COUNT */
    int (*run)(const app_arguments *arguments);
};

extern const app_option app_options[APP_OPT_COUNT];
const app_command *app_command_at(uint32_t index); /* NULL past the end */
const app_command *app_command_find(const char *name);

/* A command line that can be copied, and what it does; NULL: nothing to say. */
typedef struct {
    const char *command, *line, *meaning;
} app_example;

const app_example *app_example_at(uint32_t index); /* NULL past the end; those of one command are together */

/*
 * Parses what stands after the command's name. Returns -1 to go on, else the exit code (help and version were shown, or
 * a usage error was reported).
 */
int app_parse(const app_command *command, int argc, char **argv, app_arguments *arguments);

/* Text from the table. */
void app_print_help(const app_command *command); /* NULL: the whole program */
void app_print_version(void);
void app_print_man(void);      /* roff */
void app_print_commands(void); /* Markdown, as the next */
/* --layout: for a controller, to standard output. */
int app_print_layout(const app_arguments *arguments);
/* parameters, osc or midi; another name is a usage error. */
int app_print_param_table(const app_arguments *arguments, const char *table);
/* The JSON schema of presets. */
int app_print_schema(void);
/* "level_gain[N]"; "0..2", "0..64 levels" or the names that there are, and the default, empty where there is none. */
void app_format_param_symbol(const rsd_param_info *info, char *symbol, size_t symbol_bytes);
void app_format_param_range(const rsd_param_info *info, char *range, size_t range_bytes, char *usual,
                            size_t usual_bytes);

/* "residuum COMMAND: TEXT" on stderr; returns APP_FAILURE, and APP_USAGE with a pointer to --help. */
int app_fail(const app_arguments *arguments, const char *format, ...) __attribute__((format(printf, 2, 3)));
int app_usage(const app_arguments *arguments, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line that does not end the program, in the same shape. */
void app_warn(const app_arguments *arguments, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* To standard output, without a newline of its own: for texts with names, which must not control a terminal. */
void app_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline bool app_given(const app_arguments *arguments, app_option_id id) { return arguments->value[id] != NULL; }

/*
 * The option's number within [min, max] into `number`, which keeps its value where the option was not given.
 * False: reported as a usage error. `whole`: no fraction.
 */
bool app_number(const app_arguments *arguments, app_option_id id, double min, double max, bool whole, double *number);

int app_live(const app_arguments *arguments);
int app_latency(const app_arguments *arguments);
int app_stress(const app_arguments *arguments);
int app_profile(const app_arguments *arguments);
int app_process(const app_arguments *arguments);
int app_encode(const app_arguments *arguments);
int app_decode(const app_arguments *arguments);
int app_analyze(const app_arguments *arguments);
int app_compare(const app_arguments *arguments);
int app_abx(const app_arguments *arguments);
int app_rate(const app_arguments *arguments);
int app_train(const app_arguments *arguments);
int app_devices(const app_arguments *arguments);
int app_codecs(const app_arguments *arguments);
int app_models(const app_arguments *arguments);
int app_tokens(const app_arguments *arguments);
int app_patterns(const app_arguments *arguments);
int app_presets(const app_arguments *arguments);
int app_params(const app_arguments *arguments);
int app_midi(const app_arguments *arguments);
/* The folder of the user's own presets; false where there is none. */
bool app_preset_folder(char path[4096]);
/* The user's presets as a bundle for LV2 hosts, in `folder` or (NULL) ~/.lv2/residuum-presets.lv2. An exit code. [control] */
int app_write_lv2_presets(const app_arguments *arguments, const char *folder);
void app_update_lv2_presets(void); /* the one in ~/.lv2 anew, where there is one. [control] */
int app_man(const app_arguments *arguments);

#endif
