"""The cases of spec/ops for convolutions: conv and depthwise.

Where a case is named after a mistake, or would pass with one, the generator makes the mistake as well and asserts that
the outputs differ.
"""

import random

from .layers import compiled, draw, drawn
from .rule_cases import file
from .rules import CLAMPS
from .windows import positions, window


def conv_output(w, groups, channels, outputs, padding, layer, row):
    """[y][x][output channel]; taps and weights in the order [ky][kx][channel of the group]."""
    inner, outer = channels // groups, outputs // groups
    out = []
    for taps in positions(w):
        for o in range(outputs):
            first = o // outer * inner
            codes = []
            for tap in taps:
                codes += [padding] * inner if tap is None else row[tap * channels + first :][:inner]
            out.append(layer.code(o, codes))
    return out


def depthwise_output(w, channels, depth_multiplier, padding, layer, row, transposed=False):
    out = []
    for taps in positions(w):
        for o in range(channels * depth_multiplier):
            c = o % channels if transposed else o // depth_multiplier
            out.append(layer.code(o, [padding if tap is None else row[tap * channels + c] for tap in taps]))
    return out


def images(rng, size, channels, count=2, top=255):
    """The first draws from all codes, the next from the ends."""
    n = size[0] * size[1] * channels
    return [rng.choices(range(top + 1) if index % 2 == 0 else (0, top), k=n) for index in range(count)]


def without_dilation(w):
    return w | {"dilation_y": 1, "dilation_x": 1}


