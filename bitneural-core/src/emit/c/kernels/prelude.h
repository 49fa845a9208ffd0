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
#elif defined(BN_ANY_TYPE_MAY_ALIAS)
#define BN_MAY_ALIAS
#else
#error "turn type-based alias analysis off, by an option of the compiler, and define BN_ANY_TYPE_MAY_ALIAS"
#endif

typedef uint16_t BN_MAY_ALIAS bn_u16;
typedef int16_t BN_MAY_ALIAS bn_i16;
typedef uint32_t BN_MAY_ALIAS bn_u32;
typedef float BN_MAY_ALIAS bn_f32;
typedef int32_t BN_MAY_ALIAS bn_i32;

/* The constants of one output channel (R7). */
typedef struct {
    int32_t bias;       /* B_c */
    int32_t multiplier; /* m_c, 1..2^31-1; in bn_leaky of either sign */
} bn_channel;

/* The constants of a requantization that all channels of an op share (R7). */
typedef struct {
    uint8_t pre_shift; /* P, 0..16 */
    uint8_t shift;     /* S, 0..31 */
    int16_t low;       /* y_lo */
    int16_t high;      /* y_hi */
} bn_requant;

/* The second requantization of a leaky ReLU: of what comes out below the code of zero (R11). */
typedef struct {
    const bn_channel *channels; /* B- and m-, one an output channel */
    uint8_t shift;              /* S-, 0..31 */
    int16_t zero;               /* z_y: what is less, before the clamp, is requantized anew from the same sum */
} bn_leaky;

/* A fully connected layer of ternary or int8 weights (R6, R7). */
typedef struct {
    uint32_t inputs;
    uint32_t outputs;
    const bn_u32 *weights;      /* in the encoding of the kernel that reads them: see dense.h */
    const bn_channel *channels; /* one an output */
    bn_requant requant;
    const bn_leaky *leaky; /* or NULL */
} bn_dense;

/* The constants of a column of gates (R24). */
typedef struct {
    int32_t input_multiplier; /* mx */
    int32_t state_multiplier; /* mh */
    int32_t bias;             /* B; B_x where the parts stand alone */
} bn_gate_column;

/* B_h where the parts of a gate stand alone (R26). */
typedef struct {
    int32_t bias; /* B_h */
} bn_state_bias;

/* The last frames of a value. */
typedef struct {
    uint32_t width; /* elements of a frame */
    uint32_t frames;
} bn_line;

/* A layer with a state that goes along time (R24 to R28). */
typedef struct {
    uint32_t inputs; /* features of a step */
    uint32_t units;  /* width of the state */
    uint32_t steps;
    const bn_u32 *kernel;          /* a row for each column: int8 if int8_kernel, else digits (dense.h) */
    const bn_u32 *recurrent;       /* int8 if int8_recurrent, else digits; where a reset comes before, the rows of the
                                    * candidates are a blob of their own behind the others */
    const bn_gate_column *columns; /* gate after gate: i, f, g, o or z, r, n */
    uint32_t column_count;
    const bn_state_bias *state_biases; /* of the candidates of a GRU whose reset comes after, or NULL */
    uint32_t state_bias_count;
    uint8_t int8_kernel;
    uint8_t int8_recurrent;
    uint8_t sequences;        /* whether the output of each step is written, not that of the last alone */
    uint8_t reads_backwards;  /* whether the last step comes first */
    uint8_t writes_backwards; /* whether what comes first lies last in the output */
    uint8_t input_pre_shift;  /* Px, 0..16 */
    uint8_t state_pre_shift;  /* Ph, 0..16 */
    uint8_t shift;            /* S, 0..15 */
    uint8_t cell_shift;       /* k of an LSTM, 8..12 */
} bn_recurrent;

/* Where a kernel lies over an image: output position (y, x) and tap (i, j) meet input row
 * y * stride_y + i * dilation_y - pad_top and input column x * stride_x + j * dilation_x - pad_left. Taps outside of
 * the image are padding. */
typedef struct {
    uint16_t input_height;
    uint16_t input_width;
    uint16_t output_height;
    uint16_t output_width;
    uint16_t kernel_height;
    uint16_t kernel_width;
    uint16_t stride_y;
    uint16_t stride_x;
    uint16_t dilation_y;
    uint16_t dilation_x;
    uint16_t pad_top;
    uint16_t pad_left;
} bn_window;

