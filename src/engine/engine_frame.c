// SPDX-License-Identifier: MIT
// Codec controls of a frame, and its coding. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "codec/codec_internal.h"

#include <math.h>
#include <string.h>

static uint32_t ceiling(float x)
{
    const uint32_t whole = (uint32_t)x;
    return whole + (x > (float)whole ? 1u : 0u);
}

static bool any_solo(const float *params, uint32_t level_count)
{
    for (uint32_t k = 0; k < level_count; k++)
        if (params[ENGINE_VALUE_LEVEL_SOLO + k] != 0.0f) return true;
    return false;
}

/* Below this peak, -50 dBFS, the input has stopped for `continue`. */
#define QUIET_PEAK 0.00316f

/* Looked for where somebody wants to know; tokens of a source have no input. */
static bool is_quiet(const engine_instance *instance, const engine_frame_job *job, const float *hop)
{
    float peak = 0.0f;
    if (!job->effects.is_continuing || instance->hooks->source) return false;
    for (uint32_t i = 0; i < instance->info.hop_samples; i++) peak = fabsf(hop[i]) > peak ? fabsf(hop[i]) : peak;
    return peak < QUIET_PEAK;
}

/* Levels that are imagined sound whole, whatever `levels` is. */
static bool is_imagined(const engine_instance *instance, uint32_t k)
{
    const uint32_t from = (uint32_t)instance->state.params[RSD_PARAM_PREDICT_FROM];
    return from > 0u && k + 1u >= from && k < instance->predicted_levels;
}

float engine_level_activity(float levels, uint32_t k)
{
    const float rest = levels - (float)k;
    return rest <= 0.0f ? 0.0f : rest < 1.0f ? rest : 1.0f;
}

/*
 * Muted and soloed-out levels are coded all the same: which tokens a level gets must not hang on what is heard of the
 * others, and the tokens stay a prefix.
 */
void engine_take_controls(const rsd_engine *engine, const engine_instance *instance, engine_frame_job *job)
{
    const float *params = instance->state.params;
    const uint32_t level_count = instance->info.level_count;
    const float levels =
        rsd_engine_levels_in_use(&instance->info, params[RSD_PARAM_LEVELS], params[RSD_PARAM_BITRATE_KBPS]);
    const uint32_t coded = ceiling(levels);
    const bool solo = any_solo(params, level_count);
    const bool delta = params[RSD_PARAM_MONITOR] == (float)RSD_MONITOR_DELTA;

    job->encode.level_count = coded;
    job->encode.codebook_bits = (uint32_t)params[RSD_PARAM_CODEBOOK_BITS];
    job->decode.active_levels = levels;
    job->decode.morph = params[RSD_PARAM_MORPH];
    job->decode.noise_fill = solo || delta ? 0.0f : params[RSD_PARAM_NOISE_FILL];
    job->earlier_noise_fill = params[RSD_PARAM_NOISE_FILL];
    for (uint32_t k = 0; k < level_count; k++) {
        const bool off = params[ENGINE_VALUE_LEVEL_MUTE + k] != 0.0f ||
                         (solo && params[ENGINE_VALUE_LEVEL_SOLO + k] == 0.0f) || (delta && k + 1u != coded);
        const float activity = is_imagined(instance, k) ? 1.0f : engine_level_activity(levels, k);
        job->decode.level_gain[k] = off ? 0.0f : activity * params[ENGINE_VALUE_LEVEL_GAIN + k];
        if (is_imagined(instance, k) && job->decode.active_levels < (float)(k + 1u))
            job->decode.active_levels = (float)(k + 1u);
    }
    job->effects.is_on = instance->state.has_effects;
    job->effects.is_continuing = params[RSD_PARAM_CONTINUATION] != 0.0f;
    job->moves.is_on = instance->state.has_moves;
    job->cross.amount = 0.0f;
    if (job->effects.is_on) engine_take_effects(engine, instance, &job->effects);
    if (job->moves.is_on) engine_take_moves(params, &job->moves);
    if (instance->has_sidechain) engine_sidechain_take_controls(engine, instance, &job->cross);
    /* What runs in unheard only listens: what is frozen or looped later is to be there by then. */
    if (instance == engine->incoming && engine->incoming_left > engine->incoming_acting) job->effects.is_on = false;
    job->heard = instance == engine_heard_instance(engine);
}

static void fill_silent(rsd_token_frame *frame)
{
    frame->level_count = 0u;
    for (uint32_t s = 0; s < RSD_MAX_SIDE; s++) frame->side[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < RSD_MAX_SEQUENCES; s++) frame->tokens[s] = RSD_TOKEN_NONE;
}

static void add_meter(rsd_level_meter *sum, const rsd_level_meter *meter, uint32_t level_count)
{
    sum->input_energy += meter->input_energy;
    for (uint32_t k = 0; k < level_count; k++) {
        sum->level_energy[k] += meter->level_energy[k];
        sum->error_energy[k] += meter->error_energy[k];
    }
}

