"""The cases of spec/rules that came with convolutions and pools: windows, R11, R17 to R19, R31."""

import math
import random

from .evaluate import expected
from .rule_cases import case, file
from .rules import bounds


def padding():
    rows = [
        ("same", "odd size, odd kernel: the same on both sides", 5, 3, 1, 1, "same"),
        ("same, stride 2 on an even size, MicroFlow's mistake", "nothing before, one after; not (k - 1)/2 = 1 before", 96, 3, 2, 1, "same"),
        ("same, stride 2 on an odd size", "one on each side", 97, 3, 2, 1, "same"),
        ("same, even kernel", "the odd position is after", 7, 4, 1, 1, "same"),
        ("same, even kernel and stride", "none at all", 8, 2, 2, 1, "same"),
        ("same, even kernel, stride 2 on an odd size", "one after", 7, 2, 2, 1, "same"),
        ("same, stride 3", "total 2", 10, 3, 3, 1, "same"),
        ("same, stride larger than the kernel", "the total would be negative", 7, 1, 3, 1, "same"),
        ("same, size 1", "kernel larger than the input", 1, 5, 1, 1, "same"),
        ("same, size 1, stride 2", "kernel larger than the input", 1, 4, 2, 1, "same"),
        ("same, size 2, kernel 7, stride 2", "5 in total, 2 before", 2, 7, 2, 1, "same"),
        ("same, dilation", "the reach counts", 9, 3, 1, 4, "same"),
        ("same, dilation and stride", "the reach counts", 10, 3, 2, 2, "same"),
        ("same, keyword spotting", "MLPerf's first layer: 49 x 10, kernel 10 x 4", 49, 10, 2, 1, "same"),
        ("valid", "no padding", 28, 5, 1, 1, "valid"),
        ("valid, stride", "the rest is not seen", 28, 5, 2, 1, "valid"),
        ("valid, kernel of the input's size", "one position", 7, 7, 3, 1, "valid"),
        ("valid, dilation", "reach 7", 8, 3, 1, 3, "valid"),
        ("valid, too large", "refused", 4, 5, 1, 1, "valid"),
        ("valid, dilation too large", "refused: reach 7", 6, 3, 1, 3, "valid"),
        ("explicit, even", "as PyTorch with padding 1", 8, 3, 2, 1, [1, 1]),
        ("explicit, before only", "causal", 8, 3, 1, 2, [4, 0]),
        ("explicit, after only", "what same gives at stride 2", 8, 3, 2, 1, [0, 1]),
        ("explicit, the last position unused", "padding that no window reaches", 6, 3, 3, 1, [1, 1]),
        ("explicit, kernel larger than the input", "fits with its padding", 3, 5, 1, 1, [1, 2]),
        ("explicit, just too large", "refused", 3, 7, 1, 1, [1, 2]),
        ("explicit, more than the kernel", "a window may lie on padding altogether", 2, 2, 1, 1, [3, 2]),
        ("one by one", "everything is 1", 1, 1, 1, 1, "valid"),
    ]
    pools = [
        ("pool, window without a tap inside its image, before", "refused: the first of three lies on padding", 4, 2, 2, 1, [2, 0]),
        ("pool, window without a tap inside its image, after", "refused: the last begins behind the image", 2, 2, 2, 1, [0, 2]),
        ("pool, window without a tap inside its image, both", "refused: a convolution of the same window is not", 2, 2, 1, 1, [3, 2]),
        ("pool, window without a tap inside its image, stride", "refused: a stride beyond the window leads behind the image", 3, 1, 4, 1, [0, 2]),
        ("pool, padding as wide as the window but one", "every window has a tap inside", 4, 3, 1, 1, [2, 2]),
        ("pool, padding that no window reaches", "a second window would lie on padding", 2, 2, 2, 1, [0, 1]),
        ("pool, too large", "the other refusal", 4, 5, 5, 1, "valid"),
        ("pool, same, stride 2 on an even size, MicroFlow's mistake", "nothing before, one after", 6, 3, 2, 1, "same"),
        ("pool, same, stride larger than the window", "no padding: the last window is whole", 7, 2, 3, 1, "same"),
    ]
    made = []
    for name, why, size, kernel, stride, dilation, mode in rows + pools:
        given = {"mode": mode} if isinstance(mode, str) else {"mode": "explicit", "explicit": mode}
        given |= {"pool": True} if name.startswith("pool, ") else {}
        made.append(case("windows", name, why, input=size, kernel=kernel, stride=stride, dilation=dilation, **given))
    for one in made:
        refused = "window without a tap inside its image"
        assert (one.get("error") == refused) == (refused in one["name"]), one["name"]
    return file("Windows: output size and padding along one axis.", made)


