"""The cases of spec/ops: whole ops with the constants that a compiler would hand to a kernel."""

import math
import random

from . import layers
from .evaluate import trit_text
from .functions import FUNCTIONS, sigm_q, tanh_q
from .rule_cases import file
from .rules import CLAMPS, I32_HIGH, accumulate, bounds, constants, requantize, softmax, softmax_constants, table_entry

INPUTS = (1, 3, 4, 5, 16, 63, 64, 65, 128, 129, 200)
OUTPUTS = (1, 2, 7, 10, 16, 17, 24, 33)


def dense_case(name, why, element, trits, requant, multiplier, bias, rows):
    low, high = requant["low"], requant["high"]
    output = [
        [
            requantize(accumulate(w, row), requant["pre_shift"], B, m, requant["shift"], low, high)
            for w, m, B in zip(trits, multiplier, bias, strict=True)
        ]
        for row in rows
    ]
    return {
        "name": name, "why": why, "rule": "R7", "inputs": len(trits[0]), "outputs": len(trits), "element": element,
        **requant, "multiplier": multiplier, "bias": bias, "trits": [trit_text(w) for w in trits], "input": rows,
        "output": output,
    }  # fmt: skip


def compiled(rng, trits, element, z_x=0, swing=None):
    """Constants by R8 and R9 from real scales of the usual size; constant channels lose their weights.

    `swing`: the accumulators that should spread over the codes; if absent, those of random trits and codes."""
    K = len(trits[0])
    swing = swing or math.sqrt(K) * 100
    z_y, s_y = (rng.choice((0, 0, 12, 128)), 1.0) if element == "u8" else (0, 1.0)
    reach = 70 if element == "u8" else 15000
    a = [0.0 if rng.random() < 0.03 else reach / swing * rng.uniform(0.4, 2.0) for _ in trits]
    b = [reach * rng.uniform(-0.4, 0.8) for _ in trits]
    low, high = CLAMPS[element]
    if rng.random() < 0.5:
        low = z_y
    P, S, m, B, flags = constants(1.0, z_x, s_y, z_y, low, high, [(x, y, *bounds(w)) for x, y, w in zip(a, b, trits)])
    kept = [[0] * K if flag else w for w, flag in zip(trits, flags)]
    return kept, {"pre_shift": P, "shift": S, "low": low, "high": high}, m, B


def drawn(rng, trits, element):
    """Constants that no compiler would choose, but R7 allows: any P, B anywhere between its obligations."""
    lo, hi = min(bounds(w)[1] for w in trits), max(bounds(w)[2] for w in trits)
    P = rng.choice([P for P in range(17) if (hi - lo) * 2**P <= I32_HIGH])
    room = I32_HIGH - max(hi, -lo) * 2**P
    B = [rng.randint(-room, room) if room > 0 else 0 for _ in trits]
    m = [rng.randrange(2 ** rng.randrange(20, 31), 2**31) for _ in trits]
    low, high = CLAMPS[element]
    return {"pre_shift": P, "shift": rng.randrange(20, 24) if element == "u8" else rng.randrange(12, 16), "low": low, "high": high}, m, B


