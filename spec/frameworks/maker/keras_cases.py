"""The Keras models: each a name, the shape of its input and its layers."""

from keras.layers import (
    Activation,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Cropping1D,
    Cropping2D,
    Dense,
    DepthwiseConv1D,
    DepthwiseConv2D,
    Dropout,
    ELU,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    LayerNormalization,
    LeakyReLU,
    MaxPooling1D,
    MaxPooling2D,
    Normalization,
    Permute,
    PReLU,
    ReLU,
    Rescaling,
    Reshape,
    SeparableConv1D,
    SeparableConv2D,
    Softmax,
    SpatialDropout2D,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)

from . import keras_recurrent, several
from .keras_layers import files, gelu_tanh, older_hard_sigmoid
from .keras_several import KerasNet

IMAGE = [6, 5, 2]
"""Height, width and channels differ, so that none can stand for another."""


SEQUENCE = [9, 2]
"""Time and channels."""


def cases():
    yield from dense()
    yield from convolutions()
    yield from same()
    yield from depthwise()
    yield from pools()
    yield from time()
    yield from norms()
    yield from activations()
    yield from functions()
    yield from shapes()
    yield from embeddings()
    yield from frames()
    yield from keras_recurrent.cases()
    yield from networks()


def made():
    """Relative path -> bytes."""
    found = {}
    for name, shape, *layers in cases():
        assert f"keras/{name}.safetensors" not in found, name
        found |= files(name, shape, layers)
    return found | several.made(KerasNet)


def dense():
    yield "dense_ternary", [7], Dense(5)
    yield "dense_int8", [7], ("int8", Dense(5))
    yield "dense_trits", [7], ("trits", Dense(5))
    yield "dense_codes", [7], ("codes", Dense(5))
    yield "dense_without_bias", [7], Dense(5, use_bias=False)
    yield "dense_relu", [7], Dense(5, "relu")
    yield "dense_relu6", [12], ("int8", Dense(5, "relu6")), ("int8", Dense(4, "relu6"))
    yield "dense_softmax", [9], ("int8", Dense(4, "softmax"))


def convolutions():
    yield "conv_ternary", IMAGE, Conv2D(3, 3)
    yield "conv_int8", IMAGE, ("int8", Conv2D(3, 3))
    yield "conv_trits", IMAGE, ("trits", Conv2D(3, (3, 2)))
    yield "conv_codes", IMAGE, ("codes", Conv2D(3, (2, 3)))
    yield "conv_point", IMAGE, ("int8", Conv2D(4, 1, use_bias=False))
    yield "conv_relu", IMAGE, Conv2D(3, 3, activation="relu")
    yield "conv_relu6", IMAGE, Conv2D(3, 2, activation="relu6"), Flatten(), Dense(2)
    yield "conv_softmax", [3, 3, 2], ("int8", Conv2D(4, 3, activation="softmax"))
    yield "conv_stride_2", IMAGE, Conv2D(3, 3, strides=2)
    yield "conv_stride_3", IMAGE, Conv2D(3, 2, strides=3)
    yield "conv_stride_1_2", IMAGE, Conv2D(3, 2, strides=(1, 2))
    yield "conv_stride_beyond_kernel", [7, 7, 2], Conv2D(3, 1, strides=3)
    yield "conv_dilation_2", IMAGE, Conv2D(3, (3, 2), dilation_rate=2)
    yield "conv_dilation_1_3", IMAGE, Conv2D(3, 2, dilation_rate=(1, 3))
    yield "conv_groups_2", [5, 4, 4], Conv2D(6, 3, groups=2)
    yield "conv_groups_all", [5, 4, 3], ("codes", Conv2D(6, 3, groups=3, padding="same"))
    yield "conv_zero_padding", IMAGE, ZeroPadding2D(((1, 2), (0, 3))), Conv2D(3, 3, strides=2)
    yield "conv_of_one_row", [1, 9, 2], Conv2D(3, (1, 4), strides=(1, 2), padding="same")


