// SPDX-License-Identifier: MIT
// A bar on a terminal, with the time that is left.
#include "progress.h"

#include "base/sleep.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_CELLS 40
#define REDRAW_NS 100000000u

void app_progress_start(app_progress *progress, const char *what, bool quiet)
{
    memset(progress, 0, sizeof *progress);
    progress->is_shown = !quiet && isatty(STDERR_FILENO);
    progress->start_ns = base_now_ns();
    // A job that is over at once shows no bar at all.
    progress->next_ns = progress->start_ns + 3u * REDRAW_NS;
    snprintf(progress->what, sizeof progress->what, "%s", what);
}

static void format_left(double seconds, char text[16])
{
    if (seconds < 3600.0)
        snprintf(text, 16, "%d:%02d", (int)seconds / 60, (int)seconds % 60);
    else
        snprintf(text, 16, "%d h %d min", (int)seconds / 3600 % 1000, (int)seconds / 60 % 60);
}

void app_progress_update(app_progress *progress, double done, const char *what)
{
    if (!progress->is_shown) return;
    if (what) snprintf(progress->what, sizeof progress->what, "%s", what);
    const uint64_t now = base_now_ns();
    if (now < progress->next_ns) return;
    progress->next_ns = now + REDRAW_NS;
    if (done < 0.0) done = 0.0;
    if (done > 1.0) done = 1.0;
    char bar[BAR_CELLS + 1], left[16] = "?";
    const int full = (int)(done * BAR_CELLS);
    memset(bar, '#', (size_t)full);
    memset(bar + full, '-', (size_t)(BAR_CELLS - full));
    bar[BAR_CELLS] = '\0';
    if (done > 0.005) format_left((double)(now - progress->start_ns) * 1e-9 * (1.0 - done) / done, left);
    fprintf(stderr, "\r%-20.20s [%s] %3d %%  %s left \x1b[K", progress->what, bar, (int)(done * 100.0), left);
}

void app_progress_end(app_progress *progress)
{
    if (progress->is_shown) fputs("\r\x1b[K", stderr);
    progress->is_shown = false;
}
