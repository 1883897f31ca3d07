// SPDX-License-Identifier: MIT
// The kernels of a TFLite graph, once for each instruction set: the file that includes this has defined TFL_KERNELS
// (name of the table), TILE_SUMS, and sum_f32, sum_s8 and distances, the inner loops that are worth writing by hand.
// Everything else is plain loops for the compiler to spread over the registers that it may use. Real-time rules.

#include <string.h>

/* Nearest, ties to even, for |x| < 2^22: adding 1.5 x 2^23 leaves the integer in the low bits. */
static inline int32_t round_even(float x)
{
    const float shifted = x + 12582912.0f;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return bits - 0x4B400000;
}

/* NaN becomes `low`. */
static inline float within(float x, float low, float high)
{
    x = x > low ? x : low;
    return x < high ? x : high;
}

static inline int32_t clamp_s8(int32_t x) { return x < -128 ? -128 : x > 127 ? 127 : x; }

static inline int8_t to_s8(float x, int32_t zero_point)
{
    const float low = (float)(-128 - zero_point), high = (float)(127 - zero_point);
    return (int8_t)(round_even(within(x, low, high)) + zero_point);
}

/*
 * Rows times blocks of a tile of floats: as many sums as hide what a multiply-add takes. sums[i x blocks + b] is row i,
 * block b. Rows and blocks are constants below, so that the sums stay in registers.
 */
static void tile_f32(const tfl_conv *conv, const tfl_tile *tile, uint32_t rows, uint32_t blocks,
                     float sums[][TFL_LANES])
{
    switch (rows * 16u + blocks) {
#if TILE_SUMS >= 8
    case 0x42:
        sum_f32(conv, tile, 4u, 2u, sums);
        return;
    case 0x24:
        sum_f32(conv, tile, 2u, 4u, sums);
        return;
    case 0x18:
        sum_f32(conv, tile, 1u, 8u, sums);
        return;
#endif
    case 0x41:
        sum_f32(conv, tile, 4u, 1u, sums);
        return;
    case 0x22:
        sum_f32(conv, tile, 2u, 2u, sums);
        return;
    case 0x21:
        sum_f32(conv, tile, 2u, 1u, sums);
        return;
    case 0x14:
        sum_f32(conv, tile, 1u, 4u, sums);
        return;
    case 0x12:
        sum_f32(conv, tile, 1u, 2u, sums);
        return;
    default:
        sum_f32(conv, tile, 1u, 1u, sums);
        return;
    }
}

/* Rows [begin, end) of a group, `at_once` of them at a time. */
typedef struct {
    uint32_t group, begin, end, at_once;
} tfl_rows;

static void conv_f32_rows(const tfl_conv *conv, const float *x, float *y, const tfl_rows *which)
{
    const uint32_t group = which->group, rows = which->at_once;
    const size_t block_floats = (size_t)conv->runs * conv->run_length * TFL_LANES;
    const size_t out_step = (size_t)conv->groups * conv->group_outputs;
    uint32_t blocks = TILE_SUMS / rows;
    x += (size_t)group * conv->group_inputs;
    y += (size_t)group * conv->group_outputs;
    for (uint32_t block = 0; block < conv->block_count; block += blocks) {
        while (blocks > conv->block_count - block) blocks /= 2u;
        const size_t at = (size_t)group * conv->block_count + block;
        const float *weights = (const float *)conv->weights + at * block_floats;
        const float *bias = (const float *)conv->bias + at * TFL_LANES;
        const uint32_t first = block * TFL_LANES, left = conv->group_outputs - first;
        const uint32_t lanes = left < blocks * TFL_LANES ? left : blocks * TFL_LANES;
        for (uint32_t m = which->begin; m < which->end; m += rows) {
            const tfl_tile tile = {x + (size_t)m * conv->row_step, weights, bias};
            float sums[TILE_SUMS][TFL_LANES];
            tile_f32(conv, &tile, rows, blocks, sums);
            for (uint32_t i = 0; i < rows; i++)
                memcpy(y + (m + i) * out_step + first, sums[i * blocks], lanes * sizeof *y);
        }
    }
}

