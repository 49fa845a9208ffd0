/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* The one rounding rule (R7), which every op with weights ends in, and its second branch (R11). */
#ifndef BN_REQUANT_H
#define BN_REQUANT_H

/* ((sum * 2^P + B) * m) >> (32 + S), of a sum modulo 2^32: an output before its clamp.
 * Right shifts of negative values are arithmetic on every compiler that we know of (C99 leaves it to them). */
static inline int32_t bn_scale(uint32_t sum, const bn_channel *channel, uint32_t pre_shift, uint32_t shift)
{
    const int32_t biased = (int32_t)((sum << pre_shift) + (uint32_t)channel->bias);
    return (int32_t)(((int64_t)biased * channel->multiplier) >> 32) >> shift;
}

static inline int32_t bn_clamp(int32_t y, const bn_requant *requant)
{
    if (y < requant->low) {
        return requant->low;
    }
    return y > requant->high ? requant->high : y;
}

/* From the sum of an output, modulo 2^32, to its value within low..high (R7). */
static inline int32_t bn_requantize(uint32_t sum, const bn_channel *channel, const bn_requant *requant)
{
    return bn_clamp(bn_scale(sum, channel, requant->pre_shift, requant->shift), requant);
}

/* The same for output channel i of an op that may end in a leaky ReLU (R11). */
static inline int32_t bn_finish(uint32_t sum, uint32_t i, const bn_channel *channels, const bn_requant *requant,
                                const bn_leaky *leaky)
{
    int32_t y = bn_scale(sum, &channels[i], requant->pre_shift, requant->shift);
    if (leaky && y < leaky->zero) {
        y = bn_scale(sum, &leaky->channels[i], requant->pre_shift, leaky->shift);
    }
    return bn_clamp(y, requant);
}

#endif
