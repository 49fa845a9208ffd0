/* The layers in C, of f32 mode: `model_` becomes the prefix of a header, behind which this stands. */

static uint32_t model_elements(const bn_custom_shape *shape)
{
    return shape->height * shape->width * shape->channels;
}

void model_stamp(const bn_float_custom *layer, const bn_f32 *input, bn_f32 *output)
{
    const uint32_t n = model_elements(&layer->output);
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = input[i];
    }
}

void model_pairs(const bn_float_custom *layer, const bn_f32 *input, bn_f32 *output)
{
    const uint32_t from = layer->inputs[0].channels, to = layer->output.channels;
    const uint32_t positions = layer->output.height * layer->output.width;
    uint32_t position, c;
    for (position = 0; position < positions; position++) {
        for (c = 0; c < to; c++) {
            const uint32_t first = position * from + 2 * c;
            const uint32_t second = 2 * c + 1 < from ? first + 1 : first;
            output[position * to + c] = (input[first] + input[second]) / 2.0f;
        }
    }
}

void model_mask(const bn_float_custom *layer, const bn_f32 *input_1, const bn_f32 *input_2, bn_f32 *output)
{
    const uint32_t n = model_elements(&layer->output);
    uint32_t i;
    for (i = 0; i < n; i++) {
        const bn_f32 m = input_2[i];
        output[i] = input_1[i] * (m < 0.0f ? 0.0f : m > 1.0f ? 1.0f : m);
    }
}

void model_mean(const bn_float_custom *layer, const bn_f32 *input_1, const bn_f32 *input_2, const bn_f32 *input_3,
                bn_f32 *output)
{
    const uint32_t n = model_elements(&layer->output);
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = (input_1[i] + input_2[i] + input_3[i]) / 3.0f;
    }
}
