// SPDX-License-Identifier: MIT
// What `compare` prints and writes.
#include "app/compare/compare.h"
#include "app/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static json_t *describe_neighbour(const comparison *c, const compare_row *row)
{
    if (row->beside < 0) return json_null();
    const compare_row *other = &c->rows[row->beside];
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "codec", report_text(other->codec), "kbps",
                     report_figure(other->figures.kbps), "snr_db_more",
                     report_figure(row->figures.snr_db - other->figures.snr_db), "segmental_snr_db_more",
                     report_figure(row->figures.segmental_snr_db - other->figures.segmental_snr_db), "lsd_db_more",
                     report_figure(row->figures.lsd_db - other->figures.lsd_db), "nmr_db_more",
                     report_figure(row->figures.nmr_db - other->figures.nmr_db));
}

static const char *version_of(const compare_peer *peer) { return peer ? peer->version() : "residuum " RSD_VERSION; }

static json_t *describe_row(const comparison *c, const compare_row *row)
{
    const analyze_row *f = &row->figures;
    const bool is_ours = f->level_count > 0u;
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "codec", report_text(row->codec),
        "version", version_of(row->peer), "level_count", is_ours ? json_integer(f->level_count) : json_null(),
        "asked_kbps", is_ours ? json_null() : report_figure(row->asked_kbps), "kbps", report_figure(f->kbps),
        "coded_kbps", is_ours ? report_figure(f->coded_kbps) : json_null(), "level_bits",
        is_ours ? report_figure(f->level_bits) : json_null(), "snr_db", report_figure(f->snr_db), "segmental_snr_db",
        report_figure(f->segmental_snr_db), "lsd_db", report_figure(f->lsd_db), "nmr_db", report_figure(f->nmr_db),
        "latency_ms", report_figure(row->latency_ms), "cpu_share", report_figure(f->cpu_share), "beside",
        describe_neighbour(c, row), "file", row->file ? report_text(row->file) : json_null());
}

static json_t *describe(const comparison *c)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < c->row_count; i++) json_array_append_new(rows, describe_row(c, &c->rows[i]));
    return json_pack("{s:o, s:i, s:i, s:I, s:o}", "file", report_text(c->ours.path), "sample_rate_hz",
                     (int)c->ours.sample_rate_hz, "channel_count", (int)c->ours.channel_count, "sample_count",
                     (json_int_t)c->ours.sample_count, "rows", rows);
}

static void print_head(const comparison *c)
{
    app_print("%s: %u Hz, %u channel%s, %.2f s", c->ours.path, c->ours.sample_rate_hz, c->ours.channel_count,
              c->ours.channel_count == 1u ? "" : "s", (double)c->ours.sample_count / c->ours.sample_rate_hz);
    putchar('\n');
    app_print("%s: %s, as residuum process codes it", c->ours.codec, version_of(NULL));
    putchar('\n');
    for (uint32_t i = 0; i < c->peer_count; i++)
        printf("%s: %s, %s\n", c->peers[i]->name, version_of(c->peers[i]), c->peers[i]->how);
}

static void print_neighbour(const comparison *c, const compare_row *row)
{
    if (row->beside < 0) return;
    const compare_row *other = &c->rows[row->beside];
    char kbps[24];
    compare_format_kbps(other->figures.kbps, kbps);
    app_print("   %s at %s: SNR %+.2f, LSD %+.2f, NMR %+.2f dB", other->codec, kbps,
              row->figures.snr_db - other->figures.snr_db, row->figures.lsd_db - other->figures.lsd_db,
              row->figures.nmr_db - other->figures.nmr_db);
}

static void print_row(const comparison *c, const compare_row *row, int width)
{
    const analyze_row *f = &row->figures;
    app_print("%-*s", width, row->codec);
    if (f->level_count > 0u)
        printf(" %6u", f->level_count);
    else
        printf(" %6s", "");
    report_print(f->kbps, 7, 1);
    report_print(f->level_count > 0u ? f->coded_kbps : NAN, 7, 1);
    if (f->level_count > 0u)
        printf(" %11.0f", f->level_bits);
    else
        printf(" %11s", "");
    report_print(f->snr_db, 8, 2);
    report_print(f->segmental_snr_db, 10, 2);
    report_print(f->lsd_db, 7, 2);
    report_print(f->nmr_db, 7, 2);
    report_print(row->latency_ms, 11, 2);
    report_print(f->cpu_share * 100.0, 6, 2);
    print_neighbour(c, row);
    putchar('\n');
}

static void print_table(const comparison *c)
{
    size_t width = strlen("codec");
    for (uint32_t i = 0; i < c->row_count; i++)
        if (strlen(c->rows[i].codec) > width) width = strlen(c->rows[i].codec);
    print_head(c);
    printf("%-*s levels    kbps   coded  level bits   SNR dB  segSNR dB  LSD dB  NMR dB  latency ms  CPU %%   against "
           "a peer\n",
           (int)width, "codec");
    for (uint32_t i = 0; i < c->row_count; i++) print_row(c, &c->rows[i], (int)width);
}

int compare_report(const app_arguments *arguments, const comparison *c)
{
    const int code = report_json(arguments, describe(c));
    if (code >= 0) return code;
    if (report_is_shown(arguments)) print_table(c);
    return APP_OK;
}
