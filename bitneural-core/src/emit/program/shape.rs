//! Frames → a record and a call.

use super::{Builder, Call, Field, Record, linear};
use crate::plan::{Frame, Step};

pub(super) fn frame(builder: &mut Builder<'_>, step: &Step, op: &Frame) -> Call {
    let frame = &op.frame;
    let pairs = [
        (["input_height", "input_width"], frame.input),
        (["output_height", "output_width"], frame.output),
        (["cut_top", "cut_left"], frame.cut),
        (["pad_top", "pad_left"], frame.before),
        (["repeat_y", "repeat_x"], frame.repeat),
    ];
    let sizes = pairs.into_iter().flat_map(|(names, values)| {
        let values = values.map(|value| Field::Integer(value as i64));
        names.into_iter().zip(values)
    });
    let mut fields: Vec<_> = sizes.collect();
    fields.extend([
        ("channels", Field::Integer(op.channels as i64)),
        ("padding", Field::Integer(op.padding.into())),
    ]);
    let [height, width] = frame.output;
    let what = format!("an image in a frame of {height}×{width}");
    let record = Record {
        name: "Frame",
        fields,
    };
    linear::call(builder, step, &what, record)
}
