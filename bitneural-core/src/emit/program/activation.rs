//! Steps of tables and gates → constants and a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::network::Gate;
use crate::plan::Step;

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, entries: &[u8; 256]) -> Call {
    let layer = builder.layer(step);
    let name = builder.plan.layer(step.layer);
    let doc = format!("`{}`: {} by table.", name.id, name.kind);
    let table = builder.constant(
        format!("{layer}_entries"),
        format!("The value of `{}` for each code.", name.id),
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

pub(super) fn gate(builder: &mut Builder<'_>, step: &Step, gate: Gate) -> Call {
    let elements = builder.plan.slot(step.input()).elements;
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("`{id}`: {} over {elements}.", gate.name());
    let fields = vec![("sigmoid", Field::Boolean(gate == Gate::Sigmoid))];
    let record = Record {
        name: "Gate",
        fields,
    };
    let name = format!("{}_gate", builder.layer(step));
    let record = builder.constant(name, doc.clone(), Value::Record(record));
    Call {
        doc,
        family: "gate",
        kernel: "gate",
        record: Some(record),
        places: Places::Two(step.input(), step.output),
        counted: true,
        typed_input: false,
    }
}
