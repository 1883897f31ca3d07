// SPDX-License-Identifier: MIT
// The explorer itself: small programs whose outcomes under C11 are known. It has to find each that may be, and no other.
#include "weak/weak.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Atomic unsigned x, y;
static unsigned plain, a, b, c;
static bool seen[8]; /* outcomes, by the bits of a, b, c */

static void begin(void)
{
    x = y = 0u;
    plain = a = b = c = 0u;
}
static void end(void) { seen[(a & 1u) | (b & 1u) << 1 | (c & 1u) << 2] = true; }

#define STORE(PLACE, VALUE, ORDER) atomic_store_explicit(&PLACE, VALUE, memory_order_##ORDER)
#define LOAD(PLACE, ORDER) atomic_load_explicit(&PLACE, memory_order_##ORDER)

/* Store buffering: both may read 0, but for sequentially consistent accesses. */
static void sb_1(void) { STORE(x, 1u, release), a = LOAD(y, acquire); }
static void sb_2(void) { STORE(y, 1u, release), b = LOAD(x, acquire); }
static void sb_sc_1(void) { STORE(x, 1u, seq_cst), a = LOAD(y, seq_cst); }
static void sb_sc_2(void) { STORE(y, 1u, seq_cst), b = LOAD(x, seq_cst); }
/* Message passing: a is the flag, b the message. */
static void mp_1(void) { STORE(x, 1u, relaxed), STORE(y, 1u, release); }
static void mp_relaxed_1(void) { STORE(x, 1u, relaxed), STORE(y, 1u, relaxed); }
static void mp_2(void) { a = LOAD(y, acquire), b = LOAD(x, relaxed); }
/* Coherence: b may not be older than a. */
static void rr_1(void) { STORE(x, 1u, relaxed); }
static void rr_2(void) { a = LOAD(x, relaxed), b = LOAD(x, relaxed); }
/* Two stores each, crosswise: a and b are what is left of both, 1 where the first store of a thread is the last. */
static void ww_1(void) { STORE(x, 1u, relaxed), STORE(y, 2u, relaxed); }
static void ww_2(void) { STORE(y, 1u, relaxed), STORE(x, 2u, relaxed); }
static void ww_end(void) { a = x == 1u, b = y == 1u, end(); }
/* A message in two steps: c is what a third thread sees of the first. */
static void wrc_1(void) { STORE(x, 1u, relaxed); }
static void wrc_2(void) { a = LOAD(x, relaxed), a ? STORE(y, 1u, release) : (void)0; }
static void wrc_3(void) { b = LOAD(y, acquire), c = LOAD(x, relaxed); }
/* An update goes on with the release sequence: who reads it knows of the message. */
static void rs_1(void) { STORE(x, 1u, relaxed), STORE(y, 1u, release); }
static void rs_2(void) { (void)atomic_fetch_add_explicit(&y, 2u, memory_order_relaxed); }
static void rs_3(void) { a = LOAD(y, acquire) == 3u, b = LOAD(x, relaxed); }
/* Updates are whole: both add. */
static void up_1(void) { (void)atomic_fetch_add_explicit(&x, 1u, memory_order_relaxed); }
static void up_end(void) { a = x == 2u, end(); }
/* A plain message is no race behind release and acquire. */
static void pl_1(void) { plain = 1u, STORE(y, 1u, release); }
static void pl_relaxed_1(void) { plain = 1u, STORE(y, 1u, relaxed); }
static void pl_2(void) { a = LOAD(y, acquire), b = a ? plain : 1u; }
/* What one thread has seen of x another need not: a = 1 and b = c = 0 may be, but for sequential consistency. */
static void rwc_1(void) { STORE(x, 1u, release); }
static void rwc_2(void) { a = LOAD(x, acquire), b = LOAD(y, acquire); }
static void rwc_3(void) { STORE(y, 1u, release), c = LOAD(x, acquire); }
static void rwc_sc_1(void) { STORE(x, 1u, seq_cst); }
static void rwc_sc_2(void) { a = LOAD(x, seq_cst), b = LOAD(y, seq_cst); }
static void rwc_sc_3(void) { STORE(y, 1u, seq_cst), c = LOAD(x, seq_cst); }

typedef struct {
    weak_case run;
    unsigned outcomes; /* a bit for each that may be: bit n for a, b, c as bits of n; 0: it is a race */
} litmus;

#define BIT(A, B) (1u << ((A) | (B) << 1))
static const litmus tests[] = {
    {{"store buffering", begin, {sb_1, sb_2}, end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 0) | BIT(1, 1)},
    {{"store buffering, consistent", begin, {sb_sc_1, sb_sc_2}, end}, BIT(0, 1) | BIT(1, 0) | BIT(1, 1)},
    {{"a message", begin, {mp_1, mp_2}, end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 1)},
    {{"a message, relaxed", begin, {mp_relaxed_1, mp_2}, end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 0) | BIT(1, 1)},
    {{"coherence", begin, {rr_1, rr_2}, end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 1)},
    {{"crosswise stores", begin, {ww_1, ww_2}, ww_end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 0) | BIT(1, 1)},
    {{"a message in two steps", begin, {wrc_1, wrc_2, wrc_3}, end}, 0xb3u},
    {{"a release sequence", begin, {rs_1, rs_2, rs_3}, end}, BIT(0, 0) | BIT(0, 1) | BIT(1, 1)},
    {{"two updates", begin, {up_1, up_1}, up_end}, BIT(1, 0)},
    {{"a plain message", begin, {pl_1, pl_2}, end}, BIT(0, 1) | BIT(1, 1)},
    {{"a plain message, relaxed", begin, {pl_relaxed_1, pl_2}, end}, 0u},
    {{"a store that two see", begin, {rwc_1, rwc_2, rwc_3}, end}, 0xffu},
    {{"a store that two see, consistent", begin, {rwc_sc_1, rwc_sc_2, rwc_sc_3}, end}, 0xfdu},
};

static bool test(const litmus *t)
{
    const char *failure;
    memset(seen, 0, sizeof seen);
    const unsigned long runs = weak_follow(&t->run, &failure);
    unsigned outcomes = 0u;
    for (unsigned i = 0; i < 8u; i++) outcomes |= (unsigned)seen[i] << i;
    const bool is_right = t->outcomes ? runs > 0u && outcomes == t->outcomes : runs == 0u;
    printf("  %s: %s: %lu runs, outcomes %x%s%s\n", is_right ? "holds" : "FAILS", t->run.name, runs, outcomes,
           runs ? "" : ", ", runs ? "" : failure);
    return is_right;
}

int main(void)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) wrong += !test(&tests[i]);
    return wrong > 0;
}
