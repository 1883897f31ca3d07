// SPDX-License-Identifier: MIT
#ifndef NN_SAFETENSORS_H
#define NN_SAFETENSORS_H

#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

/*
 * Safetensors files (8-byte little-endian header length, JSON header, tensor bytes): named tensors and a map of
 * strings. Knows nothing of codecs. Thread of all: [setup].
 */

#define ST_MAX_DIMS 8u
/* A tensor takes some 100 bytes of the header, and no model here has over a thousand tensors. */
#define ST_MAX_HEADER_BYTES (4u << 20)

typedef enum { ST_I8, ST_I32, ST_F32, ST_F16, ST_BF16, ST_OTHER } st_dtype;

typedef struct {
    st_dtype dtype;
    uint32_t dim_count;
    uint64_t shape[ST_MAX_DIMS];
    const void *data; /* into the file's bytes; not necessarily aligned */
    uint64_t size_bytes;
} st_tensor;

typedef struct st_file st_file;

/*
 * Parses `size_bytes` at `data`, which must outlive the file object; every offset is checked against the size.
 * `origin` names the file in messages. Errors: RSD_ERR_FORMAT, RSD_ERR_MEMORY, with what and which tensor in `error`.
 */
RSD_NODISCARD rsd_status st_parse(const void *data, size_t size_bytes, const char *origin, st_file **file,
                                  rsd_error *error);
/*
 * Reads a file of at most `limit_bytes` into memory of its own and parses it: the header first, so that a file that is
 * none costs no more than that, whatever its size. Errors also: RSD_ERR_IO.
 */
RSD_NODISCARD rsd_status st_open(const char *path, uint64_t limit_bytes, st_file **file, rsd_error *error);
void st_close(st_file *file); /* NULL is fine */

/* Finds a tensor. RSD_ERR_NOT_FOUND with its name in `error`. */
RSD_NODISCARD rsd_status st_find(const st_file *file, const char *name, st_tensor *tensor, rsd_error *error);
typedef struct {
    const char *name;
    uint32_t dim_count;
    const uint64_t *shape; /* 0 takes any size there */
} st_wanted;

/* Finds one of this type and shape. RSD_ERR_FORMAT names the tensor and both shapes. */
RSD_NODISCARD rsd_status st_require(const st_file *file, const st_wanted *wanted, st_dtype dtype, st_tensor *tensor,
                                    rsd_error *error);
/*
 * The values of a tensor of this shape (as st_require) that is F32, F16 or BF16, as floats: widening is exact. *values
 * is the caller's to free. *count (may be NULL): how many. RSD_ERR_FORMAT and RSD_ERR_NOT_FOUND as above,
 * RSD_ERR_MEMORY.
 */
RSD_NODISCARD rsd_status st_read_floats(const st_file *file, const st_wanted *wanted, float **values, size_t *count,
                                        rsd_error *error);
/* A string of the __metadata__ map; NULL when absent. Borrowed. */
const char *st_metadata(const st_file *file, const char *key);
const char *st_origin(const st_file *file);

/* For writing: tensors in the order given, metadata as pairs key, value, ... ended by NULL. Written beside and renamed.
 */
typedef struct {
    const char *name;
    st_dtype dtype; /* not ST_OTHER */
    uint32_t dim_count;
    uint64_t shape[ST_MAX_DIMS];
    const void *data;
} st_write_tensor;
RSD_NODISCARD rsd_status st_write(const char *path, const st_write_tensor *tensors, uint32_t tensor_count,
                                  const char *const *metadata, rsd_error *error);

#endif
