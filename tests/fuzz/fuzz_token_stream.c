// SPDX-License-Identifier: MIT
// A stream of any bytes is refused with a text, or read: every token is in its codebook or not coded. The sums are put
// right, as far as the blocks follow each other, so that what is behind them is reached.
#include "token/stream_internal.h"

#include "base/numbers.h"
#include "base/crc32.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mend_sums(uint8_t *bytes, size_t size)
{
    if (size < 12u) return;
    const size_t header = (size_t)stream_get(bytes + 6, 2);
    if (header < 12u || header > size) return;
    stream_put(bytes + header - 4u, 4, base_crc32(0, bytes, header - 4u));
    for (size_t at = header; at + STREAM_BLOCK_BYTES <= size;) {
        const size_t payload = (size_t)stream_get(bytes + at + 12u, 4);
        stream_put(bytes + at + 16u, 4, base_crc32(0, bytes + at, 16));
        if (payload > size - at - STREAM_BLOCK_BYTES) return;
        stream_put(bytes + at + 20u, 4, base_crc32(0, bytes + at + STREAM_BLOCK_BYTES, payload));
        at += STREAM_BLOCK_BYTES + payload;
    }
}

static void check_set(const rsd_token_set *set, const rsd_token_stream_report *report)
{
    for (uint32_t c = 0; c < set->channel_count; c++)
        for (uint64_t t = 0; t < set->frame_count; t++) {
            rsd_token_frame frame;
            if (!rsd_token_set_get(set, c, t, &frame)) abort();
            for (uint32_t q = 0; q < set->sequence_count; q++) {
                const uint32_t bits = base_log2_ceil(report->info.codec.sequence_codewords[q]);
                if (frame.tokens[q] < RSD_TOKEN_NONE || frame.tokens[q] >= 1 << bits) abort();
            }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    mend_sums(bytes, size);
    rsd_token_set set;
    rsd_token_stream_report report;
    rsd_error error = {0};
    if (token_stream_parse(bytes, size, "fuzz", &set, &report, &error) == RSD_OK) {
        check_set(&set, &report);
        rsd_token_set_destroy(&set);
    } else if (error.text[0] == '\0') {
        abort(); /* a refusal without a reason */
    }
    free(bytes);
    return 0;
}
