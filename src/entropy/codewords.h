// SPDX-License-Identifier: MIT
// What the codewords of the frames before say of a token, where the codec tells its codebooks.
#ifndef ENTROPY_CODEWORDS_H
#define ENTROPY_CODEWORDS_H

#include "codec/codebooks.h"
#include "entropy/model.h"

/*
 * A frame is the sum of its rows' codewords. That the next one is like it, or like the mean of the last two, is a guess:
 * what the known rows of the frame leave of it is what the next row should code, and the nearer a codeword, the likelier
 * it is. Distances are in whole numbers, the same on every machine. Thread: [any]; init: [setup]
 */

#define CODEWORDS_MAX_DIM 128u

typedef struct entropy_codewords entropy_codewords;

/* Bytes of the block, a multiple of 64; 0: the codec tells none, or larger ones than a guess may have. */
size_t entropy_codewords_bytes(const rsd_model *model);
/* `block`: aligned to 64. The model is not needed any more. */
entropy_codewords *entropy_codewords_init(void *block, const rsd_model *model);

/* Numbers of a codeword; 0: the codec tells none, or larger ones than a guess may have. */
uint32_t entropy_codewords_dim(const rsd_model *model);
/* Adds a row's codeword to the sum of a frame, dim numbers; a token or row that there is none of adds nothing. */
RSD_REALTIME void entropy_codewords_add(const entropy_codewords *codewords, uint32_t row, uint32_t token, int32_t *sum);

/*
 * The guesses of a token into the view: `sum` is of what is known of its frame, `before` of the two frames before it, the
 * nearer first. `nearest` gets each guess's nearest codeword. Cost: guesses x codewords x dim multiply-adds
 */
RSD_REALTIME void entropy_codewords_guess(const entropy_codewords *codewords, uint32_t row, const int32_t *sum,
                                          const int32_t *const before[2], entropy_view *view,
                                          uint32_t nearest[ENTROPY_GUESSES]);

#endif
