// SPDX-License-Identifier: MIT
// Memory of delay lines whose delay moves.
#include "engine/line_internal.h"

#include "base/memory.h"

#include <stdlib.h>

rsd_status engine_line_make(engine_line *line, uint32_t channel_count, uint32_t longest_samples, uint32_t fade_samples)
{
    *line = (engine_line){.channel_count = channel_count,
                          .capacity_samples = longest_samples + ENGINE_LINE_PART_SAMPLES,
                          .fade_samples = fade_samples};
    line->rows = base_calloc_64((size_t)channel_count * line->capacity_samples * sizeof *line->rows);
    return line->rows ? RSD_OK : RSD_ERR_MEMORY;
}

void engine_line_free(engine_line *line)
{
    free(line->rows);
    line->rows = NULL;
}
