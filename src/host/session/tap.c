// SPDX-License-Identifier: MIT
// What the tokens of a running codec say: entropy a level, the latest frame.
#include "host/session/tap.h"

#include "base/memory.h"
#include "host/session/tap_coded.h"

#include <residuum/rsd_ring.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define UNCODED UINT16_MAX
#define UNKNOWN_CODEC UINT32_MAX /* number of none: the first frame tells */
#define SUM_ONE                                                                                                        \
    1048576.0 /* sums of weights are kept as whole numbers, so that years of adding and taking do not drift */

typedef struct {
    uint32_t channel, codec; /* codec: rsd_engine_tapped_codec */
    uint64_t frame_index;
    rsd_token_frame frame;
} tap_item;

/* The last tokens of one sequence, and what they sum up to. */
typedef struct {
    uint16_t recent[HOST_TAP_WINDOW]; /* UNCODED where the level was off */
    uint16_t *counts;                 /* into host_tap.counts: one a codeword */
    uint32_t codeword_count;
    uint32_t coded_count; /* of `recent` */
    int64_t sum;          /* of the weights of the counts */
} tap_sequence;

struct host_tap {
    rsd_ring *ring;
    void *ring_block;
    const rsd_engine *engine;       /* NULL: one codec for ever */
    _Atomic uint64_t dropped_count; /* audio -> any */
    /* control thread only from here on */
    tap_item item;
    bool is_held;   /* `item` is the first of another codec, and waits for the next poll, whose info is that codec's */
    uint32_t codec; /* number of the codec that `info` is of */
    rsd_token_tap sink; /* NULL: none */
    void *sink_context;
    uint32_t coding_channels; /* 0: coding is not measured */
    host_tap_coded *coded;
    rsd_codec_info info; /* what the window is of; name "" before the first poll */
    tap_sequence *sequences;
    uint16_t *counts;
    uint32_t next; /* place in every `recent` */
    bool has_latest;
    uint64_t latest_index;
    rsd_token_frame latest;
    int64_t weight[HOST_TAP_WINDOW + 1u]; /* c G(c) in bits, times SUM_ONE */
};

/*
 * Grassberger's estimate of entropy (arXiv:physics/0307138) puts c G(c) in the place of c log c: rare codewords count
 * as what they must be in the mean, not as what few tokens make of them. G(1) = -gamma - ln 2, G(2) = 2 + G(1), G(2 n +
 * 1) = G(2 n), G(2 n + 2) = G(2 n) + 2 / (2 n + 1).
 */
static void fill_weights(int64_t weight[HOST_TAP_WINDOW + 1u])
{
    const double ln_2 = 0.69314718055994531, gamma = 0.57721566490153286;
    double g = -gamma - ln_2;
    weight[0] = 0;
    for (uint32_t c = 1; c <= HOST_TAP_WINDOW; c++) {
        if (c % 2u == 0u) g += 2.0 / (c - 1u);
        weight[c] = llround(c * g / ln_2 * SUM_ONE);
    }
}

rsd_status host_tap_create(host_tap **tap)
{
    if (!tap) return RSD_ERR_ARG;
    const size_t bytes = rsd_ring_size_bytes(HOST_TAP_FRAMES, sizeof(tap_item));
    host_tap *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->ring_block = base_calloc_64(bytes); /* touched: the audio thread meets no page that is not there */
    if (!self->ring_block ||
        rsd_ring_init(self->ring_block, bytes, HOST_TAP_FRAMES, sizeof(tap_item), &self->ring) != RSD_OK) {
        host_tap_destroy(self);
        return RSD_ERR_MEMORY;
    }
    fill_weights(self->weight);
    atomic_init(&self->dropped_count, 0u);
    *tap = self;
    return RSD_OK;
}

static void forget(host_tap *tap)
{
    free(tap->sequences);
    free(tap->counts);
    host_tap_coded_destroy(tap->coded);
    tap->coded = NULL;
    tap->sequences = NULL;
    tap->counts = NULL;
    tap->next = 0;
    tap->has_latest = false;
}

