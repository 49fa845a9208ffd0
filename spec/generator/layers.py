"""What dense, conv and depthwise ops have in common: weights, the constants that a compiler would give them, and the
fields that say so."""

import math

from . import leaky, rules
from .evaluate import trit_text
from .rules import CLAMPS, bounds


class Layer:
    """Weights by output channel, with their constants. `kind` is "trits" or "int8"."""

    def __init__(self, kind, weights, element, requant, multiplier, bias, second=None, reads="u8"):
        self.kind, self.weights, self.element, self.requant = kind, weights, element, requant
        self.multiplier, self.bias, self.second, self.reads = multiplier, bias, second, reads

    def code(self, channel, codes):
        """R6, then R7 or R11."""
        acc = rules.accumulate(self.weights[channel], codes)
        r = self.requant
        first = (r["shift"], self.multiplier[channel], self.bias[channel])
        if self.second:
            assert self.element == "u8" and (r["low"], r["high"]) == (0, 255)
            other = (self.second["shift"], self.second["multiplier"][channel], self.second["bias"][channel])
            return leaky.code(acc, r["pre_shift"], first, other, self.second["zero"])
        return rules.requantize(acc, r["pre_shift"], first[2], first[1], first[0], r["low"], r["high"])

    def of_first_channel(self, taps):
        """The same with weights for the first channel alone."""
        channels = len(self.weights[0]) // taps
        kept = [[w if i % channels == 0 else 0 for i, w in enumerate(row)] for row in self.weights]
        return Layer(
            self.kind, kept, self.element, self.requant, self.multiplier, self.bias, self.second, self.reads
        )

    def but(self, **changes):
        """The same with other clamps."""
        return Layer(
            self.kind, self.weights, self.element, self.requant | changes, self.multiplier, self.bias, self.second, self.reads
        )

    @property
    def rule(self):
        return "R11" if self.second else "R7"

    def fields(self):
        rows = [trit_text(row) for row in self.weights] if self.kind == "trits" else self.weights
        reads = {} if self.reads == "u8" else {"input_element": self.reads}
        made = reads | {"element": self.element, **self.requant, "multiplier": self.multiplier, "bias": self.bias}
        return made | ({"leaky": self.second} if self.second else {}) | {self.kind: rows}


def draw(rng, kind, outputs, taps):
    if kind == "trits":
        return [rng.choices((-1, 0, 1), k=taps) for _ in range(outputs)]
    return [[rng.randint(-127, 127) for _ in range(taps)] for _ in range(outputs)]


def compiled(rng, kind, weights, element="u8", z_x=0, z_y=0, clamp=None, slopes=None, reads="u8"):
    """Constants by R8 and R9, or R11, from real scales that spread the usual sums over the codes."""
    taps = len(weights[0])
    top = CLAMPS[reads][1]
    swing = math.sqrt(taps) * 100 * (1 if kind == "trits" else 73) * (top // 255)
    reach = 70 if element == "u8" else 15000
    a = [reach / swing * rng.uniform(0.5, 2.0) for _ in weights]
    b = [reach * rng.uniform(-0.4, 0.6) for _ in weights]
    sums = [bounds(row, top) for row in weights]
    if slopes:
        columns = zip(a, b, [rng.choice(slopes) for _ in weights], sums)
        P, (S, m, B), other, values = leaky.constants(1.0, z_x, 1.0, z_y, [(x, y, s, *w) for x, y, s, w in columns])
        second = dict(zip(("shift", "zero", "multiplier", "bias"), (other[0], z_y, *other[1:])))
        flags, low, high = [value is not None for value in values], 0, 255
    else:
        low, high = clamp or CLAMPS[element]
        P, S, m, B, flags = rules.constants(1.0, z_x, 1.0, z_y, low, high, [(x, y, *w) for x, y, w in zip(a, b, sums)])
        second = None
    kept = [[0] * taps if flag else row for row, flag in zip(weights, flags)]
    return Layer(kind, kept, element, {"pre_shift": P, "shift": S, "low": low, "high": high}, m, B, second, reads)


def drawn(rng, kind, weights, element, P, S, reads="u8"):
    """Constants that no compiler would choose, but R7 allows: some outputs are at the ends, others between them."""
    low, high = CLAMPS[element]
    sums = [bounds(row, CLAMPS[reads][1]) for row in weights]
    swing = max(max(hi, -lo) for _, lo, hi in sums) * 2**P
    B = [rng.randint(-swing // 16, swing // 16) for _ in weights]
    m = [rng.randrange(2**30, 2**31) for _ in weights]
    return Layer(kind, weights, element, {"pre_shift": P, "shift": S, "low": low, "high": high}, m, B, reads=reads)
