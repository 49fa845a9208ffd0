//! Fields of layers.

use super::{Advice, Called, Instead};

/// The layer types that have the field (all of them if there is none), its names, what to say. The first row
/// that fits counts.
pub(super) type Row = (&'static [&'static str], &'static [&'static str], Advice);

const POOLS: &[&str] = &[
    "max_pool2d",
    "average_pool2d",
    "max_pool1d",
    "average_pool1d",
];
const MAX_POOLS: &[&str] = &["max_pool2d", "max_pool1d"];
const AVERAGE_POOLS: &[&str] = &["average_pool2d", "average_pool1d"];
const GLOBAL_POOLS: &[&str] = &[
    "global_max_pool2d",
    "global_average_pool2d",
    "global_max_pool1d",
    "global_average_pool1d",
];
const CONV: &[&str] = &["conv2d", "conv1d"];
const DEPTHWISE: &[&str] = &["depthwise_conv2d", "depthwise_conv1d"];
pub(super) const SEPARABLE: &[&str] = &["separable_conv2d", "separable_conv1d"];
const CONVOLUTIONS: &[&str] = &[
    "conv2d",
    "depthwise_conv2d",
    "separable_conv2d",
    "conv1d",
    "depthwise_conv1d",
    "separable_conv1d",
];
const FILTERS: &[&str] = &["conv2d", "separable_conv2d", "conv1d", "separable_conv1d"];
const MULTIPLIERS: &[&str] = &[
    "depthwise_conv2d",
    "separable_conv2d",
    "depthwise_conv1d",
    "separable_conv1d",
];
const WEIGHTS: &[&str] = &[
    "dense",
    "conv2d",
    "depthwise_conv2d",
    "separable_conv2d",
    "conv1d",
    "depthwise_conv1d",
    "separable_conv1d",
];
pub(super) const KERNELS: &[&str] = &[
    "dense",
    "conv2d",
    "depthwise_conv2d",
    "conv1d",
    "depthwise_conv1d",
];
const DROPOUTS: &[&str] = &["dropout", "spatial_dropout2d", "gaussian_dropout"];
pub(super) const EMBEDDING: &[&str] = &["embedding"];
pub(super) const NORMALIZATION: &[&str] = &["normalization"];
const NORMALIZES: &[&str] = &["normalization", "rescaling"];
pub(super) const BATCH_NORM: &[&str] = &["batch_norm"];
const LAYER_NORM: &[&str] = &["layer_norm"];
pub(super) const NORM: &[&str] = &["batch_norm", "layer_norm"];

const TRAINING: Advice = Instead("leave it out: it acts in training alone");
const KNOWN: Advice = Instead("leave it out: it follows from the layer before and the tensors");

