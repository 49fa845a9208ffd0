"""From a case's inputs to its expected fields, one function a rule. Field names: spec/README.md."""

import math

from . import elementwise, functions, leaky, norm, pending, recurrent, rules, weights, windows
from .rules import CLAMPS, RuleError, f32, f32_bits, f32_from_bits, f64_bits
from .text import Hex


def notation(case):
    function = case["function"]
    if function == "rnd":
        return {"result": rules.rnd(case["real"])}
    arguments = case["arguments"]
    if function == "shift_right":
        return {"result": arguments[0] >> arguments[1]}
    if function == "clamp":
        return {"result": rules.clamp(*arguments)}
    assert function == "mulh"
    return {"result": rules.mulh(*arguments)}


def range_to_scale(case):
    scale, zero_point = rules.scale_of_range(
        case["declared"], *case["range"], case.get("samples", 0), case["bits"], case.get("useful"), case.get("cap")
    )
    return {"scale": scale, "zero_point": zero_point}


def wide_scale(case):
    return {"scale": rules.scale_of_wide_range(*case["range"])}


def input_(case):
    channels = [
        rules.input_constants(mean, std, case["scale"], case["zero_point"])
        for mean, std in zip(case["mean"], case["std"], strict=True)
    ]
    codes = []
    for i, bits in enumerate(case["input"]):
        k, b = channels[i % len(channels)]
        codes.append(rules.input_code(f32_from_bits(bits), k, b, 2 ** case["bits"] - 1))
    return {
        "factor": [Hex(f32_bits(k)) for k, _ in channels],
        "offset": [b for _, b in channels],
        "codes": codes,
    }


def output(case):
    reals = [rules.output_real(code, case["scale"], case["zero_point"]) for code in case["codes"]]
    return {"factor": Hex(f32_bits(case["scale"])), "output": [Hex(f32_bits(x)) for x in reals]}


def accumulator(case):
    trits, flip = case["weights"], case["negative_scale"]
    used = [-w for w in trits] if flip else trits
    weight_sum, lo, hi = rules.bounds(used, 2 ** case.get("bits", 8) - 1)
    acc = rules.accumulate(used, case["input"])
    assert lo <= acc <= hi
    return {"accumulator": acc, "weight_sum": weight_sum, "acc_low": lo, "acc_high": hi}


def requantize(case):
    constants = [case[name] for name in ("pre_shift", "bias", "multiplier", "shift", "low", "high")]
    return {"codes": [rules.requantize(acc, *constants) for acc in case["accumulators"]]}


def formats(case):
    return [case[name] for name in ("input_scale", "input_zero_point", "output_scale", "output_zero_point")]


def constants(case):
    channels = list(
        zip(case["a"], case["b"], case["weight_sum"], case["acc_low"], case["acc_high"], strict=True)
    )
    try:
        P, S, m, B, flags = rules.constants(*formats(case), case["low"], case["high"], channels)
    except RuleError as error:
        return {"error": str(error)}
    return {"pre_shift": P, "shift": S, "multiplier": m, "bias": B, "constant": flags}


def fused_clamp(case):
    low, high = rules.fused_clamp(
        case["activation"], case["scale"], case["zero_point"], case["element"], case.get("ends"), case.get("max_value")
    )
    return {"low": low, "high": high}


def leaky_relu(case):
    names = ("a", "b", "slope", "weight_sum", "acc_low", "acc_high")
    channels = list(zip(*(case[name] for name in names), strict=True))
    try:
        P, positive, negative, values = leaky.constants(*formats(case), channels)
    except RuleError as error:
        return {"error": str(error)}
    codes = []
    for c, accumulators in enumerate(case["accumulators"]):
        sides = [(S, m[c], B[c]) for S, m, B in (positive, negative)]
        lo, hi = channels[c][4:]
        assert all(lo <= acc <= hi for acc in accumulators)
        seen = accumulators if values[c] is None else [0] * len(accumulators)
        codes.append([leaky.code(acc, P, *sides, case["output_zero_point"]) for acc in seen])
        assert values[c] is None or set(codes[c]) <= {values[c]}
    return {
        "pre_shift": P, "shift": positive[0], "multiplier": positive[1], "bias": positive[2],
        "negative_shift": negative[0], "negative_multiplier": negative[1], "negative_bias": negative[2],
        "constant": [value is not None for value in values], "codes": codes,
    }  # fmt: skip


