/* Answers the requests of tests/src/runners/requests.rs by the C kernels: C99, and C++11.
 *
 * In and out go words of this machine: their number, then as many. Every buffer is as long as the kernels say that
 * they need, so that the address sanitizer sees an access beyond it. */
#include "prelude.h"
#include "requant.h"
#include "interface.h"
#include "dense.h"
#include "window.h"
#include "conv.h"
#include "depthwise.h"
#include "pool.h"
#include "norm.h"
#include "shape.h"
#include "activation.h"
#include "gate.h"
#include "softmax.h"
#include "elementwise.h"
#include "embedding.h"
#include "recurrent.h"

#include "request.h"
#include "endpoints.h"
#include "functions.h"
#include "several.h"
#include "recurrent_requests.h"

enum { DIGITS, TABLES, INT8 };

/* The form of a kernel for the types of `input` and `output`, called by PLAIN or with scratch. */
#define BY_ELEMENTS(call, kernel)                                                                                      \
    if (input.wide == U16 && output.wide) {                                                                            \
        call(kernel##_u16_i16, bn_u16, bn_i16);                                                                        \
    } else if (input.wide == U16) {                                                                                    \
        call(kernel##_u16_u8, bn_u16, uint8_t);                                                                        \
    } else if (output.wide) {                                                                                          \
        call(kernel##_i16, uint8_t, bn_i16);                                                                           \
    } else {                                                                                                           \
        call(kernel##_u8, uint8_t, uint8_t);                                                                           \
    }

#define PLAIN(function, in, out) function(&layer, (const in *)input.memory, (out *)output.memory)
#define WITH_SCRATCH(function, in, out) function(&layer, (const in *)input.memory, (out *)output.memory, scratch)

static void dense(int kernel)
{
    const uint32_t reads = word();
    const uint32_t wide = word();
    const bn_dense layer = dense_record(1);
    bn_u32 *scratch = kernel == TABLES ? make_scratch() : NULL;
    const elements input = read_elements(reads);
    const elements output = make(layer.outputs, wide);
    if (kernel == TABLES && wide) {
        WITH_SCRATCH(bn_dense_tables_i16, uint8_t, bn_i16);
    } else if (kernel == TABLES) {
        WITH_SCRATCH(bn_dense_tables_u8, uint8_t, uint8_t);
    } else if (kernel == DIGITS) {
        BY_ELEMENTS(PLAIN, bn_dense_digits)
    } else {
        BY_ELEMENTS(PLAIN, bn_dense_int8)
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free_records(layer.channels, layer.leaky, layer.weights);
}

static void conv(int kernel)
{
    const uint32_t reads = word();
    const uint32_t wide = word();
    bn_conv layer;
    bn_u32 *scratch;
    elements input, output;
    layer.window = window_record();
    layer.groups = (uint16_t)word();
    layer.padding = (uint16_t)word();
    layer.dense = dense_record(layer.groups);
    scratch = make_scratch();
    input = read_elements(reads);
    output = make_image(&layer.window, layer.groups * layer.dense.outputs, wide);
    if (kernel == DIGITS) {
        BY_ELEMENTS(WITH_SCRATCH, bn_conv_digits)
    } else {
        BY_ELEMENTS(WITH_SCRATCH, bn_conv_int8)
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free_records(layer.dense.channels, layer.dense.leaky, layer.dense.weights);
}

static void depthwise(int kernel)
{
    const uint32_t reads = word();
    const uint32_t wide = word();
    bn_depthwise layer;
    bn_u32 *scratch;
    elements input, output;
    uint32_t outputs;
    layer.window = window_record();
    layer.channels = (uint16_t)word();
    layer.multiplier = (uint16_t)word();
    layer.padding = (uint16_t)word();
    layer.requant = requant_record();
    outputs = (uint32_t)layer.channels * layer.multiplier;
    layer.constants = channel_records(outputs);
    layer.leaky = leaky_record(outputs);
    layer.weights = read_words();
    scratch = make_scratch();
    input = read_elements(reads);
    output = make_image(&layer.window, outputs, wide);
    if (kernel == DIGITS) {
        BY_ELEMENTS(WITH_SCRATCH, bn_depthwise_digits)
    } else {
        BY_ELEMENTS(WITH_SCRATCH, bn_depthwise_int8)
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free_records(layer.constants, layer.leaky, layer.weights);
}

static void max_pool(void)
{
    bn_max_pool layer;
    elements input, output;
    layer.window = window_record();
    layer.channels = (uint16_t)word();
    input = read_elements(0);
    output = make_image(&layer.window, layer.channels, 0);
    bn_pool_max_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory);
    put_elements(output);
    free(input.memory);
}

static void average_pool(void)
{
    const uint32_t wide = word();
    bn_average_pool layer;
    uint16_t *counts;
    elements input, output;
    uint32_t count, i;
    layer.window = window_record();
    layer.channels = (uint16_t)word();
    layer.padding = (uint8_t)word();
    layer.count_padding = (uint8_t)word();
    layer.requant = requant_record();
    count = word();
    counts = (uint16_t *)buffer(count, sizeof *counts);
    for (i = 0; i < count; i++) {
        counts[i] = (uint16_t)word();
    }
    layer.counts = counts;
    layer.constants = channel_records(count);
    input = read_elements(0);
    output = make_image(&layer.window, layer.channels, wide);
    if (wide) {
        bn_pool_average_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory);
    } else {
        bn_pool_average_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory);
    }
    put_elements(output);
    free(input.memory);
    free(counts);
    free_records(layer.constants, NULL, NULL);
}

static void frame(void)
{
    bn_frame layer;
    elements input, output;
    layer.input_height = (uint16_t)word();
    layer.input_width = (uint16_t)word();
    layer.output_height = (uint16_t)word();
    layer.output_width = (uint16_t)word();
    layer.cut_top = (uint16_t)word();
    layer.cut_left = (uint16_t)word();
    layer.pad_top = (uint16_t)word();
    layer.pad_left = (uint16_t)word();
    layer.repeat_y = (uint16_t)word();
    layer.repeat_x = (uint16_t)word();
    layer.channels = (uint16_t)word();
    layer.padding = (uint8_t)word();
    input = read_elements(0);
    output = make((uint32_t)layer.output_height * layer.output_width * layer.channels, 0);
    bn_shape_frame_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory);
    put_elements(output);
    free(input.memory);
}

static void embedding(void)
{
    const uint32_t reads = word();
    const uint32_t wide = word();
    bn_embedding layer;
    elements table, input, output;
    layer.rows = word();
    layer.width = word();
    table = read_elements(0);
    layer.table = (const uint8_t *)table.memory;
    input = read_elements(reads);
    output = make(input.count * layer.width, wide);
    if (reads == U16) {
        bn_embedding_lookup_u16_u8(&layer, (const bn_u16 *)input.memory, (uint8_t *)output.memory, output.count);
    } else {
        bn_embedding_lookup_u8_u8(&layer, (const uint8_t *)input.memory, (uint8_t *)output.memory, output.count);
    }
    put_elements(output);
    free(input.memory);
    free(table.memory);
}

static void layer_norm(void)
{
    bn_layer_norm layer;
    int8_t *signs;
    elements input, output;
    uint32_t i;
    layer.channels = (uint16_t)word();
    layer.lift = (uint8_t)word();
    layer.epsilon = word();
    signs = (int8_t *)buffer(layer.channels, sizeof *signs);
    for (i = 0; i < layer.channels; i++) {
        signs[i] = (int8_t)(int32_t)word();
    }
    layer.signs = signs;
    layer.requant = requant_record();
    layer.constants = channel_records(layer.channels);
    input = read_elements(0);
    output = make(input.count, 0);
    bn_norm_layer_norm_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, input.count);
    put_elements(output);
    free(input.memory);
    free(signs);
    free_records(layer.constants, NULL, NULL);
}

static void answer(void)
{
    switch (word()) {
    case 1:
        dense(DIGITS);
        break;
    case 2:
        dense(TABLES);
        break;
    case 3:
        activation(0);
        break;
    case 4:
        activation(1);
        break;
    case 5:
        softmax();
        break;
    case 6:
        quantize();
        break;
    case 7:
        dequantize();
        break;
    case 8:
        argmax();
        break;
    case 9:
        exponentials();
        break;
    case 10:
        requantize();
        break;
    case 11:
        dense(INT8);
        break;
    case 12:
        conv(DIGITS);
        break;
    case 13:
        conv(INT8);
        break;
    case 14:
        depthwise(DIGITS);
        break;
    case 15:
        depthwise(INT8);
        break;
    case 16:
        max_pool();
        break;
    case 17:
        average_pool();
        break;
    case 18:
        gate();
        break;
    case 19:
        tangents();
        break;
    case 20:
        above();
        break;
    case 21:
        add();
        break;
    case 22:
        multiply();
        break;
    case 23:
        pick(MAXIMUM);
        break;
    case 24:
        pick(MINIMUM);
        break;
    case 25:
        concat();
        break;
    case 26:
        frame();
        break;
    case 27:
        embedding();
        break;
    case 28:
        layer_norm();
        break;
    case 29:
        recurrent(LSTM);
        break;
    case 30:
        recurrent(GRU);
        break;
    case 31:
        recurrent(GRU_RESET_BEFORE);
        break;
    case 32:
        recurrent(SIMPLE_RNN);
        break;
    default:
        fputs("no such function\n", stderr);
        exit(5);
    }
}

int main(void)
{
    uint32_t count;
    while (fread(&count, 4, 1, stdin) == 1) {
        uint32_t *words = (uint32_t *)buffer(count, 4);
        if (fread(words, 4, count, stdin) != count) {
            return 6;
        }
        request = words;
        request_end = words + count;
        answer();
        fflush(stdout);
        free(words);
    }
    return 0;
}
