// SPDX-License-Identifier: MIT
// The figures of a profile as text and as JSON.
#include "app/profile/profile.h"

#include "app/report.h"

#include <inttypes.h>
#include <math.h>

#define BAR_CELLS 50

/* ---- text ---- */

static void print_ranks(const char *name, const profile_ranks *ranks, double factor, int decimals)
{
    printf("%-14s", name);
    for (uint32_t r = 0; r < PROFILE_RANK_COUNT; r++) printf(" %9.*f", decimals, factor * ranks->at[r]);
    putchar('\n');
}

static void print_end(const host_profile_data *data)
{
    if (data->damage_byte > 0u)
        printf("; it is damaged at byte %" PRIu64 ", and this is what stands before it", data->damage_byte);
    else if (!data->is_whole)
        printf("; it was cut off, and this is what is there");
    else if (data->behind_end_bytes > 0u)
        printf("; %" PRIu64 " bytes behind its end are not read", data->behind_end_bytes);
}

static void print_head(const profile_result *p)
{
    const host_profile_head *h = &p->data.head;
    app_print("%s: %s, %u Hz, %u channel%s, %s (%s), %.1f s", p->path, h->codec, h->sample_rate_hz, h->channel_count,
              h->channel_count == 1u ? "" : "s", h->output, h->backend, p->seconds);
    print_end(&p->data);
    printf("\n%zu callbacks, most of %u samples (a deadline of %.3f ms); mean load %.2f %%\n", p->callback_count,
           p->block_samples, p->deadline_ms, 100.0 * p->load_mean);
    if (p->render_count > 0u) printf("%zu more were faster than real time and had no deadline\n", p->render_count);
}

static void print_table(const profile_result *p)
{
    printf("%-14s", "");
    for (uint32_t r = 0; r < PROFILE_RANK_COUNT; r++) printf(" %9s", profile_rank_names[r]);
    putchar('\n');
    print_ranks("duration ms", &p->duration_ms, 1.0, 3);
    print_ranks("load %", &p->load, 100.0, 1);
    print_ranks("entry us", &p->late_us, 1.0, 1);
}

static void print_counts(const profile_result *p)
{
    printf("past their deadline %" PRIu64 ", xruns %" PRIu64 ", late frames %" PRIu64 ", records lost %" PRIu64 "\n",
           p->past_count, p->xrun_count, p->late_frame_count, p->lost_count);
    printf("longest queues: recorder %u samples, tap %u frames, worker %u frames", p->most_recorder_samples,
           p->most_tap_frames, p->most_codec_frames);
    if (p->least_input_samples > 0u) printf("; least of the input file %u samples", p->least_input_samples);
    putchar('\n');
    if (p->system_s <= 0.0) {
        puts("the system tells nothing of page faults and context switches");
        return;
    }
    printf("audio thread: %" PRIu64 " page faults, %" PRIu64 " major ones, preempted %" PRIu64 " times, slept %" PRIu64
           " times, %.1f %% of a processor\n",
           p->system.minor_fault_count, p->system.major_fault_count, p->system.involuntary_switch_count,
           p->system.voluntary_switch_count, 1e-7 * (double)p->system.cpu_ns / p->system_s);
}

static void print_traced(const profile_result *p)
{
    if (p->traced_count > 0u)
        printf("within callbacks (%" PRIu64 " traced): %" PRIu64 " page faults, preempted %" PRIu64
               " times, slept %" PRIu64 " times\n",
               p->traced_count, p->traced_faults, p->traced_preemptions, p->traced_sleeps);
    else
        puts("within callbacks: the system does not tell (kernel.perf_event_paranoid over 2, or no such events)");
}

static void print_stages(const profile_result *p)
{
    double total = 0.0;
    if (p->data.stages_count == 0u) return;
    for (uint32_t s = 0; s < HOST_PROFILE_STAGES; s++) total += p->stage_ms[s];
    puts("stage         of a second ms   share %");
    for (uint32_t s = 0; s < HOST_PROFILE_STAGES; s++)
        printf("%-14s %13.3f %9.1f\n", profile_stage_names[s], p->stage_ms[s] / p->seconds,
               total > 0.0 ? 100.0 * p->stage_ms[s] / total : 0.0);
    for (uint32_t k = 0; k < p->level_count; k++)
        printf("  level %-6u %13.3f %9.1f\n", k + 1u, p->level_ms[k] / p->seconds,
               total > 0.0 ? 100.0 * p->level_ms[k] / total : 0.0);
}

static void print_histogram(const profile_result *p)
{
    uint64_t most = 1u;
    puts("how late callbacks began, us");
    for (uint32_t b = 0; b < PROFILE_BIN_COUNT; b++) most = p->bins[b] > most ? p->bins[b] : most;
    for (uint32_t b = 0; b < PROFILE_BIN_COUNT; b++) {
        char range[32];
        if (b == 0u)
            snprintf(range, sizeof range, "under %.0f", profile_bin_edges_us[0]);
        else if (b == PROFILE_BIN_COUNT - 1u)
            snprintf(range, sizeof range, "%.0f and more", profile_bin_edges_us[b - 1u]);
        else
            snprintf(range, sizeof range, "%.0f to %.0f", profile_bin_edges_us[b - 1u], profile_bin_edges_us[b]);
        const int cells = (int)ceil(BAR_CELLS * (double)p->bins[b] / (double)most);
        printf("  %-14s %8.3f %% %.*s\n", range,
               p->callback_count > 0u ? 100.0 * (double)p->bins[b] / (double)p->callback_count : 0.0, cells,
               "##################################################");
    }
}