def same():
    for kernel in (2, 3, (4, 3)):
        word = kernel if isinstance(kernel, int) else "4_3"
        for stride in (1, 2, 3):
            # 6 and 5 positions: stride 2 of an even and an odd size.
            yield f"conv_same_kernel_{word}_stride_{stride}", IMAGE, Conv2D(2, kernel, stride, "same")
    yield "conv_same_odd_even", [5, 6, 2], Conv2D(2, 3, 2, "same")
    yield "conv_same_odd_odd", [7, 7, 1], Conv2D(2, 3, 2, "same")
    yield "conv_same_even_even", [8, 8, 1], Conv2D(2, 3, 2, "same")
    yield "conv_same_dilation_2", IMAGE, Conv2D(2, 3, padding="same", dilation_rate=2)
    yield "conv_same_dilation_even_kernel", IMAGE, Conv2D(2, 2, padding="same", dilation_rate=(3, 1))
    yield "conv_same_stride_beyond_kernel", [7, 8, 1], Conv2D(2, (1, 2), 3, "same")
    yield "conv_same_kernel_beyond_image", [2, 3, 2], Conv2D(2, 5, padding="same")


def depthwise():
    yield "depthwise_ternary", IMAGE, DepthwiseConv2D(3)
    yield "depthwise_int8", IMAGE, ("int8", DepthwiseConv2D(3, padding="same"))
    yield "depthwise_trits", IMAGE, ("trits", DepthwiseConv2D(2, padding="same", depth_multiplier=2))
    yield "depthwise_multiplier_3", [5, 4, 3], ("codes", DepthwiseConv2D((3, 2), depth_multiplier=3))
    yield "depthwise_stride_2", IMAGE, DepthwiseConv2D(3, 2, "same", activation="relu")
    yield "depthwise_dilation_2", IMAGE, DepthwiseConv2D((3, 2), padding="same", dilation_rate=2)
    yield "depthwise_zero_padding", IMAGE, ZeroPadding2D(((0, 1), (0, 1))), DepthwiseConv2D(3, 2, use_bias=False)
    yield "separable_ternary", IMAGE, SeparableConv2D(4, 3)
    yield "separable_int8", IMAGE, ("int8", SeparableConv2D(4, 3, padding="same", activation="relu"))
    yield "separable_trits", IMAGE, ("trits", SeparableConv2D(3, 2, 2, "same", depth_multiplier=2))
    yield "separable_codes", IMAGE, ("codes", SeparableConv2D(3, 3, padding="same", dilation_rate=2, use_bias=False))
    yield "separable_softmax", [3, 3, 2], ("int8", SeparableConv2D(4, 3, activation="softmax"))


def pools():
    for word, layer in (("max_pool", MaxPooling2D), ("average_pool", AveragePooling2D)):
        yield f"{word}_2", IMAGE, layer(2)
        yield f"{word}_3_2", IMAGE, layer((3, 2))
        yield f"{word}_stride_1", IMAGE, layer(2, 1)
        yield f"{word}_stride_beyond_pool", IMAGE, layer(2, 3)
        yield f"{word}_same", IMAGE, layer(2, padding="same")
        yield f"{word}_same_stride_1", IMAGE, layer(3, 1, "same")
        yield f"{word}_same_stride_2", IMAGE, layer((3, 4), 2, "same")
        yield f"{word}_same_stride_beyond_pool", [8, 7, 1], layer(2, 3, "same")
    # All below zero: what a padding of zeros would hide.
    yield "max_pool_same_negative", IMAGE, Normalization(mean=2.0, variance=1.0), MaxPooling2D(3, 2, "same")
    yield "average_pool_zero_padding", IMAGE, ZeroPadding2D(((1, 0), (1, 1))), AveragePooling2D(3, 2)
    yield "average_pool_relu", IMAGE, AveragePooling2D(2, 1), ReLU()
    yield "global_max_pool", IMAGE, GlobalMaxPooling2D()
    yield "global_average_pool", IMAGE, GlobalAveragePooling2D()
    yield "global_average_pool_kept", IMAGE, GlobalAveragePooling2D(keepdims=True), Flatten(), Dense(3)


