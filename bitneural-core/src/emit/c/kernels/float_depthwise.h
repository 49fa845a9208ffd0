/* needs: prelude.h float.h window.h float_window.h */
/* SPDX-License-Identifier: 0BSD */
/* Depthwise convolutions of f32 mode: every output channel sees one input channel. Images are channels last.
 *
 * digits: [output channel], each ceil(taps / 16) words: digit w + 1 of tap t in bits 2(t mod 16) of word t / 16.
 * int8: [output channel][tap], one signed byte each.
 * Scratch, in words: taps * channels; none if the kernel is 1x1 and nothing is padded. */
#ifndef BN_FLOAT_DEPTHWISE_H
#define BN_FLOAT_DEPTHWISE_H

/* sum(w*x) of an output channel, a word's taps at a time. */
static inline float bn_float_depthwise_digits_sum(const bn_u32 *weights, uint32_t taps, const bn_f32 *values,
                                                  uint32_t channels, uint32_t output)
{
    const uint32_t words = (taps + 15u) / 16u;
    float sum = 0.0f;
    uint32_t w, t;
    for (w = 0; w < words; w++) {
        const uint32_t left = taps - 16u * w;
        uint32_t digits = weights[output * words + w];
        float part = 0.0f;
        for (t = 0; t < left && t < 16u; t++) {
            float products[4];
            bn_float_products(*values, products);
            part += products[digits & 3u];
            digits >>= 2;
            values += channels;
        }
        sum += part;
    }
    return sum;
}

/* The same of signed bytes. */
static inline float bn_float_depthwise_int8_sum(const bn_u32 *weights, uint32_t taps, const bn_f32 *values,
                                                uint32_t channels, uint32_t output)
{
    const int8_t *bytes = (const int8_t *)weights + output * taps;
    float sum = 0.0f, part = 0.0f;
    uint32_t t;
    for (t = 0; t < taps; t++) {
        part += (float)bytes[t] * *values;
        values += channels;
        if (t % BN_FLOAT_CHUNK == BN_FLOAT_CHUNK - 1u) {
            sum += part;
            part = 0.0f;
        }
    }
    return sum + part;
}

#define BN_FLOAT_DEPTHWISE_KERNEL(kernel)                                                                              \
    static inline void bn_float_depthwise_##kernel##_f32(const bn_float_depthwise *layer, const bn_f32 *input,         \
                                                         bn_f32 *output, bn_u32 *scratch)                              \
    {                                                                                                                  \
        const bn_window *window = &layer->window;                                                                      \
        const uint32_t taps = (uint32_t)window->kernel_height * window->kernel_width;                                  \
        uint32_t row, column, channel, m;                                                                              \
        for (row = 0; row < window->output_height; row++) {                                                            \
            const int32_t y = bn_window_first(row, window->stride_y, window->pad_top);                                 \
            for (column = 0; column < window->output_width; column++) {                                                \
                const int32_t x = bn_window_first(column, window->stride_x, window->pad_left);                         \
                const bn_f32 *patch = bn_float_window_patch(window, input, layer->channels, y, x, layer->channels,     \
                                                            (bn_f32 *)scratch);                                        \
                uint32_t i = 0;                                                                                        \
                for (channel = 0; channel < layer->channels; channel++) {                                              \
                    for (m = 0; m < layer->multiplier; m++, i++) {                                                     \
                        const float sum = bn_float_depthwise_##kernel##_sum(layer->weights, taps, patch + channel,     \
                                                                            layer->channels, i);                       \
                        *output++ = bn_float_finish(sum, i, &layer->epilogue);                                         \
                    }                                                                                                  \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_FLOAT_DEPTHWISE_KERNEL(digits)
BN_FLOAT_DEPTHWISE_KERNEL(int8)

#undef BN_FLOAT_DEPTHWISE_KERNEL

#endif