void host_tap_destroy(host_tap *tap)
{
    if (!tap) return;
    forget(tap);
    free(tap->ring_block);
    free(tap);
}

void host_tap_watch(host_tap *tap, const rsd_engine *engine) { tap->engine = engine; }

void host_tap_push(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    host_tap *tap = context;
    rsd_ring_region region;
    if (rsd_ring_write_region(tap->ring, 1u, &region) == 0u) {
        /* Read by host_tap_dropped_count; a count alone: relaxed. */
        atomic_fetch_add_explicit(&tap->dropped_count, 1u, memory_order_relaxed);
        return;
    }
    tap_item *item = region.first;
    item->channel = channel;
    item->codec = tap->engine ? rsd_engine_tapped_codec(tap->engine) : 0u;
    item->frame_index = frame_index;
    item->frame = *frame;
    rsd_ring_write_commit(tap->ring, 1u); /* read by host_tap_poll */
}

uint32_t host_tap_queued(const host_tap *tap) { return HOST_TAP_FRAMES - rsd_ring_writable(tap->ring); }

static bool same_shape(const rsd_codec_info *a, const rsd_codec_info *b)
{
    return strcmp(a->name, b->name) == 0 && a->level_count == b->level_count &&
           a->sequence_count == b->sequence_count && a->hop_samples == b->hop_samples &&
           memcmp(a->sequence_codewords, b->sequence_codewords, sizeof a->sequence_codewords) == 0 &&
           memcmp(a->level_sequence_end, b->level_sequence_end, sizeof a->level_sequence_end) == 0;
}

static rsd_status make_window(host_tap *tap)
{
    const rsd_codec_info *info = &tap->info;
    size_t total = 0;
    for (uint32_t s = 0; s < info->sequence_count; s++) total += info->sequence_codewords[s];
    tap->sequences = calloc(info->sequence_count ? info->sequence_count : 1u, sizeof *tap->sequences);
    tap->counts = calloc(total ? total : 1u, sizeof *tap->counts);
    if (!tap->sequences || !tap->counts) {
        forget(tap);
        return RSD_ERR_MEMORY;
    }
    if (tap->coding_channels > 0u && host_tap_coded_create(info, tap->coding_channels, &tap->coded) != RSD_OK) {
        forget(tap);
        return RSD_ERR_MEMORY;
    }
    uint16_t *counts = tap->counts;
    for (uint32_t s = 0; s < info->sequence_count; s++) {
        tap_sequence *sequence = &tap->sequences[s];
        memset(sequence->recent, 0xff, sizeof sequence->recent);
        sequence->codeword_count = info->sequence_codewords[s];
        sequence->counts = counts;
        counts += sequence->codeword_count;
    }
    return RSD_OK;
}

static void count_token(tap_sequence *sequence, const int64_t *weight, uint16_t token, int step)
{
    uint16_t *count = &sequence->counts[token];
    sequence->sum -= weight[*count];
    *count = (uint16_t)(*count + step);
    sequence->sum += weight[*count];
    sequence->coded_count += (uint32_t)step;
}

static void take_token(tap_sequence *sequence, const int64_t *weight, uint32_t place, int32_t token)
{
    if (!sequence->counts) return;
    const uint16_t old = sequence->recent[place];
    if (old != UNCODED) count_token(sequence, weight, old, -1);
    const bool is_coded = token >= 0 && (uint32_t)token < sequence->codeword_count && token < UNCODED;
    sequence->recent[place] = is_coded ? (uint16_t)token : UNCODED;
    if (is_coded) count_token(sequence, weight, (uint16_t)token, 1);
}