def time():
    yield "conv1d_ternary", SEQUENCE, Conv1D(3, 3)
    yield "conv1d_int8", SEQUENCE, ("int8", Conv1D(3, 3, activation="relu"))
    yield "conv1d_trits", SEQUENCE, ("trits", Conv1D(3, 4, use_bias=False))
    yield "conv1d_codes", SEQUENCE, ("codes", Conv1D(3, 2, activation="relu6"))
    yield "conv1d_softmax", [3, 2], ("int8", Conv1D(4, 3, activation="softmax"))
    yield "conv1d_causal", SEQUENCE, Conv1D(3, 3, padding="causal")
    yield "conv1d_causal_dilation_2", SEQUENCE, Conv1D(3, 3, padding="causal", dilation_rate=2)
    yield "conv1d_causal_dilation_beyond", [5, 2], Conv1D(3, 3, padding="causal", dilation_rate=4)
    yield "conv1d_causal_stride_2", SEQUENCE, ("int8", Conv1D(3, 4, 2, padding="causal"))
    yield "conv1d_causal_groups", [9, 4], Conv1D(6, 3, padding="causal", groups=2)
    yield "conv1d_dilation_3", SEQUENCE, Conv1D(3, 3, dilation_rate=3)
    yield "conv1d_groups_2", [7, 4], ("codes", Conv1D(6, 3, groups=2, padding="same"))
    for kernel in (2, 3):
        for stride in (1, 2, 3):
            yield f"conv1d_same_kernel_{kernel}_stride_{stride}", SEQUENCE, Conv1D(2, kernel, stride, "same")
    yield "conv1d_same_stride_2_even", [8, 2], Conv1D(2, 3, 2, "same")
    yield "conv1d_same_dilation_2", SEQUENCE, Conv1D(2, 4, padding="same", dilation_rate=2)
    yield "depthwise1d_ternary", SEQUENCE, DepthwiseConv1D(3)
    yield "depthwise1d_int8", SEQUENCE, ("int8", DepthwiseConv1D(3, padding="same", depth_multiplier=2))
    yield "depthwise1d_codes", [7, 3], ("codes", DepthwiseConv1D(2, 2, "same", activation="relu"))
    yield "depthwise1d_dilation_2", SEQUENCE, ("trits", DepthwiseConv1D(3, padding="same", dilation_rate=2, use_bias=False))
    yield "separable1d_ternary", SEQUENCE, SeparableConv1D(4, 3)
    yield "separable1d_int8", SEQUENCE, ("int8", SeparableConv1D(4, 3, 2, "same", depth_multiplier=2, activation="relu"))
    yield "separable1d_trits", SEQUENCE, ("trits", SeparableConv1D(3, 2, padding="same", dilation_rate=2, use_bias=False))
    for word, layer in (("max_pool1d", MaxPooling1D), ("average_pool1d", AveragePooling1D)):
        yield f"{word}_2", SEQUENCE, layer(2)
        yield f"{word}_3_stride_1", SEQUENCE, layer(3, 1)
        yield f"{word}_stride_beyond_pool", SEQUENCE, layer(2, 3)
        yield f"{word}_same", SEQUENCE, layer(2, padding="same")
        yield f"{word}_same_stride_2", SEQUENCE, layer(4, 2, "same")
    yield "global_max_pool1d", SEQUENCE, GlobalMaxPooling1D()
    yield "global_average_pool1d", SEQUENCE, Conv1D(3, 3), ReLU(), GlobalAveragePooling1D(), Dense(2)
    yield "conv1d_batch_norm", SEQUENCE, Conv1D(3, 3, use_bias=False), ("negative", BatchNormalization()), ReLU()
    yield "conv1d_prelu", SEQUENCE, Conv1D(3, 3), PReLU(shared_axes=[1])
    yield "conv1d_flatten", SEQUENCE, Conv1D(3, 3, 2), Flatten(), Dense(4)


