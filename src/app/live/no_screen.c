// SPDX-License-Identifier: MIT
// In place of screen.c, draw.c and keys.c in a build without ncurses: `live` prints lines.
#include "app/live/live.h"

bool live_ui_screen_open(void) { return false; }

void live_ui_screen_close(void) {}

void live_ui_screen_update(live_ui_state *live) { (void)live; }
