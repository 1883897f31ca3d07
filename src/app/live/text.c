// SPDX-License-Identifier: MIT
// A line of text on a terminal of any width: whole figures or none, and nothing that the terminal would obey.
#include "app/live/live.h"

#include <curses.h>

#include <ctype.h>
#include <string.h>
#include <wchar.h>

typedef struct {
    char bytes[1024];
    size_t used;
    int columns;
    size_t word_end; /* bytes up to the end of the last whole word that fits */
    bool fits;
} fitted_text;

/* One character at `text`: its bytes and columns. Names may hold anything; what is no printable character is '?'. */
static size_t read_character(const char *text, int *columns, bool *is_printable)
{
    mbstate_t state;
    wchar_t wide = 0;
    memset(&state, 0, sizeof state);
    const size_t bytes = mbrtowc(&wide, text, strlen(text), &state);
    *columns = 1;
    *is_printable = false;
    if (bytes == 0u || bytes > 8u) return 1u; /* not valid here */
    const int width = wcwidth(wide);
    *is_printable = width >= 0;
    if (*is_printable) *columns = width;
    return bytes;
}

static void fit(const char *text, int width, fitted_text *fitted)
{
    fitted->fits = true;
    while (*text != '\0') {
        int columns;
        bool is_printable;
        const size_t bytes = read_character(text, &columns, &is_printable);
        if (*text == ' ') fitted->word_end = fitted->used;
        if (fitted->columns + columns > width || fitted->used + bytes >= sizeof fitted->bytes) {
            fitted->fits = false;
            return;
        }
        memcpy(fitted->bytes + fitted->used, is_printable ? text : "?", is_printable ? bytes : 1u);
        fitted->used += is_printable ? bytes : 1u;
        fitted->columns += columns;
        text += bytes;
    }
}

/* Half of a number is a wrong number: what is cut is cut between words, and a first word that does not fit is a name.
 */
static void cut(fitted_text *fitted)
{
    size_t kept = fitted->word_end;
    while (kept > 0u && fitted->bytes[kept - 1u] == ' ') kept--;
    if (kept > 0u) {
        fitted->used = kept;
        return;
    }
    for (size_t i = 0; i < fitted->used; i++)
        if (isdigit((unsigned char)fitted->bytes[i])) fitted->used = 0;
}

void live_ui_text(int row, int column, int width, const char *text)
{
    fitted_text fitted;
    memset(&fitted, 0, sizeof fitted);
    if (row < 0 || row >= LINES || column < 0 || column >= COLS) return;
    if (width > COLS - column) width = COLS - column;
    fit(text, width, &fitted);
    if (!fitted.fits) cut(&fitted);
    if (fitted.used > 0u) mvaddnstr(row, column, fitted.bytes, (int)fitted.used);
}
