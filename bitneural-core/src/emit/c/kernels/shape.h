/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* Images in other frames: cropped, with borders, or each position repeated (R2). Images are channels last. */
#ifndef BN_SHAPE_H
#define BN_SHAPE_H

/* The input position along an axis that an output position shows; `size` or more for a border. */
static inline uint32_t bn_shape_shown(uint32_t position, uint32_t pad, uint32_t repeat, uint32_t cut, uint32_t size)
{
    return position < pad ? size : (position - pad) / repeat + cut;
}

static inline void bn_shape_frame_u8(const bn_frame *layer, const uint8_t *input, uint8_t *output)
{
    const uint32_t height = layer->input_height;
    const uint32_t width = layer->input_width;
    const uint32_t channels = layer->channels;
    uint32_t row, column, c;
    for (row = 0; row < layer->output_height; row++) {
        const uint32_t y = bn_shape_shown(row, layer->pad_top, layer->repeat_y, layer->cut_top, height);
        for (column = 0; column < layer->output_width; column++) {
            const uint32_t x = bn_shape_shown(column, layer->pad_left, layer->repeat_x, layer->cut_left, width);
            const int inside = y < height && x < width;
            const uint8_t *codes = inside ? input + (y * width + x) * channels : input;
            for (c = 0; c < channels; c++) {
                output[c] = inside ? codes[c] : layer->padding;
            }
            output += channels;
        }
    }
}

#endif
