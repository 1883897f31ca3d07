// SPDX-License-Identifier: MIT
// FlatBuffers, read within their bounds.
#include "nn/tflite/flatbuffer.h"

#include <string.h>

static bool inside(const fb_bytes *bytes, size_t at, size_t size)
{
    return at <= bytes->size && size <= bytes->size - at;
}

static uint16_t u16_at(const fb_bytes *bytes, size_t at)
{
    uint16_t value;
    memcpy(&value, bytes->data + at, sizeof value);
    return value;
}

static uint32_t u32_at(const fb_bytes *bytes, size_t at)
{
    uint32_t value;
    memcpy(&value, bytes->data + at, sizeof value);
    return value;
}

int32_t fb_i32(const fb_bytes *bytes, size_t at) { return (int32_t)u32_at(bytes, at); }

int64_t fb_i64(const fb_bytes *bytes, size_t at)
{
    int64_t value;
    memcpy(&value, bytes->data + at, sizeof value);
    return value;
}

static bool enter(const fb_bytes *bytes, size_t at, fb_table *table)
{
    if (!inside(bytes, at, 4)) return false;
    const int64_t fields = (int64_t)at - fb_i32(bytes, at); /* the list of fields may lie on either side */
    if (fields < 0 || !inside(bytes, (size_t)fields, 4)) return false;
    const uint32_t list_bytes = u16_at(bytes, (size_t)fields), size = u16_at(bytes, (size_t)fields + 2u);
    if (list_bytes < 4u || list_bytes % 2u || size < 4u) return false;
    if (!inside(bytes, (size_t)fields, list_bytes) || !inside(bytes, at, size)) return false;
    *table = (fb_table){bytes, at, (size_t)fields + 4u, (list_bytes - 4u) / 2u, size};
    return true;
}

bool fb_root(const fb_bytes *bytes, fb_table *table)
{
    return inside(bytes, 0, 4) && enter(bytes, u32_at(bytes, 0), table);
}

/* Where the field is; 0 where the table has none. A field that does not fit into its table counts as none. */
static size_t find(const fb_table *table, uint32_t field, uint32_t size)
{
    if (field >= table->field_count) return 0;
    const uint32_t offset = u16_at(table->bytes, table->fields + 2u * field);
    return offset < 4u || offset + size > table->size ? 0 : table->begin + offset;
}

int32_t fb_field_i32(const fb_table *table, uint32_t field, int32_t absent)
{
    const size_t at = find(table, field, 4);
    return at ? fb_i32(table->bytes, at) : absent;
}

float fb_field_f32(const fb_table *table, uint32_t field, float absent)
{
    const size_t at = find(table, field, 4);
    if (at) memcpy(&absent, table->bytes->data + at, sizeof absent);
    return absent;
}

int32_t fb_field_u8(const fb_table *table, uint32_t field, int32_t absent)
{
    const size_t at = find(table, field, 1);
    return at ? table->bytes->data[at] : absent;
}

bool fb_field_table(const fb_table *table, uint32_t field, fb_table *to, bool *present)
{
    const size_t at = find(table, field, 4);
    *present = at != 0;
    return !at || enter(table->bytes, at + u32_at(table->bytes, at), to);
}

static bool enter_vector(const fb_bytes *bytes, size_t at, uint32_t element_bytes, fb_vector *vector)
{
    if (!inside(bytes, at, 4)) return false;
    *vector = (fb_vector){at + 4u, u32_at(bytes, at)};
    return inside(bytes, vector->begin, (size_t)vector->count * element_bytes);
}

bool fb_field_vector(const fb_table *table, uint32_t field, uint32_t element_bytes, fb_vector *vector)
{
    const size_t at = find(table, field, 4);
    *vector = (fb_vector){0, 0};
    return !at || enter_vector(table->bytes, at + u32_at(table->bytes, at), element_bytes, vector);
}

bool fb_field_string(const fb_table *table, uint32_t field, const char **text)
{
    fb_vector letters;
    if (!fb_field_vector(table, field, 1, &letters)) return false;
    *text = "";
    if (letters.begin == 0) return true;
    const size_t end = letters.begin + letters.count;
    if (!inside(table->bytes, end, 1) || table->bytes->data[end] != 0) return false;
    *text = (const char *)table->bytes->data + letters.begin;
    return true;
}

bool fb_vector_table(const fb_bytes *bytes, const fb_vector *vector, uint32_t index, fb_table *table)
{
    if (index >= vector->count) return false;
    const size_t at = vector->begin + 4u * (size_t)index;
    return enter(bytes, at + u32_at(bytes, at), table);
}
