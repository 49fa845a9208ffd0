//! Dense steps → constants and a call.

use super::linear;
use super::{Builder, Call};
use crate::plan::{Dense, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, dense: &Dense) -> Call {
    let (from, to, bytes) = (dense.inputs, dense.outputs, dense.weights.len());
    let what = format!("dense {from} → {to}, {bytes} B of weights");
    let record = linear::dense(builder, step, dense);
    linear::call(builder, step, &what, record)
}
