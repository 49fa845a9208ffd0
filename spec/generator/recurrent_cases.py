"""The cases of spec/rules and spec/ops for recurrent layers (R24 to R28)."""

import math
import random

from .evaluate import trit_text
from .layers import draw
from .recurrent import GATES, Layer, constants
from .rule_cases import case, file
from .rules import bounds


def gate_sum_rules():
    rng = random.Random("gate sums")

    def one(name, why, scale, zero_point, columns, apart=False):
        """`columns`: (a_x, row of x, a_h, row of h, b_x, b_h)."""
        top = 65535 if zero_point > 255 else 255
        x, h = [bounds(c[1], top) for c in columns], [bounds(c[3]) for c in columns]
        rows = [([lo for _, lo, _ in x], [hi for *_, hi in h]), ([hi for *_, hi in x], [lo for _, lo, _ in h]),
                ([zero_point * W for W, *_ in x], [128 * W for W, *_ in h])]  # fmt: skip
        rows += [([rng.randint(lo, hi) for _, lo, hi in x], [rng.randint(lo, hi) for _, lo, hi in h]) for _ in range(4)]
        return case("R24", name, why, input_scale=scale, input_zero_point=zero_point,
                    a_x=[c[0] for c in columns], weight_sums_x=[W for W, *_ in x], ranges_x=[[lo, hi] for _, lo, hi in x],
                    a_h=[c[2] for c in columns], weight_sums_h=[W for W, *_ in h], ranges_h=[[lo, hi] for _, lo, hi in h],
                    b_x=[c[4] for c in columns], b_h=[c[5] for c in columns], apart=apart,
                    accumulators=[[list(part) for part in row] for row in rows])  # fmt: skip

    def drawn(n, inputs, units, a=0.2, kind="trits", b=1.0):
        return [(a * rng.uniform(0.5, 2.0), draw(rng, kind, 1, inputs)[0], a * rng.uniform(0.5, 2.0), draw(rng, kind, 1, units)[0],
                 rng.uniform(-b, b), rng.uniform(-b, b)) for _ in range(n)]  # fmt: skip

    example = [(0.11, [1, 1, -1, 1, -1], 0.25, [1, 1, -1], -0.4, 0.0)]
    dead = [(0.0, [0] * 5, 0.25, [1, 1, -1], -0.4, 0.1), (0.11, [1, 1, -1, 1, -1], 0.0, [0] * 3, 0.4, 0.2), (0.0, [0] * 5, 0.0, [0] * 3, 7.9, 0.0)]
    return file(
        "R24: the constants of gates, and their pre-activations.",
        [
            one("example", "the example of R24", 0.09, 98, example),
            one("apart", "the same where the parts stand alone", 0.09, 98, example, apart=True),
            one("columns of zeros", "m = 0", 0.09, 98, dead),
            one("columns of zeros, apart", "m = 0", 0.09, 98, dead, apart=True),
            one("several", "one P and S for the layer", 0.02, 128, drawn(6, 12, 16)),
            one("several, apart", "the candidates of a GRU", 0.02, 128, drawn(5, 6, 24), apart=True),
            one("wide input", "65535 is the largest code", 0.0002, 30000, drawn(4, 6, 16)),
            one("wide input, apart", "65535 is the largest code", 0.0002, 30000, drawn(4, 6, 16), apart=True),
            one("many inputs", "a small Px", 0.01, 0, drawn(3, 300, 40)),
            one("int8", "weights up to 127", 0.01, 40, drawn(4, 12, 16, a=0.003, kind="int8")),
            one("large bias", "pre-activations beyond 16 bits", 0.02, 128, drawn(4, 6, 8, b=20.0)),
            one("fine", "the largest S", 1e-5, 3, drawn(2, 4, 4, a=1e-4, b=0.001)),
            one("coarse", "a small S", 30.0, 128, drawn(3, 6, 8, a=3.0)),
            one("too coarse", "no S", 1e6, 128, drawn(2, 6, 8, a=30.0)),
        ],
    )


