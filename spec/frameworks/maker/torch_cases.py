"""The PyTorch models: each a name, the shape of its input and its modules."""

from torch.nn import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    ConstantPad1d,
    ConstantPad2d,
    Conv1d,
    Conv2d,
    Dropout,
    Dropout2d,
    ELU,
    Flatten,
    GELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LayerNorm,
    LeakyReLU,
    Linear,
    MaxPool1d,
    MaxPool2d,
    PReLU,
    ReLU,
    ReLU6,
    SELU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
    Threshold,
    Upsample,
    ZeroPad2d,
)

from . import several, torch_recurrent
from .torch_layers import ChannelNorm, Embedding, Normalize, Separable, Separable1d, files
from .torch_recurrent import Turned
from .torch_several import TorchNet

IMAGE = [2, 6, 5]
"""Channels, height and width differ, so that none can stand for another."""


SEQUENCE = [2, 9]
"""Channels and time."""


def cases():
    yield from linear()
    yield from convolutions()
    yield from padding()
    yield from depthwise()
    yield from pools()
    yield from time()
    yield from norms()
    yield from activations()
    yield from functions()
    yield from shapes()
    yield from embeddings()
    yield from frames()
    yield from torch_recurrent.cases()
    yield from networks()


def made():
    """Relative path -> bytes."""
    found = {}
    for name, shape, *modules in cases():
        assert f"torch/{name}.safetensors" not in found, name
        found |= files(name, shape, modules)
    return found | several.made(TorchNet)


def linear():
    yield "linear_ternary", [7], Linear(7, 5)
    yield "linear_int8", [7], ("int8", Linear(7, 5))
    yield "linear_trits", [7], ("trits", Linear(7, 5))
    yield "linear_codes", [7], ("codes", Linear(7, 5, bias=False))
    yield "linear_relu", [7], Linear(7, 5), ReLU(), Linear(5, 3)
    yield "linear_relu6", [12], ("int8", Linear(12, 5)), ReLU6()
    yield "linear_softmax", [9], ("int8", Linear(9, 4)), Softmax(1)


def convolutions():
    yield "conv_ternary", IMAGE, Conv2d(2, 3, 3)
    yield "conv_int8", IMAGE, ("int8", Conv2d(2, 3, 3))
    yield "conv_trits", IMAGE, ("trits", Conv2d(2, 3, (3, 2)))
    yield "conv_codes", IMAGE, ("codes", Conv2d(2, 3, (2, 3)))
    yield "conv_point", IMAGE, ("int8", Conv2d(2, 4, 1, bias=False))
    yield "conv_relu", IMAGE, Conv2d(2, 3, 3), ReLU()
    yield "conv_stride_2", IMAGE, Conv2d(2, 3, 3, 2)
    yield "conv_stride_3", IMAGE, Conv2d(2, 3, 2, 3)
    yield "conv_stride_1_2", IMAGE, Conv2d(2, 3, 2, (1, 2))
    yield "conv_stride_beyond_kernel", [2, 7, 7], Conv2d(2, 3, 1, 3)
    yield "conv_dilation_2", IMAGE, Conv2d(2, 3, (3, 2), dilation=2)
    yield "conv_dilation_stride", [2, 8, 7], Conv2d(2, 3, 3, 2, dilation=(1, 2), padding=1)
    yield "conv_groups_2", [4, 5, 4], Conv2d(4, 6, 3, groups=2)
    yield "conv_groups_2_codes", [6, 4, 5], ("codes", Conv2d(6, 4, 2, groups=2, padding=1))
    yield "conv_groups_all", [3, 5, 4], Conv2d(3, 6, 3, groups=3, padding=1)
    yield "conv_of_one_row", [2, 1, 9], Conv2d(2, 3, (1, 4), (1, 2), (0, 2))


