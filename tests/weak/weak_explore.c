// SPDX-License-Identifier: MIT
// Coroutines, choices, and the order in which they are followed.
#include "weak/weak_internal.h"

#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_BYTES 1048576u
#define MAX_CHOICES 100000u
#define MAX_SITES 256u
#define MAX_STEPS 20000u
#define MAX_RUNS 20000000u

typedef struct {
    ucontext_t context;
    bool is_over, waits;
    unsigned changes, seen_changes; /* stores of others; those when it last had waited */
    weak_access next;               /* what it does when it goes on */
} coroutine;

typedef struct {
    uint16_t count, chosen;
} choice;

static coroutine coroutines[WEAK_MAX_THREADS];
static char stacks[WEAK_MAX_THREADS][STACK_BYTES];
static ucontext_t scheduler;
static const weak_case *current;
static choice choices[MAX_CHOICES];
static unsigned choice_count, choice_next, asleep; /* asleep: a bit a thread, see schedule */
static const char *failure;                        /* NULL: begin anew */
static jmp_buf failed;
static struct {
    const void *site;
    int order;
} sites[MAX_SITES];
static unsigned site_count;
static const void *weakened; /* the site that is weakened on trial; NULL: none */
static bool weakened_to_relaxed;

int weak_thread = -1;
bool weak_last_look;

/* ---- choices ---- */

unsigned weak_choose(unsigned count)
{
    if (count < 2u) return 0u;
    if (choice_next == MAX_CHOICES) {
        fprintf(stderr, "a run has too many choices\n");
        exit(2);
    }
    if (choice_next == choice_count) choices[choice_count++] = (choice){(uint16_t)count, 0u};
    return choices[choice_next++].chosen;
}

/* To the next run; false: there is none. */
static bool advance(void)
{
    while (choice_count > 0u && choices[choice_count - 1u].chosen + 1u == choices[choice_count - 1u].count)
        choice_count--;
    if (choice_count == 0u) return false;
    choices[choice_count - 1u].chosen++;
    return true;
}

/* ---- sites ---- */

/* Acquire or release in place of sequential consistency; relaxed in place of anything. */
static int weaker(weak_kind kind, int order)
{
    if (weakened_to_relaxed || order != memory_order_seq_cst) return memory_order_relaxed;
    if (kind == WEAK_LOAD) return memory_order_acquire;
    return kind == WEAK_STORE ? memory_order_release : memory_order_acq_rel;
}

int weak_order(const weak_access *access)
{
    if (access->order == memory_order_relaxed) return access->order;
    if (access->site == weakened) return weaker(access->kind, access->order);
    unsigned i = 0;
    while (i < site_count && sites[i].site != access->site) i++;
    if (i == site_count && site_count < MAX_SITES) sites[site_count++].site = access->site;
    if (i < MAX_SITES) sites[i].order = access->order;
    return access->order;
}

/* ---- threads ---- */

void weak_fail(const char *what)
{
    failure = what;
    longjmp(failed, 1);
}

void weak_restart(void)
{
    failure = NULL;
    longjmp(failed, 1);
}

void weak_check(bool holds, const char *what)
{
    if (!holds) weak_fail(what);
}

void weak_yield(const weak_access *access)
{
    coroutine *own = &coroutines[weak_thread];
    own->next = *access;
    swapcontext(&own->context, &scheduler);
}

void weak_wait(void)
{
    const weak_access access = {.kind = WEAK_WAIT};
    if (weak_thread < 0) weak_fail("the end waits");
    coroutine *own = &coroutines[weak_thread];
    own->waits = own->seen_changes == own->changes; /* else there is something that it may not have looked at */
    if (own->waits) weak_yield(&access);
    own->seen_changes = own->changes;
}

void weak_wait_for(uintptr_t address)
{
    const weak_access access = {.kind = WEAK_WAIT, .address = address};
    if (weak_thread < 0) weak_fail("the end waits");
    coroutines[weak_thread].waits = true;
    weak_yield(&access);
}

