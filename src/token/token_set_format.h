// SPDX-License-Identifier: MIT
#ifndef TOKEN_SET_FORMAT_H
#define TOKEN_SET_FORMAT_H

/* What the JSON file of a token set says. */
#define FORMAT_NAME "residuum-tokens"
#define FORMAT_VERSION 1
#define CODEC_BYTES_KEY "codec_bytes"
#define CODEWORDS_KEY "sequence_codewords"
#define PATTERN_KEY "pattern"
#define STEPS_KEY "step_count"
#define FRAMES_KEY "frame_count"
#define SAMPLES_KEY "sample_count"

#endif
