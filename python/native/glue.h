// SPDX-License-Identifier: MIT
#ifndef RESIDUUM_PYTHON_GLUE_H
#define RESIDUUM_PYTHON_GLUE_H

#include <residuum/rsd_engine.h>
#include <residuum/rsd_token.h>

/*
 * Whole sounds through an engine, with its tokens: loops that would be slow in Python. None holds Python's lock.
 * Thread of all: [setup]
 */

/* An engine's frames, kept in a set whose rows are long enough; frame_count grows to what came. */
void residuum_collect(rsd_engine *engine, rsd_token_set *set);

/* An engine that plays a set's frames. The set is borrowed until the engine is destroyed. */
void residuum_play(rsd_engine *engine, const rsd_token_set *set);

/*
 * Runs the engine over a sound and its latency behind it.
 * in, out  channel_count rows, as many as the engine has; either may be NULL: silence in, what comes out is not wanted
 * The first latency_samples that come out are dropped, so that out lies on in, to the sample.
 */
rsd_status residuum_run(rsd_engine *engine, const float *const *in, float *const *out, uint32_t channel_count,
                        uint64_t sample_count);

/* Codewords that each level uses, as `residuum analyze` tells them; NaN where there is nothing to tell. */
rsd_status residuum_codewords_used(const rsd_codec_info *codec, const rsd_token_set *set, double *used);

/* Bitrate of a set's first levels, all channels, entropy coded, as `residuum analyze` tells it. */
double residuum_coded_kbps(const char *codec, const rsd_token_set *set);

/*
 * Noise-to-mask ratio of two sounds that lie on each other, as `residuum analyze` tells it; NaN: all is digital silence.
 * channel_count  up to RSD_ENGINE_MAX_CHANNELS
 */
double residuum_nmr_db(const float *const *sound, const float *const *coded, uint32_t channel_count,
                       uint64_t sample_count, uint32_t sample_rate_hz);

/* Joins what codes in `name` and what decodes, as in "live-128@mine.safetensors"; false: there is no room. */
bool residuum_join_decoder(const char *name, const char *decoder, char *joined, size_t joined_bytes);

#endif
