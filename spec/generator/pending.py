"""Rules whose families come later: enough of each to hold the page's worked example to it.

A rule moves out of here, with cases of its own under rules/ and ops/, when its family is built.
"""

from . import rules
from .functions import sigm_q, tanh_q
from .rules import I32_HIGH, I32_LOW, clamp, mulh, rnd


def clamp16(x):
    return clamp(x, -32768, 32767)


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


def pre_activation(case):
    M = [(case["a_x"] * case["input_scale"]) * 4096, case["a_h"] * 32]
    W, z = [case["weight_sum_x"], case["weight_sum_h"]], [case["input_zero_point"], 128]
    ranges = [case["range_x"], case["range_h"]]
    P = [next(P for P in range(16, -1, -1) if lo * 2**P >= I32_LOW and hi * 2**P <= I32_HIGH) for lo, hi in ranges]

    def at(S):
        m = [rnd(M_i * 2.0 ** (32 + S - P_i)) for M_i, P_i in zip(M, P)]
        B = rnd((((case["b"] * 4096) - M[0] * (z[0] * W[0])) - M[1] * (z[1] * W[1]) + 0.5) * 2.0**S)
        reach = sum(M_i * 2.0**S * max(-lo, hi) for M_i, (lo, hi) in zip(M, ranges)) + abs(B)
        return (m, B) if max(m) <= I32_HIGH and reach <= 2**31 - 4 else None

    S = next(S for S in range(15, -1, -1) if at(S))
    m, B = at(S)
    t = sum(mulh(acc * 2**p, x) for acc, p, x in zip(case["accumulators"], P, m)) + B
    return {"pre_shifts": P, "shift": S, "multipliers": m, "bias": B, "t": t, "gate": clamp16(t >> S)}


def view(h):
    return clamp((h + 128) >> 8, -128, 127) + 128


def lstm(case):
    i, f, g, o = case["gates"]
    i, f, g, o = sigm_q(i), sigm_q(f), tanh_q(g), sigm_q(o)
    k = case["cell_shift"]
    c = clamp16((f * case["cell"] + ((i * g) >> (15 - k)) + 2**14) >> 15)
    t = tanh_q(clamp16(c * 2 ** (12 - k)))
    h = (o * t + 2**14) >> 15
    return {"activated": [i, f, g, o], "new_cell": c, "tanh_cell": t, "h": h, "code": view(h)}


def gru(case):
    z, r, h = sigm_q(case["gate_z"]), sigm_q(case["gate_r"]), case["h"]
    argument = clamp16(case["gx"] + ((r * case["gh"] + 2**14) >> 15))
    n = tanh_q(argument)
    new = (z * h + (32768 - z) * n + 2**14) >> 15
    before = (r * h + 2**14) >> 15
    return {
        "z": z, "r": r, "argument": argument, "n": n, "new_h": new, "code": view(new),
        "reset_h": before, "reset_code": view(before),
    }  # fmt: skip


def simple_rnn(case):
    h = tanh_q(case["gate"])
    return {"h": h, "code": view(h)}


RULES = {
    "R24": pre_activation,
    "R25": lstm,
    "R26": gru,
    "R27": simple_rnn,
}
