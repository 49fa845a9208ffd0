/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* What a function of the user's is told: the formats of its codes, and the numbers that the model file holds for it. */
#ifndef BN_CUSTOM_H
#define BN_CUSTOM_H

/* What codes stand for: scale * (code - zero_point). They lie channels last; a vector is one position. */
typedef struct {
    uint32_t height;
    uint32_t width;
    uint32_t channels;
    float scale;
    uint8_t zero_point;
} bn_custom_format;

/* A custom layer. */
typedef struct {
    const bn_custom_format *inputs; /* one for each pointer */
    uint32_t input_count;
    bn_custom_format output;
    const float *parameters; /* or NULL */
    uint32_t parameter_count;
} bn_custom;

#endif
