"""R11: two requantizations of one accumulator."""

import math
from fractions import Fraction

from .rules import I32_HIGH, I32_LOW, RuleError, clamp, mulh, rnd


def negative_side(M, offset, z_y, lo, hi, slope):
    """(M⁻, d⁻) of a channel that is not constant; `offset` is b/s_y."""
    steepness = slope
    if abs(slope * M) * (hi - lo) < 0.25:
        steepness = (0.25 / (hi - lo)) / M
    return steepness * M, slope * offset + z_y


def constant_value(a, M, offset, z_x, z_y, W, lo, hi, slope):
    """R9 without its fourth condition: the value of a constant channel, or None."""
    d = offset + z_y
    if M * (lo - z_x * W) + d >= 255 + 0.5:
        return 255
    if a < 2.0**-126 or hi == lo or M * (hi - lo) < 0.25:
        V = M * ((lo + hi) / 2 - z_x * W) + offset
        return clamp(rnd((slope * V if V < 0.0 else V) + z_y), 0, 255)
    return None


class Side:
    """One of the two requantizations, of all channels."""

    def __init__(self, z_x, M, d, values, channels):
        self.z_x, self.values, self.channels = z_x, values, channels
        self.M_max = max((abs(x) for x, value in zip(M, values) if value is None), default=1.0)
        self.M = [x if value is None else self.M_max for x, value in zip(M, values)]
        self.d = [x if value is None else value for x, value in zip(d, values)]

    def bias(self, c, P):
        W = self.channels[c][0] if self.values[c] is None else 0
        return rnd(((self.d[c] + 0.5) / self.M[c]) * 2.0**P) - self.z_x * W * 2**P

    def fits(self, P):
        for c, (_, lo, hi) in enumerate(self.channels):
            lo, hi = (lo, hi) if self.values[c] is None else (0, 0)
            if lo < I32_LOW or hi > I32_HIGH:  # R6's own obligation
                return False
            if lo * 2**P + self.bias(c, P) < I32_LOW or hi * 2**P + self.bias(c, P) > I32_HIGH:
                return False
        return True

    def finish(self, P):
        """(S, [m], [B])."""
        S = next((S for S in range(31, -1, -1) if rnd(self.M_max * 2.0 ** (32 + S - P)) <= I32_HIGH), None)
        if S is None:
            raise RuleError("output scale too fine for its input")
        m = [rnd(abs(M) * 2.0 ** (32 + S - P)) * (1 if M > 0 else -1) for M in self.M]
        if 0 in m:
            raise RuleError("channel scales too far apart")
        return S, m, [self.bias(c, P) for c in range(len(m))]

    def prove(self, P, S, m, B):
        """R8's error bound before any clamp, in rationals."""
        for c, (W, lo, hi) in enumerate(self.channels):
            if self.values[c] is not None:
                assert (B[c] * m[c]) >> (32 + S) == self.values[c]
                continue
            for acc in {lo, hi, (lo + hi) // 2, (3 * lo + hi) // 4, (lo + 3 * hi) // 4}:
                M, centred = Fraction(self.M[c]), acc - self.z_x * W
                real = M * centred + Fraction(self.d[c]) + Fraction(1, 2)
                slack = abs(M) / 2 ** (P + 1) + (abs(real) + 1) / (2 * abs(m[c])) + Fraction(1, 10**8)
                found = ((acc * 2**P + B[c]) * m[c]) >> (32 + S)
                assert math.floor(real - slack) <= found <= math.floor(real + slack), (c, acc)


def constants(s_x, z_x, s_y, z_y, channels):
    """`channels`: (a, b, slope, W, lo, hi) each. Gives (P, (S, [m], [B]), (S⁻, [m⁻], [B⁻]), [value or None])."""
    M = [(a * s_x) / s_y for a, *_ in channels]
    offset = [b / s_y for _, b, *_ in channels]
    values, negative = [], []
    for c, (a, _, slope, W, lo, hi) in enumerate(channels):
        value = constant_value(a, M[c], offset[c], z_x, z_y, W, lo, hi, slope)
        values.append(value)
        negative.append((0.0, 0.0) if value is not None else negative_side(M[c], offset[c], z_y, lo, hi, slope))
    bounds = [channel[3:] for channel in channels]
    sides = [
        Side(z_x, M, [x + z_y for x in offset], values, bounds),
        Side(z_x, [M for M, _ in negative], [d for _, d in negative], values, bounds),
    ]
    P = next((P for P in range(16, -1, -1) if all(side.fits(P) for side in sides)), None)
    if P is None:
        raise RuleError("sum too wide for 32 bits")
    made = [side.finish(P) for side in sides]
    for side, one in zip(sides, made):
        side.prove(P, *one)
    return P, *made, values


def code(acc, P, positive, negative, z_y):
    """`positive` and `negative`: (S, m, B) of the channel."""
    for index, (S, m, B) in enumerate((positive, negative)):
        assert 0 <= S <= 31 and 1 <= abs(m) <= I32_HIGH
        t = acc * 2**P + B
        assert I32_LOW <= t <= I32_HIGH, "obligation of R7"
        y = mulh(t, m) >> S
        assert y == (t * m) >> (32 + S)
        if index == 0 and y >= z_y:
            break
    return clamp(y, 0, 255)