def half_of_the_kernel(w):
    """Padding as MicroFlow has it, whatever the stride."""
    return w | {"pad_top": (w["kernel_height"] - 1) // 2, "pad_left": (w["kernel_width"] - 1) // 2}


def first_channel(w, padding, layer):
    return w, padding, layer.of_first_channel(w["kernel_height"] * w["kernel_width"])


MISTAKES = {
    "channel": first_channel,
    "one stride": lambda w, padding, layer: (w | {"stride_x": w["stride_y"]}, padding, layer),
    "unpadded": lambda w, padding, layer: (w | {"pad_top": 0, "pad_left": 0}, padding, layer),
    "stride": lambda w, padding, layer: (half_of_the_kernel(w), padding, layer),
    "dilation": lambda w, padding, layer: (without_dilation(w), padding, layer),
    "padding": lambda w, padding, layer: (w, 0, layer),
    "relu": lambda w, padding, layer: (w, padding, layer.but(low=0)),
}


class Made:
    """The cases of a file so far."""

    def __init__(self, seed):
        self.rng, self.cases = random.Random(seed), []

    def layer(self, kind, outputs, taps, constants):
        weights = draw(self.rng, kind, outputs, taps)
        if "P" in constants:
            reads = constants.get("reads", "u8")
            return drawn(self.rng, kind, weights, constants["element"], constants["P"], constants["S"], reads)
        return compiled(self.rng, kind, weights, **constants)

    def add(self, name, why, layer, w, padding, run, shape, rows, mistake):
        output = [run(w, padding, layer, row) for row in rows]
        if mistake:
            assert [run(*MISTAKES[mistake](w, padding, layer), row) for row in rows] != output, name
        fields = layer.fields()
        self.cases.append({"name": name, "why": why, "rule": layer.rule, "window": w, **shape, "padding": padding,
                           **fields, "input": rows, "output": output})  # fmt: skip

    def conv(self, name, why, size, channels, outputs, kernel, stride=(1, 1), sides="valid", dilation=(1, 1), groups=1,
             padding=0, kind="trits", rows=None, weights=None, mistake=None, **constants):  # fmt: skip
        w = window(size, kernel, stride, sides, dilation)
        taps = kernel[0] * kernel[1] * channels // groups
        layer = weights or self.layer(kind, outputs, taps, {"z_x": padding} | constants if "P" not in constants else constants)

        def run(w, padding, layer, row):
            return conv_output(w, groups, channels, outputs, padding, layer, row)

        shape = {"groups": groups, "channels": channels, "outputs": outputs}
        top = CLAMPS[layer.reads][1]
        self.add(name, why, layer, w, padding, run, shape, rows or images(self.rng, size, channels, top=top), mistake)

    def depthwise(self, name, why, size, channels, kernel, stride=(1, 1), sides="valid", dilation=(1, 1), multiplier=1,
                  padding=0, kind="trits", rows=None, mistake=None, **constants):  # fmt: skip
        w = window(size, kernel, stride, sides, dilation)
        outputs = channels * multiplier
        layer = self.layer(kind, outputs, kernel[0] * kernel[1], {"z_x": padding} | constants if "P" not in constants else constants)

        def run(w, padding, layer, row):
            return depthwise_output(w, channels, multiplier, padding, layer, row)

        rows = rows or images(self.rng, size, channels, top=CLAMPS[layer.reads][1])
        if multiplier > 1 and channels > 1:
            swapped = [depthwise_output(w, channels, multiplier, padding, layer, row, transposed=True) for row in rows]
            assert swapped != [run(w, padding, layer, row) for row in rows]
        self.add(name, why, layer, w, padding, run, {"channels": channels, "depth_multiplier": multiplier}, rows, mistake)


def demand_both_ends(cases):
    for case in cases:
        if case["name"].startswith("saturation"):
            reached = {code for row in case["output"] for code in row}
            assert {case["low"], case["high"]} < reached, "both ends, and something between"


def conv():
    made = Made("conv")
    one = made.conv
    relu = {"z_y": 40, "clamp": (40, 255)}
    causal, lopsided = ((0, 0), (4, 0)), ((0, 1), (2, 0))
    one("1 x 1 image", "a single product", (1, 1), 1, 1, (1, 1))
    one("1 x 1 image, 3 x 3 kernel", "all taps but one on padding", (1, 1), 2, 3, (3, 3), sides="same", padding=30, mistake="padding")
    one("kernel larger than the image", "same, 5 x 5 on 2 x 3", (2, 3), 2, 2, (5, 5), sides="same", padding=9, mistake="padding")
    one("kernel larger than the image, explicit", "4 x 3 on 3 x 2", (3, 2), 1, 2, (4, 3), sides=((1, 2), (2, 0)), padding=200, mistake="padding")
    one("one channel", "a first layer", (6, 5), 1, 4, (3, 3))
    one("one output", "a block of one", (4, 4), 3, 1, (2, 2))
    one("stride 2 same on even sizes, MicroFlow's mistake", "nothing is padded at the top left", (6, 8), 2, 3, (3, 3), (2, 2), "same", padding=17, mistake="stride")
    one("stride 2 same on odd sizes", "one on each side", (5, 7), 2, 3, (3, 3), (2, 2), "same", padding=17, mistake="padding")
    one("even kernel same", "the odd position is at the end", (4, 5), 2, 2, (4, 2), sides="same", padding=60, mistake="padding")
    one("stride larger than the kernel", "positions that no tap sees", (7, 8), 2, 2, (2, 1), (3, 4))
    one("stride 3 same", "kernel 5", (7, 6), 1, 3, (5, 5), (3, 3), "same", padding=3, mistake="padding")
    one("dilation, MicroFlow's other mistake", "it reads no dilation", (6, 7), 2, 2, (3, 2), dilation=(2, 3), mistake="dilation")
    one("dilation same", "the reach is padded", (5, 5), 1, 3, (3, 3), sides="same", dilation=(2, 2), padding=88, mistake="padding")
    one("asymmetric padding", "bottom and left", (4, 4), 2, 2, (3, 3), sides=lopsided, padding=128, mistake="padding")
    one("asymmetric padding and stride", "bottom and left", (5, 4), 2, 2, (3, 3), (2, 1), lopsided, padding=128, mistake="padding")
    one("causal, height one", "a 1-D convolution", (1, 9), 3, 4, (1, 3), sides=causal, dilation=(1, 2), padding=77, mistake="padding")
    one("two groups", "each sees half of the channels", (3, 4), 4, 6, (2, 2), groups=2)
    one("three groups same", "weights of a group follow those of the one before", (3, 3), 9, 6, (3, 3), sides="same", groups=3, padding=5, mistake="padding")
    one("groups of one channel", "a depthwise convolution as a conv", (4, 3), 5, 5, (3, 3), groups=5)
    one("groups of 17 outputs", "more than a block of 16 each", (2, 2), 2, 34, (2, 1), groups=2)
    one("pointwise", "patches are the input itself", (2, 3), 17, 18, (1, 1))
    one("pointwise, stride 2", "1 x 1, some positions left out", (3, 5), 4, 3, (1, 1), (2, 2))
    one("pointwise with padding", "1 x 1, a border of the zero point", (2, 2), 4, 3, (1, 1), sides=((1, 1), (1, 1)), padding=99, mistake="padding")
    one("pointwise in groups", "1 x 1, two groups", (2, 2), 6, 4, (1, 1), groups=2)
    one("128 inputs", "16-bit lanes are full", (4, 4), 8, 3, (4, 4), rows=[[255] * 128])
    one("129 inputs", "one more than a flush", (1, 2), 129, 17, (1, 1), rows=[[255] * 258])
    one("288 inputs", "32 channels of 3 x 3", (3, 4), 32, 5, (3, 3))
    one("zero point in the padding", "z_x = 255", (3, 3), 2, 3, (3, 3), sides="same", padding=255, mistake="padding")
    one("relu at the zero point, embedded-nn's mistake", "codes below z_y do not occur; it clamped at 0", (4, 4), 2, 3, (3, 3), sides="same", padding=12, mistake="relu", **relu)
    one("relu6", "both ends inside", (4, 4), 2, 3, (3, 3), z_y=10, clamp=(10, 160))
    one("saturation", "both ends of u8", (4, 4), 3, 4, (3, 3), element="u8", P=8, S=8)
    one("saturation wide", "both ends of i16", (4, 4), 3, 4, (3, 3), element="i16", P=8, S=0)
    one("wide", "i16, as the last layer", (3, 3), 4, 5, (2, 2), element="i16")
    one("leaky", "R11", (4, 4), 3, 5, (3, 3), sides="same", padding=20, z_y=90, slopes=(0.1,), mistake="padding")
    one("prelu", "slopes of both signs", (3, 4), 3, 8, (2, 2), z_y=100, slopes=(0.3, -0.25, 0.01, 0.0, 1.5))
    one("leaky in groups", "the channels of all groups in one list", (3, 3), 4, 6, (2, 2), groups=2, z_y=80, slopes=(0.2, 0.05))
    for size, channels, outputs in (((1, 1), 1, 1), ((3, 3), 2, 5)):
        one(f"int8 pointwise, {outputs} outputs", "outputs in blocks of 4", size, channels, outputs, (1, 1), kind="int8")
    one("int8, stride 2 same on even sizes, MicroFlow's mistake", "as the ternary one", (4, 6), 2, 4, (3, 3), (2, 2), "same", padding=17, kind="int8", mistake="stride")
    one("int8 same", "z_x in the padding", (3, 4), 3, 6, (3, 3), sides="same", padding=131, kind="int8", mistake="padding")
    one("int8 in groups", "each group a multiple of 4 bytes", (3, 3), 4, 6, (2, 2), groups=2, kind="int8")
    one("int8 dilation", "and asymmetric padding", (5, 4), 2, 3, (2, 3), sides=lopsided, dilation=(2, 1), padding=64, kind="int8", mistake="dilation")
    one("int8 wide", "i16", (3, 3), 3, 7, (2, 2), kind="int8", element="i16")
    one("int8 leaky", "R11", (3, 3), 3, 5, (3, 3), sides="same", padding=20, kind="int8", z_y=90, slopes=(0.1, -0.2), mistake="padding")
    ends = drawn(made.rng, "int8", [[127] * 18, [-127] * 18, [127, -127] * 9], "i16", 4, 8)
    one("int8 largest", "+-127 with 255", (3, 3), 2, 3, (3, 3), weights=ends, rows=[[255] * 18, [0, 255] * 9, [0] * 18])
    one("several channels, BitNeural32's mistake", "height one: it reads the first channel alone", (1, 9), 3, 4, (1, 3), mistake="channel")
    one("same, BitNeural32's mistake", "it pads nothing", (4, 5), 2, 3, (3, 3), sides="same", padding=50, mistake="unpadded")
    one("stride 1 by 2, BitNeural32's mistake", "it takes the first stride for both axes", (5, 7), 2, 3, (2, 3), (1, 2), mistake="one stride")
    wide = {"reads": "u16"}
    one("16-bit input", "high bytes and low bytes", (4, 5), 3, 5, (3, 3), **wide)
    one("16-bit input same", "the padding has 16 bits too", (3, 4), 2, 17, (3, 3), sides="same", padding=40000, mistake="padding", **wide)
    one("16-bit input, largest zero point", "z_x = 65535", (3, 3), 1, 3, (3, 3), (2, 2), "same", padding=65535, mistake="padding", **wide)
    one("16-bit input, odd patch", "5 codes of 2 bytes: half a word is left", (1, 9), 1, 4, (1, 5), sides=causal, padding=300, element="i16", mistake="padding", **wide)
    one("16-bit input, pointwise", "patches are the input itself", (2, 3), 5, 6, (1, 1), **wide)
    one("16-bit input in groups", "pieces of pixels are copied", (3, 4), 4, 6, (2, 2), groups=2, padding=777, **wide)
    one("16-bit input, dilation", "and asymmetric padding", (6, 5), 2, 3, (3, 2), sides=lopsided, dilation=(2, 1), padding=12345, mistake="dilation", **wide)
    one("16-bit input, leaky", "R11", (4, 4), 2, 5, (3, 3), sides="same", padding=20000, z_y=90, slopes=(0.1, -0.2), mistake="padding", **wide)
    one("16-bit input, 129 inputs", "one more than a flush", (1, 2), 129, 17, (1, 1), element="i16", **wide)
    one("16-bit input, int8", "z_x in the padding", (3, 4), 3, 6, (3, 3), sides="same", padding=513, kind="int8", mistake="padding", **wide)
    one("16-bit input, int8 wide", "i16", (3, 3), 2, 7, (2, 2), kind="int8", element="i16", **wide)
    one("16-bit input, int8 in groups", "each group a multiple of 4 bytes", (3, 3), 4, 6, (2, 2), groups=2, padding=9, kind="int8", **wide)
    demand_both_ends(made.cases)
    return file("Convolutions (R6, R7, R11): codes [y][x][channel] in and out.", made.cases)


def depthwise():
    made = Made("depthwise")
    one = made.depthwise
    one("1 x 1 image", "a single product", (1, 1), 1, (1, 1))
    one("1 x 1 image, 3 x 3 kernel", "all taps but one on padding", (1, 1), 3, (3, 3), sides="same", padding=30, mistake="padding")
    one("kernel larger than the image", "same, 5 x 4 on 2 x 3", (2, 3), 2, (5, 4), sides="same", padding=9, mistake="padding")
    one("one channel", "no neighbour", (5, 4), 1, (3, 3))
    one("3 x 3", "nine taps", (4, 5), 5, (3, 3))
    one("stride 2 same on even sizes, MicroFlow's mistake", "person_detect's layers", (6, 4), 3, (3, 3), (2, 2), "same", padding=17, mistake="stride")
    one("stride 2 same on odd sizes", "one on each side", (5, 7), 2, (3, 3), (2, 2), "same", padding=17, mistake="padding")
    one("stride 2 by 1 same", "10 x 4 on 8 x 5, as in keyword spotting", (8, 5), 2, (10, 4), (2, 1), "same", padding=70, mistake="padding")
    one("depth multiplier 2, MicroFlow's other mistake", "output channel 2c + m; it reads no multiplier", (3, 3), 3, (2, 2), multiplier=2)
    one("depth multiplier 3 same", "output channel 3c + m", (3, 4), 2, (3, 3), sides="same", multiplier=3, padding=40, mistake="padding")
    one("depth multiplier 8, one channel", "a first layer", (4, 5), 1, (4, 3), (2, 2), multiplier=8)
    one("16 taps", "a word of digits", (4, 4), 2, (4, 4))
    one("17 taps", "one more than a word", (1, 18), 2, (1, 17))
    one("25 taps", "5 x 5", (5, 6), 2, (5, 5))
    one("49 taps", "7 x 7 over the whole image", (7, 7), 3, (7, 7))
    one("dilation, MicroFlow's other mistake", "it reads no dilation", (6, 7), 2, (3, 2), dilation=(2, 3), mistake="dilation")
    one("dilation same", "the reach is padded", (5, 5), 2, (3, 3), sides="same", dilation=(2, 2), padding=88, mistake="padding")
    one("asymmetric padding", "bottom and left", (4, 4), 3, (3, 3), sides=((0, 1), (2, 0)), padding=128, mistake="padding")
    one("causal, height one", "a 1-D convolution", (1, 8), 3, (1, 3), sides=((0, 0), (2, 0)), padding=77, mistake="padding")
    one("zero point in the padding", "z_x = 255", (3, 3), 2, (3, 3), sides="same", padding=255, mistake="padding")
    one("relu at the zero point, embedded-nn's mistake", "codes below z_y do not occur; it clamped at 0", (4, 4), 3, (3, 3), sides="same", padding=12, z_y=40, clamp=(40, 255), mistake="relu")
    one("saturation", "both ends of u8", (5, 5), 4, (3, 3), element="u8", P=8, S=7)
    one("wide", "i16", (3, 3), 3, (2, 2), element="i16")
    one("leaky", "R11", (4, 4), 4, (3, 3), sides="same", padding=20, z_y=90, slopes=(0.1,), mistake="padding")
    one("prelu, depth multiplier", "a slope for each output channel", (3, 3), 3, (2, 2), multiplier=2, z_y=100, slopes=(0.3, -0.25, 0.01, 0.0, 1.5))
    one("affine", "R19: 1 x 1, a trit for each channel", (2, 3), 8, (1, 1))
    one("affine of a vector", "R19: height = width = 1", (1, 1), 11, (1, 1), padding=12)
    one("affine, leaky", "R19 and R11", (2, 2), 5, (1, 1), z_y=60, slopes=(0.1, 0.3))
    one("int8 one weight", "the smallest", (1, 1), 1, (1, 1), kind="int8")
    one("int8 3 x 3", "27 bytes: not a multiple of 4", (4, 4), 3, (3, 3), kind="int8")
    one("int8, stride 2 same on even sizes, MicroFlow's mistake", "as the ternary one", (4, 6), 2, (3, 3), (2, 2), "same", padding=17, kind="int8", mistake="stride")
    one("int8, depth multiplier", "output channel 2c + m", (3, 3), 3, (3, 2), sides="same", multiplier=2, padding=131, kind="int8", mistake="padding")
    one("int8 dilation", "and asymmetric padding", (5, 4), 2, (2, 3), sides=((0, 1), (2, 0)), dilation=(2, 1), padding=64, kind="int8", mistake="dilation")
    one("int8 wide", "i16", (3, 3), 3, (2, 2), kind="int8", element="i16")
    one("int8 leaky", "R11", (3, 3), 4, (3, 3), sides="same", padding=20, kind="int8", z_y=90, slopes=(0.1, -0.2), mistake="padding")
    wide = {"reads": "u16"}
    one("16-bit input", "codes of two bytes", (4, 5), 3, (3, 3), **wide)
    one("16-bit input same", "the padding has 16 bits too", (3, 5), 2, (3, 3), sides="same", padding=40000, mistake="padding", **wide)
    one("16-bit input, odd patch", "9 codes: half a word is left", (5, 4), 1, (3, 3), sides="same", padding=65535, element="i16", mistake="padding", **wide)
    one("16-bit input, depth multiplier", "output channel 2c + m", (3, 3), 3, (2, 2), multiplier=2, **wide)
    one("16-bit input, 17 taps", "one more than a word", (1, 18), 2, (1, 17), **wide)
    one("16-bit input, affine of a vector", "R19: height = width = 1", (1, 1), 11, (1, 1), padding=12, **wide)
    one("16-bit input, leaky", "R11", (4, 4), 4, (3, 3), sides="same", padding=20000, z_y=90, slopes=(0.1,), mistake="padding", **wide)
    one("16-bit input, int8", "27 bytes: not a multiple of 4", (4, 4), 3, (3, 3), kind="int8", element="i16", **wide)
    one("16-bit input, int8 same", "z_x in the padding", (4, 3), 2, (3, 2), sides="same", padding=513, kind="int8", mistake="padding", **wide)
    demand_both_ends(made.cases)
    return file("Depthwise convolutions (R6, R7, R11, R19): codes [y][x][channel] in and out.", made.cases)


def files():
    return {"ops/conv.toml": conv(), "ops/depthwise.toml": depthwise()}
