/* needs: prelude.h requant.h */
/* SPDX-License-Identifier: 0BSD */
/* Layer norm: each position over its channels, by an integer square root and one division of 32 bits (R22). */
#ifndef BN_NORM_H
#define BN_NORM_H

/* The largest integer whose square is at most v: a bit of it at a time. */
static inline uint32_t bn_norm_root(uint32_t v)
{
    uint32_t root = 0;
    uint32_t bit = (uint32_t)1 << 30;
    for (; bit != 0u; bit >>= 2) {
        const uint32_t next = root + bit;
        root >>= 1;
        if (v >= next) {
            v -= next;
            root += bit;
        }
    }
    return root;
}

/* (a * b) >> shift for shift 0..31, the result within 32 bits: no call for a shift of 64. */
static inline int32_t bn_norm_product(int32_t a, int32_t b, uint32_t shift)
{
    const int64_t product = (int64_t)a * b;
    const uint32_t low = (uint32_t)(uint64_t)product;
    const uint32_t high = (uint32_t)((uint64_t)product >> 32);
    return (int32_t)((low >> shift) | ((high << 1) << (31u - shift)));
}

/* As many codes as all positions have. */
static inline void bn_norm_layer_norm_u8(const bn_layer_norm *layer, const uint8_t *input, uint8_t *output,
                                         uint32_t count)
{
    const uint32_t n = layer->channels;
    uint32_t from, i;
    for (from = 0; from < count; from += n) {
        uint32_t sum = 0, squares = 0, v, j, shift;
        int32_t reciprocal;
        for (i = 0; i < n; i++) {
            const uint32_t x = input[i];
            sum += x;
            squares += x * x;
        }
        /* The terms may not fit 32 bits; their difference, lifted, does. */
        v = ((n * squares - sum * sum) << layer->lift) + layer->epsilon;
        for (j = 0; v < ((uint32_t)1 << 30); j++) {
            v <<= 2;
        }
        reciprocal = (int32_t)(((uint32_t)1 << 31) / bn_norm_root(v));
        shift = 19u - j - layer->lift / 2u;
        for (i = 0; i < n; i++) {
            const int32_t difference = (int32_t)(n * input[i]) - (int32_t)sum;
            const int32_t z = bn_norm_product(difference, reciprocal, shift) * layer->signs[i];
            output[i] = (uint8_t)bn_requantize((uint32_t)z, &layer->constants[i], &layer->requant);
        }
        input += n;
        output += n;
    }
}

#endif
