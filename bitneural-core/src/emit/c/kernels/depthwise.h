/* needs: prelude.h requant.h window.h */
/* SPDX-License-Identifier: 0BSD */
/* Depthwise convolutions: output channel c * multiplier + m sees input channel c.
 *
 * Images are channels last: [y][x][channel]. Both kernels copy the codes of all channels under the window to the
 * scratch, [ky][kx][channel], and run through them channel by channel.
 *
 * Scratch, in words: ceil(kernel_height * kernel_width * channels / 4), with 2 in place of 4 for wide codes. None is
 * needed if the kernel is 1x1 and nothing is padded on any side: the codes are then read where they are, and the
 * compiler plans none.
 *
 * digits: [output channel], each ceil(taps / 16) words: digit w + 1 of tap t = ky * kernel_width + kx in bits
 * 2(t mod 16) and the next of word floor(t / 16). Taps that are not there have digit 1.
 *
 * int8: [output channel][tap], one signed byte each. At the end bytes up to a multiple of four. */
#ifndef BN_DEPTHWISE_H
#define BN_DEPTHWISE_H

#define BN_DEPTHWISE_WORD_DIGITS 16u

/* For codes of one type: sum(w*u) over the taps of an output channel, every `channels`th of the codes, as
 * sum(d*u) - sum(u) (R6); the same of signed bytes. */
#define BN_DEPTHWISE_SUMS(in, code)                                                                                    \
    static inline uint32_t bn_depthwise_digits_sum_##in(const bn_u32 *weights, uint32_t taps, const code *codes,       \
                                                        uint32_t channels, uint32_t output)                            \
    {                                                                                                                  \
        const bn_u32 *words = weights + output * ((taps + BN_DEPTHWISE_WORD_DIGITS - 1u) / BN_DEPTHWISE_WORD_DIGITS);  \
        uint32_t digits = 0, sum = 0, total = 0;                                                                       \
        uint32_t t;                                                                                                    \
        for (t = 0; t < taps; t++) {                                                                                   \
            const uint32_t u = *codes;                                                                                 \
            if (t % BN_DEPTHWISE_WORD_DIGITS == 0u) {                                                                  \
                digits = *words++;                                                                                     \
            }                                                                                                          \
            sum += u * (digits & 3u);                                                                                  \
            total += u;                                                                                                \
            digits >>= 2;                                                                                              \
            codes += channels;                                                                                         \
        }                                                                                                              \
        return sum - total;                                                                                            \
    }                                                                                                                  \
                                                                                                                       \
    static inline uint32_t bn_depthwise_int8_sum_##in(const bn_u32 *weights, uint32_t taps, const code *codes,         \
                                                      uint32_t channels, uint32_t output)                              \
    {                                                                                                                  \
        const int8_t *bytes = (const int8_t *)weights + output * taps;                                                 \
        int32_t sum = 0;                                                                                               \
        uint32_t t;                                                                                                    \
        for (t = 0; t < taps; t++) {                                                                                   \
            sum += bytes[t] * (int32_t)*codes;                                                                         \
            codes += channels;                                                                                         \
        }                                                                                                              \
        return (uint32_t)sum;                                                                                          \
    }

BN_DEPTHWISE_SUMS(u8, uint8_t)
BN_DEPTHWISE_SUMS(u16, bn_u16)

#undef BN_DEPTHWISE_SUMS

#define BN_DEPTHWISE_KERNEL(kernel, name, in, code, element)                                                           \
    static inline void bn_depthwise_##kernel##_##name(const bn_depthwise *layer, const code *input, element *output,   \
                                                      bn_u32 *scratch)                                                 \
    {                                                                                                                  \
        const bn_window *window = &layer->window;                                                                      \
        const uint32_t taps = (uint32_t)window->kernel_height * window->kernel_width;                                  \
        uint32_t row, column, channel, m;                                                                              \
        for (row = 0; row < window->output_height; row++) {                                                            \
            const int32_t y = bn_window_first(row, window->stride_y, window->pad_top);                                 \
            for (column = 0; column < window->output_width; column++) {                                                \
                const int32_t x = bn_window_first(column, window->stride_x, window->pad_left);                         \
                const code *patch = bn_window_patch_##in(window, input, layer->channels, layer->padding, y, x,         \
                                                         layer->channels, (code *)scratch);                            \
                uint32_t i = 0;                                                                                        \
                for (channel = 0; channel < layer->channels; channel++) {                                              \
                    for (m = 0; m < layer->multiplier; m++, i++) {                                                     \
                        const uint32_t sum = bn_depthwise_##kernel##_sum_##in(layer->weights, taps, patch + channel,   \
                                                                         layer->channels, i);                          \
                        *output++ = (element)bn_finish(sum, i, layer->constants, &layer->requant, layer->leaky);       \
                    }                                                                                                  \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_DEPTHWISE_KERNEL(digits, u8, u8, uint8_t, uint8_t)
BN_DEPTHWISE_KERNEL(digits, i16, u8, uint8_t, bn_i16)
BN_DEPTHWISE_KERNEL(digits, u16_u8, u16, bn_u16, uint8_t)
BN_DEPTHWISE_KERNEL(digits, u16_i16, u16, bn_u16, bn_i16)
BN_DEPTHWISE_KERNEL(int8, u8, u8, uint8_t, uint8_t)
BN_DEPTHWISE_KERNEL(int8, i16, u8, uint8_t, bn_i16)
BN_DEPTHWISE_KERNEL(int8, u16_u8, u16, bn_u16, uint8_t)
BN_DEPTHWISE_KERNEL(int8, u16_i16, u16, bn_u16, bn_i16)

#undef BN_DEPTHWISE_KERNEL

#endif
