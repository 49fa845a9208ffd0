"""The cases of spec/rules: one file a rule or a pair of rules that one function implements."""

import math
import random

from .evaluate import expected
from .functions import FIXED, TANGENTS
from .rules import CLAMPS, EXPONENTIALS, I32_HIGH, I32_LOW, f32_bits
from .text import Hex, document

HEAD = "Written by spec/generate.py from docs/arithmetic.md; fields in spec/README.md."


def case(rule, name, why, **inputs):
    made = {"name": name, "why": why, "rule": rule} | inputs
    return made | expected(made)


def file(title, cases, fields=None):
    return document([title, HEAD], fields or {}, cases)


def notation():
    shifts = [(-5, 1), (-1, 31), (5, 1), (-256, 8), (-257, 8), (I32_LOW, 31), (I32_HIGH, 30), (7, 0)]
    rounds = [-2.5, 2.5, -0.5, 0.5, 1.4999999, -1.5000001, 0.49999999999999994, 4503599627370497.5, -0.0, 1e300 / 1e290]
    products = [(-1, 1), (I32_LOW, I32_LOW), (I32_LOW, I32_HIGH), (I32_HIGH, I32_HIGH), (65536, 65535), (-65536, 65536)]
    clamps = [(300, 0, 255), (-1, 0, 255), (255, 0, 255), (-40000, -32768, 32767), (5, 9, 9)]
    return file(
        "R1: floor, rounding, clamping and the high half of a product.",
        [case("R1", f"shift {a} by {n}", "rounds down", function="shift_right", arguments=[a, n]) for a, n in shifts]
        + [case("R1", f"round {x!r}", "one addition, then floor", function="rnd", real=x) for x in rounds]
        + [case("R1", f"mulh {a} {b}", "floor of a.b / 2^32", function="mulh", arguments=[a, b]) for a, b in products]
        + [case("R1", f"clamp {x} {a} {b}", "ends included", function="clamp", arguments=[x, a, b]) for x, a, b in clamps],
    )


def ranges():
    observed = [
        ("example", "the example of R3", -1.7, 4.2, 64),
        ("after relu", "a = 0 gives z = 0", 0.0, 5.3, 32),
        ("31 samples", "under 32 samples the headroom is 5/4", -1.7, 4.2, 31),
        ("32 samples", "from 32 samples it is 9/8", -1.7, 4.2, 32),
        ("positive", "the range is stretched to zero", 900.0, 1100.0, 64),
        ("negative", "z reaches 255", -3.0, -1.0, 4),
        ("zero", "a = b: s = 1, z = 0", 0.0, 0.0, 64),
        ("symmetric", "-a/s = 127.5 goes up", -1.0, 1.0, 64),
        ("tiny", "small, but not zero", -1e-30, 3e-30, 64),
        ("thirds", "nothing here is exact in binary", -1 / 3, 2 / 3, 100),
    ]
    made = [
        case("R3", name, why, declared=False, range=[a, b], samples=n, bits=8) for name, why, a, b, n in observed
    ]
    made += [
        case("R3", "declared", "taken exactly", declared=True, range=[-1.7, 4.2], bits=8),
        case("R3", "image", "s = 1/255", declared=True, range=[0.0, 1.0], bits=8),
        case("R3", "wide code", "65,535 steps", declared=False, range=[-16.0, 12.5], samples=64, bits=16),
        case("R3", "wide negative", "z = 65535", declared=True, range=[-4.0, 0.0], bits=16),
        case("R3", "sigmoid input", "cut to the useful interval", declared=False, range=[-20.0, 4.0], samples=64,
             bits=8, useful=[-6.0, 6.0]),
        case("R3", "hard swish input", "cut on one side only", declared=False, range=[-9.0, 11.0], samples=64,
             bits=8, useful=[-3.0, math.inf]),
        *(case("R3", f"{name} input", "its useful interval", declared=False, range=[-20.0, 15.0], samples=64, bits=8, useful=useful)
          for name, useful in [("hard sigmoid", [-3.0, 3.0]), ("older hard sigmoid", [-2.5, 2.5]), ("tanh", [-3.5, 3.5]),
                               ("hard tanh", [-1.0, 1.0]), ("swish", [-8.0, math.inf]), ("gelu", [-4.0, math.inf]),
                               ("elu", [-6.0, math.inf])]),
        case("R3", "narrow sigmoid input", "within the useful interval, headroom included", declared=False, range=[-5.0, 2.0],
             samples=64, bits=8, useful=[-6.0, 6.0]),
        case("R3", "declared tanh input", "cut as well", declared=True, range=[-20.0, 3.25], bits=8, useful=[-3.5, 3.5]),
        case("R3", "relu6", "b is cut after headroom", declared=False, range=[0.0, 5.9], samples=64, bits=8, cap=6.0),
        case("R3", "relu6 low", "the cap is not reached", declared=False, range=[0.0, 2.0], samples=64, bits=8, cap=6.0),
        case("R3", "relu to 1", "any maximum caps", declared=False, range=[0.0, 1.0], samples=64, bits=8, cap=1.0),
        case("R3", "relu to 20.625", "the headroom of 5/4 just reaches it", declared=False, range=[0.0, 16.5], samples=8, bits=8, cap=20.625),
        case("R3", "relu to 20", "reached by the headroom alone", declared=False, range=[0.0, 18.0], samples=64, bits=8, cap=20.0),
        case("R3", "relu to 0", "a = b", declared=False, range=[0.0, 0.0], samples=64, bits=8, cap=0.0),
    ]  # fmt: skip
    made += [
        case("R12", f"wide {name}", why, range=[a, b])
        for name, why, a, b in [
            ("example", "the example of R12", -11.3, 11.3),
            ("lopsided", "the larger magnitude counts", -20.0, 3.5),
            ("positive", "no headroom", 0.25, 7.0),
            ("zero", "a = b = 0: s = 1", 0.0, 0.0),
        ]
    ]
    return file("R3 and R12: scale and zero point from a range.", made)


