// SPDX-License-Identifier: MIT
// NPY files of int32, read and written.
#include "token/token_internal.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// int32 is written as it lies in memory: every machine that Residuum runs on is little-endian, as '<i4' says.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "npy_file.c writes '<i4' straight from memory");

bool npy_write_stream(FILE *file, const int32_t *data, const uint64_t *shape, uint32_t dim_count)
{
    char preamble[NPY_PREAMBLE_BYTES];
    const size_t preamble_bytes = npy_preamble_write(preamble, shape, dim_count);
    const size_t count = (size_t)npy_entry_count(shape, dim_count);
    return fwrite(preamble, 1, preamble_bytes, file) == preamble_bytes &&
           (count == 0u || fwrite(data, sizeof *data, count, file) == count);
}

rsd_status rsd_npy_save(const char *path, const int32_t *data, const uint64_t *shape, uint32_t dim_count,
                        rsd_error *error)
{
    if (!path || !shape || dim_count < 1u || dim_count > NPY_MAX_DIMS)
        return base_error_set(error, RSD_ERR_ARG, "an NPY file has 1 to 3 dimensions");
    const uint64_t count = npy_entry_count(shape, dim_count);
    if (count > RSD_TOKEN_MAX_ENTRIES || (count > 0u && !data))
        return base_error_set(error, RSD_ERR_ARG, "cannot write '%s': over 2^31 entries, or no data", path);
    base_output file;
    rsd_status status = base_output_open(&file, path, BASE_OUTPUT_BESIDE, error);
    if (status != RSD_OK) return status;
    FILE *stream = base_output_stream(&file);
    if (!stream) {
        base_output_abandon(&file);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    }
    // A short write sets the stream's error flag, which commit reports.
    (void)npy_write_stream(stream, data, shape, dim_count);
    return base_output_commit(&file, error);
}

/* Reads magic, version and dictionary; leaves the stream at the first entry. */
static rsd_status read_header(FILE *file, const char *path, npy_header *header, rsd_error *error)
{
    unsigned char prefix[NPY_PREFIX_BYTES];
    static const char magic[] = "\x93NUMPY";
    if (fread(prefix, 1, sizeof prefix, file) != sizeof prefix || memcmp(prefix, magic, 6u) != 0)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' is not an NPY file: it does not start with its magic", path);
    if (prefix[6] != 1u || prefix[7] != 0u)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' is NPY version %u.%u; version 1.0 is wanted", path,
                              prefix[6], prefix[7]);
    const size_t text_bytes = prefix[8] | (size_t)prefix[9] << 8;
    char *text = malloc(text_bytes + 1u);
    if (!text) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the header of '%s'", path);
    const char *problem = fread(text, 1, text_bytes, file) == text_bytes ? npy_header_parse(text, text_bytes, header)
                                                                         : "the file ends inside it";
    free(text);
    if (problem) return base_error_set(error, RSD_ERR_FORMAT, "'%s' has a damaged NPY header: %s", path, problem);
    return RSD_OK;
}

static rsd_status check_header(const npy_header *header, const char *path, rsd_error *error)
{
    if (strcmp(header->descr, "<i4") != 0)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' holds '%s'; 32-bit integers ('<i4') are wanted", path,
                              header->descr);
    if (header->dim_count < 1u || header->dim_count > NPY_MAX_DIMS)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' has %" PRIu32 " dimensions; 1 to 3 are wanted", path,
                              header->dim_count);
    if (header->fortran_order && header->dim_count > 1u)
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "'%s' is in Fortran order; save it in C order (numpy.ascontiguousarray)", path);
    return RSD_OK;
}

/* The file's size must be what the header says before anything is allocated: a header may claim any size. */
static rsd_status check_size(FILE *file, uint64_t size_bytes, const char *path, uint64_t count, rsd_error *error)
{
    const long at = ftell(file);
    if (at < 0) return base_error_set(error, RSD_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    if (count > RSD_TOKEN_MAX_ENTRIES)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' claims more than 2^31 entries in its 'shape'", path);
    const uint64_t wanted = (uint64_t)at + count * sizeof(int32_t);
    if (size_bytes != wanted)
        return base_error_set(error, RSD_ERR_FORMAT,
                              "'%s' has %" PRIu64 " bytes where its header's 'shape' means %" PRIu64 "; it is %s", path,
                              size_bytes, wanted, size_bytes < wanted ? "cut short" : "longer than it says");
    return RSD_OK;
}

static rsd_status read_entries(FILE *file, const char *path, uint64_t count, int32_t **data, rsd_error *error)
{
    int32_t *entries = malloc(count ? (size_t)count * sizeof *entries : 1u);
    if (!entries)
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the %" PRIu64 " entries of '%s'", count, path);
    if (fread(entries, sizeof *entries, (size_t)count, file) != (size_t)count) {
        free(entries);
        return base_error_set(error, RSD_ERR_IO, "cannot read the entries of '%s'", path);
    }
    *data = entries;
    return RSD_OK;
}

/* Without a limit: what the header says is compared with the size before anything is allocated. */
static rsd_status open_stream(const char *path, FILE **stream, uint64_t *size_bytes, rsd_error *error)
{
    base_file file;
    const rsd_status status = base_file_open(path, UINT64_MAX, &file, error);
    if (status != RSD_OK) return status;
    *stream = fdopen(file.fd, "rb");
    *size_bytes = file.size_bytes;
    if (*stream) return RSD_OK;
    base_file_close(&file);
    return base_error_set(error, RSD_ERR_MEMORY, "no memory to read '%s'", path);
}

rsd_status rsd_npy_load(const char *path, int32_t **data, uint64_t shape[3], uint32_t *dim_count, rsd_error *error)
{
    if (!path || !data || !shape || !dim_count) return base_error_set(error, RSD_ERR_ARG, "a pointer is missing");
    FILE *file = NULL;
    npy_header header = {0};
    uint64_t count = 0, size_bytes = 0;
    rsd_status status = open_stream(path, &file, &size_bytes, error);
    if (status != RSD_OK) return status;
    status = read_header(file, path, &header, error);
    if (status == RSD_OK) status = check_header(&header, path, error);
    if (status == RSD_OK) {
        count = npy_entry_count(header.shape, header.dim_count);
        status = check_size(file, size_bytes, path, count, error);
    }
    if (status == RSD_OK) status = read_entries(file, path, count, data, error);
    fclose(file);
    if (status != RSD_OK) return status;
    for (uint32_t d = 0; d < NPY_MAX_DIMS; d++) shape[d] = d < header.dim_count ? header.shape[d] : 1u;
    *dim_count = header.dim_count;
    return RSD_OK;
}
