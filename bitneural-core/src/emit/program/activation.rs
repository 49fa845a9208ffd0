//! Table steps → constants and a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::plan::Step;

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, entries: &[u8; 256]) -> Call {
    let layer = builder.layer(step);
    let name = builder.plan.layer(step.layer);
    let doc = format!("`{}`: {} by table.", name.id, name.kind);
    let table_doc = format!("The value of `{}` for each code.", name.id);
    let table = builder.constant(
        format!("{layer}_entries"),
        table_doc,
        Value::Table(Box::new(*entries)),
    );
    let fields = vec![("entries", Field::Table(table))];
    let record = builder.constant(
        layer,
        doc.clone(),
        Value::Record(Record {
            name: "Table",
            fields,
        }),
    );
    let (kernel, places) = if step.input() == step.output {
        ("table_in_place", Places::InPlace(step.input()))
    } else {
        ("table", Places::Two(step.input(), step.output))
    };
    Call {
        doc,
        family: "activation",
        kernel,
        record: Some(record),
        places,
        counted: true,
        typed_input: false,
    }
}
