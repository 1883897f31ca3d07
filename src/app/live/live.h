// SPDX-License-Identifier: MIT
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/settings.h"

#include "host/midi/map.h"
#include "host/session/announce.h"
#include "host/session/control.h"
#include "host/session/loader.h"
#include "host/http/http.h"
#include "host/listen/listen.h"
#include "host/osc/osc.h"
#include "host/session/profile_file.h"
#include "host/session/session.h"
#include "host/session/tap_file.h"

/* What the parts of `residuum live` share. One thread, control, for all of it. */

#define LIVE_UI_MAX_PRESETS 128u
#define LIVE_UI_MESSAGE_SECONDS 6.0

typedef enum { LIVE_UI_VIEW_SCREEN, LIVE_UI_VIEW_LINES, LIVE_UI_VIEW_QUIET } live_ui_view;

/* What the profile has noted last, so that a change is seen whoever made it. */
typedef struct {
    bool has_begun, is_recording, is_lost;
    uint32_t block_samples;
    char codec[64], preset[64];
} live_ui_seen;

/* States that are kept: slots to compare and morph between, and what was before. */
#define LIVE_UI_SLOT_COUNT 4u
#define LIVE_UI_UNDO_COUNT 8u
typedef struct {
    rsd_preset slots[LIVE_UI_SLOT_COUNT], undo[LIVE_UI_UNDO_COUNT];
    bool has_slot[LIVE_UI_SLOT_COUNT];
    uint32_t current_slot, undo_count;
    bool takes_back;                  /* a state of these is taken: nothing to be kept */
    bool is_locked[RSD_PARAM_ID_END]; /* not touched at random */
    uint32_t seed;                    /* 0: not begun */
    double morphed_s;                 /* the last morph; 0: none */
} live_ui_states;

/* A blind test between slots A and B. What is chosen comes from the threads that speak HTTP, and goes to audio. */
typedef struct {
    host_listen *test;            /* NULL without --http */
    uint32_t run;                 /* of the test, that `sounds` are of */
    rsd_preset sounds[2], before; /* `before`: what played when it began */
    enum {
        LIVE_UI_LISTEN_RESTS,
        LIVE_UI_LISTEN_FADES, /* until `until_s`: what sounded */
        LIVE_UI_LISTEN_PLAYS,
        LIVE_UI_LISTEN_ENDS,   /* until `until_s`: the test */
        LIVE_UI_LISTEN_RETURNS /* until `until_s`: silence, until what sounded before is there again */
    } phase;
    double until_s;
} live_ui_listening;

/* What was told to pages last. */
typedef struct {
    double next_s;
    uint64_t looker;
    uint32_t preset_count;
    char learnt[128]; /* by MIDI, for people */
} live_ui_told;

/* Taps of a tempo: the latest intervals, a ring. */
#define LIVE_UI_TAP_COUNT 4u
typedef struct {
    bool has_last;
    double last_s, intervals_s[LIVE_UI_TAP_COUNT];
    uint32_t count;
} live_ui_taps;

/* What the screen shows below its first line. */
typedef enum {
    LIVE_UI_PAGE_LEVELS,
    LIVE_UI_PAGE_CONTROLS,
    LIVE_UI_PAGE_TOKENS,
    LIVE_UI_PAGE_SPECTRA,
    LIVE_UI_PAGE_COUNT
} live_ui_page;

typedef struct live_ui_spectra live_ui_spectra;

#define LIVE_UI_TOKEN_COLUMNS 256u
#define LIVE_UI_TOKEN_ROWS 128u
typedef struct {
    uint64_t index, count;                                      /* of the latest frame; columns kept so far */
    int16_t columns[LIVE_UI_TOKEN_COLUMNS][LIVE_UI_TOKEN_ROWS]; /* a ring */
} live_ui_tokens;

typedef struct live_ui_automation live_ui_automation;

