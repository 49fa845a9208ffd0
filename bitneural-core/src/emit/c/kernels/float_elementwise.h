/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Several inputs of floats, element by element, and pieces of each in turn. An output may be one of the inputs, but for
 * bn_float_elementwise_concat_f32. Inputs that are repeated begin again after `run` elements. */
#ifndef BN_FLOAT_ELEMENTWISE_H
#define BN_FLOAT_ELEMENTWISE_H

/* n elements: y = `joined` of y and x, for each input behind the first, then clamp(`finished`). */
#define BN_FLOAT_JOIN(name, joined, finished)                                                                          \
    static inline void bn_float_elementwise_##name##_f32(const bn_float_join *layer, const bn_f32 *const *inputs,      \
                                                         bn_f32 *output, uint32_t n)                                   \
    {                                                                                                                  \
        uint32_t from, i, k;                                                                                           \
        for (from = 0; from < n; from += layer->run) {                                                                 \
            for (i = 0; i < layer->run; i++) {                                                                         \
                float y = inputs[0][(layer->operands[0].repeated ? 0u : from) + i];                                    \
                for (k = 1; k < layer->operand_count; k++) {                                                           \
                    const float x = inputs[k][(layer->operands[k].repeated ? 0u : from) + i];                          \
                    y = joined;                                                                                        \
                }                                                                                                      \
                output[from + i] = bn_float_clamp(finished, layer->low, layer->high);                                  \
            }                                                                                                          \
        }                                                                                                              \
    }

BN_FLOAT_JOIN(add, y + x, y)
BN_FLOAT_JOIN(average, y + x, y * (1.0f / (float)layer->operand_count))
BN_FLOAT_JOIN(subtract, y - x, y)
BN_FLOAT_JOIN(multiply, y * x, y)
BN_FLOAT_JOIN(maximum, x > y ? x : y, y)
BN_FLOAT_JOIN(minimum, x < y ? x : y, y)

#undef BN_FLOAT_JOIN

/* Pieces of each input in turn, n elements of output in all. */
static inline void bn_float_elementwise_concat_f32(const bn_float_concat *layer, const bn_f32 *const *inputs,
                                                   bn_f32 *output, uint32_t n)
{
    uint32_t start = 0;
    uint32_t k, from, i;
    for (k = 0; k < layer->piece_count; k++) {
        const uint32_t len = layer->pieces[k].len;
        const bn_f32 *values = inputs[k];
        for (from = start; from < n; from += layer->round) {
            for (i = 0; i < len; i++) {
                output[from + i] = values[i];
            }
            values += len;
        }
        start += len;
    }
}

#endif