def padding():
    yield "conv_padding_1", IMAGE, Conv2d(2, 3, 3, padding=1)
    yield "conv_padding_1_stride_2", IMAGE, Conv2d(2, 3, 3, 2, padding=1)
    yield "conv_padding_1_stride_3", [2, 7, 8], Conv2d(2, 2, 3, 3, padding=1)
    yield "conv_padding_2_0", IMAGE, Conv2d(2, 3, (4, 3), padding=(2, 0))
    yield "conv_padding_0_1", IMAGE, Conv2d(2, 3, (2, 3), (2, 1), padding=(0, 1))
    yield "conv_padding_beyond_kernel", [2, 4, 3], Conv2d(2, 2, 2, padding=3)
    yield "conv_same_kernel_3", IMAGE, Conv2d(2, 3, 3, padding="same")
    yield "conv_same_kernel_2", IMAGE, Conv2d(2, 3, 2, padding="same")
    yield "conv_same_kernel_4_3", IMAGE, Conv2d(2, 3, (4, 3), padding="same")
    yield "conv_same_dilation_2", IMAGE, Conv2d(2, 2, 3, padding="same", dilation=2)
    yield "conv_same_dilation_even_kernel", IMAGE, Conv2d(2, 2, (2, 4), padding="same", dilation=(3, 1))
    yield "conv_valid", IMAGE, Conv2d(2, 2, 3, padding="valid")
    # Left, right, top, bottom.
    yield "conv_zero_padding", IMAGE, ZeroPad2d((0, 3, 1, 2)), Conv2d(2, 3, 3, 2)
    yield "conv_zero_padding_before", IMAGE, ZeroPad2d((2, 0, 1, 0)), ("int8", Conv2d(2, 3, (2, 3)))


def depthwise():
    yield "depthwise_ternary", IMAGE, ("depthwise", Conv2d(2, 2, 3, groups=2))
    yield "depthwise_codes", IMAGE, ("depthwise_codes", Conv2d(2, 2, (2, 3), groups=2, padding=1))
    yield "depthwise_multiplier_3", [3, 5, 4], ("depthwise", Conv2d(3, 9, (3, 2), groups=3, bias=False))
    yield "depthwise_stride_2", IMAGE, ("depthwise", Conv2d(2, 4, 3, 2, padding=1, groups=2)), ReLU6()
    yield "separable_ternary", IMAGE, Separable(2, 4, 3)
    yield "separable_int8", IMAGE, ("int8", Separable(2, 4, 3, padding=1, stride=2))
    yield "separable_trits", IMAGE, ("trits", Separable(2, 3, 2, multiplier=2, padding="same"))
    yield "separable_codes", IMAGE, ("codes", Separable(2, 3, 3, multiplier=3, bias=False, dilation=2, padding=1))


def pools():
    for word, layer in (("max_pool", MaxPool2d), ("average_pool", AvgPool2d)):
        yield f"{word}_2", IMAGE, layer(2)
        yield f"{word}_3_2", IMAGE, layer((3, 2))
        yield f"{word}_stride_1", IMAGE, layer(2, 1)
        yield f"{word}_stride_beyond_pool", IMAGE, layer(2, 3)
        yield f"{word}_padding_1", IMAGE, layer(3, 2, 1)
        yield f"{word}_padding_0_1", IMAGE, layer((3, 2), (1, 2), (0, 1))
        yield f"{word}_padding_2", [2, 7, 5], layer(4, 3, 2)
    yield "max_pool_padding_negative", IMAGE, Normalize([2.0], [1.0]), MaxPool2d(3, 2, 1)
    yield "average_pool_not_counted", IMAGE, AvgPool2d(3, 2, 1, count_include_pad=False)
    yield "average_pool_not_counted_2", [2, 7, 5], AvgPool2d(4, 3, 2, count_include_pad=False)
    yield "average_pool_not_counted_1_0", IMAGE, AvgPool2d((2, 3), 1, (1, 0), count_include_pad=False)
    yield "average_pool_zero_padding", IMAGE, ZeroPad2d((1, 1, 1, 0)), AvgPool2d(3, 2)
    yield "average_pool_relu", IMAGE, AvgPool2d(2, 1), ReLU()
    yield "global_max_pool", IMAGE, AdaptiveMaxPool2d(1), Flatten(), Linear(2, 3)
    yield "global_average_pool", IMAGE, AdaptiveAvgPool2d(1), Flatten()
    yield "global_average_pool_linear", IMAGE, Conv2d(2, 4, 3), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(4, 3)


