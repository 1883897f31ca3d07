// SPDX-License-Identifier: MIT
// What the tokens of `residuum analyze` cost entropy-coded.
#include "app/analyze/analyze.h"

#include "base/memory.h"
#include "entropy/token_coder.h"

#include <math.h>
#include <stdlib.h>

/* Frames that came: those behind the last one hold no token. */
static uint64_t code_set(token_coder *coder, const rsd_token_set *set, uint64_t *cost)
{
    rsd_token_frame frames[RSD_ENGINE_MAX_CHANNELS] = {{.level_count = 0}};
    for (uint64_t t = 0; t < set->frame_count; t++) {
        for (uint32_t c = 0; c < set->channel_count; c++) (void)rsd_token_set_get(set, c, t, &frames[c]);
        if (frames[0].tokens[0] == RSD_TOKEN_NONE) return t;
        *cost += token_coder_encode(coder, frames, set->level_count, NULL);
    }
    return set->frame_count;
}

double analyze_coded_kbps(const char *codec, const rsd_token_set *set)
{
    rsd_model *model = NULL;
    rsd_codec_info info;
    if (rsd_model_open(codec, &model, NULL) != RSD_OK) return NAN;
    rsd_model_info(model, set->sample_rate_hz, &info);
    const token_coder_config config = {.codec = &info, .model = model, .channel_count = set->channel_count};
    void *block = base_alloc_64(token_coder_bytes(&config));
    double kbps = NAN;
    if (block) {
        uint64_t cost = 0;
        const uint64_t frames = code_set(token_coder_init(block, &config), set, &cost);
        const double seconds = (double)frames * info.hop_samples / info.sample_rate_hz;
        if (frames > 0u) kbps = (double)cost / 65536.0 * 1e-3 / seconds;
    }
    free(block);
    rsd_model_release(model);
    return kbps;
}
