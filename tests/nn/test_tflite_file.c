// SPDX-License-Identifier: MIT
// TFLite files that claim more than they hold.
#include "nn/tflite/tflite.h"

#include <criterion/criterion.h>
#include <string.h>

/* A TFLite file by hand: words at places, and offsets from one place to another. */

#define TENSORS 1000u
#define SUBGRAPHS 64u
#define MOST_BYTES 8192u

typedef struct {
    unsigned char data[MOST_BYTES];
    uint32_t size;
} builder;

static uint32_t put(builder *b, const void *bytes, uint32_t count)
{
    const uint32_t at = b->size;
    memcpy(b->data + at, bytes, count);
    b->size += (count + 3u) / 4u * 4u;
    return at;
}

static void put_u32(builder *b, uint32_t at, uint32_t value) { memcpy(b->data + at, &value, sizeof value); }
static void point(builder *b, uint32_t from, uint32_t to) { put_u32(b, from, to - from); }

/* A table whose fields 0..count-1 are offsets, each 4 bytes, where `present` has their bit. */
static uint32_t put_table(builder *b, uint32_t field_count, uint32_t present)
{
    uint16_t list[10] = {(uint16_t)(4u + 2u * field_count), 4u};
    for (uint32_t f = 0; f < field_count; f++) {
        if (!(present >> f & 1u)) continue;
        list[2u + f] = list[1];
        list[1] = (uint16_t)(list[1] + 4u);
    }
    const uint32_t fields = put(b, list, list[0]), words[8] = {0};
    const uint32_t at = put(b, words, list[1]);
    put_u32(b, at, at - fields);
    return at;
}

/* One tensor, listed TENSORS times by one subgraph, which is listed `subgraph_count` times. */
static void build(builder *b, uint32_t subgraph_count)
{
    memset(b, 0, sizeof *b);
    b->size = 8;
    memcpy(b->data + 4, "TFL3", 4);
    const uint32_t model = put_table(b, 5, 1u << 2 | 1u << 4);
    const uint32_t subgraphs = put(b, &subgraph_count, 4), subgraph_entries = b->size;
    b->size += 4u * subgraph_count;
    const uint32_t one = 1, buffers = put(b, &one, 4), buffer_entry = put(b, &one, 4);
    const uint32_t buffer = put_table(b, 1, 0);
    const uint32_t subgraph = put_table(b, 5, 1u << 0);
    const uint32_t count = TENSORS, tensors = put(b, &count, 4), tensor_entries = b->size;
    b->size += 4u * TENSORS;
    const uint32_t tensor = put_table(b, 1, 0);
    point(b, 0, model);
    point(b, model + 4u, subgraphs);
    point(b, model + 8u, buffers);
    point(b, buffer_entry, buffer);
    point(b, subgraph + 4u, tensors);
    for (uint32_t i = 0; i < subgraph_count; i++) point(b, subgraph_entries + 4u * i, subgraph);
    for (uint32_t i = 0; i < TENSORS; i++) point(b, tensor_entries + 4u * i, tensor);
}

Test(tflite_file, lists_that_point_at_one_place_again_and_again_claim_no_more_than_the_file_has_room_for)
{
    static builder b;
    tfl_file *file = NULL;
    rsd_error error;
    build(&b, 1);
    cr_assert_eq(tfl_parse(b.data, b.size, "one", &file, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(tfl_subgraph_at(file, 0)->tensor_count, TENSORS);
    tfl_close(file);
    build(&b, SUBGRAPHS);
    cr_assert_eq(tfl_parse(b.data, b.size, "many", &file, &error), RSD_ERR_FORMAT);
    cr_assert(strstr(error.text, "claim more than it has room for"), "%s", error.text);
}
