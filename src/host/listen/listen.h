// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_H
#define HOST_LISTEN_H

#include "host/listen/statistics.h"

#include <residuum/rsd_status.h>

#include <jansson.h>

/*
 * A listening test, whoever steers it (terminal, page) and whatever plays it (files, an engine).
 *
 * ABX: A and B are two sounds, X is one of both, drawn anew for each trial. The listener switches between the three at
 * will and says which one X is. Nothing that is told while the test runs depends on which one it is, nor on how many
 * answers were right: results are refused until the end.
 *
 * Rating, as ITU-R BS.1534 (MUSHRA) has it: for each item (a sound) a reference, and conditions in an order drawn anew
 * for each item, among which are the reference itself, hidden, and an anchor. Each condition gets 0 to 100.
 *
 * A request is a JSON object: {"do": "start"}, {"do": "play", "what": "a"}. What is told is one too; listen.c says which
 * there are. Thread of all: [any] but audio; one lock guards them.
 */

#define HOST_LISTEN_MAX_TRIALS 200u
#define HOST_LISTEN_MAX_ITEMS 32u
#define HOST_LISTEN_MAX_CONDITIONS 14u
#define HOST_LISTEN_NAME_BYTES 64u
#define HOST_LISTEN_SILENCE UINT32_MAX

typedef enum { HOST_LISTEN_ABX, HOST_LISTEN_RATING } host_listen_kind;
typedef struct host_listen host_listen;

typedef struct {
    host_listen_kind kind;
    const char *name;     /* of the test, for the results */
    uint32_t trial_count; /* ABX: 1..HOST_LISTEN_MAX_TRIALS, or 0: sequential */
    host_sprt sprt;       /* of a sequential one; zeroed: 0.8, 0.05, 0.05, 100 */
    uint32_t seed;        /* what is drawn; 0: from the system, as it must be for a test that counts */
    /* Rating: names of the sounds, and of the conditions, the first of which is the hidden reference. */
    uint32_t item_count, condition_count;
    const char *item_names[HOST_LISTEN_MAX_ITEMS], *condition_names[HOST_LISTEN_MAX_CONDITIONS];
    double duration_s; /* of the longest sound, for loop points; 0: there are none */
    bool is_for_live;  /* A and B are told later, by host_listen_offer */
    /*
     * Plays sound 0 (A, the reference) or on of an item; HOST_LISTEN_SILENCE: nothing. loop: seconds. Called under the
     * lock: both return at once.
     */
    void (*play)(void *context, uint32_t item, uint32_t sound);
    void (*loop)(void *context, double from_s, double to_s);
    void *context;
} host_listen_config;

/* RSD_ERR_ARG: a count out of range. `settings` (what A and B are...) is taken over, also where it fails. */
RSD_NODISCARD rsd_status host_listen_create(const host_listen_config *config, json_t *settings, host_listen **listen);
void host_listen_destroy(host_listen *listen); /* NULL is fine */

/* For live: what A and B are now, taken over; NULL: one of them is not there. A test that runs keeps its own. */
void host_listen_offer(host_listen *listen, json_t *settings);

/* The test that has just been started cannot be played: it is as if it had not been, and `problem` is told. */
void host_listen_refuse(host_listen *listen, const char *problem);

/* RSD_OK, or `error` says for a person why nothing has changed. */
RSD_NODISCARD rsd_status host_listen_take(host_listen *listen, const json_t *request, rsd_error *error);
json_t *host_listen_tell(host_listen *listen); /* a new reference */
bool host_listen_is_running(host_listen *listen);
bool host_listen_is_over(host_listen *listen);
uint32_t host_listen_run(host_listen *listen); /* how often one was started */

/*
 * What came of it, to be freed; NULL: it is not over. JSON, or CSV: of ABX a line a trial; of a rating the columns that
 * webMUSHRA writes (session_test_id, trial_id, rating_stimulus, rating_score, rating_time in ms, rating_comment).
 */
char *host_listen_json(host_listen *listen);
char *host_listen_csv(host_listen *listen);

#endif
