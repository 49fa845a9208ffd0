"""Keras layers → records of a model file, with the activations that Keras computes."""

import keras
import numpy
from keras import layers

from . import keras_recurrent
from .model import Maker, either, precision, range_of


def run(layer, x):
    return numpy.asarray(layer(x, training=False))


def dense(maker, layer, x, stored):
    record = {"type": "dense", "units": layer.units}
    return linear(maker, layer, x, stored, record)


def conv(maker, layer, x, stored):
    record = {"type": word(layer, "conv"), "filters": layer.filters} | window(layer, layer.kernel_size, "kernel")
    if layer.groups != 1:
        record["groups"] = layer.groups
    return linear(maker, layer, x, stored, record)


def depthwise(maker, layer, x, stored):
    record = {"type": word(layer, "depthwise_conv")} | window(layer, layer.kernel_size, "kernel")
    if layer.depth_multiplier != 1:
        record["multiplier"] = layer.depth_multiplier
    return linear(maker, layer, x, stored, record)


def separable(maker, layer, x, stored):
    record = {"type": word(layer, "separable_conv"), "filters": layer.filters} | window(layer, layer.kernel_size, "kernel")
    if layer.depth_multiplier != 1:
        record["multiplier"] = layer.depth_multiplier
    record |= precision(stored) | activation(layer) | {"tensors": {}}
    name = f"layer{len(maker.layers)}"
    between = x.shape[-1] * layer.depth_multiplier
    parts = [
        ("depthwise", layer.depthwise_kernel, between),
        ("pointwise", layer.pointwise_kernel, layer.filters),
    ]
    for key, variable, outputs in parts:
        kernel = maker.kernel(variable.shape, outputs, False, stored)
        variable.assign(kernel[0])
        maker.weights(record, key, f"{key}_scale", name, kernel)
    if layer.use_bias:
        layer.bias.assign(maker.draw.uniform(layer.bias.shape, -0.5, 0.5))
        maker.tensor(record, "bias", name, numpy.asarray(layer.bias))
    # What the layer keeps to itself between its two halves.
    depthwise = layers.DepthwiseConv1D if layer.rank == 1 else layers.DepthwiseConv2D
    inner = depthwise(
        layer.kernel_size, layer.strides, layer.padding, layer.depth_multiplier, use_bias=False, dilation_rate=layer.dilation_rate
    )
    inner.build(x.shape)
    inner.kernel.assign(layer.depthwise_kernel)
    values = run(inner, x)
    record["depthwise_range"] = range_of(values)
    return finish(maker, layer, x, record)


def word(layer, kind):
    """The type of a layer of windows, by what they slide over."""
    return kind + ("1d" if type(layer).__name__.endswith("1D") else "2d")


def window(layer, size, key):
    """The fields of a window, none that has the format's default."""
    record = {key: either(size)}
    strides = either(layer.strides)
    if strides != (record[key] if key == "pool" else 1):
        record["stride"] = strides
    if key == "kernel" and either(layer.dilation_rate) != 1:
        record["dilation"] = either(layer.dilation_rate)
    if layer.padding != "valid":
        record["padding"] = layer.padding
    return record


def gelu_tanh(x):
    """An option that the word `gelu` does not have."""
    return keras.activations.gelu(x, approximate=True)


