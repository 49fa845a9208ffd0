"""The cases of spec/rules and spec/ops for layer norm."""

import random

from .norm import codes, normalized, output_constants, variance_constants
from .rule_cases import case, file


def plain(n):
    return {"gamma": [1.0] * n, "beta": [0.0] * n}


def layer_norm_rules():
    rng = random.Random("layer norm rules")

    def one(name, why, x, s_x=0.05, epsilon=1e-5, output=(0.02, 100), low=0, high=255, **learned):
        learned = learned or plain(len(x))
        return case("R22", name, why, input=x, input_scale=s_x, epsilon=epsilon, **learned, output_scale=output[0],
                    output_zero_point=output[1], low=low, high=high)  # fmt: skip

    def drawn(n):
        return rng.choices(range(256), k=n)

    def learned(n):
        return {"gamma": [rng.uniform(-2, 2) for _ in range(n)], "beta": [rng.uniform(-1, 1) for _ in range(n)]}

    four = [10, 20, 40, 90]
    made = [
        one("example", "the example of R22", four, gamma=[1.0, -1.5, 0.0, 0.5], beta=[0.0, 0.1, 0.2, -0.3]),
        one("no spread", "v = E, j = 15 or near it", [77] * 5),
        one("no spread, the least v", "E = 0 becomes 1, shift 0", [77] * 4, s_x=10.0, epsilon=1e-12),
        one("two", "the fewest channels", [0, 255]),
        one("two alike", "zeros", [255, 255]),
        one("one step apart", "the least spread: epsilon is half of it", [8, 9], s_x=0.02, epsilon=1e-4),
        one("the largest spread", "v near its end, j = 0", [0, 255] * 8, s_x=1.0),
        one("one outlier", "the farthest normalized value", [255] + [0] * 8, s_x=1.0, epsilon=1e-12),
        one("one outlier of 512", "near hi", [0] * 511 + [255], s_x=1.0, epsilon=1e-12, output=(0.1, 5)),
        one("one below 511", "near lo", [255] * 510 + [0], s_x=1.0, epsilon=1e-12, output=(0.1, 250)),
        one("epsilon of Keras", "1e-3 against a fine step", drawn(12), s_x=0.004, epsilon=1e-3),
        one("epsilon above the variance", "a is made smaller by it", drawn(6), s_x=0.0004, epsilon=1e-3),
        one("too large an epsilon", "no a", four, s_x=1e-6, epsilon=1e-3),
        one("too large for 512", "where fewer channels would do", [3, 4] * 256, s_x=0.002, epsilon=1e-3),
        one("not too large for 256", "fewer channels", [3, 4] * 128, s_x=0.002, epsilon=1e-3),
        one("no gamma", "every channel is its beta", four, gamma=[0.0] * 4, beta=[0.0, 0.5, -9.0, 9.0]),
        one("weak gamma", "a swing below 0.25 is constant, more is not", four, gamma=[1.0, 1e-4, -1e-4, 1e-3], beta=[0.0, 0.3, 0.3, 0.3]),
        one("never above", "V_hi < y_lo - 0.5", four, gamma=[1.0] * 4, beta=[0.0, -50.0, 50.0, 0.0]),
        one("negative gamma", "the accumulator is negated, not the output", four, gamma=[-1.0] * 4, beta=[0.25] * 4),
        one("relu", "low = z_y", drawn(8), low=100, **learned(8)),
        one("coarse output", "a step of 3", drawn(8), output=(3.0, 128), **learned(8)),
        one("fine output", "saturates", drawn(8), output=(0.001, 128), **learned(8)),
        one("too fine", "no S", four, output=(1e-9, 0), gamma=[200.0] * 4, beta=[0.0] * 4),
        one("too far apart", "m = 0", drawn(16), output=(1e-6, 0), gamma=[133.9] + [2.54e-8] * 15, beta=[0.0] * 16),
    ]  # fmt: skip
    # Around the places where a changes: n with n*n*16257*2^a below 2^32.
    made += [
        one(f"{n} channels", "a is chosen by n", drawn(n), **learned(n))
        for n in (3, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 256, 257)
    ]
    made += [one(f"random {i}", "usual", drawn(16), s_x=10.0 ** rng.uniform(-3, 0), epsilon=rng.choice((1e-3, 1e-5)), **learned(16)) for i in range(8)]
    return file("R22: layer norm of one position, step by step, and the constants and codes behind it.", made)