/* From the source. false: it has none. */
static bool fetch_tokens(const engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                         engine_coded_channel *coded)
{
    const engine_token_hooks *hooks = instance->hooks;
    memset(&coded->meter, 0, sizeof coded->meter);
    const bool found = hooks->source(hooks->source_context, channel, job->frame_index, &coded->frame) != 0;
    if (!found) fill_silent(&coded->frame);
    return found;
}

/* Tokens of one channel: the source's where there is one, else the encoder's. false: the source has none. */
static bool find_tokens(engine_instance *instance, uint32_t channel, const engine_frame_job *job, const float *in,
                        engine_coded_channel *coded)
{
    const bool is_tandem = instance->generations.count > 1u, has_source = instance->hooks->source != NULL;
    const bool found = !has_source || fetch_tokens(instance, channel, job, coded);
    if (is_tandem) in = engine_generations_run(instance, channel, job, has_source ? &coded->frame : NULL, in);
    if (is_tandem || !has_source)
        rsd_codec_encode(instance->codecs[channel], in, &job->encode, &coded->frame, &coded->meter);
    return found || is_tandem;
}

/* The same of both channels of a pair. */
static void find_pair_tokens(engine_instance *instance, const engine_frame_job *job, const float *hop_in,
                             engine_coded_channel *coded)
{
    const bool is_tandem = instance->generations.count > 1u, has_source = instance->hooks->source != NULL;
    const float *in[2] = {hop_in, hop_in + instance->info.hop_samples};
    for (uint32_t c = 0; c < 2u; c++)
        coded[c].found = !has_source || fetch_tokens(instance, c, job, &coded[c]) || is_tandem;
    if (is_tandem) engine_generations_run_pair(instance, job, has_source ? coded : NULL, in);
    if (is_tandem || !has_source)
        rsd_codec_encode_pair(instance->codecs, in, &job->encode,
                              (rsd_token_frame *[]){&coded[0].frame, &coded[1].frame},
                              (rsd_level_meter *[]){&coded[0].meter, &coded[1].meter});
}

/* What becomes of a frame that is to be synthesised, beside its tokens. */
static void shape_frame(engine_instance *instance, uint32_t channel, const engine_frame_job *job, codec_frame *frame,
                        codec_shaping *shaping)
{
    shaping->is_moved = false;
    shaping->absent_subbands = 0u;
    if (job->moves.is_on)
        token_moves_apply(&instance->moves[channel], &job->moves, job->frame_index, frame, shaping);
    else
        token_moves_reset(&instance->moves[channel]);
    shaping->other_share = job->cross.amount;
    shaping->other_begin = job->cross.level_begin;
    shaping->other_end = job->cross.level_end;
    if (shaping->is_moved || shaping->other) frame->shaping = shaping;
}

/* A frame that is to be synthesised, and what its pointers point to. */
typedef struct {
    codec_frame frame, other;
    codec_shaping shaping;
    const rsd_decode_controls *controls; /* the job's, or changed */
    rsd_decode_controls changed;
} shaped_frame;

/* A copy of its own that may be changed. Most frames need none. */
static rsd_decode_controls *own_controls(shaped_frame *shaped)
{
    if (shaped->controls != &shaped->changed) shaped->changed = *shaped->controls;
    shaped->controls = &shaped->changed;
    return &shaped->changed;
}

static bool has_other_tokens(const rsd_codec_info *info, const rsd_token_frame *coded, const codec_frame *heard)
{
    for (uint32_t s = 0; s < info->sequence_count; s++)
        if (coded->tokens[s] != heard->tokens[s]) return true;
    return false;
}

/* A frame that was read goes through the effects; in cross-synthesis `other` is the side-chain's. */
static void apply_effects(engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                          engine_coded_channel *coded, shaped_frame *shaped)
{
    codec_frame *frame = &shaped->frame;
    shaped->controls = &job->decode;
    shaped->shaping.other = NULL; /* shape_frame writes what else is read */
    if (!coded->found) memset(own_controls(shaped)->level_gain, 0, sizeof shaped->changed.level_gain);
    const uint64_t start = codec_stages_begin(instance->stages);
    token_effects_apply(instance->effects[channel], &job->effects, job->frame_index, frame);
    coded->is_lost = job->effects.is_on && token_effects_is_lost(instance->effects[channel]);
    coded->is_changed =
        coded->is_lost || (job->effects.is_on && has_other_tokens(&instance->info, &coded->frame, frame));
    if (job->cross.amount > 0.0f) shaped->shaping.other = &shaped->other;
    shape_frame(instance, channel, job, frame, &shaped->shaping);
    codec_stages_end(instance->stages, CODEC_STAGE_EFFECTS, start);
    /* A source may have fewer levels than are turned on: what it has not is not coded. */
    if ((float)frame->level_count < shaped->controls->active_levels)
        own_controls(shaped)->active_levels = (float)frame->level_count;
}

