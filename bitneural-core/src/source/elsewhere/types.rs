//! Layer types.

use super::{Advice, Called, Instead};

/// The names without capitals, hyphens and underscores, what to say.
type Row = (&'static [&'static str], Advice);

/// What to do instead of a layer that the user can also write as one of one's own.
macro_rules! or_custom {
    ($instead:literal $(,)?) => {
        Instead(concat!(
            $instead,
            ", or write the code of the layer yourself, as one of the type `custom`: see docs/custom-layers.md"
        ))
    };
}

pub(super) const ROWS: &[Row] = &[
    (&["linear", "fullyconnected", "gemm"], Called("dense")),
    (&["conv", "convolution", "convolution2d"], Called("conv2d")),
    (
        &["depthwiseconv", "depthwiseconvolution2d"],
        Called("depthwise_conv2d"),
    ),
    (&["separableconvolution2d"], Called("separable_conv2d")),
    (
        &[
            "batchnorm2d",
            "batchnorm1d",
            "batchnormalization",
            "syncbatchnorm",
        ],
        Called("batch_norm"),
    ),
    (&["maxpool", "maxpooling2d"], Called("max_pool2d")),
    (
        &["avgpool", "averagepool", "avgpool2d", "averagepooling2d"],
        Called("average_pool2d"),
    ),
    (
        &[
            "adaptiveavgpool2d",
            "globalaveragepool",
            "globalavgpool2d",
            "globalaveragepooling2d",
        ],
        Called("global_average_pool2d"),
    ),
    (
        &["adaptivemaxpool2d", "globalmaxpool", "globalmaxpooling2d"],
        Called("global_max_pool2d"),
    ),
    (&["threshold", "thresholdedrelu"], Called("relu")),
    (&["dropout2d"], Called("spatial_dropout2d")),
    (
        &["dropout1d", "alphadropout", "featurealphadropout"],
        Called("dropout"),
    ),
    (&["convolution1d"], Called("conv1d")),
    (&["depthwiseconvolution1d"], Called("depthwise_conv1d")),
    (&["separableconvolution1d"], Called("separable_conv1d")),
    (&["maxpooling1d"], Called("max_pool1d")),
    (&["avgpool1d", "averagepooling1d"], Called("average_pool1d")),
    (
        &[
            "adaptiveavgpool1d",
            "globalavgpool1d",
            "globalaveragepooling1d",
        ],
        Called("global_average_pool1d"),
    ),
    (
        &["adaptivemaxpool1d", "globalmaxpooling1d"],
        Called("global_max_pool1d"),
    ),
    (
        &[
            "conv3d",
            "maxpool3d",
            "maxpooling3d",
            "avgpool3d",
            "averagepooling3d",
            "batchnorm3d",
        ],
        Instead("a network reads an image of two axes and channels"),
    ),
    (
        &["conv2dtranspose", "convtranspose2d", "pixelshuffle"],
        or_custom!("use layers that keep or shrink the image"),
    ),
    (
        &["view", "unflatten", "squeeze", "unsqueeze", "transpose"],
        Instead("write a `reshape` with the `shape` behind it"),
    ),
    (&["upsampling2d", "upsample"], Called("upsample2d")),
    (&["upsampling1d"], Called("upsample1d")),
    (
        &["zeropadding2d", "constantpad2d", "pad"],
        Called("zero_pad2d"),
    ),
    (&["zeropadding1d", "constantpad1d"], Called("zero_pad1d")),
    (&["cropping2d"], Called("crop2d")),
    (&["cropping1d"], Called("crop1d")),
    (
        &["reflectionpad2d", "replicationpad2d", "circularpad2d"],
        or_custom!("train with zeros at the borders, as `padding` of the layer behind it"),
    ),
    (&["concatenate", "cat"], Called("concat")),
    (&["rnn", "elmanrnn"], Called("simple_rnn")),
    (&["cudnnlstm"], Called("lstm")),
    (&["cudnngru"], Called("gru")),
    (
        &["masking"],
        Instead(
            "leave it out, and give sequences that are all as long: no layer leaves out masked positions",
        ),
    ),
    (
        &["bidirectional"],
        Instead(
            "give the recurrent layer the field `bidirectional`, which says how both directions are joined",
        ),
    ),
    (
        &[
            "convlstm1d",
            "convlstm2d",
            "lstmcell",
            "grucell",
            "rnncell",
            "simplernncell",
            "stackedrnncells",
        ],
        Instead("write `lstm`, `gru` or `simple_rnn`, one layer after the other"),
    ),
    (
        &["timedistributed"],
        Instead("write a `conv1d` with `kernel` 1 for a dense layer of each step"),
    ),
    (
        &["embeddingbag"],
        Instead("write an `embedding` and the pool of its values behind it"),
    ),
    (
        &["attention", "multiheadattention"],
        or_custom!("use dense layers and convolutions"),
    ),
    (
        &["activation"],
        Instead("name the function as the type: `relu`, `tanh`, `swish`, `softmax` …"),
    ),
    (
        &["celu", "glu", "logsigmoid", "mish", "tanhshrink"],
        or_custom!(
            "train with one of the functions of docs/format.md, such as `relu`, `elu` or `swish`",
        ),
    ),
    (
        &["logsoftmax"],
        Instead("write `softmax`: the order of the classes is the same"),
    ),
    (&["layernormalization"], Called("layer_norm")),
    (
        &[
            "groupnorm",
            "groupnormalization",
            "instancenorm2d",
            "rmsnorm",
        ],
        Instead("train with `batch_norm`, whose statistics are known beforehand"),
    ),
    (&["normalize"], Called("normalization")),
    (&["rescale"], Called("rescaling")),
    (
        &["lambda", "tfoplambda", "slicingoplambda"],
        or_custom!("write what it computes as layers of the format"),
    ),
    (
        &["identity", "input", "inputlayer"],
        Instead("leave it out; `inputs` of the metadata describes the input"),
    ),
];
