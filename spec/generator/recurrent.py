"""Rules R24..R28: gates of two accumulators, the cells, and what they make of a sequence."""

from .functions import sigm_q, tanh_q
from .rules import I32_HIGH, I32_LOW, RuleError, accumulate, clamp, mulh, rnd

GATES = {"lstm": 4, "gru": 3, "gru_reset_before": 3, "simple_rnn": 1}


def clamp16(x):
    return clamp(x, -32768, 32767)


def view(h):
    return clamp((h + 128) >> 8, -128, 127) + 128


# R24


def pre_shift(ranges):
    return next((P for P in range(16, -1, -1) if all(lo * 2**P >= I32_LOW and hi * 2**P <= I32_HIGH for lo, hi in ranges)), None)


def constants(scale, zero_point, columns, apart=()):
    """R24 of a layer. `columns`: (a_x, sums of x, a_h, sums of h, b_x, b_h) each, with sums (W, lo, hi); `apart`: the
    columns whose parts stand alone.

    Gives (Px, Ph, S, [mx], [mh], [B], {column: B_h}); B is B_x where the parts stand alone."""
    M = [((a_x * scale) * 4096, a_h * 32) for a_x, _, a_h, *_ in columns]
    Px, Ph = pre_shift([c[1][1:] for c in columns]), pre_shift([c[3][1:] for c in columns])
    if Px is None or Ph is None:
        raise RuleError("sum too wide for 32 bits")

    def at(S):
        mx, mh, B, alone = [], [], [], {}
        for c, (_, (W_x, lo_x, hi_x), _, (W_h, lo_h, hi_h), b_x, b_h) in enumerate(columns):
            M_x, M_h = M[c]
            mx.append(rnd(M_x * 2.0 ** (32 + S - Px)))
            mh.append(rnd(M_h * 2.0 ** (32 + S - Ph)))
            if c in apart:
                B.append(rnd(((b_x * 4096) - M_x * (zero_point * W_x) + 0.5) * 2.0**S))
                alone[c] = rnd(((b_h * 4096) - M_h * (128 * W_h) + 0.5) * 2.0**S)
            else:
                B.append(rnd(((((b_x + b_h) * 4096) - M_x * (zero_point * W_x)) - M_h * (128 * W_h) + 0.5) * 2.0**S))
            size = abs(B[c]) + abs(alone.get(c, 0))
            reach = M_x * 2.0**S * max(-lo_x, hi_x) + M_h * 2.0**S * max(-lo_h, hi_h) + size
            if max(mx[c], mh[c]) > I32_HIGH or reach > 2**31 - 4:
                return None
        return mx, mh, B, alone

    S = next((S for S in range(15, -1, -1) if at(S)), None)
    if S is None:
        raise RuleError("gate scales too coarse")
    return Px, Ph, S, *at(S)


def in_32_bits(t):
    assert I32_LOW <= t <= I32_HIGH, "obligation of R24"
    return t


def product(acc, pre_shift, multiplier):
    return mulh(in_32_bits(acc * 2**pre_shift), multiplier)


# R25, R26, R27: one unit of a cell, one step


def lstm_unit(gates, c, k):
    """(what i, f, g and o are, c, tanh of it, h)."""
    i, f, g, o = sigm_q(gates[0]), sigm_q(gates[1]), tanh_q(gates[2]), sigm_q(gates[3])
    c = clamp16(in_32_bits(f * c + ((i * g) >> (15 - k)) + 2**14) >> 15)
    t = tanh_q(clamp16(c * 2 ** (12 - k)))
    return [i, f, g, o], c, t, in_32_bits(o * t + 2**14) >> 15


def candidate_after(r, gx, gh):
    """The argument of n where the reset comes after the matrix."""
    return clamp16(gx + (in_32_bits(r * gh + 2**14) >> 15))


def reset_before(r, h):
    return in_32_bits(r * h + 2**14) >> 15


def blend(z, h, n):
    return in_32_bits(z * h + (32768 - z) * n + 2**14) >> 15


def cell_shift(low, high):
    """k of R25 from a recorded range."""
    largest = max(abs(low), abs(high))
    return next((k for k in range(12, 7, -1) if 1.25 * largest * 2.0**k <= 32767), 8)


# R28: a sequence


