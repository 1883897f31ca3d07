// SPDX-License-Identifier: MIT
// Real-time half of the codec interface: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/codec_internal.h"

#include "base/numbers.h"
#include "base/sized.h"

#include <string.h>

rsd_model *rsd_model_retain(rsd_model *model)
{
    /* Relaxed: whoever retains holds a reference already, so nothing has to be ordered. */
    if (model) atomic_fetch_add_explicit(&model->references, 1u, memory_order_relaxed);
    return model;
}

void rsd_model_info_sized(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info, size_t info_bytes)
{
    rsd_codec_info known = {0};
    model->class->info(model, host_rate_hz, &known);
    if (model->known_name[0] != '\0') memcpy(known.name, model->known_name, sizeof known.name);
    known.size_bytes = (uint32_t)(info_bytes < sizeof known ? info_bytes : sizeof known);
    base_sized_copy(info, info_bytes, &known, sizeof known);
}

size_t rsd_codec_size_bytes(const rsd_model *model) { return base_round_up_64(model->class->size_bytes(model)); }

void rsd_codec_decode_controls_init_sized(rsd_decode_controls *controls, size_t controls_bytes, uint32_t level_count)
{
    rsd_decode_controls known = {.active_levels = (float)level_count, .noise_fill = 1.0f, .morph = 1.0f};
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) known.level_gain[k] = 1.0f;
    base_sized_copy(controls, controls_bytes, &known, sizeof known);
}

void rsd_codec_encode_sized(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                            size_t controls_bytes, rsd_token_frame *frame, rsd_level_meter *meter)
{
    rsd_encode_controls known;
    base_sized_copy(&known, sizeof known, controls, controls_bytes);
    codec->searched = 0u;
    const uint64_t start = codec_stages_begin(codec->stages);
    codec->class->encode(codec, in, &known, frame, meter);
    codec_stages_end_encoding(codec->stages, start, codec->searched);
}

void rsd_codec_decode_sized(rsd_codec *codec, const rsd_token_frame *frame, const rsd_decode_controls *controls,
                            size_t controls_bytes, float *out)
{
    rsd_decode_controls known;
    codec_frame read;
    base_sized_copy(&known, sizeof known, controls, controls_bytes);
    codec_read_frame(codec, frame, &read);
    codec_synthesise(codec, &read, &known, out);
}

void codec_scale_meter(const float *in, uint32_t sample_count, rsd_level_meter *meter)
{
    float energy = 0.0f;
    if (!meter || !(meter->input_energy > 0.0f)) return;
    for (uint32_t i = 0; i < sample_count; i++) energy += in[i] * in[i];
    const float scale = energy / meter->input_energy;
    meter->input_energy = energy;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
        meter->level_energy[k] *= scale;
        meter->error_energy[k] *= scale;
    }
}

void codec_bands_of(const rsd_model *model, codec_bands *bands)
{
    memset(bands, 0, sizeof *bands);
    if (model->class->bands) model->class->bands(model, bands);
}

/* What a codec leaves as it is: no envelope, no gain, nothing of an effect. */
static void init_frame(codec_frame *frame)
{
    frame->is_silent = frame->is_quiet = frame->is_noise = false;
    frame->amplitude = 1.0f;
    frame->shaping = NULL;
    frame->gain_before = frame->gain = (codec_gain){0.0f, -1};
    frame->band_count = 0u;
}

void codec_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    init_frame(frame);
    const uint64_t start = codec_stages_begin(codec->stages);
    codec->class->read_frame(codec, tokens, frame);
    codec_stages_end(codec->stages, CODEC_STAGE_SYNTHESIS, start);
}

void codec_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    const uint64_t start = codec_stages_begin(codec->stages);
    codec->class->synthesise(codec, frame, controls, out);
    codec_stages_end(codec->stages, CODEC_STAGE_SYNTHESIS, start);
}

void codec_use_stages(rsd_codec *codec, codec_stages *stages) { codec->stages = stages; }

