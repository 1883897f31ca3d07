// SPDX-License-Identifier: MIT
#include "live.h"

// In place of live_screen.c, live_draw.c and live_keys.c in a build without ncurses: `live` prints lines.

bool live_screen_open(void) { return false; }

void live_screen_close(void) {}

void live_screen_update(live_state *live) { (void)live; }

void live_load_preset_names(live_state *live)
{
    live->preset_index = live->preset_count;
} // keys alone walk through them