def lstm_rules():
    rng = random.Random("lstm")

    def one(name, why, k, rows):
        return case("R25", name, why, cell_shift=k, gates=[list(row[:4]) for row in rows], cell=[row[4] for row in rows])

    ends = [(a, b, c, d, e) for a in (-32768, 32767) for b in (-32768, 32767) for c in (-32768, 32767) for d in (32767,) for e in (-32768, 0, 32767)]
    made = [one("example", "the example of R25", 11, [(2000, 5000, -3000, 1000, 3000)])]
    for k in range(8, 13):
        made.append(one(f"ends, k = {k}", "all products fit 32 bits, the cell saturates", k, ends))
        made.append(one(f"drawn, k = {k}", "usual values", k, [tuple(rng.randint(-12000, 12000) for _ in range(5)) for _ in range(12)]))
    shifts = [("nothing recorded", "11", None), ("small", "12 at most", [-0.5, 0.75]), ("6.399", "just 12", [-6.399, 6.0]),
              ("6.4", "12 no longer", [-6.4, 6.4]), ("lopsided", "the larger magnitude", [-1.0, 40.0]),
              ("large", "8 at least", [-90.0, 300.0]), ("huge", "8, and it saturates", [-1e9, 1e9])]  # fmt: skip
    made += [case("R25", f"unit, {name}", why, **({"cell_range": given} if given else {})) for name, why, given in shifts]
    return file("R25: one unit of an LSTM, and the unit of its cell.", made)


def gru_rules():
    rng = random.Random("gru")

    def one(name, why, rows):
        names = ("gate_z", "gate_r", "gx", "gh", "h")
        return case("R26", name, why, **{field: [row[i] for row in rows] for i, field in enumerate(names)})

    ends = [(a, b, c, d, e) for a in (-32768, 32767) for b in (-32768, 32767) for c in (-32768, 32767) for d in (-32768, 32767) for e in (-32768, 32767)]
    return file("R26: one unit of a GRU, both ways of its reset.", [
        one("example", "the example of R26", [(3000, -1000, 2500, 4000, -12000)]),
        one("ends", "all products fit 32 bits", ends),
        one("drawn", "usual values", [tuple(rng.randint(-16000, 16000) for _ in range(5)) for _ in range(24)]),
    ])  # fmt: skip


def simple_rnn_rules():
    rng = random.Random("simple rnn")
    return file("R27: one unit of a simple RNN.", [
        case("R27", "example", "the example of R27", gates=[2000]),
        case("R27", "ends", "the view saturates at 255", gates=[-32768, -20000, -1, 0, 1, 20000, 32767]),
        case("R27", "drawn", "usual values", gates=[rng.randint(-16000, 16000) for _ in range(24)]),
    ])  # fmt: skip