def time():
    yield "conv1d_ternary", SEQUENCE, Conv1d(2, 3, 3)
    yield "conv1d_int8", SEQUENCE, ("int8", Conv1d(2, 3, 3)), ReLU()
    yield "conv1d_trits", SEQUENCE, ("trits", Conv1d(2, 3, 4, bias=False))
    yield "conv1d_codes", SEQUENCE, ("codes", Conv1d(2, 3, 2)), ReLU6()
    yield "conv1d_stride_2", SEQUENCE, Conv1d(2, 3, 3, 2)
    yield "conv1d_padding_1", SEQUENCE, Conv1d(2, 3, 3, padding=1)
    yield "conv1d_padding_2_stride_3", SEQUENCE, ("int8", Conv1d(2, 3, 4, 3, padding=2))
    yield "conv1d_same", SEQUENCE, Conv1d(2, 3, 4, padding="same")
    yield "conv1d_same_dilation_3", SEQUENCE, Conv1d(2, 3, 2, padding="same", dilation=3)
    yield "conv1d_dilation_2", SEQUENCE, Conv1d(2, 3, 3, dilation=2, padding=2)
    yield "conv1d_groups_2", [4, 7], ("codes", Conv1d(4, 6, 3, groups=2, padding=1))
    yield "depthwise1d_ternary", SEQUENCE, ("depthwise", Conv1d(2, 2, 3, groups=2))
    yield "depthwise1d_codes", SEQUENCE, ("depthwise_codes", Conv1d(2, 6, 2, 2, groups=2, padding=1))
    yield "depthwise1d_dilation_2", [3, 8], ("depthwise", Conv1d(3, 3, 3, groups=3, dilation=2, bias=False))
    yield "separable1d_ternary", SEQUENCE, Separable1d(2, 4, 3)
    yield "separable1d_int8", SEQUENCE, ("int8", Separable1d(2, 4, 3, padding=1, stride=2, multiplier=2))
    yield "separable1d_trits", SEQUENCE, ("trits", Separable1d(2, 3, 2, padding="same", dilation=2, bias=False))
    for word, layer in (("max_pool1d", MaxPool1d), ("average_pool1d", AvgPool1d)):
        yield f"{word}_2", SEQUENCE, layer(2)
        yield f"{word}_3_stride_1", SEQUENCE, layer(3, 1)
        yield f"{word}_stride_beyond_pool", SEQUENCE, layer(2, 3)
        yield f"{word}_padding_1", SEQUENCE, layer(3, 2, 1)
    yield "average_pool1d_not_counted", SEQUENCE, AvgPool1d(4, 3, 2, count_include_pad=False)
    yield "global_max_pool1d", SEQUENCE, AdaptiveMaxPool1d(1), Flatten(), Linear(2, 3)
    yield "global_average_pool1d", SEQUENCE, Conv1d(2, 3, 3), ReLU(), AdaptiveAvgPool1d(1), Flatten()
    yield "conv1d_batch_norm", SEQUENCE, Conv1d(2, 3, 3, bias=False), ("negative", BatchNorm1d(3)), ReLU()
    yield "conv1d_prelu", SEQUENCE, Conv1d(2, 3, 3), PReLU(3)
    yield "conv1d_flatten", SEQUENCE, Conv1d(2, 3, 3, 2), Flatten(), Linear(12, 4)


def norms():
    yield "batch_norm_first", IMAGE, BatchNorm2d(2)
    yield "batch_norm_vector", [6], BatchNorm1d(6)
    yield "batch_norm_sequence", [3, 4], BatchNorm1d(3)
    yield "batch_norm_epsilon", IMAGE, ("tiny", BatchNorm2d(2, eps=0.001))
    yield "batch_norm_tiny", IMAGE, ("tiny", BatchNorm2d(2))
    yield "batch_norm_negative", [3, 4, 4], ("negative", BatchNorm2d(3))
    yield "batch_norm_plain", IMAGE, BatchNorm2d(2, affine=False)
    yield "batch_norm_behind_conv", IMAGE, Conv2d(2, 3, 3, padding=1, bias=False), BatchNorm2d(3)
    yield "batch_norm_behind_conv_negative", IMAGE, ("int8", Conv2d(2, 3, 3)), ("negative", BatchNorm2d(3)), ReLU()
    yield "batch_norm_behind_conv_tiny", IMAGE, Conv2d(2, 3, 3), ("tiny", BatchNorm2d(3)), ReLU6()
    yield "batch_norm_behind_relu", IMAGE, Conv2d(2, 3, 3), ReLU(), ("negative", BatchNorm2d(3))
    yield "batch_norm_before_conv", IMAGE, BatchNorm2d(2), Conv2d(2, 3, 3, padding=1)
    yield "batch_norm_behind_depthwise", IMAGE, ("depthwise", Conv2d(2, 4, 3, groups=2)), ("negative", BatchNorm2d(4))
    yield "batch_norm_behind_linear", [7], Linear(7, 5), ("negative", BatchNorm1d(5)), ReLU()
    yield "batch_norm_behind_pool", IMAGE, AvgPool2d(2), BatchNorm2d(2)
    yield "batch_norm_before_flatten", [2, 3, 4], BatchNorm2d(2), Flatten(), Linear(24, 3)
    yield "layer_norm_vector", [9], LayerNorm(9)
    yield "layer_norm_sequence", [8, 4], ChannelNorm(8)
    yield "layer_norm_image", [8, 3, 4], ChannelNorm(8)
    yield "layer_norm_epsilon", [8, 4], ChannelNorm(8, eps=0.05)
    yield "layer_norm_negative", [9], ("negative", LayerNorm(9))
    yield "layer_norm_plain", [8, 4], ChannelNorm(8, elementwise_affine=False)
    yield "layer_norm_behind_conv", IMAGE, ("int8", Conv2d(2, 6, 3, padding=1)), ChannelNorm(6), ReLU(), Conv2d(6, 3, 3)
    yield "layer_norm_behind_linear", [7], ("int8", Linear(7, 6)), LayerNorm(6), ReLU(), ("int8", Linear(6, 4)), Softmax(1)
    yield "layer_norm_before_flatten", [4, 3, 2], ChannelNorm(4), Flatten(), Linear(24, 3)


