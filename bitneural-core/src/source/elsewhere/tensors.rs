//! Names in `tensors` of layers.

use super::fields::{BATCH_NORM, EMBEDDING, KERNELS, NORM, NORMALIZATION, Row, SEPARABLE};
use super::{Called, Instead};

pub(super) const OF_TENSORS: &[Row] = &[
    (NORM, &["weight", "kernel", "scale"], Called("gamma")),
    (NORM, &["bias", "offset"], Called("beta")),
    (BATCH_NORM, &["running_mean", "moving_mean"], Called("mean")),
    (
        BATCH_NORM,
        &["running_var", "moving_variance", "moving_var", "var"],
        Called("variance"),
    ),
    (
        BATCH_NORM,
        &["num_batches_tracked"],
        Instead("leave it out, of the file too: it counts the steps of training"),
    ),
    (NORMALIZATION, &["var"], Called("variance")),
    (
        EMBEDDING,
        &["weight", "weights", "embeddings", "table", "kernel"],
        Called("embedding"),
    ),
    (
        NORMALIZATION,
        &["std"],
        Instead("name the tensor of variances, the squares of the deviations: `variance`"),
    ),
    (&["prelu"], &["weight", "alpha"], Called("slope")),
    (
        KERNELS,
        &["weight", "weights", "depthwise_kernel"],
        Called("kernel"),
    ),
    (SEPARABLE, &["depthwise_kernel"], Called("depthwise")),
    (SEPARABLE, &["pointwise_kernel"], Called("pointwise")),
    (
        SEPARABLE,
        &["kernel", "weight", "scale"],
        Instead(
            "name both: `depthwise` and `pointwise`, and `depthwise_scale` and `pointwise_scale` of I8 kernels",
        ),
    ),
];
