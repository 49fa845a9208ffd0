/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* Where the taps of a kernel lie in an image: all arithmetic of strides, dilation and padding. */
#ifndef BN_WINDOW_H
#define BN_WINDOW_H

/* Input row (column) of the first tap of the window in row (column) `index`, which may lie outside of the image. */
static inline int32_t bn_window_first(uint32_t index, uint16_t stride, uint16_t pad)
{
    return (int32_t)(index * stride) - (int32_t)pad;
}

/* Whether 0 <= n < limit. */
static inline int bn_window_below(int32_t n, uint16_t limit)
{
    return (uint32_t)n < limit;
}

/* Number of the pixel (y, x) of the image. */
static inline uint32_t bn_window_pixel(const bn_window *window, int32_t y, int32_t x)
{
    return (uint32_t)y * window->input_width + (uint32_t)x;
}

/* For codes of one type.
 * copy: copies `count` codes of each of `taps` taps side by side, from (y, x) on; `codes` points to those of pixel
 * (0, 0).
 * patch: the codes of `count` channels, of which `codes` points to the first of the first pixel, under all taps of the
 * window that begins at (y, x), [ky][kx][channel]: where they are if they lie side by side, else copied to `patch`. */
#define BN_WINDOW_PATCH(name, code)                                                                                    \
    static inline void bn_window_copy_##name(const bn_window *window, const code *codes, uint32_t channels,            \
                                             code padding, int32_t y, int32_t x, uint32_t taps, uint32_t count,        \
                                             code *to)                                                                 \
    {                                                                                                                  \
        uint32_t t, i;                                                                                                 \
        int row = bn_window_below(y, window->input_height);                                                            \
        if (row && x >= 0 && (uint32_t)x + taps <= window->input_width) {                                              \
            const code *from = codes + bn_window_pixel(window, y, x) * channels;                                       \
            for (i = 0; i < taps * count; i++) {                                                                       \
                to[i] = from[i];                                                                                       \
            }                                                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        for (t = 0; t < taps; t++, x++, to += count) {                                                                 \
            if (row && bn_window_below(x, window->input_width)) {                                                      \
                const code *from = codes + bn_window_pixel(window, y, x) * channels;                                   \
                for (i = 0; i < count; i++) {                                                                          \
                    to[i] = from[i];                                                                                   \
                }                                                                                                      \
            } else {                                                                                                   \
                for (i = 0; i < count; i++) {                                                                          \
                    to[i] = padding;                                                                                   \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline const code *bn_window_patch_##name(const bn_window *window, const code *codes, uint32_t channels,    \
                                                     uint16_t padding, int32_t y, int32_t x, uint32_t count,           \
                                                     code *patch)                                                      \
    {                                                                                                                  \
        /* A row of taps is one piece of memory if it skips neither columns nor channels. */                           \
        const int one_piece = window->kernel_width == 1u || (window->dilation_x == 1u && count == channels);           \
        const uint32_t taps = one_piece ? window->kernel_width : 1u;                                                   \
        code *to = patch;                                                                                              \
        uint32_t i, j;                                                                                                 \
        if (one_piece && window->kernel_height == 1u && bn_window_below(y, window->input_height) && x >= 0 &&          \
            (uint32_t)x + taps <= window->input_width) {                                                               \
            return codes + bn_window_pixel(window, y, x) * channels;                                                   \
        }                                                                                                              \
        for (i = 0; i < window->kernel_height; i++) {                                                                  \
            int32_t column = x;                                                                                        \
            for (j = 0; j < window->kernel_width; j += taps) {                                                         \
                bn_window_copy_##name(window, codes, channels, (code)padding, y, column, taps, count, to);             \
                to += taps * count;                                                                                    \
                column += window->dilation_x;                                                                          \
            }                                                                                                          \
            y += window->dilation_y;                                                                                   \
        }                                                                                                              \
        return patch;                                                                                                  \
    }

BN_WINDOW_PATCH(u8, uint8_t)
BN_WINDOW_PATCH(u16, bn_u16)

#undef BN_WINDOW_PATCH

/* The first and one behind the last of `taps` taps, `dilation` apart from `start` on, that lie in 0..limit. */
static inline void bn_window_inside(int32_t start, uint32_t taps, uint16_t dilation, uint16_t limit, uint32_t *first,
                                  uint32_t *end)
{
    uint32_t t = 0;
    for (; t < taps && start < 0; t++) {
        start += dilation;
    }
    *first = t;
    for (; t < taps && start < (int32_t)limit; t++) {
        start += dilation;
    }
    *end = t;
}

/* The taps of a window that lie in the image. */
typedef struct {
    uint32_t rows, columns; /* their numbers */
    uint32_t pixel;         /* the first of them */
    uint32_t row, column;   /* pixels from one to the next */
} bn_taps;

static inline bn_taps bn_window_taps(const bn_window *window, uint32_t row, uint32_t column)
{
    const int32_t y = bn_window_first(row, window->stride_y, window->pad_top);
    const int32_t x = bn_window_first(column, window->stride_x, window->pad_left);
    uint32_t top, bottom, left, right;
    bn_taps taps;
    bn_window_inside(y, window->kernel_height, window->dilation_y, window->input_height, &top, &bottom);
    bn_window_inside(x, window->kernel_width, window->dilation_x, window->input_width, &left, &right);
    taps.rows = bottom - top;
    taps.columns = right - left;
    taps.row = (uint32_t)window->dilation_y * window->input_width;
    taps.column = window->dilation_x;
    taps.pixel = bn_window_pixel(window, y + (int32_t)(top * window->dilation_y),
                                 x + (int32_t)(left * window->dilation_x));
    return taps;
}

#endif