def norms():
    yield "batch_norm_first", IMAGE, BatchNormalization()
    yield "batch_norm_vector", [6], BatchNormalization()
    yield "batch_norm_sequence", [4, 3], BatchNormalization()
    yield "batch_norm_epsilon", IMAGE, ("tiny", BatchNormalization(epsilon=0.05))
    yield "batch_norm_tiny", IMAGE, ("tiny", BatchNormalization())
    yield "batch_norm_negative", [4, 4, 3], ("negative", BatchNormalization())
    yield "batch_norm_without_gamma", IMAGE, BatchNormalization(scale=False)
    yield "batch_norm_without_beta", IMAGE, BatchNormalization(center=False)
    yield "batch_norm_plain", IMAGE, BatchNormalization(center=False, scale=False)
    yield "batch_norm_behind_conv", IMAGE, Conv2D(3, 3, padding="same", use_bias=False), BatchNormalization()
    yield "batch_norm_behind_conv_negative", IMAGE, ("int8", Conv2D(3, 3)), ("negative", BatchNormalization()), ReLU()
    yield "batch_norm_behind_conv_tiny", IMAGE, Conv2D(3, 3), ("tiny", BatchNormalization()), ReLU(6.0)
    yield "batch_norm_behind_relu", IMAGE, Conv2D(3, 3, activation="relu"), ("negative", BatchNormalization())
    yield "batch_norm_before_conv", IMAGE, BatchNormalization(), Conv2D(3, 3, padding="same")
    yield "batch_norm_behind_depthwise", IMAGE, DepthwiseConv2D(3, depth_multiplier=2), ("negative", BatchNormalization())
    yield "batch_norm_behind_separable", IMAGE, SeparableConv2D(3, 3), BatchNormalization(), ReLU()
    yield "batch_norm_behind_dense", [7], Dense(5), ("negative", BatchNormalization()), ReLU()
    yield "batch_norm_behind_pool", IMAGE, AveragePooling2D(2), BatchNormalization()
    yield "batch_norm_twice", IMAGE, Conv2D(3, 2), BatchNormalization(), ("negative", BatchNormalization())
    yield "layer_norm_vector", [9], LayerNormalization()
    yield "layer_norm_sequence", [4, 8], LayerNormalization()
    yield "layer_norm_image", [3, 4, 8], LayerNormalization()
    yield "layer_norm_epsilon", [4, 8], LayerNormalization(epsilon=0.05)
    yield "layer_norm_negative", [4, 8], ("negative", LayerNormalization())
    yield "layer_norm_without_gamma", [4, 8], LayerNormalization(scale=False)
    yield "layer_norm_without_beta", [4, 8], LayerNormalization(center=False)
    yield "layer_norm_plain", [4, 8], LayerNormalization(center=False, scale=False)
    yield "layer_norm_relu", [4, 8], LayerNormalization(), ReLU()
    yield "layer_norm_behind_conv", IMAGE, ("int8", Conv2D(6, 3, padding="same")), LayerNormalization(), ReLU(), Conv2D(3, 3)
    yield "layer_norm_behind_dense", [7], ("int8", Dense(6)), LayerNormalization(), ("int8", Dense(4)), Softmax()
    yield "layer_norm_twice", [4, 8], LayerNormalization(), ("negative", LayerNormalization())


def activations():
    yield "relu", IMAGE, ReLU()
    yield "relu_max", IMAGE, ReLU(0.75)
    yield "relu_6", IMAGE, Conv2D(2, 3), ReLU(6.0), Conv2D(2, 2)
    yield "relu_slope", IMAGE, ReLU(negative_slope=0.25)
    yield "relu_threshold", IMAGE, ReLU(threshold=0.25)
    yield "relu_max_slope", IMAGE, ReLU(0.5, negative_slope=0.25)
    yield "relu_max_threshold", IMAGE, ReLU(0.75, threshold=0.25)
    yield "relu_slope_threshold", IMAGE, ReLU(negative_slope=0.25, threshold=0.5)
    yield "relu_all", IMAGE, ReLU(1.0, negative_slope=0.125, threshold=0.5)
    yield "relu_behind_conv", IMAGE, Conv2D(3, 3), ReLU(1.0)
    yield "relu_slope_behind_conv", IMAGE, ("int8", Conv2D(3, 3)), ReLU(negative_slope=0.25)
    yield "relu_all_behind_conv", IMAGE, Conv2D(3, 3), ReLU(1.5, negative_slope=0.125, threshold=0.25)
    yield "relu_behind_max_pool", IMAGE, Conv2D(3, 3, padding="same"), MaxPooling2D(2, 1), ReLU(0.75)
    yield "relu_slope_behind_max_pool", IMAGE, Conv2D(3, 2), MaxPooling2D(), ReLU(negative_slope=0.25)
    yield "relu_twice", IMAGE, Conv2D(3, 3, activation="relu6"), ReLU(0.5)
    yield "leaky_relu", IMAGE, LeakyReLU()
    yield "leaky_relu_behind_dense", [7], Dense(6), LeakyReLU(0.1), Dense(3)
    yield "leaky_relu_behind_average_pool", IMAGE, AveragePooling2D(2), LeakyReLU(0.1)
    yield "leaky_relu_behind_relu6", IMAGE, Conv2D(3, 3, activation="relu6"), LeakyReLU(0.1)
    yield "prelu_shared", [5, 4, 3], PReLU(shared_axes=[1, 2])
    yield "prelu_one", [5, 4, 3], PReLU(shared_axes=[1, 2, 3])
    yield "prelu_vector", [6], PReLU()
    yield "prelu_wide", [5, 4, 3], ("wide", PReLU(shared_axes=[1, 2]))
    yield "prelu_behind_conv", IMAGE, Conv2D(3, 3), ("wide", PReLU(shared_axes=[1, 2]))
    yield "prelu_behind_batch_norm", IMAGE, Conv2D(3, 3), ("negative", BatchNormalization()), PReLU(shared_axes=[1, 2])
    yield "prelu_behind_dense", [7], ("int8", Dense(5)), PReLU()
    yield "activation_relu", IMAGE, Activation("relu")
    yield "activation_relu6", IMAGE, Conv2D(3, 3), Activation("relu6")
    yield "activation_leaky_relu", IMAGE, Activation("leaky_relu")
    yield "activation_softmax", [7], ("int8", Dense(4)), Activation("softmax")
    yield "softmax", [6], Softmax()
    yield "softmax_behind_pool", IMAGE, ("int8", Conv2D(4, 3)), GlobalAveragePooling2D(), Softmax()


