//! Windows as records.

use super::{Field, Record};
use crate::shape::Window;

pub(super) fn record(window: &Window) -> Field {
    let pairs = [
        (["input_height", "input_width"], window.input),
        (["output_height", "output_width"], window.output),
        (["kernel_height", "kernel_width"], window.kernel),
        (["stride_y", "stride_x"], window.stride),
        (["dilation_y", "dilation_x"], window.dilation),
        (["pad_top", "pad_left"], window.before),
    ];
    let fields = pairs.into_iter().flat_map(|(names, values)| {
        names
            .into_iter()
            .zip(values.map(|value| Field::Integer(value as i64)))
    });
    Field::Record(Record {
        name: "Window",
        fields: fields.collect(),
    })
}
