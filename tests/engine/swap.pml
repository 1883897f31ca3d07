/* SPDX-License-Identifier: MIT
 *
 * The hand-over of a codec (src/engine/engine_transition.c, engine_setup.c) for `spin`. A pair of twins is one instance
 * here, as both are handed over and freed together: control makes instances and
 * hands each over by one atomic pointer; audio takes it in, fades, tells which one is reported, and retires the one
 * before through a ring of one place; control frees what comes back. Control also looks at the reported instance.
 *
 * What must hold: nobody uses an instance that was freed; the ring of retired ones always has room; at the end every
 * instance but the one that sounds was freed, once; both sides finish.
 *
 * Spin knows only sequential consistency: acquire and release are argued in the source and watched by TSan.
 *
 * Seeded bugs, which the check must catch:
 *   -DTWO_AT_A_TIME  control hands a second one over before the first has come in
 *   -DFREE_AT_ONCE   control frees the instance in use when it hands the next one over
 *   -DREPORT_LATE    audio reports the new instance only after the old one was retired
 */
#define SWAPS 3
#define NONE 0

byte handed_over = NONE; /* control -> audio */
byte reported = 1;       /* audio -> control */
byte retired = NONE;     /* a ring of one place: audio writes where it is empty, control reads */
byte freed[SWAPS + 2];   /* how often each instance was freed */
byte current = 1, incoming = NONE; /* audio's own */
bool is_stopped = false, audio_is_over = false;

inline use(instance) { assert(instance != NONE && freed[instance] == 0) }

inline receive()
{
    if
    :: incoming == NONE -> atomic { incoming = handed_over; handed_over = NONE }
    :: else
    fi
}

inline retire()
{
    assert(retired == NONE);
    retired = current;
    current = incoming;
    incoming = NONE
}

proctype audio()
{
    bool heard = false;
    do
    :: is_stopped && handed_over == NONE && incoming == NONE -> break
    :: else ->
        receive();
        use(current);
        if
        :: incoming != NONE ->
            use(incoming);
            if
            :: !heard ->
#ifndef REPORT_LATE
                reported = incoming;
#endif
                heard = true
            :: heard -> /* the fade is over */
                retire();
#ifdef REPORT_LATE
                use(reported);
                reported = current;
#endif
                heard = false
            fi
        :: else
        fi
    od;
    audio_is_over = true
}

inline collect()
{
    if
    :: retired != NONE ->
        freed[retired]++;
        retired = NONE;
        under_way = false
    :: else
    fi
}

proctype control()
{
    byte made = 1, seen;
    bool under_way = false;
    do
    :: made <= SWAPS ->
        collect();
        seen = reported;
        use(seen); /* get_codec */
#ifndef TWO_AT_A_TIME
        if
        :: under_way -> skip
        :: else ->
#endif
            made++;
            under_way = true;
#ifdef FREE_AT_ONCE
            freed[reported]++;
#endif
            handed_over = made
#ifndef TWO_AT_A_TIME
        fi
#endif
    :: else -> break
    od;
    is_stopped = true;
    (audio_is_over);
    collect();
    seen = 1;
    do
    :: seen <= made ->
        assert(seen == current || freed[seen] == 1);
        seen++
    :: else -> break
    od;
    assert(freed[current] == 0 && reported == current)
}

init {
    atomic {
        run audio();
        run control()
    }
}
