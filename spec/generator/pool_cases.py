"""The cases of spec/ops for pools: max_pool and average_pool."""

import random

from .conv_cases import half_of_the_kernel, images
from .rule_cases import file
from .rules import CLAMPS, average_constants, requantize
from .windows import pool_taps, window


def largest(w, channels, row, padding=None):
    """R17; with `padding`, the mistake of letting it take part."""
    out = []
    for taps in pool_taps(w):
        for c in range(channels):
            codes = [padding if tap is None else row[tap * channels + c] for tap in taps]
            out.append(max(code for code in codes if code is not None))
    return out


def without_channels(w, row):
    """The mistake of seeing nothing but a list: neighbours in it are other channels of the same position."""
    taps = w["kernel_width"]
    return [max(row[at : at + taps]) for at in range(0, len(row) - taps + 1, taps)]


def max_pool():
    rng = random.Random("max pool")
    made = []

    def one(name, why, size, channels, kernel, stride=None, sides="valid", dilation=(1, 1), mistake=None, top=255):
        w = window(size, kernel, stride or kernel, sides, dilation)
        rows = images(rng, size, channels)
        rows[0] = [code * top // 255 for code in rows[0]]
        output = [largest(w, channels, row) for row in rows]
        if mistake == "stride":
            assert output != [largest(half_of_the_kernel(w), channels, row) for row in rows], name
        if mistake == "padding":
            assert output != [largest(w, channels, row, 128) for row in rows], name
        if mistake == "channels":
            assert output != [without_channels(w, row) for row in rows], name
        if mistake == "unpadded":
            assert output != [largest(w | {"pad_top": 0, "pad_left": 0}, channels, row) for row in rows], name
        made.append({"name": name, "why": why, "rule": "R17", "window": w, "channels": channels, "input": rows, "output": output})

    one("1 x 1 image", "a copy", (1, 1), 1, (1, 1))
    one("2 x 2", "the usual one", (4, 6), 3, (2, 2))
    one("2 x 2 on odd sizes", "the last row and column are not seen", (5, 7), 2, (2, 2))
    one("one channel", "no neighbour", (4, 4), 1, (2, 2))
    one("17 channels", "more than four at once", (2, 4), 17, (2, 2))
    one("overlapping", "3 x 3, stride 1", (4, 5), 2, (3, 3), (1, 1))
    one("stride 2 same on even sizes, MicroFlow's mistake", "3 x 3: nothing is padded at the top left", (6, 8), 2, (3, 3), (2, 2), "same", mistake="stride")
    one("2 x 2 same on odd sizes", "the last window is cut", (5, 3), 3, (2, 2), sides="same")
    one("padding does not count", "codes below every zero point", (4, 4), 2, (3, 3), (2, 2), ((1, 1), (1, 1)), mistake="padding", top=40)
    one("kernel larger than the image", "with padding", (2, 3), 2, (5, 5), (2, 2), "same")
    one("asymmetric padding", "bottom and left", (4, 4), 2, (3, 3), (2, 1), ((0, 1), (2, 0)))
    one("stride larger than the kernel", "positions that no tap sees", (7, 8), 2, (2, 2), (3, 4))
    one("rectangular", "height one", (1, 9), 3, (1, 3), (1, 2))
    one("dilation", "every other position", (5, 6), 2, (2, 3), (1, 1), dilation=(2, 2))
    one("global", "the whole image", (5, 4), 6, (5, 4))
    one("channels apart, BitNeural32's mistake", "height one: it takes the largest across channels", (1, 6), 3, (1, 2), mistake="channels")
    one("same, BitNeural32's other mistake", "height one: it pads nothing", (1, 7), 2, (1, 4), (1, 2), "same", mistake="unpadded")
    return file("Max pools (R17): codes [y][x][channel] in and out.", made)


def averages(w, channels, padding, count_padding, constants, low, high, row):
    P, S, made = constants
    out = []
    for taps in pool_taps(w):
        for c in range(channels):
            codes = [row[tap * channels + c] for tap in taps if tap is not None]
            if count_padding:
                codes += [padding] * (len(taps) - len(codes))
            m, B = made[len(codes)]
            out.append(requantize(sum(codes), P, B, m, S, low, high))
    return out


def average_pool():
    rng = random.Random("average pool")
    made = []

    def one(name, why, size, channels, kernel, stride=None, sides="valid", dilation=(1, 1), count_padding=False, s_x=0.05,
            z_x=10, s_y=0.04, z_y=8, element="u8", low=None, mistake=None):  # fmt: skip
        w = window(size, kernel, stride or kernel, sides, dilation)
        low, high = CLAMPS[element][0] if low is None else low, CLAMPS[element][1]
        inside = {sum(tap is not None for tap in taps) for taps in pool_taps(w)}
        counts = [kernel[0] * kernel[1]] if count_padding else sorted(inside)
        P, S, m, B = average_constants(s_x, z_x, s_y, z_y, low, high, counts)
        constants = (P, S, dict(zip(counts, zip(m, B))))
        rows = images(rng, size, channels)
        output = [averages(w, channels, z_x, count_padding, constants, low, high, row) for row in rows]
        if mistake:
            other = half_of_the_kernel(w) if mistake == "stride" else w
            fill, below = 0 if mistake == "padding" else z_x, 0 if mistake == "relu" else low
            try:
                wrong = [averages(other, channels, fill, count_padding, constants, below, high, row) for row in rows]
            except KeyError:  # a number of taps that does not occur
                wrong = None
            assert wrong != output, name
        made.append({"name": name, "why": why, "rule": "R18", "window": w, "channels": channels, "padding": z_x,
                     "count_padding": count_padding, "counts": counts, "element": element, "pre_shift": P, "shift": S,
                     "low": low, "high": high, "multiplier": m, "bias": B, "input": rows, "output": output})  # fmt: skip

    one("1 x 1 image", "another format, nothing else", (1, 1), 1, (1, 1))
    one("2 x 2", "the usual one, and the constants of R18's example", (4, 6), 3, (2, 2))
    one("2 x 2 on odd sizes", "the last row and column are not seen", (5, 7), 2, (2, 2))
    one("one channel", "no neighbour", (4, 4), 1, (2, 2), s_y=0.05, z_y=10)
    one("17 channels", "more than four at once", (2, 4), 17, (2, 2))
    one("overlapping", "3 x 3, stride 1: ninths", (4, 5), 2, (3, 3), (1, 1))
    one("3 x 3 same", "padding is not counted: 4, 6 and 9 taps", (3, 4), 2, (3, 3), (1, 1), "same", z_x=77)
    one("3 x 3 same, counted", "padding is counted and stands for zero", (3, 4), 2, (3, 3), (1, 1), "same", count_padding=True, z_x=77, mistake="padding")
    one("counted, zero point 255", "z_x in the padding", (3, 3), 2, (3, 3), (2, 2), ((1, 1), (1, 1)), count_padding=True, z_x=255, z_y=240, mistake="padding")
    one("not counted, zero point 255", "the same without", (3, 3), 2, (3, 3), (2, 2), ((1, 1), (1, 1)), z_x=255, z_y=240)
    one("stride 2 same on even sizes, MicroFlow's mistake", "3 x 3: nothing is padded at the top left", (6, 8), 2, (3, 3), (2, 2), "same", mistake="stride")
    one("stride 2 same, counted", "the same with the padding", (6, 4), 2, (3, 3), (2, 2), "same", count_padding=True, z_x=100, mistake="stride")
    one("2 x 2 same on odd sizes", "the last windows have two taps or one", (3, 5), 3, (2, 2), sides="same")
    one("kernel larger than the image", "every window sees all of it", (2, 3), 2, (5, 5), (1, 1), "same")
    one("kernel larger than the image, counted", "mostly padding", (2, 3), 2, (5, 5), (1, 1), "same", count_padding=True, z_x=60, mistake="padding")
    one("asymmetric padding", "bottom and left", (4, 4), 2, (3, 3), (2, 1), ((0, 1), (2, 0)))
    one("dilation", "every other position", (5, 6), 2, (2, 3), (1, 1), dilation=(2, 2))
    one("global", "the whole image, as a last hidden layer", (5, 7), 6, (5, 7), s_y=0.03, z_y=20)
    one("global wide", "R12: i16", (5, 7), 6, (5, 7), s_y=2.0 * 11.3 / 32767.0, z_y=0, element="i16")
    one("wide with borders", "R12: i16, two counts", (3, 2), 3, (2, 2), sides="same", s_y=2.0 * 11.3 / 32767.0, z_y=0, element="i16")
    one("relu at the zero point, embedded-nn's mistake", "codes below z_y do not occur; it clamped at 0", (4, 4), 3, (2, 2), z_x=120, s_y=0.05, z_y=90, low=90, mistake="relu")
    one("saturation", "an output range finer than the input's", (2, 6), 3, (1, 2), s_x=0.5, z_x=100, s_y=0.1, z_y=40)
    one("stride larger than the window, padding on one side", "top and right: 1, 2 and 4 taps, and positions that no tap sees", (5, 4), 2, (2, 2), (3, 3), ((1, 0), (0, 1)), z_x=33, mistake="stride")
    one("stride larger than the window, padding on one side, counted", "bottom and left", (4, 5), 2, (2, 2), (3, 4), ((0, 1), (1, 0)), count_padding=True, z_x=140, mistake="padding")
    return file("Average pools (R18): codes [y][x][channel] in, codes or i16 out.", made)


def files():
    return {"ops/max_pool.toml": max_pool(), "ops/average_pool.toml": average_pool()}
