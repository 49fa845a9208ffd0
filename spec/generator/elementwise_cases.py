"""The cases of spec/rules and spec/ops for several inputs: add, multiply, maximum, concat."""

import random

from .elementwise import product, product_constants, rescale, rescaled, sum_constants, weighted_sum
from .rule_cases import case, file


def sum_rules():
    def one(name, why, formats, output, signs=None, divisor=1, low=0, high=255):
        n = len(formats)
        inputs = [[0] * n, [255] * n, [z for _, z in formats], [37 * (i + 2) % 256 for i in range(n)]]
        inputs += [[255 if i == k else 0 for i in range(n)] for k in range(n)]
        return case("R14", name, why, signs=signs or [1] * n, divisor=divisor, input_scales=[s for s, _ in formats],
                    input_zero_points=[z for _, z in formats], output_scale=output[0], output_zero_point=output[1],
                    low=low, high=high, inputs=inputs)  # fmt: skip

    return file(
        "R14: constants of weighted sums, and codes.",
        [
            one("example", "the example of R14", [(0.05, 0), (0.02, 128)], (0.06, 40)),
            one("rescale", "its second example", [(0.8, 30)], (1.0, 12)),
            one("copy", "same format: halves go up", [(0.05, 10)], (0.05, 10)),
            one("subtract", "a negative m", [(0.05, 10), (0.04, 200)], (0.06, 128), signs=[1, -1]),
            one("negated", "only negative partial sums", [(0.05, 0), (9.0, 0)], (0.06, 0), signs=[-1, -1]),
            one("average of 2", "M = s/(2 s_y)", [(0.05, 10), (0.04, 200)], (0.06, 128), divisor=2),
            one("average of 3", "thirds: 3 s_y is rounded before s is divided by it", [(0.07, 10), (0.04, 200), (0.1, 3)], (0.07, 99), divisor=3),
            one("three", "left to right", [(0.1, 7), (0.2, 255), (0.3, 1)], (0.7, 100)),
            one("five", "more than the kernels unroll", [(0.1 * i, 50 * i) for i in range(1, 6)], (1.0, 128)),
            one("relu", "low = z_y", [(0.05, 120), (0.04, 40)], (0.05, 77), low=77),
            one("relu6", "both ends", [(0.05, 120), (0.04, 40)], (0.05, 77), low=77, high=197),
            one("ends", "S = 30: both scales are far below the output's", [(1e-7, 0), (1e-8, 255)], (1.0, 0)),
            one("coarse", "a small S", [(700.0, 0), (0.5, 3)], (0.001, 0)),
            one("S = 0", "the largest scales there are", [(8e6, 0)], (1.0, 0)),
            one("too wide", "no S", [(9e6, 0), (1.0, 0)], (1.0, 0)),
        ],
    )


def concat_rules():
    def one(name, why, ranges, samples):
        return case("R15", name, why, ranges=ranges, samples=samples)

    return file(
        "R15: the one format of a concat and those who write for it alone.",
        [
            one("example", "the example of R15", [[0.0, 4.0], [-1.0, 2.0]], 32),
            one("few samples", "another headroom", [[0.0, 4.0], [-1.0, 2.0]], 31),
            one("positive", "the union reaches to zero", [[1.0, 4.0], [2.0, 3.0]], 64),
            one("negative", "z = 255", [[-4.0, -1.0], [-2.0, -0.5]], 64),
            one("zeros", "s = 1", [[0.0, 0.0], [0.0, 0.0]], 64),
            one("one inside the other", "the larger range", [[-3.0, 3.0], [-1 / 3, 0.1]], 64),
            one("three", "an end of each", [[-0.1, 1.0], [-7.0, 0.2], [0.0, 1 / 3]], 64),
        ],
    )


def product_rules():
    def one(name, why, first, second, output, inputs):
        return case("R16", name, why, first=list(first), second=list(second), output_scale=output[0],
                    output_zero_point=output[1], inputs=inputs)  # fmt: skip

    ends = [[0, 0], [0, 255], [255, 0], [255, 255], [100, 7]]
    return file(
        "R16: constants of products, and codes.",
        [
            one("example", "the example of R16", (0.02, 0), (0.01, 128), (0.03, 20), [[200, 90], *ends]),
            one("unsigned", "both zero points 0", (1 / 255, 0), (1 / 255, 0), (1 / 255, 0), ends),
            one("signed", "both zero points 128", (0.02, 128), (0.03, 128), (0.04, 128), ends),
            one("far zero points", "0 and 255", (0.02, 255), (0.03, 255), (0.04, 128), ends),
            one("weak", "R9 does not apply: a swing below 0.25 is computed all the same", (1e-4, 3), (1e-3, 5), (0.1, 7), ends),
            one("coarse", "M above 1, clamped", (2.0, 100), (3.0, 100), (0.5, 100), ends),
            one("too wide", "d/M does not fit", (1e-5, 0), (1e-5, 0), (1.0, 200), ends),
            one("too fine", "no S", (1e4, 0), (1e4, 0), (0.001, 0), ends),
        ],
    )