class Layer:
    """`kernel` and `recurrent` are rows of weights, a row for each column; columns are gate after gate."""

    def __init__(self, cell, kernel, recurrent, fields):
        self.cell, self.kernel, self.recurrent = cell, kernel, recurrent
        self.units = len(recurrent[0])
        self.fields = fields

    def gate(self, column, ax, ah):
        f = self.fields
        x, h = product(ax, f["pre_shifts"][0], f["multipliers_x"][column]), product(ah, f["pre_shifts"][1], f["multipliers_h"][column])
        return clamp16(in_32_bits(in_32_bits(x + h) + f["bias"][column]) >> f["shift"])

    def parts(self, column, unit, ax, ah):
        f = self.fields
        x = product(ax, f["pre_shifts"][0], f["multipliers_x"][column]) + f["bias"][column]
        h = product(ah, f["pre_shifts"][1], f["multipliers_h"][column]) + f["bias_h"][unit]
        return [clamp16(in_32_bits(t) >> f["shift"]) for t in (x, h)]

    def step(self, x, u, state):
        """(u, state) after a step; the state is c of an LSTM, h of a GRU."""
        H = self.units
        ax = [accumulate(w, x) for w in self.kernel]
        ah = [accumulate(w, u) for w in self.recurrent]
        if self.cell == "lstm":
            units = [lstm_unit([self.gate(g * H + j, ax[g * H + j], ah[g * H + j]) for g in range(4)], state[j],
                               self.fields["cell_shift"]) for j in range(H)]  # fmt: skip
            return [view(h) for *_, h in units], [c for _, c, *_ in units]
        if self.cell == "simple_rnn":
            return [view(tanh_q(self.gate(j, ax[j], ah[j]))) for j in range(H)], state
        z = [sigm_q(self.gate(j, ax[j], ah[j])) for j in range(H)]
        r = [sigm_q(self.gate(H + j, ax[H + j], ah[H + j])) for j in range(H)]
        if self.cell == "gru":
            arguments = [candidate_after(r[j], *self.parts(2 * H + j, j, ax[2 * H + j], ah[2 * H + j])) for j in range(H)]
        else:
            u_r = [view(reset_before(r[j], state[j])) for j in range(H)]
            ah = [accumulate(w, u_r) for w in self.recurrent]
            arguments = [self.gate(2 * H + j, ax[2 * H + j], ah[2 * H + j]) for j in range(H)]
        h = [blend(z[j], state[j], tanh_q(arguments[j])) for j in range(H)]
        return [view(value) for value in h], h

    def run(self, codes, inputs, sequences, reads_backwards, writes_backwards):
        """The codes of the last step, or of all steps."""
        steps = [codes[at : at + inputs] for at in range(0, len(codes), inputs)]
        u, state, out = [128] * self.units, [0] * self.units, []
        for x in reversed(steps) if reads_backwards else steps:
            u, state = self.step(x, u, state)
            out.append(u)
        if not sequences:
            return u
        return sum(reversed(out) if writes_backwards else out, [])


# The rules on their own, as rules/ and the page have them


def gate_sums(case):
    apart = case.get("apart", False)
    n = len(case["a_x"])
    given = zip(case["a_x"], case["ranges_x"], case["weight_sums_x"], case["a_h"], case["ranges_h"], case["weight_sums_h"],
                case["b_x"], case["b_h"], strict=True)  # fmt: skip
    columns = [(a_x, (W_x, *x), a_h, (W_h, *h), b_x, b_h) for a_x, x, W_x, a_h, h, W_h, b_x, b_h in given]
    try:
        Px, Ph, S, mx, mh, B, alone = constants(
            case["input_scale"], case["input_zero_point"], columns, range(n) if apart else ()
        )
    except RuleError as error:
        return {"error": str(error)}
    made = {"pre_shifts": [Px, Ph], "shift": S, "multipliers_x": mx, "multipliers_h": mh, "bias": B}
    if apart:
        made["bias_h"] = [alone[c] for c in range(n)]
    fields = made | {"bias_h": made.get("bias_h", [0] * n)}
    layer = Layer("gru" if apart else "lstm", [[0]], [[0]], fields)
    rows = [list(zip(*row)) for row in case["accumulators"]]
    if apart:
        return made | {"gates": [[layer.parts(c, c, *pair) for c, pair in enumerate(row)] for row in rows]}
    return made | {"gates": [[layer.gate(c, *pair) for c, pair in enumerate(row)] for row in rows]}


def lstm(case):
    """A step of units, or the unit of the cell."""
    if "gates" not in case:
        return {"cell_shift": cell_shift(*case["cell_range"]) if "cell_range" in case else 11}
    units = [lstm_unit(gates, c, case["cell_shift"]) for gates, c in zip(case["gates"], case["cell"], strict=True)]
    activated, cells, tangents, outputs = zip(*units)
    return {
        "activated": list(activated), "new_cell": list(cells), "tanh_cell": list(tangents), "h": list(outputs),
        "codes": [view(h) for h in outputs],
    }  # fmt: skip


def gru(case):
    rows = list(zip(case["gate_z"], case["gate_r"], case["gx"], case["gh"], case["h"], strict=True))
    z, r = [sigm_q(row[0]) for row in rows], [sigm_q(row[1]) for row in rows]
    arguments = [candidate_after(r_j, gx, gh) for r_j, (_, _, gx, gh, _) in zip(r, rows)]
    n = [tanh_q(argument) for argument in arguments]
    h = [blend(*values) for values in zip(z, case["h"], n)]
    before = [reset_before(*pair) for pair in zip(r, case["h"])]
    return {
        "z": z, "r": r, "argument": arguments, "n": n, "new_h": h, "codes": [view(x) for x in h], "reset_h": before,
        "reset_codes": [view(x) for x in before],
    }  # fmt: skip


def simple_rnn(case):
    h = [tanh_q(g) for g in case["gates"]]
    return {"h": h, "codes": [view(x) for x in h]}
