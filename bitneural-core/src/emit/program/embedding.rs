//! Embeddings → a table, a record and a call.

use super::{Builder, Call, Field, Record, Value, linear};
use crate::network::Embedding;
use crate::plan::Step;

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, embedding: &Embedding) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("The codes of `{id}`, a row for each index.");
    let value = Value::Codes(embedding.codes.clone());
    let table = builder.constant(format!("{layer}_table"), doc, value);
    let (rows, width) = (embedding.rows, embedding.width);
    let record = Record {
        name: "Embedding",
        fields: vec![
            ("rows", Field::Integer(rows as i64)),
            ("width", Field::Integer(width as i64)),
            ("table", Field::List(table)),
        ],
    };
    let what = format!("embedding of {rows} indices in {width} codes each");
    Call {
        counted: true,
        typed_input: true,
        ..linear::call(builder, step, &what, record)
    }
}
