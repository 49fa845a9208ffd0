"""Rules whose families come later: enough of each to hold the page's worked example to it.

A rule moves out of here, with cases of its own under rules/ and ops/, when its family is built.
"""

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
