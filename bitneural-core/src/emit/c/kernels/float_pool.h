/* needs: prelude.h float.h window.h */
/* SPDX-License-Identifier: 0BSD */
/* Pooling of f32 mode: the largest value under a window, or their average, for each channel. Images are channels last. */
#ifndef BN_FLOAT_POOL_H
#define BN_FLOAT_POOL_H

/* The largest value of the taps in the image, of which there is one. */
static inline void bn_float_pool_max_f32(const bn_max_pool *layer, const bn_f32 *input, bn_f32 *output)
{
    const uint32_t channels = layer->channels;
    uint32_t row, column, i, j, c;
    for (row = 0; row < layer->window.output_height; row++) {
        for (column = 0; column < layer->window.output_width; column++) {
            const bn_taps taps = bn_window_taps(&layer->window, row, column);
            for (c = 0; c < channels; c++) {
                output[c] = input[taps.pixel * channels + c];
            }
            for (i = 0; i < taps.rows; i++) {
                for (j = 0; j < taps.columns; j++) {
                    const bn_f32 *values = input + (taps.pixel + i * taps.row + j * taps.column) * channels;
                    for (c = 0; c < channels; c++) {
                        output[c] = values[c] > output[c] ? values[c] : output[c];
                    }
                }
            }
            output += channels;
        }
    }
}

/* The average of the taps that count. */
static inline void bn_float_pool_average_f32(const bn_float_average_pool *layer, const bn_f32 *input, bn_f32 *output)
{
    const bn_window *window = &layer->window;
    const uint32_t all = (uint32_t)window->kernel_height * window->kernel_width;
    uint32_t row, column, i, j, c;
    for (row = 0; row < window->output_height; row++) {
        for (column = 0; column < window->output_width; column++) {
            const bn_taps taps = bn_window_taps(window, row, column);
            const uint32_t count = layer->count_padding ? all : taps.rows * taps.columns;
            for (c = 0; c < layer->channels; c++) {
                float sum = 0.0f, part = 0.0f;
                uint32_t terms = 0;
                for (i = 0; i < taps.rows; i++) {
                    const bn_f32 *values = input + (taps.pixel + i * taps.row) * layer->channels + c;
                    for (j = 0; j < taps.columns; j++) {
                        part += *values;
                        values += taps.column * layer->channels;
                        if (++terms % BN_FLOAT_CHUNK == 0u) {
                            sum += part;
                            part = 0.0f;
                        }
                    }
                }
                output[c] = bn_float_clamp((sum + part) / (float)count, layer->low, layer->high);
            }
            output += layer->channels;
        }
    }
}

#endif
