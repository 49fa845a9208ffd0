//! Softmax steps → a record and a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::network::Softmax;
use crate::plan::Step;

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, softmax: Softmax) -> Call {
    let layer = builder.layer(step);
    let elements = builder.plan.slot(step.input()).elements;
    let doc = format!(
        "`{}`: softmax over {elements}.",
        builder.plan.layer(step.layer).id
    );
    let fields = vec![
        ("multiplier", Field::Integer(i64::from(softmax.multiplier))),
        ("shift", Field::Integer(i64::from(softmax.shift))),
        ("guard", Field::Integer(i64::from(softmax.guard))),
    ];
    let record = builder.constant(
        format!("{layer}_softmax"),
        doc.clone(),
        Value::Record(Record {
            name: "Softmax",
            fields,
        }),
    );
    let places = Places::Two(step.input(), step.output);
    Call {
        doc,
        family: "softmax",
        kernel: "softmax",
        record: Some(record),
        places,
        counted: true,
        typed_input: true,
    }
}
