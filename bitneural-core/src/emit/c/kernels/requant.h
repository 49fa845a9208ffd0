/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* The one rounding rule (R7), which every op with weights ends in. */
#ifndef BN_REQUANT_H
#define BN_REQUANT_H

/* From the sum of an output, modulo 2^32, to its value within low..high.
 * Right shifts of negative values are arithmetic on every compiler that we know of (C99 leaves it to them). */
static inline int32_t bn_requantize(uint32_t sum, const bn_channel *channel, const bn_requant *requant)
{
    const int32_t biased = (int32_t)((sum << requant->pre_shift) + (uint32_t)channel->bias);
    const int32_t product = (int32_t)(((int64_t)biased * channel->multiplier) >> 32);
    const int32_t y = product >> requant->shift;
    if (y < requant->low) {
        return requant->low;
    }
    return y > requant->high ? requant->high : y;
}

#endif
