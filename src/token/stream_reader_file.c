// SPDX-License-Identifier: MIT
// Compact streams read whole, past what is damaged.
#include "token/stream_coder.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/sized.h"
#include "token/token_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * A gap between blocks may be some minutes long, and gaps together 16 times what is there: numbers of frames that
 * somebody wrote must not fill the memory.
 */
#define MOST_LOST_FRAMES 65536u
#define MOST_LOST_RATIO 16u
#define SPARE_FRAMES 4.0       /* that the longest sound has over its frames: a part of one, and a converter's delay */
#define LEAST_COST_SHARE 4096u /* a decision costs a 2800th of a bit at least */

typedef struct {
    const uint8_t *bytes;
    size_t size_bytes, at;
    const char *name;
    rsd_token_set *set;
    rsd_token_stream_report *report;
    rsd_token_frame *frames; /* one a channel */
    uint64_t read_frames, read_again_bytes;
    stream_coder coder; /* opened when the first coded block comes */
    bool is_in_step;    /* the coder is where the next block wants it */
    bool is_look;       /* frames are counted, and no token is read */
    rsd_error *error;
} stream_reader;

static void note_damage(stream_reader *r)
{
    if (r->report->damage_count++ == 0u) r->report->first_damage_byte = r->at;
    r->is_in_step = false;
}

static rsd_status append(stream_reader *r)
{
    if (r->is_look) {
        r->set->frame_count++;
        return RSD_OK;
    }
    const rsd_status status = rsd_token_set_append(r->set, r->frames);
    if (status == RSD_OK) return RSD_OK;
    return base_error_set(r->error, status, "'%s': there is no room for its tokens: %s", r->name,
                          rsd_status_text(status));
}

/* Silence up to a block's first frame. */
static rsd_status fill_gap(stream_reader *r, uint64_t first_frame)
{
    rsd_status status = RSD_OK;
    for (uint32_t c = 0; c < r->report->info.channel_count; c++) {
        memset(&r->frames[c], 0, sizeof r->frames[c]);
        for (uint32_t q = 0; q < RSD_MAX_SEQUENCES; q++) r->frames[c].tokens[q] = RSD_TOKEN_NONE;
    }
    for (; r->set->frame_count < first_frame && status == RSD_OK; r->report->lost_frame_count++) status = append(r);
    return status;
}

static bool gap_fits(const stream_reader *r, uint64_t first_frame, uint64_t frame_count)
{
    const uint64_t there = r->set->frame_count;
    return first_frame >= there && r->report->lost_frame_count + first_frame - there <=
                                       MOST_LOST_FRAMES + MOST_LOST_RATIO * (r->read_frames + frame_count);
}

/* A coded block has no more frames than a writer puts there, and no fewer bytes than the least a decision costs. */
static bool coded_size_fits(const stream_reader *r, const stream_block *block, uint64_t bits)
{
    const rsd_token_stream_info *info = &r->report->info;
    return info->is_entropy_coded && block->frame_count <= STREAM_MOST_SECONDS * stream_second_frames(&info->codec) &&
           bits / LEAST_COST_SHARE <= 8u * (uint64_t)block->payload_bytes + 64u;
}

/* Whether the block goes on from what was read, and may have the bytes that it has. */
static bool block_fits(const stream_reader *r, const stream_block *block)
{
    const rsd_token_stream_info *info = &r->report->info;
    if (block->frame_count < 1u || block->level_count > info->codec.level_count) return false;
    const uint64_t bits = block->frame_count * stream_frame_bits(info, block->level_count);
    const bool is_coded = block->kind == STREAM_CODED || block->kind == STREAM_RESTARTED;
    if (is_coded ? !coded_size_fits(r, block, bits)
                 : block->kind != STREAM_PACKED || block->payload_bytes != (bits + 7u) / 8u)
        return false;
    return gap_fits(r, block->first_frame, block->frame_count);
}

static void count_block(stream_reader *r, const stream_block *block, uint32_t frame_count, uint64_t payload_bits)
{
    r->read_frames += frame_count;
    r->report->block_count++;
    r->report->payload_bits += payload_bits;
    r->report->fixed_bits += frame_count * stream_frame_bits(&r->report->info, block->level_count);
}

/* The frames of a block, without their tokens. */
static rsd_status look_at(stream_reader *r, const stream_block *block)
{
    const uint64_t bits = block->frame_count * stream_frame_bits(&r->report->info, block->level_count);
    const rsd_status status = fill_gap(r, block->first_frame);
    r->set->frame_count += block->frame_count;
    if (block->level_count > r->set->level_count) r->set->level_count = block->level_count;
    count_block(r, block, block->frame_count,
                block->kind == STREAM_PACKED ? bits : 8u * (uint64_t)block->payload_bytes);
    return status;
}

static rsd_status read_packed(stream_reader *r, const stream_block *block)
{
    stream_bits bits = {(uint8_t *)r->bytes + r->at + STREAM_BLOCK_BYTES, 0};
    rsd_status status = fill_gap(r, block->first_frame);
    for (uint32_t f = 0; f < block->frame_count && status == RSD_OK; f++) {
        stream_frame_unpack(&r->report->info, block->level_count, &bits, r->frames);
        status = append(r);
    }
    count_block(r, block, block->frame_count, bits.bit_count);
    return status;
}

