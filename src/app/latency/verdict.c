// SPDX-License-Identifier: MIT
// Whether a measurement is what it should be, in a word.
#include "app/latency/lab.h"

#include <math.h>

/* The first that fits says most. */
const char *lab_verdict(const lab_row *row)
{
    if (!row->is_measured) return "refused";
    const latency_result *result = &row->result;
    const latency_estimate *typical = latency_rounds_typical(&result->rounds, false);
    if (!typical) return "not heard";
    if (result->is_through && !isfinite(latency_result_added(result))) return "codec not heard";
    if (result->is_through && latency_result_is_unclear(result)) return "unclear";
    if (result->is_through && !latency_result_holds(result)) return "not as stated";
    if (latency_rounds_jumps(&result->rounds) > 0u) return "jumps";
    if (typical->faults & LATENCY_CLIPPED) return "clipped";
    if (typical->faults & LATENCY_FEEDBACK) return "feedback";
    if (typical->faults & LATENCY_ECHO) return "echo";
    if (typical->faults & LATENCY_SOFT) return "soft";
    if (typical->faults & LATENCY_NOISY) return "noisy";
    return "ok";
}

bool lab_is_good(const lab_row *row)
{
    if (!row->is_measured || latency_rounds_heard(&row->result.rounds, false) == 0u) return false;
    return !row->result.device_was_lost && (!row->result.is_through || latency_result_holds(&row->result));
}

bool lab_all_are_good(const lab_report *report)
{
    uint32_t good = 0u;
    for (uint32_t i = 0; i < report->row_count; i++) {
        good += lab_is_good(&report->rows[i]);
        if (report->rows[i].is_measured && !lab_is_good(&report->rows[i])) return false;
    }
    return good > 0u;
}
