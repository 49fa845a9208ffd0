/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* What a function of the user's is told in f32 mode: the shapes of its values, and the numbers that the model file holds for
 * it. */
#ifndef BN_FLOAT_CUSTOM_H
#define BN_FLOAT_CUSTOM_H

/* The axes of a value. It lies channels last; a vector is one position. */
typedef struct {
    uint32_t height;
    uint32_t width;
    uint32_t channels;
} bn_custom_shape;

/* A custom layer. */
typedef struct {
    const bn_custom_shape *inputs; /* one for each pointer */
    uint32_t input_count;
    bn_custom_shape output;
    const float *parameters; /* or NULL */
    uint32_t parameter_count;
} bn_float_custom;

#endif
