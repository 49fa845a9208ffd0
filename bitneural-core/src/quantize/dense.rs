//! Dense nodes → dense ops.

use super::Format;
use super::linear::{Rows, quantized, rows};
use crate::error::ErrorKind;
use crate::graph;
use crate::network::Dense;

pub(super) fn quantize(dense: &graph::Dense, from: Format, to: Format) -> Result<Dense, ErrorKind> {
    let graph::Linear { bias, clamp, .. } = &dense.linear;
    let found = quantized(&dense.linear)?;
    let Rows { weights, requant } = rows(
        &found.values,
        dense.inputs,
        &found.scales,
        bias,
        clamp,
        from,
        to,
    )?;
    Ok(Dense {
        inputs: dense.inputs,
        outputs: dense.outputs,
        weights,
        precision: found.precision,
        requant,
    })
}
