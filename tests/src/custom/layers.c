/* The layers in C: `model_` becomes the prefix of a header, behind which this stands. */

static uint32_t model_mixed(uint32_t sum, uint32_t word)
{
    return (sum ^ word) * UINT32_C(0x01000193);
}

static uint32_t model_bits(float real)
{
    uint32_t bits;
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static uint32_t model_told(uint32_t sum, const bn_custom_format *format)
{
    sum = model_mixed(sum, format->height);
    sum = model_mixed(sum, format->width);
    sum = model_mixed(sum, format->channels);
    sum = model_mixed(sum, model_bits(format->scale));
    return model_mixed(sum, format->zero_point);
}

static uint32_t model_elements(const bn_custom_format *format)
{
    return format->height * format->width * format->channels;
}

void model_stamp(const bn_custom *layer, const uint8_t *input, uint8_t *output)
{
    const uint32_t n = model_elements(&layer->output);
    uint32_t i, sum = 0;
    for (i = 0; i < layer->input_count; i++) {
        sum = model_told(sum, &layer->inputs[i]);
    }
    sum = model_told(sum, &layer->output);
    for (i = 0; i < layer->parameter_count; i++) {
        sum = model_mixed(sum, model_bits(layer->parameters[i]));
    }
    for (i = 0; i < n; i++) {
        output[i] = (uint8_t)(input[i] ^ (sum >> 24));
    }
}

void model_pairs(const bn_custom *layer, const uint8_t *input, uint8_t *output)
{
    const uint32_t from = layer->inputs[0].channels, to = layer->output.channels;
    const uint32_t positions = layer->output.height * layer->output.width;
    uint32_t position, c;
    for (position = 0; position < positions; position++) {
        for (c = 0; c < to; c++) {
            const uint32_t first = position * from + 2 * c;
            const uint32_t second = 2 * c + 1 < from ? first + 1 : first;
            output[position * to + c] = (uint8_t)((input[first] + input[second] + 1) / 2);
        }
    }
}

void model_mask(const bn_custom *layer, const uint8_t *input_1, const uint8_t *input_2, uint8_t *output)
{
    const uint32_t least = layer->inputs[1].zero_point + layer->parameter_count;
    const uint32_t n = model_elements(&layer->output);
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = input_2[i] > least ? input_1[i] : layer->output.zero_point;
    }
}

void model_mean(const bn_custom *layer, const uint8_t *input_1, const uint8_t *input_2, const uint8_t *input_3,
                uint8_t *output)
{
    const uint32_t n = model_elements(&layer->output);
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = (uint8_t)((2 * (input_1[i] + input_2[i] + input_3[i]) + 3) / 6);
    }
}
