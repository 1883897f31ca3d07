/* SPDX-License-Identifier: MIT
 *
 * The queues of a threaded codec (src/engine/worker.c) for `spin`: audio pushes jobs and fetches results by number, the
 * worker codes them, and audio codes in its place where a frame is due and the worker is not at it. Whoever has set
 * `coding` is at the codec. Audio here is a render: it waits, and so no frame may be late.
 *
 * What must hold: one at a time is at the codec; frames are coded in order, each once; a job that is gone has its result
 * in place; every frame that is due is there; both sides finish.
 *
 * Spin knows only sequential consistency: acquire and release are argued in the source and watched by TSan.
 *
 * Seeded bugs, which the check must catch:
 *   -DNO_FLAG     audio codes without asking whether the worker is at it
 *   -DTAKE_FIRST  the job is taken out of its queue before its result is in place
 */
#define FRAMES 4
#define QUEUE 2

chan jobs = [QUEUE] of { byte };
chan results = [QUEUE] of { byte };
bool coding = false, is_stopped = false;
byte pushed = 0, taken = 0;
byte at_the_codec = 0, coded = 0; /* coded: number of the last frame */

inline take_over(has) { atomic { has = !coding; coding = true } }

/* By whoever has taken over; `frame` is a name of the caller's. */
inline code_next(frame, did)
{
    did = false;
    if
    :: nempty(jobs) && nfull(results) ->
        jobs ? <frame>;
        at_the_codec++;
        assert(at_the_codec == 1);
        assert(frame == coded + 1);
        coded = frame;
        at_the_codec--;
#ifdef TAKE_FIRST
        jobs ? frame;
        taken++;
        results ! frame;
#else
        results ! frame;
        jobs ? frame;
        taken++;
#endif
        did = true
    :: empty(jobs) || full(results) -> skip
    fi
}

proctype worker()
{
    byte frame;
    bool has, did;
    do
    :: is_stopped -> break
    :: !is_stopped && pushed != taken ->
        take_over(has);
        if
        :: has ->
            code_next(frame, did);
            coding = false
        :: else
        fi
    od
}

/* Codes what is left, or waits for the worker that is at it. */
inline receive(due)
{
    got = 0;
    do
    :: got == due -> break
    :: got != due ->
        nothing_left = (pushed == taken);
        if
        :: nempty(results) -> results ? got; assert(got <= due)
        :: empty(results) ->
            assert(!nothing_left); /* else it is late, in a render */
#ifdef NO_FLAG
            has = true;
#else
            take_over(has);
#endif
            if
            :: has ->
                code_next(frame, did);
                coding = false
            :: else
            fi
        fi
    od
}

proctype audio()
{
    byte next = 1, due = 0, got, frame;
    bool has, did, nothing_left;
    do
    :: next <= FRAMES ->
        jobs ! next;
        pushed++;
        if
        :: due > 0 -> receive(due)
        :: else
        fi;
        due = next;
        next++
    :: else -> break
    od;
    receive(due);
    assert(coded == FRAMES && pushed == taken || coding);
    is_stopped = true
}

init {
    atomic {
        run audio();
        run worker()
    }
}
