/* needs: prelude.h requant.h */
/* SPDX-License-Identifier: 0BSD */
/* Fully connected layers, one vector at a time.
 *
 * The kernels of ternary weights work on digits d = w + 1 in {0, 1, 2} instead of trits w, so that all summands are
 * unsigned and two 16-bit sums can share a 32-bit word: sum(w*u) = sum(d*u) - sum(u) (R6). Each has its own encoding
 * of the weights. Of wide codes (bn_u16) digits takes the high bytes, then the low ones; tables does not read them.
 *
 * digits: blocks of 16 outputs; [block][input], one word each. Of block b, the digit of output 16b + 2s lies in
 * bits 2s and 2s + 1, that of output 16b + 2s + 1 in bits 16 + 2s and 17 + 2s, s = 0..7. Outputs that are not there
 * have digit 1.
 *
 * tables: groups of four inputs, the last one filled up with digit 1; blocks of 16 groups, the last one perhaps
 * shorter. [block][output][group], one byte each: d0 + 3*d1 + 10*d2 + 30*d3, the index of sum(d*u) in a table of the
 * group's sums: nine runs of nine entries, each run padded to ten so that it fills five words.
 * Scratch, in words: 45 * min(16, ceil(inputs / 4)), and `outputs` more if there are over 64 inputs.
 *
 * int8: blocks of four outputs; [block][input][output of the block], one signed byte each. Outputs that are not there
 * have weight 0. */
#ifndef BN_DENSE_H
#define BN_DENSE_H

#define BN_DENSE_BLOCK_OUTPUTS 16u
/* Inputs whose products fit a 16-bit lane: 128 * 2 * 255 < 2^16. */
#define BN_DENSE_LANE_INPUTS 128u
#define BN_DENSE_BLOCK_GROUPS 16u
#define BN_DENSE_BLOCK_INPUTS 64u
#define BN_DENSE_TABLE_WORDS 45u
#define BN_DENSE_TABLE_ENTRIES 90u
#define BN_DENSE_BLOCK_WORDS 720u
#define BN_DENSE_INT8_OUTPUTS 4u

