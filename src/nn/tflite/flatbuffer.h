// SPDX-License-Identifier: MIT
#ifndef NN_TFLITE_FLATBUFFER_H
#define NN_TFLITE_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * FlatBuffers, as much as a TFLite file needs: every access is checked against the bytes that there are, and a table is
 * checked whole when it is entered. Functions return false where something lies outside. Little-endian machines.
 */

typedef struct {
    const unsigned char *data;
    size_t size;
} fb_bytes;

typedef struct {
    const fb_bytes *bytes;
    size_t begin, fields; /* of the table and of its list of fields */
    uint32_t field_count, size;
} fb_table;

typedef struct {
    size_t begin; /* of the first element */
    uint32_t count;
} fb_vector;

bool fb_root(const fb_bytes *bytes, fb_table *table);
/* Fields that a table does not have: the value given, an empty vector, "", present = false. */
int32_t fb_field_i32(const fb_table *table, uint32_t field, int32_t absent);
float fb_field_f32(const fb_table *table, uint32_t field, float absent);
int32_t fb_field_u8(const fb_table *table, uint32_t field, int32_t absent);
bool fb_field_table(const fb_table *table, uint32_t field, fb_table *to, bool *present);
bool fb_field_vector(const fb_table *table, uint32_t field, uint32_t element_bytes, fb_vector *vector);
bool fb_field_string(const fb_table *table, uint32_t field, const char **text);
bool fb_vector_table(const fb_bytes *bytes, const fb_vector *vector, uint32_t index, fb_table *table);
/* Inside of a vector that was checked. */
int32_t fb_i32(const fb_bytes *bytes, size_t at);
int64_t fb_i64(const fb_bytes *bytes, size_t at);

#endif
