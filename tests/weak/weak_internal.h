// SPDX-License-Identifier: MIT
// What the parts of the explorer share.
#ifndef TESTS_WEAK_INTERNAL_H
#define TESTS_WEAK_INTERNAL_H

#include "weak/weak.h"

#include <stddef.h>
#include <stdint.h>

#define WEAK_MAX_SLOTS 512u /* places that are stored to while threads run */
#define WEAK_NO_SLOT UINT16_MAX
#define WEAK_MAX_STORES 24u /* to one place in one run */

typedef struct {
    uint16_t clock[WEAK_MAX_THREADS]; /* what is known of each thread: happened before */
    uint8_t latest[WEAK_MAX_SLOTS];   /* store of each slot, by its number in the place */
} weak_view;

typedef enum { WEAK_LOAD, WEAK_STORE, WEAK_UPDATE, WEAK_WAIT } weak_kind;
typedef struct {
    weak_kind kind;
    uintptr_t address;
    unsigned size;
    int order; /* memory_order */
    const void *site;
} weak_access;

/* weak_explore.c */
extern int weak_thread;     /* that runs; -1: none is watched */
extern bool weak_last_look; /* all threads waited: loads see what is newest */
unsigned weak_choose(unsigned count);
void weak_yield(const weak_access *access); /* until this access of weak_thread is next */
void weak_wait_for(uintptr_t address);      /* until another thread has changed what lies there */
bool weak_is_of_stack(uintptr_t address);   /* of weak_thread itself: nobody else looks there */
void weak_wake(void);                       /* whoever waits looks again, as something else than a store has changed */
void weak_calls_begin(void);                /* weak_calls.c */
void weak_fail(const char *what);
void weak_restart(void);                   /* more is known of the case than when its runs began: from the start */
int weak_order(const weak_access *access); /* the order of an access, or less where it is weakened on trial */

/* weak_model.c */
void weak_model_begin(void);
void weak_model_forget(void);                             /* what places have in common from run to run */
void weak_model_follow(unsigned thread, unsigned leader); /* all that `leader` did happened before */
void weak_model_join(void);                               /* all that the threads did comes into the view of the end */
uint64_t weak_load(const weak_access *access);
void weak_store(const weak_access *access, uint64_t value);
typedef uint64_t (*weak_change)(uint64_t before, uint64_t operand);
uint64_t weak_update(const weak_access *access, weak_change change, uint64_t operand);
bool weak_compare(const weak_access *access, uint64_t *expected, uint64_t desired);
/* weak_memory.c: what is allocated in a run is gone with it, and lies in the same places in the next */
void weak_memory_begin(void);
void weak_memory_end(void);

/* weak_model.c */
void weak_plain(uintptr_t address, size_t size, bool is_write); /* a plain access of weak_thread */

#endif