WIDE = {"mean": 0.25, "variance": 0.01}
"""Spreads the inputs from -10 to 10, where functions saturate."""


def functions():
    for word in ("elu", "selu", "sigmoid", "tanh", "hard_sigmoid", "hard_swish", "hard_tanh", "swish", "gelu", "softplus", "softsign"):
        yield f"function_{word}", [10], Normalization(**WIDE), Activation(word)
        yield f"function_{word}_within", IMAGE, Conv2D(3, 2), Activation(word), Conv2D(2, 2)
        yield f"dense_{word}", [7], ("int8", Dense(5, word))
    yield "function_exponential", [10], Activation("exponential")
    yield "function_elu_alpha", [10], Normalization(**WIDE), ELU(0.5)
    yield "function_elu_layer", IMAGE, ELU()
    yield "function_gelu_tanh", [10], Normalization(**WIDE), Activation(gelu_tanh)
    yield "function_older_hard_sigmoid", [10], Normalization(**WIDE), Activation(older_hard_sigmoid)
    yield "conv_tanh", IMAGE, Conv2D(3, 3, activation="tanh"), MaxPooling2D(2), Flatten(), Dense(3, "sigmoid")
    yield "conv_exponential", IMAGE, Conv2D(3, 3, activation="exponential"), Conv2D(2, 2)
    yield "depthwise_selu", IMAGE, DepthwiseConv2D(3, activation="selu")
    yield "separable_gelu", IMAGE, ("int8", SeparableConv2D(4, 3, padding="same", activation="gelu")), Conv2D(2, 2)
    yield "batch_norm_silu", IMAGE, Conv2D(3, 3), ("negative", BatchNormalization()), Activation("silu"), Conv2D(2, 2)
    yield "chain_elu_tanh", IMAGE, Conv2D(3, 3), Activation("elu"), Activation("tanh"), Conv2D(2, 2)
    yield "chain_relu_softsign", IMAGE, Conv2D(3, 3, activation="relu"), Activation("softsign"), Conv2D(2, 2)
    yield "dense_sigmoid_one", [7], ("int8", Dense(1, "sigmoid"))


def shapes():
    # Height, width and channels above 1: the order of the elements matters.
    yield "flatten", [3, 2, 4], Flatten(), Dense(5)
    yield "flatten_alone", [3, 2, 2], Flatten()
    yield "dropout", IMAGE, Dropout(0.5), Conv2D(3, 3), Dropout(0.25), ReLU()
    yield "spatial_dropout", IMAGE, Conv2D(3, 3), SpatialDropout2D(0.5), BatchNormalization()
    yield "gaussian_dropout", IMAGE, Conv2D(3, 3), GaussianDropout(0.5), ReLU()
    yield "gaussian_noise", IMAGE, GaussianNoise(0.5), Conv2D(3, 3), GaussianNoise(0.5)
    # Padding is 0 behind the normalization.
    yield "normalization", IMAGE, Normalization(mean=[0.25, -0.5], variance=[0.25, 4.0]), Conv2D(3, 3, padding="same")
    yield "normalization_one", [6], Normalization(mean=0.25, variance=0.25), Dense(4)
    yield "normalization_layer", IMAGE, ("layer", Normalization(mean=[0.25, -0.5], variance=[0.25, 3.0])), Conv2D(3, 3, padding="same")
    yield "normalization_layer_one", [6], ("layer", Normalization(mean=0.25, variance=0.3)), Dense(4)
    yield "normalization_layer_least", [6], ("layer", Normalization(mean=0.25, variance=0.0)), ReLU()
    yield "rescaling", IMAGE, Rescaling(0.5, [0.25, -1.0]), Conv2D(3, 3, padding="same")
    yield "rescaling_negative", [6], Rescaling(-1.75, 1.0), Dense(4)
    yield (
        "normalizations",
        SEQUENCE,
        Rescaling(2.0, -1.0),
        ("layer", Normalization(mean=[0.125, -0.5], variance=[0.4, 2.0])),
        Rescaling([0.5, -0.25]),
        Conv1D(3, 3, padding="same"),
    )


