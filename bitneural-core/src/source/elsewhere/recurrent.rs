//! What recurrent layers have elsewhere.

use super::fields::Row;
use super::{Called, Instead};

const RECURRENT: &[&str] = &["lstm", "gru", "simple_rnn"];

/// The only functions of a state: field, the word it takes, what to do instead of others.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "activation",
        "tanh",
        "train with `tanh`, the default of Keras and PyTorch: nothing else keeps a state within its 8 bits",
    ),
    (
        "recurrent_activation",
        "sigmoid",
        "train with `sigmoid`, the default of Keras and PyTorch: gates have no other function",
    ),
];

/// What to write instead of a function that a recurrent layer does not take.
pub(super) fn function(layer_type: &str, field: &str, word: &str) -> Option<&'static str> {
    let row = FUNCTIONS.iter().find(|(of, _, _)| *of == field);
    let is_other =
        |(_, only, _): &&(&str, &str, &str)| RECURRENT.contains(&layer_type) && word != *only;
    row.filter(is_other).map(|(_, _, instead)| *instead)
}

pub(super) const FIELDS: &[Row] = &[
    (RECURRENT, &["hidden_size", "out_features"], Called("units")),
    (
        RECURRENT,
        &["input_size"],
        Instead("leave it out: it follows from the layer before and the tensors"),
    ),
    (
        RECURRENT,
        &["num_layers"],
        Instead(
            "leave it out if it is 1, else write each as a layer of its own, all but the last with `return_sequences`",
        ),
    ),
    (
        RECURRENT,
        &["batch_first", "time_major"],
        Instead(
            "leave it out: a sequence is [time, features], and has no batch; an input of the torch layout says \
             `channels`: `last` for it",
        ),
    ),
    (
        &["simple_rnn"],
        &["nonlinearity"],
        Instead(
            "leave it out if it is `tanh`, else train with `tanh`, the only one that is compiled",
        ),
    ),
    (
        RECURRENT,
        &["proj_size"],
        Instead("leave it out if it is 0, else train without: the output is as wide as the state"),
    ),
    (
        RECURRENT,
        &["return_state"],
        Instead(
            "leave it out if it is false: a layer yields its output alone, which is the state but for an LSTM's cell",
        ),
    ),
    (
        RECURRENT,
        &["stateful"],
        Instead(
            "leave it out: `predict` begins each sequence with zeros, a stream (`streaming = true`) keeps its state",
        ),
    ),
    (
        RECURRENT,
        &["unroll", "implementation", "use_cudnn"],
        Instead("leave it out: it says how Keras runs the layer, not what it gives"),
    ),
    (
        RECURRENT,
        &["zero_output_for_mask", "mask_zero"],
        Instead("leave it out if it is false: no layer leaves out masked positions"),
    ),
    (RECURRENT, &["merge_mode"], Called("bidirectional")),
    (
        RECURRENT,
        &["direction"],
        Instead(
            "leave it out if it is `forward`, else write `go_backwards`, or `bidirectional` for both",
        ),
    ),
    (&["gru"], &["linear_before_reset"], Called("reset_after")),
    (
        &["lstm", "simple_rnn"],
        &["reset_after", "linear_before_reset"],
        Instead("leave it out: only a `gru` has a reset"),
    ),
    (
        &["simple_rnn"],
        &["recurrent_activation"],
        Instead("leave it out: a `simple_rnn` has no gates"),
    ),
    (
        &["gru", "simple_rnn"],
        &["cell_range", "backward_cell_range"],
        Instead("leave it out: only an LSTM has a cell"),
    ),
    (
        RECURRENT,
        &["use_bias", "bias"],
        Instead("leave it out: the layer has biases if its `tensors` name a `bias`"),
    ),
    (
        RECURRENT,
        &["dtype", "bits", "precision"],
        Instead(
            "say `weights`: `ternary` or `int8`, and `recurrent_weights` if those of the state differ",
        ),
    ),
    (
        RECURRENT,
        &[
            "dropout",
            "recurrent_dropout",
            "unit_forget_bias",
            "recurrent_initializer",
            "recurrent_regularizer",
            "recurrent_constraint",
        ],
        Instead("leave it out: it acts in training alone"),
    ),
];

/// Names in `tensors`.
pub(super) const TENSORS: &[Row] = &[
    (
        RECURRENT,
        &["weight_ih_l0", "weight_ih", "weight", "weights"],
        Called("kernel"),
    ),
    (
        RECURRENT,
        &["weight_hh_l0", "weight_hh", "recurrent_weights"],
        Called("recurrent_kernel"),
    ),
    (RECURRENT, &["bias_ih_l0", "bias_ih"], Called("bias")),
    (
        RECURRENT,
        &["bias_hh_l0", "bias_hh"],
        Called("recurrent_bias"),
    ),
    (
        RECURRENT,
        &["weight_ih_l0_reverse"],
        Called("backward_kernel"),
    ),
    (
        RECURRENT,
        &["weight_hh_l0_reverse"],
        Called("backward_recurrent_kernel"),
    ),
    (RECURRENT, &["bias_ih_l0_reverse"], Called("backward_bias")),
    (
        RECURRENT,
        &["bias_hh_l0_reverse"],
        Called("backward_recurrent_bias"),
    ),
    (
        RECURRENT,
        &["weight_hr_l0"],
        Instead("train without `proj_size`: the output is as wide as the state"),
    ),
];
