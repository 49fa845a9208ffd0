/* needs: prelude.h float.h float_dense.h float_functions.h */
/* SPDX-License-Identifier: 0BSD */
/* Layers of f32 mode with a state that goes along time: LSTM, GRU, simple RNN. Each matrix is in the encodings digits or
 * int8 of float_dense.h.
 *
 * Scratch, in words: one for each column (gates * units), then `units` for the state, and as many for the cell of an
 * LSTM, for the halves beside the state of the candidates of a GRU, or for the state that they see behind a reset. */
#ifndef BN_FLOAT_RECURRENT_H
#define BN_FLOAT_RECURRENT_H

/* What a step reads and leaves behind. */
typedef struct {
    bn_f32 *gates; /* a pre-activation for each column */
    bn_f32 *h;     /* the state */
    bn_f32 *more;  /* what else the cell needs for each unit */
} bn_float_recurrent_memory;

static inline uint32_t bn_float_recurrent_block(uint32_t is_int8)
{
    return is_int8 ? BN_FLOAT_DENSE_INT8_BLOCK : BN_FLOAT_DENSE_BLOCK;
}

/* sum(w*x) of the outputs of a block. */
static inline void bn_float_recurrent_sums(const bn_u32 *weights, uint32_t is_int8, const bn_f32 *x, uint32_t n,
                                           float *sums)
{
    if (is_int8) {
        bn_float_dense_int8_sums(weights, x, n, sums);
    } else {
        bn_float_dense_digit_sums(weights, x, n, sums);
    }
}

/* The part of the inputs, with the bias. */
static inline void bn_float_recurrent_input_part(const bn_float_recurrent *layer, const bn_f32 *x, bn_f32 *gates)
{
    const uint32_t rows = bn_float_recurrent_block(layer->int8_kernel);
    const bn_u32 *weights = layer->kernel;
    float sums[BN_FLOAT_DENSE_BLOCK];
    uint32_t block, i;
    for (block = 0; block < layer->column_count; block += rows) {
        bn_float_recurrent_sums(weights, layer->int8_kernel, x, layer->inputs, sums);
        for (i = 0; i < rows && block + i < layer->column_count; i++) {
            const bn_float_gate_column *column = layer->columns + block + i;
            gates[block + i] = sums[i] * column->input_scale + column->bias;
        }
        weights += layer->inputs;
    }
}

/* Adds the part of a state to the gates of `count` columns; from the column `apart` on it goes to `halves`, with a bias
 * of its own. */
static inline void bn_float_recurrent_state_part(const bn_float_recurrent *layer, const bn_u32 *weights,
                                                 const bn_f32 *h, const bn_float_gate_column *columns, uint32_t count,
                                                 uint32_t apart, bn_f32 *gates, bn_f32 *halves)
{
    const uint32_t rows = bn_float_recurrent_block(layer->int8_recurrent);
    float sums[BN_FLOAT_DENSE_BLOCK];
    uint32_t block, i;
    for (block = 0; block < count; block += rows) {
        bn_float_recurrent_sums(weights, layer->int8_recurrent, h, layer->units, sums);
        for (i = 0; i < rows && block + i < count; i++) {
            const uint32_t column = block + i;
            const float part = sums[i] * columns[column].state_scale;
            if (column < apart) {
                gates[column] += part;
            } else {
                halves[column - apart] = part + layer->state_biases[column - apart].bias;
            }
        }
        weights += layer->units;
    }
}

/* The new state of a unit of a GRU. */
static inline void bn_float_recurrent_blend(bn_float_recurrent_memory *memory, uint32_t unit, float candidate)
{
    const float z = bn_float_sigmoid(memory->gates[unit]);
    memory->h[unit] = z * memory->h[unit] + (1.0f - z) * bn_float_tanh(candidate);
}

/* What follows the part of the inputs, cell by cell. */
static inline void bn_float_recurrent_lstm_frame(const bn_float_recurrent *layer, bn_float_recurrent_memory *memory)
{
    const uint32_t units = layer->units, count = layer->column_count;
    const bn_f32 *gates = memory->gates;
    uint32_t j;
    bn_float_recurrent_state_part(layer, layer->recurrent, memory->h, layer->columns, count, count, memory->gates, NULL);
    for (j = 0; j < units; j++) {
        const float i = bn_float_sigmoid(gates[j]);
        const float f = bn_float_sigmoid(gates[units + j]);
        const float g = bn_float_tanh(gates[2u * units + j]);
        memory->more[j] = f * memory->more[j] + i * g;
        memory->h[j] = bn_float_sigmoid(gates[3u * units + j]) * bn_float_tanh(memory->more[j]);
    }
}

