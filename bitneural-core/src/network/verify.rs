//! The invariants of a [`Network`]:
//!
//! 1. Ops run in order: each reads inputs or what earlier ops yield; no tensor is yielded twice.
//! 2. Scales are positive and finite; zero points are values of the element type, 0 for a wide tensor. A wide code is
//!    an input or a reshape of one, and only ops with weights read it.
//! 3. An op with weights has a row for each output, within the range of their precision, between tensors
//!    of the sizes that its shape says, and the obligations of R6, R7 and R11 hold for every channel;
//!    so do those of an average pool's sums. A max pool keeps the format and sees the image everywhere.
//! 4. An op of several tensors reads and yields codes; it reads as many tensors as it has constants for, each
//!    as large as the output or a part of it that is repeated (a concat: together as large, in whole rounds),
//!    and no partial sum of R14 leaves 32 bits, nor a product's of R16. Any other op reads one tensor.
//! 5. A table reads and yields codes, a gate wide values of the units of R23; a reshape keeps elements, element
//!    type, scale and zero point. A frame keeps the format and the channels.
//!    An embedding reads codes of scale 1 and zero point 0, and has a row of codes for each index (R33).
//! 6. The constants of a softmax meet R20's bounds.
//! 6. The constants of a softmax meet R20's bounds, those of a layer norm R22's and R7's; it goes over whole positions.
//! 7. A custom op reads and yields codes of the formats that it says.
//! 8. A threshold is the zero point of a single score (R21).
//! 9. Constants of the input meet R4's: |b_c| < 2^30, k_c finite.
//! 10. A recurrent op yields codes of the fixed format, has as many weights and columns as its cell takes, and R24's
//!     obligations hold for every column.
//! 11. In f32 mode all tensors are floats of scale 1; constants are finite, and there are as many as the shapes say.

use super::{
    Channel, Custom, Dense, Element, Embedding, InputChannel, Line, Network, OpKind, Requant,
    Softmax, Tensor,
};
use crate::custom::Format;
use crate::ternarize::Precision;

mod elementwise;
mod float;
mod norm;
mod recurrent;
mod windowed;