/* Frames of a coded block up to where its bytes end: frames that were made up of nothing are lost. */
static rsd_status decode_block(stream_reader *r, const stream_block *block)
{
    range_decoder range;
    rsd_status status = RSD_OK;
    uint32_t count = 0;
    range_decoder_init(&range, r->bytes + r->at + STREAM_BLOCK_BYTES, block->payload_bytes);
    for (; count < block->frame_count && status == RSD_OK; count++) {
        token_coder_decode(r->coder.coder, r->frames, block->level_count, &range);
        if (range_decoder_is_spent(&range)) break;
        status = append(r);
    }
    if (status == RSD_OK && count < block->frame_count) note_damage(r);
    count_block(r, block, count, 8u * (uint64_t)block->payload_bytes);
    return status;
}

/* A block that goes on from one that was lost cannot be read: its frames are lost, too. */
static rsd_status read_coded(stream_reader *r, const stream_block *block)
{
    if (block->kind == STREAM_CODED && (!r->is_in_step || block->first_frame != r->set->frame_count)) return RSD_OK;
    if (r->is_look) {
        r->is_in_step = true;
        return look_at(r, block);
    }
    rsd_status status = r->coder.coder ? RSD_OK : stream_coder_open(&r->report->info, r->name, &r->coder, r->error);
    if (status == RSD_OK) status = fill_gap(r, block->first_frame);
    if (status != RSD_OK) return status;
    if (block->kind == STREAM_RESTARTED) token_coder_restart(r->coder.coder);
    r->is_in_step = true;
    return decode_block(r, block);
}

static rsd_status read_frames(stream_reader *r, const stream_block *block)
{
    if (block->kind != STREAM_PACKED) return read_coded(r, block);
    return r->is_look ? look_at(r, block) : read_packed(r, block);
}

static bool samples_fit(const stream_reader *r, uint64_t sample_count)
{
    const rsd_token_stream_info *info = &r->report->info;
    const double hop = (double)info->codec.hop_samples * info->sample_rate_hz / info->codec.sample_rate_hz;
    return (double)sample_count <= ((double)r->set->frame_count + SPARE_FRAMES) * hop;
}

/* The end mark: how long the sound was, and how many frames, the last of which may be lost. */
static rsd_status read_end(stream_reader *r)
{
    const uint8_t *end = r->bytes + r->at + STREAM_BLOCK_BYTES;
    const uint64_t sample_count = stream_get(end, 8), frame_count = stream_get(end + 8, 8);
    const bool frames_fit = gap_fits(r, frame_count, 0);
    const rsd_status status = frames_fit ? fill_gap(r, frame_count) : RSD_OK;
    r->report->is_ended = true;
    r->report->has_wrong_end = !frames_fit || !samples_fit(r, sample_count);
    r->set->sample_count = sample_count;
    return status;
}

/* To the next place that may be a block's. */
static void skip_to_block(stream_reader *r)
{
    const uint8_t *next = memchr(r->bytes + r->at + 1u, 'R', r->size_bytes - r->at - 1u);
    r->at = next ? (size_t)(next - r->bytes) : r->size_bytes;
}

/* A block at `at`, whatever its payload. */
static bool is_block(const stream_reader *r, size_t at)
{
    stream_block block;
    return stream_block_read(r->bytes + at, r->size_bytes - at, &block) != STREAM_NO_BLOCK;
}

/* Where the next block is, behind the head of the one at `at`; the size where there is none. */
static size_t find_next(const stream_reader *r)
{
    stream_reader look = *r;
    look.at += STREAM_BLOCK_BYTES - 1u;
    do skip_to_block(&look);
    while (look.at < look.size_bytes && !is_block(&look, look.at));
    return look.at;
}

/*
 * Past a block whose payload is damaged. Where another block or the end of the file is at its end, bytes were changed;
 * else some are missing, and the next block is looked for from behind the head. So no byte is summed more than a few
 * times: what is read again is no more than the file.
 */
static void pass_damage(stream_reader *r, const stream_block *block)
{
    const size_t end = r->at + STREAM_BLOCK_BYTES + block->payload_bytes;
    note_damage(r);
    r->read_again_bytes += block->payload_bytes;
    const bool is_in_place = end == r->size_bytes || is_block(r, end);
    r->at = is_in_place || r->read_again_bytes > r->size_bytes ? end : find_next(r);
}

/* A block that is longer than the file: cut off, still being written, or without some of its bytes. */
static bool pass_cut(stream_reader *r)
{
    const size_t next = find_next(r);
    if (next == r->size_bytes) return false;
    note_damage(r);
    r->at = next;
    return true;
}