/* A convolution of ternary or int8 weights (R6, R7). */
typedef struct {
    bn_window window;
    uint16_t groups;
    uint16_t padding; /* z_x */
    /* What one group does at one position: inputs in the order [ky][kx][channel]; the weights of the groups lie one
     * after the other; the channels, also of `leaky`, are all output channels. */
    bn_dense dense;
} bn_conv;

/* A depthwise convolution of ternary or int8 weights (R6, R7): output channel c * multiplier + m sees channel c. */
typedef struct {
    bn_window window;
    uint16_t channels; /* of the input */
    uint16_t multiplier;
    uint16_t padding;            /* z_x */
    const bn_u32 *weights;       /* in the encoding of the kernel that reads them: see depthwise.h */
    const bn_channel *constants; /* one an output channel */
    bn_requant requant;
    const bn_leaky *leaky; /* or NULL */
} bn_depthwise;

/* Max pooling (R17). */
typedef struct {
    bn_window window;
    uint16_t channels;
} bn_max_pool;

/* Average pooling (R18). */
typedef struct {
    bn_window window;
    uint16_t channels;
    uint8_t padding;             /* z_x */
    uint8_t count_padding;       /* whether taps on padding count */
    const uint16_t *counts;      /* the numbers of taps that count which occur, ascending */
    const bn_channel *constants; /* one for each of them */
    bn_requant requant;
} bn_average_pool;

/* An image in another frame (R2): output position (y, x) shows input row (y - pad_top) / repeat_y + cut_top and input
 * column (x - pad_left) / repeat_x + cut_left; where there is none, it has the padding. */
typedef struct {
    uint16_t input_height;
    uint16_t input_width;
    uint16_t output_height;
    uint16_t output_width;
    uint16_t cut_top;
    uint16_t cut_left;
    uint16_t pad_top;
    uint16_t pad_left;
    uint16_t repeat_y; /* at least 1 */
    uint16_t repeat_x; /* at least 1 */
    uint16_t channels;
    uint8_t padding; /* z_x */
} bn_frame;

/* A layer norm (R22). */
typedef struct {
    uint16_t channels;           /* n, 2..512 */
    uint8_t lift;                /* a, 0..8 */
    uint32_t epsilon;            /* E, at least 1 */
    const int8_t *signs;         /* sigma, one a channel: 1, -1, or 0 for one that is constant */
    const bn_channel *constants; /* one a channel */
    bn_requant requant;
} bn_layer_norm;

/* Any function from code to code, tabulated (R13). */
typedef struct {
    const uint8_t *entries; /* 256 */
} bn_table;

/* A function at the end of a network, of values in units of 1/4096 (R23). */
typedef struct {
    uint8_t sigmoid; /* else the tangent */
} bn_gate;

/* An input of a sum (R14). */
typedef struct {
    int32_t multiplier; /* m */
    uint8_t repeated;   /* whether it begins again after each run */
} bn_term;

/* A weighted sum (R14). */
typedef struct {
    const bn_term *terms; /* one an input */
    uint32_t term_count;
    int32_t bias; /* B */
    uint32_t run; /* elements after which inputs that are repeated begin again */
    uint8_t shift; /* S, 0..30 */
    uint8_t low;   /* y_lo */
    uint8_t high;  /* y_hi */
} bn_add;

/* A product (R16). */
typedef struct {
    uint32_t run;
    uint8_t first_zero; /* z_1 */
    uint8_t second_zero; /* z_2 */
    uint8_t first_repeated;
    uint8_t second_repeated;
    bn_channel channel;
    bn_requant requant;
} bn_multiply;

/* An input that comes into the output's format (R14 with one input). */
typedef struct {
    int32_t multiplier; /* m */
    int32_t bias;       /* B */
    uint8_t shift;      /* S, 0..30 */
    uint8_t repeated;
} bn_operand;

/* The largest or the smallest of several. */
typedef struct {
    const bn_operand *operands; /* one an input */
    uint32_t operand_count;
    uint32_t run;
} bn_pick;

/* A row of codes for each index (R33). */
typedef struct {
    uint32_t rows;        /* at least 1 */
    uint32_t width;       /* codes of a row, at least 1 */
    const uint8_t *table; /* row after row */
} bn_embedding;

/* What one input gives to each round of a concat (R15). */
typedef struct {
    int32_t multiplier; /* m; with m = 1, B = S = 0 codes stay as they are */
    int32_t bias;       /* B */
    uint8_t shift;      /* S, 0..30 */
    uint32_t len;
} bn_piece;

/* Pieces of several inputs in turn (R15). */
typedef struct {
    const bn_piece *pieces; /* one an input */
    uint32_t piece_count;
    uint32_t round; /* elements of all of them */
} bn_concat;

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
