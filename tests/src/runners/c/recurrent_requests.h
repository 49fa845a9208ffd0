/* Answers the requests of recurrent kernels. Only for answer.c, behind the kernels and request.h. */
#ifndef RECURRENT_REQUESTS_H
#define RECURRENT_REQUESTS_H

enum { LSTM, GRU, GRU_RESET_BEFORE, SIMPLE_RNN };

#define RECURRENT(cell)                                                                                                \
    if (input.wide == U16) {                                                                                           \
        bn_recurrent_##cell##_u16_u8(&layer, (bn_u16 *)input.memory, (uint8_t *)output.memory, scratch);               \
    } else {                                                                                                           \
        bn_recurrent_##cell##_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, scratch);                  \
    }                                                                                                                  \
    break

static void recurrent(int cell)
{
    const uint32_t reads = word();
    bn_recurrent layer;
    bn_gate_column *columns;
    bn_state_bias *biases;
    bn_u32 *scratch;
    elements input, output;
    uint32_t i;
    (void)word(); /* writes codes */
    layer.inputs = word();
    layer.units = word();
    layer.steps = word();
    layer.sequences = (uint8_t)word();
    layer.reads_backwards = (uint8_t)word();
    layer.writes_backwards = (uint8_t)word();
    layer.input_pre_shift = (uint8_t)word();
    layer.state_pre_shift = (uint8_t)word();
    layer.shift = (uint8_t)word();
    layer.cell_shift = (uint8_t)word();
    layer.column_count = word();
    columns = (bn_gate_column *)buffer(layer.column_count, sizeof *columns);
    for (i = 0; i < layer.column_count; i++) {
        columns[i].input_multiplier = (int32_t)word();
        columns[i].state_multiplier = (int32_t)word();
        columns[i].bias = (int32_t)word();
    }
    layer.state_bias_count = word();
    biases = (bn_state_bias *)buffer(layer.state_bias_count, sizeof *biases);
    for (i = 0; i < layer.state_bias_count; i++) {
        biases[i].bias = (int32_t)word();
    }
    layer.columns = columns;
    layer.state_biases = biases;
    layer.int8_kernel = (uint8_t)word();
    layer.kernel = read_words();
    layer.int8_recurrent = (uint8_t)word();
    layer.recurrent = read_words();
    scratch = make_scratch();
    input = read_elements(reads);
    output = make((layer.sequences ? layer.steps : 1u) * layer.units, 0);
    switch (cell) {
    case LSTM:
        RECURRENT(lstm);
    case GRU:
        RECURRENT(gru);
    case GRU_RESET_BEFORE:
        RECURRENT(gru_reset_before);
    default:
        RECURRENT(simple_rnn);
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free(columns);
    free(biases);
    free((void *)layer.kernel);
    free((void *)layer.recurrent);
}

#endif