/* A change that is no access: as a store to a place of its own would be. */
void weak_wake(void)
{
    static int nowhere;
    const weak_access access = {.kind = WEAK_STORE, .address = (uintptr_t)&nowhere};
    if (weak_thread < 0) return;
    weak_yield(&access);
}

static void enter(void)
{
    current->thread[weak_thread]();
    coroutines[weak_thread].is_over = true;
    swapcontext(&coroutines[weak_thread].context, &scheduler);
}

bool weak_is_of_stack(uintptr_t address)
{
    const uintptr_t stack = (uintptr_t)stacks[weak_thread];
    return address >= stack && address < stack + STACK_BYTES;
}

static void start(unsigned thread)
{
    coroutine *c = &coroutines[thread];
    c->is_over = !current->thread[thread];
    c->waits = false;
    c->changes = c->seen_changes = 0u;
    c->next = (weak_access){.kind = WEAK_WAIT};
    getcontext(&c->context);
    c->context.uc_stack.ss_sp = stacks[thread];
    c->context.uc_stack.ss_size = STACK_BYTES;
    c->context.uc_link = NULL;
    makecontext(&c->context, enter, 0);
}

static void go_on(unsigned thread)
{
    weak_thread = (int)thread;
    swapcontext(&scheduler, &coroutines[thread].context);
    weak_thread = -1;
}

static bool is_change(const weak_access *a) { return a->kind == WEAK_STORE || a->kind == WEAK_UPDATE; }

/* Waits for a change of anything. */
static bool waits_for_any(const weak_access *a) { return a->kind == WEAK_WAIT && a->address == 0u; }

/* Whether it matters which of the two comes first. */
static bool depend(const weak_access *a, const weak_access *b)
{
    if (waits_for_any(a) || waits_for_any(b)) return is_change(a) || is_change(b);
    return a->address == b->address && (is_change(a) || is_change(b));
}

static unsigned next_thread(unsigned *enabled_count)
{
    unsigned able[WEAK_MAX_THREADS], count = 0u;
    *enabled_count = 0u;
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) {
        if (coroutines[t].is_over || coroutines[t].waits) continue;
        ++*enabled_count;
        if (!(asleep >> t & 1u)) able[count++] = t;
    }
    if (count == 0u) return WEAK_MAX_THREADS;
    const unsigned chosen = weak_choose(count);
    /* What comes of the others first, from here, has been followed: they sleep until something meets their access. */
    for (unsigned i = 0; i < chosen; i++) asleep |= 1u << able[i];
    return able[chosen];
}

/* All wait. What was stored is seen at last: they look once more, at what is newest. False: they did. */
static bool look_again(void)
{
    bool is_waiting = false;
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) {
        is_waiting = is_waiting || !coroutines[t].is_over;
        coroutines[t].waits = false;
    }
    if (is_waiting && weak_last_look) weak_fail("threads wait for each other");
    weak_last_look = true;
    return is_waiting;
}

/* One access of one thread. False: the run is over, or leads to nothing new. */
static bool step(void)
{
    unsigned enabled;
    const unsigned thread = next_thread(&enabled);
    if (enabled == 0u) return look_again();
    if (thread == WEAK_MAX_THREADS) return false;
    const weak_access done = coroutines[thread].next;
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) {
        if (depend(&done, &coroutines[t].next)) asleep &= ~(1u << t);
        if (!is_change(&done) || t == thread) continue;
        coroutines[t].changes++;
        if (depend(&done, &coroutines[t].next)) coroutines[t].waits = false;
    }
    if (is_change(&done)) weak_last_look = false;
    go_on(thread);
    return true;
}

static bool all_are_over(void)
{
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++)
        if (!coroutines[t].is_over) return false;
    return true;
}