static void print_worst(const profile_result *p)
{
    puts("worst callbacks, one of each tenth of a second\n     at s        ms    load %   late ms  what happened then");
    for (uint32_t w = 0; w < p->worst_count; w++) {
        const profile_worst *o = &p->worst[w];
        printf("%9.3f %9.3f %9.1f %9.3f  ", o->time_s, o->duration_ms, 100.0 * o->load, o->late_ms);
        app_print("%s", o->what[0] != '\0' ? o->what : "nothing that is known");
        putchar('\n');
    }
}

void profile_print(const profile_result *result)
{
    print_head(result);
    print_table(result);
    print_counts(result);
    print_traced(result);
    print_stages(result);
    print_histogram(result);
    print_worst(result);
}

/* ---- JSON ---- */

static json_t *describe_ranks(const profile_ranks *ranks)
{
    json_t *object = json_object();
    static const char *const names[PROFILE_RANK_COUNT] = {"p50", "p90", "p99", "p99_9", "p99_99", "max"};
    for (uint32_t r = 0; r < PROFILE_RANK_COUNT; r++) json_object_set_new(object, names[r], json_real(ranks->at[r]));
    return object;
}

static json_t *describe_bins(const profile_result *p)
{
    json_t *list = json_array();
    for (uint32_t b = 0; b < PROFILE_BIN_COUNT; b++)
        json_array_append_new(list, json_pack("{s:o, s:I}", "from_us",
                                              b > 0u ? json_real(profile_bin_edges_us[b - 1u]) : json_null(), "count",
                                              (json_int_t)p->bins[b]));
    return list;
}

static json_t *describe_worst(const profile_result *p)
{
    json_t *list = json_array();
    for (uint32_t w = 0; w < p->worst_count; w++)
        json_array_append_new(list, json_pack("{s:f, s:f, s:f, s:f, s:o}", "time_s", p->worst[w].time_s, "duration_ms",
                                              p->worst[w].duration_ms, "load", p->worst[w].load, "late_ms",
                                              p->worst[w].late_ms, "what", report_text(p->worst[w].what)));
    return list;
}

static json_t *describe_stages(const profile_result *p)
{
    json_t *object = json_object(), *levels = json_array();
    for (uint32_t s = 0; s < HOST_PROFILE_STAGES; s++)
        json_object_set_new(object, profile_stage_names[s], report_figure(p->stage_ms[s] / p->seconds));
    for (uint32_t k = 0; k < p->level_count; k++)
        json_array_append_new(levels, report_figure(p->level_ms[k] / p->seconds));
    json_object_set_new(object, "levels", levels);
    return object;
}

static json_t *describe_traced(const profile_result *p)
{
    if (p->traced_count == 0u) return json_null();
    return json_pack("{s:I, s:I, s:I, s:I}", "callbacks", (json_int_t)p->traced_count, "page_faults",
                     (json_int_t)p->traced_faults, "preemptions", (json_int_t)p->traced_preemptions, "sleeps",
                     (json_int_t)p->traced_sleeps);
}

static json_t *describe_system(const profile_result *p)
{
    if (p->system_s <= 0.0) return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:f}", "page_faults", (json_int_t)p->system.minor_fault_count,
                     "major_page_faults", (json_int_t)p->system.major_fault_count, "preemptions",
                     (json_int_t)p->system.involuntary_switch_count, "sleeps",
                     (json_int_t)p->system.voluntary_switch_count, "processor_share",
                     1e-9 * (double)p->system.cpu_ns / p->system_s);
}

int profile_write_json(const app_arguments *arguments, const profile_result *p)
{
    const host_profile_head *h = &p->data.head;
    if (!app_given(arguments, APP_OPT_JSON)) return -1;
    json_t *root = json_pack(
        "{s:s, s:o, s:o, s:o, s:i, s:i, s:i, s:b, s:f, s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o}", "command",
        "profile", "file", report_text(p->path), "codec", report_text(h->codec), "backend", report_text(h->backend),
        "sample_rate_hz", (int)h->sample_rate_hz, "channel_count", (int)h->channel_count, "block_samples",
        (int)p->block_samples, "is_whole", (int)p->data.is_whole, "seconds", p->seconds, "callbacks",
        (json_int_t)p->callback_count, "past_deadline", (json_int_t)p->past_count, "xruns", (json_int_t)p->xrun_count,
        "late_frames", (json_int_t)p->late_frame_count, "records_lost", (json_int_t)p->lost_count, "load_mean",
        p->load_mean, "duration_ms", describe_ranks(&p->duration_ms), "load", describe_ranks(&p->load), "entry_us",
        describe_ranks(&p->late_us));
    if (root) {
        const uint64_t damage_byte = p->data.damage_byte;
        json_object_set_new(root, "damaged_at_byte",
                            damage_byte > 0u ? json_integer((json_int_t)damage_byte) : json_null());
        json_object_set_new(root, "bytes_behind_end", json_integer((json_int_t)p->data.behind_end_bytes));
        json_object_set_new(root, "entry_histogram", describe_bins(p));
        json_object_set_new(root, "system", describe_system(p));
        json_object_set_new(root, "within_callbacks", describe_traced(p));
        if (p->data.stages_count > 0u) json_object_set_new(root, "stage_ms_per_second", describe_stages(p));
        json_object_set_new(root, "rows", describe_worst(p));
    }
    return report_json(arguments, root);
}
