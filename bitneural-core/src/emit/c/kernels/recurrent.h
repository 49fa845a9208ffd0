/* needs: prelude.h requant.h dense.h gate.h */
/* SPDX-License-Identifier: 0BSD */
/* Layers with a state that goes along time: LSTM, GRU, simple RNN (R24 to R28).
 *
 * A step takes the sums of the inputs and of the state's codes, column by column, and makes of them gates, then the new
 * state. Both matrices are in the encodings digits or int8 of dense.h.
 *
 * Scratch, in words: one for each column (gates * units), ceil(units / 4) for the codes of the state, and
 * ceil(units / 2) for what the cell keeps in 16 bits (c of an LSTM, h of a GRU; nothing of a simple RNN).
 * bn_recurrent_gru_reset_before needs ceil(units / 4) more, behind the codes. */
#ifndef BN_RECURRENT_H
#define BN_RECURRENT_H

/* What a step reads and leaves behind. */
typedef struct {
    bn_u32 *gates;  /* of each column; of a candidate whose parts stand alone both halves, that of the input below */
    uint8_t *codes; /* of the state */
    uint8_t *reset; /* those that a reset leaves */
    bn_i16 *inner;  /* c of an LSTM, h of a GRU */
} bn_recurrent_memory;

/* mulh(acc * 2^P, m) (R24). */
static inline int32_t bn_recurrent_product(uint32_t sum, uint32_t pre_shift, int32_t multiplier)
{
    return (int32_t)(((int64_t)(int32_t)(sum << pre_shift) * multiplier) >> 32);
}

static inline int32_t bn_recurrent_clamp16(int32_t value)
{
    if (value < -32768) {
        return -32768;
    }
    return value > 32767 ? 32767 : value;
}

/* clamp16(t >> S) (R24). */
static inline int32_t bn_recurrent_shifted(int32_t t, uint32_t shift)
{
    return bn_recurrent_clamp16(t >> shift);
}

/* A product of two values in units of 1/32768, in that unit. */
static inline int32_t bn_recurrent_times(int32_t a, int32_t b)
{
    return (a * b + 16384) >> 15;
}

/* The code of h (R25), which is at least -32768. */
static inline uint8_t bn_recurrent_code(int32_t h)
{
    const int32_t seen = (h + 128) >> 8;
    return (uint8_t)((seen > 127 ? 127 : seen) + 128);
}

static inline int32_t bn_recurrent_tanh(uint32_t gate)
{
    return bn_gate_tanh((int32_t)gate);
}

static inline int32_t bn_recurrent_sigmoid(uint32_t gate)
{
    return (bn_gate_tanh((int32_t)gate >> 1) + 32768) >> 1;
}

/* The end of a column's pre-activation, once the sum over the state is known. */
static inline uint32_t bn_recurrent_join(const bn_recurrent *layer, uint32_t column, uint32_t first_apart,
                                         const bn_gate_column *constants, uint32_t gate, uint32_t sum)
{
    const int32_t part = bn_recurrent_product(sum, layer->state_pre_shift, constants->state_multiplier);
    const int32_t input_part = (int32_t)gate;
    if (column < first_apart) {
        return (uint32_t)bn_recurrent_shifted(input_part + part, layer->shift);
    } else {
        const int32_t bias = layer->state_biases[column - first_apart].bias;
        const uint32_t low = (uint32_t)bn_recurrent_shifted(input_part, layer->shift) & 0xffffu;
        return (uint32_t)bn_recurrent_shifted(part + bias, layer->shift) << 16 | low;
    }
}

/* Adds the part of the state, which ends the pre-activations; the last columns keep both parts apart, if there are
 * biases for it. */
static inline void bn_recurrent_state_part(const bn_recurrent *layer, const bn_u32 *weights, const uint8_t *codes,
                                           const bn_gate_column *columns, uint32_t count, bn_u32 *gates)
{
    const uint32_t first_apart = count - layer->state_bias_count;
    const uint32_t rows = layer->int8_recurrent ? BN_DENSE_INT8_OUTPUTS : BN_DENSE_BLOCK_OUTPUTS;
    uint32_t sums[BN_DENSE_BLOCK_OUTPUTS];
    uint32_t block, i;
    for (block = 0; block < count; block += rows) {
        uint32_t total = 0;
        if (layer->int8_recurrent) {
            bn_dense_int8_sums_u8(weights, codes, layer->units, sums);
        } else {
            total = bn_dense_digit_sums_u8(weights, codes, layer->units, sums);
        }
        for (i = 0; i < rows && block + i < count; i++) {
            gates[block + i] = bn_recurrent_join(layer, block + i, first_apart, columns + block + i, gates[block + i],
                                                 sums[i] - total);
        }
        weights += layer->units;
    }
}

