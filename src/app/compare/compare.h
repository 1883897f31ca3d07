// SPDX-License-Identifier: MIT
#ifndef APP_COMPARE_H
#define APP_COMPARE_H

#include "app/analyze/analyze.h"

/*
 * `residuum compare`: the levels of our codec beside codecs of other makers. Thread of all: [control]
 */

#define COMPARE_MAX_RATES 32u
#define COMPARE_MAX_PEERS 6u
#define COMPARE_OWN_RATES 4u
#define COMPARE_MAX_ROWS (RSD_MAX_LEVELS + COMPARE_MAX_PEERS * COMPARE_MAX_RATES)
/* A level is set against a peer that was asked for a bitrate no further off than this share. */
#define COMPARE_NEAR 0.1

/* What a peer made of a sound. */
typedef struct {
    host_sound decoded;       /* as long as what was coded and aligned with it; the caller's to destroy */
    double kbps;              /* of all channels; counted, not what was asked for */
    uint32_t latency_samples; /* from input to output, at the peer's rate */
    uint64_t cpu_ns;
} compare_coded;

/* A codec of another maker. */
typedef struct compare_peer compare_peer;
struct compare_peer {
    const char *name;
    const char *missing;          /* NULL: in this build; else how to get it */
    const char *model;            /* of others, that must be installed; NULL: none */
    const char *how;              /* how it runs here, for the table's head */
    const char *(*version)(void); /* what codes: the library and its version */
    uint32_t rate_hz;             /* that it runs at */
    uint32_t channel_count;       /* of the sounds that it is for; 0: any */
    double min_kbps, max_kbps;
    double own_rates_kbps[COMPARE_OWN_RATES]; /* a channel; where there are any it runs at these, not at --rates */
    uint32_t own_rate_count;
    /* Codes `sound` at kbps a channel. `*coded` is written only on RSD_OK. */
    rsd_status (*code)(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error);
    bool by_name_alone;          /* not among those that are compared with where none is named */
    const compare_peer *company; /* chosen with it, for the sounds that it is for; NULL: none */
};

extern const compare_peer compare_opus, compare_opus_stereo, compare_opus_5ms, compare_opus_10ms, compare_lyra;

typedef struct {
    char codec[64];
    const compare_peer *peer; /* NULL: ours */
    double latency_ms;
    double asked_kbps;   /* of all channels; a peer's row alone. Whole bytes a packet make other bitrates of some */
    analyze_row figures; /* level_count 0: a peer's */
    int32_t beside;      /* index of the peer's row of about this bitrate; -1: none */
    char *file;          /* owned; what --write wrote, or NULL */
} compare_row;

typedef struct {
    analysis ours; /* its rows are of no use here */
    const host_sound *sound;
    const compare_peer *peers[COMPARE_MAX_PEERS];
    bool is_named[COMPARE_MAX_PEERS]; /* by --against, and not in the company of another */
    uint32_t peer_count;
    double rates_kbps[COMPARE_MAX_RATES]; /* a channel */
    uint32_t rate_count;
    const char *folder; /* of --write; NULL: none */
    compare_row rows[COMPARE_MAX_ROWS];
    uint32_t row_count;
} comparison;

/* Reads --against and --rates. Returns -1 to go on, else the exit code of what was reported; so do the next three. */
int compare_choose(const app_arguments *arguments, comparison *c);
/* Leaves out the peers that are not for a sound of so many channels; one that was named is an error. */
int compare_fit(const app_arguments *arguments, comparison *c);
/* Fills the rows of our levels and of the peers, in order of bitrate, and writes the sounds. */
int compare_measure(const app_arguments *arguments, const app_settings *settings, comparison *c);
/* Table and JSON. */
int compare_report(const app_arguments *arguments, const comparison *c);

/* A bitrate as in names of files: one decimal, and none where that is 0. */
void compare_format_kbps(double kbps, char text[24]);

#endif
