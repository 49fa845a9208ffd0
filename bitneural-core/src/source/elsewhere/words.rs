//! Words of fields that take a few words.

/// The field, the words without capitals, hyphens and underscores, what to do instead.
type Row = (&'static str, &'static [&'static str], &'static str);

pub(super) const ROWS: &[Row] = &[
    (
        "activation",
        &["leakyrelu", "prelu"],
        "write it as a layer of its own behind this one",
    ),
    (
        "activation",
        &["none", "identity"],
        "leave it out, or write `linear`",
    ),
    (
        "activation",
        &["logsoftmax"],
        "write `softmax`: the order of the classes is the same",
    ),
    (
        "activation",
        &["celu", "glu", "logsigmoid", "mish", "tanhshrink"],
        "train with one of the functions of docs/format.md, such as `relu`, `elu` or `swish`",
    ),
    (
        "padding",
        &["causal", "samelower", "full"],
        "give the positions in numbers: [[top, bottom], [left, right]], or [before, after] along time",
    ),
    ("padding", &["sameupper"], "write `same`"),
    (
        "padding",
        &["none", "notset"],
        "leave it out, or write `valid`",
    ),
    (
        "padding",
        &["zeros", "constant"],
        "give the number of positions: the borders are filled with zeros",
    ),
    (
        "padding",
        &[
            "circular",
            "reflect",
            "reflection",
            "replicate",
            "replication",
            "symmetric",
        ],
        "train with zeros at the borders, the only ones that are compiled",
    ),
    ("bidirectional", &["sum"], "write `add`"),
    ("bidirectional", &["ave", "mean", "avg"], "write `average`"),
    ("bidirectional", &["mul", "prod"], "write `multiply`"),
    (
        "bidirectional",
        &["none"],
        "write two layers that read the same, one of them with `go_backwards`: a layer yields one value",
    ),
    (
        "interpolation",
        &["bilinear", "bicubic", "lanczos3", "lanczos5", "linear"],
        "train with `nearest`, the only one that is compiled",
    ),
    (
        "weights",
        &[
            "binary", "bfloat16", "f16", "f32", "float", "float16", "float32", "fp16", "fp32",
            "int16", "int2", "int4", "uint8",
        ],
        "write `ternary` or `int8`: F32 weights become what is said here when they are compiled",
    ),
];
