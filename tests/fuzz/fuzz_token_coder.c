// SPDX-License-Identifier: MIT
// The range decoder with its model on any bytes: tokens within their bits, and the encoder gives back what they decode
// to. The first byte says whether the codec is live-64 with its places, rows of other sizes, or a stereo pair of live-64.
#include "entropy/token_coder.h"

#include "base/memory.h"
#include "base/numbers.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FRAMES 2u
#define CHANNELS 2u    /* most */
#define MOST_LEVELS 4u /* enough for second stages of live; more take time and reach nothing new */
#define ROOM ((size_t)1 << 16)

/* A coder's block and what it was at first: put back by one copy, which is faster than a restart under sanitizers. */
typedef struct {
    rsd_codec_info info;
    rsd_model *model;
    uint32_t channel_count;
    token_coder *coder;
    void *block, *fresh;
    size_t bytes;
} coder_kind;

#define KINDS 3u
static coder_kind kinds[KINDS];

static void make_kind(coder_kind *kind)
{
    const token_coder_config config = {
        &kind->info, kind->model, kind->channel_count, {8, 8, 6, 0}}; /* small: it is new for every input */
    kind->bytes = token_coder_bytes(&config);
    kind->block = base_alloc_64(kind->bytes);
    kind->fresh = base_alloc_64(kind->bytes);
    if (!kind->block || !kind->fresh) abort();
    kind->coder = token_coder_init(kind->block, &config);
    memcpy(kind->fresh, kind->block, kind->bytes);
}

static void start_again(coder_kind *kind) { memcpy(kind->block, kind->fresh, kind->bytes); }

static void prepare(void)
{
    static const uint16_t codewords[] = {16, 5, 1024, 1, 65535};
    if (rsd_model_open("live-64", &kinds[0].model, NULL) != RSD_OK) abort();
    rsd_model_info(kinds[0].model, 48000, &kinds[0].info);
    rsd_codec_info *rows = &kinds[1].info;
    rows->level_count = rows->sequence_count = 5;
    rows->side_count = 1;
    rows->side_codewords[0] = 3;
    memcpy(rows->sequence_codewords, codewords, sizeof codewords);
    for (uint32_t k = 0; k < 5u; k++) rows->level_sequence_end[k] = (uint16_t)(k + 1u);
    kinds[2] = kinds[0]; /* the model is one, and both borrow it for good */
    for (uint32_t i = 0; i < KINDS; i++) {
        kinds[i].channel_count = i == 2u ? 2u : 1u;
        make_kind(&kinds[i]);
    }
}

static void check_frame(const coder_kind *kind, const rsd_token_frame *frame, uint32_t levels)
{
    const uint32_t rows = levels > 0u ? kind->info.level_sequence_end[levels - 1u] : 0u;
    for (uint32_t q = 0; q < kind->info.sequence_count; q++) {
        const int32_t most = q < rows ? (1 << base_log2_ceil(kind->info.sequence_codewords[q])) - 1 : RSD_TOKEN_NONE;
        if (frame->tokens[q] > most || frame->tokens[q] < (q < rows ? 0 : RSD_TOKEN_NONE)) abort();
    }
}

static void compare_frames(const coder_kind *kind, const rsd_token_frame *a, const rsd_token_frame *b)
{
    if (memcmp(a->tokens, b->tokens, sizeof a->tokens) != 0) abort();
    if (memcmp(a->side, b->side, kind->info.side_count * sizeof *a->side) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static rsd_token_frame frames[FRAMES][CHANNELS], again[CHANNELS];
    static uint8_t bytes[ROOM];
    if (!kinds[0].coder) prepare();
    if (size < 2u) return 0;
    coder_kind *kind = &kinds[data[0] % KINDS];
    const uint32_t levels = data[1] % (MOST_LEVELS + 1u);
    range_decoder decoder;
    range_encoder encoder;
    start_again(kind);
    range_decoder_init(&decoder, data + 2, size - 2u);
    for (uint32_t f = 0; f < FRAMES; f++) {
        token_coder_decode(kind->coder, frames[f], levels, &decoder);
        for (uint32_t c = 0; c < kind->channel_count; c++) check_frame(kind, &frames[f][c], levels);
    }
    start_again(kind);
    range_encoder_init(&encoder, bytes, ROOM);
    for (uint32_t f = 0; f < FRAMES; f++) (void)token_coder_encode(kind->coder, frames[f], levels, &encoder);
    range_encoder_flush(&encoder);
    if (encoder.size_bytes > ROOM) abort();
    start_again(kind);
    range_decoder_init(&decoder, bytes, encoder.size_bytes);
    for (uint32_t f = 0; f < FRAMES; f++) {
        token_coder_decode(kind->coder, again, levels, &decoder);
        for (uint32_t c = 0; c < kind->channel_count; c++) compare_frames(kind, &again[c], &frames[f][c]);
    }
    return 0;
}
