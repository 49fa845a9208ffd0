/* needs: prelude.h float.h float_functions.h */
/* SPDX-License-Identifier: 0BSD */
/* Softmax of f32 mode over a vector. */
#ifndef BN_FLOAT_SOFTMAX_H
#define BN_FLOAT_SOFTMAX_H

/* The probabilities of n inputs. */
static inline void bn_float_softmax_softmax_f32(const bn_f32 *input, bn_f32 *output, uint32_t n)
{
    float largest, factor;
    float sum = 0.0f, part = 0.0f;
    uint32_t i;
    if (n == 0u) {
        return;
    }
    largest = input[0];
    for (i = 1; i < n; i++) {
        if (input[i] > largest) {
            largest = input[i];
        }
    }
    for (i = 0; i < n; i++) {
        output[i] = bn_float_exp(input[i] - largest);
        part += output[i];
        if (i % BN_FLOAT_CHUNK == BN_FLOAT_CHUNK - 1u) {
            sum += part;
            part = 0.0f;
        }
    }
    factor = 1.0f / (sum + part);
    for (i = 0; i < n; i++) {
        output[i] *= factor;
    }
}

#endif
