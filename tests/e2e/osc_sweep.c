// SPDX-License-Identifier: MIT
// Sends a fader's movement over OSC.
#include <lo/lo.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * osc_sweep PORT SECONDS RATE_HZ [LEVELS]: sweeps /residuum/levels up to LEVELS (14) and down, RATE_HZ messages a
 * second, one sweep in 2 s.
 */
int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) return 2;
    const double most = argc == 5 ? atof(argv[4]) : 14.0;
    lo_address to = lo_address_new("127.0.0.1", argv[1]);
    const double rate_hz = atof(argv[3]);
    const long count = (long)(atof(argv[2]) * rate_hz);
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (long i = 0; i < count; i++) {
        const double phase = fmod((double)i / rate_hz / 2.0, 1.0);
        const float levels = (float)(most * fabs(2.0 * phase - 1.0));
        if (lo_send(to, "/residuum/levels", "f", levels) < 0) return 1;
        due.tv_nsec += (long)(1e9 / rate_hz);
        while (due.tv_nsec >= 1000000000L) {
            due.tv_nsec -= 1000000000L;
            due.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    }
    lo_address_free(to);
    printf("sent %ld\n", count);
    return 0;
}