static void take_item(host_tap *tap)
{
    const tap_item *item = &tap->item;
    if (item->channel == 0u) {
        tap->has_latest = true;
        tap->latest_index = item->frame_index;
        tap->latest = item->frame;
    }
    if (tap->sink) tap->sink(tap->sink_context, item->channel, item->frame_index, &item->frame);
    if (tap->coded) host_tap_coded_take(tap->coded, item->channel, item->frame_index, &item->frame);
    if (!tap->sequences || !tap->counts) return;
    for (uint32_t s = 0; s < tap->info.sequence_count; s++)
        take_token(&tap->sequences[s], tap->weight, tap->next, item->frame.tokens[s]);
    tap->next = (tap->next + 1u) % HOST_TAP_WINDOW;
}

/* The first frame of another codec is here, and `info` is of it: everything begins anew. */
static rsd_status begin_codec(host_tap *tap, const rsd_codec_info *info)
{
    const bool is_first = tap->info.name[0] == '\0', is_same = same_shape(info, &tap->info);
    tap->info = *info;
    if (!is_first && tap->sink) tap->sink(tap->sink_context, 0, 0, NULL);
    if (is_same) return RSD_OK; /* another instance of it: what was counted holds */
    forget(tap);
    return make_window(tap);
}

rsd_status host_tap_poll(host_tap *tap, const rsd_codec_info *info)
{
    rsd_status status = RSD_OK;
    if (tap->info.name[0] == '\0') {
        status = begin_codec(tap, info);
        tap->codec = UNKNOWN_CODEC;
    }
    if (tap->is_held) {
        tap->is_held = false;
        tap->codec = tap->item.codec;
        status = begin_codec(tap, info);
        take_item(tap);
    }
    /* No more than the ring holds at a time: the writer must not be able to keep this thread here. */
    for (uint32_t left = HOST_TAP_FRAMES; left > 0u && rsd_ring_read(tap->ring, &tap->item, 1u) == 1u; left--) {
        if (tap->codec == UNKNOWN_CODEC) tap->codec = tap->item.codec;
        tap->is_held = tap->item.codec != tap->codec;
        if (tap->is_held) break;
        take_item(tap);
    }
    return status;
}

void host_tap_set_sink(host_tap *tap, rsd_token_tap sink, void *context)
{
    tap->sink = sink;
    tap->sink_context = context;
}

const rsd_codec_info *host_tap_info(const host_tap *tap) { return &tap->info; }

void host_tap_measure_coding(host_tap *tap, uint32_t channel_count) { tap->coding_channels = channel_count; }

void host_tap_rest(host_tap *tap)
{
    forget(tap);
    while (rsd_ring_read(tap->ring, &tap->item, 1u) == 1u) continue;
    tap->coding_channels = 0;
    tap->is_held = false;
    tap->info.name[0] = '\0';
}

float host_tap_coding_kbps(const host_tap *tap) { return tap->coded ? host_tap_coded_kbps(tap->coded) : 0.0f; }

float host_tap_coding_level_bits(const host_tap *tap, uint32_t level)
{
    return tap->coded ? host_tap_coded_level_bits(tap->coded, level) : 0.0f;
}

/* log2 n - (sum of the weights) / n. */
static double entropy_bits(const tap_sequence *sequence)
{
    if (sequence->coded_count == 0u) return 0.0;
    const double n = sequence->coded_count;
    return fmax(0.0, log2(n) - (double)sequence->sum / SUM_ONE / n);
}

float host_tap_usage_bits(const host_tap *tap, uint32_t level)
{
    if (!tap->sequences || level >= tap->info.level_count) return 0.0f;
    double bits = 0.0;
    const uint32_t first = level > 0u ? tap->info.level_sequence_end[level - 1u] : 0u;
    for (uint32_t s = first; s < tap->info.level_sequence_end[level]; s++) bits += entropy_bits(&tap->sequences[s]);
    return (float)bits;
}

bool host_tap_latest(const host_tap *tap, uint64_t *frame_index, rsd_token_frame *frame)
{
    if (!tap->has_latest) return false;
    *frame_index = tap->latest_index;
    *frame = tap->latest;
    return true;
}

uint64_t host_tap_dropped_count(const host_tap *tap)
{
    /* Raised by audio; a count alone: relaxed. */
    return atomic_load_explicit(&tap->dropped_count, memory_order_relaxed);
}