def recurrent_ops():
    rng = random.Random("recurrent op")
    made = []

    def one(name, why, cell, inputs, units, steps, kinds=("trits", "trits"), wide=False, sequences=False, reads=False,
            writes=False, strength=1.0, k=11, codes=None):  # fmt: skip
        columns = GATES[cell] * units
        kernel, recurrent = (draw(rng, kind, columns, n) for kind, n in zip(kinds, (inputs, units)))
        top, zero = (65535, 30000) if wide else (255, 98)
        scale = [1 if kind == "trits" else 73 for kind in kinds]
        a_x = [strength / (math.sqrt(inputs) * scale[0]) * rng.uniform(0.5, 2.0) for _ in range(columns)]
        a_h = [strength / (math.sqrt(units) * scale[1]) * rng.uniform(0.5, 2.0) for _ in range(columns)]
        b = [[rng.uniform(-1.0, 1.0) for _ in range(columns)] for _ in range(2)]
        if columns > 2:
            a_x[1], kernel[1] = 0.0, [0] * inputs
            a_h[2], recurrent[2] = 0.0, [0] * units
        given = [(a_x[c], bounds(kernel[c], top), a_h[c], bounds(recurrent[c]), b[0][c], b[1][c]) for c in range(columns)]
        apart = range(2 * units, 3 * units) if cell == "gru" else ()
        Px, Ph, S, mx, mh, B, alone = constants(4.0 / (top / 2), zero, given, apart)
        fields = {"pre_shifts": [Px, Ph], "shift": S, "multipliers_x": mx, "multipliers_h": mh, "bias": B}
        if alone:
            fields["bias_h"] = [alone[c] for c in apart]
        if cell == "lstm":
            fields["cell_shift"] = k
        layer = Layer(cell, kernel, recurrent, fields)
        rows = codes or [[rng.randint(0, top) for _ in range(inputs * steps)], [rng.choice((0, top)) for _ in range(inputs * steps)]]
        order = {"sequences": sequences, "reads_backwards": reads, "writes_backwards": writes}
        weights = {
            f"{matrix}_{kind}": [trit_text(row) for row in rows_] if kind == "trits" else rows_
            for matrix, kind, rows_ in (("kernel", kinds[0], kernel), ("recurrent", kinds[1], recurrent))
        }
        made.append({"name": name, "why": why, "rule": "R28", "cell": cell, "inputs": inputs, "units": units, "steps": steps,
                     "input_element": "u16" if wide else "u8", **order, **fields, **weights, "input": rows,
                     "output": [layer.run(row, inputs, **order_of(order)) for row in rows]})  # fmt: skip

    for cell in GATES:
        one(f"{cell}, one of all", "one input, one unit, one step", cell, 1, 1, 1)
        one(f"{cell}", "usual sizes", cell, 6, 8, 12)
        one(f"{cell}, sequences", "every step is given out", cell, 3, 5, 7, sequences=True)
        one(f"{cell}, backwards", "the last step first", cell, 3, 4, 6, reads=True, sequences=True)
        one(f"{cell}, backwards and turned round", "the other half of a bidirectional layer", cell, 3, 4, 6, reads=True, writes=True, sequences=True)
        one(f"{cell}, last of backwards", "the state after the first input", cell, 2, 17, 5, reads=True)
        one(f"{cell}, int8", "both matrices", cell, 7, 9, 5, kinds=("int8", "int8"), sequences=True)
        one(f"{cell}, int8 kernel", "the recurrent matrix is ternary", cell, 7, 6, 5, kinds=("int8", "trits"), sequences=True)
        one(f"{cell}, int8 recurrent kernel", "the kernel is ternary", cell, 7, 6, 5, kinds=("trits", "int8"), sequences=True)
        one(f"{cell}, wide input", "16-bit codes", cell, 6, 5, 6, wide=True, sequences=True)
        one(f"{cell}, wide input, int8", "16-bit codes", cell, 6, 5, 6, kinds=("int8", "trits"), wide=True, sequences=True)
        one(f"{cell}, saturated", "gates at both ends", cell, 5, 6, 8, strength=12.0, sequences=True)
        one(f"{cell}, many inputs", "more than a block of the kernels", cell, 130, 17, 3)
    one("lstm, many units", "more than a block of the kernels", "lstm", 12, 33, 4)
    one("gru, many units", "more than a block of the kernels", "gru", 5, 130, 2)
    for k in (8, 10, 12):
        one(f"lstm, k = {k}", "other units of the cell", "lstm", 4, 5, 10, strength=4.0, k=k, sequences=True)
    one("lstm, the cell saturates", "k = 12 and a forget gate near 1", "lstm", 2, 6, 40, strength=12.0, k=12, sequences=True)
    return file("Recurrent ops over whole sequences (R24 to R28).", made)


def order_of(fields):
    return {"sequences": fields["sequences"], "reads_backwards": fields["reads_backwards"], "writes_backwards": fields["writes_backwards"]}


def files():
    return {
        "rules/gate_sums.toml": gate_sum_rules(),
        "rules/lstm.toml": lstm_rules(),
        "rules/gru.toml": gru_rules(),
        "rules/simple_rnn.toml": simple_rnn_rules(),
        "ops/recurrent.toml": recurrent_ops(),
    }
