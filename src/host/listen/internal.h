// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_INTERNAL_H
#define HOST_LISTEN_INTERNAL_H

#include "host/listen/listen.h"

#include <pthread.h>

/* What the parts of a listening test share, under its lock. */

#define LISTEN_COMMENT_BYTES 200u

typedef struct {
    bool is_b, answers_b; /* what X is, and what was said */
    double seconds;       /* that it took */
} listen_trial;

typedef struct {
    int score; /* -1: none yet */
    double seconds;
} listen_rating;

typedef struct {
    bool is_done;
    uint32_t order[HOST_LISTEN_MAX_CONDITIONS];        /* the condition that stands at each place */
    listen_rating ratings[HOST_LISTEN_MAX_CONDITIONS]; /* of conditions */
    char comment[LISTEN_COMMENT_BYTES];
} listen_item;

struct host_listen {
    host_listen_config config;
    char name[HOST_LISTEN_NAME_BYTES];
    char item_names[HOST_LISTEN_MAX_ITEMS][HOST_LISTEN_NAME_BYTES];
    char condition_names[HOST_LISTEN_MAX_CONDITIONS][HOST_LISTEN_NAME_BYTES];
    json_t *settings, *offered; /* of this run; NULL: there are none */
    pthread_mutex_t lock;
    enum { LISTEN_READY, LISTEN_RUNNING, LISTEN_OVER } state;
    uint32_t run, seed;
    char began[32], playing[8];
    char problem[160]; /* why the latest could not begin; "": it could */
    double trial_began_s, loop_from_s, loop_to_s;
    /* ABX */
    bool has_heard_x;
    uint32_t trial_count;                             /* done */
    listen_trial trials[HOST_LISTEN_MAX_TRIALS + 1u]; /* the one that runs behind them */
    /* rating */
    uint32_t item;
    listen_item items[HOST_LISTEN_MAX_ITEMS];
};

uint32_t listen_right_count(const host_listen *self);
json_t *listen_results(const host_listen *self);
char *listen_csv(const host_listen *self); /* NULL: no memory */

#endif