def dense():
    rng = random.Random("dense")
    made = []
    for index, (K, M) in enumerate((K, M) for K in INPUTS for M in OUTPUTS):
        element = "i16" if (index + index // len(OUTPUTS)) % 2 else "u8"
        trits = [rng.choices((-1, 0, 1), k=K) for _ in range(M)]
        rows = [[255] * K, rng.choices(range(256), k=K)] if index % 3 else [[0] * K, rng.choices(range(256), k=K)]
        if index % 4 == 3:
            made.append(dense_case(f"{K} to {M}, drawn", "constants at random", element, trits, *drawn(rng, trits, element), rows))
        else:
            kept, requant, m, B = compiled(rng, trits, element, rng.choice((0, 10, 255)))
            made.append(dense_case(f"{K} to {M}", "sizes around the kernels' blocks", element, kept, requant, m, B, rows))
    for K in (128, 129, 256, 257, 258):
        plus, minus = [1] * K, [-1] * K
        halves = [1 if i < K // 2 else -1 for i in range(K)]
        trits = [plus, minus, minus, plus, halves, [1 if i % 2 else -1 for i in range(K)], plus, plus]
        rows = [[255] * K, [255 if i % 2 else 0 for i in range(K)], [254] * K]
        for element in ("u8", "i16"):
            kept, requant, m, B = compiled(random.Random(f"sums {K} {element}"), trits, element, swing=200 * K)
            made.append(dense_case(f"sums {K} {element}", "16-bit lanes are full every 128 to 257 inputs", element, kept,
                                   requant, m, B, rows))  # fmt: skip
    for K, M in ((784, 10), (513, 26)):
        trits = [rng.choices((-1, 0, 1), weights=(1, 2, 1), k=K) for _ in range(M)]
        kept, requant, m, B = compiled(rng, trits, "i16" if M == 10 else "u8")
        made.append(dense_case(f"{K} to {M}", "a first layer", "i16" if M == 10 else "u8", kept, requant, m, B,
                               [rng.choices(range(256), k=K)]))  # fmt: skip
    made += dense_layers()
    made += dense_of_wide_codes()
    return file("Dense ops (R6, R7, R11): trits or int8 weights and raw codes in, codes out.", made)


def dense_layers():
    """What came with convolutions: int8 weights (R31), leaky outputs (R11), a relu whose zero point is not 0."""
    rng = random.Random("dense layers")
    made = []

    def one(name, why, K, M, kind="int8", layer=None, extra=(), **constants):
        layer = layer or layers.compiled(rng, kind, layers.draw(rng, kind, M, K), **constants)
        rows = [rng.choices(range(256), k=K), [255] * K, *extra]
        output = [[layer.code(c, row) for c in range(M)] for row in rows]
        if constants.get("clamp"):
            assert output != [[layer.but(low=0).code(c, row) for c in range(M)] for row in rows], name
        made.append({"name": name, "why": why, "rule": layer.rule, "inputs": K, "outputs": M, **layer.fields(),
                     "input": rows, "output": output})  # fmt: skip

    for index, (K, M) in enumerate(((1, 1), (3, 4), (4, 5), (5, 3), (64, 10), (129, 7), (300, 2))):
        element, z_x = ("u8", "i16")[index % 2], (0, 10, 255)[index % 3]
        one(f"int8 {K} to {M}", "outputs in blocks of 4", K, M, element=element, z_x=z_x)
    ends = [[127] * 300, [-127] * 300, [127, -127] * 150, [0] * 300, [1] * 300]
    one("int8 largest", "+-127 with 255", 300, 5, layer=layers.drawn(rng, "int8", ends, "i16", 4, 12), extra=[[0, 255] * 150])
    one("int8 leaky", "R11", 40, 6, z_x=20, z_y=90, slopes=(0.1, -0.2))
    one("int8 relu at the zero point, embedded-nn's mistake", "codes below z_y do not occur; it clamped at 0", 20, 6,
        z_y=40, clamp=(40, 255))  # fmt: skip
    one("relu at the zero point, embedded-nn's mistake", "codes below z_y do not occur; it clamped at 0", 20, 9, "trits",
        z_y=40, clamp=(40, 255))  # fmt: skip
    for K, M in ((1, 1), (17, 5), (65, 24), (130, 33)):
        one(f"leaky {K} to {M}", "R11, slope 0.1", K, M, "trits", z_x=20, z_y=90, slopes=(0.1,))
    one("prelu 50 to 18", "slopes of both signs, none, and above 1", 50, 18, "trits", z_y=100, slopes=(0.3, -0.25, 0.01, 0.0, 1.5))
    return made


def dense_of_wide_codes():
    """The network's input with 16 bits (R2, R6)."""
    rng = random.Random("dense of wide codes")
    made = []

    def one(name, why, K, M, kind="trits", layer=None, extra=(), **constants):
        weights = layers.draw(rng, kind, M, K)
        layer = layer or layers.compiled(rng, kind, weights, reads="u16", **constants)
        rows = [rng.choices(range(65536), k=K), [65535] * K, rng.choices((0, 255, 256, 65280, 65535), k=K), *extra]
        output = [[layer.code(c, row) for c in range(M)] for row in rows]
        if K > 4 and kind == "trits":
            low_bytes = [[layer.code(c, [u % 256 for u in row]) for c in range(M)] for row in rows]
            high_bytes = [[layer.code(c, [u - u % 256 for u in row]) for c in range(M)] for row in rows]
            assert output not in (low_bytes, high_bytes), name
        made.append({"name": name, "why": why, "rule": layer.rule, "inputs": K, "outputs": M, **layer.fields(),
                     "input": rows, "output": output})  # fmt: skip

    for index, (K, M) in enumerate(((1, 1), (3, 4), (16, 17), (65, 16), (127, 33), (128, 7), (129, 10), (257, 50), (513, 3))):
        element, z_x = ("i16", "u8")[index % 2], (0, 30000, 65535)[index % 3]
        one(f"16-bit input, {K} to {M}", "high bytes and low bytes", K, M, element=element, z_x=z_x)
    for index, (K, M) in enumerate(((1, 1), (5, 3), (64, 10), (129, 6))):
        element, z_x = ("u8", "i16")[index % 2], (0, 40000, 65535)[index % 3]
        one(f"16-bit input, int8 {K} to {M}", "outputs in blocks of 4", K, M, "int8", element=element, z_x=z_x)
    trits = [[1] * 1026, [-1] * 1026, [1, -1, 0] * 342]
    one("16-bit input, largest", "lanes are full again and again", 1026, 3,
        layer=layers.drawn(rng, "trits", trits, "i16", 4, 14, reads="u16"), extra=[[0, 65535, 1] * 342])  # fmt: skip
    ends = [[127] * 128, [-127] * 128, [127, -127] * 64, [1] * 128]
    one("16-bit input, int8 largest", "+-127 with 65535", 128, 4,
        layer=layers.drawn(rng, "int8", ends, "i16", 0, 14, reads="u16"), extra=[[0, 65535] * 64])  # fmt: skip
    one("16-bit input, leaky", "R11", 65, 5, z_x=20000, z_y=90, slopes=(0.1, -0.2))
    one("16-bit input, int8 leaky", "R11", 30, 6, "int8", z_x=65535, z_y=90, slopes=(0.1, 1.5))
    one("16-bit input, relu", "codes below z_y do not occur", 20, 9, z_y=40, clamp=(40, 255))
    return made


def activation():
    rng = random.Random("activation")
    shuffled = rng.sample(range(256), 256)
    chosen = {
        "identity": (list(range(256)), "copies"),
        "reversed": (list(range(255, -1, -1)), "every entry is used"),
        "shuffled": (shuffled, "a table is any function"),
        "relu": ([table_entry(FUNCTIONS["relu"], u, 0.031, 97, 0.0173, 0) for u in range(256)], "R13, other scale"),
        "hard swish": ([table_entry(FUNCTIONS["hard_swish"], u, 0.04, 75, 0.03, 12) for u in range(256)], "the table of R13's example"),
    }
    made = []
    for name, (table, why) in chosen.items():
        rows = [list(range(256))] + [rng.choices(range(256), k=n) for n in (1, 2, 3, 4, 5, 17)]
        made.append({"name": name, "why": why, "rule": "R13", "table": table, "input": rows,
                     "output": [[table[u] for u in row] for row in rows]})  # fmt: skip
    return file("Activation ops by table (R13).", made)


def gate_ops():
    rng = random.Random("gate op")
    made = []
    for word, function in (("tanh", tanh_q), ("sigmoid", sigm_q)):
        rows = [[-32768, -1, 0, 1, 32767], list(range(-32768, 32768, 251))]
        rows += [[rng.randint(-32768, 32767) for _ in range(n)] for n in (1, 2, 3, 17)]
        made.append({"name": word, "why": "wide values in, wide values out", "rule": "R23", "function": word, "input": rows,
                     "output": [[function(g) for g in row] for row in rows]})  # fmt: skip
    return file("Gates: sigmoid and tanh at the end of a network (R23).", made)


def softmax_ops():
    rng = random.Random("softmax op")
    made = []
    for input_element in ("u8", "i16"):
        low, high = CLAMPS[input_element]
        for element in ("u8", "i16"):
            for n in (1, 2, 3, 10, 35, 250, 1000):
                scale = 8.0 * 10.0 ** rng.uniform(-1.0, 1.0) / high
                k, sh, g = softmax_constants(scale, n, input_element)
                rows = [[rng.randint(low, high) for _ in range(n)]]
                if n <= 250:
                    middle, width = rng.randint(low, high), max(1, (high - low) // 40)
                    rows.append([max(low, min(high, middle + rng.randint(-width, width))) for _ in range(n)])
                if n <= 10:
                    rows += [[high] * n, [low] * (n - 1) + [high], [high] + [low] * (n - 1), [low] * n]
                made.append({"name": f"{input_element} to {element}, {n}", "why": "one op, several inputs", "rule": "R20",
                             "input_element": input_element, "element": element, "multiplier": k, "shift": sh, "guard": g,
                             "input": rows, "output": [softmax(row, k, sh, g)[2 if element == "u8" else 3] for row in rows]})  # fmt: skip
    for input_element, top in (("u8", 255), ("i16", 2000)):
        k, sh, g = softmax_constants(0.5, 4, input_element)
        rows = [[top, top - 2, top - 4, 0], [0, 0, top, 0], [top] * 4]
        for element in ("u8", "i16"):
            made.append({"name": f"large logits, MicroFlow's mistake, {input_element} to {element}",
                         "why": "a scale of 1/2: exp overflows an f32 without the largest subtracted", "rule": "R20",
                         "input_element": input_element, "element": element, "multiplier": k, "shift": sh, "guard": g,
                         "input": rows, "output": [softmax(row, k, sh, g)[2 if element == "u8" else 3] for row in rows]})  # fmt: skip
    return file("Softmax ops (R20).", made)


def files():
    return {"ops/dense.toml": dense(), "ops/activation.toml": activation(), "ops/gate.toml": gate_ops(), "ops/softmax.toml": softmax_ops()}
