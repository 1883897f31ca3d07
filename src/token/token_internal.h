// SPDX-License-Identifier: MIT
#ifndef TOKEN_INTERNAL_H
#define TOKEN_INTERNAL_H

#include <residuum/rsd_token.h>

#include <stdbool.h>
#include <stdio.h>

/* Hands a set out, to a program for which it has set_bytes. Thread: [setup] */
void token_set_give(rsd_token_set *set, size_t set_bytes, const rsd_token_set *made);

/* A set of its own with the same frames, its rows close together. Thread: [setup] */
RSD_NODISCARD rsd_status token_set_copy(const rsd_token_set *set, rsd_token_set *copy);

/* Samples a channel of a sound that the frames of a set hold whole: hops, without the latency. Thread: [any] */
uint64_t token_set_whole_samples(const rsd_token_set *set, const rsd_codec_info *codec);

/*
 * The NPY 1.0 preamble (magic, version, length, dictionary, padding to a multiple of 64) as numpy.lib.format writes it.
 */
#define NPY_MAX_DIMS 3u
#define NPY_PREFIX_BYTES 10u
#define NPY_PREAMBLE_BYTES 256u

typedef struct {
    char descr[32];
    bool fortran_order;
    uint32_t dim_count; /* may be over NPY_MAX_DIMS: then only the first ones are in shape */
    uint64_t shape[NPY_MAX_DIMS];
} npy_header;

/* Bytes written into `preamble` (NPY_PREAMBLE_BYTES). dim_count 1..NPY_MAX_DIMS. Thread: [any] */
size_t npy_preamble_write(char *preamble, const uint64_t *shape, uint32_t dim_count);
/* Reads the dictionary text (not terminated). NULL when well formed, else what is wrong with it. Thread: [any] */
const char *npy_header_parse(const char *text, size_t text_bytes, npy_header *header);
/* Product of `dim_count` sizes; UINT64_MAX when it is over RSD_TOKEN_MAX_ENTRIES. Thread: [any] */
uint64_t npy_entry_count(const uint64_t *shape, uint32_t dim_count);

/* Writes one whole NPY file into an open stream; false on a write error. Thread: [setup], [control] */
bool npy_write_stream(FILE *file, const int32_t *data, const uint64_t *shape, uint32_t dim_count);

#endif