pub(super) const OF_LAYERS: &[Row] = &[
    (&[], &["name"], Called("id")),
    (&[], &["class_name", "op"], Called("type")),
    (
        &[],
        &["range_kind"],
        Instead("leave it out: only an input's range can be declared"),
    ),
    (
        &[],
        &["data_format"],
        Instead("leave it out: `layout` of the metadata says the order of axes for all layers"),
    ),
    // Windows.
    (
        CONVOLUTIONS,
        &["kernel_size", "kernel_shape"],
        Called("kernel"),
    ),
    (
        POOLS,
        &["kernel_size", "kernel_shape", "pool_size", "kernel"],
        Called("pool"),
    ),
    (CONVOLUTIONS, &["strides"], Called("stride")),
    (POOLS, &["strides"], Called("stride")),
    (
        CONVOLUTIONS,
        &["dilation_rate", "dilations"],
        Called("dilation"),
    ),
    (
        POOLS,
        &["dilation", "dilation_rate", "dilations"],
        Instead("leave it out if it is 1: the window of a pool has no gaps"),
    ),
    (
        CONVOLUTIONS,
        &["padding_mode"],
        Instead(
            "leave it out if it is `zeros`, else train with `zeros`: the borders are filled with zeros",
        ),
    ),
    (
        MAX_POOLS,
        &["ceil_mode"],
        Instead(
            "leave it out if it is false, else pad at the bottom and the right with what the last window lacks, \
             as `padding` [[0, 1], [0, 1]], [0, 1] along time",
        ),
    ),
    (
        AVERAGE_POOLS,
        &["ceil_mode"],
        Instead(
            "leave it out if it is false, else pad at the bottom and the right with what the last window lacks, \
             as `padding` [[0, 1], [0, 1]], [0, 1] along time, with `count_padding` false",
        ),
    ),
    (
        POOLS,
        &["return_indices"],
        Instead("leave it out: a pool yields its values alone"),
    ),
    (
        POOLS,
        &["divisor_override"],
        Instead("leave it out, and put the factor into the weights of the layer behind the pool"),
    ),
    (
        AVERAGE_POOLS,
        &["count_include_pad"],
        Called("count_padding"),
    ),
    (
        MAX_POOLS,
        &["count_padding", "count_include_pad"],
        Instead("leave it out: padding is never the largest value"),
    ),
    (
        GLOBAL_POOLS,
        &[
            "pool",
            "pool_size",
            "kernel",
            "kernel_size",
            "stride",
            "strides",
            "padding",
        ],
        Instead("leave it out: the window is the whole input"),
    ),
    (
        GLOBAL_POOLS,
        &["keepdims", "keepdim"],
        Instead("leave it out if it is false, else use a pool as large as the input"),
    ),
    (
        GLOBAL_POOLS,
        &["output_size"],
        Instead("leave it out if it is 1, else use a pool of a fixed window"),
    ),
    // Weights.
    (FILTERS, &["out_channels", "units"], Called("filters")),
    (&["dense"], &["out_features", "filters"], Called("units")),
    (MULTIPLIERS, &["depth_multiplier"], Called("multiplier")),
    (
        DEPTHWISE,
        &["filters", "out_channels"],
        Instead("leave it out: a depthwise layer has `multiplier` outputs for each channel"),
    ),
    (CONV, &["group"], Called("groups")),
    (
        MULTIPLIERS,
        &["groups"],
        Instead("leave it out: each channel is a group of its own"),
    ),
    (
        CONV,
        &["multiplier", "depth_multiplier"],
        Instead("leave it out, or make the layer a depthwise convolution"),
    ),
    (
        WEIGHTS,
        &["use_bias", "bias"],
        Instead("leave it out: the layer has biases if its `tensors` name a `bias`"),
    ),
    (
        CONVOLUTIONS,
        &["output_padding", "transposed"],
        Instead("leave it out: transposed convolutions are not compiled"),
    ),
    (
        WEIGHTS,
        &["dtype", "bits", "precision"],
        Instead("say `weights`: `ternary` or `int8`"),
    ),
    // Norms.
    (NORM, &["eps"], Called("epsilon")),
    (
        BATCH_NORM,
        &["track_running_stats"],
        Instead(
            "leave it out: `mean` and `variance` are those of training (PyTorch: `running_mean`, `running_var`)",
        ),
    ),
    (
        NORM,
        &["affine", "elementwise_affine", "center"],
        Instead(
            "leave it out: without `gamma` the factors are ones, without `beta` the offsets are zeros",
        ),
    ),
    (
        NORM,
        &["axis"],
        Instead("leave it out if it is the axis of the channels: no other one can be normalized"),
    ),
    (
        NORMALIZATION,
        &["axis"],
        Instead("leave it out if it is the axis of the channels: no other one can be normalized"),
    ),
    (
        NORMALIZATION,
        &["invert"],
        Instead("leave it out if it is false: values become normalized ones, not the reverse"),
    ),
    (
        NORMALIZATION,
        &["mean", "variance"],
        Instead("name the tensors: `tensors` {\"mean\": …, \"variance\": …}"),
    ),
    (
        NORMALIZES,
        &["range", "samples", "zero_point", "scale"],
        Instead("leave it out: `range` of the input says it of the values behind this layer"),
    ),
    (&["rescaling"], &["factor"], Called("scale")),
    (
        EMBEDDING,
        &["input_dim", "num_embeddings", "output_dim", "embedding_dim"],
        Instead("leave it out: it is an axis of the tensor `embedding`"),
    ),
    (EMBEDDING, &["input_length"], KNOWN),
    (
        EMBEDDING,
        &["mask_zero"],
        Instead("leave it out if it is false: no layer leaves out masked positions"),
    ),
    (
        EMBEDDING,
        &["max_norm"],
        Instead("leave it out, and write the rows as they are with that norm"),
    ),
    (
        EMBEDDING,
        &[
            "padding_idx",
            "norm_type",
            "scale_grad_by_freq",
            "sparse",
            "embeddings_initializer",
            "embeddings_regularizer",
            "embeddings_constraint",
        ],
        TRAINING,
    ),
    (
        EMBEDDING,
        &["dtype", "bits", "precision"],
        Instead("leave it out: the codes of a table have 8 bits"),
    ),
    (
        LAYER_NORM,
        &["normalized_shape"],
        Instead(
            "leave it out if it is the number of channels: each position is normalized over its channels alone",
        ),
    ),
    (
        LAYER_NORM,
        &["rms_scaling"],
        Instead("leave it out if it is false, else train with a norm that subtracts the mean"),
    ),
    (
        BATCH_NORM,
        &["momentum", "renorm", "synchronized"],
        TRAINING,
    ),
    // Activations.
    (
        &["relu", "leaky_relu"],
        &["negative_slope", "alpha"],
        Called("slope"),
    ),
    (
        &["relu6", "leaky_relu"],
        &["max_value", "threshold", "slope", "negative_slope"],
        Instead("make the layer a `relu`, which has `max_value`, `slope` and `threshold`"),
    ),
    (
        &["prelu"],
        &["shared_axes"],
        Instead("leave it out: the tensor `slope` has one slope for each channel, or one alone"),
    ),
    (
        &["prelu"],
        &["slope", "alpha", "weight"],
        Instead("name the tensor of slopes: `tensors` {\"slope\": …}"),
    ),
    (
        &["softmax"],
        &["axis", "dim"],
        Instead(
            "leave it out if it is the last axis: a softmax goes over the one axis of a vector",
        ),
    ),
    // Shapes and dropouts.
    (&["reshape"], &["target_shape", "sizes"], Called("shape")),
    (
        &["upsample1d", "upsample2d"],
        &["scale_factor"],
        Called("size"),
    ),
    (
        &["upsample1d", "upsample2d"],
        &["mode"],
        Instead("leave it out if it is `nearest`, the only one that is compiled"),
    ),
    (
        &["flatten"],
        &["start_dim", "end_dim"],
        Instead("leave it out if they are 1 and -1: a flatten joins all axes"),
    ),
    (DROPOUTS, &["p", "prob", "drop_rate"], Called("rate")),
    (&["gaussian_noise"], &["std", "sigma"], Called("stddev")),
    (DROPOUTS, &["noise_shape"], TRAINING),
    // Anything that has none.
    (
        &[],
        &["activation"],
        Instead("write it as a layer of its own behind this one"),
    ),
    (
        &[],
        &[
            "in_channels",
            "in_features",
            "num_features",
            "num_parameters",
            "input_shape",
            "batch_input_shape",
            "input_dim",
        ],
        KNOWN,
    ),
    (
        &[],
        &[
            "inplace",
            "trainable",
            "training",
            "seed",
            "device",
            "kernel_initializer",
            "bias_initializer",
            "depthwise_initializer",
            "pointwise_initializer",
            "alpha_initializer",
            "beta_initializer",
            "gamma_initializer",
            "moving_mean_initializer",
            "moving_variance_initializer",
            "kernel_regularizer",
            "bias_regularizer",
            "depthwise_regularizer",
            "pointwise_regularizer",
            "alpha_regularizer",
            "beta_regularizer",
            "gamma_regularizer",
            "activity_regularizer",
            "kernel_constraint",
            "bias_constraint",
            "depthwise_constraint",
            "pointwise_constraint",
            "alpha_constraint",
            "beta_constraint",
            "gamma_constraint",
        ],
        TRAINING,
    ),
];
