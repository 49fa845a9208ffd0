/* needs: prelude.h */
/* SPDX-License-Identifier: 0BSD */
/* What a stream keeps from one frame to the next: lines of frames, and counters. The first two words of the counters
 * say whether the stream has begun, and whether there is an output: 0, 1 (an older one) or 2 (of the last frame). */
#ifndef BN_STREAM_H
#define BN_STREAM_H

/* Moves a line on by a frame: the oldest one goes. */
#define BN_STREAM_PUSH(name, type)                                                                                     \
    static inline void bn_stream_push_##name(const bn_line *layer, const type *frame, type *line)                      \
    {                                                                                                                  \
        const uint32_t kept = layer->width * (layer->frames - 1u);                                                     \
        uint32_t i;                                                                                                    \
        for (i = 0; i < kept; i++) {                                                                                   \
            line[i] = line[i + layer->width];                                                                          \
        }                                                                                                              \
        for (i = 0; i < layer->width; i++) {                                                                           \
            line[kept + i] = frame[i];                                                                                 \
        }                                                                                                              \
    }

BN_STREAM_PUSH(u8, uint8_t)
BN_STREAM_PUSH(u16, bn_u16)
BN_STREAM_PUSH(i16, bn_i16)
BN_STREAM_PUSH(f32, bn_f32)

#undef BN_STREAM_PUSH

/* Counts a frame of a clock, from 1; whether it is the `first`, or one of every `period` behind it. */
static inline uint32_t bn_stream_tick(bn_u32 *counters, uint32_t clock, uint32_t first, uint32_t period)
{
    bn_u32 *counter = counters + 1u + clock;
    *counter += 1u;
    if (*counter != first) {
        return 0;
    }
    /* The next time is a period away. */
    *counter = first - period;
    return 1;
}

/* Says whether this frame gave an output. */
static inline void bn_stream_give(bn_u32 *counters, uint32_t is_given)
{
    if (is_given) {
        counters[1] = 2;
    } else if (counters[1]) {
        counters[1] = 1;
    }
}

#endif
