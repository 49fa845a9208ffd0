/* Answers the requests of tests/src/runners/requests.rs by the C kernels: C99, and C++11.
 *
 * In and out go words of this machine: their number, then as many. Every buffer is as long as the kernels say that
 * they need, so that the address sanitizer sees an access beyond it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prelude.h"
#include "requant.h"
#include "interface.h"
#include "activation.h"
#include "softmax.h"

#include "layers.h"
#include "request.h"

static void activation(int in_place)
{
    uint8_t entries[256];
    bn_table layer;
    elements input, output;
    uint32_t i;
    for (i = 0; i < 256u; i++) {
        entries[i] = (uint8_t)word();
    }
    layer.entries = entries;
    input = read_elements(0);
    if (in_place) {
        bn_activation_table_in_place_u8(&layer, (uint8_t *)input.memory, input.count);
        put_elements(input);
        return;
    }
    output = make(input.count, 0);
    bn_activation_table_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, input.count);
    put_elements(output);
    free(input.memory);
}

static void softmax(void)
{
    const uint32_t in_wide = word();
    const uint32_t out_wide = word();
    bn_softmax layer;
    elements input, output;
    layer.multiplier = word();
    layer.shift = (uint8_t)word();
    layer.guard = (uint8_t)word();
    input = read_elements(in_wide);
    output = make(input.count, out_wide);
    if (in_wide && out_wide) {
        bn_softmax_softmax_i16_i16(&layer, (bn_i16 *)input.memory, (bn_i16 *)output.memory, input.count);
    } else if (in_wide) {
        bn_softmax_softmax_i16_u8(&layer, (bn_i16 *)input.memory, (uint8_t *)output.memory, input.count);
    } else if (out_wide) {
        bn_softmax_softmax_u8_i16(&layer, (uint8_t *)input.memory, (bn_i16 *)output.memory, input.count);
    } else {
        bn_softmax_softmax_u8_u8(&layer, (uint8_t *)input.memory, (uint8_t *)output.memory, input.count);
    }
    put_elements(output);
    free(input.memory);
}

static void quantize(void)
{
    bn_quantize layer;
    bn_input_channel *channels;
    float *input;
    elements output;
    uint32_t count, i;
    layer.channel_count = word();
    channels = (bn_input_channel *)buffer(layer.channel_count, sizeof *channels);
    for (i = 0; i < layer.channel_count; i++) {
        channels[i].factor = float_of(word());
        channels[i].offset = (int32_t)word();
    }
    layer.channels = channels;
    count = word();
    input = (float *)buffer(count, sizeof *input);
    for (i = 0; i < count; i++) {
        input[i] = float_of(word());
    }
    output = make(count, 0);
    bn_interface_quantize_u8(&layer, input, (uint8_t *)output.memory, count);
    put_elements(output);
    free(input);
    free(channels);
}

static void dequantize(void)
{
    const uint32_t wide = word();
    bn_dequantize layer;
    elements input;
    float *output;
    uint32_t *words;
    layer.scale = float_of(word());
    layer.zero_point = (int32_t)word();
    input = read_elements(wide);
    output = (float *)buffer(input.count, sizeof *output);
    if (wide) {
        bn_interface_dequantize_i16(&layer, (bn_i16 *)input.memory, output, input.count);
    } else {
        bn_interface_dequantize_u8(&layer, (uint8_t *)input.memory, output, input.count);
    }
    words = (uint32_t *)buffer(input.count, 4);
    memcpy(words, output, input.count * 4u);
    put(words, input.count);
    free(words);
    free(output);
    free(input.memory);
}

static void argmax(void)
{
    const uint32_t wide = word();
    const elements values = read_elements(wide);
    const uint32_t best = wide ? bn_interface_argmax_i16((bn_i16 *)values.memory, values.count)
                               : bn_interface_argmax_u8((uint8_t *)values.memory, values.count);
    put(&best, 1);
    free(values.memory);
}

static void exponentials(void)
{
    uint32_t words[256];
    uint32_t i;
    for (i = 0; i < 256u; i++) {
        words[i] = bn_softmax_powers[i];
    }
    put(words, 256);
}

static void requantize(void)
{
    const bn_requant requant = requant_record();
    const bn_channel channel = channel_record();
    const bn_leaky *leaky = leaky_record(1);
    const uint32_t count = word();
    uint32_t *words = (uint32_t *)buffer(count, 4);
    uint32_t i;
    for (i = 0; i < count; i++) {
        const uint32_t sum = word();
        words[i] = (uint32_t)(leaky ? bn_finish(sum, 0, &channel, &requant, leaky)
                                    : bn_requantize(sum, &channel, &requant));
    }
    put(words, count);
    free(words);
    free_records(NULL, leaky, NULL);
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
