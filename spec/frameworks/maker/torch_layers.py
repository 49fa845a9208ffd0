"""PyTorch modules → records of a model file, with the activations that PyTorch computes."""

import numpy
import torch
from torch import nn

from . import torch_recurrent
from .model import Maker, either, precision, range_of
from .torch_recurrent import Turned


class Separable(nn.Module):
    """A depthwise and a pointwise convolution, which the format has as one layer."""

    convolution = nn.Conv2d

    def __init__(self, channels, outputs, kernel, multiplier=1, bias=True, **options):
        super().__init__()
        between = channels * multiplier
        self.depthwise = self.convolution(channels, between, kernel, groups=channels, bias=False, **options)
        self.pointwise = self.convolution(between, outputs, 1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Separable1d(Separable):
    """The same along time."""

    convolution = nn.Conv1d


class Normalize(nn.Module):
    """(x − mean) / std by channel, as torchvision's transform of that name."""

    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x):
        axes = [-1] + [1] * (x.dim() - 2)
        mean, std = (torch.tensor(values, dtype=x.dtype).reshape(axes) for values in (self.mean, self.std))
        return (x - mean) / std


class Embedding(nn.Embedding):
    """Of indices that are floats, as all inputs here."""

    def forward(self, x):
        return super().forward(x.long())


class ChannelNorm(nn.Module):
    """A layer norm over channels, which PyTorch has first and the module wants last."""

    def __init__(self, channels, **options):
        super().__init__()
        self.norm = nn.LayerNorm(channels, **options)

    def forward(self, x):
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


def run(module, x):
    return module(torch.from_numpy(x)).numpy()


def linear(maker, module, x, stored):
    return weighted(maker, module, x, stored, {"type": "dense", "units": module.out_features})


def conv(maker, module, x, stored):
    depthwise = stored in ("depthwise", "depthwise_codes")
    if depthwise:
        # The same convolution by its other name.
        assert module.groups == module.in_channels
        stored = "codes" if stored == "depthwise_codes" else "ternary"
        record = {"type": word(module, "depthwise_conv")} | window(module)
    else:
        record = {"type": word(module, "conv"), "filters": module.out_channels} | window(module)
        if module.groups != 1:
            record["groups"] = module.groups
    return weighted(maker, module, x, stored, record)


def word(module, kind):
    """The type of a module of windows, by what they slide over."""
    return kind + ("1d" if type(module).__name__.endswith("1d") else "2d")


def window(module):
    """The fields of a convolution's window, none that has the format's default."""
    assert module.padding_mode == "zeros"
    record = {"kernel": either(module.kernel_size)}
    for key, pair in (("stride", module.stride), ("dilation", module.dilation)):
        if either(pair) != 1:
            record[key] = either(pair)
    if module.padding == "same":
        record["padding"] = "same"
    elif module.padding != "valid" and either(module.padding) != 0:
        record["padding"] = either(module.padding)
    return record


def assign(parameter, values):
    parameter.data.copy_(torch.from_numpy(numpy.ascontiguousarray(values)))


def weighted(maker, module, x, stored, record):
    """Draws kernel and bias."""
    record |= precision(stored) | {"tensors": {}}
    name = f"layer{len(maker.layers)}"
    kernel = maker.kernel(module.weight.shape, module.weight.shape[0], True, stored)
    assign(module.weight, kernel[0])
    maker.weights(record, "kernel", "scale", name, kernel)
    bias(maker, module, record, name)
    y = run(module, x)
    maker.add(record, y)
    return y


def bias(maker, module, record, name):
    if module.bias is not None:
        assign(module.bias, maker.draw.uniform(module.bias.shape, -0.5, 0.5))
        maker.tensor(record, "bias", name, module.bias.numpy())


def separable(maker, module, x, stored):
    record = {"type": word(module.depthwise, "separable_conv"), "filters": module.pointwise.out_channels} | window(module.depthwise)
    multiplier = module.depthwise.out_channels // module.depthwise.in_channels
    if multiplier != 1:
        record["multiplier"] = multiplier
    record |= precision(stored) | {"tensors": {}}
    name = f"layer{len(maker.layers)}"
    for key, part in (("depthwise", module.depthwise), ("pointwise", module.pointwise)):
        kernel = maker.kernel(part.weight.shape, part.weight.shape[0], True, stored)
        assign(part.weight, kernel[0])
        maker.weights(record, key, f"{key}_scale", name, kernel)
    bias(maker, module.pointwise, record, name)
    between = run(module.depthwise, x)
    record["depthwise_range"] = range_of(between)
    y = run(module, x)
    maker.add(record, y)
    return y


def pair(value):
    """Both sizes of an image's window, or one of a sequence's twice."""
    first, *more = [value] if isinstance(value, int) else value
    return [first, *(more or [first])]


