// SPDX-License-Identifier: MIT
// Real-time half of a foreign decoder: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/foreign/internal.h"

#include <string.h>

void foreign_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                    rsd_level_meter *meter)
{
    rsd_codec_encode(((foreign_codec *)codec)->coder, in, controls, frame, meter);
}

void foreign_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    codec_read_frame(((foreign_codec *)codec)->coder, tokens, frame);
}

/* From `from` to `to` over the frame; at the ends it is one decoder's sound, to the bit. */
static void blend(float *out, const float *other, uint32_t count, float from, float to)
{
    if (from == 0.0f && to == 0.0f) return;
    if (from == 1.0f && to == 1.0f) {
        memcpy(out, other, count * sizeof *out);
        return;
    }
    const float step = (to - from) / (float)count;
    for (uint32_t i = 0; i < count; i++) out[i] += (from + step * (float)(i + 1u)) * (other[i] - out[i]);
}

static void join(foreign_codec *self, const rsd_decode_controls *controls, float *out)
{
    blend(out, self->other, self->hop_samples, self->is_new ? controls->morph : self->morph, controls->morph);
    self->morph = controls->morph;
    self->is_new = false;
}

void foreign_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    foreign_codec *self = (foreign_codec *)codec;
    codec_synthesise(self->coder, frame, controls, out);
    codec_synthesise(self->decoder, frame, controls, self->other);
    join(self, controls, out);
}

/* ---- a stereo pair ---- */

static rsd_codec *coder_of(rsd_codec *codec) { return ((foreign_codec *)codec)->coder; }

void foreign_encode_stereo(rsd_codec *const codecs[2], const float *const in[2], const rsd_encode_controls *controls,
                           rsd_token_frame *const frames[2], rsd_level_meter *const meters[2])
{
    rsd_codec_encode_pair((rsd_codec *[]){coder_of(codecs[0]), coder_of(codecs[1])}, in, controls, frames, meters);
}

void foreign_read_stereo(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2],
                         codec_frame *const frames[2])
{
    codec_read_pair((rsd_codec *[]){coder_of(codecs[0]), coder_of(codecs[1])}, tokens, frames);
}

void foreign_synthesise_stereo(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                               const rsd_decode_controls *const controls[2], float *const out[2])
{
    foreign_codec *const selves[2] = {(foreign_codec *)codecs[0], (foreign_codec *)codecs[1]};
    codec_synthesise_pair((rsd_codec *[]){coder_of(codecs[0]), coder_of(codecs[1])}, frames, controls, out);
    codec_synthesise_pair((rsd_codec *[]){selves[0]->decoder, selves[1]->decoder}, frames, controls,
                          (float *[]){selves[0]->other, selves[1]->other});
    for (uint32_t i = 0; i < 2u; i++) join(selves[i], controls[i], out[i]);
}

void foreign_reset(rsd_codec *codec)
{
    foreign_codec *self = (foreign_codec *)codec;
    rsd_codec_reset(self->coder);
    rsd_codec_reset(self->decoder);
    self->is_new = true;
}
