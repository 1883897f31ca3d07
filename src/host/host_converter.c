// SPDX-License-Identifier: MIT
#include "host_soundfile_internal.h"

#include <samplerate.h>
#include <stdlib.h>

struct host_converter {
    SRC_STATE *state;
    double ratio;
};

rsd_status host_converter_create(uint32_t channel_count, uint32_t in_rate_hz, uint32_t out_rate_hz,
                                 host_converter **converter, rsd_error *error)
{
    int failed = 0;
    host_converter *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory to convert the sample rate");
    self->ratio = (double)out_rate_hz / in_rate_hz;
    self->state = src_is_valid_ratio(self->ratio) ? src_new(SRC_SINC_BEST_QUALITY, (int)channel_count, &failed) : NULL;
    if (!self->state) {
        free(self);
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "cannot convert %u Hz to %u Hz: %s", in_rate_hz, out_rate_hz,
                             failed ? src_strerror(failed) : "too far apart");
    }
    *converter = self;
    return RSD_OK;
}

void host_converter_destroy(host_converter *converter)
{
    if (!converter) return;
    src_delete(converter->state);
    free(converter);
}

rsd_status host_converter_run(host_converter *converter, const float *in, uint32_t *in_count, float *out,
                              uint32_t *out_count, bool at_end, rsd_error *error)
{
    SRC_DATA data = {.data_in = in,
                     .data_out = out,
                     .input_frames = (long)*in_count,
                     .output_frames = (long)*out_count,
                     .end_of_input = at_end,
                     .src_ratio = converter->ratio};
    const int failed = src_process(converter->state, &data);
    if (failed) return rsd_error_set(error, RSD_ERR_IO, "cannot convert the sample rate: %s", src_strerror(failed));
    *in_count = (uint32_t)data.input_frames_used;
    *out_count = (uint32_t)data.output_frames_gen;
    return RSD_OK;
}
