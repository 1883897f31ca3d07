// SPDX-License-Identifier: MIT
// SVG to PNG through librsvg, and cairo's PNG writer.
#include "app/png.h"

#include "base/error.h"

#include <librsvg/rsvg.h>

#include <stdio.h>
#include <stdlib.h>

#define MOST_PIXELS_A_SIDE 32767.0 /* of a cairo image */
#define MOST_PIXELS 134217728.0    /* 512 MiB as the image */

bool png_is_built_in(void) { return true; }

static cairo_status_t put(void *stream, const unsigned char *data, unsigned int size_bytes)
{
    return fwrite(data, 1, size_bytes, stream) == size_bytes ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static rsd_status no_memory(rsd_error *error) { return base_error_set(error, RSD_ERR_MEMORY, "out of memory"); }

/* Draws the page over the whole surface. */
static rsd_status draw_page(RsvgHandle *page, cairo_surface_t *surface, double width, double height, rsd_error *error)
{
    GError *cause = NULL;
    rsd_status status = RSD_OK;
    const RsvgRectangle all = {0.0, 0.0, width, height};
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1.0, 1.0, 1.0);
    cairo_paint(cairo);
    if (!rsvg_handle_render_document(page, cairo, &all, &cause))
        status = base_error_set(error, RSD_ERR_FORMAT, "librsvg: %s", cause->message);
    else if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        status = no_memory(error);
    g_clear_error(&cause);
    cairo_destroy(cairo);
    return status;
}

/* The surface as PNG into memory: what can go wrong is that there is none. */
static rsd_status write_surface(cairo_surface_t *surface, png_bytes *png, rsd_error *error)
{
    FILE *stream = open_memstream(&png->data, &png->size_bytes);
    bool is_whole = stream && cairo_surface_write_to_png_stream(surface, put, stream) == CAIRO_STATUS_SUCCESS;
    if (stream && fclose(stream) != 0) is_whole = false;
    if (is_whole) return RSD_OK;
    free(png->data);
    *png = (png_bytes){0};
    return no_memory(error);
}

static rsd_status render(RsvgHandle *page, png_bytes *png, rsd_error *error)
{
    gboolean has_width, has_height, has_box;
    RsvgLength width, height; // in units of the page: every svg_begin gives both
    RsvgRectangle box;
    rsvg_handle_get_intrinsic_dimensions(page, &has_width, &width, &has_height, &height, &has_box, &box);
    const double across = PNG_SCALE * width.length, down = PNG_SCALE * height.length;
    if (across > MOST_PIXELS_A_SIDE || down > MOST_PIXELS_A_SIDE || across * down > MOST_PIXELS)
        return base_error_set(error, RSD_ERR_SIZE,
                              "%.0f x %.0f pixels are too many for a PNG; a name in .svg has no limit", across, down);
    // Without alpha: the page is opaque, and so is the file.
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)across, (int)down);
    rsd_status status = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS
                            ? draw_page(page, surface, across, down, error)
                            : no_memory(error);
    if (status == RSD_OK) status = write_surface(surface, png, error);
    cairo_surface_destroy(surface);
    return status;
}

rsd_status png_from_svg(const png_bytes *svg, png_bytes *png, rsd_error *error)
{
    GError *cause = NULL;
    *png = (png_bytes){0};
    RsvgHandle *page = rsvg_handle_new_from_data((const guint8 *)svg->data, svg->size_bytes, &cause);
    if (!page) {
        const rsd_status status = base_error_set(error, RSD_ERR_FORMAT, "librsvg: %s", cause->message);
        g_error_free(cause);
        return status;
    }
    const rsd_status status = render(page, png, error);
    g_object_unref(page);
    return status;
}
