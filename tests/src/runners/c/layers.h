/* Answers requests for the kernels with weights, and for pools. */
#ifndef LAYERS_H
#define LAYERS_H

#include "prelude.h"
#include "requant.h"
#include "dense.h"
#include "window.h"
#include "conv.h"
#include "depthwise.h"
#include "pool.h"

#include "request.h"

enum { DIGITS, TABLES, INT8 };

static void dense(int kernel)
{
    const uint32_t wide = word();
    const bn_dense layer = dense_record(1);
    bn_u32 *scratch = kernel == TABLES ? make_scratch() : NULL;
    const elements input = read_elements(0);
    const elements output = make(layer.outputs, wide);
    const uint8_t *x = (const uint8_t *)input.memory;
    uint8_t *codes = (uint8_t *)output.memory;
    bn_i16 *values = (bn_i16 *)output.memory;
    if (kernel == TABLES && wide) {
        bn_dense_tables_i16(&layer, x, values, scratch);
    } else if (kernel == TABLES) {
        bn_dense_tables_u8(&layer, x, codes, scratch);
    } else if (kernel == DIGITS && wide) {
        bn_dense_digits_i16(&layer, x, values);
    } else if (kernel == DIGITS) {
        bn_dense_digits_u8(&layer, x, codes);
    } else if (wide) {
        bn_dense_int8_i16(&layer, x, values);
    } else {
        bn_dense_int8_u8(&layer, x, codes);
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free_records(layer.channels, layer.leaky, layer.weights);
}

static void conv(int kernel)
{
    const uint32_t wide = word();
    bn_conv layer;
    bn_u32 *scratch;
    elements input, output;
    layer.window = window_record();
    layer.groups = (uint16_t)word();
    layer.padding = (uint8_t)word();
    layer.dense = dense_record(layer.groups);
    scratch = make_scratch();
    input = read_elements(0);
    output = make_image(&layer.window, layer.groups * layer.dense.outputs, wide);
    if (kernel == DIGITS && wide) {
        bn_conv_digits_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory, scratch);
    } else if (kernel == DIGITS) {
        bn_conv_digits_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, scratch);
    } else if (wide) {
        bn_conv_int8_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory, scratch);
    } else {
        bn_conv_int8_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, scratch);
    }
    put_elements(output);
    free(input.memory);
    free(scratch);
    free_records(layer.dense.channels, layer.dense.leaky, layer.dense.weights);
}

static void depthwise(int kernel)
{
    const uint32_t wide = word();
    bn_depthwise layer;
    bn_u32 *scratch;
    elements input, output;
    uint32_t outputs;
    layer.window = window_record();
    layer.channels = (uint16_t)word();
    layer.multiplier = (uint16_t)word();
    layer.padding = (uint8_t)word();
    layer.requant = requant_record();
    outputs = (uint32_t)layer.channels * layer.multiplier;
    layer.constants = channel_records(outputs);
    layer.leaky = leaky_record(outputs);
    layer.weights = read_words();
    scratch = make_scratch();
    input = read_elements(0);
    output = make_image(&layer.window, outputs, wide);
    if (kernel == DIGITS && wide) {
        bn_depthwise_digits_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory, scratch);
    } else if (kernel == DIGITS) {
        bn_depthwise_digits_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, scratch);
    } else if (wide) {
        bn_depthwise_int8_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory, scratch);
    } else {
        bn_depthwise_int8_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, scratch);
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

#endif
