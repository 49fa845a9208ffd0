/* needs: prelude.h float.h shape.h */
/* SPDX-License-Identifier: 0BSD */
/* Images of floats in other frames: cropped, with borders of zeros, or each position repeated. They are channels last. */
#ifndef BN_FLOAT_SHAPE_H
#define BN_FLOAT_SHAPE_H

static inline void bn_float_shape_frame_f32(const bn_frame *layer, const bn_f32 *input, bn_f32 *output)
{
    const uint32_t channels = layer->channels;
    uint32_t row, column, c;
    for (row = 0; row < layer->output_height; row++) {
        const uint32_t height = layer->input_height;
        const uint32_t y = bn_shape_shown(row, layer->pad_top, layer->repeat_y, layer->cut_top, height);
        for (column = 0; column < layer->output_width; column++) {
            const uint32_t width = layer->input_width;
            const uint32_t x = bn_shape_shown(column, layer->pad_left, layer->repeat_x, layer->cut_left, width);
            for (c = 0; c < channels; c++) {
                output[c] = y < height && x < width ? input[(y * width + x) * channels + c] : 0.0f;
            }
            output += channels;
        }
    }
}

#endif
