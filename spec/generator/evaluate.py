"""From a case's inputs to its expected fields, one function a rule. Field names: spec/README.md."""

import math

from . import pending, rules, weights
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
    weight_sum, lo, hi = rules.bounds(used)
    acc = rules.accumulate(used, case["input"])
    assert lo <= acc <= hi
    return {"accumulator": acc, "weight_sum": weight_sum, "acc_low": lo, "acc_high": hi}


def requantize(case):
    constants = [case[name] for name in ("pre_shift", "bias", "multiplier", "shift", "low", "high")]
    return {"codes": [rules.requantize(acc, *constants) for acc in case["accumulators"]]}


def constants(case):
    channels = list(
        zip(case["a"], case["b"], case["weight_sum"], case["acc_low"], case["acc_high"], strict=True)
    )
    ends = [case[name] for name in ("input_scale", "input_zero_point", "output_scale", "output_zero_point")]
    try:
        P, S, m, B, flags = rules.constants(*ends, case["low"], case["high"], channels)
    except RuleError as error:
        return {"error": str(error)}
    return {"pre_shift": P, "shift": S, "multiplier": m, "bias": B, "constant": flags}


def fused_clamp(case):
    low, high = rules.fused_clamp(
        case["activation"], case["scale"], case["zero_point"], case["element"], case.get("ends")
    )
    return {"low": low, "high": high}


def table(case):
    ends = [case[name] for name in ("input_scale", "input_zero_point", "output_scale", "output_zero_point")]
    codes = case.get("codes", range(256))
    return {"entries": [rules.table_entry(case["function"], u, *ends) for u in codes]}


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


def trit_text(row):
    return "".join("-0+"[w + 1] for w in row)


def compose(case):
    a, b = weights.compose(case["weight_scale"], case["layer_bias"], case.get("batch_norm"))
    return {"a": a, "b": b}


RULES = {
    "R1": notation,
    "R3": range_to_scale,
    "R4": input_,
    "R5": output,
    "R6": accumulator,
    "R7": requantize,
    "R8": constants,
    "R9": constants,
    "R10": fused_clamp,
    "R12": wide_scale,
    "R13": table,
    "R20": softmax,
    "R21": classify,
    "R30": ternarize,
    "R32": compose,
} | pending.RULES


def expected(case):
    return RULES[case["rule"]](case)


def same(found, stated):
    """Equal to the bit, with NaN equal to itself; ints and floats are never equal."""
    if isinstance(stated, list):
        return isinstance(found, list) and len(found) == len(stated) and all(map(same, found, stated))
    if isinstance(found, float) and isinstance(stated, float):
        return f64_bits(found) == f64_bits(stated) or (math.isnan(found) and math.isnan(stated))
    return isinstance(found, float) == isinstance(stated, float) and found == stated
