"""Numbers for weights and inputs: of a seed, and such that the compiler's quantization is the identity.

Weights are trits, or codes of 8 bits with a 127 in each channel, times a scale whose products with them are exact in f32.
"""

import math
import random

import numpy

STORED = ("ternary", "int8", "trits", "codes")
"""How a kernel lies in the file: F32 that is exactly ternary, F32 that is exactly int8, or the integers and their scales."""


class Draw:
    """The numbers of a case, which depend on its name alone."""

    def __init__(self, name):
        self.random = random.Random(name)

    def uniform(self, shape, low, high):
        values = [self.random.uniform(low, high) for _ in range(math.prod(shape))]
        return numpy.array(values, dtype=numpy.float32).reshape(shape)

    def integers(self, outputs, taps, stored):
        """[outputs][taps]; no channel is empty, and of several channels no two are alike but by chance."""
        rows = []
        for _ in range(outputs):
            if stored in ("ternary", "trits"):
                row = self.random.choices((-1, 0, 1), k=taps)
                row[self.random.randrange(taps)] = self.random.choice((-1, 1))
            else:
                row = self.random.choices(range(-127, 128), k=taps)
                row[self.random.randrange(taps)] = self.random.choice((-127, 127))
            rows.append(row)
        return numpy.array(rows, dtype=numpy.int8)

    def scales(self, outputs, stored, taps):
        """One a channel, of seven bits; the sums stay near 1 whatever the number of taps."""
        size = 2.0 ** -math.ceil(math.log2(math.sqrt(taps)))
        if stored in ("int8", "codes"):
            size /= 128
        return numpy.array([self.random.randrange(64, 128) / 64 * size for _ in range(outputs)], dtype=numpy.float32)
