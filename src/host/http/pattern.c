// SPDX-License-Identifier: MIT
// How an interleaving pattern lies over the tokens of the codec in use, for the page to draw. On civetweb's workers.
#include "host/http/internal.h"

#include <residuum/rsd_pattern.h>

#define FRAMES 8192u /* of a sound that is long enough for any pattern's delays */
#define FRAME 4200u  /* one in its middle, past RSD_PATTERN_MAX_DELAY */

/* Frames that each row is late behind the first row, as a model that goes from step to step has it. */
static json_t *offsets(const rsd_pattern *pattern)
{
    json_t *list = json_array();
    const uint64_t first = rsd_pattern_step_of(pattern, FRAMES, 0, FRAME);
    const double per_frame = (double)(rsd_pattern_step_of(pattern, FRAMES, 0, FRAME + 1u) - first);
    for (uint32_t row = 0; row < pattern->row_count; row++) {
        const uint64_t step = rsd_pattern_step_of(pattern, FRAMES, row, FRAME);
        json_array_append_new(list, json_real(((double)step - (double)first) / per_frame));
    }
    return list;
}

static json_t *names(void)
{
    json_t *list = json_array();
    const char *name;
    for (uint32_t i = 0; (name = rsd_pattern_name(i)) != NULL; i++) json_array_append_new(list, json_string(name));
    return list;
}

json_t *host_http_pattern(const rsd_codec_info *codec, const char *text)
{
    rsd_pattern pattern;
    rsd_error error;
    json_t *told = json_pack("{s:o}", "names", names());
    if (!told || *text == '\0') return told;
    if (codec->sequence_count == 0u || rsd_pattern_parse(text, codec->sequence_count, &pattern, &error) != RSD_OK) {
        json_object_set_new(told, "error", json_string(codec->sequence_count == 0u ? "no codec" : error.text));
        return told;
    }
    const uint64_t delay = rsd_pattern_delay_frames(&pattern);
    json_object_set_new(told, "delay_frames", delay == UINT64_MAX ? json_null() : json_integer((json_int_t)delay));
    json_object_set_new(told, "delay_s",
                        delay == UINT64_MAX ? json_null()
                                            : json_real((double)delay * codec->hop_samples / codec->sample_rate_hz));
    if (delay != UINT64_MAX) json_object_set_new(told, "offsets", offsets(&pattern));
    return told;
}
