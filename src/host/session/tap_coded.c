// SPDX-License-Identifier: MIT
// What the tapped frames cost entropy-coded, as bitrate of the last second.
#include "host/session/tap_coded.h"

#include "base/memory.h"
#include "codec/codec_name.h"
#include "entropy/token_coder.h"

#include <residuum/rsd_engine.h>

#include <stdlib.h>
#include <string.h>

struct host_tap_coded {
    token_coder *coder;
    void *block;
    rsd_model *model; /* NULL: rows alone are known */
    uint32_t channel_count, second_frames;
    uint64_t index; /* of the frames that are collected */
    uint32_t channel_bits;
    uint32_t frame_count; /* of the second that runs, and what it has cost */
    uint64_t cost;
    float kbps;
    uint64_t level_cost[RSD_MAX_LEVELS]; /* at the end of the latest second */
    float level_bits[RSD_MAX_LEVELS];
    rsd_token_frame frames[RSD_ENGINE_MAX_CHANNELS];
};

/* A codec of the library, or one that has its own name here, is opened by it; a file's name leads nowhere. */
static rsd_model *find_model(const rsd_codec_info *codec)
{
    rsd_codec_info here;
    rsd_model *model = NULL;
    if (!codec_is_name(codec->name) || rsd_model_open(codec->name, &model, NULL) != RSD_OK) return NULL;
    rsd_model_info(model, codec->sample_rate_hz, &here);
    if (here.sequence_count == codec->sequence_count) return model;
    rsd_model_release(model);
    return NULL;
}

rsd_status host_tap_coded_create(const rsd_codec_info *codec, uint32_t channel_count, host_tap_coded **coded)
{
    if (channel_count < 1u || channel_count > RSD_ENGINE_MAX_CHANNELS) return RSD_ERR_ARG;
    host_tap_coded *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->model = find_model(codec);
    const token_coder_config config = {.codec = codec, .model = self->model, .channel_count = channel_count};
    self->block = base_alloc_64(token_coder_bytes(&config));
    if (!self->block) {
        host_tap_coded_destroy(self);
        return RSD_ERR_MEMORY;
    }
    self->coder = token_coder_init(self->block, &config);
    self->channel_count = channel_count;
    self->second_frames = codec->sample_rate_hz / codec->hop_samples;
    *coded = self;
    return RSD_OK;
}

void host_tap_coded_destroy(host_tap_coded *coded)
{
    if (!coded) return;
    free(coded->block);
    rsd_model_release(coded->model);
    free(coded);
}

static void note_levels(host_tap_coded *self)
{
    const double frames = (double)self->frame_count * self->channel_count;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
        const uint64_t cost = token_coder_level_cost(self->coder, k);
        self->level_bits[k] = (float)((double)(cost - self->level_cost[k]) / 65536.0 / frames);
        self->level_cost[k] = cost;
    }
}

static void code_frames(host_tap_coded *self)
{
    self->cost += token_coder_encode(self->coder, self->frames, self->frames[0].level_count, NULL);
    if (++self->frame_count < self->second_frames) return;
    self->kbps = (float)((double)self->cost / 65536.0 * 1e-3);
    note_levels(self);
    self->cost = 0;
    self->frame_count = 0;
}

void host_tap_coded_take(host_tap_coded *self, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    if (channel >= self->channel_count) return;
    if (frame_index != self->index) self->channel_bits = 0;
    self->index = frame_index;
    self->frames[channel] = *frame;
    self->channel_bits |= 1u << channel;
    if (self->channel_bits != (1u << self->channel_count) - 1u) return;
    self->channel_bits = 0;
    code_frames(self);
}

float host_tap_coded_kbps(const host_tap_coded *coded) { return coded->kbps; }
float host_tap_coded_level_bits(const host_tap_coded *coded, uint32_t level)
{
    return level < RSD_MAX_LEVELS ? coded->level_bits[level] : 0.0f;
}
