/* Answers the requests of the kernels of several inputs. Only for answer.c, behind the kernels and request.h. */
#ifndef SEVERAL_H
#define SEVERAL_H

/* Inputs whose codes come one after the other; the longest is as long as the output. */
typedef struct {
    uint32_t over; /* the input that the output is written over, from 1; 0 for none */
    uint32_t run;
    uint32_t count;
    uint32_t lengths[8];
    uint32_t longest;
} several;

static several several_head(void)
{
    several head;
    head.over = word();
    head.run = word();
    head.count = 0;
    head.longest = 0;
    return head;
}

static void add_length(several *head)
{
    const uint32_t length = word();
    if (head->count == 8u) {
        exit(7);
    }
    head->lengths[head->count++] = length;
    head->longest = length > head->longest ? length : head->longest;
}

enum { ADD, MULTIPLY, MAXIMUM, MINIMUM, CONCAT };

static void run_several(const several *head, int kernel, const void *record, uint32_t count)
{
    const elements codes = read_elements(0);
    const uint8_t *const all = (uint8_t *)codes.memory;
    const uint8_t *inputs[8];
    uint8_t *copies[8];
    elements output = make(count, 0);
    uint8_t *written = (uint8_t *)output.memory;
    uint32_t at = 0;
    uint32_t k;
    /* Each in a buffer of its own, so that the sanitizer sees an access beyond it. */
    for (k = 0; k < head->count; k++) {
        copies[k] = (uint8_t *)buffer(head->lengths[k], 1);
        memcpy(copies[k], all + at, head->lengths[k]);
        inputs[k] = copies[k];
        at += head->lengths[k];
    }
    if (head->over != 0u) {
        written = copies[head->over - 1u];
    }
    switch (kernel) {
    case ADD:
        bn_elementwise_add_u8((const bn_add *)record, inputs, written, count);
        break;
    case MULTIPLY:
        bn_elementwise_multiply_u8((const bn_multiply *)record, inputs, written, count);
        break;
    case MAXIMUM:
        bn_elementwise_maximum_u8((const bn_pick *)record, inputs, written, count);
        break;
    case MINIMUM:
        bn_elementwise_minimum_u8((const bn_pick *)record, inputs, written, count);
        break;
    default:
        bn_elementwise_concat_u8((const bn_concat *)record, inputs, written, count);
    }
    if (head->over != 0u) {
        memcpy(output.memory, written, count);
    }
    for (k = 0; k < head->count; k++) {
        free(copies[k]);
    }
    put_elements(output);
    free(codes.memory);
}

static void add(void)
{
    several head = several_head();
    bn_term terms[8];
    bn_add layer;
    layer.term_count = word();
    while (head.count < layer.term_count && head.count < 8u) {
        terms[head.count].multiplier = (int32_t)word();
        terms[head.count].repeated = (uint8_t)word();
        add_length(&head);
    }
    layer.terms = terms;
    layer.run = head.run;
    layer.bias = (int32_t)word();
    layer.shift = (uint8_t)word();
    layer.low = (uint8_t)word();
    layer.high = (uint8_t)word();
    run_several(&head, ADD, &layer, head.longest);
}

static void multiply(void)
{
    several head = several_head();
    bn_multiply layer;
    layer.run = head.run;
    layer.first_zero = (uint8_t)word();
    layer.second_zero = (uint8_t)word();
    layer.first_repeated = (uint8_t)word();
    layer.second_repeated = (uint8_t)word();
    add_length(&head);
    add_length(&head);
    layer.requant = requant_record();
    layer.channel = channel_record();
    run_several(&head, MULTIPLY, &layer, head.longest);
}

static void pick(int kernel)
{
    several head = several_head();
    bn_operand operands[8];
    bn_pick layer;
    layer.operand_count = word();
    while (head.count < layer.operand_count && head.count < 8u) {
        bn_operand *operand = &operands[head.count];
        operand->multiplier = (int32_t)word();
        operand->bias = (int32_t)word();
        operand->shift = (uint8_t)word();
        operand->repeated = (uint8_t)word();
        add_length(&head);
    }
    layer.operands = operands;
    layer.run = head.run;
    run_several(&head, kernel, &layer, head.longest);
}

static void concat(void)
{
    several head;
    bn_piece pieces[8];
    bn_concat layer;
    uint32_t sum = 0;
    head.over = 0;
    head.count = 0;
    head.longest = 0;
    layer.round = word();
    layer.piece_count = word();
    while (head.count < layer.piece_count && head.count < 8u) {
        bn_piece *piece = &pieces[head.count];
        piece->multiplier = (int32_t)word();
        piece->bias = (int32_t)word();
        piece->shift = (uint8_t)word();
        piece->len = word();
        add_length(&head);
        sum += head.lengths[head.count - 1u];
    }
    layer.pieces = pieces;
    run_several(&head, CONCAT, &layer, sum);
}

#endif
