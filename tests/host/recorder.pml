/* SPDX-License-Identifier: MIT
 *
 * A recording (src/host/file/recorder.c) for `spin`: audio pushes samples into a ring while it is armed, a thread writes
 * them, and control starts and stops, several times.
 *
 * What must hold: what was pushed and not dropped is in the file that was open when it was pushed, in order; nothing of a
 * recording is left for the next one; nobody pushes while nobody reads; all end.
 *
 * Spin knows only sequential consistency, and that is what the recorder asks for.
 *
 * Seeded bugs, which the check must catch:
 *   -DNO_WAIT     stop does not wait for a push that has begun
 *   -DNO_LAST     the thread does not look into the ring once more at its end
 *   -DASK_FIRST   the thread is asked to end before the ring is closed
 */
#define TAKES 2
#define PUSHES 4
#define RING 2

chan ring = [RING] of { byte }; /* the number of the take in which it was pushed */
bool armed = false, pushing = false, stop_asked = false, thread_runs = false;
byte take = 0; /* that is recorded */
byte pushed[TAKES + 1], written[TAKES + 1];

proctype audio()
{
    byte n = 0;
    do
    :: n < PUSHES ->
        pushing = true;
        if
        :: armed ->
            if
            :: nfull(ring) -> ring ! take; pushed[take]++
            :: full(ring) /* dropped, and counted */
            fi
        :: else
        fi;
        pushing = false;
        n++
    :: else -> break
    od
}

proctype writer(byte number)
{
    byte got;
    do
    :: stop_asked -> break
    :: !stop_asked && nempty(ring) -> ring ? got; assert(got == number); written[number]++
    od;
#ifndef NO_LAST
    do
    :: nempty(ring) -> ring ? got; assert(got == number); written[number]++
    :: empty(ring) -> break
    od;
#endif
    thread_runs = false
}

proctype control()
{
    byte t = 1;
    do
    :: t <= TAKES ->
        stop_asked = false;
        take = t;
        thread_runs = true;
        run writer(t);
        armed = true;
        /* and after a while */
#ifdef ASK_FIRST
        stop_asked = true;
        armed = false;
#else
        armed = false;
#endif
#ifndef NO_WAIT
        !pushing;
#endif
        stop_asked = true;
        !thread_runs;
        assert(empty(ring) && written[t] == pushed[t]);
        t++
    :: else -> break
    od
}

init {
    atomic {
        run audio();
        run control()
    }
}
