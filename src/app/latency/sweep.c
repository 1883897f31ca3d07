// SPDX-License-Identifier: MIT
// `residuum latency --sweep`: every combination of blocks, rates, codecs and schedules, and one table of them.
#include "app/latency/lab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 32u /* of one list */
#define MAX_TEXT 1024u

enum { BLOCKS, RATES, CODECS, SCHEDULES, LIST_COUNT };
static const char *const list_names[LIST_COUNT] = {"blocks", "rates", "codecs", "schedules"};

typedef struct {
    uint32_t count[LIST_COUNT];
    const char *values[LIST_COUNT][MAX_VALUES];
} lists;

/* Copies of the option live as long as the program: what is parsed points into them. */
static char kept_text[MAX_TEXT];

static int find_list(const char *word, size_t length)
{
    for (int i = 0; i < LIST_COUNT; i++)
        if (strlen(list_names[i]) == length && memcmp(list_names[i], word, length) == 0) return i;
    return -1;
}

static bool is_number(const char *word, double min, double max)
{
    char *end;
    const double value = strtod(word, &end);
    return end != word && *end == '\0' && value >= min && value <= max && value == floor(value);
}

static int check_value(const app_arguments *arguments, int list, const char *value)
{
    if (list == BLOCKS && !is_number(value, 1, HOST_DEVICE_MAX_BLOCK))
        return app_usage(arguments, "--sweep: a block has 1 to %u samples, not '%s'", HOST_DEVICE_MAX_BLOCK, value);
    if (list == RATES && !is_number(value, 8000, 384000))
        return app_usage(arguments, "--sweep: a rate is 8000 to 384000 Hz, not '%s'", value);
    if (list == SCHEDULES && strcmp(value, "auto") != 0 && strcmp(value, "inline") != 0 &&
        strcmp(value, "threaded") != 0)
        return app_usage(arguments, "--sweep: a schedule is auto, inline or threaded, not '%s'", value);
    return *value ? -1 : app_usage(arguments, "--sweep: a value of %s is empty", list_names[list]);
}

/* "blocks=16,32,rates=48000": a word with = begins a list. */
static int parse(const app_arguments *arguments, lists *found)
{
    int list = -1;
    const char *text = arguments->value[APP_OPT_SWEEP];
    if (strlen(text) >= sizeof kept_text) return app_usage(arguments, "--sweep: too long a list");
    strcpy(kept_text, text);
    for (char *rest = kept_text, *word; (word = strsep(&rest, ",")) != NULL;) {
        char *equals = strchr(word, '=');
        if (equals) {
            list = find_list(word, (size_t)(equals - word));
            word = equals + 1;
        }
        if (list < 0)
            return app_usage(arguments, "--sweep takes blocks=..., rates=..., codecs=..., schedules=..., not '%s'",
                             text);
        const int code = check_value(arguments, list, word);
        if (code >= 0) return code;
        if (found->count[list] == MAX_VALUES)
            return app_usage(arguments, "--sweep: over %u values of %s", MAX_VALUES, list_names[list]);
        found->values[list][found->count[list]++] = word;
    }
    return -1;
}

/* Value of a list in the row of that index, the last list changing soonest; NULL where there is no such list. */
static const char *value_in(const lists *found, int list, uint32_t index)
{
    for (int later = LIST_COUNT - 1; later > list; later--)
        if (found->count[later] > 0u) index /= found->count[later];
    return found->count[list] > 0u ? found->values[list][index % found->count[list]] : NULL;
}

/* As is_number has read it: 4.8e4 is a number, too. */
static uint32_t to_number(const char *text) { return text ? (uint32_t)strtod(text, NULL) : 0u; }

int lab_sweep_parse(const app_arguments *arguments, lab_row **rows, uint32_t *row_count)
{
    lists found = {0};
    const int code = parse(arguments, &found);
    if (code >= 0) return code;
    uint32_t count = 1u;
    for (int i = 0; i < LIST_COUNT; i++) count *= found.count[i] > 0u ? found.count[i] : 1u;
    lab_row *made = calloc(count, sizeof *made);
    if (!made) return app_fail(arguments, "out of memory");
    for (uint32_t i = 0; i < count; i++)
        made[i].choice = (lab_choice){.block_samples = to_number(value_in(&found, BLOCKS, i)),
                                      .sample_rate_hz = to_number(value_in(&found, RATES, i)),
                                      .codec = value_in(&found, CODECS, i),
                                      .schedule = value_in(&found, SCHEDULES, i)};
    *rows = made;
    *row_count = count;
    return -1;
}

/* ---- the table ---- */

static void print_cell(double value, int decimals)
{
    if (isfinite(value))
        printf(" %10.*f", decimals, value);
    else
        printf(" %10s", "-");
}

static void print_measured(const lab_row *row)
{
    const latency_result *r = &row->result;
    const latency_spread straight = latency_rounds_spread(&r->rounds, false);
    const double device = straight.count > 0u ? straight.median : NAN;
    const double added = r->is_through ? latency_result_added(r) : NAN;
    const double total = r->is_through ? device + added : device;
    printf("%6u %7u %-10.10s %-9s", r->device.block_samples, r->device.sample_rate_hz,
           r->is_through ? r->codec.name : "-",
           !r->is_through                                ? "-"
           : r->engine.schedule == RSD_SCHEDULE_THREADED ? "threaded"
                                                         : "inline");
    print_cell(total, 2);
    print_cell(1e3 * total / r->device.sample_rate_hz, 3);
    print_cell(device, 2);
    print_cell(added, 2);
    print_cell(r->is_through ? (double)r->engine.total_samples : NAN, 0);
    print_cell(straight.count > 0u ? straight.jitter : NAN, 3);
    printf(" %6llu  %s\n", (unsigned long long)r->gap_count, lab_verdict(row));
}

static void print_refused(const lab_row *row)
{
    const lab_choice *c = &row->choice;
    char block[16] = "-", rate[16] = "-"; // the device's
    if (c->block_samples > 0u) snprintf(block, sizeof block, "%u", c->block_samples);
    if (c->sample_rate_hz > 0u) snprintf(rate, sizeof rate, "%u", c->sample_rate_hz);
    printf("%6s %7s %-10.10s %-9s  ", block, rate, c->codec ? c->codec : "-", c->schedule ? c->schedule : "-");
    app_print("%s", row->error.text);
    putchar('\n');
}

void lab_sweep_print(const lab_report *report)
{
    puts(
        " block    rate codec      schedule   round trip         ms     device      adds     stated     jitter  xruns");
    for (uint32_t i = 0; i < report->row_count; i++) {
        const lab_row *row = &report->rows[i];
        if (row->is_measured)
            print_measured(row);
        else
            print_refused(row);
    }
}