static void begin_channel(engine_instance *instance, uint32_t channel, const engine_frame_job *job)
{
    if (!job->reset_first) return;
    engine_generations_reset(instance, channel);
    token_effects_reset(instance->effects[channel]);
    token_moves_reset(&instance->moves[channel]);
}

void engine_instance_code_channel(engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                                  const float *hop_in, const engine_frame_output *output)
{
    const uint32_t hop = instance->info.hop_samples;
    const size_t at = (size_t)channel * hop;
    engine_coded_channel *coded = &output->coded[channel];
    shaped_frame shaped;
    begin_channel(instance, channel, job);
    coded->found = find_tokens(instance, channel, job, hop_in + at, coded);
    codec_read_frame(instance->codecs[channel], &coded->frame, &shaped.frame);
    shaped.frame.is_quiet = is_quiet(instance, job, hop_in + at);
    if (job->cross.amount > 0.0f)
        engine_sidechain_code(instance, channel, job, hop_in + (size_t)instance->channel_count * hop + at,
                              &shaped.other);
    apply_effects(instance, channel, job, coded, &shaped);
    codec_synthesise(instance->codecs[channel], &shaped.frame, shaped.controls, output->samples + at);
}

bool engine_instance_is_pair(const engine_instance *instance)
{
    return instance->channel_count == 2u && codec_has_pairs(instance->model);
}

/* Two channels as one stereo sound. */
static void code_pair(engine_instance *instance, const engine_frame_job *job, const float *hop_in,
                      const engine_frame_output *output)
{
    engine_coded_channel *coded = output->coded;
    shaped_frame shaped[2];
    for (uint32_t c = 0; c < 2u; c++) begin_channel(instance, c, job);
    find_pair_tokens(instance, job, hop_in, coded);
    codec_read_pair(instance->codecs, (const rsd_token_frame *[]){&coded[0].frame, &coded[1].frame},
                    (codec_frame *[]){&shaped[0].frame, &shaped[1].frame});
    if (job->cross.amount > 0.0f)
        engine_sidechain_code_pair(instance, job, hop_in + (size_t)2u * instance->info.hop_samples,
                                   (codec_frame *[]){&shaped[0].other, &shaped[1].other});
    for (uint32_t c = 0; c < 2u; c++) {
        shaped[c].frame.is_quiet = is_quiet(instance, job, hop_in + (size_t)c * instance->info.hop_samples);
        apply_effects(instance, c, job, &coded[c], &shaped[c]);
    }
    codec_synthesise_pair(instance->codecs, (const codec_frame *[]){&shaped[0].frame, &shaped[1].frame},
                          (const rsd_decode_controls *[]){shaped[0].controls, shaped[1].controls},
                          (float *[]){output->samples, output->samples + instance->info.hop_samples});
}

void engine_instance_join_channels(const engine_instance *instance, const engine_frame_job *job,
                                   const engine_frame_output *output)
{
    engine_frame_result *result = output->result;
    memset(result, 0, sizeof *result);
    result->frame_index = job->frame_index;
    result->number = job->number;
    result->heard = job->heard;
    result->frame_count = instance->channel_count;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        result->changed_frame_count += output->coded[c].is_changed;
        result->lost_frame_count += output->coded[c].is_lost;
        add_meter(&result->meter, &output->coded[c].meter, instance->info.level_count);
    }
}

void engine_instance_code_frame(engine_instance *instance, const engine_frame_job *job, const float *hop_in,
                                const engine_frame_output *output)
{
    if (engine_instance_is_pair(instance))
        code_pair(instance, job, hop_in, output);
    else
        for (uint32_t c = 0; c < instance->channel_count; c++)
            engine_instance_code_channel(instance, c, job, hop_in, output);
    engine_instance_join_channels(instance, job, output);
}

/* From the first frame of the incoming codec on the one before is silent here, so that frames come in order. */
void engine_tap_frame(rsd_engine *engine, const engine_instance *instance, const engine_frame_result *result,
                      const engine_coded_channel *coded)
{
    const engine_token_hooks *hooks = &engine->hooks;
    if (!result->heard) return;
    if (instance == engine->current && engine->incoming_tapped) return;
    engine->incoming_tapped = instance == engine->incoming;
    engine->tapped_codec = instance->codec_number;
    for (uint32_t c = 0; hooks->tap && c < instance->channel_count; c++)
        if (coded[c].found) hooks->tap(hooks->tap_context, c, result->frame_index, &coded[c].frame);
}

uint32_t rsd_engine_tapped_codec(const rsd_engine *engine) { return engine->tapped_codec; }
