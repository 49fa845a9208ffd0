/* needs: prelude.h requant.h dense.h window.h */
/* SPDX-License-Identifier: 0BSD */
/* Convolutions: at every position and for every group a fully connected layer of the codes under the kernel.
 *
 * Images are channels last: [y][x][channel]. Both kernels copy the codes under the window to the scratch, in the order
 * [ky][kx][channel of the group], and run the dense kernel of the same name on them; see dense.h for the encodings, in
 * which the groups lie one after the other.
 *
 * Scratch, in words: ceil(dense.inputs / 4), of wide codes ceil(dense.inputs / 2). None is needed if the kernel is 1x1
 * and nothing is padded on any side: the codes of each group are then read where they are, and the compiler plans
 * none. */
#ifndef BN_CONV_H
#define BN_CONV_H

/* The kernels, for inputs and outputs of one type. `kernel` names the dense kernel, `block` its outputs in a block of
 * weights, of which each input takes a word. */
#define BN_CONV_KERNEL(kernel, block, name, in, code, element)                                                         \
    static inline void bn_conv_##kernel##_##name(const bn_conv *layer, const code *input, element *output,             \
                                                 bn_u32 *scratch)                                                      \
    {                                                                                                                  \
        const bn_window *window = &layer->window;                                                                      \
        const bn_dense *dense = &layer->dense;                                                                         \
        const uint32_t words = (dense->outputs + block - 1u) / block * dense->inputs;                                  \
        const uint32_t count = dense->inputs / ((uint32_t)window->kernel_height * window->kernel_width);               \
        uint32_t row, column, group;                                                                                   \
        for (row = 0; row < window->output_height; row++) {                                                            \
            const int32_t y = bn_window_first(row, window->stride_y, window->pad_top);                                 \
            for (column = 0; column < window->output_width; column++) {                                                \
                const int32_t x = bn_window_first(column, window->stride_x, window->pad_left);                         \
                for (group = 0; group < layer->groups; group++) {                                                      \
                    const code *patch = bn_window_patch_##in(window, input + group * count, layer->groups * count,     \
                                                             layer->padding, y, x, count, (code *)scratch);            \
                    bn_dense_##kernel##_part_##name(dense, dense->weights + group * words, group * dense->outputs,     \
                                                    patch, output);                                                    \
                    output += dense->outputs;                                                                          \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_CONV_KERNEL(digits, BN_DENSE_BLOCK_OUTPUTS, u8, u8, uint8_t, uint8_t)
BN_CONV_KERNEL(digits, BN_DENSE_BLOCK_OUTPUTS, i16, u8, uint8_t, bn_i16)
BN_CONV_KERNEL(digits, BN_DENSE_BLOCK_OUTPUTS, u16_u8, u16, bn_u16, uint8_t)
BN_CONV_KERNEL(digits, BN_DENSE_BLOCK_OUTPUTS, u16_i16, u16, bn_u16, bn_i16)
BN_CONV_KERNEL(int8, BN_DENSE_INT8_OUTPUTS, u8, u8, uint8_t, uint8_t)
BN_CONV_KERNEL(int8, BN_DENSE_INT8_OUTPUTS, i16, u8, uint8_t, bn_i16)
BN_CONV_KERNEL(int8, BN_DENSE_INT8_OUTPUTS, u16_u8, u16, bn_u16, uint8_t)
BN_CONV_KERNEL(int8, BN_DENSE_INT8_OUTPUTS, u16_i16, u16, bn_u16, bn_i16)

#undef BN_CONV_KERNEL

#endif