def pool(maker, module, x, _):
    assert not module.ceil_mode
    is_max = isinstance(module, nn.MaxPool1d | nn.MaxPool2d)
    record = {"type": word(module, "max_pool" if is_max else "average_pool"), "pool": either(pair(module.kernel_size))}
    if pair(module.stride) != pair(module.kernel_size):
        record["stride"] = either(pair(module.stride))
    if either(pair(module.padding)) != 0:
        record["padding"] = either(pair(module.padding))
    if is_max:
        assert module.dilation == 1
    elif not module.count_include_pad:
        record["count_padding"] = False
    y = run(module, x)
    maker.add(record, None if is_max else y)
    return y


def global_max(maker, module, x, _):
    assert module.output_size == 1
    maker.add({"type": word(module, "global_max_pool")}, None)
    return run(module, x)


def global_average(maker, module, x, _):
    assert module.output_size == 1
    y = run(module, x)
    maker.add({"type": word(module, "global_average_pool")}, y)
    return y


def batch_norm(maker, module, x, kind):
    """`kind`: `negative` for factors of both signs, `tiny` for variances around epsilon and 0."""
    record = {"type": "batch_norm", "epsilon": module.eps, "tensors": {}}
    name = f"layer{len(maker.layers)}"
    shape, draw = module.running_mean.shape, maker.draw
    tiny = kind == "tiny"
    gamma = draw.uniform(shape, 0.003, 0.006) if tiny else draw.uniform(shape, 0.5, 1.5)
    variance = draw.uniform(shape, 0.0, 2 * module.eps) if tiny else draw.uniform(shape, 0.3, 2.0)
    if kind == "negative":
        gamma[::2] *= -1
    if tiny:
        variance[0] = 0
    values = {"mean": (module.running_mean, draw.uniform(shape, -0.4, 0.6)), "variance": (module.running_var, variance)}
    if module.affine:
        values |= {"gamma": (module.weight, gamma), "beta": (module.bias, draw.uniform(shape, -0.5, 0.5))}
    for key, (parameter, array) in values.items():
        assign(parameter, array)
        maker.tensor(record, key, name, array)
    y = run(module, x)
    maker.add(record, y)
    return y


def layer_norm(maker, module, x, kind):
    """`kind`: `negative` for factors of both signs and one of 0."""
    norm = module.norm if isinstance(module, ChannelNorm) else module
    assert isinstance(module, ChannelNorm) or x.ndim == 2
    record = {"type": "layer_norm", "epsilon": norm.eps}
    name = f"layer{len(maker.layers)}"
    if norm.elementwise_affine:
        record["tensors"] = {}
        gamma = maker.draw.uniform(norm.weight.shape, 0.5, 1.5)
        if kind == "negative":
            gamma[::2] *= -1
            gamma[1] = 0
        values = {"gamma": (norm.weight, gamma), "beta": (norm.bias, maker.draw.uniform(norm.bias.shape, -0.5, 0.5))}
        for key, (parameter, array) in values.items():
            assign(parameter, array)
            maker.tensor(record, key, name, array)
    y = run(module, x)
    maker.add(record, y)
    return y


def relu(maker, module, x, _):
    """Modules that are `relu` with one option or another."""
    if isinstance(module, nn.ReLU6):
        record = {"type": "relu6"}
    elif isinstance(module, nn.Hardtanh) and module.min_val != 0:
        assert (module.min_val, module.max_val) == (-1, 1)
        record = {"type": "hard_tanh"}
    elif isinstance(module, nn.Hardtanh):
        record = {"type": "relu", "max_value": module.max_val}
    elif isinstance(module, nn.Threshold):
        assert module.value == 0
        record = {"type": "relu", "threshold": module.threshold}
    elif isinstance(module, nn.LeakyReLU):
        record = {"type": "leaky_relu", "slope": module.negative_slope}
    else:
        record = {"type": "relu"}
    y = run(module, x)
    maker.add(record, y)
    return y


WORDS = {
    nn.SELU: "selu",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
    nn.Hardsigmoid: "hard_sigmoid",
    nn.Hardswish: "hard_swish",
    nn.SiLU: "silu",
    nn.Softplus: "softplus",
    nn.Softsign: "softsign",
}


def function(maker, module, x, _):
    if isinstance(module, nn.ELU):
        record = {"type": "elu"} | ({} if module.alpha == 1 else {"alpha": module.alpha})
    elif isinstance(module, nn.GELU):
        record = {"type": "gelu"} | ({} if module.approximate == "none" else {"approximate": module.approximate})
    else:
        record = {"type": WORDS[type(module)]}
    y = run(module, x)
    maker.add(record, y)
    return y


