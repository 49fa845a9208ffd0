"""PyTorch's recurrent modules: the models of them, and records of a model file with the states that PyTorch computes."""

import numpy
import torch
from torch import nn
from torch.nn import GRU, LSTM, RNN, AdaptiveAvgPool1d, Conv1d, Flatten, Linear, ReLU

from .model import precision, range_of

SEQUENCE = [7, 3]
"""Time and features."""

TYPES = {"lstm": LSTM, "gru": GRU, "simple_rnn": RNN}


class Sequence(nn.Module):
    """The outputs of each step, of the last layer of the module."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def outputs(self, x):
        """Those of each step, and of each direction behind all that it read."""
        first = self.module.batch_first
        steps, last = self.module(x if first else x.transpose(0, 1))
        return steps if first else steps.transpose(0, 1), last[0] if isinstance(last, tuple) else last

    def forward(self, x):
        return self.outputs(x)[0]


class Last(Sequence):
    """The output behind all steps; of both directions one after the other."""

    def forward(self, x):
        last = self.outputs(x)[1]
        directions = 2 if self.module.bidirectional else 1
        return torch.cat(list(last[-directions:]), 1)


class Turned(nn.Module):
    """Vectors along time as a convolution reads them, and the reverse: the format has one order for both."""

    def forward(self, x):
        return x.transpose(1, 2)


def cases():
    for word, module in TYPES.items():

        def of(inputs, units, module=module, **options):
            return module(inputs, units, **{"batch_first": True} | options)

        for stored in ("ternary", "int8", "trits", "codes", "int8 ternary", "trits codes"):
            yield f"{word}_{stored.replace(' ', '_')}", SEQUENCE, (stored, Last(of(3, 4)))
        yield f"{word}_sequences", SEQUENCE, ("int8", Sequence(of(3, 4)))
        yield f"{word}_without_bias", SEQUENCE, ("ternary int8", Last(of(3, 4, bias=False)))
        yield f"{word}_time_first", SEQUENCE, ("int8", Sequence(of(3, 4, batch_first=False)))
        yield f"{word}_two_layers", SEQUENCE, ("int8", Last(of(3, 4, num_layers=2))), ("int8", Linear(4, 2))
        yield f"{word}_two_layers_dropout", SEQUENCE, ("int8", Sequence(of(3, 4, num_layers=2, dropout=0.5)))
        yield f"{word}_both_ways", SEQUENCE, ("int8", Last(of(3, 4, bidirectional=True)))
        yield f"{word}_both_ways_sequences", SEQUENCE, ("int8", Sequence(of(3, 4, bidirectional=True)))
        yield f"{word}_both_ways_two_layers", SEQUENCE, ("int8", Last(of(3, 3, num_layers=2, bidirectional=True, bias=False)))
        # Flattened, the features of a step lie together; behind the turn, the steps of a feature.
        yield f"{word}_flatten", SEQUENCE, ("int8", Sequence(of(3, 4))), Flatten(), ("int8", Linear(28, 3))
        yield f"{word}_turned_flatten", SEQUENCE, ("int8", Sequence(of(3, 4))), Turned(), Conv1d(4, 5, 3), Flatten(), Linear(25, 3)
        yield f"{word}_behind_conv", [3, 9], ("int8", Conv1d(3, 5, 3)), ReLU(), Turned(), ("int8", Last(of(5, 4)))
    yield (
        "gru_network",
        [3, 12],
        ("int8", Conv1d(3, 5, 3, padding=1)),
        ReLU(),
        Turned(),
        ("int8", Sequence(GRU(5, 4, 2, batch_first=True, bidirectional=True))),
        Turned(),
        ("int8", Conv1d(8, 4, 3)),
        AdaptiveAvgPool1d(1),
        Flatten(),
        ("int8", Linear(4, 3)),
    )


def recurrent(maker, module, x, stored):
    """`stored`: one word for both kernels, or two, of which the second is that of the recurrent kernel."""
    inner = module.module
    word = next(word for word, kind in TYPES.items() if isinstance(inner, kind))
    assert word != "simple_rnn" or inner.nonlinearity == "tanh"
    kernel, state = (stored.split() * 2)[:2]
    read = torch.from_numpy(x)
    for index in range(inner.num_layers):
        record = {"type": word} | precision(kernel)
        if precision(state) != precision(kernel):
            record["recurrent_weights"] = precision(state).get("weights", "ternary")
        # Only the last one may keep its outputs to itself.
        if index + 1 < inner.num_layers or not isinstance(module, Last):
            record["return_sequences"] = True
        if inner.bidirectional:
            record["bidirectional"] = "concat"
        record["tensors"] = {}
        for prefix, suffix in directions(inner):
            draw(maker, record, prefix, inner, f"l{index}{suffix}", (kernel, state))
        alone = one_layer(inner, index)
        if word == "lstm":
            record |= cell_ranges(alone, read) | {"samples": maker.rows}
        # The scale of a state is fixed.
        maker.add(record, None)
        read = alone(read)[0]
    return module(torch.from_numpy(x)).numpy()


def directions(inner):
    """What the names of their tensors begin with in the format, and end with in PyTorch."""
    return [("", ""), ("backward_", "_reverse")] if inner.bidirectional else [("", "")]


def draw(maker, record, prefix, inner, suffix, stored):
    """Kernels and biases of a direction of a layer."""
    name = f"layer{len(maker.layers)}"
    pairs = (("kernel", "scale", "weight_ih"), ("recurrent_kernel", "recurrent_scale", "weight_hh"))
    for (key, scale_key, word), kind in zip(pairs, stored, strict=True):
        parameter = getattr(inner, f"{word}_{suffix}")
        kernel = maker.kernel(parameter.shape, parameter.shape[0], True, kind)
        assign(parameter, kernel[0])
        maker.weights(record, prefix + key, prefix + scale_key, name, kernel)
    if inner.bias:
        for key, word in (("bias", "bias_ih"), ("recurrent_bias", "bias_hh")):
            parameter = getattr(inner, f"{word}_{suffix}")
            assign(parameter, maker.draw.uniform(parameter.shape, -0.5, 0.5))
            maker.tensor(record, prefix + key, name, parameter.numpy())


def assign(parameter, values):
    parameter.data.copy_(torch.from_numpy(numpy.ascontiguousarray(values)))


def one_layer(inner, index):
    """A layer of a module of several as a module of its own, which has the batch first."""
    inputs = getattr(inner, f"weight_ih_l{index}").shape[1]
    alone = type(inner)(inputs, inner.hidden_size, 1, inner.bias, True, bidirectional=inner.bidirectional)
    for name, parameter in alone.named_parameters():
        parameter.data.copy_(getattr(inner, name.replace("_l0", f"_l{index}")))
    return alone.eval().requires_grad_(False)


def cell_ranges(alone, x):
    """What the cells hold behind each step: PyTorch tells the last one, so each step is made the last."""
    steps = range(1, x.shape[1] + 1)
    parts = [lambda step: x[:, :step], lambda step: x[:, -step:]]
    ranges = {}
    for place, (prefix, _) in enumerate(directions(alone)):
        found = torch.stack([alone(parts[place](step))[1][1][place] for step in steps])
        ranges[f"{prefix}cell_range"] = range_of(found.numpy())
    return ranges


ADD = dict.fromkeys([Sequence, Last], recurrent)