def table(case):
    codes = case.get("codes", range(256))
    function = functions.of(case)
    return {"entries": [rules.table_entry(function, u, *formats(case)) for u in codes]}


def fixed_format(case):
    scale, zero_point = functions.FIXED[case["function"]]
    return {"scale": scale, "zero_point": zero_point}


def gates(case):
    return {
        "tanh": [functions.tanh_q(g) for g in case["input"]],
        "sigmoid": [functions.sigm_q(g) for g in case["input"]],
        "table_sum": sum(t * (i + 1) for i, t in enumerate(functions.TANGENTS)),
    }


def window(case):
    names = ("input", "kernel", "stride", "dilation", "mode")
    try:
        output, before, after = windows.axis(*(case[name] for name in names), case.get("explicit"))
        if case.get("pool", False):
            windows.refuse_unseen(case["input"], case["kernel"], case["stride"], case["dilation"], output, before)
    except RuleError as error:
        return {"error": str(error)}
    return {"output": output, "before": before, "after": after}


def weighted_sum(case):
    s_y = case["divisor"] * case["output_scale"]
    M = [sign * s / s_y for sign, s in zip(case["signs"], case["input_scales"], strict=True)]
    try:
        S, m, B = elementwise.sum_constants(M, case["input_zero_points"], case["output_zero_point"])
    except RuleError as error:
        return {"error": str(error)}
    codes = [elementwise.weighted_sum(row, S, m, B, case["low"], case["high"]) for row in case["inputs"]]
    return {"shift": S, "multipliers": m, "bias": B, "codes": codes}


def concat(case):
    a, b = elementwise.union(case["ranges"], case["samples"])
    scale, zero_point = rules.scale_of_range(True, a, b, 0, 8)
    return {"union": [a, b], "scale": scale, "zero_point": zero_point}


def product(case):
    (s_1, z_1), (s_2, z_2) = case["first"], case["second"]
    try:
        constants = elementwise.product_constants(s_1, s_2, case["output_scale"], case["output_zero_point"])
    except RuleError as error:
        return {"error": str(error)}
    P, S, m, B = constants
    codes = [elementwise.product(a, int(z_1), b, int(z_2), constants) for a, b in case["inputs"]]
    return {"pre_shift": P, "shift": S, "multiplier": m, "bias": B, "codes": codes}


def max_pool(case):
    return {"code": max(case["input"])}


def average_pool(case):
    low, high, counts = case["low"], case["high"], case["counts"]
    try:
        P, S, m, B = rules.average_constants(*formats(case), low, high, counts)
    except RuleError as error:
        return {"error": str(error)}
    codes = [
        [rules.requantize(acc, P, B[i], m[i], S, low, high) for acc in sums]
        for i, sums in enumerate(case["sums"])
    ]
    assert len(codes) == len(counts)
    return {"pre_shift": P, "shift": S, "multiplier": m, "bias": B, "codes": codes}


def affine(case):
    """R19. Its second half belongs to a family that does not exist yet."""
    if "factor" in case:
        return pending.bilinear(case)
    low, high = case["low"], case["high"]
    trits, channels = [], []
    for gamma, beta, mean, variance in zip(*(case[name] for name in ("gamma", "beta", "mean", "variance")), strict=True):
        norm = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance, "epsilon": case["epsilon"]}
        a, b = weights.compose(1.0, 0.0, norm)
        trits.append(-1 if a < 0.0 else 1)
        channels.append((abs(a), b, *rules.bounds(trits[-1:])))
    try:
        P, S, m, B, flags = rules.constants(*formats(case), low, high, channels)
    except RuleError as error:
        return {"error": str(error)}
    trits = [0 if flag else trit for trit, flag in zip(trits, flags)]
    codes = [
        [rules.requantize(trits[c] * x, P, B[c], m[c], S, low, high) for x in row]
        for c, row in enumerate(case["input"])
    ]
    return {
        "trits": trit_text(trits), "pre_shift": P, "shift": S, "multiplier": m, "bias": B, "constant": flags,
        "codes": codes,
    }  # fmt: skip


