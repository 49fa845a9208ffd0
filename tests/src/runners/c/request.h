/* Reads requests, word by word, into records and elements; writes answers. Only for answer.c, behind the kernels. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t *request;
static const uint32_t *request_end;

static uint32_t word(void)
{
    if (request == request_end) {
        fputs("the request is too short\n", stderr);
        exit(2);
    }
    return *request++;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Of exactly that many bytes, but at least one. */
static void *buffer(uint32_t count, uint32_t size)
{
    void *memory = malloc(count * size > 0u ? count * size : 1u);
    if (memory == NULL) {
        exit(3);
    }
    return memory;
}

/* Types of elements. */
enum { U8, I16, U16 };

/* Elements of one of the types, as bytes in memory. */
typedef struct {
    void *memory;
    uint32_t count;
    uint32_t wide; /* the type: not 0 if it has two bytes */
} elements;

static elements make(uint32_t count, uint32_t wide)
{
    elements made;
    made.memory = buffer(count, wide ? 2u : 1u);
    made.count = count;
    made.wide = wide;
    return made;
}

static elements read_elements(uint32_t wide)
{
    elements made = make(word(), wide);
    uint32_t i;
    for (i = 0; i < made.count; i++) {
        if (wide == U16) {
            ((uint16_t *)made.memory)[i] = (uint16_t)word();
        } else if (wide) {
            ((int16_t *)made.memory)[i] = (int16_t)(int32_t)word();
        } else {
            ((uint8_t *)made.memory)[i] = (uint8_t)word();
        }
    }
    return made;
}

static void put(const uint32_t *words, uint32_t count)
{
    if (fwrite(&count, 4, 1, stdout) != 1 || fwrite(words, 4, count, stdout) != count) {
        exit(4);
    }
}

static void put_elements(elements made)
{
    uint32_t *words = (uint32_t *)buffer(made.count, 4);
    uint32_t i;
    for (i = 0; i < made.count; i++) {
        if (made.wide == U16) {
            words[i] = ((uint16_t *)made.memory)[i];
        } else {
            words[i] = made.wide ? (uint32_t)((int16_t *)made.memory)[i] : ((uint8_t *)made.memory)[i];
        }
    }
    put(words, made.count);
    free(words);
    free(made.memory);
}

static bn_requant requant_record(void)
{
    bn_requant record;
    record.pre_shift = (uint8_t)word();
    record.shift = (uint8_t)word();
    record.low = (int16_t)(int32_t)word();
    record.high = (int16_t)(int32_t)word();
    return record;
}

static bn_channel channel_record(void)
{
    bn_channel record;
    record.bias = (int32_t)word();
    record.multiplier = (int32_t)word();
    return record;
}

static bn_channel *channel_records(uint32_t count)
{
    bn_channel *channels = (bn_channel *)buffer(count, sizeof *channels);
    uint32_t i;
    for (i = 0; i < count; i++) {
        channels[i] = channel_record();
    }
    return channels;
}

/* NULL if there is none. */
static bn_leaky *leaky_record(uint32_t channels)
{
    bn_leaky *leaky;
    if (word() == 0u) {
        return NULL;
    }
    leaky = (bn_leaky *)buffer(1, sizeof *leaky);
    leaky->shift = (uint8_t)word();
    leaky->zero = (int16_t)(int32_t)word();
    leaky->channels = channel_records(channels);
    return leaky;
}

static void free_records(const bn_channel *channels, const bn_leaky *leaky, const bn_u32 *weights)
{
    free((void *)channels);
    free((void *)weights);
    if (leaky != NULL) {
        free((void *)leaky->channels);
        free((void *)leaky);
    }
}

static bn_u32 *read_words(void)
{
    const uint32_t count = word();
    bn_u32 *words = (bn_u32 *)buffer(count, 4);
    uint32_t i;
    for (i = 0; i < count; i++) {
        words[i] = word();
    }
    return words;
}

/* Filled with what no kernel may take for zeros. */
static bn_u32 *make_scratch(void)
{
    const uint32_t count = word();
    bn_u32 *scratch = (bn_u32 *)buffer(count, 4);
    uint32_t i;
    for (i = 0; i < count; i++) {
        scratch[i] = 0xdeadbeefu;
    }
    return scratch;
}

/* Of one group, with the channels of all. */
static bn_dense dense_record(uint32_t groups)
{
    bn_dense layer;
    layer.inputs = word();
    layer.outputs = word();
    layer.requant = requant_record();
    layer.channels = channel_records(groups * layer.outputs);
    layer.leaky = leaky_record(groups * layer.outputs);
    layer.weights = read_words();
    return layer;
}

static bn_window window_record(void)
{
    bn_window window;
    window.input_height = (uint16_t)word();
    window.input_width = (uint16_t)word();
    window.output_height = (uint16_t)word();
    window.output_width = (uint16_t)word();
    window.kernel_height = (uint16_t)word();
    window.kernel_width = (uint16_t)word();
    window.stride_y = (uint16_t)word();
    window.stride_x = (uint16_t)word();
    window.dilation_y = (uint16_t)word();
    window.dilation_x = (uint16_t)word();
    window.pad_top = (uint16_t)word();
    window.pad_left = (uint16_t)word();
    return window;
}

static elements make_image(const bn_window *window, uint32_t channels, uint32_t wide)
{
    return make((uint32_t)window->output_height * window->output_width * channels, wide);
}

#endif
