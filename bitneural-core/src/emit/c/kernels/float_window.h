/* needs: prelude.h window.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Windows over images of floats, padded with zeros. */
#ifndef BN_FLOAT_WINDOW_H
#define BN_FLOAT_WINDOW_H

/* The values of `count` channels, of which `values` points to the first of the first pixel, under all taps of the window
 * that begins at (y, x), [ky][kx][channel]: where they are if there is one tap, in the image, else copied to `patch`. */
static inline const bn_f32 *bn_float_window_patch(const bn_window *window, const bn_f32 *values, uint32_t channels,
                                                  int32_t y, int32_t x, uint32_t count, bn_f32 *patch)
{
    bn_f32 *to = patch;
    uint32_t i, j, k;
    if (window->kernel_height == 1u && window->kernel_width == 1u && bn_window_below(y, window->input_height) &&
        bn_window_below(x, window->input_width)) {
        return values + bn_window_pixel(window, y, x) * channels;
    }
    for (i = 0; i < window->kernel_height; i++, y += window->dilation_y) {
        int32_t column = x;
        for (j = 0; j < window->kernel_width; j++, column += window->dilation_x, to += count) {
            if (bn_window_below(y, window->input_height) && bn_window_below(column, window->input_width)) {
                const bn_f32 *from = values + bn_window_pixel(window, y, column) * channels;
                for (k = 0; k < count; k++) {
                    to[k] = from[k];
                }
            } else {
                for (k = 0; k < count; k++) {
                    to[k] = 0.0f;
                }
            }
        }
    }
    return patch;
}

#endif
