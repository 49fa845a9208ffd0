//! Layer norm steps → constants and a call.

use super::{Builder, Call, Field, Record, Value, linear};
use crate::network::LayerNorm;
use crate::plan::Step;

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, norm: &LayerNorm) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("The sign of each channel of `{id}`, 0 for one that is constant.");
    let value = Value::Signs(norm.signs.clone());
    let signs = builder.constant(format!("{layer}_signs"), doc, value);
    // A layer norm has no slopes: `Network::verify`.
    let (constants, _) = linear::epilogue(builder, step, &norm.requant);
    let fields = vec![
        ("channels", Field::Integer(norm.channels as i64)),
        ("lift", Field::Integer(norm.lift.into())),
        ("epsilon", Field::Integer(norm.epsilon.into())),
        ("signs", Field::List(signs)),
        ("constants", Field::List(constants)),
        ("requant", Field::Requant(norm.requant.clone())),
    ];
    let what = format!("layer norm over {}", norm.channels);
    let name = "LayerNorm";
    Call {
        counted: true,
        ..linear::call(builder, step, &what, Record { name, fields })
    }
}
