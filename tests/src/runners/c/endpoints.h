/* Answers the requests of conversions between the user's floats and codes, and of what looks at scores. Only for
 * answer.c, behind the kernels and request.h. */
#ifndef ENDPOINTS_H
#define ENDPOINTS_H

static void quantize(void)
{
    const uint32_t wide = word();
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
    output = make(count, wide);
    if (wide) {
        bn_interface_quantize_u16(&layer, input, (bn_u16 *)output.memory, count);
    } else {
        bn_interface_quantize_u8(&layer, input, (uint8_t *)output.memory, count);
    }
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

static void above(void)
{
    const uint32_t wide = word();
    const int32_t threshold = (int32_t)word();
    const elements value = read_elements(wide);
    const uint32_t found = wide ? bn_interface_above_i16((bn_i16 *)value.memory, threshold)
                                : bn_interface_above_u8((uint8_t *)value.memory, threshold);
    put(&found, 1);
    free(value.memory);
}

#endif
