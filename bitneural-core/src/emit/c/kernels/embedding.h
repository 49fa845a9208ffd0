/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* Embeddings: a row of a table for each index (R33). */
#ifndef BN_EMBEDDING_H
#define BN_EMBEDDING_H

/* The rows of indices, n codes together; an index beyond the last row has that row. */
#define BN_EMBEDDING_LOOKUP(suffix, element)                                                                           \
    static inline void bn_embedding_lookup_##suffix##_u8(const bn_embedding *layer, const element *input,              \
                                                         uint8_t *output, uint32_t n)                                  \
    {                                                                                                                  \
        const uint32_t width = layer->width;                                                                           \
        uint32_t i, j;                                                                                                 \
        for (i = 0; i < n; i += width) {                                                                               \
            const uint32_t index = *input++;                                                                           \
            const uint32_t row = index < layer->rows ? index : layer->rows - 1u;                                       \
            const uint8_t *codes = layer->table + row * width;                                                         \
            for (j = 0; j < width; j++) {                                                                              \
                *output++ = codes[j];                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_EMBEDDING_LOOKUP(u8, uint8_t)
BN_EMBEDDING_LOOKUP(u16, bn_u16)

#undef BN_EMBEDDING_LOOKUP

#endif