def embeddings():
    yield "embedding", [6], ("real", Embedding(9, 3)), Conv1D(4, 3), GlobalAveragePooling1D(), Dense(2)
    yield "embedding_alone", [5], ("real", Embedding(4, 3))
    yield "embedding_ternary", [5], Embedding(7, 4), Flatten(), Dense(3)
    yield "embedding_int8", [5], ("int8", Embedding(7, 4)), GlobalMaxPooling1D()
    yield "embedding_trits", [5], ("trits", Embedding(7, 4)), Conv1D(3, 2)
    yield "embedding_codes", [5], ("codes", Embedding(7, 4)), Conv1D(3, 2, padding="same")
    yield "embedding_ranged", [5], ("ranged", Embedding(7, 4)), Conv1D(3, 2)
    yield "embedding_wide", [6], ("real", Embedding(300, 2)), Conv1D(3, 2, padding="causal")
    yield "embedding_tanh", [6], ("real", Embedding(20, 3)), Activation("tanh"), Conv1D(3, 3)
    yield "embedding_batch_norm", [6], ("real", Embedding(20, 3)), BatchNormalization(), Dropout(0.5), Flatten(), ("int8", Dense(3))


def frames():
    yield "zero_pad", IMAGE, ("layer", ZeroPadding2D(((1, 2), (0, 3))))
    yield "zero_pad_conv", IMAGE, ("layer", ZeroPadding2D(2)), Conv2D(3, 3, padding="same")
    yield "zero_pad_max_pool", IMAGE, Normalization(mean=2.0, variance=1.0), ("layer", ZeroPadding2D(1)), MaxPooling2D(2)
    yield "zero_pad1d", SEQUENCE, ZeroPadding1D((2, 1)), AveragePooling1D(3)
    yield "zero_pad1d_conv", SEQUENCE, ZeroPadding1D((2, 0)), Conv1D(3, 3)
    yield "crop", IMAGE, Cropping2D(((1, 2), (0, 1)))
    yield "crop_conv", IMAGE, Conv2D(3, 3, padding="same"), Cropping2D(1), ReLU()
    yield "crop1d", SEQUENCE, Cropping1D((2, 1)), Conv1D(3, 3)
    yield "upsample", IMAGE, UpSampling2D((2, 3))
    yield "upsample_conv", [3, 4, 2], Conv2D(3, 2), ReLU(), UpSampling2D(2), Conv2D(2, 3, padding="same")
    yield "upsample1d", SEQUENCE, UpSampling1D(3)
    yield "reshape", [12], Reshape((2, 3, 2)), Conv2D(3, 2)
    yield "reshape_image", [6, 5, 2], Reshape((5, -1)), Conv1D(3, 2)
    yield "reshape_vector", [3, 4], Reshape((-1,)), Dense(3)
    yield "permute", [1, 5, 2], Permute((2, 1, 3)), Conv2D(3, (2, 1))


def networks():
    yield (
        "network_digits",
        [8, 8, 1],
        Conv2D(4, 3, padding="same", use_bias=False),
        BatchNormalization(),
        ReLU(),
        MaxPooling2D(),
        SeparableConv2D(6, 3, padding="same", use_bias=False),
        BatchNormalization(),
        ReLU(6.0),
        AveragePooling2D(2),
        Dropout(0.25),
        Flatten(),
        ("int8", Dense(4, "softmax")),
    )
    yield (
        "network_mobile",
        [9, 8, 2],
        ZeroPadding2D(((0, 1), (0, 1))),
        ("int8", Conv2D(4, 3, 2, use_bias=False)),
        ("negative", BatchNormalization()),
        ReLU(6.0),
        DepthwiseConv2D(3, padding="same", use_bias=False),
        BatchNormalization(),
        ReLU(6.0),
        ("codes", Conv2D(6, 1, use_bias=False)),
        BatchNormalization(),
        ReLU(6.0),
        GlobalAveragePooling2D(),
        ("int8", Dense(3)),
    )
