// SPDX-License-Identifier: MIT
// The worst callbacks of a profile, and what else happened then.
#include "app/profile/profile.h"

#include <stdarg.h>
#include <string.h>

#define APART_NS 100000000u /* of callbacks this near the worst one stands for all */
#define EVENT_BEFORE_NS 200000000u
#define EVENT_AFTER_NS 20000000u
#define LATE_SHARE 0.25

static double deadline_ns(const profile_result *result, const host_profile_callback *c)
{
    return 1e9 * c->sample_count / result->data.head.sample_rate_hz;
}

/* How far into its deadline it reached, 1 being all of it: what began late has less time left. */
static double reach(const profile_result *result, const host_profile_callback *c)
{
    return ((double)c->late_ns + (double)c->duration_ns) / deadline_ns(result, c);
}

/* "; " before all but the first. */
static void add(char what[PROFILE_WORST_TEXT_BYTES], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char what[PROFILE_WORST_TEXT_BYTES], const char *format, ...)
{
    const size_t used = strlen(what);
    va_list list;
    if (used + 4u > PROFILE_WORST_TEXT_BYTES) return;
    const size_t separator = used > 0u ? 2u : 0u;
    memcpy(what + used, "; ", separator);
    va_start(list, format);
    vsnprintf(what + used + separator, PROFILE_WORST_TEXT_BYTES - used - separator, format, list);
    va_end(list);
}

static void add_events(const profile_result *result, const host_profile_callback *c, char *what)
{
    static const char *const names[] = {"codec", "preset", "recording", "block", "device"};
    for (size_t i = 0; i < result->data.event_count; i++) {
        const host_profile_event *e = &result->data.events[i];
        if (e->kind >= sizeof names / sizeof *names) continue;
        if (e->time_ns + EVENT_BEFORE_NS < c->entry_ns || e->time_ns > c->entry_ns + EVENT_AFTER_NS) continue;
        add(what, "%s %s", names[e->kind], e->text);
    }
}

/* "once", "3 times" */
static void add_times(char *what, const char *verb, uint32_t count)
{
    if (count == 1u)
        add(what, "%s once in it", verb);
    else if (count > 1u)
        add(what, "%s %u times in it", verb, count);
}

static void add_traced(const host_profile_callback *c, char *what)
{
    if (c->fault_count > 0u) add(what, "%u page fault%s in it", c->fault_count, c->fault_count == 1u ? "" : "s");
    add_times(what, "slept", c->sleep_count);
    add_times(what, "preempted", c->preemption_count);
}

/* What was counted between the two times of asking that the callback lies between. */
static void add_system(const profile_result *result, const host_profile_callback *c, char *what)
{
    for (size_t i = 1; i < result->data.system_count; i++) {
        const host_profile_system *before = &result->data.system[i - 1u], *after = &result->data.system[i];
        if (c->entry_ns < before->time_ns || c->entry_ns >= after->time_ns) continue;
        const uint64_t minor = after->minor_fault_count - before->minor_fault_count;
        const uint64_t major = after->major_fault_count - before->major_fault_count;
        const uint64_t taken = after->involuntary_switch_count - before->involuntary_switch_count;
        const double around_ms = 1e-6 * (double)(after->time_ns - before->time_ns);
        if (major > 0u) add(what, "%llu major page faults", (unsigned long long)major);
        if (minor > 0u) add(what, "%llu page faults", (unsigned long long)minor);
        if (taken > 0u)
            add(what, "preempted %llu times in the %.0f ms around it", (unsigned long long)taken, around_ms);
        return;
    }
}

static void add_longest_stage(const profile_result *result, const host_profile_callback *c, char *what)
{
    for (size_t i = 0; i < result->data.stages_count; i++) {
        const host_profile_stages *s = &result->data.stages[i];
        uint32_t longest = 0u;
        if (s->sample_time != c->sample_time) continue;
        for (uint32_t k = 1; k < HOST_PROFILE_STAGES; k++)
            if (s->stage_ns[k] > s->stage_ns[longest]) longest = k;
        if (s->stage_ns[longest] > 0u)
            add(what, "longest: %s %.3f ms", profile_stage_names[longest], 1e-6 * s->stage_ns[longest]);
        return;
    }
}

static void describe(const profile_result *result, const host_profile_callback *c, profile_worst *worst)
{
    *worst = (profile_worst){.index = (size_t)(c - result->data.callbacks)};
    worst->time_s = profile_time_s(result, c->entry_ns);
    worst->duration_ms = 1e-6 * c->duration_ns;
    worst->load = (double)c->duration_ns / deadline_ns(result, c);
    worst->late_ms = 1e-6 * c->late_ns;
    if (worst->index == 0u) add(worst->what, "the first");
    if (c->flags & HOST_PROFILE_SWAPPING) add(worst->what, "a codec swap");
    if (c->late_frame_count > 0u) add(worst->what, "%u late frames", c->late_frame_count);
    if (c->xrun_count > 0u) add(worst->what, "%u xruns", c->xrun_count);
    if (c->late_ns > LATE_SHARE * deadline_ns(result, c)) add(worst->what, "began late");
    add_events(result, c, worst->what);
    if (c->flags & HOST_PROFILE_TRACED)
        add_traced(c, worst->what);
    else
        add_system(result, c, worst->what);
    add_longest_stage(result, c, worst->what);
}

static bool is_taken(const profile_result *result, const host_profile_callback *c)
{
    for (uint32_t w = 0; w < result->worst_count; w++) {
        const uint64_t other = result->data.callbacks[result->worst[w].index].entry_ns;
        if ((other > c->entry_ns ? other - c->entry_ns : c->entry_ns - other) < APART_NS) return true;
    }
    return false;
}

void profile_find_worst(profile_result *result)
{
    while (result->worst_count < PROFILE_MAX_WORST) {
        const host_profile_callback *worst = NULL;
        for (size_t i = 0; i < result->data.callback_count; i++) {
            const host_profile_callback *c = &result->data.callbacks[i];
            if (c->sample_count == 0u || (c->flags & HOST_PROFILE_RENDER)) continue;
            if (worst && reach(result, c) <= reach(result, worst)) continue;
            if (!is_taken(result, c)) worst = c;
        }
        if (!worst) return;
        describe(result, worst, &result->worst[result->worst_count]);
        result->worst_count++;
    }
}
