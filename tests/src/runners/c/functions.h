/* Answers the requests of functions of single values, and of softmax and its parts. Only for answer.c, behind the kernels and
 * request.h. */

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

static void gate(void)
{
    bn_gate layer;
    elements input, output;
    layer.sigmoid = (uint8_t)word();
    input = read_elements(1);
    output = make(input.count, 1);
    bn_gate_gate_i16(&layer, (bn_i16 *)input.memory, (bn_i16 *)output.memory, input.count);
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

static void tangents(void)
{
    uint32_t words[257];
    uint32_t i;
    for (i = 0; i < 257u; i++) {
        words[i] = (uint32_t)(int32_t)bn_gate_tangents[i];
    }
    put(words, 257);
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