/// The first invariant that does not hold.
pub fn verify(network: &Network) -> Result<(), String> {
    let mut known = vec![false; network.tensors.len()];
    for input in &network.inputs {
        *known
            .get_mut(input.index())
            .ok_or("an input is no tensor")? = true;
    }
    for (index, op) in network.ops.iter().enumerate() {
        let fail = |reason: &str| format!("op {index}: {reason}");
        if op.inputs.is_empty()
            || op
                .inputs
                .iter()
                .any(|read| known.get(read.index()) != Some(&true))
        {
            return Err(fail("reads a tensor that nothing yields before it"));
        }
        if !op.kind.is_of_several() && op.inputs.len() != 1 {
            return Err(fail("reads another number of tensors than its kind does"));
        }
        match known.get_mut(op.output.index()) {
            Some(known) if !*known => *known = true,
            _ => return Err(fail("yields no tensor, or one that exists")),
        }
        let (input, output) = (network.tensor(op.input()), network.tensor(op.output));
        let held = match &op.kind {
            OpKind::Dense(dense) => verify_dense(dense, input, output),
            OpKind::Conv(conv) => windowed::conv(conv, input, output),
            OpKind::MaxPool(pool) => windowed::max_pool(pool, input, output),
            OpKind::AveragePool(pool) => windowed::average_pool(pool, input, output),
            OpKind::LayerNorm(norm) => norm::verify(norm, input, output),
            OpKind::Recurrent(op) => recurrent::verify(op, input, output),
            OpKind::Table(_) if input.element != Element::U8 || output.element != Element::U8 => {
                Err("a table between tensors that are no codes".to_owned())
            }
            OpKind::Table(_) if input.elements != output.elements => {
                Err("a table changes the size".to_owned())
            }
            OpKind::Table(_) => Ok(()),
            OpKind::Gate(_) => verify_gate(input, output),
            OpKind::Add(_) | OpKind::Multiply(_) | OpKind::Pick(_) | OpKind::Concat(_) => {
                let inputs = op.inputs.iter().map(|&id| network.tensor(id));
                elementwise::verify(&op.kind, &inputs.collect::<Vec<_>>(), output)
            }
            OpKind::Embedding(embedding) => verify_embedding(embedding, input, output),
            OpKind::Line(line) => verify_line(line, input, output),
            OpKind::Reshape => {
                let same = (input.elements, input.element, input.scale, input.zero_point)
                    == (
                        output.elements,
                        output.element,
                        output.scale,
                        output.zero_point,
                    );
                if same {
                    Ok(())
                } else {
                    Err("a reshape changes more than the shape".to_owned())
                }
            }
            OpKind::Frame(frame) => windowed::frame(frame, input, output),
            OpKind::Softmax(softmax) => verify_softmax(softmax, input, output),
            OpKind::Float(kind) => {
                let inputs = op.inputs.iter().map(|&id| network.tensor(id));
                float::verify_op(kind, &inputs.collect::<Vec<_>>(), output)
            }
            OpKind::Custom(custom) => {
                let inputs = op.inputs.iter().map(|&id| network.tensor(id));
                verify_custom(custom, inputs.collect(), output)
            }
        };
        held.map_err(|reason| fail(&reason))?;
        let copies = matches!(op.kind, OpKind::Reshape | OpKind::Line(_));
        if output.element == Element::U16 && !copies {
            return Err(fail("yields wide codes"));
        }
    }
    if network.outputs.is_empty() {
        return Err("there is no output".to_owned());
    }
    for id in network.outputs.iter().chain(&network.scores) {
        if known.get(id.index()) != Some(&true) {
            return Err("nothing yields an output or the scores".to_owned());
        }
    }
    let score = network.scores.map(|id| network.tensor(id));
    let is_zero =
        |threshold| score.is_some_and(|score| score.elements == 1 && threshold == score.zero_point);
    if network
        .threshold
        .is_some_and(|threshold| !is_zero(threshold))
    {
        return Err("a threshold that is not the zero of one score".to_owned());
    }
    for (index, tensor) in network.tensors.iter().enumerate() {
        let (low, high) = tensor.element.bounds();
        let zero_fits = match tensor.element {
            Element::U8 | Element::U16 => (low..=high).contains(&tensor.zero_point),
            Element::I16 => tensor.zero_point == 0,
            Element::F32 => tensor.zero_point == 0 && tensor.scale == 1.0,
        };
        if !(tensor.scale > 0.0 && tensor.scale.is_finite() && zero_fits) {
            return Err(format!("tensor {index}: no valid scale and zero point"));
        }
    }
    let ports = &network.interface.inputs;
    let (quantized, normalized) = if network.is_float() {
        (0, ports.len())
    } else {
        (ports.len(), 0)
    };
    if network.inputs.len() != ports.len()
        || network.quantize_inputs.len() != quantized
        || network.normalize_inputs.len() != normalized
    {
        return Err("another number of inputs than the user sees".to_owned());
    }
    float::verify_inputs(network)?;
    for (port, channels) in ports.iter().zip(&network.quantize_inputs) {
        if channels.len() != 1 && channels.len() != port.shape.channels() {
            return Err("constants for another number of input channels".to_owned());
        }
        let meet = |c: &InputChannel| c.factor.is_finite() && c.offset.unsigned_abs() < 1 << 30;
        if !channels.iter().all(meet) {
            return Err("constants of an input break R4".to_owned());
        }
    }
    Ok(())
}

fn verify_dense(dense: &Dense, input: &Tensor, output: &Tensor) -> Result<(), String> {
    if input.elements != dense.inputs || output.elements != dense.outputs {
        return Err("a dense op between tensors that do not fit".to_owned());
    }
    verify_rows(
        &dense.weights,
        dense.precision,
        dense.inputs,
        &dense.requant,
        input,
        output,
    )
}

fn verify_rows(
    weights: &[i8],
    precision: Precision,
    taps: usize,
    requant: &Requant,
    input: &Tensor,
    output: &Tensor,
) -> Result<(), String> {
    if !matches!(input.element, Element::U8 | Element::U16) {
        return Err("an op with weights reads codes".to_owned());
    }
    let largest = i64::from(input.element.bounds().1);
    let leaky = requant
        .leaky
        .as_ref()
        .map(|leaky| leaky.channels.as_slice());
    if weights.len() != taps * requant.channels.len()
        || leaky.is_some_and(|channels| channels.len() != requant.channels.len())
    {
        return Err("an op with weights or channels that do not fit".to_owned());
    }
    verify_requant(requant, output)?;
    weights_in_range(weights, precision, taps)?;
    let sums: Vec<(i64, i64)> = weights
        .chunks(taps.max(1))
        .map(|row| {
            let sum = |sign: i64| {
                row.iter()
                    .map(|&w| (sign * i64::from(w)).max(0))
                    .sum::<i64>()
            };
            (-largest * sum(-1), largest * sum(1))
        })
        .collect();
    let with = |channels: &[Channel]| -> Vec<(i64, i64, Channel)> {
        sums.iter()
            .zip(channels)
            .map(|(&(low, high), &channel)| (low, high, channel))
            .collect()
    };
    obligations(requant, &with(&requant.channels), 1)?;
    match leaky {
        Some(channels) => obligations(requant, &with(channels), i32::MIN),
        None => Ok(()),
    }
}

