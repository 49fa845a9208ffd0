/* needs: prelude.h float.h float_functions.h */
/* SPDX-License-Identifier: 0BSD */
/* Element-wise functions of f32 mode, of n values each; `in_place` they lie where the output does. */
#ifndef BN_FLOAT_ACTIVATION_H
#define BN_FLOAT_ACTIVATION_H

/* Keras' general ReLU. */
static inline float bn_float_relu_of(const bn_float_relu *layer, float x)
{
    if (x > layer->threshold) {
        return x > layer->max ? layer->max : x;
    }
    return layer->slope * (x - layer->threshold);
}

static inline float bn_float_elu_of(const bn_float_elu *layer, float x)
{
    return x > 0.0f ? layer->factor * x : layer->alpha * bn_float_expm1(x);
}

static inline float bn_float_line_of(const bn_float_line *layer, float x)
{
    return bn_float_clamp(layer->slope * x + layer->offset, layer->low, layer->high);
}

/* x * relu6(x + 3) / 6, the bounded factor first: the product with x alone could be too large. */
static inline float bn_float_hard_swish(float x)
{
    return x * (bn_float_clamp(x + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f));
}

static inline float bn_float_swish(float x)
{
    return x * bn_float_sigmoid(x);
}

/* x * Phi(x). */
static inline float bn_float_gelu(float x)
{
    return 0.5f * x * bn_float_erfc(-x * 0.70710678f);
}

/* The same by a tangent: (1 + tanh u) / 2 = sigmoid(2u), which loses no digits where the tangent is near -1. */
static inline float bn_float_gelu_tanh(float x)
{
    return x * bn_float_sigmoid(1.5957691f * (x + 0.044715f * x * x * x));
}

/* ln(1 + e^x). */
static inline float bn_float_softplus(float x)
{
    return (x > 0.0f ? x : 0.0f) + bn_float_log1p(bn_float_exp(-bn_float_magnitude(x)));
}

/* x / (1 + |x|), of an infinity too. */
static inline float bn_float_softsign(float x)
{
    const float size = bn_float_magnitude(x);
    return size > 1e9f ? bn_float_with_sign(1.0f, x) : x / (1.0f + size);
}

#define BN_FLOAT_ACTIVATION(name)                                                                                      \
    static inline void bn_float_activation_##name##_f32(const bn_float_##name *layer, const bn_f32 *input,             \
                                                        bn_f32 *output, uint32_t n)                                    \
    {                                                                                                                  \
        uint32_t i;                                                                                                    \
        for (i = 0; i < n; i++) {                                                                                      \
            output[i] = bn_float_##name##_of(layer, input[i]);                                                         \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_float_activation_##name##_in_place_f32(const bn_float_##name *layer, bn_f32 *data,           \
                                                                 uint32_t n)                                           \
    {                                                                                                                  \
        bn_float_activation_##name##_f32(layer, data, data, n);                                                        \
    }

BN_FLOAT_ACTIVATION(relu)
BN_FLOAT_ACTIVATION(elu)
BN_FLOAT_ACTIVATION(line)

#undef BN_FLOAT_ACTIVATION

/* Functions without constants. */
#define BN_FLOAT_CURVE(name, function)                                                                                 \
    static inline void bn_float_activation_##name##_f32(const bn_f32 *input, bn_f32 *output, uint32_t n)               \
    {                                                                                                                  \
        uint32_t i;                                                                                                    \
        for (i = 0; i < n; i++) {                                                                                      \
            output[i] = function(input[i]);                                                                            \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static inline void bn_float_activation_##name##_in_place_f32(bn_f32 *data, uint32_t n)                             \
    {                                                                                                                  \
        bn_float_activation_##name##_f32(data, data, n);                                                               \
    }

BN_FLOAT_CURVE(sigmoid, bn_float_sigmoid)
BN_FLOAT_CURVE(tanh, bn_float_tanh)
BN_FLOAT_CURVE(hard_swish, bn_float_hard_swish)
BN_FLOAT_CURVE(swish, bn_float_swish)
BN_FLOAT_CURVE(gelu, bn_float_gelu)
BN_FLOAT_CURVE(gelu_tanh, bn_float_gelu_tanh)
BN_FLOAT_CURVE(softplus, bn_float_softplus)
BN_FLOAT_CURVE(softsign, bn_float_softsign)
BN_FLOAT_CURVE(exponential, bn_float_exp)

#undef BN_FLOAT_CURVE

#endif
