"""R14, R15, R16: several inputs, element by element, and one after the other."""

from . import rules
from .rules import I32_HIGH, I32_LOW, RuleError, clamp, rnd


def sum_constants(M, zero_points, z_y):
    """(S, [m], B) of R14."""
    d = float(z_y)
    for M_i, z in zip(M, zero_points, strict=True):
        d = d - M_i * z

    def at(S):
        m, B = [rnd(M_i * 2.0**S) for M_i in M], rnd((d + 0.5) * 2.0**S)
        high = max(B, 0) + sum(255 * max(x, 0) for x in m)
        low = min(B, 0) + sum(255 * min(x, 0) for x in m)
        return (S, m, B) if high <= I32_HIGH and low >= I32_LOW else None

    found = next((at(S) for S in range(30, -1, -1) if at(S)), None)
    if found is None:
        raise RuleError("sum too wide for 32 bits")
    return found


def weighted_sum(codes, S, m, B, low=0, high=255):
    acc = B
    for m_i, x in zip(m, codes, strict=True):
        acc += m_i * x
        assert I32_LOW <= acc <= I32_HIGH, "a partial sum of R14"
    return clamp(acc >> S, low, high)


def rescale(format, other):
    """(S, m, B) of a change of format; None where both are the same."""
    if format == other:
        return None
    S, (m,), B = sum_constants([format[0] / other[0]], [format[1]], other[1])
    return S, m, B


def rescaled(code, constants):
    if constants is None:
        return code
    S, m, B = constants
    return weighted_sum([code], S, [m], B)


def union(ranges, samples):
    """(a, b) of R15 for observed ranges."""
    h = 1.125 if samples >= 32 else 1.25
    return min(min(a * h, 0.0) for a, _ in ranges), max(max(b * h, 0.0) for _, b in ranges)


def product_constants(s_1, s_2, s_y, z_y, low=0, high=255):
    """(P, S, m, B) of R16; R9 does not apply."""
    M = (s_1 * s_2) / s_y
    P, S, (m,), (B,), _ = rules.constants(
        1.0, 0, 1.0, 0, low, high, [(M, float(z_y), 0, -65025, 65025)], has_weights=False
    )
    return P, S, m, B


def product(x_1, z_1, x_2, z_2, constants, low=0, high=255):
    P, S, m, B = constants
    return rules.requantize((x_1 - z_1) * (x_2 - z_2), P, B, m, S, low, high)