def activations():
    yield "relu", IMAGE, ReLU()
    yield "relu6", IMAGE, Conv2d(2, 3, 3), ReLU6(), Conv2d(3, 2, 2)
    yield "hardtanh", IMAGE, Conv2d(2, 3, 3), Hardtanh(0.0, 0.75)
    yield "threshold", IMAGE, Threshold(0.25, 0.0)
    # It falls before it rises: no function to be moved past a pool.
    yield "threshold_negative_behind_max_pool", IMAGE, Conv2d(2, 3, 3, padding=1), MaxPool2d(2), Threshold(-0.5, 0.0)
    yield "leaky_relu", IMAGE, LeakyReLU()
    yield "leaky_relu_negative", IMAGE, LeakyReLU(-0.25)
    yield "leaky_relu_behind_conv", IMAGE, ("int8", Conv2d(2, 3, 3)), LeakyReLU(0.2), Conv2d(3, 2, 2)
    yield "leaky_relu_behind_max_pool", IMAGE, Conv2d(2, 3, 3, padding=1), MaxPool2d(2), LeakyReLU(0.2)
    yield "leaky_relu_negative_behind_max_pool", IMAGE, Conv2d(2, 3, 3, padding=1), MaxPool2d(2), LeakyReLU(-0.25)
    yield "prelu_one", [3, 5, 4], PReLU()
    yield "prelu_channels", [3, 5, 4], PReLU(3)
    yield "prelu_vector", [6], PReLU(6)
    yield "prelu_wide", [3, 5, 4], ("wide", PReLU(3))
    yield "prelu_behind_conv", IMAGE, Conv2d(2, 3, 3), ("wide", PReLU(3))
    yield "prelu_behind_batch_norm", IMAGE, Conv2d(2, 3, 3), ("negative", BatchNorm2d(3)), PReLU(3)
    yield "prelu_one_behind_linear", [7], Linear(7, 5), PReLU()
    yield "softmax", [6], Softmax(1)


WIDE = Normalize([0.25], [0.1])
"""Spreads the inputs from -10 to 10, where functions saturate."""

FUNCTIONS = (ELU, SELU, Sigmoid, Tanh, Hardsigmoid, Hardswish, Hardtanh, SiLU, GELU, Softplus, Softsign)


def functions():
    for module in FUNCTIONS:
        word = module.__name__.lower()
        yield f"function_{word}", [10], WIDE, module()
        yield f"function_{word}_within", IMAGE, Conv2d(2, 3, 2), module(), Conv2d(3, 2, 2)
        yield f"linear_{word}", [7], ("int8", Linear(7, 5)), module()
    yield "function_elu_alpha", [10], WIDE, ELU(0.5)
    yield "function_gelu_tanh", [10], WIDE, GELU(approximate="tanh")
    yield "batch_norm_silu", IMAGE, Conv2d(2, 3, 3), ("negative", BatchNorm2d(3)), SiLU(), Conv2d(3, 2, 2)
    yield "chain_elu_tanh", IMAGE, Conv2d(2, 3, 3), ELU(), Tanh(), Conv2d(3, 2, 2)
    yield "chain_relu_softsign", IMAGE, Conv2d(2, 3, 3), ReLU(), Softsign(), Conv2d(3, 2, 2)
    yield "linear_sigmoid_one", [7], ("int8", Linear(7, 1)), Sigmoid()


