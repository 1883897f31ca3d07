// SPDX-License-Identifier: MIT
#ifndef CODEC_CODEC_NAME_H
#define CODEC_CODEC_NAME_H

#include <residuum/rsd_codec.h>

#include <stdbool.h>

/*
 * Copies what stands before RSD_CODEC_INT16 at the end of `name`. false: it does not stand there, or there is no room;
 * `folder` then is as it was. Thread: [any]
 */
bool codec_cut_int16(const char *name, char *folder, size_t folder_bytes);

/*
 * Whether rsd_model_open takes this as the name of a model, whatever files or folders there are: a built-in one's, or a
 * known one's own spelling. Thread: [any]
 */
bool codec_is_name(const char *name_or_path);

/* Where RSD_CODEC_DECODER_SIGN stands between the names of two models; NULL where `name` is of one. Thread: [control] */
const char *codec_decoder_sign(const char *name);

/* Which model decodes, where the name joins two; "none" of one model. Lies in `name`, or is static. Thread: [control] */
const char *codec_decoder_name(const char *name);

/*
 * Joins what codes in `name`, which may be joined itself, and `decoder`. With "none" it is the coder's own name.
 * false: there is no room. Thread: [control]
 */
bool codec_join_decoder(const char *name, const char *decoder, char *joined, size_t joined_bytes);

/* Names of the files that a folder's codec is read from: EnCodec's two, Lyra's three, and the predictor of missing levels,
 * which may lack; NULL past the end. [any] */
const char *codec_folder_file(size_t index);
#define CODEC_FOLDER_FILE_COUNT 6u

/* What is known of a built-in codec whose model lies outside of the library, and may not be there. */
typedef struct {
    uint32_t level_count, codebook_bits;
    float kbps; /* of all levels */
} codec_shape;

/* NULL: the model of built-in codec `index` is inside of the library, or there is no such codec. Thread: [any] */
const codec_shape *codec_outside_shape(uint32_t index);

#endif