pub(super) fn weights_in_range(
    weights: &[i8],
    precision: Precision,
    taps: usize,
) -> Result<(), String> {
    let largest = precision.largest();
    let wrong = |weight: &i8| !(-largest..=largest).contains(weight);
    match weights.iter().position(wrong) {
        Some(index) => Err(format!(
            "channel {} has weights out of their range",
            index / taps.max(1)
        )),
        None => Ok(()),
    }
}

fn verify_requant(requant: &Requant, output: &Tensor) -> Result<(), String> {
    let (low, high) = output.element.bounds();
    if requant.pre_shift > 16
        || requant.shift > 31
        || requant.low < low
        || requant.high > high
        || requant.low > requant.high
    {
        return Err("a requantization out of R7's bounds".to_owned());
    }
    if let Some(leaky) = &requant.leaky
        && (leaky.shift > 31 || leaky.zero != output.zero_point || output.element != Element::U8)
    {
        return Err("a second requantization out of R11's bounds".to_owned());
    }
    Ok(())
}

/// The obligations of R6 and R7 over sums between the given bounds, for each channel.
fn obligations(
    requant: &Requant,
    channels: &[(i64, i64, Channel)],
    least_multiplier: i32,
) -> Result<(), String> {
    let fits = |sum: i64, bias: i32| {
        i32::try_from(sum).is_ok()
            && i32::try_from(sum * (1 << requant.pre_shift) + i64::from(bias)).is_ok()
    };
    let broken = channels
        .iter()
        .position(|&(low, high, Channel { bias, multiplier })| {
            multiplier < least_multiplier
                || multiplier == 0
                || !fits(low, bias)
                || !fits(high, bias)
        });
    match broken {
        Some(index) => Err(format!("channel {index} breaks the obligation of R7")),
        None => Ok(()),
    }
}

fn verify_gate(input: &Tensor, output: &Tensor) -> Result<(), String> {
    let is_unit =
        |tensor: &Tensor, steps: f64| tensor.element == Element::I16 && tensor.scale * steps == 1.0;
    if !is_unit(input, 4096.0) || !is_unit(output, 32768.0) {
        return Err("a gate between tensors of other units".to_owned());
    }
    if input.elements != output.elements {
        return Err("a gate changes the size".to_owned());
    }
    Ok(())
}

/// A line is of the type of its frames, at least two of them.
fn verify_line(line: &Line, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let of = |tensor: &Tensor| (tensor.element, tensor.scale, tensor.zero_point);
    let holds = of(input) == of(output)
        && line.frames > 1
        && input.elements == line.width
        && output.elements == line.frames * line.width;
    holds
        .then_some(())
        .ok_or("a line of other frames than it reads".to_owned())
}

fn verify_embedding(embedding: &Embedding, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let is_code = matches!(input.element, Element::U8 | Element::U16);
    if !is_code || (input.scale, input.zero_point) != (1.0, 0) {
        return Err("an embedding reads what are no indices".to_owned());
    }
    if output.element != Element::U8 || !embedding.fits(input.elements, output.elements) {
        return Err("an embedding between tensors that do not fit".to_owned());
    }
    Ok(())
}

fn verify_custom(custom: &Custom, inputs: Vec<&Tensor>, output: &Tensor) -> Result<(), String> {
    let fits = |tensor: &Tensor, format: &Format| {
        tensor.element == Element::U8
            && tensor.elements == format.shape.elements()
            && tensor.scale as f32 == format.scale
            && tensor.zero_point == i32::from(format.zero_point)
    };
    let read = inputs.iter().zip(&custom.inputs);
    if inputs.len() != custom.inputs.len()
        || !read
            .into_iter()
            .all(|(tensor, format)| fits(tensor, format))
        || !fits(output, &custom.output)
    {
        return Err("a custom op between tensors of other formats".to_owned());
    }
    Ok(())
}

fn verify_softmax(softmax: &Softmax, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let depth: u64 = match input.element {
        Element::U8 => 255,
        Element::I16 => 65535,
        Element::U16 => return Err("a softmax reads wide codes".to_owned()),
        Element::F32 => return Err("a softmax of codes reads floats".to_owned()),
    };
    let half = (1_u64 << softmax.shift) / 2;
    let n = input.elements as u64;
    if input.elements != output.elements || input.elements == 0 {
        return Err("a softmax changes the size".to_owned());
    }
    if softmax.shift > 24
        || softmax.guard > 8
        || u64::from(softmax.multiplier) * depth + half >= 1 << 31
        || n << (15 + softmax.guard) >= 1 << 32
    {
        return Err("the constants of a softmax break R20".to_owned());
    }
    Ok(())
}
