// SPDX-License-Identifier: MIT
// SVG to PNG through librsvg, and cairo's PNG writer, both loaded when they are needed.
#include "app/png.h"

#include "base/error.h"

#include <librsvg/rsvg.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_PIXELS_A_SIDE 32767.0 /* of a cairo image */
#define MOST_PIXELS 134217728.0    /* 512 MiB as the image */

/* ---- the libraries ---- */

#define LIBRARY "librsvg-2.so.2" /* with cairo and GLib below it, whose functions are found through it */

#define FUNCTIONS(_)                                                                                                   \
    _(rsvg_handle_new_from_data)                                                                                       \
    _(rsvg_handle_get_intrinsic_dimensions)                                                                            \
    _(rsvg_handle_render_document)                                                                                     \
    _(cairo_create)                                                                                                    \
    _(cairo_set_source_rgb)                                                                                            \
    _(cairo_paint)                                                                                                     \
    _(cairo_status)                                                                                                    \
    _(cairo_destroy)                                                                                                   \
    _(cairo_image_surface_create)                                                                                      \
    _(cairo_surface_status)                                                                                            \
    _(cairo_surface_write_to_png_stream)                                                                               \
    _(cairo_surface_destroy)                                                                                           \
    _(g_object_unref)                                                                                                  \
    _(g_error_free)

/* Pointers to them, under their own names and of their headers' types. */
static struct {
#define POINTER(name) __typeof__(name) *name;
    FUNCTIONS(POINTER)
#undef POINTER
    bool is_loaded;
} lib;

static bool find_functions(void *library)
{
#define FIND(name)                                                                                                     \
    *(void **)&lib.name = dlsym(library, #name);                                                                       \
    if (!lib.name) return false;
    FUNCTIONS(FIND)
#undef FIND
    return true;
}

const char *png_problem(void)
{
    if (lib.is_loaded) return NULL;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* stays: GLib cannot be unloaded */
    if (!library) return "PNG needs librsvg, which is not on this machine (Debian: librsvg2-2)";
    if (!find_functions(library)) return "PNG needs another librsvg than the one on this machine (Debian: librsvg2-2)";
    lib.is_loaded = true;
    return NULL;
}

/* ---- drawing ---- */

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
    cairo_t *cairo = lib.cairo_create(surface);
    lib.cairo_set_source_rgb(cairo, 1.0, 1.0, 1.0);
    lib.cairo_paint(cairo);
    if (!lib.rsvg_handle_render_document(page, cairo, &all, &cause))
        status = base_error_set(error, RSD_ERR_FORMAT, "librsvg: %s", cause->message);
    else if (lib.cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        status = no_memory(error);
    if (cause) lib.g_error_free(cause);
    lib.cairo_destroy(cairo);
    return status;
}

/* The surface as PNG into memory: what can go wrong is that there is none. */
static rsd_status write_surface(cairo_surface_t *surface, png_bytes *png, rsd_error *error)
{
    FILE *stream = open_memstream(&png->data, &png->size_bytes);
    bool is_whole = stream && lib.cairo_surface_write_to_png_stream(surface, put, stream) == CAIRO_STATUS_SUCCESS;
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
    lib.rsvg_handle_get_intrinsic_dimensions(page, &has_width, &width, &has_height, &height, &has_box, &box);
    const double across = PNG_SCALE * width.length, down = PNG_SCALE * height.length;
    if (across > MOST_PIXELS_A_SIDE || down > MOST_PIXELS_A_SIDE || across * down > MOST_PIXELS)
        return base_error_set(error, RSD_ERR_SIZE,
                              "%.0f x %.0f pixels are too many for a PNG; a name in .svg has no limit", across, down);
    // Without alpha: the page is opaque, and so is the file.
    cairo_surface_t *surface = lib.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)across, (int)down);
    rsd_status status = lib.cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS
                            ? draw_page(page, surface, across, down, error)
                            : no_memory(error);
    if (status == RSD_OK) status = write_surface(surface, png, error);
    lib.cairo_surface_destroy(surface);
    return status;
}

rsd_status png_from_svg(const png_bytes *svg, png_bytes *png, rsd_error *error)
{
    GError *cause = NULL;
    *png = (png_bytes){0};
    const char *problem = png_problem();
    if (problem) return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s", problem);
    RsvgHandle *page = lib.rsvg_handle_new_from_data((const guint8 *)svg->data, svg->size_bytes, &cause);
    if (!page) {
        const rsd_status status = base_error_set(error, RSD_ERR_FORMAT, "librsvg: %s", cause->message);
        lib.g_error_free(cause);
        return status;
    }
    const rsd_status status = render(page, png, error);
    lib.g_object_unref(page);
    return status;
}