def inputs():
    rng = random.Random("input")
    special = ["nan", "inf", "-inf", "0.0", "-0.0", "1e-45", "-1e-45", "1.1754942e-38", "3.4028235e38", "-3.4028235e38"]
    bits = [Hex(f32_bits(float(text))) for text in special] + [Hex(0xFFC00001), Hex(0x7F800001)]

    def rows(s, z, top, mean=0.0, std=1.0, count=30):
        reals = []
        for _ in range(count):
            code = rng.randrange(-3, top + 4)
            reals.append((s * (code - z) + rng.choice([0.0, 0.5 * s, -0.5 * s, rng.uniform(-1, 1) * s])) * std + mean)
        return [Hex(f32_bits(x)) for x in reals]

    made = []
    for name, why, mean, std, s, z, width in [
        ("image", "k = 65280, b = 128", 0.0, 1.0, 1 / 255, 0, 8),
        ("normalized", "mean and deviation join k and b", 2.0, 4.0, 0.05, 100, 8),
        ("coarse", "s above 1", 0.0, 1.0, 3.7, 255, 8),
        ("fine", "a large k: products pass 2^30", 0.0, 1.0, 1e-6, 128, 8),
        ("sensor", "16 bits", 0.0, 1.0, 0.001, 30000, 16),
        ("far", "a mean far from zero", 1013.25, 11.5, 0.031, 140, 8),
        ("inverted", "a rescaling by a factor below zero", 255.0, -255.0, 1 / 255, 0, 8),
    ]:
        made.append(case("R4", name, why, mean=[mean], std=[std], scale=s, zero_point=z, bits=width,
                         input=bits + rows(s, z, 2**width - 1, mean, std)))  # fmt: skip
    made.append(case("R4", "example", "the page's third example", mean=[0.0], std=[1.0], scale=0.001, zero_point=30000,
                     bits=16, input=[Hex(f32_bits(-3.2))]))  # fmt: skip
    means, stds = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    mixed = [x for row in zip(*(rows(0.02, 110, 255, m, d, 8) for m, d in zip(means, stds))) for x in row]
    made.append(case("R4", "three channels", "constants are cycled along the last axis", mean=means, std=stds,
                     scale=0.02, zero_point=110, bits=8, input=mixed))  # fmt: skip
    return file("R4: the network's input from f32 (given, like all f32 here, as bits).", made)