static RSD_REALTIME void conv_f32(const tfl_conv *conv, const float *x, float *work, float *y)
{
    if (conv->pad_rows > 0u) {
        const size_t pad = (size_t)conv->pad_rows * conv->in_channels,
                     count = (size_t)conv->in_rows * conv->in_channels;
        memset(work, 0, pad * sizeof *work);
        memcpy(work + pad, x, count * sizeof *work);
        memset(work + pad + count, 0, pad * sizeof *work);
        x = work + (size_t)conv->first_row * conv->in_channels;
    }
    for (uint32_t g = 0; g < conv->groups; g++) {
        uint32_t done = 0;
        for (uint32_t rows = 4; rows > 0u; rows /= 2u) {
            const uint32_t end = done + (conv->rows - done) / rows * rows;
            if (end > done) conv_f32_rows(conv, x, y, &(tfl_rows){g, done, end, rows});
            done = end;
        }
    }
}

/* The input less its zero point, with the rows of padding. */
static void widen(const tfl_conv *conv, const int8_t *x, int16_t *work)
{
    const size_t pad = (size_t)conv->pad_rows * conv->in_channels, count = (size_t)conv->in_rows * conv->in_channels;
    const int16_t zero = (int16_t)conv->in.zero_point;
    memset(work, 0, pad * sizeof *work);
    for (size_t i = 0; i < count; i++) work[pad + i] = (int16_t)(x[i] - zero);
    memset(work + pad + count, 0, pad * sizeof *work);
}

static RSD_REALTIME void conv_s8(const tfl_conv *conv, const int8_t *x8, int16_t *work, int8_t *y)
{
    const size_t block_bytes = (size_t)conv->runs * conv->run_length * TFL_LANES;
    const uint32_t out_step = conv->groups * conv->group_outputs;
    widen(conv, x8, work);
    const int16_t *x = work + (size_t)conv->first_row * conv->in_channels;
    for (uint32_t g = 0; g < conv->groups; g++) {
        for (uint32_t block = 0; block < conv->block_count; block++) {
            const size_t at = (size_t)g * conv->block_count + block;
            const int8_t *weights = (const int8_t *)conv->weights + at * block_bytes;
            const int32_t *bias = (const int32_t *)conv->bias + at * TFL_LANES;
            const float *scales = conv->scales + at * TFL_LANES;
            const uint32_t first = block * TFL_LANES, left = conv->group_outputs - first;
            const uint32_t lanes = left < TFL_LANES ? left : TFL_LANES;
            for (uint32_t m = 0; m < conv->rows;) {
                const uint32_t rows = conv->rows - m >= 2u ? 2u : 1u;
                int32_t sums[2][TFL_LANES];
                const int16_t *from = x + (size_t)m * conv->row_step + (size_t)g * conv->group_inputs;
                if (rows == 2u)
                    sum_s8(conv, from, weights, bias, 2u, sums);
                else
                    sum_s8(conv, from, weights, bias, 1u, sums);
                for (uint32_t i = 0; i < rows; i++, m++) {
                    int8_t row[TFL_LANES];
                    for (uint32_t j = 0; j < TFL_LANES; j++)
                        row[j] = to_s8((float)sums[i][j] * scales[j], conv->out.zero_point);
                    memcpy(y + (size_t)m * out_step + (size_t)g * conv->group_outputs + first, row, lanes);
                }
            }
        }
    }
}

static RSD_REALTIME void depthwise_f32(const tfl_depthwise *conv, const float *x, float *restrict y)
{
    const uint32_t channels = conv->channels;
    for (uint32_t m = 0; m < conv->rows; m++, y += channels) {
        const float *row = x + (size_t)m * conv->row_step, *weights = conv->weights;
        memcpy(y, conv->bias, channels * sizeof *y);
        for (uint32_t tap = 0; tap < conv->taps; tap++, row += conv->tap_step, weights += channels) {
            for (uint32_t c = 0; c < channels; c++) y[c] = __builtin_fmaf(row[c], weights[c], y[c]);
        }
    }
}

