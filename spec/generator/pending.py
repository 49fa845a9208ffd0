"""Rules whose families come later: enough of each to hold the page's worked example to it.

A rule moves out of here, with cases of its own under rules/ and ops/, when its family is built.
"""

import math

from . import rules
from .rules import clamp, rnd


def single(M, d, z_x, W, lo, hi):
    """R8 for one channel of codes, where the rule gives M and d: a = M, b = d, both scales 1."""
    P, S, (m,), (B,), _ = rules.constants(1.0, z_x, 1.0, 0, 0, 255, [(M, d, W, lo, hi)])
    return P, S, m, B


def bilinear(case):
    """The second half of R19, whose first half is in evaluate.py."""
    f, x, z = case["factor"], case["input"], case["zero_point"]
    n, sums = 2 * f, []
    for i in range(len(x) * f):
        place = 2 * i + 1 - f  # twice f times the source coordinate of the pixel's centre
        left, weight = place // (2 * f), place % (2 * f)
        at = [x[clamp(j, 0, len(x) - 1)] for j in (left, left + 1)]
        sums.append(at[0] * (2 * f - weight) + at[1] * weight)
    P, S, m, B = single(1 / n, float(z), z, n, 0, 255 * n)
    return {"sums": sums, "codes": [rules.requantize(acc, P, B, m, S, 0, 255) for acc in sums]}


def layer_norm(case):
    x, s = case["input"], case["input_scale"]
    n, epsilon = len(x), case["epsilon"] / (s * s)
    a = next(a for a in (8, 6, 4, 2, 0) if n * n * 16257 * 2**a + rnd(n * n * epsilon * 2.0**a) < 2**32)
    E = max(1, rnd(n * n * epsilon * 2.0**a))
    S1, S2 = sum(x), sum(v * v for v in x)
    v = (n * S2 - S1 * S1) * 2**a + E
    j = 0
    while v < 2**30:
        v, j = 4 * v, j + 1
    q = math.isqrt(v)
    r = 2**31 // q
    return {
        "a": a, "epsilon_code": E, "sum": S1, "squares": S2, "v": v, "j": j, "root": q, "reciprocal": r,
        "normalized": [((n * value - S1) * r) >> (19 - j - a // 2) for value in x],
    }  # fmt: skip


def embedding(case):
    s, z = case["scale"], case["zero_point"]
    return {"codes": [clamp(rnd(v / s + z), 0, 255) for v in case["entries"]]}


RULES = {
    "R22": layer_norm,
    "R33": embedding,
}
