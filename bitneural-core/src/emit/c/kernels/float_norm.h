/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Layer norm of f32 mode: each position over its channels, by three steps of Newton for the root. */
#ifndef BN_FLOAT_NORM_H
#define BN_FLOAT_NORM_H

/* 1 / sqrt(v) for a normal v above 0: a guess by the exponent, which each step makes twice as exact. */
static inline float bn_float_norm_inverse_root(float v)
{
    union {
        float value;
        uint32_t bits;
    } guess;
    uint32_t i;
    guess.value = v;
    guess.bits = 0x5f3759dfu - (guess.bits >> 1);
    for (i = 0; i < 3u; i++) {
        guess.value *= 1.5f - 0.5f * v * guess.value * guess.value;
    }
    return guess.value;
}

/* The mean of n numbers, or of their squared distances from one. */
static inline float bn_float_norm_mean(const bn_f32 *x, uint32_t n, float from, int squared)
{
    float sum = 0.0f, part = 0.0f;
    uint32_t i;
    for (i = 0; i < n; i++) {
        const float difference = x[i] - from;
        part += squared ? difference * difference : difference;
        if ((i + 1u) % BN_FLOAT_CHUNK == 0u) {
            sum += part;
            part = 0.0f;
        }
    }
    return (sum + part) / (float)n;
}

/* As many values as all positions have. */
static inline void bn_float_norm_layer_norm_f32(const bn_float_layer_norm *layer, const bn_f32 *input, bn_f32 *output,
                                                uint32_t count)
{
    const uint32_t n = layer->channel_count;
    uint32_t from, i;
    for (from = 0; from < count; from += n) {
        const float mean = bn_float_norm_mean(input, n, 0.0f, 0);
        const float variance = bn_float_norm_mean(input, n, mean, 1);
        const float factor = bn_float_norm_inverse_root(variance + layer->epsilon);
        for (i = 0; i < n; i++) {
            const float z = (input[i] - mean) * factor;
            output[i] = bn_float_clamp(z * layer->channels[i].scale + layer->channels[i].bias, layer->low, layer->high);
        }
        input += n;
        output += n;
    }
}

#endif
