// SPDX-License-Identifier: MIT
// Weights and state of the predictor of missing levels.
#ifndef PREDICTOR_INTERNAL_H
#define PREDICTOR_INTERNAL_H

#include "codec/predictor/predictor.h"
#include "nn/layers/layers.h"

#define PREDICTOR_MAX_CELLS 256u
#define PREDICTOR_MAX_CODEWORDS 64u
#define PREDICTOR_MAX_DIM 256u

struct predictor {
    const nn_kernel *kernel;
    uint32_t level_count, codeword_count, dim, cell_count;
    nn_matrix input;                 /* cells x 2 dim: this frame, the frame before */
    nn_lstm memory;                  /* cells */
    nn_matrix state;                 /* cells x cells */
    nn_matrix below;                 /* cells x dim, no bias */
    nn_matrix query;                 /* dim x cells */
    nn_matrix books[RSD_MAX_LEVELS]; /* codewords x dim, of each level, with its gain and bias: what scores tokens */
    float *codewords;                /* level, codeword, dim; scaled */
    float *known;                    /* known levels 0..level_count, cell */
    float *level;                    /* level, cell */
};

struct predictor_state {
    const predictor *weights;
    float *memory; /* 3 cells: of nn_lstm_run. All floats lie behind this structure */
    float *before; /* dim: the frame before */
    /* What a run works with; holds nothing from frame to frame. */
    float *input;   /* 2 dim */
    float *gates;   /* 4 cells */
    float *cells;   /* cells */
    float *hidden;  /* cells */
    float *context; /* cells: what the frame's levels are scored from */
    float *below;   /* dim: sum of the levels below */
    float *query;   /* dim */
    float *scores;  /* codewords, of the level that came last */
};

#endif