def leaky():
    rng = random.Random("leaky")

    def one(name, why, s_x, z_x, s_y, z_y, channels):
        """`channels`: (a, b, slope, W, lo, hi)."""
        columns = [list(column) for column in zip(*channels)]
        fields = dict(zip(("a", "b", "slope", "weight_sum", "acc_low", "acc_high"), columns))
        accumulators = []
        for a, b, slope, W, lo, hi in channels:
            M = a * s_x / s_y
            seen = {lo, hi, 0, lo + (hi - lo) // 3}
            if M > 0.0:
                zero = math.floor(z_x * W - b / s_y / M)  # about where the two sides meet
                step = max(1, round(1 / M))
                seen |= {zero + k for k in (-5 * step, -step, -1, 0, 1, step)}
                if slope * M != 0.0:
                    seen |= {zero - round(40 / abs(slope * M)), zero - round(2.5 / abs(slope * M))}
            accumulators.append(sorted(acc for acc in seen if lo <= acc <= hi))
        return case("R11", name, why, input_scale=s_x, input_zero_point=z_x, output_scale=s_y, output_zero_point=z_y,
                    **fields, accumulators=accumulators)  # fmt: skip

    def sums(count, largest=1):
        return bounds([rng.randint(-largest, largest) for _ in range(count)] + [1, -1])

    page = (0.02, 10, 0.05, 60)
    unit = (1.0, 0, 1.0, 100)
    example = (0.04, -0.3, 0.1, -1, -510, 255)
    near = (0.5, 0.0, 0.1, 0, -255, 255)
    made = [
        one("example", "the example of R11", *page, [example]),
        one("keras", "slope 0.3", *page, [(0.04, 0.5, 0.3, *sums(30)), (0.02, -0.5, 0.3, *sums(30))]),
        one("torch", "slope 0.01", *page, [(0.04, 0.5, 0.01, *sums(200)), (0.02, -0.5, 0.01, *sums(200))]),
        one("prelu", "a slope for each channel, one S for all", *page, [(0.04, 0.1, slope, *sums(40)) for slope in (0.25, 0.03, 1.0, 0.6)]),
        one("negative slope", "both sides go up: m- < 0", *unit, [(0.5, 3.0, -0.25, 0, -255, 255), (0.5, -3.0, -1.0, 0, -255, 255)]),
        one("slope above 1", "M- is the larger one", *unit, [(0.1, 1.0, 3.0, 0, -510, 510), near]),
        one("slope 0", "relu as a leaky: the smallest M-", *unit, [(0.5, 3.0, 0.0, 0, -255, 255), near]),
        one("weak slope", "just below and just at a swing of 0.25", *unit, [(0.5, 0.0, 2.0**-10, 0, 0, 255), (0.5, 0.0, 2.0**-9, 0, 0, 256), (0.5, 0.0, 2.0**-9, 0, -1, 254)]),
        one("weak negative slope", "the smallest M- is positive", *unit, [(0.5, 0.0, -(2.0**-10), 0, -127, 128), near]),
        one("slope 1", "the identity: both sides are the same", *unit, [(0.5, -4.0, 1.0, 0, -255, 255)]),
        one("meeting", "Y = z_y takes the first, z_y - 1 the second", *unit, [(1.0, 0.0, 0.125, 0, -255, 255), (1.0, 0.5, 0.125, 0, -255, 255), (1.0, -0.5, 0.125, 0, -255, 255)]),
        one("far below zero", "not constant here, though R9's fourth condition holds", *unit, [near, (0.5, -400.0, 0.1, 0, -255, 255)]),
        one("far above", "constant 255", *unit, [near, (0.5, 400.0, 0.1, 0, -255, 255)]),
        one("dead channels", "V0 below zero goes through the slope", *unit, [near, (0.0, -50.0, 0.1, 1, 0, 255), (0.5, -50.0, 0.5, 0, 0, 0), (0.0, 20.0, 0.1, 1, 0, 255), (1e-4, -50.0, -1.0, 1, 0, 255)]),
        one("dead channel in the middle", "V0 is taken at (lo + hi)/2", *unit, [near, (9e-4, -10.1, 0.5, 1, 0, 255)]),
        one("all dead", "M_max = 1 on both sides", *unit, [(0.0, -50.0, 0.1, 1, 0, 255), (0.5, 9.5, 0.1, 0, 0, 0)]),
        one("denormal scale", "a = 2^-127, though M = 0.5", 1.0, 0, 2.0**-126, 100, [(2.0**-127, 0.0, 0.1, 1, 0, 255), (2.0**-125, 0.0, 0.1, 0, -255, 255)]),
        one("the negative side costs P", "B- is large where M- is small", *unit, [(0.01, 0.0, 0.011, 0, -25500, 25500), near]),
        one("zero point 0", "the second side is below every code", 1.0, 0, 1.0, 0, [near]),
        one("zero point 255", "no code above the zero point", 1.0, 0, 1.0, 255, [near, (0.5, 3.0, -0.5, 0, -255, 255)]),
        one("input zero point", "z_x = 255", 0.02, 255, 0.05, 100, [(0.03, 0.4, 0.2, *sums(50)), (0.03, -0.4, 0.2, *sums(50))]),
        one("too wide", "B- alone passes 2^31 at P = 0", 1.0, 0, 1.0, 128, [(1.0, 0.0, 1e-9, 0, -2000000000, 2000000000)]),
        one("slope too steep", "M- = 2^20", *unit, [(1.0, 0.0, 2.0**20, 0, -255, 255)]),
        one("slopes too far apart", "m- = 0", 1.0, 0, 1.0, 0, [(0.5, 0.0, 65534.0, 0, -255, 255), (5e-6, -0.5, 1.0, 0, -25500, 25500)]),
    ]  # fmt: skip
    for index in range(8):
        largest = 127 if index % 2 else 1
        K = rng.choice((9, 64, 300))
        M = 40 / (math.sqrt(K) * 100 * largest)
        s_x, a, z_x = 10.0 ** rng.uniform(-3, 0), 10.0 ** rng.uniform(-3, 0), rng.choice((0, 12, 200))
        s_y = a * s_x / M
        rows = [(a * rng.uniform(0.3, 2.0), rng.uniform(-60, 60) * s_y, rng.choice((0.1, 0.01, 0.3, -0.2, 0.0, 1.5)),
                 *sums(K, largest)) for _ in range(rng.randint(1, 5))]  # fmt: skip
        made.append(one(f"random {index}", "whole layers", s_x, z_x, s_y, rng.choice((30, 90, 128)), rows))
    return file("R11: leaky ReLU and PReLU: constants, and codes.", made)


def max_pool():
    rows = [
        ("example", "the example of R17", [13, 40, 7]),
        ("one", "a single tap", [9]),
        ("all zero", "padding, which stands for more, is not seen", [0, 0, 0, 0]),
        ("ends", "extremes", [255, 0, 254]),
        ("last", "the last one", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ]
    return file("R17: the largest code of those inside the image.", [case("R17", n, why, input=codes) for n, why, codes in rows])


def average_pool():
    def one(name, why, s_x, z_x, s_y, z_y, counts, low=0, high=255):
        sums = []
        for n in counts:
            spread = {0, 255 * n, z_x * n, 255 * n // 2, 255 * n // 3, n - 1, n} | {n * u + n // 2 for u in (3, 100, 200)}
            sums.append(sorted(acc for acc in spread if acc <= 255 * n))
        return case("R18", name, why, input_scale=s_x, input_zero_point=z_x, output_scale=s_y, output_zero_point=z_y,
                    low=low, high=high, counts=counts, sums=sums)  # fmt: skip

    return file(
        "R18: average pooling: constants for each number of taps that counts, and codes of sums.",
        [
            one("example", "the example of R18", 0.05, 10, 0.04, 8, [4]),
            one("borders", "P and S are common", 0.05, 10, 0.04, 8, [1, 2, 4]),
            one("3 x 3 borders", "thirds are not exact", 0.031, 77, 0.027, 90, [2, 3, 4, 6, 9]),
            one("copy", "n = 1, same format: halves go up", 0.05, 10, 0.05, 10, [1]),
            one("ties", "sums that lie between two codes", 1.0, 0, 1.0, 0, [2, 4]),
            one("finer", "M above 1, clamped", 0.5, 100, 0.1, 40, [1, 2]),
            one("relu", "low = z_y", 0.05, 120, 0.04, 40, [4], low=40),
            one("wide", "R12: i16", 0.05, 10, 2.0 * 11.3 / 32767.0, 0, [4], low=-32768, high=32767),
            one("global 49", "7 x 7", 0.023, 3, 0.011, 0, [49]),
            one("global 9216", "96 x 96", 0.023, 3, 0.011, 0, [9216]),
            one("global 40000", "P shrinks", 0.023, 255, 0.011, 200, [40000]),
            one("far apart", "one tap and 9216", 0.023, 3, 0.011, 0, [1, 9216]),
            one("coarse", "R9 does not apply: a swing below 0.25 is computed all the same", 0.001, 10, 1.1, 7, [4]),
            one("too fine", "M = 2^20", 1048576.0, 0, 1.0, 0, [1]),
        ],
    )


def affine():
    rng = random.Random("affine")

    def one(name, why, ends, channels, epsilon=1e-3, low=0, high=255):
        """`channels`: (gamma, beta, mean, variance)."""
        columns = dict(zip(("gamma", "beta", "mean", "variance"), map(list, zip(*channels))))
        names = ("input_scale", "input_zero_point", "output_scale", "output_zero_point")
        codes = [[0, 255, ends[1]] + rng.choices(range(256), k=5) for _ in channels]
        return case("R19", name, why, **dict(zip(names, ends)), low=low, high=high, **columns, epsilon=epsilon, input=codes)

    page, plain = (0.02, 10, 0.05, 8), (1.5, 0.2, 0.4, 0.09)
    drawn = [(rng.uniform(-2, 2), rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.01, 2)) for _ in range(12)]
    made = [
        one("example", "the example of R19", page, [plain, (-1.5, 0.2, 0.4, 0.09)]),
        one("one channel", "no neighbour", page, [plain]),
        one("identity", "nothing but rounding", (0.05, 10, 0.05, 10), [(1.0, 0.0, 0.0, 1.0)], epsilon=0.0),
        one("zero gamma", "constant: the trit becomes 0", page, [plain, (0.0, 0.8, 0.5, 2.0), (-0.0, -3.0, 0.5, 2.0)]),
        one("no variance", "epsilon alone", (0.02, 10, 0.5, 8), [(1.0, 0.3, 0.1, 0.0), plain]),
        one("far below", "constant: never above the clamp", page, [plain, (1.0, -90.0, 0.0, 1.0)]),
        one("relu", "low = z_y", page, drawn[:4], low=8),
        one("wide", "R12", (0.02, 10, 0.001, 0), drawn[4:8], low=-32768, high=32767),
        one("a dozen", "drawn", (0.02, 117, 0.04, 101), drawn, epsilon=1e-5),
    ]
    narrow = (0.02, 10, 0.5, 90), [(1.0, 0.3, 0.6, 1e-4)]
    made.append(one("epsilon of the layer, BitNeural32's mistake", "it has 1e-5 always", *narrow))
    assert made[-1]["codes"] != expected(made[-1] | {"epsilon": 1e-5})["codes"], "the mistake shows"
    return file("R19: batch norm of its own: a weight of one trit for each channel, its constants, and codes.", made)


def int8_weights():
    rng = random.Random("int8 weights")

    def one(name, why, outputs, inputs, weights, layout="torch"):
        return case("R31", name, why, layout=layout, outputs=outputs, inputs=inputs, weights=weights)

    def drawn(count, spread=0.1):
        return [round(rng.gauss(0.0, spread), 5) for _ in range(count)]

    ties = [127.0, 0.5, -0.5, 1.5, -1.5, 126.5, -126.5, -127.0, 0.49999997, -0.50000006, 0.0, -0.0]
    return file(
        "R31: int8 weights, a scale for each output channel.",
        [
            one("example", "the example of R31", 1, 3, [0.254, -0.1, 0.032]),
            one("ties", "s = 1: halves go up, for either sign", 1, len(ties), ties),
            one("ties, scaled", "s = 2^-3", 1, len(ties), [w / 8 for w in ties]),
            one("zeros", "all zero: s = 1", 2, 3, [0.0, -0.0, 0.0, 0.3, -0.2, 0.1]),
            one("largest is negative", "-127 is reached, -128 never", 1, 4, [-0.9, 0.3, 0.8999, -0.45]),
            one("one weight", "127 or -127", 3, 1, [0.7, -1e-3, 3.5e-30]),
            one("ternary", "three values stay three values", 2, 4, [0.05, -0.05, 0.0, 0.05, 1.0, 0.0, -1.0, -1.0]),
            one("denormal", "the smallest f32: s is an ordinary f64", 1, 3, [1e-45, -1e-45, 0.0]),
            one("huge", "near the end of f32", 1, 3, [3e38, -1.5e38, 1e30]),
            one("torch", "[outputs, inputs]", 3, 5, (weights := drawn(15))),
            one("keras", "the same numbers as [inputs, outputs]", 3, 5, weights, "keras"),
            one("channels far apart", "a scale for each", 4, 6, [w * 10.0**-k for k in range(4) for w in drawn(6)]),
            one("many", "a larger tensor", 8, 25, drawn(200)),
            one("not a number", "refused", 1, 3, [0.1, math.nan, 0.2]),
            one("infinite", "refused; the index is that of the file", 2, 2, [0.1, 0.2, 0.3, -math.inf], "keras"),
        ],
    )


def files():
    made = {
        "padding": padding, "leaky": leaky, "max_pool": max_pool, "average_pool": average_pool, "affine": affine,
        "int8_weights": int8_weights,
    }  # fmt: skip
    return {f"rules/{name}.toml": function() for name, function in made.items()}
