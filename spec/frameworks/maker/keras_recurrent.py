"""Keras' recurrent layers: the models of them, and records of a model file with the states that Keras computes."""

import numpy
from keras.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Conv1D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    Normalization,
    ReLU,
    SimpleRNN,
)

from .model import precision, range_of

SEQUENCE = [7, 3]
"""Time and features."""

TYPES = {"lstm": LSTM, "gru": GRU, "simple_rnn": SimpleRNN}

MERGES = {"concat": "concat", "sum": "add", "ave": "average", "mul": "multiply"}
"""What Keras calls each way to join two directions, and what the format does."""


def cases():
    for word, layer in TYPES.items():
        for stored in ("ternary", "int8", "trits", "codes", "ternary int8", "codes trits"):
            yield f"{word}_{stored.replace(' ', '_')}", SEQUENCE, (stored, layer(4))
        yield f"{word}_sequences", SEQUENCE, ("int8", layer(4, return_sequences=True))
        yield f"{word}_without_bias", SEQUENCE, ("int8 ternary", layer(4, use_bias=False))
        yield f"{word}_backwards", SEQUENCE, ("int8", layer(4, go_backwards=True))
        # The outputs come in the order of the reading.
        yield f"{word}_backwards_sequences", SEQUENCE, ("int8", layer(4, go_backwards=True, return_sequences=True))
        yield f"{word}_stacked", SEQUENCE, ("int8", layer(4, return_sequences=True)), ("int8", layer(3)), ("int8", Dense(2))
        for merge in MERGES:
            yield f"{word}_{merge}", SEQUENCE, ("int8", Bidirectional(layer(4), merge))
            yield f"{word}_{merge}_sequences", SEQUENCE, ("int8", Bidirectional(layer(4, return_sequences=True), merge))
        yield f"{word}_one", SEQUENCE, ("int8", layer(1))
        yield f"{word}_one_step", [1, 3], ("int8", layer(4))
    for word, options in (("", {}), ("_sequences", {"return_sequences": True}), ("_without_bias", {"use_bias": False})):
        yield f"gru_reset_before{word}", SEQUENCE, ("int8", GRU(4, reset_after=False, **options))
    yield "gru_reset_before_ternary", SEQUENCE, GRU(4, reset_after=False)
    yield "gru_reset_before_concat", SEQUENCE, ("int8", Bidirectional(GRU(4, reset_after=False)))
    yield "lstm_without_forget_bias", SEQUENCE, ("int8", LSTM(4, unit_forget_bias=False))
    # They act in training alone, and change how Keras runs the layer, not what it gives.
    yield "lstm_dropout", SEQUENCE, ("int8", LSTM(4, dropout=0.25, recurrent_dropout=0.5, unroll=True))
    yield "lstm_stacked_concat", SEQUENCE, Bidirectional(LSTM(3, return_sequences=True)), ("int8", Bidirectional(LSTM(2)))
    yield "lstm_long", [40, 3], ("int8", LSTM(4)), ("int8", Dense(3, "softmax"))
    yield "gru_flatten", SEQUENCE, ("int8", GRU(4, return_sequences=True)), Flatten(), ("int8", Dense(3))
    yield "gru_behind_normalization", SEQUENCE, Normalization(mean=[0.25, -0.5, 0.0], variance=[0.25, 4.0, 1.0]), ("int8", GRU(4))
    yield (
        "lstm_network",
        [12, 3],
        ("int8", Conv1D(5, 3, padding="same")),
        ReLU(),
        ("int8", Bidirectional(LSTM(4, return_sequences=True))),
        Dropout(0.5),
        ("int8", Conv1D(4, 3)),
        GlobalAveragePooling1D(),
        ("int8", Dense(3)),
    )


def recurrent(maker, layer, x, stored):
    """`stored`: one word for both kernels, or two, of which the second is that of the recurrent kernel."""
    both = isinstance(layer, Bidirectional)
    inner = layer.forward_layer if both else layer
    word = next(word for word, kind in TYPES.items() if isinstance(inner, kind))
    kernel, state = (stored.split() * 2)[:2]
    record = {"type": word, "units": inner.units} | precision(kernel)
    if precision(state) != precision(kernel):
        record["recurrent_weights"] = precision(state).get("weights", "ternary")
    for field in ("return_sequences", "go_backwards"):
        if getattr(inner, field):
            record[field] = True
    if word == "gru" and not inner.reset_after:
        record["reset_after"] = False
    if both:
        record["bidirectional"] = MERGES[layer.merge_mode]
    record["tensors"] = {}
    directions = [("", inner), ("backward_", layer.backward_layer)] if both else [("", layer)]
    ranges = {}
    for prefix, direction in directions:
        draw(maker, record, prefix, direction, (kernel, state))
        if word == "lstm":
            ranges[f"{prefix}cell_range"] = range_of(cells(direction, x))
    y = numpy.asarray(layer(x, training=False))
    # The scale of a state is fixed, and so is that of both one after the other.
    ranged = record.get("bidirectional", "concat") != "concat"
    maker.add(record | ranges, y if ranged else None)
    if ranges and not ranged:
        maker.layers[-1]["samples"] = maker.rows
    return y


def draw(maker, record, prefix, layer, stored):
    """Kernels and bias of a direction."""
    name = f"layer{len(maker.layers)}"
    cell = layer.cell
    pairs = (("kernel", "scale", cell.kernel), ("recurrent_kernel", "recurrent_scale", cell.recurrent_kernel))
    for (key, scale_key, variable), word in zip(pairs, stored, strict=True):
        kernel = maker.kernel(variable.shape, variable.shape[-1], False, word)
        variable.assign(kernel[0])
        maker.weights(record, prefix + key, prefix + scale_key, name, kernel)
    if layer.use_bias:
        cell.bias.assign(maker.draw.uniform(cell.bias.shape, -0.5, 0.5))
        maker.tensor(record, f"{prefix}bias", name, numpy.asarray(cell.bias))


def cells(layer, x):
    """What the cell holds behind each step."""
    states = [numpy.zeros([len(x), layer.units], numpy.float32)] * 2
    found = []
    for step in range(x.shape[1])[:: -1 if layer.go_backwards else 1]:
        _, states = layer.cell(x[:, step], states, training=False)
        found.append(numpy.asarray(states[1]))
    return numpy.stack(found)


ADD = dict.fromkeys([*TYPES.values(), Bidirectional], recurrent)