# Operands of ops: formats, and the number of codes of each.


def rows_of(rng, lengths, count=3):
    total = sum(lengths)
    return [rng.choices(range(256) if index != 1 else (0, 255), k=total) for index in range(count)]


def operands(row, lengths):
    """The codes of each operand, those of a short one repeated."""
    parts, at = [], 0
    for length in lengths:
        parts.append(row[at : at + length])
        at += length
    longest = max(lengths)
    return [part * (longest // len(part)) for part in parts]


def add():
    rng = random.Random("add")
    made = []

    def one(name, why, formats, lengths, output=(0.06, 40), signs=None, divisor=1, low=0, high=255, mistake=None):
        M = [sign * s / (divisor * output[0]) for sign, (s, _) in zip(signs or [1] * len(formats), formats)]
        S, m, B = sum_constants(M, [z for _, z in formats], output[1])
        rows = rows_of(rng, lengths)

        def codes(row, bias):
            return [weighted_sum(x, S, m, bias, low, high) for x in zip(*operands(row, lengths))]

        expected = [codes(row, B) for row in rows]
        if mistake:
            assert expected != [codes(row, B - 2 ** (S - 1)) for row in rows], name
        made.append({"name": name, "why": why, "rule": "R14", "lengths": lengths, "multipliers": m, "bias": B, "shift": S,
                     "low": low, "high": high, "input": rows, "output": expected})  # fmt: skip

    two, three = [(0.05, 0), (0.02, 128)], [(0.05, 10), (0.04, 200), (0.1, 3)]
    one("one element", "the constants of R14's example", two, [1, 1], mistake="floor")
    one("two", "the usual one", two, [40, 40], mistake="floor")
    one("odd lengths", "what is left behind four at a time", two, [37, 37])
    one("subtract", "a negative m", two, [21, 21], signs=[1, -1], output=(0.06, 128))
    one("average", "divided by two", two, [18, 18], divisor=2)
    one("relu", "low = z_y", two, [16, 16], low=40)
    one("relu6", "both ends", two, [16, 16], low=40, high=140)
    one("repeated second", "a code a channel over eight positions", two, [24, 3])
    one("repeated first", "the same, the other way round", two, [5, 35])
    one("one channel", "one code over all positions", two, [9, 1])
    one("many channels", "a run longer than a block", two, [57, 19])
    one("three", "more than two", three, [33, 33, 33])
    one("three, one repeated", "in the middle", three, [36, 4, 36])
    one("three, two repeated", "all but the last", three, [6, 6, 18])
    one("average of three", "thirds", three, [17, 17, 17], divisor=3)
    one("five", "five", [(0.01 * i, 50 * i) for i in range(1, 6)], [20] * 5, output=(0.1, 128))
    one("one", "a change of format", [(0.8, 30)], [20], output=(1.0, 12))
    one("saturation", "an output range finer than the inputs'", [(0.5, 100), (0.4, 90)], [30, 30], output=(0.1, 40))
    return file("Weighted sums (R14): codes of each input in turn, codes out.", made)


def multiply():
    rng = random.Random("multiply")
    made = []

    def one(name, why, first, second, lengths, output, low=0, high=255):
        constants = product_constants(first[0], second[0], *output, low, high)
        rows = rows_of(rng, lengths)
        expected = [
            [product(a, first[1], b, second[1], constants, low, high) for a, b in zip(*operands(row, lengths))]
            for row in rows
        ]
        P, S, m, B = constants
        made.append({"name": name, "why": why, "rule": "R16", "lengths": lengths, "zero_points": [first[1], second[1]],
                     "element": "u8", "pre_shift": P, "shift": S, "low": low, "high": high, "multiplier": [m], "bias": [B],
                     "input": rows, "output": expected})  # fmt: skip

    one("one element", "the constants of R16's example", (0.02, 0), (0.01, 128), [1, 1], (0.03, 20))
    one("signed", "products of either sign", (0.02, 128), (0.03, 120), [40, 40], (0.05, 128))
    one("unsigned", "gates", (0.02, 0), (1 / 256, 0), [37, 37], (0.02, 0))
    one("far zero points", "all differences negative", (0.02, 255), (0.03, 255), [16, 16], (0.05, 10))
    one("gate a channel", "squeeze and excite", (0.02, 90), (1 / 256, 0), [48, 6], (0.02, 90))
    one("gate first", "the other way round", (1 / 256, 0), (0.02, 90), [3, 21], (0.02, 90))
    one("one gate", "for all", (0.02, 90), (1 / 256, 0), [11, 1], (0.02, 90))
    one("relu", "low = z_y", (0.02, 128), (0.03, 120), [20, 20], (0.05, 100), low=100)
    one("saturation", "an output range finer than that of the product", (0.5, 128), (0.5, 128), [20, 20], (0.1, 128))
    return file("Products (R16): codes of the first input, then of the second; codes out.", made)


def in_format(row, formats, lengths, output):
    constants = [rescale(format, output) for format in formats]
    return [[rescaled(x, c) for x in part] for part, c in zip(operands(row, lengths), constants)]


def constant_fields(formats, output):
    """With m = 1, S = B = 0 a code stays as it is."""
    constants = [rescale(format, output) or (0, 1, 0) for format in formats]
    return {"multipliers": [m for _, m, _ in constants], "biases": [B for _, _, B in constants],
            "shifts": [S for S, _, _ in constants]}  # fmt: skip


def maximum():
    rng = random.Random("maximum")
    made = []

    def one(name, why, formats, lengths, output, smallest=False):
        rows = rows_of(rng, lengths)
        pick = min if smallest else max
        expected = [[pick(x) for x in zip(*in_format(row, formats, lengths, output))] for row in rows]
        made.append({"name": name, "why": why, "rule": "R14", "pick": "smallest" if smallest else "largest",
                     "lengths": lengths, **constant_fields(formats, output), "input": rows, "output": expected})  # fmt: skip

    a, b, c = (0.05, 100), (0.04, 20), (0.1, 128)
    for smallest in (False, True):
        word = "smallest" if smallest else "largest"
        one(f"{word} of one element", "one", [a, b], [1, 1], (0.06, 90), smallest)
        one(f"{word} of two", "both rescaled", [a, b], [37, 37], (0.06, 90), smallest)
        one(f"{word}, the first as it is", "one rescaled", [a, b], [20, 20], a, smallest)
        one(f"{word}, both as they are", "compared as they are", [a, a], [20, 20], a, smallest)
        one(f"{word}, repeated", "a code a channel", [a, b], [24, 3], (0.06, 90), smallest)
        one(f"{word} of three", "more than two", [a, b, c], [33, 33, 33], (0.06, 90), smallest)
        one(f"{word} of three, one repeated", "the first", [a, b, c], [5, 35, 35], c, smallest)
        one(f"{word}, saturated", "a clamp keeps the order", [a, c], [30, 30], (0.01, 30), smallest)
    return file("The largest and the smallest (R14 with one input each): codes of each input in turn, codes out.", made)


def concat():
    rng = random.Random("concat")
    made = []

    def one(name, why, formats, lengths, rounds, output):
        rows = rows_of(rng, lengths)
        constants = [rescale(format, output) for format in formats]
        expected = []
        for row in rows:
            parts, at = [], 0
            for length, c in zip(lengths, constants):
                parts.append([rescaled(x, c) for x in row[at : at + length]])
                at += length
            pieces = [length // rounds for length in lengths]
            expected.append([
                x for turn in range(rounds) for part, n in zip(parts, pieces) for x in part[turn * n : (turn + 1) * n]
            ])
        made.append({"name": name, "why": why, "rule": "R15", "lengths": lengths, "rounds": rounds,
                     **constant_fields(formats, output), "input": rows, "output": expected})  # fmt: skip

    a, b, c = (0.05, 100), (0.04, 20), (0.1, 128)
    one("vectors", "one round", [a, a], [5, 7], 1, a)
    one("channels", "a round a position", [a, a], [24, 30], 6, a)
    one("channels, rescaled", "the second", [a, b], [24, 30], 6, a)
    one("both rescaled", "neither has the output's format", [a, b], [16, 32], 4, c)
    one("single channels", "pieces of one", [a, b], [9, 9], 9, a)
    one("rows", "pieces of several positions", [a, b], [36, 12], 2, b)
    one("three", "the first stays", [a, b, c], [10, 20, 30], 5, a)
    one("four alike", "a copy", [a, a, a, a], [8, 16, 4, 12], 4, a)
    return file("Concats (R15): codes of each input in turn, pieces of each in turn out.", made)


def files():
    return {
        "rules/add.toml": sum_rules(), "rules/concat.toml": concat_rules(), "rules/multiply.toml": product_rules(),
        "ops/add.toml": add(), "ops/multiply.toml": multiply(), "ops/maximum.toml": maximum(), "ops/concat.toml": concat(),
    }  # fmt: skip
