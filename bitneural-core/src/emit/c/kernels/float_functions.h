/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Elementary functions of floats, without libm; the error of a value is below 1.2e-7. */
#ifndef BN_FLOAT_FUNCTIONS_H
#define BN_FLOAT_FUNCTIONS_H

static inline float bn_float_of_bits(uint32_t bits)
{
    union {
        uint32_t bits;
        float value;
    } both;
    both.bits = bits;
    return both.value;
}

/* 2^n for -127 < n < 128. */
static inline float bn_float_two_to(int32_t n)
{
    return bn_float_of_bits((uint32_t)(n + 127) << 23);
}

/* n and r with x = n * ln 2 + r, |r| <= ln 2 / 2, for |x| below 1e9. */
static inline int32_t bn_float_reduced(float x, float *rest)
{
    const int32_t power = (int32_t)(x * 1.4426950408889634f + (x < 0.0f ? -0.5f : 0.5f));
    const float steps = (float)power;
    /* ln 2 in two parts, of which the first has nine bits. */
    *rest = (x - steps * 0.693359375f) - steps * -2.1219444e-4f;
    return power;
}

/* e^r - 1 for |r| <= ln 2 / 2, by Taylor's polynomial of degree 7. */
static inline float bn_float_expm1_of_small(float r)
{
    const float p =
        0.5f + r * (1.0f / 6.0f +
                    r * (1.0f / 24.0f + r * (1.0f / 120.0f + r * (1.0f / 720.0f + r * (1.0f / 5040.0f)))));
    return r + r * r * p;
}

static inline float bn_float_exp(float x)
{
    float rest;
    int32_t power, half;
    if (!(x >= -104.0f)) {
        return x < -104.0f ? 0.0f : x;
    }
    if (x > 89.0f) {
        /* Infinity, without a header. */
        return bn_float_of_bits(0x7f800000u);
    }
    power = bn_float_reduced(x, &rest);
    /* A floor, so that both powers are ones that a float has. */
    half = power < 0 ? -((1 - power) / 2) : power / 2;
    return (1.0f + bn_float_expm1_of_small(rest)) * bn_float_two_to(half) * bn_float_two_to(power - half);
}

#endif
