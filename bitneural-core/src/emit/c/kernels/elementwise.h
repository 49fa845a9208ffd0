/* needs: prelude.h requant.h */
/* SPDX-License-Identifier: 0BSD */
/* Several inputs, element by element (R14, R16), and pieces of each in turn (R15). An output may be one of the inputs,
 * but for bn_elementwise_concat_u8. Inputs that are repeated begin again after `run` elements. */
#ifndef BN_ELEMENTWISE_H
#define BN_ELEMENTWISE_H

static inline uint8_t bn_elementwise_clamp(int32_t y, int32_t low, int32_t high)
{
    if (y < low) {
        return (uint8_t)low;
    }
    return (uint8_t)(y > high ? high : y);
}

/* The weighted sum of n elements of each input (R14). */
static inline void bn_elementwise_add_u8(const bn_add *layer, const uint8_t *const *inputs, uint8_t *output, uint32_t n)
{
    const bn_term *terms = layer->terms;
    uint32_t from, i, k;
    for (from = 0; from < n; from += layer->run) {
        if (layer->term_count == 2u) {
            const uint8_t *first = inputs[0] + (terms[0].repeated ? 0u : from);
            const uint8_t *second = inputs[1] + (terms[1].repeated ? 0u : from);
            for (i = 0; i < layer->run; i++) {
                const int32_t sum = layer->bias + terms[0].multiplier * first[i] + terms[1].multiplier * second[i];
                output[from + i] = bn_elementwise_clamp(sum >> layer->shift, layer->low, layer->high);
            }
            continue;
        }
        for (i = 0; i < layer->run; i++) {
            int32_t sum = layer->bias;
            for (k = 0; k < layer->term_count; k++) {
                sum += terms[k].multiplier * inputs[k][(terms[k].repeated ? 0u : from) + i];
            }
            output[from + i] = bn_elementwise_clamp(sum >> layer->shift, layer->low, layer->high);
        }
    }
}

/* The product of n elements of two inputs (R16). */
static inline void bn_elementwise_multiply_u8(const bn_multiply *layer, const uint8_t *const *inputs, uint8_t *output,
                                              uint32_t n)
{
    uint32_t from, i;
    for (from = 0; from < n; from += layer->run) {
        const uint8_t *first = inputs[0] + (layer->first_repeated ? 0u : from);
        const uint8_t *second = inputs[1] + (layer->second_repeated ? 0u : from);
        for (i = 0; i < layer->run; i++) {
            const int32_t product = (first[i] - layer->first_zero) * (second[i] - layer->second_zero);
            output[from + i] = (uint8_t)bn_requantize((uint32_t)product, &layer->channel, &layer->requant);
        }
    }
}

/* A code in the format of the output, before the clamp to 0..255 (R14 with one input). */
static inline int32_t bn_elementwise_rescale(uint8_t x, int32_t multiplier, int32_t bias, uint32_t shift)
{
    return (bias + multiplier * x) >> shift;
}

/* The largest, or with `smallest` the smallest, of n elements of each input in the format of the output. */
static inline void bn_elementwise_pick(const bn_pick *layer, const uint8_t *const *inputs, uint8_t *output, uint32_t n,
                                       int smallest)
{
    uint32_t from, i, k;
    for (from = 0; from < n; from += layer->run) {
        for (i = 0; i < layer->run; i++) {
            int32_t best = 0;
            for (k = 0; k < layer->operand_count; k++) {
                const bn_operand *operand = &layer->operands[k];
                const uint8_t x = inputs[k][(operand->repeated ? 0u : from) + i];
                const int32_t y = bn_elementwise_rescale(x, operand->multiplier, operand->bias, operand->shift);
                if (k == 0u || (smallest ? y < best : y > best)) {
                    best = y;
                }
            }
            output[from + i] = bn_elementwise_clamp(best, 0, 255);
        }
    }
}

static inline void bn_elementwise_maximum_u8(const bn_pick *layer, const uint8_t *const *inputs, uint8_t *output,
                                             uint32_t n)
{
    bn_elementwise_pick(layer, inputs, output, n, 0);
}

static inline void bn_elementwise_minimum_u8(const bn_pick *layer, const uint8_t *const *inputs, uint8_t *output,
                                             uint32_t n)
{
    bn_elementwise_pick(layer, inputs, output, n, 1);
}

/* Pieces of each input in turn, n elements of output in all, in the format of the output (R15). */
static inline void bn_elementwise_concat_u8(const bn_concat *layer, const uint8_t *const *inputs, uint8_t *output,
                                            uint32_t n)
{
    uint32_t start = 0;
    uint32_t k, from, i;
    for (k = 0; k < layer->piece_count; k++) {
        const bn_piece *piece = &layer->pieces[k];
        const uint8_t *codes = inputs[k];
        for (from = start; from < n; from += layer->round) {
            for (i = 0; i < piece->len; i++) {
                const int32_t y = bn_elementwise_rescale(codes[i], piece->multiplier, piece->bias, piece->shift);
                output[from + i] = bn_elementwise_clamp(y, 0, 255);
            }
            codes += piece->len;
        }
        start += piece->len;
    }
}

#endif