def layer_norm():
    rng = random.Random("layer norm")
    made = []

    def one(name, why, n, positions=1, s_x=0.05, epsilon=1e-5, output=(0.02, 128), low=0, high=255, rows=(), signs=(1, -1), gamma=None):
        a, E = variance_constants(n, epsilon, s_x)
        gamma = gamma or [rng.choice(signs) * rng.uniform(0.2, 1.5) for _ in range(n)]
        beta = [rng.uniform(-0.5, 0.5) for _ in range(n)]
        constants = output_constants(gamma, beta, *output, low, high)
        P, S, m, B, sigma = constants
        drawn = [rng.choices(range(256), k=n * positions), [rng.randint(100, 104) for _ in range(n * positions)]]
        inputs = [*drawn, *rows]
        expected = [
            [code for at in range(positions) for code in codes(normalized(row[at * n : (at + 1) * n], a, E)["normalized"], constants, low, high)]
            for row in inputs
        ]
        made.append({"name": name, "why": why, "rule": "R22", "channels": n, "lift": a, "epsilon": E, "signs": sigma,
                     "element": "u8", "pre_shift": P, "shift": S, "low": low, "high": high, "multiplier": m, "bias": B,
                     "input": inputs, "output": expected})  # fmt: skip

    one("two", "the fewest channels", 2, rows=[[0, 255], [255, 0], [9, 9], [8, 9]])
    one("three", "an odd number", 3, 5, rows=[[255, 0, 0] * 5])
    one("16 over 6 positions", "each position on its own", 16, 6)
    one("all positive", "the usual gamma", 24, 2, signs=(1,))
    one("all negative", "each accumulator is negated", 24, 2, signs=(-1,))
    one("some constant", "gamma 0: the bias alone", 10, 3, gamma=[0.0, 1.0, -1.0, 1e-5, 0.7] * 2)
    one("all constant", "nothing of the input is left", 5, 2, gamma=[0.0] * 5)
    one("relu", "low = z_y", 12, 4, low=128)
    one("relu6", "both ends", 12, 4, output=(0.05, 20), low=20, high=140)
    one("saturation", "an output range finer than the values", 12, 4, output=(0.004, 100))
    one("no spread", "E alone under the root: shifts of 0 and near it", 4, 3, s_x=10.0, epsilon=1e-12, rows=[[7] * 12, [0] * 12, [255] * 12])
    one("Keras' epsilon", "it counts where the spread is small", 8, 4, s_x=0.004, epsilon=1e-3)
    one("large epsilon", "more than any variance", 6, 3, s_x=0.0004, epsilon=1e-3)
    for n in (31, 32, 64, 65, 128, 129, 257):
        one(f"{n} channels", "another a, or the next n with it", n)
    ends = [[0] * 511 + [255], [255] * 511 + [0], [0, 255] * 256, [255] * 512]
    one("512, at the ends", "the most channels: v near 2^32, products of 34 bits", 512, s_x=1.0, epsilon=1e-12, output=(0.1, 128), rows=ends)
    one("511, coarse steps", "v is not a multiple of 4", 511, s_x=0.1, output=(0.03, 128), rows=[[0, 255, 255] + [0] * 508])
    return file("Layer norms (R22): codes of each position in turn, codes out.", made)


def files():
    return {"rules/layer_norm.toml": layer_norm_rules(), "ops/layer_norm.toml": layer_norm()}