void codec_read_pair(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2], codec_frame *const frames[2])
{
    for (uint32_t i = 0; i < 2u; i++) {
        init_frame(frames[i]);
        if (!codecs[0]->class->read_pair) codecs[i]->class->read_frame(codecs[i], tokens[i], frames[i]);
    }
    const uint64_t start = codec_stages_begin(codecs[0]->stages);
    if (codecs[0]->class->read_pair) codecs[0]->class->read_pair(codecs, tokens, frames);
    codec_stages_end(codecs[0]->stages, CODEC_STAGE_SYNTHESIS, start);
}

void codec_synthesise_pair(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                           const rsd_decode_controls *const controls[2], float *const out[2])
{
    if (codecs[0]->class->synthesise_pair) {
        const uint64_t start = codec_stages_begin(codecs[0]->stages);
        codecs[0]->class->synthesise_pair(codecs, frames, controls, out);
        codec_stages_end(codecs[0]->stages, CODEC_STAGE_SYNTHESIS, start);
        return;
    }
    for (uint32_t i = 0; i < 2u; i++) codec_synthesise(codecs[i], frames[i], controls[i], out[i]);
}

bool codec_has_pairs(const rsd_model *model)
{
    const codec_class *class = model->class;
    return class->encode_pair && (!class->has_pairs || class->has_pairs(model));
}

void rsd_codec_encode_pair_sized(rsd_codec *const codecs[2], const float *const in[2],
                                 const rsd_encode_controls *controls, size_t controls_bytes,
                                 rsd_token_frame *const frames[2], rsd_level_meter *const meters[2])
{
    rsd_level_meter *const none[2] = {NULL, NULL};
    rsd_encode_controls known;
    base_sized_copy(&known, sizeof known, controls, controls_bytes);
    if (!meters) meters = none;
    if (!codecs[0]->class->encode_pair) {
        for (uint32_t i = 0; i < 2u; i++) rsd_codec_encode(codecs[i], in[i], &known, frames[i], meters[i]);
        return;
    }
    codecs[0]->searched = 0u;
    const uint64_t start = codec_stages_begin(codecs[0]->stages);
    codecs[0]->class->encode_pair(codecs, in, &known, frames, meters);
    codec_stages_end_encoding(codecs[0]->stages, start, codecs[0]->searched);
}

void rsd_codec_decode_pair_sized(rsd_codec *const codecs[2], const rsd_token_frame *const frames[2],
                                 const rsd_decode_controls *controls, size_t controls_bytes, float *const out[2])
{
    rsd_decode_controls known;
    codec_frame read[2];
    base_sized_copy(&known, sizeof known, controls, controls_bytes);
    codec_read_pair(codecs, frames, (codec_frame *[]){&read[0], &read[1]});
    codec_synthesise_pair(codecs, (const codec_frame *[]){&read[0], &read[1]},
                          (const rsd_decode_controls *[]){&known, &known}, out);
}

void rsd_codec_reset(rsd_codec *codec) { codec->class->reset(codec); }

/* Both sides store and read one number that nothing else hangs on. */
uint64_t codec_frame_ns(const rsd_model *model, uint32_t channel_count)
{
    if (channel_count < 1u || channel_count > CODEC_COST_MAX_CHANNELS) return 0u;
    return atomic_load_explicit(&model->frame_ns[channel_count - 1u], memory_order_relaxed);
}

void codec_keep_frame_ns(rsd_model *model, uint32_t channel_count, uint64_t frame_ns)
{
    if (channel_count < 1u || channel_count > CODEC_COST_MAX_CHANNELS) return;
    atomic_store_explicit(&model->frame_ns[channel_count - 1u], frame_ns, memory_order_relaxed);
}

void codec_share_levels(const codec_shaping *shaping, const rsd_decode_controls *controls, rsd_decode_controls *own,
                        rsd_decode_controls *others)
{
    *own = *others = *controls;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
        const bool is_shared = k >= shaping->other_begin && k < shaping->other_end;
        const float share = is_shared ? shaping->other_share : 0.0f;
        own->level_gain[k] *= 1.0f - share;
        others->level_gain[k] *= share;
    }
    if ((float)shaping->other->level_count < others->active_levels)
        others->active_levels = (float)shaping->other->level_count;
}
