//! Depthwise steps → constants and a call.

use super::{Builder, Call, Field, Record, linear, window};
use crate::plan::{Depthwise, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, depthwise: &Depthwise) -> Call {
    let bytes = depthwise.weights.len();
    let [height, width] = depthwise.window.kernel;
    let what = format!(
        "depthwise {height}×{width}, {} channels, {bytes} B of weights",
        depthwise.channels
    );
    let weights = linear::weights(builder, step, &depthwise.weights);
    let (constants, leaky) = linear::epilogue(builder, step, &depthwise.requant);
    let fields = vec![
        ("window", window::record(&depthwise.window)),
        ("channels", Field::Integer(depthwise.channels as i64)),
        ("multiplier", Field::Integer(depthwise.multiplier as i64)),
        ("padding", Field::Integer(depthwise.padding.into())),
        ("weights", Field::Words(weights)),
        ("constants", Field::List(constants)),
        ("requant", Field::Requant(depthwise.requant.clone())),
        ("leaky", leaky),
    ];
    let record = Record {
        name: "Depthwise",
        fields,
    };
    linear::call(builder, step, &what, record)
}
