/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* The edge of a model: from float to codes, and back; the class of an output. */
#ifndef BN_INTERFACE_H
#define BN_INTERFACE_H

/* The codes of n inputs (R4), up to the largest: NaN counts as 0, infinities saturate. */
#define BN_INTERFACE_INPUT(name, code, largest)                                                                        \
    static inline void bn_interface_quantize_##name(const bn_quantize *layer, const float *input, code *output,        \
                                                    uint32_t n)                                                        \
    {                                                                                                                  \
        const float limit = 1073741824.0f;                                                                             \
        uint32_t channel = 0;                                                                                          \
        uint32_t i;                                                                                                    \
        for (i = 0; i < n; i++) {                                                                                      \
            const float p = input[i] * layer->channels[channel].factor;                                                \
            int32_t v = 0;                                                                                             \
            int32_t u;                                                                                                 \
            if (p >= limit) {                                                                                          \
                v = (int32_t)1 << 30;                                                                                  \
            } else if (p <= -limit) {                                                                                  \
                v = -((int32_t)1 << 30);                                                                               \
            } else if (p == p) {                                                                                       \
                v = (int32_t)p;                                                                                        \
            }                                                                                                          \
            u = (v + layer->channels[channel].offset) >> 8;                                                            \
            output[i] = (code)(u < 0 ? 0 : u > largest ? largest : u);                                                 \
            channel = channel + 1u < layer->channel_count ? channel + 1u : 0u;                                         \
        }                                                                                                              \
    }

BN_INTERFACE_INPUT(u8, uint8_t, 255)
BN_INTERFACE_INPUT(u16, bn_u16, 65535)

#undef BN_INTERFACE_INPUT

/* The real values of n outputs (R5); the index of the largest of n values, the lowest if there are several, and the
 * class of one value in front of a sigmoid: whether it is above the one that stands for 0 (R21). */
#define BN_INTERFACE_OUTPUT(suffix, element)                                                                           \
    static inline void bn_interface_dequantize_##suffix(const bn_dequantize *layer, const element *input,              \
                                                        float *output, uint32_t n)                                     \
    {                                                                                                                  \
        uint32_t i;                                                                                                    \
        for (i = 0; i < n; i++) {                                                                                      \
            output[i] = layer->scale * (float)(input[i] - layer->zero_point);                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline uint32_t bn_interface_argmax_##suffix(const element *values, uint32_t n)                             \
    {                                                                                                                  \
        uint32_t best = 0;                                                                                             \
        uint32_t i;                                                                                                    \
        for (i = 1; i < n; i++) {                                                                                      \
            if (values[i] > values[best]) {                                                                            \
                best = i;                                                                                              \
            }                                                                                                          \
        }                                                                                                              \
        return best;                                                                                                   \
    }                                                                                                                  \
                                                                                                                       \
    static inline uint32_t bn_interface_above_##suffix(const element *value, int32_t threshold)                        \
    {                                                                                                                  \
        return *value > threshold;                                                                                     \
    }

BN_INTERFACE_OUTPUT(u8, uint8_t)
BN_INTERFACE_OUTPUT(i16, bn_i16)

#undef BN_INTERFACE_OUTPUT

#endif
