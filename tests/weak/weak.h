// SPDX-License-Identifier: MIT
// Real code under every interleaving and every weak memory order that C11 allows, for a few threads and steps.
#ifndef TESTS_WEAK_H
#define TESTS_WEAK_H

#include <stdbool.h>

/*
 * The code under test is compiled by -fsanitize=thread, and linked with weak_abi.c in place of ThreadSanitizer: so each
 * of its accesses comes here. Its threads are coroutines of one real thread. A run follows one choice after the other:
 * which thread goes on before an atomic access, which of the stores that it may see a load returns, and where among the
 * other stores to the same place a store comes. Runs are repeated until there is no choice left.
 *
 * The memory is that of C11 without its loads that see the future (a load returns what some thread has stored already,
 * as in RC11 of Lahav et al., PLDI 2017): each thread has a view, the latest store to each place that it must know of. A release
 * store carries its thread's view, an acquire load of it takes the view over, a relaxed load takes over nothing but the
 * place. Release sequences are those of C++20: read-modify-writes alone go on with one. A place that has one sequentially
 * consistent access may have no other: then its order is that of the runs. There are no fences. Two plain accesses, or a
 * plain one and an atomic one behind it, are a race where no such view orders them.
 *
 * Orders of threads that lead to the same are followed once (sleep sets, Godefroid 1996).
 */

#define WEAK_MAX_THREADS 3u

typedef struct {
    const char *name;
    void (*begin)(void); /* before the threads: not watched */
    void (*thread[WEAK_MAX_THREADS])(void);
    void (*end)(void); /* behind all threads, with all that they did in view; NULL: nothing to do */
} weak_case;

/* Follows each case to its end. Returns the exit code of the program. */
int weak_run(const weak_case *cases, unsigned case_count);

/*
 * Makes each order of the code under test that is stronger than relaxed weaker in turn, and follows the cases again: one
 * at least has to fail. Else the order is not needed, or the cases do not see what it is for. `free_count`: how many may
 * be relaxed so, each with its reason at the call. After weak_run. Returns the exit code.
 */
int weak_weigh_orders(const weak_case *cases, unsigned case_count, unsigned free_count);

/*
 * The code's own threads: where it creates one, `thread` of the case stands for it and runs `start(context)`; see
 * weak_calls.c. begin() may create one, too: it is then there from the start.
 */
void weak_created(void); /* in `thread` of the case: waits until it is created, and is what was created */
/* Follows one case: how many runs there are; 0: it fails, and `why` says how. */
unsigned long weak_follow(const weak_case *c, const char **why);

void weak_check(bool holds, const char *what); /* a case fails where it does not */
void weak_wait(void);                          /* goes on once another thread has stored something */

#endif