typedef struct {
    const app_arguments *arguments;
    app_settings settings;
    live_ui_view view;
    host_session *session;
    host_control *control;
    host_osc *osc;           /* NULL with --no-osc and without --http */
    host_http *http;         /* NULL without --http */
    host_announce *announce; /* of those that listen beyond this machine; NULL: none, or no Avahi */
    host_loader *loader;     /* what OSC names; NULL with --no-osc */

    bool quit;              /* by key or duration; signals are in live_ui_stop */
    int exit_code;          /* APP_FAILURE once something ended that was wanted */
    double duration_s;      /* 0: none */
    uint32_t block_samples; /* of JACK's, that `auto` has weighed the codec by; 0: not looked at yet */

    uint32_t selected_level;                /* 0-based */
    uint32_t imagined_from;                 /* the last predict_from that was not 0; 0: none was */
    bool help_is_shown, histogram_is_shown; /* in place of the levels; one of both */
    uint32_t help_page;                     /* where the keys have no room on one */
    live_ui_page page;
    uint32_t picked_control; /* of the page of controls */
    live_ui_tokens tokens;
    live_ui_spectra *spectra;            /* NULL until that page is looked at; of one block: free() */
    uint32_t preset_count, preset_index; /* index is preset_count before the first */
    char presets[LIVE_UI_MAX_PRESETS][64];

    char message[256]; /* latest, for the screen */
    double message_until_s;
    double next_reopen_s, lost_since_s;  /* 0: not lost */
    double wait_device_s;                /* until a device that is lost is given up */
    bool recording_failed, input_failed; /* and said */
    host_tap_file *tap_file;             /* NULL without --tap */
    uint32_t tap_file_count;             /* of them, said */
    bool tap_ended;                      /* before the session, and said */
    live_ui_states states;
    live_ui_taps taps;
    live_ui_listening listening;
    live_ui_told told;

    midi_map midi_map;
    const char *midi_path;             /* --midi-map; NULL: the user's */
    uint32_t midi_bank;                /* that was said */
    bool midi_map_waits;               /* to be handed to the session */
    bool midi_learns;                  /* the next controller or note is bound to: */
    const rsd_param_info *midi_learnt; /* and this level of it */
    uint32_t midi_learnt_level;
    live_ui_seen seen;
    live_ui_automation *automation;      /* NULL without --record-automation */
    host_profile_writer *profile_writer; /* NULL without --profile */
    bool profile_failed;                 /* and said */
} live_ui_state;

/* What a view shows, read at one time. */
typedef struct {
    host_session_status status;
    host_meters meters;
    rsd_codec_info codec;
    float levels, monitor, bypass;
    const char *preset; /* "-" for none */
    double seconds;
    host_profile_worst worst; /* callback of the last second */
    host_profile_histogram histogram;
} live_ui_snapshot;

void live_ui_take_snapshot(live_ui_state *live, live_ui_snapshot *snapshot);
double live_ui_now_s(void); /* CLOCK_MONOTONIC */

