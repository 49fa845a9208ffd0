"""Rules R1..R21 of docs/arithmetic.md, but for the leaky side (leaky.py) and the sizes of windows (windows.py).

Integers are Python's, of any size. A Python float appears only where a rule says *real* (an f64 with the operations in
the order written). Every obligation is asserted where it is used.
"""

import math
import struct
from fractions import Fraction

I32_LOW, I32_HIGH = -(2**31), 2**31 - 1
CLAMPS = {"u8": (0, 255), "u16": (0, 65535), "i16": (-32768, 32767)}


class RuleError(Exception):
    """A network that the rules refuse; the text is the error's name."""


# R1


def rnd(real):
    return math.floor(real + 0.5)


def clamp(x, low, high):
    return max(low, min(high, x))


def mulh(a, b):
    return (a * b) >> 32


def f32(real):
    """The f32 nearest to an f64 (ties to even), as an f64. Products of two f32 are exact in f64, so this is also
    the one rounding of an f32 multiplication."""
    try:
        return struct.unpack("<f", struct.pack("<f", real))[0]
    except OverflowError:
        return math.copysign(math.inf, real)


def f32_bits(real):
    return struct.unpack("<I", struct.pack("<f", f32(real)))[0]


def f32_from_bits(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def f64_bits(real):
    return struct.unpack("<Q", struct.pack("<d", real))[0]


# R3, R12: scales from ranges


def scale_of_range(declared, a, b, samples, bits, useful=None, cap=None):
    """(s, z) of a tensor of codes."""
    top = 2**bits - 1
    headroom = 1.0 if declared else (1.125 if samples >= 32 else 1.25)
    a, b = min(a * headroom, 0.0), max(b * headroom, 0.0)
    if useful:
        a, b = max(a, useful[0]), min(b, useful[1])
    if cap is not None:
        b = min(b, cap)
    if a == b:
        return 1.0, 0
    s = (b - a) / top
    return s, clamp(rnd(-a / s), 0, top)


def scale_of_wide_range(a, b):
    """s of a wide tensor."""
    largest = max(abs(a), abs(b))
    return 2.0 * largest / 32767.0 if largest > 0.0 else 1.0


# R4, R5: the network's ends


def input_constants(mean, std, scale, zero_point):
    """(k_c as f32, b_c)."""
    d = std * scale
    k = f32(256.0 / d)
    b = rnd(256.0 * (zero_point - mean / d)) + 128
    assert abs(b) < 2**30
    return k, b


def input_code(x, k, b, top):
    p = f32(x * k)
    if math.isnan(p):
        v = 0
    elif abs(p) >= 2.0**30:
        v = 2**30 if p > 0 else -(2**30)
    else:
        v = math.trunc(p)
    assert I32_LOW <= v + b <= I32_HIGH
    return clamp((v + b) >> 8, 0, top)


def output_real(code, scale, zero_point):
    return f32(f32(scale) * f32(float(code - zero_point)))


# R6, R7: the accumulator and its requantization


def bounds(weights, top=255):
    """(W, lo, hi) of a channel."""
    pos = sum(max(w, 0) for w in weights)
    neg = sum(max(-w, 0) for w in weights)
    assert I32_LOW <= -top * neg and top * pos <= I32_HIGH
    return pos - neg, -top * neg, top * pos


def accumulate(weights, codes):
    assert len(weights) == len(codes)
    return sum(w * x for w, x in zip(weights, codes))


def requantize(acc, pre_shift, bias, multiplier, shift, low, high):
    assert 0 <= pre_shift <= 16 and 0 <= shift <= 31 and 1 <= multiplier <= I32_HIGH
    t = acc * 2**pre_shift + bias
    assert I32_LOW <= t <= I32_HIGH, "obligation of R7"
    y = clamp(mulh(t, multiplier) >> shift, low, high)
    assert y == clamp((t * multiplier) >> (32 + shift), low, high), "both forms of R7"
    return y


# R8, R9: the constants of a requantization


def is_constant(a, M, d, z_x, W, lo, hi, y_lo, y_hi):
    """R9: the value of a constant channel, or None."""
    low = M * (lo - z_x * W) + d
    high = M * (hi - z_x * W) + d
    if high < y_lo - 0.5:
        return y_lo
    if low >= y_hi + 0.5:
        return y_hi
    if a < 2.0**-126 or hi == lo or M * (hi - lo) < 0.25:
        return clamp(rnd(M * ((lo + hi) / 2 - z_x * W) + d), y_lo, y_hi)
    return None


def constants(s_x, z_x, s_y, z_y, y_lo, y_hi, channels, has_weights=True):
    """R8 with R9 (but where there are no weights to clear). `channels`: (a, b, W, lo, hi) each.

    Gives (P, S, [m], [B], [constant])."""
    M = [(a * s_x) / s_y for a, *_ in channels]
    d = [b / s_y + z_y for _, b, *_ in channels]
    values = [
        is_constant(a, M[c], d[c], z_x, W, lo, hi, y_lo, y_hi) if has_weights else None
        for c, (a, _, W, lo, hi) in enumerate(channels)
    ]
    M_max = max((M[c] for c, value in enumerate(values) if value is None), default=1.0)

    def bias(c, P):
        if values[c] is not None:
            return rnd(((values[c] + 0.5) / M_max) * 2.0**P)
        return rnd(((d[c] + 0.5) / M[c]) * 2.0**P) - z_x * channels[c][2] * 2**P

    def fits(c, P):
        lo, hi = (0, 0) if values[c] is not None else channels[c][3:]
        if lo < I32_LOW or hi > I32_HIGH:  # R6's own obligation
            return False
        return lo * 2**P + bias(c, P) >= I32_LOW and hi * 2**P + bias(c, P) <= I32_HIGH

    P = next((P for P in range(16, -1, -1) if all(fits(c, P) for c in range(len(M)))), None)
    if P is None:
        raise RuleError("sum too wide for 32 bits")
    S = next((S for S in range(31, -1, -1) if rnd(M_max * 2.0 ** (32 + S - P)) <= I32_HIGH), None)
    if S is None:
        raise RuleError("output scale too fine for its input")
    m = [rnd((M_max if values[c] is not None else M[c]) * 2.0 ** (32 + S - P)) for c in range(len(M))]
    if 0 in m:
        raise RuleError("channel scales too far apart")
    B = [bias(c, P) for c in range(len(M))]
    flags = [value is not None for value in values]
    prove(P, S, m, B, values, M, d, z_x, y_lo, y_hi, channels)
    return P, S, m, B, flags


def prove(P, S, m, B, values, M, d, z_x, y_lo, y_hi, channels):
    """R8's error bound, in rationals, at the ends and in the middle of every channel's accumulator."""
    for c, (_, _, W, lo, hi) in enumerate(channels):
        if values[c] is not None:
            assert requantize(0, P, B[c], m[c], S, y_lo, y_hi) == values[c], "constant channel"
            continue
        for acc in {lo, hi, (lo + hi) // 2, (3 * lo + hi) // 4, (lo + 3 * hi) // 4}:
            real = Fraction(M[c]) * (acc - z_x * W) + Fraction(d[c]) + Fraction(1, 2)
            span = y_hi - y_lo + 2
            slack = Fraction(M[c]) / 2 ** (P + 1) + Fraction(span, 2 * m[c]) + Fraction(1, 10**8)
            y = requantize(acc, P, B[c], m[c], S, y_lo, y_hi)
            allowed = {clamp(math.floor(real + e), y_lo, y_hi) for e in (-slack, 0, slack)}
            assert y in allowed, (c, acc, y, allowed)


# R10: fused clamps


def fused_clamp(activation, scale, zero_point, element, ends=None, max_value=None):
    low, high = CLAMPS[element]
    if activation == "relu" and max_value is None:
        return zero_point, high
    if activation == "relu6":
        return zero_point, min(high, rnd(6.0 / scale) + zero_point)
    if activation in ("relu", "clip"):
        ends = ends or (0.0, max_value)
        return tuple(clamp(rnd(end / scale) + zero_point, low, high) for end in ends)
    assert activation == "none"
    return low, high


# R13: tables


def table_entry(function, u, s_x, z_x, s_y, z_y):
    """f in rationals. An entry that an f64 of error 1e-12 could decide otherwise is no test, so it is refused."""
    exact = function(Fraction(s_x) * (u - z_x)) / Fraction(s_y) + z_y + Fraction(1, 2) + Fraction(1, 2**30)
    assert abs(exact - round(exact)) > Fraction(1, 10**11), "ambiguous table entry"
    return clamp(math.floor(exact), 0, 255)


# R18: average pooling


def average_constants(s_x, z_x, s_y, z_y, y_lo, y_hi, counts):
    """(P, S, [m], [B]), one m and B for each number of taps."""
    channels = [(s_x / (s_y * n), float(z_y), n, 0, 255 * n) for n in counts]
    P, S, m, B, _ = constants(1.0, z_x, 1.0, 0, y_lo, y_hi, channels, has_weights=False)
    return P, S, m, B


# R20: softmax


def exponential(f):
    """rnd(32768·2^(−f/256)): a guess, then y − ½ ≤ x < y + ½ proven in integers, both sides to the 256th power."""
    y = rnd(32768 * 2.0 ** (-f / 256))
    assert (2 * y - 1) ** 256 * 2**f <= 65536**256 < (2 * y + 1) ** 256 * 2**f
    return y


EXPONENTIALS = [exponential(f) for f in range(256)]


def softmax_constants(scale, n, element):
    """(k, sh, g)."""
    D = {"i16": 65535, "u8": 255}[element]
    kappa = (scale * 1.4426950408889634) * 256.0
    sh = next((sh for sh in range(24, -1, -1) if rnd(kappa * 2.0**sh) * D + 2**sh // 2 < 2**31), None)
    g = next((g for g in range(8, -1, -1) if n * 2 ** (15 + g) < 2**32), None)
    if sh is None:
        raise RuleError("softmax input scale too coarse")
    if g is None:
        raise RuleError("softmax over too many values")
    return rnd(kappa * 2.0**sh), sh, g


def softmax(values, k, sh, g):
    """(e, r, codes, wide)."""
    top = max(values)
    e = []
    for q in values:
        product = (top - q) * k + 2**sh // 2
        assert product < 2**31
        t = product >> sh
        e.append((EXPONENTIALS[t % 256] * 2**g) >> min(t >> 8, 31))
    assert sum(e) < 2**32 and sum(e) >> g >= 2**15
    r = 2**31 // (sum(e) >> g)
    p = [(x >> g) * r for x in e]
    assert all(x <= 2**31 for x in p)
    return e, r, [min(255, (x + 2**22) >> 23) for x in p], [min(32767, (x + 2**15) >> 16) for x in p]


# R21: classify


def classify(values, sigmoid=False):
    if sigmoid:
        return int(values[0] > 0)
    return values.index(max(values))
