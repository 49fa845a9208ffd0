//! Convolution steps → constants and a call.

use super::{Builder, Call, Field, Record, linear, window};
use crate::plan::{Conv, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, conv: &Conv) -> Call {
    let bytes = conv.dense.weights.len();
    let [height, width] = conv.window.kernel;
    let outputs = conv.dense.outputs * conv.groups;
    let what = format!("conv {height}×{width} → {outputs} channels, {bytes} B of weights");
    let dense = linear::dense(builder, step, &conv.dense);
    let fields = vec![
        ("window", window::record(&conv.window)),
        ("groups", Field::Integer(conv.groups as i64)),
        ("padding", Field::Integer(conv.padding.into())),
        ("dense", Field::Record(dense)),
    ];
    let record = Record {
        name: "Conv",
        fields,
    };
    linear::call(builder, step, &what, record)
}
