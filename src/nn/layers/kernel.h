// SPDX-License-Identifier: MIT
#ifndef NN_KERNEL_H
#define NN_KERNEL_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The arithmetic under the float layers: one product of a packed matrix with windows of a signal, and the activations.
 * Every kernel gives the same bits: each output is one sum, begun at its bias, over the columns in order, by a
 * multiplication and an addition that are rounded apart (no fused multiply-add, which not every machine has), and the
 * exponential is a polynomial of our own. One frame at a time is bound by the weights' way from memory, so that the
 * fused instruction would bring nothing there.
 */

/*
 * A packed matrix is cut into blocks of NN_BLOCK rows; inside a block the elements go column by column, NN_BLOCK rows
 * at once. Rows of the last block that are not there are zero. A narrow matrix holds whole numbers of 16 bits instead
 * of floats, half the way from memory: a word has two columns of one row, the even one in its low half, and an element
 * is its number x 2^16 x the scale of its row (the factor saves the kernels a shift).
 */
#define NN_BLOCK 16u

typedef struct {
    uint32_t row_count, column_count;
    const float *packed;    /* block_count x column_count x NN_BLOCK, aligned to 64; NULL: narrow */
    const float *bias;      /* block_count x NN_BLOCK, aligned to 64 */
    const uint32_t *narrow; /* block_count x column_count / 2 x NN_BLOCK, aligned to 64, or NULL */
    const float *scale;     /* as bias; with narrow only */
} nn_matrix;

/* The two numbers of a narrow word, times 2^16. */
static inline int32_t nn_narrow_even(uint32_t word) { return (int32_t)(word << 16); }
static inline int32_t nn_narrow_odd(uint32_t word) { return (int32_t)(word & 0xffff0000u); }

/*
 * Output step t, row r: bias[r] + sum over columns of matrix[r][column] x window t; a narrow row's sum is scaled before
 * bias (and what `out` holds) are added. Window t begins at
 * in + t x in_step and is segment_count runs of segment_length floats, segment_step apart; the runs together are the
 * columns.
 */
typedef struct {
    const nn_matrix *matrix; /* narrow: segment_length is even */
    uint32_t row_count;      /* the first so many rows of the matrix */
    const float *in;
    size_t in_step, segment_step;
    uint32_t segment_count, segment_length;
    uint32_t step_count;
    bool add;   /* the sums are begun at bias + what `out` holds */
    float *out; /* step_count x row_count; overlaps neither in nor the matrix */
} nn_product;

typedef struct {
    const char *name;
    bool (*supported)(void);                           /* by this machine and its system */
    void (*product)(const nn_product *p) RSD_REALTIME; /* [audio] */
    void (*elu)(const float *in, float *out,
                size_t count) RSD_REALTIME; /* out = x > 0 ? x : exp(x) - 1; may be in place. [audio] */
    /* One step of an LSTM's cells from the sums of its gates (input, forget, cell, output; hidden_count each). [audio]
     */
    void (*lstm_cells)(const float *gates, float *cell, float *hidden, uint32_t hidden_count) RSD_REALTIME;
} nn_kernel;

extern const nn_kernel nn_kernel_portable;
extern const nn_kernel nn_kernel_avx2;
extern const nn_kernel nn_kernel_avx512;

/* Those of this architecture, fastest first; the last one is portable. */
extern const nn_kernel *const nn_kernels[];
extern const uint32_t nn_kernel_count;

/* The fastest kernel here, or the one that the environment variable RESIDUUM_KERNEL names. Thread: [setup] */
const nn_kernel *nn_best_kernel(void);

#endif
