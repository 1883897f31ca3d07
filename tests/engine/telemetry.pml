/* SPDX-License-Identifier: MIT
 *
 * Telemetry (src/engine/telemetry.c) for `spin`: audio sums up what happens in a period and writes a record where the ring
 * has room; where it has none the record is lost, and counted by the records after it. Control reads when it likes.
 *
 * What must hold: records come in order, each at most once; what a record counts as lost is what is missing before it; so
 * nothing is lost that is not told, but for the records at the very end.
 *
 * Seeded bugs, which the check must catch:
 *   -DCOUNT_LATE  a record that finds no room is not counted
 *   -DKEEP_SUMS   the sums of a record that was lost go on into the next one
 */
#define PERIODS 6
#define RING 2

chan ring = [RING] of { byte, byte, byte }; /* number of the period, events in it, records lost so far */
bool audio_is_over = false;

proctype audio()
{
    byte period = 1, events = 0, lost = 0;
    do
    :: period <= PERIODS ->
        events++; /* one a period */
        if
        :: nfull(ring) -> ring ! period, events, lost; events = 0
        :: full(ring) ->
#ifndef COUNT_LATE
            lost++;
#endif
#ifndef KEEP_SUMS
            events = 0
#else
            skip
#endif
        fi;
        period++
    :: else -> break
    od;
    audio_is_over = true
}

proctype control()
{
    byte period, events, lost, got = 0, last = 0;
    do
    :: nempty(ring) ->
        ring ? period, events, lost;
        assert(period > last);
        last = period;
        got++;
        assert(events == 1);
        assert(got + lost == period)
    :: empty(ring) && audio_is_over -> break
    od
}

init {
    atomic {
        run audio();
        run control()
    }
}
