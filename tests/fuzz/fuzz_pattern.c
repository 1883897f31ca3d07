// SPDX-License-Identifier: MIT
// The inverse of any pattern on any sequence. The bytes are rows, frames, a text up to a zero byte, then the sequence's
// tokens, a byte each; it may be shorter or longer than the pattern's.
#include <residuum/rsd_pattern.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sequence that passes the check comes back as it was; one that does not gives tokens that are in it. */
static void check(const rsd_pattern *pattern, const uint8_t *data, size_t size, uint64_t frame_count)
{
    int32_t special[RSD_MAX_SEQUENCES];
    const uint32_t k = pattern->row_count;
    const uint64_t steps = size / k;
    int32_t *sequence = malloc((size + 1u) * sizeof *sequence);
    int32_t *tokens = malloc((size_t)(k * frame_count + 1u) * sizeof *tokens);
    if (!sequence || !tokens) abort();
    for (uint32_t q = 0; q < k; q++) special[q] = 200;
    for (size_t i = 0; i < size; i++) sequence[i] = (int32_t)data[i] - 2;
    const rsd_pattern_sequence given = {sequence, steps};
    rsd_error error = {0};
    const rsd_status status = rsd_pattern_check(pattern, special, given, frame_count, &error);
    if (status != RSD_OK && error.text[0] == '\0') abort(); /* a refusal without a reason */
    rsd_pattern_inverse(pattern, special, given, frame_count, tokens);
    if (status == RSD_OK) {
        int32_t *again = malloc((size_t)(k * steps + 1u) * sizeof *again);
        if (!again) abort();
        rsd_pattern_forward(pattern, special, tokens, frame_count, again);
        if (memcmp(again, sequence, (size_t)(k * steps) * sizeof *again) != 0) abort();
        free(again);
    }
    free(tokens);
    free(sequence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2u) return 0;
    const uint32_t k = data[0] % 47u;
    const uint64_t frame_count = data[1];
    const uint8_t *end = memchr(data + 2, 0, size - 2u);
    if (!end) return 0;
    rsd_pattern pattern;
    rsd_error error = {0};
    if (rsd_pattern_parse((const char *)data + 2, k, &pattern, &error) != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return 0;
    }
    check(&pattern, end + 1, size - (size_t)(end + 1 - data), frame_count);
    return 0;
}