/* c, h and its code of each unit (R25). */
static inline void bn_recurrent_lstm_units(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    const uint32_t units = layer->units;
    uint32_t j;
    for (j = 0; j < units; j++) {
        const int32_t i = bn_recurrent_sigmoid(memory->gates[j]);
        const int32_t f = bn_recurrent_sigmoid(memory->gates[units + j]);
        const int32_t g = bn_recurrent_tanh(memory->gates[2u * units + j]);
        const int32_t o = bn_recurrent_sigmoid(memory->gates[3u * units + j]);
        const int32_t sum = f * memory->inner[j] + ((i * g) >> (15u - layer->cell_shift)) + 16384;
        const int32_t c = bn_recurrent_clamp16(sum >> 15);
        const int32_t seen = bn_recurrent_clamp16(c * (1 << (12u - layer->cell_shift)));
        memory->inner[j] = (bn_i16)c;
        memory->codes[j] = bn_recurrent_code(bn_recurrent_times(o, bn_gate_tanh(seen)));
    }
}

/* The new state of a unit of a GRU (R26). */
static inline void bn_recurrent_blend(bn_recurrent_memory *memory, uint32_t unit, int32_t n)
{
    const int32_t z = bn_recurrent_sigmoid(memory->gates[unit]);
    const int32_t h = (z * memory->inner[unit] + (32768 - z) * n + 16384) >> 15;
    memory->inner[unit] = (bn_i16)h;
    memory->codes[unit] = bn_recurrent_code(h);
}

/* h and its code of each unit, where the reset comes after (R26). */
static inline void bn_recurrent_gru_units(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    const uint32_t units = layer->units;
    uint32_t j;
    for (j = 0; j < units; j++) {
        const int32_t r = bn_recurrent_sigmoid(memory->gates[units + j]);
        const uint32_t parts = memory->gates[2u * units + j];
        const int32_t gx = (int16_t)(parts & 0xffffu);
        const int32_t gh = (int32_t)parts >> 16;
        bn_recurrent_blend(memory, j, bn_gate_tanh(bn_recurrent_clamp16(gx + bn_recurrent_times(r, gh))));
    }
}

static inline void bn_recurrent_simple_rnn_units(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    uint32_t j;
    for (j = 0; j < layer->units; j++) {
        memory->codes[j] = bn_recurrent_code(bn_recurrent_tanh(memory->gates[j]));
    }
}

/* What follows the part of the inputs, cell by cell. */
static inline void bn_recurrent_lstm_frame(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    bn_recurrent_state_part(layer, layer->recurrent, memory->codes, layer->columns, layer->column_count, memory->gates);
    bn_recurrent_lstm_units(layer, memory);
}

static inline void bn_recurrent_gru_frame(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    bn_recurrent_state_part(layer, layer->recurrent, memory->codes, layer->columns, layer->column_count, memory->gates);
    bn_recurrent_gru_units(layer, memory);
}

static inline void bn_recurrent_gru_reset_before_frame(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    const uint32_t units = layer->units, rows = 2u * units;
    const uint32_t block = layer->int8_recurrent ? BN_DENSE_INT8_OUTPUTS : BN_DENSE_BLOCK_OUTPUTS;
    const bn_u32 *of_candidates = layer->recurrent + (rows + block - 1u) / block * units;
    uint32_t j;
    bn_recurrent_state_part(layer, layer->recurrent, memory->codes, layer->columns, rows, memory->gates);
    for (j = 0; j < units; j++) {
        const int32_t r = bn_recurrent_sigmoid(memory->gates[units + j]);
        memory->reset[j] = bn_recurrent_code(bn_recurrent_times(r, memory->inner[j]));
    }
    bn_recurrent_state_part(layer, of_candidates, memory->reset, layer->columns + rows, units, memory->gates + rows);
    for (j = 0; j < units; j++) {
        bn_recurrent_blend(memory, j, bn_recurrent_tanh(memory->gates[rows + j]));
    }
}

static inline void bn_recurrent_simple_rnn_frame(const bn_recurrent *layer, bn_recurrent_memory *memory)
{
    bn_recurrent_state_part(layer, layer->recurrent, memory->codes, layer->columns, layer->column_count, memory->gates);
    bn_recurrent_simple_rnn_units(layer, memory);
}

