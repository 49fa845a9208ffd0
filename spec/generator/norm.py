"""R22: layer norm."""

import math

from . import rules
from .rules import RuleError, rnd


def variance_constants(n, epsilon, s_x):
    """(a, E)."""
    assert 2 <= n <= 512
    relative = epsilon / (s_x * s_x)
    for a in (8, 6, 4, 2, 0):
        E = rnd(n * n * relative * 2.0**a)
        if n * n * 16257 * 2**a + E < 2**32:
            return a, max(1, E)
    raise RuleError("epsilon too large for the step of its input")


def highest(n):
    """hi: no normalized value is larger."""
    return 4096 * (math.isqrt(n) + 1)


def normalized(x, a, E):
    """The steps of the rule, by the names of spec/README.md."""
    n = len(x)
    S1, S2 = sum(x), sum(value * value for value in x)
    v, j = (n * S2 - S1 * S1) * 2**a + E, 0
    assert 1 <= v < 2**32
    while v < 2**30:
        v, j = 4 * v, j + 1
    q = math.isqrt(v)
    assert 2**15 <= q < 2**16
    r = 2**31 // q
    z = [((n * value - S1) * r) >> (19 - j - a // 2) for value in x]
    assert all(abs(value) <= highest(n) for value in z)
    return {"sum": S1, "squares": S2, "v": v, "j": j, "root": q, "reciprocal": r, "normalized": z}


def output_constants(gamma, beta, s_y, z_y, low, high):
    """(P, S, [m], [B], [sigma]) of R7 behind it."""
    n, hi = len(gamma), highest(len(gamma))
    # R8 where the rule gives M and d: both scales 1.
    channels = [((abs(g) / 4096) / s_y, b / s_y + z_y, 0, -hi, hi) for g, b in zip(gamma, beta, strict=True)]
    P, S, m, B, constant = rules.constants(1.0, 0, 1.0, 0, low, high, channels)
    signs = [0 if constant[i] else (-1 if gamma[i] < 0 else 1) for i in range(n)]
    return P, S, m, B, signs


def codes(z, constants, low, high):
    P, S, m, B, signs = constants
    return [rules.requantize(sign * x, P, b, k, S, low, high) for sign, x, k, b in zip(signs, z, m, B, strict=True)]