static inline void bn_float_recurrent_gru_frame(const bn_float_recurrent *layer, bn_float_recurrent_memory *memory)
{
    const uint32_t units = layer->units;
    uint32_t j;
    bn_float_recurrent_state_part(layer, layer->recurrent, memory->h, layer->columns, layer->column_count, 2u * units,
                                  memory->gates, memory->more);
    for (j = 0; j < units; j++) {
        const float r = bn_float_sigmoid(memory->gates[units + j]);
        bn_float_recurrent_blend(memory, j, memory->gates[2u * units + j] + r * memory->more[j]);
    }
}

static inline void bn_float_recurrent_gru_reset_before_frame(const bn_float_recurrent *layer,
                                                            bn_float_recurrent_memory *memory)
{
    const uint32_t units = layer->units, rows = 2u * units;
    const uint32_t block = bn_float_recurrent_block(layer->int8_recurrent);
    const bn_u32 *of_candidates = layer->recurrent + (rows + block - 1u) / block * units;
    uint32_t j;
    bn_float_recurrent_state_part(layer, layer->recurrent, memory->h, layer->columns, rows, rows, memory->gates, NULL);
    for (j = 0; j < units; j++) {
        memory->more[j] = bn_float_sigmoid(memory->gates[units + j]) * memory->h[j];
    }
    bn_float_recurrent_state_part(layer, of_candidates, memory->more, layer->columns + rows, units, units,
                                  memory->gates + rows, NULL);
    for (j = 0; j < units; j++) {
        bn_float_recurrent_blend(memory, j, memory->gates[rows + j]);
    }
}

static inline void bn_float_recurrent_simple_rnn_frame(const bn_float_recurrent *layer,
                                                      bn_float_recurrent_memory *memory)
{
    const uint32_t count = layer->column_count;
    uint32_t j;
    bn_float_recurrent_state_part(layer, layer->recurrent, memory->h, layer->columns, count, count, memory->gates, NULL);
    for (j = 0; j < layer->units; j++) {
        memory->h[j] = bn_float_tanh(memory->gates[j]);
    }
}

/* The kernels: all steps of a sequence, from a state of zeros; and one step, whose state stays in `state`. */
#define BN_FLOAT_RECURRENT_KERNEL(cell, has_more)                                                                      \
    static inline void bn_float_recurrent_##cell##_walk(const bn_float_recurrent *layer, const bn_f32 *input,          \
                                                        bn_f32 *output, bn_float_recurrent_memory *memory)             \
    {                                                                                                                  \
        const uint32_t units = layer->units, steps = layer->steps;                                                     \
        uint32_t step, j;                                                                                              \
        for (step = 0; step < steps; step++) {                                                                         \
            const uint32_t read = layer->reads_backwards ? steps - 1u - step : step;                                   \
            bn_float_recurrent_input_part(layer, input + read * layer->inputs, memory->gates);                         \
            bn_float_recurrent_##cell##_frame(layer, memory);                                                          \
            if (layer->sequences || step == steps - 1u) {                                                              \
                const uint32_t turned = layer->writes_backwards ? steps - 1u - step : step;                            \
                bn_f32 *place = output + (layer->sequences ? turned : 0u) * units;                                     \
                for (j = 0; j < units; j++) {                                                                          \
                    place[j] = memory->h[j];                                                                           \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_float_recurrent_##cell##_step_f32(const bn_float_recurrent *layer, const bn_f32 *input,      \
                                                            bn_f32 *output, bn_u32 *scratch, bn_u32 *state)            \
    {                                                                                                                  \
        bn_float_recurrent_memory memory;                                                                              \
        memory.gates = (bn_f32 *)scratch;                                                                              \
        memory.h = (bn_f32 *)state;                                                                                    \
        memory.more = memory.h + layer->units;                                                                         \
        bn_float_recurrent_##cell##_walk(layer, input, output, &memory);                                               \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_float_recurrent_##cell##_f32(const bn_float_recurrent *layer, const bn_f32 *input,           \
                                                       bn_f32 *output, bn_u32 *scratch)                                \
    {                                                                                                                  \
        bn_u32 *state = scratch + layer->column_count;                                                                 \
        uint32_t j;                                                                                                    \
        for (j = 0; j < (1u + has_more) * layer->units; j++) {                                                         \
            ((bn_f32 *)state)[j] = 0.0f;                                                                               \
        }                                                                                                              \
        bn_float_recurrent_##cell##_step_f32(layer, input, output, scratch, state);                                    \
    }

BN_FLOAT_RECURRENT_KERNEL(lstm, 1u)
BN_FLOAT_RECURRENT_KERNEL(gru, 1u)
BN_FLOAT_RECURRENT_KERNEL(gru_reset_before, 1u)
BN_FLOAT_RECURRENT_KERNEL(simple_rnn, 0u)

#undef BN_FLOAT_RECURRENT_KERNEL

#endif
