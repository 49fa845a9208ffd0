/* needs: prelude.h float.h */
/* SPDX-License-Identifier: 0BSD */
/* Elementary functions of floats, without libm. Errors of a value: exp 1.2e-7, expm1 1.5e-7, log1p 1.3e-7, sigmoid and
 * tanh 2.5e-7, erfc(x) 5e-7 + 1.3e-7 x^2. A NaN gives a NaN, an infinity the limit. */
#ifndef BN_FLOAT_FUNCTIONS_H
#define BN_FLOAT_FUNCTIONS_H

typedef union {
    uint32_t bits;
    float value;
} bn_float_bits;

static inline float bn_float_of_bits(uint32_t bits)
{
    bn_float_bits both;
    both.bits = bits;
    return both.value;
}

static inline uint32_t bn_float_to_bits(float value)
{
    bn_float_bits both;
    both.value = value;
    return both.bits;
}

static inline float bn_float_magnitude(float x)
{
    return bn_float_of_bits(bn_float_to_bits(x) & 0x7fffffffu);
}

/* A value from 0 up with the sign of `of`. */
static inline float bn_float_with_sign(float value, float of)
{
    return bn_float_of_bits(bn_float_to_bits(value) | (bn_float_to_bits(of) & 0x80000000u));
}

/* 2^n for -127 < n < 128. */
static inline float bn_float_two_to(int32_t n)
{
    return bn_float_of_bits((uint32_t)(n + 127) << 23);
}

/* x * 2^n for -152 <= n <= 130: in two steps, of which each is a power that a float has. */
static inline float bn_float_scaled(float x, int32_t power)
{
    const int32_t half = power < 0 ? -((1 - power) / 2) : power / 2;
    return x * bn_float_two_to(half) * bn_float_two_to(power - half);
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
    int32_t power;
    if (!(x >= -104.0f)) {
        return x < -104.0f ? 0.0f : x;
    }
    if (x > 89.0f) {
        /* Infinity, without a header. */
        return bn_float_of_bits(0x7f800000u);
    }
    power = bn_float_reduced(x, &rest);
    return bn_float_scaled(1.0f + bn_float_expm1_of_small(rest), power);
}

/* e^x - 1, as exact near 0 as elsewhere. */
static inline float bn_float_expm1(float x)
{
    float rest, small, factor;
    int32_t power;
    if (!(x >= -18.0f)) {
        return x < -18.0f ? -1.0f : x;
    }
    if (x > 89.0f) {
        return bn_float_of_bits(0x7f800000u);
    }
    power = bn_float_reduced(x, &rest);
    small = bn_float_expm1_of_small(rest);
    if (power == 0) {
        return small;
    }
    if (power > 30) {
        return bn_float_scaled(1.0f + small, power);
    }
    factor = bn_float_two_to(power);
    return factor * small + (factor - 1.0f);
}

/* ln(1 + x) for x from 0 to 1, which is all that these kernels need: 2 artanh(s), s = x / (2 + x) <= 1/3, and for x above
 * sqrt(2) - 1 of half of 1 + x, so that |s| < 0.172. */
static inline float bn_float_log1p(float x)
{
    const int halved = x > 0.41421357f;
    const float f = halved ? 0.5f * (x - 1.0f) : x;
    const float s = f / (2.0f + f);
    const float z = s * s;
    const float series = z * (2.0f / 3.0f + z * (2.0f / 5.0f + z * (2.0f / 7.0f + z * (2.0f / 9.0f))));
    const float half = 0.5f * f * f;
    /* 2s + s * series = f - (half - s * (half + series)). */
    const float y = f - (half - s * (half + series));
    return halved ? 0.69314718f + y : y;
}

static inline float bn_float_sigmoid(float x)
{
    const float e = bn_float_exp(-bn_float_magnitude(x));
    const float larger = 1.0f / (1.0f + e);
    return x < 0.0f ? e * larger : larger;
}

static inline float bn_float_tanh(float x)
{
    const float size = bn_float_magnitude(x);
    float value = 1.0f;
    /* Beyond 9.1 it is 1 to the last place. */
    if (!(size > 9.1f)) {
        const float e = bn_float_expm1(2.0f * size);
        value = e / (e + 2.0f);
    }
    return bn_float_with_sign(value, x);
}

/* 1 - erf(x): below 0.875 in size by the series of erf, above by e^(-x^2) * p(1 / (1 + x / 2)). */
static inline float bn_float_erfc(float x)
{
    static const float series[10] = {1.12837917f,     -0.3761264f,   0.11283792f,    -0.02686617f,  0.005223978f,
                                     -8.548327e-4f,   1.205533e-4f,  -1.492565e-5f,  1.6462114e-6f, -1.6365845e-7f};
    static const float tail[9] = {-1.2302439e-5f, 0.28239304f, 0.27905285f,  0.26370472f, 0.12198635f,
                                  0.18056923f,    -0.07031988f, -0.11774024f, 0.06062364f};
    const float size = bn_float_magnitude(x);
    float sum = 0.0f;
    int i;
    if (size < 0.875f) {
        for (i = 9; i >= 0; i--) {
            sum = sum * (x * x) + series[i];
        }
        return 1.0f - x * sum;
    }
    /* A NaN goes on. */
    if (!(size > 10.2f)) {
        const float t = 1.0f / (1.0f + 0.5f * size);
        for (i = 8; i >= 0; i--) {
            sum = sum * t + tail[i];
        }
        sum *= bn_float_exp(-size * size);
    }
    return x < 0.0f ? 2.0f - sum : sum;
}

#endif
