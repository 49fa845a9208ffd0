"""The cases of spec/quantizers (R30), one file a quantizer."""

import random

from .rule_cases import case, file
from .rules import f32
from .weights import kept, total

QUANTIZERS = ("absmean", "twn", "median", "optimal")


def short(x):
    """The shortest decimal that is read back as this f32."""
    return next(y for y in (float(f"{x:.{digits}g}") for digits in range(1, 10)) if f32(y) == f32(x))


def gaussian(rng, n, deviation=0.1):
    return [short(f32(rng.gauss(0.0, deviation))) for _ in range(n)]


def ternary(rng, scales, n):
    return [rng.choice((-s, 0.0, -0.0, s)) for s in scales for _ in range(n)]


def order_matters(rng):
    """A group whose sum depends on the order of its terms: 2^30 swallows what comes after it."""
    while True:
        weights = [short(f32(2.0 ** rng.uniform(-24, 30) * rng.choice((-1, 1)))) for _ in range(24)]
        A = [abs(f32(w)) for w in weights]
        if total(A) != total(sorted(A)) and total(A) != total(reversed(A)):
            return weights


def needs_f64(rng):
    """A group in which `optimal` in f32 would choose another k: 3, 1, 1, 1 (a draw), a few units of the last place off."""
    while True:
        x = rng.uniform(0.01, 0.1)
        weights = [f32(3 * x)] + [f32(x * (1 + rng.randint(-6, 6) * 2.0**-23)) for _ in range(3)] + [f32(-x / 9)]
        A = sorted((abs(w) for w in weights), reverse=True)
        running, best, best_k = 0.0, -1.0, 0
        for k, a in enumerate(A, start=1):
            running = f32(running + a)
            objective = f32(f32(running * running) / k)
            if objective > best:
                best, best_k = objective, k
        if best_k != len(kept("optimal", A)[0]):
            return [short(w) for w in weights]


def cases(quantizer):
    rng = random.Random("quantizers")

    def one(name, why, outputs, weights, granularity="channel", layout="torch"):
        assert len(weights) % outputs == 0
        made.append(case("R30", name, why, quantizer=quantizer, granularity=granularity, layout=layout, outputs=outputs,
                         inputs=len(weights) // outputs, weights=weights))  # fmt: skip

    made = []
    one("example", "the example of R30", 1, [0.3, -0.1, 0.05, -0.5, 0.2, 0.1])
    for granularity in ("channel", "tensor"):
        for layout in ("torch", "keras"):
            for outputs, inputs in ((4, 25), (3, 16)):
                name = f"{outputs} by {inputs}, {granularity}, {layout}"
                one(name, "random", outputs, gaussian(rng, outputs * inputs), granularity, layout)
        one(f"5 by 64, {granularity}", "random", 5, gaussian(rng, 320), granularity)
        one(f"exact, {granularity}", "one magnitude a channel: the signs, whatever the quantizer", 3,
            ternary(rng, (0.25, 0.1, 7.0), 9), granularity)  # fmt: skip
        one(f"exact with a zero channel, {granularity}", "scale 0 for the zero channel", 3,
            ternary(rng, (0.25,), 5) + [0.0] * 5 + ternary(rng, (0.5,), 5), granularity)  # fmt: skip
        one(f"zeros, {granularity}", "all zero: scale 0", 2, [0.0, -0.0, 0.0, 0.0], granularity)
        one(f"one ulp off, {granularity}", "not exactly ternary", 2,
            [0.5, -0.5, 0.0, 0.5, 0.25, -0.25, short(0.25 + 2.0**-25), 0.0], granularity)  # fmt: skip
        one(f"zero group, {granularity}", "one channel of zeros among others", 3,
            [0.0, -0.0, 0.0, 0.0, 0.3, -0.1, 0.2, 0.05, 1.0, -2.0, 0.5, 0.25], granularity)  # fmt: skip
        one(f"order of sums, {granularity}", "another order gives another f64", 2,
            order_matters(rng) + order_matters(rng), granularity)  # fmt: skip
    one("order of sums, keras", "file order is not channel order", 4, order_matters(rng) + order_matters(rng), "tensor", "keras")
    one("one weight", "exactly ternary", 1, [-0.7])
    one("one weight a channel", "exactly ternary per channel, even per tensor", 3, [-0.7, 0.3, 0.0], "tensor")
    one("two weights", "even count", 1, [0.5, -0.25])
    one("three weights", "odd count", 1, [0.5, -0.25, 0.125])
    one("five weights", "odd count", 1, [0.5, -0.25, 0.125, -0.75, 1.0])
    one("tie at 0.7 mean", "7 = t of twn gives 0", 1, [7.0, -13.0, 10.0])
    one("tie at half the mean", "0.5 = t of absmean gives 0", 1, [0.5, -1.5, 1.0, -0.5, 1.5])
    one("tie at the median", "the middle value gives 0", 1, [0.5, -0.5, 1.0, 0.25, -0.5])
    one("equal magnitudes but one", "median keeps nothing: scale 0", 1, [1.0, -1.0, 1.0, 0.5])
    one("equal objectives", "3^2/1 = 6^2/4: optimal takes the first", 1, [1.0, 3.0, -1.0, 1.0])
    one("equal magnitudes", "kept together or not at all", 1, [0.5, -0.5, 0.5, 0.9, -0.9, 0.1, 0.1, -0.1])
    one("negative zero", "-0 is 0", 1, [-0.0, 0.4, -0.0, -0.6, 0.0])
    one("denormals", "f32 denormals are exact in f64", 1, [1e-45, -3e-45, 1e-40, -2e-39, 0.0])
    one("large", "near the largest f32", 1, [3.4028235e38, -3.4028235e38, 1e38, -2.5e38])
    one("optimal needs f64", "f32 objectives choose another k", 1, needs_f64(rng))
    one("not a number", "an error that names the index", 2, [0.1, 0.2, float("nan"), 0.4])
    one("infinite", "the first of two", 1, [0.1, float("-inf"), float("inf"), 0.4])
    return made


def files():
    return {
        f"quantizers/{name}.toml": file(f"R30: the quantizer `{name}`; weights are f32 in file order.", cases(name))
        for name in QUANTIZERS
    }
