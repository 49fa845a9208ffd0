/* needs: prelude.h float.h window.h float_window.h float_dense.h */
/* SPDX-License-Identifier: 0BSD */
/* Convolutions of f32 mode: at every position and for every group a fully connected layer of the values under the kernel.
 * Images are channels last: [y][x][channel]. Scratch, in words: dense.inputs; none if the kernel is 1x1 and nothing is
 * padded. */
#ifndef BN_FLOAT_CONV_H
#define BN_FLOAT_CONV_H

#define BN_FLOAT_CONV_KERNEL(kernel, size)                                                                             \
    static inline void bn_float_conv_##kernel##_f32(const bn_float_conv *layer, const bn_f32 *input, bn_f32 *output,   \
                                                    bn_u32 *scratch)                                                   \
    {                                                                                                                  \
        const bn_window *window = &layer->window;                                                                      \
        const uint32_t taps = (uint32_t)window->kernel_height * window->kernel_width;                                  \
        const uint32_t count = layer->dense.inputs / taps;                                                             \
        const uint32_t words = (layer->dense.outputs + size - 1u) / size * layer->dense.inputs;                        \
        uint32_t row, column, group;                                                                                   \
        for (row = 0; row < window->output_height; row++) {                                                            \
            const int32_t y = bn_window_first(row, window->stride_y, window->pad_top);                                 \
            for (column = 0; column < window->output_width; column++) {                                                \
                const int32_t x = bn_window_first(column, window->stride_x, window->pad_left);                         \
                for (group = 0; group < layer->groups; group++) {                                                      \
                    const bn_f32 *patch = bn_float_window_patch(window, input + group * count, count * layer->groups,  \
                                                                y, x, count, (bn_f32 *)scratch);                       \
                    bn_float_dense_##kernel##_part(&layer->dense, layer->dense.weights + group * words,                \
                                                   group * layer->dense.outputs, patch, output);                       \
                    output += layer->dense.outputs;                                                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_FLOAT_CONV_KERNEL(digits, BN_FLOAT_DENSE_BLOCK)
BN_FLOAT_CONV_KERNEL(int8, BN_FLOAT_DENSE_INT8_BLOCK)

#undef BN_FLOAT_CONV_KERNEL

#endif