def softmax(case):
    try:
        k, sh, g = rules.softmax_constants(case["scale"], case["count"], case["input_element"])
    except RuleError as error:
        return {"error": str(error)}
    expected = {"multiplier": k, "shift": sh, "guard": g}
    if "input" in case:
        low, high = CLAMPS[case["input_element"]]
        assert len(case["input"]) == case["count"] and all(low <= q <= high for q in case["input"])
        e, r, codes, wide = rules.softmax(case["input"], k, sh, g)
        expected |= {"numerators": e, "reciprocal": r, "codes": codes, "wide": wide}
    return expected


def layer_norm(case):
    low, high = case["low"], case["high"]
    try:
        a, E = norm.variance_constants(len(case["input"]), case["epsilon"], case["input_scale"])
        constants = norm.output_constants(
            case["gamma"], case["beta"], case["output_scale"], case["output_zero_point"], low, high
        )
    except RuleError as error:
        return {"error": str(error)}
    steps = norm.normalized(case["input"], a, E)
    P, S, m, B, signs = constants
    return {
        "a": a, "epsilon_code": E, **steps, "signs": signs, "pre_shift": P, "shift": S, "multiplier": m, "bias": B,
        "codes": norm.codes(steps["normalized"], constants, low, high),
    }  # fmt: skip


def classify(case):
    return {"class": rules.classify(case["values"], case["sigmoid"])}


def ternarize(case):
    shape = [case[name] for name in ("quantizer", "granularity", "layout", "outputs", "inputs")]
    try:
        exact, trits, scales = weights.ternarize(*shape, [f32(w) for w in case["weights"]])
    except RuleError as error:
        return {"error": str(error)}
    return {
        "exact": exact,
        "trits": [trit_text(row) for row in trits],
        "scales": scales,
        "scale_bits": [Hex(f64_bits(s)) for s in scales],
    }


def int8_weights(case):
    try:
        codes, scales = weights.int8(case["layout"], case["outputs"], case["inputs"], [f32(w) for w in case["weights"]])
    except RuleError as error:
        return {"error": str(error)}
    return {"codes": codes, "scales": scales, "scale_bits": [Hex(f64_bits(s)) for s in scales]}


def trit_text(row):
    return "".join("-0+"[w + 1] for w in row)


def compose(case):
    a, b = weights.compose(case["weight_scale"], case["layer_bias"], case.get("batch_norm"))
    return {"a": a, "b": b}


def embedding(case):
    s, z = case["scale"], case["zero_point"]
    return {"codes": [rules.clamp(rules.rnd(v / s + z), 0, 255) for v in case["entries"]]}


RULES = {
    "R1": notation,
    "R2": fixed_format,
    "R3": range_to_scale,
    "R4": input_,
    "R5": output,
    "R6": accumulator,
    "R7": requantize,
    "R8": constants,
    "R9": constants,
    "R10": fused_clamp,
    "R11": leaky_relu,
    "R12": wide_scale,
    "R13": table,
    "R14": weighted_sum,
    "R15": concat,
    "R16": product,
    "R17": max_pool,
    "R18": average_pool,
    "R19": affine,
    "R20": softmax,
    "R21": classify,
    "R22": layer_norm,
    "R23": gates,
    "R24": recurrent.gate_sums,
    "R25": recurrent.lstm,
    "R26": recurrent.gru,
    "R27": recurrent.simple_rnn,
    "R30": ternarize,
    "R31": int8_weights,
    "R32": compose,
    "R33": embedding,
    "windows": window,
}


def expected(case):
    return RULES[case["rule"]](case)


def same(found, stated):
    """Equal to the bit, with NaN equal to itself; ints and floats are never equal."""
    if isinstance(stated, list):
        return isinstance(found, list) and len(found) == len(stated) and all(map(same, found, stated))
    if isinstance(found, float) and isinstance(stated, float):
        return f64_bits(found) == f64_bits(stated) or (math.isnan(found) and math.isnan(stated))
    return isinstance(found, float) == isinstance(stated, float) and found == stated
