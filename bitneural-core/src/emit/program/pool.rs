//! Pool steps → constants and a call.

use super::{Builder, Call, Field, Record, Value, linear, window};
use crate::network::MaxPool;
use crate::plan::{AveragePool, Step};

pub(super) fn max(builder: &mut Builder<'_>, step: &Step, pool: &MaxPool) -> Call {
    let [height, width] = pool.window.kernel;
    let fields = vec![
        ("window", window::record(&pool.window)),
        ("channels", Field::Integer(pool.channels as i64)),
    ];
    let what = format!("max pool {height}×{width}");
    linear::call(
        builder,
        step,
        &what,
        Record {
            name: "MaxPool",
            fields,
        },
    )
}

pub(super) fn average(builder: &mut Builder<'_>, step: &Step, pool: &AveragePool) -> Call {
    let [height, width] = pool.window.kernel;
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("The numbers of taps that `{id}` takes means of.");
    let counts = builder.constant(
        format!("{layer}_counts"),
        doc,
        Value::Counts(pool.counts.clone()),
    );
    // An average pool has no slopes: `Network::verify`.
    let (constants, _) = linear::epilogue(builder, step, &pool.requant);
    let fields = vec![
        ("window", window::record(&pool.window)),
        ("channels", Field::Integer(pool.channels as i64)),
        ("padding", Field::Integer(pool.padding.into())),
        ("count_padding", Field::Boolean(pool.count_padding)),
        ("counts", Field::List(counts)),
        ("constants", Field::List(constants)),
        ("requant", Field::Requant(pool.requant.clone())),
    ];
    let what = format!("average pool {height}×{width}");
    linear::call(
        builder,
        step,
        &what,
        Record {
            name: "AveragePool",
            fields,
        },
    )
}
