/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* The records of f32 mode, what becomes of its sums, and the edge of a model. Weights are encoded as in integer mode:
 * see dense.h and depthwise.h of BitNeural.
 *
 * Sums of floats depend on their order. Here at most BN_FLOAT_CHUNK terms follow one another; the sums of such chunks are
 * added up in turn. So n terms t are off by at most (68 + n / 64) * 2^-24 * sum(|t|). */
#ifndef BN_FLOAT_H
#define BN_FLOAT_H

#define BN_FLOAT_CHUNK 64u

/* The constants of one output channel: y = sum * scale + bias. */
typedef struct {
    float scale;
    float bias;
} bn_float_channel;

/* What becomes of a sum: below 0 times a slope, if there are slopes; then at least `low`, at most `high`. */
typedef struct {
    const bn_float_channel *channels; /* one an output channel */
    const float *slopes;              /* one an output channel, or NULL */
    float low;
    float high;
} bn_float_epilogue;

typedef struct {
    uint32_t inputs;
    uint32_t outputs;
    const bn_u32 *weights;
    bn_float_epilogue epilogue;
} bn_float_dense;

/* A convolution, padded with zeros; `dense` is what one group does at one position, as in bn_conv. */
typedef struct {
    bn_window window;
    uint16_t groups;
    bn_float_dense dense;
} bn_float_conv;

/* A depthwise convolution, padded with zeros: output channel c * multiplier + m sees channel c. */
typedef struct {
    bn_window window;
    uint16_t channels;
    uint16_t multiplier;
    const bn_u32 *weights;
    bn_float_epilogue epilogue;
} bn_float_depthwise;

typedef struct {
    bn_window window;
    uint16_t channels;
    uint8_t count_padding; /* whether taps on padding count */
    float low;
    float high;
} bn_float_average_pool;

/* A layer norm over the channels of each position. */
typedef struct {
    const bn_float_channel *channels; /* gamma and beta, one a channel */
    uint32_t channel_count;           /* at least 1 */
    float epsilon;                    /* a normal number above 0 */
    float low;
    float high;
} bn_float_layer_norm;

/* The constants of a column of a recurrent layer. */
typedef struct {
    float input_scale;
    float state_scale;
    float bias; /* of both; where both halves stand alone, of that of the inputs */
} bn_float_gate_column;

/* The bias of a half that stands alone, beside the state. */
typedef struct {
    float bias;
} bn_float_state_bias;

/* A layer with a state that goes along time. */
typedef struct {
    uint32_t inputs; /* features of a step */
    uint32_t units;  /* width of the state */
    uint32_t steps;
    const bn_u32 *kernel;                /* a row for each column: int8 if int8_kernel, else digits (float_dense.h) */
    const bn_u32 *recurrent;             /* int8 if int8_recurrent, else digits; where a reset comes before, the rows of
                                          * the candidates are a blob of their own behind the others */
    const bn_float_gate_column *columns; /* gate after gate: i, f, g, o or z, r, n */
    uint32_t column_count;
    const bn_float_state_bias *state_biases; /* of the candidates of a GRU whose reset comes after, or NULL */
    uint32_t state_bias_count;
    uint8_t int8_kernel;
    uint8_t int8_recurrent;
    uint8_t sequences;        /* whether the state of each step is written, not that of the last alone */
    uint8_t reads_backwards;  /* whether the last step comes first */
    uint8_t writes_backwards; /* whether what comes first lies last in the output */
} bn_float_recurrent;

/* x, at most `max`, above the threshold; slope * (x - threshold) up to it. */
typedef struct {
    float max;
    float slope;
    float threshold;
} bn_float_relu;

/* A row of values for each index. */
typedef struct {
    uint32_t rows;      /* at least 1 */
    uint32_t width;     /* values of a row, at least 1 */
    const float *table; /* row after row */
} bn_float_embedding;
/* factor * x above 0; alpha * (e^x - 1) up to it. */
typedef struct {
    float factor;
    float alpha;
} bn_float_elu;

/* slope * x + offset, at least `low`, at most `high`. */
typedef struct {
    float slope;
    float offset;
    float low;
    float high;
} bn_float_line;

/* An input that is joined with others. */
typedef struct {
    uint8_t repeated; /* whether it begins again after each run */
} bn_float_operand;

/* A function of several inputs, element by element. */
typedef struct {
    const bn_float_operand *operands; /* one an input */
    uint32_t operand_count;
    uint32_t run; /* elements after which inputs that are repeated begin again */
    float low;
    float high;
} bn_float_join;

/* What one input gives to each round of a concat. */
typedef struct {
    uint32_t len;
} bn_float_piece;

/* Pieces of several inputs in turn. */
typedef struct {
    const bn_float_piece *pieces; /* one an input */
    uint32_t piece_count;
    uint32_t round; /* elements of all of them together */
} bn_float_concat;

/* The constants of one input channel: y = (x - mean) * factor. */
typedef struct {
    float mean;
    float factor;
} bn_normal_channel;

typedef struct {
    const bn_normal_channel *channels; /* used in turn: channels are the last axis */
    uint32_t channel_count;            /* at least 1 */
} bn_normalize;

/* Within low..high; a NaN stays. */
static inline float bn_float_clamp(float y, float low, float high)
{
    if (y < low) {
        return low;
    }
    return y > high ? high : y;
}

/* From the sum of output channel i to its value. */
static inline float bn_float_finish(float sum, uint32_t i, const bn_float_epilogue *epilogue)
{
    float y = sum * epilogue->channels[i].scale + epilogue->channels[i].bias;
    if (epilogue->slopes && y < 0.0f) {
        y *= epilogue->slopes[i];
    }
    return bn_float_clamp(y, epilogue->low, epilogue->high);
}

/* The products of a float and the trit of a digit, by the digit: 0 stands for -1. A digit 3 there is not. */
static inline void bn_float_products(float x, float *products)
{
    products[0] = -x;
    products[1] = 0.0f;
    products[2] = x;
    products[3] = 0.0f;
}

static inline void bn_interface_normalize_f32(const bn_normalize *layer, const float *input, bn_f32 *output, uint32_t n)
{
    uint32_t channel = 0;
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = (input[i] - layer->channels[channel].mean) * layer->channels[channel].factor;
        channel = channel + 1u < layer->channel_count ? channel + 1u : 0u;
    }
}

static inline void bn_interface_copy_f32(const bn_f32 *input, float *output, uint32_t n)
{
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = input[i];
    }
}

/* The class of one value in front of a sigmoid: whether it is above 0. */
static inline uint32_t bn_interface_positive_f32(const bn_f32 *value)
{
    return *value > 0.0f;
}

/* The index of the largest of n values, the lowest if there are several. */
static inline uint32_t bn_interface_argmax_f32(const bn_f32 *values, uint32_t n)
{
    uint32_t best = 0;
    uint32_t i;
    for (i = 1; i < n; i++) {
        if (values[i] > values[best]) {
            best = i;
        }
    }
    return best;
}

#endif