def outputs():
    made = [
        case("R5", "example", "the example of R5", scale=0.00068971831, zero_point=0, element="i16",
             codes=[673, 0, 1, -1, 32767, -32768]),
        case("R5", "codes", "the zero point is subtracted in integers", scale=0.026029411764705884, zero_point=73,
             element="u8", codes=[0, 1, 72, 73, 74, 128, 254, 255]),
        case("R5", "softmax", "s = 1/256", scale=1 / 256, zero_point=0, element="u8", codes=[0, 1, 127, 255]),
        case("R5", "softmax wide", "s = 2^-15", scale=2.0**-15, zero_point=0, element="i16", codes=[0, 1, 32767]),
        case("R5", "rounding", "an f64 product rounded once would differ", scale=0.1, zero_point=0, element="i16",
             codes=[3, 7, 11, 12345, -12345, 32767]),
    ]  # fmt: skip
    return file("R5: the network's output as f32 bits.", made)


def accumulators():
    rng = random.Random("accumulator")
    made = [
        case("R6", "example", "the example of R6", weights=[1, 1, -1, 0], negative_scale=False, input=[30, 200, 15, 99]),
        case("R6", "flipped", "a < 0 negates the weights", weights=[1, 1, -1, 0], negative_scale=True, input=[30, 200, 15, 99]),
        case("R6", "zeros", "no weight, no range", weights=[0, 0, 0], negative_scale=False, input=[255, 255, 255]),
        case("R6", "all plus", "reaches hi", weights=[1] * 20, negative_scale=False, input=[255] * 20),
        case("R6", "all minus", "reaches lo", weights=[-1] * 20, negative_scale=False, input=[255] * 20),
        case("R6", "int8", "weights to 127", weights=[127, -127, 5, -50], negative_scale=True, input=[255, 255, 1, 200]),
        case("R6", "wide codes", "X = 65535", weights=[1, 1, -1, 0], negative_scale=False, bits=16, input=[30000, 65535, 65000, 9]),
        case("R6", "wide codes flipped", "both bytes count", weights=[1, -1, 1, -1], negative_scale=True, bits=16,
             input=[256, 255, 65535, 65280]),
        case("R6", "wide codes, int8", "weights to 127", weights=[127, -127, 5, -50], negative_scale=False, bits=16,
             input=[65535, 65535, 6000, 7]),
    ]  # fmt: skip
    for n in (7, 33):
        made.append(case("R6", f"random {n}", "random trits and codes", weights=rng.choices((-1, 0, 1), k=n),
                         negative_scale=bool(n % 2), input=rng.choices(range(256), k=n)))  # fmt: skip
    return file("R6: accumulators and their bounds.", made)