/* sum(d*u) of the 16 outputs of a block, in order, u being a byte of each input; returns sum(u). */
#define BN_DENSE_DIGIT_SUMS(name, code, byte)                                                                          \
    static inline uint32_t bn_dense_digit_sums_##name(const bn_u32 *weights, const code *input, uint32_t inputs,       \
                                                      uint32_t *sums)                                                  \
    {                                                                                                                  \
        uint32_t total = 0;                                                                                            \
        uint32_t start, i, s;                                                                                          \
        for (s = 0; s < BN_DENSE_BLOCK_OUTPUTS; s++) {                                                                 \
            sums[s] = 0;                                                                                               \
        }                                                                                                              \
        for (start = 0; start < inputs; start += BN_DENSE_LANE_INPUTS) {                                               \
            const uint32_t left = inputs - start;                                                                      \
            const uint32_t end = start + (left < BN_DENSE_LANE_INPUTS ? left : BN_DENSE_LANE_INPUTS);                  \
            /* Not an array: with -Os it would stay in memory. */                                                      \
            uint32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;                                           \
            for (i = start; i < end; i++) {                                                                            \
                const uint32_t u = byte;                                                                               \
                const uint32_t word = weights[i];                                                                      \
                total += u;                                                                                            \
                a += u * (word & 0x00030003u);                                                                         \
                b += u * ((word >> 2) & 0x00030003u);                                                                  \
                c += u * ((word >> 4) & 0x00030003u);                                                                  \
                d += u * ((word >> 6) & 0x00030003u);                                                                  \
                e += u * ((word >> 8) & 0x00030003u);                                                                  \
                f += u * ((word >> 10) & 0x00030003u);                                                                 \
                g += u * ((word >> 12) & 0x00030003u);                                                                 \
                h += u * ((word >> 14) & 0x00030003u);                                                                 \
            }                                                                                                          \
            {                                                                                                          \
                const uint32_t lanes[BN_DENSE_BLOCK_OUTPUTS / 2u] = {a, b, c, d, e, f, g, h};                          \
                for (s = 0; s < BN_DENSE_BLOCK_OUTPUTS / 2u; s++) {                                                    \
                    sums[2u * s] += lanes[s] & 0xffffu;                                                                \
                    sums[2u * s + 1u] += lanes[s] >> 16;                                                               \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        return total;                                                                                                  \
    }

BN_DENSE_DIGIT_SUMS(u8, uint8_t, input[i])
BN_DENSE_DIGIT_SUMS(u16_high, bn_u16, (uint32_t)input[i] >> 8)
BN_DENSE_DIGIT_SUMS(u16_low, bn_u16, input[i] & 255u)

#undef BN_DENSE_DIGIT_SUMS

/* The same of wide codes, as 256*acc(high bytes) + acc(low bytes) (R6). */
static inline uint32_t bn_dense_digit_sums_u16(const bn_u32 *weights, const bn_u16 *input, uint32_t inputs,
                                               uint32_t *sums)
{
    uint32_t high[BN_DENSE_BLOCK_OUTPUTS];
    const uint32_t total = bn_dense_digit_sums_u16_high(weights, input, inputs, high);
    const uint32_t total_low = bn_dense_digit_sums_u16_low(weights, input, inputs, sums);
    uint32_t s;
    for (s = 0; s < BN_DENSE_BLOCK_OUTPUTS; s++) {
        sums[s] += high[s] << 8;
    }
    return (total << 8) + total_low;
}

/* Entry i0 + 3*i1 + 10*i2 + 30*i3 := i0*u0 + i1*u1 + i2*u2 + i3*u3, two entries with every addition; returns sum(u). */
static inline uint32_t bn_dense_build_table(uint32_t u0, uint32_t u1, uint32_t u2, uint32_t u3, bn_u32 *table)
{
    const uint32_t both1 = u1 | (u1 << 16), both2 = u2 | (u2 << 16), both3 = u3 | (u3 << 16);
    /* Halves 0, u0, 2u0, u1, u1+u0, u1+2u0, 2u1, 2u1+u0, 2u1+2u0, and one that is not used. */
    const uint32_t a = u0 << 16;
    const uint32_t b = (2u * u0) | (u1 << 16);
    const uint32_t c = both1 + (u0 | (u0 << 16)) + (u0 << 16);
    const uint32_t d = 2u * both1 + (u0 << 16);
    const uint32_t e = 2u * (u1 + u0);
    uint32_t base3 = 0;
    uint32_t i2, i3;
    for (i3 = 0; i3 < 3u; i3++) {
        uint32_t base = base3;
        for (i2 = 0; i2 < 3u; i2++) {
            table[0] = a + base;
            table[1] = b + base;
            table[2] = c + base;
            table[3] = d + base;
            table[4] = e + base;
            table += 5;
            base += both2;
        }
        base3 += both3;
    }
    return u0 + u1 + u2 + u3;
}

/* Fills the tables of a block's groups; returns sum(u). */
static inline uint32_t bn_dense_build_tables(const uint8_t *input, uint32_t inputs, bn_u32 *tables)
{
    uint32_t total = 0;
    for (; inputs >= 4u; inputs -= 4u) {
        total += bn_dense_build_table(input[0], input[1], input[2], input[3], tables);
        input += 4;
        tables += BN_DENSE_TABLE_WORDS;
    }
    if (inputs > 0u) {
        total += bn_dense_build_table(input[0], inputs > 1u ? input[1] : 0u, inputs > 2u ? input[2] : 0u, 0u, tables);
    }
    return total;
}

/* sum(d*u) of one output over a block. */
static inline uint32_t bn_dense_row(const uint8_t *codes, uint32_t groups, const bn_u16 *tables)
{
    uint32_t sum = 0;
    for (; groups >= 4u; groups -= 4u) {
        sum += (uint32_t)tables[codes[0]] + tables[BN_DENSE_TABLE_ENTRIES + codes[1]] +
               tables[2u * BN_DENSE_TABLE_ENTRIES + codes[2]] + tables[3u * BN_DENSE_TABLE_ENTRIES + codes[3]];
        codes += 4;
        tables += 4u * BN_DENSE_TABLE_ENTRIES;
    }
    for (; groups > 0u; groups--) {
        sum += tables[*codes];
        codes += 1;
        tables += BN_DENSE_TABLE_ENTRIES;
    }
    return sum;
}

/* The sums of all blocks but the last, if there are any; returns the number of inputs done, and moves `codes`. */
static inline uint32_t bn_dense_first_blocks(const bn_dense *layer, const uint8_t *input, const uint8_t **codes,
                                             bn_u32 *tables, bn_u32 *sums)
{
    uint32_t done = 0;
    uint32_t i;
    if (layer->inputs <= BN_DENSE_BLOCK_INPUTS) {
        return 0;
    }
    for (i = 0; i < layer->outputs; i++) {
        sums[i] = 0;
    }
    for (; layer->inputs - done > BN_DENSE_BLOCK_INPUTS; done += BN_DENSE_BLOCK_INPUTS) {
        const uint32_t total = bn_dense_build_tables(input + done, BN_DENSE_BLOCK_INPUTS, tables);
        for (i = 0; i < layer->outputs; i++) {
            sums[i] += bn_dense_row(*codes, BN_DENSE_BLOCK_GROUPS, (const bn_u16 *)tables) - total;
            *codes += BN_DENSE_BLOCK_GROUPS;
        }
    }
    return done;
}

/* sum(w*u) of the four outputs of a block of signed bytes. */
#define BN_DENSE_INT8_SUMS(name, code)                                                                                 \
    static inline void bn_dense_int8_sums_##name(const bn_u32 *weights, const code *input, uint32_t inputs,            \
                                                 uint32_t *sums)                                                       \
    {                                                                                                                  \
        const int8_t *bytes = (const int8_t *)weights;                                                                 \
        int32_t a = 0, b = 0, c = 0, d = 0;                                                                            \
        uint32_t i;                                                                                                    \
        for (i = 0; i < inputs; i++) {                                                                                 \
            const int32_t u = input[i];                                                                                \
            a += u * bytes[0];                                                                                         \
            b += u * bytes[1];                                                                                         \
            c += u * bytes[2];                                                                                         \
            d += u * bytes[3];                                                                                         \
            bytes += 4;                                                                                                \
        }                                                                                                              \
        sums[0] = (uint32_t)a;                                                                                         \
        sums[1] = (uint32_t)b;                                                                                         \
        sums[2] = (uint32_t)c;                                                                                         \
        sums[3] = (uint32_t)d;                                                                                         \
    }

BN_DENSE_INT8_SUMS(u8, uint8_t)
BN_DENSE_INT8_SUMS(u16, bn_u16)

#undef BN_DENSE_INT8_SUMS

/* The kernels, for inputs and outputs of one type. A `part` is one group of a convolution: it has weights and channels
 * of its own.
 * digits: for layers with few outputs; multiplies two digits at a time; no scratch.
 * int8: for signed bytes; no scratch. */
#define BN_DENSE_KERNELS(name, in, code, element)                                                                      \
    static inline void bn_dense_digits_part_##name(const bn_dense *layer, const bn_u32 *weights, uint32_t channel,     \
                                                   const code *input, element *output)                                 \
    {                                                                                                                  \
        uint32_t block, i;                                                                                             \
        for (block = 0; block < layer->outputs; block += BN_DENSE_BLOCK_OUTPUTS) {                                     \
            const uint32_t left = layer->outputs - block;                                                              \
            uint32_t sums[BN_DENSE_BLOCK_OUTPUTS];                                                                     \
            const uint32_t total = bn_dense_digit_sums_##in(weights, input, layer->inputs, sums);                      \
            for (i = 0; i < left && i < BN_DENSE_BLOCK_OUTPUTS; i++) {                                                 \
                output[block + i] = (element)bn_finish(sums[i] - total, channel + block + i, layer->channels,          \
                                                       &layer->requant, layer->leaky);                                 \
            }                                                                                                          \
            weights += layer->inputs;                                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_dense_digits_##name(const bn_dense *layer, const code *input, element *output)               \
    {                                                                                                                  \
        bn_dense_digits_part_##name(layer, layer->weights, 0, input, output);                                          \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_dense_int8_part_##name(const bn_dense *layer, const bn_u32 *weights, uint32_t channel,       \
                                                 const code *input, element *output)                                   \
    {                                                                                                                  \
        uint32_t block, i;                                                                                             \
        for (block = 0; block < layer->outputs; block += BN_DENSE_INT8_OUTPUTS) {                                      \
            const uint32_t left = layer->outputs - block;                                                              \
            uint32_t sums[BN_DENSE_INT8_OUTPUTS];                                                                      \
            bn_dense_int8_sums_##in(weights, input, layer->inputs, sums);                                              \
            for (i = 0; i < left && i < BN_DENSE_INT8_OUTPUTS; i++) {                                                  \
                output[block + i] = (element)bn_finish(sums[i], channel + block + i, layer->channels,                  \
                                                       &layer->requant, layer->leaky);                                 \
            }                                                                                                          \
            weights += layer->inputs;                                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_dense_int8_##name(const bn_dense *layer, const code *input, element *output)                 \
    {                                                                                                                  \
        bn_dense_int8_part_##name(layer, layer->weights, 0, input, output);                                            \
    }

BN_DENSE_KERNELS(u8, u8, uint8_t, uint8_t)
BN_DENSE_KERNELS(i16, u8, uint8_t, bn_i16)
BN_DENSE_KERNELS(u16_u8, u16, bn_u16, uint8_t)
BN_DENSE_KERNELS(u16_i16, u16, bn_u16, bn_i16)

#undef BN_DENSE_KERNELS

/* tables: for layers with many outputs; tabulates the 81 sums of every four inputs, which are bytes. */
#define BN_DENSE_TABLES(suffix, element)                                                                               \
    static inline void bn_dense_tables_##suffix(const bn_dense *layer, const uint8_t *input, element *output,          \
                                                bn_u32 *scratch)                                                       \
    {                                                                                                                  \
        const uint8_t *codes = (const uint8_t *)layer->weights;                                                        \
        /* With one block only, the scratch ends after its tables and there are no sums. */                            \
        bn_u32 *sums = layer->inputs > BN_DENSE_BLOCK_INPUTS ? scratch + BN_DENSE_BLOCK_WORDS : scratch;               \
        const uint32_t done = bn_dense_first_blocks(layer, input, &codes, scratch, sums);                              \
        const uint32_t left = layer->inputs - done;                                                                    \
        const uint32_t groups = (left + 3u) / 4u;                                                                      \
        const uint32_t total = bn_dense_build_tables(input + done, left, scratch);                                     \
        uint32_t i;                                                                                                    \
        for (i = 0; i < layer->outputs; i++) {                                                                         \
            const uint32_t before = done > 0u ? sums[i] : 0u;                                                          \
            const uint32_t sum = before + bn_dense_row(codes, groups, (const bn_u16 *)scratch) - total;                \
            output[i] = (element)bn_finish(sum, i, layer->channels, &layer->requant, layer->leaky);                    \
            codes += groups;                                                                                           \
        }                                                                                                              \
    }

BN_DENSE_TABLES(u8, uint8_t)
BN_DENSE_TABLES(i16, bn_i16)

#undef BN_DENSE_TABLES

#endif
