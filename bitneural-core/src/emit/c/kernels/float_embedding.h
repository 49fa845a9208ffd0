/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Embeddings of f32 mode: the row of the index that is nearest. */
#ifndef BN_FLOAT_EMBEDDING_H
#define BN_FLOAT_EMBEDDING_H

/* The rows of indices, n values together. R4 makes an index of a float at scale 1 and zero point 0: NaN counts as 0; an
 * index beyond the last row has that row. */
static inline void bn_float_embedding_lookup_f32(const bn_float_embedding *layer, const bn_f32 *input, bn_f32 *output,
                                                 uint32_t n)
{
    const uint32_t width = layer->width;
    uint32_t i, j;
    for (i = 0; i < n; i += width) {
        const float parts = *input++ * 256.0f;
        uint32_t row = 0;
        const float *values;
        if (parts >= 1073741824.0f) {
            row = (uint32_t)1 << 22;
        } else if (parts > 0.0f) {
            row = ((uint32_t)parts + 128u) >> 8;
        }
        row = row < layer->rows ? row : layer->rows - 1u;
        values = layer->table + row * width;
        for (j = 0; j < width; j++) {
            *output++ = values[j];
        }
    }
}

#endif
