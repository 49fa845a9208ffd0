"""Rules R30 to R32 of docs/arithmetic.md: trits and codes from trained weights, and what follows them in a layer.

All real numbers here are f64 with sums written as loops, in the order the rule gives (`sum` would be free to differ).
"""

import math

from .rules import RuleError, clamp, rnd


def total(values):
    running = 0.0
    for value in values:
        running = running + value
    return running


def sign(w):
    return (w > 0.0) - (w < 0.0)


def kept(quantizer, A):
    """The set of positions of a group that stay nonzero, and the scale."""
    n = len(A)
    mean = total(A) / n
    if quantizer == "optimal":
        descending = sorted(A, reverse=True)
        best, best_k, running = -1.0, 0, 0.0
        for k, a in enumerate(descending, start=1):
            running = running + a
            if k < n and descending[k] == a:
                continue
            objective = (running * running) / k
            if objective > best:
                best, best_k = objective, k
        smallest = descending[best_k - 1]
        keep = [i for i, a in enumerate(A) if a >= smallest]
        assert len(keep) == best_k
    else:
        ascending = sorted(A)
        middle = n // 2
        median = ascending[middle] if n % 2 else 0.5 * (ascending[middle - 1] + ascending[middle])
        t = {"twn": 0.7 * mean, "absmean": 0.5 * mean, "median": median}[quantizer]
        keep = [i for i, a in enumerate(A) if a > t]
    if not keep:
        return keep, 0.0
    return keep, mean if quantizer == "absmean" else total(A[i] for i in keep) / len(keep)


def flat_index(layout, outputs, inputs, output, input_):
    return output * inputs + input_ if layout == "torch" else input_ * outputs + output


def demand_finite(weights):
    for index, w in enumerate(weights):
        if not math.isfinite(w):
            raise RuleError(f"weight {index} is not finite")


def ternarize(quantizer, granularity, layout, outputs, inputs, weights):
    """`weights` in file order: [outputs, inputs] for torch, [inputs, outputs] for keras.

    Gives (exact, trits per output channel, scale per output channel)."""
    assert len(weights) == outputs * inputs
    demand_finite(weights)
    at = [[flat_index(layout, outputs, inputs, o, i) for i in range(inputs)] for o in range(outputs)]
    magnitudes = [{abs(weights[i]) for i in row} - {0.0} for row in at]
    if all(len(m) <= 1 for m in magnitudes):
        return True, [[sign(weights[i]) for i in row] for row in at], [max(m, default=0.0) for m in magnitudes]
    groups = at if granularity == "channel" else [range(len(weights))]
    trits, scales = [0] * len(weights), []
    for group in groups:
        keep, scale = kept(quantizer, [abs(weights[i]) for i in group])
        for position in keep:
            trits[group[position]] = sign(weights[group[position]])
        scales.append(scale)
    if granularity == "tensor":
        scales = scales * outputs
    return False, [[trits[i] for i in row] for row in at], scales


def int8(layout, outputs, inputs, weights):
    """R31: (codes by output channel, scale by output channel); `weights` as in `ternarize`."""
    assert len(weights) == outputs * inputs
    demand_finite(weights)
    codes, scales = [], []
    for o in range(outputs):
        row = [weights[flat_index(layout, outputs, inputs, o, i)] for i in range(inputs)]
        largest = max(abs(w) for w in row)
        s = largest / 127.0 if largest > 0.0 else 1.0
        codes.append([clamp(rnd(w / s), -127, 127) for w in row])
        scales.append(s)
    return codes, scales


def compose(weight_scale, layer_bias, batch_norm=None):
    """R32: (a, b)."""
    if batch_norm is None:
        return weight_scale, layer_bias
    A = batch_norm["gamma"] / math.sqrt(batch_norm["variance"] + batch_norm["epsilon"])
    return weight_scale * A, batch_norm["beta"] + (layer_bias - batch_norm["mean"]) * A
