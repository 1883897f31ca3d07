// SPDX-License-Identifier: MIT
#ifndef ENGINE_CHANGES_H
#define ENGINE_CHANGES_H

#include <residuum/rsd_engine.h>
#include <residuum/rsd_ring.h>

#include <stdbool.h>

/*
 * Every change that the engine takes, at the sample at which it takes it and whoever made it, for a file that plays them
 * again. What moves by itself (LFOs, ramps of the engine) is no change.
 */

typedef enum {
    ENGINE_CHANGE_VALUE,       /* a parameter */
    ENGINE_CHANGE_STATE,       /* a whole state, which is faded to; what it has beside the defaults follows as */
    ENGINE_CHANGE_STATE_VALUE, /* these, and ends with the first change of another kind */
    ENGINE_CHANGE_CODEC,       /* what control has handed over last; of a state where one came at the same sample */
    ENGINE_CHANGE_TRANSPORT    /* a tempo, a jump, a start or a stop */
} engine_change_kind;

typedef struct {
    uint64_t sample_time;
    double beats; /* of a transport; negative: not known */
    engine_change_kind kind;
    rsd_param_id param_id;
    uint32_t level;
    float value; /* or the transport's tempo; 0: it has none */
    bool is_rolling;
} engine_change;

#define ENGINE_CHANGES_CAPACITY 8192u /* a state has some hundred; they come when somebody turns something */

/*
 * changes  of ENGINE_CHANGES_CAPACITY engine_change, borrowed; what has no room in it is counted, not told
 * Thread   [setup], before the first process call
 */
void engine_watch_changes(rsd_engine *engine, rsd_ring *changes);
uint32_t engine_lost_changes(const rsd_engine *engine); /* [any] */

#endif
