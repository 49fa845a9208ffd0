/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Fully connected layers of f32 mode, one vector at a time.
 *
 * digits: blocks of 16 outputs; [block][input], one word each. Of block b, the digit w + 1 of output 16b + 2s lies in
 * bits 2s and 2s + 1, that of output 16b + 2s + 1 in bits 16 + 2s and 17 + 2s, s = 0..7.
 * int8: blocks of four outputs; [block][input][output of the block], one signed byte each. */
#ifndef BN_FLOAT_DENSE_H
#define BN_FLOAT_DENSE_H

#define BN_FLOAT_DENSE_BLOCK 16u
#define BN_FLOAT_DENSE_INT8_BLOCK 4u

/* sum(w*x) of the 16 outputs of a block, in order: additions and subtractions alone. */
static inline void bn_float_dense_digit_sums(const bn_u32 *weights, const bn_f32 *input, uint32_t inputs, float *sums)
{
    uint32_t start, i, s;
    for (s = 0; s < BN_FLOAT_DENSE_BLOCK; s++) {
        sums[s] = 0.0f;
    }
    for (start = 0; start < inputs; start += BN_FLOAT_CHUNK) {
        const uint32_t left = inputs - start;
        const uint32_t end = start + (left < BN_FLOAT_CHUNK ? left : BN_FLOAT_CHUNK);
        float parts[BN_FLOAT_DENSE_BLOCK] = {0.0f};
        for (i = start; i < end; i++) {
            const uint32_t word = weights[i];
            float products[4];
            bn_float_products(input[i], products);
            for (s = 0; s < BN_FLOAT_DENSE_BLOCK / 2u; s++) {
                parts[2u * s] += products[(word >> (2u * s)) & 3u];
                parts[2u * s + 1u] += products[(word >> (16u + 2u * s)) & 3u];
            }
        }
        for (s = 0; s < BN_FLOAT_DENSE_BLOCK; s++) {
            sums[s] += parts[s];
        }
    }
}

/* sum(w*x) of the four outputs of a block of signed bytes. */
static inline void bn_float_dense_int8_sums(const bn_u32 *weights, const bn_f32 *input, uint32_t inputs, float *sums)
{
    const int8_t *bytes = (const int8_t *)weights;
    uint32_t start, i, s;
    for (s = 0; s < BN_FLOAT_DENSE_INT8_BLOCK; s++) {
        sums[s] = 0.0f;
    }
    for (start = 0; start < inputs; start += BN_FLOAT_CHUNK) {
        const uint32_t left = inputs - start;
        const uint32_t end = start + (left < BN_FLOAT_CHUNK ? left : BN_FLOAT_CHUNK);
        float parts[BN_FLOAT_DENSE_INT8_BLOCK] = {0.0f};
        for (i = start; i < end; i++) {
            for (s = 0; s < BN_FLOAT_DENSE_INT8_BLOCK; s++) {
                parts[s] += (float)*bytes++ * input[i];
            }
        }
        for (s = 0; s < BN_FLOAT_DENSE_INT8_BLOCK; s++) {
            sums[s] += parts[s];
        }
    }
}

/* The kernels. A `part` is one group of a convolution: it has weights and channels of its own. */
#define BN_FLOAT_DENSE_KERNEL(kernel, sums_of, size)                                                                   \
    static inline void bn_float_dense_##kernel##_part(const bn_float_dense *layer, const bn_u32 *weights,              \
                                                      uint32_t channel, const bn_f32 *input, bn_f32 *output)           \
    {                                                                                                                  \
        uint32_t block, i;                                                                                             \
        for (block = 0; block < layer->outputs; block += size) {                                                       \
            const uint32_t left = layer->outputs - block;                                                              \
            float sums[size];                                                                                          \
            sums_of(weights, input, layer->inputs, sums);                                                              \
            for (i = 0; i < left && i < size; i++) {                                                                   \
                output[block + i] = bn_float_finish(sums[i], channel + block + i, &layer->epilogue);                   \
            }                                                                                                          \
            weights += layer->inputs;                                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_float_dense_##kernel##_f32(const bn_float_dense *layer, const bn_f32 *input, bn_f32 *output) \
    {                                                                                                                  \
        bn_float_dense_##kernel##_part(layer, layer->weights, 0, input, output);                                       \
    }

BN_FLOAT_DENSE_KERNEL(digits, bn_float_dense_digit_sums, BN_FLOAT_DENSE_BLOCK)
BN_FLOAT_DENSE_KERNEL(int8, bn_float_dense_int8_sums, BN_FLOAT_DENSE_INT8_BLOCK)

#undef BN_FLOAT_DENSE_KERNEL

#endif
