// SPDX-License-Identifier: MIT
// PNG in a build without librsvg: there is none.
#include "app/png.h"

#include "base/error.h"

const char *png_problem(void) { return "PNG is not in this build, which lacks librsvg (Debian: librsvg2-dev)"; }

rsd_status png_from_svg(const png_bytes *svg, png_bytes *png, rsd_error *error)
{
    (void)svg;
    *png = (png_bytes){0};
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s", png_problem());
}
