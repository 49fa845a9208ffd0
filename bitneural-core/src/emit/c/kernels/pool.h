/* needs: prelude.h requant.h window.h */
/* SPDX-License-Identifier: 0BSD */
/* Pooling: the largest code under a window, or their average, for each channel. Images are channels last. */
#ifndef BN_POOL_H
#define BN_POOL_H

/* The largest code of the taps in the image (R17); 0 if there is none. */
static inline void bn_pool_max_u8(const bn_max_pool *layer, const uint8_t *input, uint8_t *output)
{
    const uint32_t channels = layer->channels;
    uint32_t row, column, i, j, c;
    for (row = 0; row < layer->window.output_height; row++) {
        for (column = 0; column < layer->window.output_width; column++) {
            const bn_taps taps = bn_window_taps(&layer->window, row, column);
            for (c = 0; c < channels; c++) {
                output[c] = 0;
            }
            for (i = 0; i < taps.rows; i++) {
                for (j = 0; j < taps.columns; j++) {
                    const uint8_t *codes = input + (taps.pixel + i * taps.row + j * taps.column) * channels;
                    for (c = 0; c < channels; c++) {
                        output[c] = codes[c] > output[c] ? codes[c] : output[c];
                    }
                }
            }
            output += channels;
        }
    }
}

/* The constants of a window with so many taps that count, which the record has. */
static inline const bn_channel *bn_pool_constants(const bn_average_pool *layer, uint32_t taps)
{
    uint32_t i = 0;
    while (layer->counts[i] < taps) {
        i++;
    }
    return &layer->constants[i];
}

/* The average of the taps that count (R18). */
#define BN_POOL_AVERAGE(suffix, element)                                                                               \
    static inline void bn_pool_average_##suffix(const bn_average_pool *layer, const uint8_t *input, element *output)   \
    {                                                                                                                  \
        const bn_window *window = &layer->window;                                                                      \
        const uint32_t all = (uint32_t)window->kernel_height * window->kernel_width;                                   \
        uint32_t row, column, i, j, c;                                                                                 \
        for (row = 0; row < window->output_height; row++) {                                                            \
            for (column = 0; column < window->output_width; column++) {                                                \
                const bn_taps taps = bn_window_taps(window, row, column);                                              \
                const uint32_t inside = taps.rows * taps.columns;                                                      \
                const uint32_t padded = layer->count_padding ? (all - inside) * layer->padding : 0u;                   \
                const bn_channel *constants = bn_pool_constants(layer, layer->count_padding ? all : inside);           \
                for (c = 0; c < layer->channels; c++) {                                                                \
                    uint32_t sum = padded;                                                                             \
                    for (i = 0; i < taps.rows; i++) {                                                                  \
                        const uint8_t *codes = input + (taps.pixel + i * taps.row) * layer->channels + c;              \
                        for (j = 0; j < taps.columns; j++) {                                                           \
                            sum += *codes;                                                                             \
                            codes += taps.column * layer->channels;                                                    \
                        }                                                                                              \
                    }                                                                                                  \
                    output[c] = (element)bn_requantize(sum, constants, &layer->requant);                               \
                }                                                                                                      \
                output += layer->channels;                                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_POOL_AVERAGE(u8, uint8_t)
BN_POOL_AVERAGE(i16, bn_i16)

#undef BN_POOL_AVERAGE

#endif