/* True: followed to the end of all threads. */
static bool run_once(void)
{
    unsigned steps = 0u;
    choice_next = 0u;
    asleep = 0u;
    weak_thread = -1;
    weak_last_look = false;
    weak_model_begin();
    weak_memory_begin();
    weak_calls_begin();
    current->begin();
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++) start(t);
    /* Up to its first access no thread meets another. */
    for (unsigned t = 0; t < WEAK_MAX_THREADS; t++)
        if (!coroutines[t].is_over) go_on(t);
    while (step())
        if (++steps > MAX_STEPS) weak_fail("a run does not end");
    if (!all_are_over()) {
        weak_memory_end();
        return false;
    }
    weak_model_join();
    if (current->end) current->end();
    weak_memory_end();
    return true;
}

/* ---- cases ---- */

/* False: it failed, and `failure` says how. */
static bool follow(const weak_case *c, unsigned long *run_count)
{
    volatile unsigned long whole = 0u, all = 0u;
    current = c;
    weak_model_forget();
    if (setjmp(failed)) {
        weak_thread = -1;
        weak_memory_end();
        if (failure) return false;
    }
    whole = 0u;
    choice_count = 0u;
    do {
        whole += run_once();
        if (++all > MAX_RUNS) weak_fail("there are too many runs to follow");
    } while (advance());
    *run_count = whole;
    return true;
}

/* Function and line of a call, as far as addr2line knows them. */
static void print_site(const void *site)
{
    extern const char __executable_start;
    char command[256];
    snprintf(command, sizeof command, "addr2line -pfse /proc/%d/exe 0x%lx", (int)getpid(),
             (unsigned long)((uintptr_t)site - 1u - (uintptr_t)&__executable_start));
    fflush(stdout);
    if (system(command) != 0) printf("%p\n", site);
}

unsigned long weak_follow(const weak_case *c, const char **why)
{
    unsigned long runs = 0u;
    if (follow(c, &runs)) return runs;
    *why = failure;
    return 0u;
}

static bool fails_somewhere(const weak_case *cases, unsigned case_count)
{
    unsigned long ignored;
    for (unsigned i = 0; i < case_count; i++)
        if (!follow(&cases[i], &ignored)) return true;
    return false;
}

/* What a site needs: 0 its order, 1 acquire or release, 2 nothing, as far as the cases see. */
static unsigned weigh(unsigned site, const weak_case *cases, unsigned case_count)
{
    weakened = sites[site].site;
    weakened_to_relaxed = true;
    unsigned need = fails_somewhere(cases, case_count) ? 0u : 2u;
    weakened_to_relaxed = false;
    if (need == 0u && sites[site].order == memory_order_seq_cst) need = !fails_somewhere(cases, case_count);
    weakened = NULL;
    return need;
}

int weak_run(const weak_case *cases, unsigned case_count)
{
    unsigned long runs;
    for (unsigned i = 0; i < case_count; i++) {
        if (!follow(&cases[i], &runs)) {
            printf("FAILS: %s: %s\n", cases[i].name, failure);
            return 1;
        }
        printf("  holds: %s (%lu runs)\n", cases[i].name, runs);
        fflush(stdout);
    }
    return 0;
}

int weak_weigh_orders(const weak_case *cases, unsigned case_count, unsigned free_count)
{
    static const char *const needs[] = {"needed", "acquire or release would do", "relaxed would do"};
    static const char *const orders[] = {"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
    unsigned free_orders = 0u;
    for (unsigned i = 0; i < site_count; i++) {
        const unsigned need = weigh(i, cases, case_count);
        free_orders += need == 2u;
        printf("  %s, %s: ", orders[sites[i].order], needs[need]);
        print_site(sites[i].site);
    }
    if (free_orders == free_count && site_count > 0u) return 0;
    printf("FAILS: %u orders may be relaxed, and %u were expected\n", free_orders, free_count);
    return 1;
}