def older_hard_sigmoid(x):
    """That of Keras before version 3."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


FUNCTIONS = ("elu", "selu", "sigmoid", "tanh", "hard_sigmoid", "hard_tanh", "gelu", "softplus", "softsign", "exponential")
"""Those whose name is a type of the format, and no relu."""

OTHER_NAMES = {"hard_silu": "hard_swish", "silu": "silu"}


def activation(layer):
    name = layer.activation.__name__
    name = OTHER_NAMES.get(name, name)
    assert name in ("linear", "relu", "relu6", "softmax", "hard_swish", "silu", *FUNCTIONS), name
    return {} if name == "linear" else {"activation": name}


def linear(maker, layer, x, stored, record):
    """Draws kernel and bias."""
    record |= precision(stored) | activation(layer) | {"tensors": {}}
    name = f"layer{len(maker.layers)}"
    shape = layer.kernel.shape
    is_depthwise = isinstance(layer, layers.DepthwiseConv1D | layers.DepthwiseConv2D)
    outputs = shape[-2] * shape[-1] if is_depthwise else shape[-1]
    kernel = maker.kernel(shape, outputs, False, stored)
    layer.kernel.assign(kernel[0])
    maker.weights(record, "kernel", "scale", name, kernel)
    if layer.use_bias:
        layer.bias.assign(maker.draw.uniform(layer.bias.shape, -0.5, 0.5))
        maker.tensor(record, "bias", name, numpy.asarray(layer.bias))
    return finish(maker, layer, x, record)


def finish(maker, layer, x, record):
    """The range of a softmax is that of what it reads; other functions than relus have one more."""
    y = ranged = run(layer, x)
    function = layer.activation
    if function.__name__ not in ("linear", "relu", "relu6"):
        layer.activation = keras.activations.linear
        sums = run(layer, x)
        layer.activation = function
        if function is keras.activations.softmax:
            ranged = sums
        else:
            record["sum_range"] = range_of(sums)
    maker.add(record, ranged)
    return y


def pool(maker, layer, x, _):
    is_max = isinstance(layer, layers.MaxPooling1D | layers.MaxPooling2D)
    record = {"type": word(layer, "max_pool" if is_max else "average_pool")} | window(layer, layer.pool_size, "pool")
    y = run(layer, x)
    maker.add(record, None if is_max else y)
    return y


def global_max(maker, layer, x, _):
    maker.add({"type": word(layer, "global_max_pool")}, None)
    return run(layer, x)


def global_average(maker, layer, x, _):
    y = run(layer, x)
    maker.add({"type": word(layer, "global_average_pool")}, y)
    return y


def batch_norm(maker, layer, x, kind):
    """`kind`: `negative` for factors of both signs, `tiny` for variances around epsilon and 0."""
    record = {"type": "batch_norm", "epsilon": layer.epsilon, "tensors": {}}
    name = f"layer{len(maker.layers)}"
    shape, draw = layer.moving_mean.shape, maker.draw
    tiny = kind == "tiny"
    gamma = draw.uniform(shape, 0.03, 0.06) if tiny else draw.uniform(shape, 0.5, 1.5)
    variance = draw.uniform(shape, 0.0, 2 * layer.epsilon) if tiny else draw.uniform(shape, 0.3, 2.0)
    if kind == "negative":
        gamma[::2] *= -1
    if tiny:
        variance[0] = 0
    values = {
        "gamma": gamma,
        "beta": draw.uniform(shape, -0.5, 0.5),
        "mean": draw.uniform(shape, -0.4, 0.6),
        "variance": variance,
    }
    if not layer.scale:
        del values["gamma"]
    if not layer.center:
        del values["beta"]
    layer.set_weights(list(values.values()))
    for key, array in values.items():
        maker.tensor(record, key, name, array)
    y = run(layer, x)
    maker.add(record, y)
    return y


def normalization(maker, layer, x, _):
    record, name = {"type": "normalization", "tensors": {}}, f"layer{len(maker.layers)}"
    for key in ("mean", "variance"):
        maker.tensor(record, key, name, numpy.asarray(getattr(layer, key), numpy.float32).reshape(-1))
    maker.add(record, None)
    return run(layer, x)


def rescaling(maker, layer, x, _):
    record = {"type": "rescaling", "scale": layer.scale} | ({"offset": layer.offset} if layer.offset != 0 else {})
    maker.add(record, None)
    return run(layer, x)


def embedding(maker, layer, x, stored):
    """`stored`: also `real` for a table that stays as it is, `ranged` for one whose range is recorded."""
    record = {"type": "embedding", "tensors": {}}
    layer.embeddings.assign(maker.table(record, [layer.input_dim, layer.output_dim], stored))
    y = run(layer, x)
    maker.add(record, y if stored == "ranged" else None)
    return y


def layer_norm(maker, layer, x, kind):
    """`kind`: `negative` for factors of both signs and one of 0."""
    assert list(layer.axis) in ([-1], [x.ndim - 1]) and not layer.rms_scaling
    record = {"type": "layer_norm", "epsilon": layer.epsilon}
    name = f"layer{len(maker.layers)}"
    values = {}
    if layer.scale:
        values["gamma"] = maker.draw.uniform(layer.gamma.shape, 0.5, 1.5)
        if kind == "negative":
            values["gamma"][::2] *= -1
            values["gamma"][1] = 0
    if layer.center:
        values["beta"] = maker.draw.uniform(layer.beta.shape, -0.5, 0.5)
    layer.set_weights(list(values.values()))
    if values:
        record["tensors"] = {}
    for key, array in values.items():
        maker.tensor(record, key, name, array)
    y = run(layer, x)
    maker.add(record, y)
    return y


def relu(maker, layer, x, _):
    record = {"type": "relu"}
    if layer.max_value is not None:
        record["max_value"] = layer.max_value
    if layer.negative_slope != 0:
        record["slope"] = layer.negative_slope
    if layer.threshold != 0:
        record["threshold"] = layer.threshold
    y = run(layer, x)
    maker.add(record, y)
    return y


def leaky_relu(maker, layer, x, _):
    y = run(layer, x)
    maker.add({"type": "leaky_relu", "slope": layer.negative_slope}, y)
    return y


def elu(maker, layer, x, _):
    y = run(layer, x)
    maker.add({"type": "elu"} | ({} if layer.alpha == 1 else {"alpha": layer.alpha}), y)
    return y


def prelu(maker, layer, x, kind):
    """`kind`: `wide` for slopes of both signs and beyond 1."""
    record = {"type": "prelu", "tensors": {}}
    ends = (-1.5, 1.5) if kind == "wide" else (0.05, 0.4)
    slopes = maker.draw.uniform(layer.alpha.shape, *ends)
    layer.alpha.assign(slopes)
    maker.tensor(record, "slope", f"layer{len(maker.layers)}", slopes)
    y = run(layer, x)
    maker.add(record, y)
    return y


def activation_layer(maker, layer, x, _):
    name = layer.activation.__name__
    records = {
        "leaky_relu": {"type": "leaky_relu", "slope": 0.2},
        "gelu_tanh": {"type": "gelu", "approximate": "tanh"},
        "older_hard_sigmoid": {"type": "hard_sigmoid", "slope": 0.2},
        "silu": {"type": "swish"},
    }
    name = OTHER_NAMES.get(name, name) if name not in records else name
    record = records.get(name, {"type": name})
    y = run(layer, x)
    maker.add(record, None if name == "softmax" else y)
    return y


def softmax(maker, layer, x, _):
    maker.add({"type": "softmax"}, None)
    return run(layer, x)


def frame(maker, layer, x, _):
    """Layers that give an image or a sequence another frame."""
    kind, field = next((kind, field) for name, kind, field in FRAMES if type(layer).__name__.startswith(name))
    value = getattr(layer, field)
    sizes = [list(size) if isinstance(size, tuple) else size for size in value] if isinstance(value, tuple) else value
    maker.add({"type": word(layer, kind), field: sizes}, None)
    return run(layer, x)


FRAMES = [("ZeroPadding", "zero_pad", "padding"), ("Cropping", "crop", "cropping"), ("UpSampling", "upsample", "size")]


def reshape(maker, layer, x, _):
    maker.add({"type": "reshape", "shape": list(layer.target_shape)}, None)
    return run(layer, x)


def permute(maker, layer, x, _):
    maker.add({"type": "permute", "dims": list(layer.dims)}, None)
    return run(layer, x)


def same_values(word, option=None):
    """Layers that keep the values: their record has the word and what they did in training."""

    def add(maker, layer, x, _):
        record = {"type": word}
        if option is not None:
            record[option] = getattr(layer, option)
        maker.add(record, None)
        return run(layer, x)

    return add


ADD = {
    layers.Dense: dense,
    layers.Conv2D: conv,
    layers.DepthwiseConv2D: depthwise,
    layers.SeparableConv2D: separable,
    layers.MaxPooling2D: pool,
    layers.AveragePooling2D: pool,
    layers.GlobalMaxPooling2D: global_max,
    layers.GlobalAveragePooling2D: global_average,
    layers.Conv1D: conv,
    layers.DepthwiseConv1D: depthwise,
    layers.SeparableConv1D: separable,
    layers.MaxPooling1D: pool,
    layers.AveragePooling1D: pool,
    layers.GlobalMaxPooling1D: global_max,
    layers.GlobalAveragePooling1D: global_average,
    layers.BatchNormalization: batch_norm,
    layers.Normalization: normalization,
    layers.Rescaling: rescaling,
    layers.Embedding: embedding,
    layers.LayerNormalization: layer_norm,
    layers.ReLU: relu,
    layers.LeakyReLU: leaky_relu,
    layers.ELU: elu,
    layers.PReLU: prelu,
    layers.Activation: activation_layer,
    layers.Softmax: softmax,
    layers.ZeroPadding1D: frame,
    layers.ZeroPadding2D: frame,
    layers.Cropping1D: frame,
    layers.Cropping2D: frame,
    layers.UpSampling1D: frame,
    layers.UpSampling2D: frame,
    layers.Reshape: reshape,
    layers.Permute: permute,
    layers.Flatten: same_values("flatten"),
    layers.Dropout: same_values("dropout", "rate"),
    layers.SpatialDropout2D: same_values("spatial_dropout2d", "rate"),
    layers.GaussianDropout: same_values("gaussian_dropout", "rate"),
    layers.GaussianNoise: same_values("gaussian_noise", "stddev"),
} | keras_recurrent.ADD


def files(name, shape, items):
    """The files of a case: `items` are layers, or pairs of what a layer's tensors are and the layer."""
    pairs = [item if isinstance(item, tuple) else (None, item) for item in items]
    maker = Maker(name, "keras", shape)
    if isinstance(pairs[0][1], layers.Embedding):
        maker.indices(pairs[0][1].input_dim)
    x = seen = maker.inputs
    padding = None
    for kind, layer in pairs:
        if not layer.built:
            layer.build(x.shape)
        if isinstance(layer, layers.Normalization) and kind != "layer":
            assert not maker.layers
            mean, variance = (numpy.asarray(tensor).reshape(-1).tolist() for tensor in (layer.mean, layer.variance))
            maker.input |= {"mean": mean, "std": [value**0.5 for value in variance]}
            x = seen = run(layer, x)
        elif isinstance(layer, layers.ZeroPadding2D) and kind != "layer":
            # The format can give it to the layer behind.
            padding = [list(sides) for sides in layer.padding]
            x = run(layer, x)
        else:
            x = ADD[type(layer)](maker, layer, x, kind or "ternary")
            if isinstance(layer, layers.Normalization | layers.Rescaling):
                # The range of the input is that behind what normalizes it.
                seen = x
            if padding is not None:
                assert layer.padding == "valid"
                maker.layers[-1]["padding"] = padding
                if isinstance(layer, layers.AveragePooling2D):
                    maker.layers[-1]["count_padding"] = True
                padding = None
    # The network as a user would run it.
    whole = keras.Sequential([keras.Input(shape), *(layer for _, layer in pairs)])
    outputs = numpy.asarray(whole(maker.inputs, training=False))
    assert numpy.allclose(outputs, x, rtol=1e-6, atol=1e-6), name
    return maker.files(seen, outputs)
