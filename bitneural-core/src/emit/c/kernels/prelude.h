/* needs: nothing */
/* SPDX-License-Identifier: 0BSD */
/* What every kernel builds on: element types, and the records that hold an op's constants. C99 and C++11. */
#ifndef BN_PRELUDE_H
#define BN_PRELUDE_H

#include <stdint.h>

/* Weights are read both as words and as bytes, and tables both as words and as halves. */
#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels are written for little-endian chips"
#endif
#endif

/* The arena is one array of words, and parts of it are used as other types: the optimizer has to know. */
#if defined(__GNUC__)
#define BN_MAY_ALIAS __attribute__((__may_alias__))
#else
#define BN_MAY_ALIAS
#endif

typedef uint16_t BN_MAY_ALIAS bn_u16;
typedef int16_t BN_MAY_ALIAS bn_i16;
typedef uint32_t BN_MAY_ALIAS bn_u32;
typedef int32_t BN_MAY_ALIAS bn_i32;

/* The constants of one output channel (R7). */
typedef struct {
    int32_t bias;       /* B_c */
    int32_t multiplier; /* m_c, 1..2^31-1 */
} bn_channel;

/* The constants of a requantization that all channels of an op share (R7). */
typedef struct {
    uint8_t pre_shift; /* P, 0..16 */
    uint8_t shift;     /* S, 0..31 */
    int16_t low;       /* y_lo */
    int16_t high;      /* y_hi */
} bn_requant;

/* A fully connected layer of ternary weights (R6, R7). */
typedef struct {
    uint32_t inputs;
    uint32_t outputs;
    const bn_u32 *weights;      /* in the encoding of the kernel that reads them: see dense.h */
    const bn_channel *channels; /* one an output */
    bn_requant requant;
} bn_dense;

/* Any function from code to code, tabulated (R13). */
typedef struct {
    const uint8_t *entries; /* 256 */
} bn_table;

/* A softmax over a whole vector (R20). */
typedef struct {
    uint32_t multiplier; /* k */
    uint8_t shift;       /* sh, 0..24 */
    uint8_t guard;       /* g, 0..8 */
} bn_softmax;

/* The constants of one input channel (R4). */
typedef struct {
    float factor;   /* k_c */
    int32_t offset; /* b_c */
} bn_input_channel;

/* The step from float inputs to codes (R4). */
typedef struct {
    const bn_input_channel *channels; /* used in turn: channels are the last axis */
    uint32_t channel_count;           /* at least 1 */
} bn_quantize;

/* The step from codes to float outputs (R5). */
typedef struct {
    float scale;        /* s */
    int32_t zero_point; /* z */
} bn_dequantize;

#endif
