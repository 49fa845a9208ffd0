//! Steps of several inputs → constants and a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::ids::ConstantId;
use crate::network::Rescale;
use crate::plan::Step;
use crate::plan::elementwise::{Add, Concat, Multiply, Pick};

pub(super) fn add(builder: &mut Builder<'_>, step: &Step, add: &Add) -> Call {
    let terms = add.op.multipliers.iter().zip(&add.walk.repeated);
    let terms = terms.map(|(&multiplier, &repeated)| Record {
        name: "Term",
        fields: vec![
            ("multiplier", Field::Integer(multiplier.into())),
            ("repeated", Field::Boolean(repeated)),
        ],
    });
    let terms = list(builder, step, "terms", terms.collect());
    let fields = vec![
        ("terms", Field::CountedList(terms)),
        ("bias", Field::Integer(add.op.bias.into())),
        ("run", Field::Integer(add.walk.run as i64)),
        ("shift", Field::Integer(add.op.shift.into())),
        ("low", Field::Integer(add.op.low.into())),
        ("high", Field::Integer(add.op.high.into())),
    ];
    call(
        builder,
        step,
        Record {
            name: "Add",
            fields,
        },
    )
}

pub(super) fn multiply(builder: &mut Builder<'_>, step: &Step, multiply: &Multiply) -> Call {
    // A product has two operands and the constants of one channel: `Plan::verify`.
    let [first, second] = [0, 1].map(|operand| Field::Boolean(multiply.walk.repeated[operand]));
    let [first_zero, second_zero] = multiply.zeros.map(|zero| Field::Integer(zero.into()));
    let channel = multiply.requant.channels[0];
    let channel = Record {
        name: "Channel",
        fields: vec![
            ("bias", Field::Integer(channel.bias.into())),
            ("multiplier", Field::Integer(channel.multiplier.into())),
        ],
    };
    let fields = vec![
        ("run", Field::Integer(multiply.walk.run as i64)),
        ("first_zero", first_zero),
        ("second_zero", second_zero),
        ("first_repeated", first),
        ("second_repeated", second),
        ("channel", Field::Record(channel)),
        ("requant", Field::Requant(multiply.requant.clone())),
    ];
    let name = "Multiply";
    call(builder, step, Record { name, fields })
}

/// The fields of a change of format.
fn rescale(rescale: &Rescale) -> Vec<(&'static str, Field)> {
    vec![
        ("multiplier", Field::Integer(rescale.multiplier.into())),
        ("bias", Field::Integer(rescale.bias.into())),
        ("shift", Field::Integer(rescale.shift.into())),
    ]
}

pub(super) fn pick(builder: &mut Builder<'_>, step: &Step, pick: &Pick) -> Call {
    let operands = pick.operands.iter().zip(&pick.walk.repeated);
    let operands = operands.map(|(operand, &repeated)| {
        let mut fields = rescale(operand);
        fields.push(("repeated", Field::Boolean(repeated)));
        let name = "Operand";
        Record { name, fields }
    });
    let operands = list(builder, step, "operands", operands.collect());
    let fields = vec![
        ("operands", Field::CountedList(operands)),
        ("run", Field::Integer(pick.walk.run as i64)),
    ];
    let name = "Pick";
    call(builder, step, Record { name, fields })
}

pub(super) fn concat(builder: &mut Builder<'_>, step: &Step, concat: &Concat) -> Call {
    let pieces = concat.pieces.iter().map(|(len, operand)| {
        let mut fields = rescale(operand);
        fields.push(("len", Field::Integer(*len as i64)));
        let name = "Piece";
        Record { name, fields }
    });
    let pieces = list(builder, step, "pieces", pieces.collect());
    let round: usize = concat.pieces.iter().map(|(len, _)| len).sum();
    let fields = vec![
        ("pieces", Field::CountedList(pieces)),
        ("round", Field::Integer(round as i64)),
    ];
    let name = "Concat";
    call(builder, step, Record { name, fields })
}

/// A list under the layer's name.
pub(super) fn list(
    builder: &mut Builder<'_>,
    step: &Step,
    what: &str,
    rows: Vec<Record>,
) -> ConstantId {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("What `{id}` does with each of its inputs.");
    builder.constant(format!("{layer}_{what}"), doc, Value::Records(rows))
}

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, record: Record) -> Call {
    let layer = builder.layer(step);
    let name = builder.plan.layer(step.layer);
    let doc = format!("`{}`: {} of {}.", name.id, name.kind, step.inputs.len());
    let record = builder.constant(layer, doc.clone(), Value::Record(record));
    let (family, kernel) = step.kernel.name().split_once("::").unwrap_or_default();
    Call {
        doc,
        family,
        kernel,
        record: Some(record),
        places: Places::Several(step.inputs.clone(), step.output),
        counted: true,
        typed_input: false,
    }
}
