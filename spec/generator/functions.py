"""Element-wise functions (R2, R3, R13, R23): rationals in, rationals out, right to forty digits and more."""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

DIGITS = 60
HALF = Fraction(1, 2)


def decimal(function):
    """A function of rationals from one of decimals."""

    @cache
    def of_rational(x):
        with localcontext() as context:
            context.prec = DIGITS
            return Fraction(function(Decimal(x.numerator) / Decimal(x.denominator)))

    return of_rational


exp = decimal(Decimal.exp)
ln = decimal(Decimal.ln)


@decimal
def erf(x):
    """The series of terms of one sign: 2/sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1.3.5...(2n+1))."""
    term, total, odd = x, Decimal(0), 1
    while abs(term) > Decimal(10) ** -DIGITS:
        total += term
        odd += 2
        term = term * 2 * x * x / odd
    return 2 / PI.sqrt() * (-x * x).exp() * total


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


def root(x):
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(Decimal(x).sqrt())


def between(x, low, high):
    return max(Fraction(low), min(Fraction(high), x))


def sigmoid(x):
    # Of a positive argument, so that no digits are lost.
    small = exp(-abs(x))
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def elu(x, alpha=1.0):
    return x if x > 0 else Fraction(alpha) * (exp(x) - 1)


def selu(x):
    scale, alpha = Fraction("1.0507009873554804934193349852946"), Fraction("1.6732632423543772848170429916717")
    return scale * (x if x > 0 else alpha * (exp(x) - 1))


def hard_sigmoid(x, slope=None):
    return between((x / 6 if slope is None else Fraction(slope) * x) + HALF, 0, 1)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * HALF * (1 + erf(x / root(2)))
    u = root(2 / PI) * (x + Fraction("0.044715") * x**3)
    return x * HALF * (1 + tanh(u))


FUNCTIONS = {
    "relu": lambda x: max(x, Fraction(0)),
    "elu": elu,
    "selu": selu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "hard_sigmoid": hard_sigmoid,
    "hard_swish": lambda x: x * between(x + 3, 0, 6) / 6,
    "hard_tanh": lambda x: between(x, -1, 1),
    "swish": lambda x: x * sigmoid(x),
    "gelu": gelu,
    "softplus": lambda x: max(x, Fraction(0)) + ln(1 + exp(-abs(x))),
    "softsign": lambda x: x / (1 + abs(x)),
    "exponential": exp,
}

FIXED = {
    "sigmoid": (1 / 255, 0),
    "hard_sigmoid": (1 / 255, 0),
    "tanh": (1 / 127, 128),
    "hard_tanh": (1 / 127, 128),
    "softsign": (1 / 127, 128),
}
"""The formats of R2."""


def of(case):
    """The function of a case: `function` with its options, and `then` what is applied to its values."""
    options = {name: case[name] for name in ("alpha", "slope", "approximate") if name in case}
    function = FUNCTIONS[case["function"]]
    first = lambda x: function(x, **options)  # noqa: E731
    return (lambda x: FUNCTIONS[case["then"]](first(x))) if "then" in case else first


# R23


def tangent(i):
    return min(32767, (32768 * tanh(Fraction(i - 128, 16)) + HALF).__floor__())


TANGENTS = [tangent(i) for i in range(257)]


def tanh_q(g):
    i = (g + 32768) >> 8
    f = g + 32768 - 256 * i
    return TANGENTS[i] + (((TANGENTS[i + 1] - TANGENTS[i]) * f + 128) >> 8)


def sigm_q(g):
    return (tanh_q(g >> 1) + 32768) >> 1