def shapes():
    # Channels, height and width above 1: the order of the elements matters.
    yield "flatten", [4, 3, 2], Flatten(), Linear(24, 5)
    yield "flatten_int8", [4, 3, 2], Flatten(), ("int8", Linear(24, 5))
    yield "flatten_codes", [4, 3, 2], Flatten(), ("codes", Linear(24, 5))
    yield "flatten_behind_conv", [2, 4, 3], ("trits", Conv2d(2, 3, 2)), ReLU(), Flatten(), ("trits", Linear(18, 5))
    yield "flatten_relu", [4, 3, 2], Flatten(), ReLU(), Linear(24, 3)
    yield "flatten_dropout", [4, 3, 2], Flatten(), Dropout(0.5), Linear(24, 3)
    yield "flatten_prelu", [4, 3, 2], Flatten(), PReLU(), Linear(24, 3)
    yield "flatten_flatten", [4, 3, 2], Flatten(), Flatten(), Linear(24, 3)
    yield "flatten_one_channel", [1, 3, 4], Flatten(), Linear(12, 3)
    yield "flatten_one_channel_alone", [1, 3, 4], Flatten()
    yield "dropout", IMAGE, Dropout(0.5), Conv2d(2, 3, 3), Dropout(0.25), ReLU()
    yield "dropout_2d", IMAGE, Conv2d(2, 3, 3), Dropout2d(0.5), BatchNorm2d(3)
    # Padding is 0 behind the normalization.
    yield "normalize", IMAGE, Normalize([0.25, -0.5], [0.5, 2.0]), Conv2d(2, 3, 3, padding=1)


def embeddings():
    yield "embedding", [6], ("real", Embedding(9, 3)), Turned(), Conv1d(3, 4, 3), AdaptiveAvgPool1d(1), Flatten(), Linear(4, 2)
    yield "embedding_flatten", [5], ("real", Embedding(7, 3)), Flatten(), Linear(15, 3)
    yield "embedding_dropout_flatten", [4], ("real", Embedding(7, 3)), Dropout(0.5), Flatten(), ("int8", Linear(12, 3))
    yield "embedding_ternary", [5], Embedding(7, 4), Turned(), Conv1d(4, 3, 2), ReLU(), Flatten(), Linear(12, 2)
    yield "embedding_int8", [5], ("int8", Embedding(7, 4)), Turned(), Conv1d(4, 3, 2)
    yield "embedding_trits", [5], ("trits", Embedding(7, 4)), Turned(), Conv1d(4, 3, 2, padding=1)
    yield "embedding_codes", [5], ("codes", Embedding(7, 4)), Turned(), MaxPool1d(2)
    yield "embedding_wide", [6], ("real", Embedding(400, 2)), Turned(), Conv1d(2, 3, 2)


def frames():
    # Left, right, top, bottom.
    yield "zero_pad", IMAGE, ConstantPad2d((0, 3, 1, 2), 0.0)
    yield "zero_pad_conv", IMAGE, ConstantPad2d((1, 0, 2, 1), 0.0), Conv2d(2, 3, 3, padding=1)
    yield "zero_pad1d", SEQUENCE, ConstantPad1d((2, 1), 0.0), MaxPool1d(3)
    yield "crop", IMAGE, ConstantPad2d((-1, 0, -2, -1), 0.0), Conv2d(2, 3, 2)
    yield "crop1d", SEQUENCE, ConstantPad1d((-2, -1), 0.0)
    yield "upsample", IMAGE, Upsample(scale_factor=2), Conv2d(2, 3, 3)
    yield "upsample1d", SEQUENCE, Upsample(scale_factor=3)


def networks():
    yield (
        "network_digits",
        [1, 8, 8],
        Conv2d(1, 4, 3, padding=1, bias=False),
        BatchNorm2d(4),
        ReLU(),
        MaxPool2d(2),
        Conv2d(4, 6, 3, padding=1),
        PReLU(6),
        AvgPool2d(2),
        Dropout(0.25),
        Flatten(),
        ("int8", Linear(24, 4)),
        Softmax(1),
    )
    yield (
        "network_mobile",
        [2, 9, 8],
        ("int8", Conv2d(2, 4, 3, 2, padding=1, bias=False)),
        ("negative", BatchNorm2d(4)),
        ReLU6(),
        Conv2d(4, 4, 3, padding=1, groups=4, bias=False),
        BatchNorm2d(4),
        ReLU6(),
        ("codes", Conv2d(4, 6, 1, bias=False)),
        BatchNorm2d(6),
        ReLU6(),
        AdaptiveAvgPool2d(1),
        Flatten(),
        ("int8", Linear(6, 3)),
    )
