// SPDX-License-Identifier: MIT
#ifndef APP_PNG_H
#define APP_PNG_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * An SVG page as PNG, by librsvg and cairo. png_rsvg.c is in a build with RSD_WITH_PNG that finds librsvg, png_none.c in
 * every other. The library is loaded when a PNG is asked for, and not before: it would cost every start of the command 8 ms
 * and 8 MB. Thread of all: [control]
 */

#define PNG_SCALE 2.0 /* pixels a unit of the SVG */

typedef struct {
    char *data; /* owned, by free() */
    size_t size_bytes;
} png_bytes;

/* NULL where PNG can be drawn; else what is missing, for a person: "PNG is not in this build...". Loads librsvg, the first
 * time in some milliseconds. */
const char *png_problem(void);

/*
 * Renders the page on white, PNG_SCALE times its width and height. Fills `png`, which is to be freed, or leaves it empty:
 * RSD_ERR_SIZE for over 32767 pixels a side or 2^27 in all, RSD_ERR_FORMAT for what librsvg does not take,
 * RSD_ERR_MEMORY, RSD_ERR_UNSUPPORTED where there is a png_problem. Needs 4 bytes a pixel meanwhile, and tens of
 * milliseconds a megapixel.
 */
RSD_NODISCARD rsd_status png_from_svg(const png_bytes *svg, png_bytes *png, rsd_error *error);

#endif