def prelu(maker, module, x, kind):
    """`kind`: `wide` for slopes of both signs and beyond 1."""
    record = {"type": "prelu", "tensors": {}}
    ends = (-1.5, 1.5) if kind == "wide" else (0.05, 0.4)
    slopes = maker.draw.uniform(module.weight.shape, *ends)
    assign(module.weight, slopes)
    maker.tensor(record, "slope", f"layer{len(maker.layers)}", slopes)
    y = run(module, x)
    maker.add(record, y)
    return y


def frame(maker, module, x, _):
    """`ConstantPad1d` and `Upsample`; the crop of an image is a padding below 0."""
    if isinstance(module, nn.Upsample):
        assert module.mode == "nearest"
        kind, field, value = "upsample", "size", int(module.scale_factor)
    else:
        assert module.value == 0
        sides = [list(module.padding[at : at + 2]) for at in range(0, len(module.padding), 2)][::-1]
        is_crop = any(side < 0 for pair in sides for side in pair)
        sides = [[abs(side) for side in pair] for pair in sides]
        kind, field = ("crop", "cropping") if is_crop else ("zero_pad", "padding")
        value = sides if len(sides) == 2 else sides[0]
    maker.add({"type": f"{kind}{x.ndim - 2}d", field: value}, None)
    return run(module, x)


def embedding(maker, module, x, stored):
    """`stored`: also `real` for a table that stays as it is, `ranged` for one whose range is recorded."""
    record = {"type": "embedding", "tensors": {}}
    shape = [module.num_embeddings, module.embedding_dim]
    module.weight.copy_(torch.from_numpy(maker.table(record, shape, stored)))
    y = run(module, x)
    maker.add(record, y if stored == "ranged" else None)
    return y


def without_range(word, options=lambda module: {}):
    def add(maker, module, x, _):
        maker.add({"type": word} | options(module), None)
        return run(module, x)

    return add


def rate(module):
    return {"rate": module.p}


ADD = dict.fromkeys([nn.ELU, nn.GELU, *WORDS], function) | {
    Embedding: embedding,
    nn.Linear: linear,
    nn.Conv2d: conv,
    Separable: separable,
    nn.MaxPool2d: pool,
    nn.AvgPool2d: pool,
    nn.AdaptiveMaxPool2d: global_max,
    nn.AdaptiveAvgPool2d: global_average,
    nn.Conv1d: conv,
    Separable1d: separable,
    nn.MaxPool1d: pool,
    nn.AvgPool1d: pool,
    nn.AdaptiveMaxPool1d: global_max,
    nn.AdaptiveAvgPool1d: global_average,
    nn.BatchNorm1d: batch_norm,
    nn.BatchNorm2d: batch_norm,
    nn.LayerNorm: layer_norm,
    ChannelNorm: layer_norm,
    nn.ReLU: relu,
    nn.ReLU6: relu,
    nn.Hardtanh: relu,
    nn.Threshold: relu,
    nn.LeakyReLU: relu,
    nn.PReLU: prelu,
    nn.ConstantPad1d: frame,
    nn.ConstantPad2d: frame,
    nn.Upsample: frame,
    nn.Softmax: without_range("softmax"),
    nn.Flatten: without_range("flatten"),
    nn.Dropout: without_range("dropout", rate),
    nn.Dropout2d: without_range("spatial_dropout2d", rate),
} | torch_recurrent.ADD


def files(name, shape, items):
    """The files of a case: `items` are modules, or pairs of what a module's tensors are and the module."""
    pairs = [item if isinstance(item, tuple) else (None, item) for item in items]
    whole = nn.Sequential(*(module for _, module in pairs)).eval().requires_grad_(False)
    maker = Maker(name, "torch", shape)
    if isinstance(pairs[0][1], Embedding):
        maker.indices(pairs[0][1].num_embeddings)
    if isinstance(pairs[0][1], torch_recurrent.Sequence):
        maker.input["channels"] = "last"
    x = seen = maker.inputs
    padding = None
    for kind, module in pairs:
        if isinstance(module, Turned):
            x = run(module, x)
        elif isinstance(module, Normalize):
            assert not maker.layers
            maker.input |= {"mean": module.mean, "std": module.std}
            x = seen = run(module, x)
        elif isinstance(module, nn.ZeroPad2d):
            # The format gives it to the layer behind.
            left, right, top, bottom = module.padding
            padding = [[top, bottom], [left, right]]
            x = run(module, x)
        else:
            x = ADD[type(module)](maker, module, x, kind or "ternary")
            if padding is not None:
                assert "padding" not in maker.layers[-1]
                maker.layers[-1]["padding"] = padding
                padding = None
    # The network as a user would run it.
    outputs = run(whole, maker.inputs)
    assert numpy.array_equal(outputs, x), name
    return maker.files(seen, outputs)