def requantize():
    rng = random.Random("requantize")

    def one(name, why, P, B, m, S, low, high, extra=()):
        accs = {0, 1, -1, (I32_HIGH - B) >> P, -((B - I32_LOW) >> P)} | set(extra)
        for y in (low, low + 1, high, high - 1, (low + high) // 2, rng.randint(low, high)):
            t = -((-y << (32 + S)) // m)  # the least t that gives y
            edge = (t - B) >> P
            accs |= {edge, edge + 1}
        accs |= {rng.randint(-((B - I32_LOW) >> P), (I32_HIGH - B) >> P) for _ in range(3)}
        fits = sorted(a for a in accs if I32_LOW <= a * 2**P + B <= I32_HIGH)
        return case("R7", name, why, pre_shift=P, bias=B, multiplier=m, shift=S, low=low, high=high, accumulators=fits)

    made = [
        one("example", "the example of R7", 16, 25968640, 1099511628, 20, 0, 255, [215]),
        one("flipped", "the flipped channel of R8", 16, 27279360, 1099511628, 20, 0, 255, [-215]),
        one("wide", "the example of R12", 16, 23948891, 1245426490, 14, -32768, 32767, [215]),
        one("largest m", "m = 2^31 - 1", 0, 0, I32_HIGH, 0, -32768, 32767),
        one("smallest m", "m = 1: mulh is 0 or -1", 0, 0, 1, 0, -32768, 32767),
        one("largest B", "B = 2^31 - 1 leaves acc <= 0", 16, I32_HIGH, 2**30, 22, 0, 255),
        one("smallest B", "B = -2^31 leaves acc >= 0", 16, I32_LOW, 2**30, 22, 0, 255),
        one("sign only", "only the sign is left", 4, 12345, I32_HIGH, 31, -32768, 32767),
        one("relu at zero point", "y_lo = z_y", 15, -1000000, 1500000000, 20, 37, 255),
        one("relu6", "both ends inside", 15, 7000000, 1700000000, 19, 10, 160),
        one("point", "y_lo = y_hi", 8, 99, 1234567890, 10, 7, 7),
    ]
    for P in range(17):
        for element, shifts in (("u8", (20, 21, 22, 23, 24)), ("i16", (13, 14, 15, 16))):
            low, high = CLAMPS[element]
            S, m = rng.choice(shifts), rng.randrange(2**28, 2**31)
            B = rng.randrange(-(2**29), 2**29)
            made.append(one(f"{element} P {P}", "edges of codes, ends of t", P, B, m, S, low, high))
    for S in range(32):
        low, high = CLAMPS["i16" if S % 2 else "u8"]
        m = rng.randrange(1, 2 ** rng.randrange(12, 32))
        made.append(one(f"S {S}", "any multiplier", rng.randrange(17), rng.randrange(I32_LOW, 2**31), m, S, low, high))
    return file("R7: the one requantization.", made)


def requantize_constants():
    rng = random.Random("constants")

    def one(rule, name, why, s_x, z_x, s_y, z_y, low, high, channels):
        columns = [list(column) for column in zip(*channels)]
        fields = dict(zip(("a", "b", "weight_sum", "acc_low", "acc_high"), columns))
        return case(rule, name, why, input_scale=s_x, input_zero_point=z_x, output_scale=s_y, output_zero_point=z_y,
                    low=low, high=high, **fields)  # fmt: skip

    def channel(K, a, b, largest=1):
        weights = [rng.randint(-largest, largest) or largest for _ in range(K)] if K == 1 else [
            rng.randint(-largest, largest) for _ in range(K)
        ]
        pos, neg = sum(w for w in weights if w > 0), -sum(w for w in weights if w < 0)
        return (a, b, pos - neg, -255 * neg, 255 * pos)

    unit = (1.0, 0, 1.0, 0, 0, 255)  # s_x, z_x, s_y, z_y, y_lo, y_hi: then M = a and d = b
    wide = (0.02, 10, 2.0 * 11.3 / 32767.0, 0, -32768, 32767)
    example = (0.04, 0.3, 1, -255, 510)
    page = (0.02, 10, 0.05, 0, 0, 255)
    tap = (1, 0, 255)  # W, lo, hi of a single +1
    made = [
        one("R8", "example", "the example of R8", *page, [example]),
        one("R8", "flipped", "the flipped channel", *page, [(0.04, 0.3, -1, -510, 255)]),
        one("R8", "wide", "the example of R12", *wide, [example]),
        one("R8", "ties", "M = 2^-4: exact halves", *unit, [(0.0625, 0.0, 0, -2550, 2550), (0.0625, 128.0, 0, -2550, 2550)]),
        one("R8", "above one", "M = 3.5", *unit, [(3.5, 1.25, *tap), (0.5, 3.0, *tap)]),
        one("R8", "largest M", "rnd(M.2^16) = 2^31 - 1, S = 0", *unit, [(32767.99999, 0.0, *tap)]),
        one("R8", "too fine", "rnd(M.2^16) = 2^31", *unit, [(32767.999995, 0.0, *tap)]),
        one("R8", "far too fine", "M = 2^20", *unit, [(2.0**20, 0.0, *tap)]),
        one("R8", "too far apart", "m = 0", *unit, [(32767.0, 0.0, *tap), (5e-6, -0.5, 0, -25500, 25500)]),
        one("R8", "far apart", "m = 1 is still allowed", *unit, [(32767.0, 0.0, *tap), (8e-6, -0.5, 0, -25500, 25500)]),
        one("R8", "too wide", "B alone passes 2^31 at P = 0", 1.0, 0, 1.0, 0, -32768, 32767, [(1.02e-5, 32000.0, 100, 0, 25500)]),
        one("R8", "accumulator at the edge", "P = 0: hi + B = 2^31 - 1", *unit, [(0.25, 0.0, 1, 0, 2147483645)]),
        one("R8", "accumulator past the edge", "the same with hi larger by one", *unit, [(0.25, 0.0, 1, 0, 2147483646)]),
        one("R8", "accumulator past 32 bits", "B brings it back, but R6 does not allow it", 1.0, 30000, 1.0, 0, 0, 255, [(0.25, 0.0, -40000, -(2**31) - 1000, 0)]),
        one("R8", "accumulator at the end of 32 bits", "a sum of wide codes", 1.0, 30000, 1.0, 0, -32768, 32767, [(1e-5, 0.0, -40000, -(2**31), 0)]),
        one("R8", "large zero point", "z_x = 255, W = 784", 0.011, 255, 0.09, 3, 3, 255, [(0.01, 15.0, 784, 0, 199920)]),
        one("R9", "weak channel", "the example of R9: swing below 0.25", *page, [example, (5e-6, 0.3, 1, -255, 510)]),
        one("R9", "zero scale", "a = 0", *page, [example, (0.0, 0.3, 1, -255, 510), (0.0, -9.0, 1, -255, 510)]),
        one("R9", "denormal scale", "a = 2^-127, though M = 0.5", 1.0, 0, 2.0**-126, 0, 0, 255, [(2.0**-127, 0.0, *tap), (2.0**-125, 0.0, *tap)]),
        one("R9", "smallest normal", "a = 2^-126, M = 1: not constant", 1.0, 0, 2.0**-126, 0, 0, 255, [(2.0**-126, 0.0, *tap)]),
        one("R9", "no weights", "hi = lo: rnd(d)", *page, [example, (0.04, 0.3, 0, 0, 0), (0.04, 0.025, 0, 0, 0), (0.04, -1.0, 0, 0, 0)]),
        one("R9", "all constant", "M_max = 1", *unit, [(0.5, 9.5, 0, 0, 0), (0.0, 99.0, *tap)]),
        one("R9", "never above", "V_hi < y_lo - 0.5", *unit, [(0.5, 0.0, *tap), (0.5, -500.0, *tap)]),
        one("R9", "never below", "V_lo >= y_hi + 0.5", *unit, [(0.5, 0.0, *tap), (0.5, 400.0, *tap)]),
        one("R9", "at the lower threshold", "V_hi = y_lo - 0.5 is not constant, a little less is",
            *unit, [(0.5, -128.0, *tap), (0.5, -128.0000001, *tap)]),
        one("R9", "at the upper threshold", "V_lo = y_hi + 0.5 is constant, a little less is not",
            *unit, [(0.5, 255.5, *tap), (0.5, 255.4999999, *tap)]),
        one("R9", "at the swing", "0.25 is not constant, a little less is",
            *unit, [(0.25, 7.0, 0, 0, 1), (0.2499999, 7.0, 0, 0, 1)]),
        one("R9", "constant in a wide tensor", "the same thresholds in a wide tensor", *wide, [example, (1e-7, 0.3, 1, -255, 510), (0.04, 99.0, 0, -255, 255)]),
        one("R9", "costs P", "the B of a constant channel counts like any other", *unit, [(0.001, 0.0, *tap), (0.5, 400.0, *tap)]),
        one("R9", "saves P", "a weak channel does not shrink P for the others", *page, [example, (2e-6, 9.9, 1, -255, 510)]),
    ]  # fmt: skip
    for K in (1, 9, 64, 288, 576, 784, 4608, 65536):
        for largest, kind in ((1, "ternary"), (127, "int8")):
            M = 40 / (math.sqrt(K) * 100 * largest)
            rows = [channel(K, 0.05 * rng.uniform(0.3, 1.7), rng.uniform(-0.4, 0.6), largest) for _ in range(3)]
            made.append(one("R8", f"{kind} {K}", "usual scales", 0.02, rng.choice((0, 10, 128)), 0.001 / M, 40,
                            rng.choice((0, 40)), 255, rows))  # fmt: skip
    for index in range(24):
        K, count = rng.choice((4, 16, 64, 300)), rng.randint(1, 12)
        M = 40 / (math.sqrt(K) * 100) * 2.0 ** rng.uniform(-4, 3)
        s_x, a = 10.0 ** rng.uniform(-3, 1), 10.0 ** rng.uniform(-3, 0)
        s_y = a * s_x / M
        rows = []
        for _ in range(count):
            row_scale = a * 2.0 ** rng.uniform(-6, 3) if index % 3 else a * rng.uniform(0.2, 2)
            rows.append(channel(K, 0.0 if rng.random() < 0.06 else row_scale, rng.uniform(-150, 200) * s_y))
        z_y = rng.choice((0, 0, 12, 128, 255))
        low, high, z_y = (-32768, 32767, 0) if index % 4 == 0 else (rng.choice((0, z_y)), 255, z_y)
        if low == -32768:
            s_y = s_y / 128
        made.append(one("R8", f"random {index}", "whole layers", s_x, rng.choice((0, 0, 77, 255)), s_y, z_y, low, high, rows))
    return file("R8 and R9 (and R12, where the clamp is an i16's): the constants of a requantization.", made)


def clamps():
    made = [
        case("R10", "example", "the example of R10", activation="relu6", scale=0.04, zero_point=10, element="u8"),
        case("R10", "none", "the whole range", activation="none", scale=0.04, zero_point=10, element="u8"),
        case("R10", "relu", "the zero point", activation="relu", scale=0.04, zero_point=10, element="u8"),
        case("R10", "relu6 cut", "6/s is out of range", activation="relu6", scale=0.02, zero_point=0, element="u8"),
        case("R10", "clip", "each end is clamped", activation="clip", scale=0.04, zero_point=100, element="u8", ends=[-1.0, 20.0]),
        case("R10", "none wide", "i16", activation="none", scale=0.001, zero_point=0, element="i16"),
        case("R10", "relu wide", "y_lo = 0", activation="relu", scale=0.001, zero_point=0, element="i16"),
        case("R10", "relu6 wide", "i16", activation="relu6", scale=0.001, zero_point=0, element="i16"),
        case("R10", "relu at the zero point, embedded-nn's mistake", "128, not 0", activation="relu", scale=0.04, zero_point=128, element="u8"),
        case("R10", "relu to 1", "clip to [0, 1]", activation="relu", max_value=1.0, scale=0.04, zero_point=10, element="u8"),
        case("R10", "relu to 6", "the same as relu6", activation="relu", max_value=6.0, scale=0.04, zero_point=10, element="u8"),
        case("R10", "relu to 20, cut", "v/s is out of range", activation="relu", max_value=20.0, scale=0.04, zero_point=10, element="u8"),
        case("R10", "relu to a half step", "v/s = 2.5 goes up", activation="relu", max_value=0.625, scale=0.25, zero_point=7, element="u8"),
        case("R10", "relu to 0", "a point", activation="relu", max_value=0.0, scale=1.0, zero_point=0, element="u8"),
        case("R10", "relu to 1, wide", "i16", activation="relu", max_value=1.0, scale=0.001, zero_point=0, element="i16"),
        case("R10", "relu to 1000, wide", "cut", activation="relu", max_value=1000.0, scale=0.001, zero_point=0, element="i16"),
    ]  # fmt: skip
    return file("R10: the ends of a fused clamp.", made)


def tables():
    made = []
    for name, s_x, z_x, s_y, z_y in [
        ("same scale", 0.03, 50, 0.03, 0),
        ("finer output", 0.031, 97, 0.0173, 0),
        ("coarser output", 0.0113, 201, 0.047, 0),
        ("output zero point", 0.02, 128, 0.013, 19),
        ("exact ties", 0.5, 16, 1.0, 0),
        ("saturating", 1.7, 3, 0.19, 0),
        ("no negatives", 0.05, 0, 0.05, 0),
        ("all negative", 0.05, 255, 0.05, 4),
    ]:
        made.append(case("R13", f"relu, {name}", "f is exact", function="relu", input_scale=s_x, input_zero_point=z_x,
                         output_scale=s_y, output_zero_point=z_y))  # fmt: skip
    made.append(case("R13", "hard swish", "the example of R13", function="hard_swish", input_scale=0.04, input_zero_point=75,
                     output_scale=0.03, output_zero_point=12))  # fmt: skip
    unit, symmetric = (1 / 255, 0), (1 / 127, 128)
    for name, why, s_x, z_x, (s_y, z_y), options in [
        ("elu", "below zero to -1", 0.041, 146, (0.0213, 47), {"function": "elu"}),
        ("elu of another alpha", "alpha scales what is below zero", 0.041, 146, (0.0199, 74), {"function": "elu", "alpha": 1.75}),
        ("selu", "both constants", 0.037, 162, (0.0207, 85), {"function": "selu"}),
        ("sigmoid", "the format of R2", 12 / 255, 128, unit, {"function": "sigmoid"}),
        ("sigmoid of a narrow input", "few of the codes of the output occur", 0.0071, 200, unit, {"function": "sigmoid"}),
        ("tanh", "the format of R2", 7 / 255, 128, symmetric, {"function": "tanh"}),
        ("hard sigmoid", "slope 1/6, saturates at both ends", 0.031, 117, unit, {"function": "hard_sigmoid"}),
        ("hard sigmoid of older Keras", "slope 0.2", 0.0231, 117, unit, {"function": "hard_sigmoid", "slope": 0.2}),
        ("hard tanh", "saturates at both ends", 0.0113, 121, symmetric, {"function": "hard_tanh"}),
        ("swish", "falls, then rises", 0.0517, 155, (0.0207, 14), {"function": "swish"}),
        ("gelu", "the exact one", 0.0317, 126, (0.0163, 11), {"function": "gelu"}),
        ("gelu by a tangent", "differs from the exact one by up to 5e-4", 0.0317, 126, (0.0007, 243), {"function": "gelu", "approximate": "tanh"}),
        ("gelu in fine steps", "shows that it is not the tangent", 0.0317, 126, (0.0007, 243), {"function": "gelu"}),
        ("softplus", "never 0, but rounded to it", 0.0613, 131, (0.0311, 0), {"function": "softplus"}),
        ("softsign", "the format of R2", 0.153, 99, symmetric, {"function": "softsign"}),
        ("exponential", "saturates", 0.0293, 171, (0.0437, 0), {"function": "exponential"}),
        ("elu, then tanh", "a chain is one table", 0.041, 146, symmetric, {"function": "elu", "then": "tanh"}),
        ("exponential, then softsign", "no inner value is rounded", 0.0613, 171, symmetric, {"function": "exponential", "then": "softsign"}),
        ("hard swish, then relu", "the relu is a part of it", 0.04, 75, (0.03, 0), {"function": "hard_swish", "then": "relu"}),
    ]:
        made.append(case("R13", name, why, **options, input_scale=s_x, input_zero_point=z_x, output_scale=s_y,
                         output_zero_point=z_y))  # fmt: skip
    return file("R13: tables, entries for the codes 0..=255.", made)


def fixed():
    return file(
        "R2: the formats that need no calibration.",
        [case("R2", name.replace("_", " "), "does not depend on any range", function=name) for name in FIXED],
    )


def gates():
    rng = random.Random("gates")
    near = [x for i in (0, 1, 127, 128, 129, 255) for x in (256 * i - 32768, 256 * i - 32767, 256 * i - 32513)]
    rows = [
        ("example", "the example of R23", [4200, 0, -32768, 32767, -1]),
        ("entries", "around an entry of the table the line changes", near),
        ("small", "sigmoid halves its argument, rounding down", list(range(-9, 10))),
        ("drawn", "anything", [rng.randint(-32768, 32767) for _ in range(40)]),
    ]
    made = [case("R23", name, why, input=values) for name, why, values in rows]
    return file("R23: sigmoid and tanh of 16 bits. `tangents` is the committed table T.", made, {"tangents": TANGENTS})


def softmax():
    rng = random.Random("softmax")
    made = []
    for element, scale, count in [
        ("i16", 1e-9, 10), ("i16", 0.5, 10), ("i16", 80.0, 2), ("i16", 88.8, 2), ("i16", 1.0 / 4096, 131071),
        ("i16", 1.0 / 4096, 131072), ("i16", 0.000689718, 511), ("i16", 0.000689718, 512), ("i16", 0.000689718, 513),
        ("u8", 0.05, 10), ("u8", 1e-12, 3), ("u8", 4.0, 1000), ("u8", 30000.0, 2),
    ]:  # fmt: skip
        made.append(case("R20", f"constants {element} {scale!r} {count}", "k, sh and g alone", scale=scale,
                         input_element=element, count=count))  # fmt: skip

    def one(name, why, scale, element, values):
        made.append(case("R20", name, why, scale=scale, input_element=element, count=len(values), input=values))

    one("example", "the example of R20", 2.0**-10, "i16", [1000, 2000, 500])
    one("one value", "probability one: 255, 32767", 2.0**-10, "i16", [-5])
    one("two equal", "a half each", 2.0**-10, "i16", [77, 77])
    one("farthest apart", "e = 0", 2.0**-10, "i16", [-32768, 32767])
    one("far apart, tiny scale", "k = 0 or small: uniform", 1e-9, "i16", [-32768, 32767, 0])
    one("coarsest", "sh = 0", 80.0, "i16", [5, 4, -32768])
    one("thirty octaves", "shifts at and past 31", 0.25, "i16", [0, -83, -84, -86, -87, -89, -90, -3000])
    one("codes", "zero points cancel", 0.05, "u8", [0, 255, 128, 127, 200])
    one("codes farthest", "e = 0", 4.0, "u8", [0, 255])
    one("large logits, MicroFlow's mistake", "exp of 1000 overflows an f32", 0.5, "i16", [2000, 1998, 1996, 0])
    one("large logits, all alike", "exp of 16000 in each", 0.5, "i16", [32767, 32767, 32767])
    for n in (2, 10, 12, 31, 64):
        for element in ("u8", "i16"):
            low, high = CLAMPS[element]
            scale = 8.0 * 10.0 ** rng.uniform(-1, 0.5) / high
            one(f"random {element} {n}", "random logits", scale, element, [rng.randint(low, high) for _ in range(n)])
    return file("R20: softmax. `exponentials` is the committed table E.", made, {"exponentials": EXPONENTIALS})


def classify():
    rows = [
        ("example", "lowest index on ties", [5, 9, 9], False),
        ("one", "a single value", [-3], False),
        ("negative", "all below zero", [-5, -2, -2, -30], False),
        ("ends", "extremes", [-32768, 32767, 0], False),
        ("all equal", "class 0", [7] * 9, False),
        ("last", "the last one", [1, 2, 3, 4], False),
        ("sigmoid above", "q > 0", [1], True),
        ("sigmoid zero", "q = 0 is class 0", [0], True),
        ("sigmoid below", "q < 0", [-1], True),
    ]
    return file(
        "R21: the class.",
        [case("R21", name, why, values=values, sigmoid=sigmoid) for name, why, values, sigmoid in rows],
    )


def compose():
    def norm(gamma, beta, mean, variance, epsilon):
        return {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance, "epsilon": epsilon}

    rows = [
        ("example", "the example of R32", 1.0, 0.1, norm(1.5, 0.2, 0.4, 0.09, 0.001)),
        ("scaled", "s_w multiplies last", 0.0371, -0.25, norm(0.913, -0.118, 1.7, 0.31, 0.001)),
        ("negative gamma", "a < 0: R6 flips", 0.05, 0.0, norm(-0.7, 0.1, -0.2, 1.3, 1e-5)),
        ("no variance", "epsilon alone", 0.05, 0.0, norm(1.0, 0.0, 0.5, 0.0, 1e-3)),
        ("zero gamma", "a = 0: R9", 0.05, 0.3, norm(0.0, 0.8, 0.5, 2.0, 1e-3)),
        ("zero scale", "nothing was kept", 0.0, 0.3, norm(1.1, 0.8, 0.5, 2.0, 1e-3)),
        ("epsilon of the layer, BitNeural32's mistake", "it has 1e-5 always", 0.05, 0.3, norm(1.1, 0.8, 0.5, 1e-4, 1e-3)),
    ]
    made = [
        case("R32", name, why, weight_scale=s, layer_bias=b, batch_norm=batch_norm) for name, why, s, b, batch_norm in rows
    ]
    wrong = case("R32", "", "", weight_scale=0.05, layer_bias=0.3, batch_norm=norm(1.1, 0.8, 0.5, 1e-4, 1e-5))
    assert made[-1]["a"] != wrong["a"], "the mistake shows"
    made.append(case("R32", "no batch norm", "a = s_w, b = b0", weight_scale=0.04, layer_bias=0.3))
    return file("R32: batch norm joins a layer's scale and bias.", made)


def files():
    made = {
        "notation": notation, "ranges": ranges, "input": inputs, "output": outputs, "accumulator": accumulators,
        "requantize": requantize, "constants": requantize_constants, "clamps": clamps, "tables": tables,
        "fixed": fixed, "gates": gates, "softmax": softmax, "classify": classify, "compose": compose,
    }  # fmt: skip
    return {f"rules/{name}.toml": function() for name, function in made.items()}