/* Says something to a person in the way of the view: on the screen for a while, or as a line on stderr. */
void live_ui_say(live_ui_state *live, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- tap.c: the file of --tap, and what --entropy measures. open: -1 to go on, else the exit code ---- */
int live_ui_tap_open(live_ui_state *live);
void live_ui_tap_watch(live_ui_state *live);
void live_ui_tap_close(live_ui_state *live);

/*
 * ---- automation.c: the file of --record-automation. open: before the first block, -1 to go on, else the exit code. watch:
 * before control may hand over another codec. free: once nothing plays any more ----
 */
int live_ui_automation_open(live_ui_state *live);
void live_ui_automation_watch(live_ui_state *live);
void live_ui_automation_close(live_ui_state *live);
void live_ui_automation_free(live_ui_state *live);

/* ---- midi.c: the map, learning, presets by program. open: -1 to go on, else the exit code ---- */
int live_ui_midi_open(live_ui_state *live);
void live_ui_midi_update(live_ui_state *live);
/* The next controller or note will steer this; NULL: none will. `level` is 0-based. */
void live_ui_midi_learn(live_ui_state *live, const rsd_param_info *info, uint32_t level);

/* ---- actions.c: what OSC asks for beyond parameters; `context` is the live_ui_state ---- */
rsd_status live_ui_act(void *context, const host_osc_action *action, rsd_error *error);

/* ---- states.c: RSD_OK, or `error` says why nothing has changed ---- */
void live_ui_keep_undo(live_ui_state *live); /* before something changes all */
void live_ui_before_preset(void *context);   /* a live_ui_state; for host_control_before_preset */
rsd_status live_ui_capture(const live_ui_state *live, const char *name, rsd_preset *preset);
rsd_status live_ui_take(live_ui_state *live, const rsd_preset *preset, rsd_error *error);
rsd_status live_ui_undo(live_ui_state *live, rsd_error *error);
rsd_status live_ui_save_preset(live_ui_state *live, const char *name, rsd_error *error); /* NULL: named by the time */
rsd_status live_ui_store_slot(live_ui_state *live, uint32_t slot, rsd_error *error);     /* from 0 */
rsd_status live_ui_recall_slot(live_ui_state *live, uint32_t slot, rsd_error *error);
rsd_status live_ui_copy_slot(live_ui_state *live, uint32_t from, uint32_t to, rsd_error *error);
rsd_status live_ui_compare(live_ui_state *live, rsd_error *error); /* between the first two */
/* Slots A (0, 0), B (1, 0), C (0, 1), D (1, 1). */
rsd_status live_ui_morph(live_ui_state *live, float x, float y, rsd_error *error);
rsd_status live_ui_randomise(live_ui_state *live, float amount, rsd_error *error);
rsd_status live_ui_lock(live_ui_state *live, const char *symbol, bool is_locked, rsd_error *error);
void live_ui_state_key(live_ui_state *live, int key); /* S a x u */

/* ---- imagined.c: imagined levels, or the real ones again. Errors: the codec has no predictor ---- */
rsd_status live_ui_compare_imagined(live_ui_state *live, rsd_error *error);

/* ---- tempo.c: a tap, at its time by a clock that goes on; the first by another clock counts as a first one ---- */
void live_ui_tap_tempo(live_ui_state *live, double time_s);

/* ---- presets.c ---- */
void live_ui_load_preset_names(live_ui_state *live);
void live_ui_step_preset(live_ui_state *live, int step);
void live_ui_set_preset(live_ui_state *live, uint32_t index); /* into `presets`; past their end nothing happens */
/* ---- listen.c: a blind test between two slots, by pages. open: before the server, -1 to go on, else the exit code ---- */
int live_ui_listen_open(live_ui_state *live);
void live_ui_listen_offer(live_ui_state *live); /* after a slot has changed */
void live_ui_listen_update(live_ui_state *live);
bool live_ui_is_blind(const live_ui_state *live);
/* ---- page.c: what pages show beside values and meters ---- */
void live_ui_page_update(live_ui_state *live);
/* ---- http.c: the server of --http. open: -1 to go on, else the exit code ---- */
int live_ui_http_open(live_ui_state *live);
void live_ui_announce(live_ui_state *live); /* once the servers are there */
/* ---- profile.c: the file of --profile, and what is noted beside the callbacks. open: -1 to go on, else the exit code ---- */
int live_ui_profile_open(live_ui_state *live);
void live_ui_profile_watch(live_ui_state *live, const host_session_status *status);
void live_ui_profile_close(live_ui_state *live);

/* ---- keys.c: what a key does ---- */
void live_ui_key(live_ui_state *live, int key);
void live_ui_toggle_recording(live_ui_state *live);
rsd_status live_ui_start_recording(live_ui_state *live, rsd_error *error); /* record.c: named by the time */
rsd_status live_ui_stop_recording(live_ui_state *live, rsd_error *error);
extern const char *const live_ui_key_help[]; /* ends with NULL */

/* ---- screen.c: the terminal; false where it cannot be used (then lines are shown) ---- */
bool live_ui_screen_open(void);
void live_ui_screen_close(void);                 /* fine when not open */
void live_ui_screen_update(live_ui_state *live); /* keys, and the snapshot when it is due */
/* draw.c: on a terminal of any size; what does not fit whole is left out */
void live_ui_draw(const live_ui_state *live, const live_ui_snapshot *snapshot);
uint32_t live_ui_help_page_count(void); /* that the terminal has now */
/* head.c: rows from 0 to before `end_row`; the keys */
void live_ui_draw_title(const live_ui_snapshot *snapshot);
void live_ui_draw_head(const live_ui_snapshot *snapshot, int end_row);
void live_ui_draw_keys(int row);
/* A bar of `cells`, the first `full` of them full. */
void live_ui_cells(int row, int column, int cells, int full);
/* histogram.c: rows from `row` to before `end_row`; and "swap, page fault" of causes, empty for none */
void live_ui_draw_histogram(const live_ui_snapshot *snapshot, int row, int end_row);
void live_ui_causes_text(unsigned causes, char *text, size_t text_bytes);
/* controls.c: the other pages, above `end_row` */
void live_ui_draw_controls(const live_ui_state *live, const live_ui_snapshot *snapshot, int end_row);
/* "changed: mix 0.5, hold 4, 2 more" in `columns`: what is not at its default and stands nowhere else; empty for none. */
void live_ui_changed_text(const live_ui_state *live, const live_ui_snapshot *snapshot, size_t columns, char *text,
                          size_t text_bytes);
bool live_ui_control_key(live_ui_state *live, int key); /* false: not a key of that page */
void live_ui_keep_tokens(live_ui_state *live);          /* the latest frame, before each drawing */
void live_ui_draw_tokens(const live_ui_state *live, const live_ui_snapshot *snapshot, int end_row);
/* spectra.c */
void live_ui_keep_spectra(live_ui_state *live); /* what has come, before each drawing */
void live_ui_draw_spectra(const live_ui_state *live, int end_row);
/* text.c: at most `width` columns, cut between words, never inside a figure. Outside of the screen: nothing. */
void live_ui_text(int row, int column, int width, const char *text);

/* ---- lines.c ---- */
void live_ui_print_start(live_ui_state *live);
void live_ui_print_end(live_ui_state *live);    /* what the run was like: load, xruns, what was dropped */
void live_ui_lines_update(live_ui_state *live); /* a line once a second */
/* "transport rolling 12.3 s 120.0 bpm freewheel"; empty where there is none. */
void live_ui_transport_text(const host_session_status *status, char *text, size_t text_bytes);

/* ---- stop.c: Ctrl-C, SIGTERM, SIGHUP ---- */
void live_ui_stop_prepare(void);
/* From here on the process ends within a few seconds, whatever a sound library does; exit code as given. */
void live_ui_stop_guard(int exit_code);

#endif