/* The part of the inputs, with the bias. */
#define BN_RECURRENT_INPUT_PART(in, code)                                                                              \
    static inline void bn_recurrent_input_part_##in(const bn_recurrent *layer, const code *input, bn_u32 *gates)       \
    {                                                                                                                  \
        const uint32_t rows = layer->int8_kernel ? BN_DENSE_INT8_OUTPUTS : BN_DENSE_BLOCK_OUTPUTS;                     \
        const bn_u32 *weights = layer->kernel;                                                                         \
        uint32_t sums[BN_DENSE_BLOCK_OUTPUTS];                                                                         \
        uint32_t block, i;                                                                                             \
        for (block = 0; block < layer->column_count; block += rows) {                                                  \
            uint32_t total = 0;                                                                                        \
            if (layer->int8_kernel) {                                                                                  \
                bn_dense_int8_sums_##in(weights, input, layer->inputs, sums);                                          \
            } else {                                                                                                   \
                total = bn_dense_digit_sums_##in(weights, input, layer->inputs, sums);                                 \
            }                                                                                                          \
            for (i = 0; i < rows && block + i < layer->column_count; i++) {                                            \
                const bn_gate_column *column = layer->columns + block + i;                                             \
                const int32_t part =                                                                                   \
                    bn_recurrent_product(sums[i] - total, layer->input_pre_shift, column->input_multiplier);           \
                gates[block + i] = (uint32_t)(part + column->bias);                                                    \
            }                                                                                                          \
            weights += layer->inputs;                                                                                  \
        }                                                                                                              \
    }

BN_RECURRENT_INPUT_PART(u8, uint8_t)
BN_RECURRENT_INPUT_PART(u16, bn_u16)

#undef BN_RECURRENT_INPUT_PART

/* Where things lie in a state: codes, those that a reset leaves, what else the cell keeps. */
static inline bn_recurrent_memory bn_recurrent_view(const bn_recurrent *layer, uint32_t resets, bn_u32 *gates,
                                                    bn_u32 *state)
{
    const uint32_t words = (layer->units + 3u) / 4u;
    bn_recurrent_memory memory;
    memory.gates = gates;
    memory.codes = (uint8_t *)state;
    memory.reset = (uint8_t *)(state + words);
    memory.inner = (bn_i16 *)(state + (1u + resets) * words);
    return memory;
}

/* The kernels: all steps of a sequence, from a state of zeros (R28); and one step, whose state stays in `state`. */
#define BN_RECURRENT_KERNEL(cell, keeps, resets, name, in, code)                                                       \
    static inline void bn_recurrent_##cell##_walk_##name(const bn_recurrent *layer, const code *input, uint8_t *output,\
                                                         bn_recurrent_memory *memory)                                  \
    {                                                                                                                  \
        const uint32_t units = layer->units, steps = layer->steps;                                                     \
        uint32_t step, j;                                                                                              \
        for (step = 0; step < steps; step++) {                                                                         \
            const uint32_t read = layer->reads_backwards ? steps - 1u - step : step;                                   \
            bn_recurrent_input_part_##in(layer, input + read * layer->inputs, memory->gates);                          \
            bn_recurrent_##cell##_frame(layer, memory);                                                                \
            if (layer->sequences || step == steps - 1u) {                                                              \
                const uint32_t turned = layer->writes_backwards ? steps - 1u - step : step;                            \
                uint8_t *place = output + (layer->sequences ? turned : 0u) * units;                                    \
                for (j = 0; j < units; j++) {                                                                          \
                    place[j] = memory->codes[j];                                                                       \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_recurrent_##cell##_##name(const bn_recurrent *layer, const code *input, uint8_t *output,     \
                                                    bn_u32 *scratch)                                                   \
    {                                                                                                                  \
        bn_recurrent_memory memory = bn_recurrent_view(layer, resets, scratch, scratch + layer->column_count);         \
        uint32_t j;                                                                                                    \
        for (j = 0; j < layer->units; j++) {                                                                           \
            memory.codes[j] = 128;                                                                                     \
        }                                                                                                              \
        for (j = 0; j < keeps * layer->units; j++) {                                                                   \
            memory.inner[j] = 0;                                                                                       \
        }                                                                                                              \
        bn_recurrent_##cell##_walk_##name(layer, input, output, &memory);                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_recurrent_##cell##_step_##name(const bn_recurrent *layer, const code *input, uint8_t *output,\
                                                         bn_u32 *scratch, bn_u32 *state)                               \
    {                                                                                                                  \
        bn_recurrent_memory memory = bn_recurrent_view(layer, resets, scratch, state);                                 \
        bn_recurrent_##cell##_walk_##name(layer, input, output, &memory);                                              \
    }

BN_RECURRENT_KERNEL(lstm, 1u, 0u, u8, u8, uint8_t)
BN_RECURRENT_KERNEL(lstm, 1u, 0u, u16_u8, u16, bn_u16)
BN_RECURRENT_KERNEL(gru, 1u, 0u, u8, u8, uint8_t)
BN_RECURRENT_KERNEL(gru, 1u, 0u, u16_u8, u16, bn_u16)
BN_RECURRENT_KERNEL(gru_reset_before, 1u, 1u, u8, u8, uint8_t)
BN_RECURRENT_KERNEL(gru_reset_before, 1u, 1u, u16_u8, u16, bn_u16)
BN_RECURRENT_KERNEL(simple_rnn, 0u, 0u, u8, u8, uint8_t)
BN_RECURRENT_KERNEL(simple_rnn, 0u, 0u, u16_u8, u16, bn_u16)

#undef BN_RECURRENT_KERNEL

#endif
