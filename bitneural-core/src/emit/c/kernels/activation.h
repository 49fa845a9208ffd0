/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* Element-wise functions of one code, as tables (R13). */
#ifndef BN_ACTIVATION_H
#define BN_ACTIVATION_H

/* The table's entry for each of n codes. */
static inline void bn_activation_table_u8(const bn_table *layer, const uint8_t *input, uint8_t *output, uint32_t n)
{
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = layer->entries[input[i]];
    }
}

/* Replaces each of n codes by the table's entry. */
static inline void bn_activation_table_in_place_u8(const bn_table *layer, uint8_t *data, uint32_t n)
{
    uint32_t i;
    for (i = 0; i < n; i++) {
        data[i] = layer->entries[data[i]];
    }
}

#endif
