// SPDX-License-Identifier: MIT
// Safetensors bytes; every tensor that is found is read to its end.
#include "nn/safetensors.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_tensor(const st_tensor *tensor)
{
    volatile uint8_t last = 0;
    for (uint64_t i = 0; i < tensor->size_bytes; i++) last = ((const uint8_t *)tensor->data)[i];
    (void)last;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "b", "weight", "constants", "level.0.group.0"};
    st_file *file = NULL;
    rsd_error error;
    uint8_t *bytes = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    if (st_parse(bytes, size, "fuzz", &file, &error) == RSD_OK) {
        st_tensor tensor;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (st_find(file, names[i], &tensor, &error) == RSD_OK) read_tensor(&tensor);
        const char *text = st_metadata(file, "format");
        if (text && strlen(text) > size) abort();
        st_close(file);
    } else if (error.text[0] == '\0') {
        abort(); /* a refusal without a reason */
    }
    free(bytes);
    return 0;
}
