/* SPDX-License-Identifier: MIT
 *
 * The crew of a threaded codec (src/engine/worker_crew_setup.c) for `spin`: the worker gives a frame to its members by a
 * semaphore each, codes its own channels, and joins them when as many have said that they are done.
 *
 * What must hold: every channel of every frame is coded once, by one; the frame is joined when all are; nobody looks at a
 * frame that is over; all end.
 *
 * Seeded bugs, which the check must catch:
 *   -DNO_WAIT    the worker joins the channels without waiting
 *   -DOVER_LATE  members are let go to their end before it is said that it is the end
 */
#define CHANNELS 3
#define THREADS 3 /* the worker is number 0 */
#define FRAMES 2

byte begin[THREADS], finished;
byte frame = 0; /* the one at hand; 0: none */
byte coded[CHANNELS];
bool is_over = false;

inline wait_for(semaphore) { atomic { semaphore > 0 -> semaphore-- } }

inline code_channels(number)
{
    channel = number;
    do
    :: channel < CHANNELS ->
        assert(frame > 0 && coded[channel] == frame - 1);
        coded[channel] = frame;
        channel = channel + THREADS
    :: else -> break
    od
}

proctype member(byte number)
{
    byte channel;
    do
    :: wait_for(begin[number]);
        if
        :: is_over -> break
        :: else -> code_channels(number); finished++
        fi
    od
}

proctype worker()
{
    byte f = 1, i, channel;
    do
    :: f <= FRAMES ->
        frame = f;
        i = 1;
        do
        :: i < THREADS -> begin[i]++; i++
        :: else -> break
        od;
        code_channels(0);
#ifndef NO_WAIT
        i = 1;
        do
        :: i < THREADS -> wait_for(finished); i++
        :: else -> break
        od;
#endif
        i = 0;
        do
        :: i < CHANNELS -> assert(coded[i] == f); i++ /* joined */
        :: else -> break
        od;
        frame = 0;
        f++
    :: else -> break
    od;
#ifndef OVER_LATE
    is_over = true;
#endif
    i = 1;
    do
    :: i < THREADS -> begin[i]++; i++
    :: else -> break
    od;
    is_over = true
}

init {
    byte n = 1;
    atomic {
        run worker();
        do
        :: n < THREADS -> run member(n); n++
        :: else -> break
        od
    }
}
