/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Element-wise functions of f32 mode. */
#ifndef BN_FLOAT_ACTIVATION_H
#define BN_FLOAT_ACTIVATION_H

/* Keras' general ReLU of n values, which may lie where the output does. */
static inline void bn_float_activation_relu_f32(const bn_float_relu *layer, const bn_f32 *input, bn_f32 *output,
                                                uint32_t n)
{
    uint32_t i;
    for (i = 0; i < n; i++) {
        const float x = input[i];
        if (x > layer->threshold) {
            output[i] = x > layer->max ? layer->max : x;
        } else {
            output[i] = layer->slope * (x - layer->threshold);
        }
    }
}

static inline void bn_float_activation_relu_in_place_f32(const bn_float_relu *layer, bn_f32 *data, uint32_t n)
{
    bn_float_activation_relu_f32(layer, data, data, n);
}

#endif
