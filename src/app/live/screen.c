// SPDX-License-Identifier: MIT
// The terminal of `live`, by ncurses.
#include "app/live/live.h"

#include <curses.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define REDRAW_S 0.05

static SCREEN *screen;
static double next_redraw_s;
static bool is_resized;

bool live_ui_screen_open(void)
{
    setlocale(LC_CTYPE, ""); // for the bars; numbers keep the C locale's point
    // newterm, unlike initscr, returns where the terminal is not known.
    screen = newterm(NULL, stdout, stdin);
    if (!screen) return false;
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    if (has_colors()) {
        start_color();
        use_default_colors();
        init_pair(1, COLOR_GREEN, -1);
        init_pair(2, COLOR_YELLOW, -1);
        init_pair(3, COLOR_RED, -1);
        init_pair(4, COLOR_CYAN, -1);
    }
    return true;
}

void live_ui_screen_close(void)
{
    if (!screen) return;
    endwin();
    delscreen(screen);
    screen = NULL;
}

void live_ui_screen_update(live_ui_state *live)
{
    bool pressed = false;
    for (int key; (key = getch()) != ERR;) {
        if (key == KEY_RESIZE) {
            is_resized = true; // drawn when it is due: a window that is dragged sends many
            continue;
        }
        live_ui_key(live, key);
        pressed = true;
    }
    const double now = live_ui_now_s();
    if (!pressed && now < next_redraw_s) return;
    next_redraw_s = now + REDRAW_S;
    live_ui_snapshot snapshot;
    live_ui_take_snapshot(live, &snapshot);
    live_ui_keep_tokens(live);
    live_ui_keep_spectra(live);
    if (live->selected_level >= snapshot.codec.level_count) live->selected_level = snapshot.codec.level_count - 1u;
    // Terminals wrap or cut what is there when their size changes: then all of it is written anew.
    if (is_resized) clearok(curscr, TRUE);
    is_resized = false;
    erase();
    live_ui_draw(live, &snapshot);
    refresh();
}