static RSD_REALTIME void depthwise_s8(const tfl_depthwise *conv, const int8_t *x, int8_t *restrict y)
{
    const uint32_t channels = conv->channels;
    const int32_t *bias = conv->bias;
    for (uint32_t m = 0; m < conv->rows; m++, y += channels) {
        for (uint32_t begin = 0; begin < channels; begin += TFL_LANES) {
            const int8_t *row = x + (size_t)m * conv->row_step + begin,
                         *weights = (const int8_t *)conv->weights + begin;
            const uint32_t left = channels - begin, lanes = left < TFL_LANES ? left : TFL_LANES;
            int32_t sums[TFL_LANES];
            memcpy(sums, bias + begin, lanes * sizeof *sums);
            for (uint32_t tap = 0; tap < conv->taps; tap++, row += conv->tap_step, weights += channels) {
                for (uint32_t c = 0; c < lanes; c++) sums[c] += (row[c] - conv->in.zero_point) * weights[c];
            }
            for (uint32_t c = 0; c < lanes; c++)
                y[begin + c] = to_s8((float)sums[c] * conv->scales[begin + c], conv->out.zero_point);
        }
    }
}

/* The slope is picked by the sign's bit, without a branch: half of the values are negative, in no order. */
static RSD_REALTIME void leaky_f32(const tfl_elements *e, const float *x, float *restrict y)
{
    const float alpha = e->alpha, one = 1.0f;
    int32_t negative, positive;
    memcpy(&negative, &alpha, sizeof negative);
    memcpy(&positive, &one, sizeof positive);
    const uint32_t count = e->count;
    for (uint32_t i = 0; i < count; i++) {
        int32_t bits;
        float slope;
        memcpy(&bits, &x[i], sizeof bits);
        bits >>= 31;
        bits = (negative & bits) | (positive & ~bits);
        memcpy(&slope, &bits, sizeof slope);
        y[i] = x[i] * slope;
    }
}

static RSD_REALTIME void leaky_s8(const tfl_elements *e, const int8_t *x, int8_t *restrict y)
{
    const int32_t zero = e->in.zero_point, positive = e->positive, negative = e->negative, out = e->out.zero_point;
    for (uint32_t i = 0; i < e->count; i++) {
        const int32_t centred = x[i] - zero, slope = centred < 0 ? negative : positive;
        y[i] = (int8_t)clamp_s8(((centred * slope + 128) >> 8) + out);
    }
}

static RSD_REALTIME void add_f32(const tfl_elements *e, const float *a, const float *b, float *restrict y)
{
    const uint32_t count = e->count, turn = e->second_count;
    for (uint32_t begin = 0; begin < count; begin += turn, a += turn, y += turn) {
        for (uint32_t i = 0; i < turn; i++) y[i] = a[i] + b[i];
    }
}

static RSD_REALTIME void sub_f32(const tfl_elements *e, const float *a, const float *b, float *restrict y)
{
    const uint32_t count = e->count, turn = e->second_count;
    for (uint32_t begin = 0; begin < count; begin += turn, a += turn, y += turn) {
        for (uint32_t i = 0; i < turn; i++) y[i] = a[i] - b[i];
    }
}

static RSD_REALTIME void add_s8(const tfl_elements *e, const int8_t *a, const int8_t *b, int8_t *restrict y)
{
    const int32_t factor = e->factor, second = e->second_factor, bias = e->bias, shift = e->shift;
    const int32_t zero = e->out.zero_point;
    for (uint32_t i = 0; i < e->count; i++)
        y[i] = (int8_t)clamp_s8(((a[i] * factor + b[i] * second + bias) >> shift) + zero);
}

static RSD_REALTIME void quantize(const tfl_elements *e, const float *x, int8_t *restrict y)
{
    const float inverse = 1.0f / e->out.scale;
    for (uint32_t i = 0; i < e->count; i++) y[i] = to_s8(x[i] * inverse, e->out.zero_point);
}

static RSD_REALTIME void dequantize(const tfl_elements *e, const int8_t *x, float *restrict y)
{
    const float scale = e->in.scale;
    const int32_t zero = e->in.zero_point;
    for (uint32_t i = 0; i < e->count; i++) y[i] = (float)(x[i] - zero) * scale;
}

const tfl_kernels TFL_KERNELS = {
    .name = TFL_KERNELS_NAME,
    .supported = TFL_KERNELS_SUPPORTED,
    .conv_f32 = conv_f32,
    .conv_s8 = conv_s8,
    .depthwise_f32 = depthwise_f32,
    .depthwise_s8 = depthwise_s8,
    .leaky_f32 = leaky_f32,
    .leaky_s8 = leaky_s8,
    .add_f32 = add_f32,
    .sub_f32 = sub_f32,
    .add_s8 = add_s8,
    .quantize = quantize,
    .dequantize = dequantize,
    .distances = distances,
};
