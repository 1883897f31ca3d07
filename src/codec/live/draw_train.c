// SPDX-License-Identifier: MIT
// Draws what is trained on from more sound than training has time for.
#include "codec/live/training.h"

#include "codec/live/tuning.h"

#include "rvq/rvq_train.h"

#include <string.h>

static size_t frames_of(const rsd_trainer *self, uint32_t seconds)
{
    return (size_t)seconds * LIVE_TRAIN_RATE_HZ / self->shape.hop;
}

/* Moves `count` frames from `from` to `to`, which lies before it, as a sound of their own. */
static void move_frames(rsd_trainer *self, size_t to, size_t from, size_t count)
{
    const uint32_t hop = self->shape.hop;
    memmove(self->frames + to * hop, self->frames + from * hop, count * hop * sizeof *self->frames);
    memmove(self->starts + to, self->starts + from, count * sizeof *self->starts);
    memmove(self->attacks + to, self->attacks + from, count * sizeof *self->attacks);
    self->starts[to] = 1u;
}

void live_train_draw(rsd_trainer *self)
{
    const size_t segment = frames_of(self, LIVE_DRAW_SEGMENT_S), total = self->frame_count,
                 most = frames_of(self, LIVE_DRAW_TOTAL_S) / segment;
    size_t segments_left = (total + segment - 1u) / segment, room_left = most, kept = 0;
    if (segments_left <= most) return;
    uint64_t random = self->config.seed * 2u + 1u;
    for (size_t begin = 0; begin < total; begin += segment, segments_left--) {
        if (rvq_random(&random) % segments_left >= room_left) continue;
        const size_t count = total - begin < segment ? total - begin : segment;
        move_frames(self, kept, begin, count);
        kept += count;
        room_left--;
    }
    self->frame_count = kept;
}