static rsd_status read_blocks(stream_reader *r)
{
    rsd_status status = RSD_OK;
    bool is_lost = false; /* among bytes that are no block */
    while (r->at < r->size_bytes && status == RSD_OK && !r->report->is_ended) {
        stream_block block;
        const stream_block_state state = stream_block_read(r->bytes + r->at, r->size_bytes - r->at, &block);
        if (state == STREAM_CUT_BLOCK) {
            if (!pass_cut(r)) break;
            continue;
        }
        if (state == STREAM_NO_BLOCK) {
            if (!is_lost && r->size_bytes - r->at >= STREAM_BLOCK_BYTES) note_damage(r);
            is_lost = true;
            skip_to_block(r);
            continue;
        }
        is_lost = false;
        if (state == STREAM_BAD_BLOCK) {
            pass_damage(r, &block);
            continue;
        }
        if (block.kind == STREAM_END && block.payload_bytes == STREAM_END_BYTES)
            status = read_end(r);
        else if (block_fits(r, &block))
            status = read_frames(r, &block);
        else
            note_damage(r);
        r->at += STREAM_BLOCK_BYTES + block.payload_bytes;
    }
    return status;
}

static void describe_set(const rsd_token_stream_info *info, rsd_token_set *set)
{
    memcpy(set->codec, info->codec_name, sizeof set->codec);
    memcpy(set->sample_format, info->sample_format, sizeof set->sample_format);
    set->sample_rate_hz = info->sample_rate_hz;
    set->latency_samples = info->latency_samples;
    set->primed = info->primed;
}

/* All behind the header, into what `r` is to fill. */
static rsd_status read_behind_header(stream_reader *r)
{
    rsd_token_set *made = r->set;
    rsd_token_stream_report *told = r->report;
    r->frames = calloc(told->info.channel_count, sizeof *r->frames);
    rsd_status status =
        r->frames ? rsd_token_set_create(&told->info.codec, told->info.channel_count, 0, made) : RSD_ERR_MEMORY;
    if (status != RSD_OK) {
        free(r->frames);
        return base_error_set(r->error, status, "no memory to read '%s'", r->name);
    }
    describe_set(&told->info, made);
    status = read_blocks(r);
    stream_coder_close(&r->coder);
    free(r->frames);
    if (status != RSD_OK) {
        rsd_token_set_destroy(made);
        return status;
    }
    if (!told->is_ended || told->has_wrong_end) made->sample_count = token_set_whole_samples(made, &told->info.codec);
    told->behind_end_bytes = told->is_ended ? r->size_bytes - r->at : 0u;
    return RSD_OK;
}

/* Everything behind the checks, into what the caller of parse owns. */
static rsd_status read_all(stream_reader *r)
{
    rsd_status status = stream_header_read(r->bytes, r->size_bytes, r->name, &r->report->info, &r->at, r->error);
    return status == RSD_OK ? read_behind_header(r) : status;
}

static rsd_status parse(stream_reader *r, rsd_token_set *set, rsd_token_stream_report *report)
{
    if (!r->bytes || !r->name || !set || !report)
        return base_error_set(r->error, RSD_ERR_ARG, "there is no stream to read");
    rsd_token_set made;
    rsd_token_stream_report told = {.size_bytes = r->size_bytes};
    r->set = &made;
    r->report = &told;
    rsd_status status = read_all(r);
    r->set = NULL;
    r->report = NULL;
    if (status != RSD_OK) return status;
    if (r->is_look) {
        free(made.tokens);
        free(made.side);
        made.tokens = made.side = NULL;
    } else {
        rsd_token_set_trim(&made, made.frame_count);
    }
    *set = made;
    *report = told;
    return RSD_OK;
}

rsd_status token_stream_parse(const void *data, size_t size_bytes, const char *name, rsd_token_set *set,
                              rsd_token_stream_report *report, rsd_error *error)
{
    stream_reader r = {.bytes = data, .size_bytes = size_bytes, .name = name, .error = error};
    return parse(&r, set, report);
}

rsd_status token_stream_look(const char *path, rsd_token_set *set, rsd_token_stream_report *report, rsd_error *error)
{
    void *bytes = NULL;
    stream_reader r = {.name = path, .is_look = true, .error = error};
    rsd_status status = base_read_file(path, STREAM_LIMIT_BYTES, &bytes, &r.size_bytes, error);
    if (status != RSD_OK) return status;
    r.bytes = bytes;
    status = parse(&r, set, report);
    free(bytes);
    return status;
}

rsd_status rsd_token_stream_load_sized(const char *path, rsd_token_set *set, size_t set_bytes,
                                       rsd_token_stream_report *report, size_t report_bytes, rsd_error *error)
{
    void *bytes = NULL;
    size_t size_bytes = 0;
    rsd_token_set made;
    rsd_token_stream_report told;
    if (!path || !set || !report) return base_error_set(error, RSD_ERR_ARG, "there is no stream to read");
    rsd_status status = base_read_file(path, STREAM_LIMIT_BYTES, &bytes, &size_bytes, error);
    if (status != RSD_OK) return status;
    status = token_stream_parse(bytes, size_bytes, path, &made, &told, error);
    free(bytes);
    if (status != RSD_OK) return status;
    token_set_give(set, set_bytes, &made);
    base_sized_copy(report, report_bytes, &told, sizeof told);
    return RSD_OK;
}
