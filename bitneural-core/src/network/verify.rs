//! The invariants of a [`Network`]:
//!
//! 1. Ops run in order: each reads the input or what an earlier op yields; no tensor is yielded twice.
//! 2. Scales are positive and finite; zero points are values of the element type, 0 for a wide tensor.
//! 3. A dense op has `inputs × outputs` trits between tensors of those sizes, and the obligations of
//!    R6 and R7 hold for every channel.
//! 4. A table reads and yields codes; a reshape keeps elements, element type, scale and zero point.
//! 5. The constants of a softmax meet R20's bounds.
//! 6. Constants of the input meet R4's: |b_c| < 2^30, k_c finite.

use super::{Dense, Element, Network, OpKind, Softmax, Tensor};

/// The first invariant that does not hold.
pub fn verify(network: &Network) -> Result<(), String> {
    let mut known = vec![false; network.tensors.len()];
    *known
        .get_mut(network.input.index())
        .ok_or("the input is no tensor")? = true;
    for (index, op) in network.ops.iter().enumerate() {
        let fail = |reason: &str| format!("op {index}: {reason}");
        if known.get(op.input.index()) != Some(&true) {
            return Err(fail("reads a tensor that nothing yields before it"));
        }
        match known.get_mut(op.output.index()) {
            Some(known) if !*known => *known = true,
            _ => return Err(fail("yields no tensor, or one that exists")),
        }
        let (input, output) = (network.tensor(op.input), network.tensor(op.output));
        let held = match &op.kind {
            OpKind::Dense(dense) => verify_dense(dense, input, output),
            OpKind::Table(_) if input.element != Element::U8 || output.element != Element::U8 => {
                Err("a table between tensors that are no codes".to_owned())
            }
            OpKind::Table(_) if input.elements != output.elements => {
                Err("a table changes the size".to_owned())
            }
            OpKind::Table(_) => Ok(()),
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
            OpKind::Softmax(softmax) => verify_softmax(softmax, input, output),
        };
        held.map_err(|reason| fail(&reason))?;
    }
    for id in [network.output, network.scores] {
        if known.get(id.index()) != Some(&true) {
            return Err("nothing yields the output or the scores".to_owned());
        }
    }
    for (index, tensor) in network.tensors.iter().enumerate() {
        let (low, high) = tensor.element.bounds();
        let zero_fits = match tensor.element {
            Element::U8 => (low..=high).contains(&tensor.zero_point),
            Element::I16 => tensor.zero_point == 0,
        };
        if !(tensor.scale > 0.0 && tensor.scale.is_finite() && zero_fits) {
            return Err(format!("tensor {index}: no valid scale and zero point"));
        }
    }
    let inputs = network.quantize_input.len();
    if inputs != 1 && inputs != network.interface.input_shape.channels() {
        return Err("constants for another number of input channels".to_owned());
    }
    if !network
        .quantize_input
        .iter()
        .all(|c| c.factor.is_finite() && c.offset.unsigned_abs() < 1 << 30)
    {
        return Err("constants of the input break R4".to_owned());
    }
    Ok(())
}

fn verify_dense(dense: &Dense, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let requant = &dense.requant;
    if input.elements != dense.inputs || output.elements != dense.outputs {
        return Err("a dense op between tensors that do not fit".to_owned());
    }
    if dense.trits.len() != dense.inputs * dense.outputs || requant.channels.len() != dense.outputs
    {
        return Err("a dense op with weights or channels that do not fit".to_owned());
    }
    if input.element != Element::U8 {
        return Err("a dense op reads codes".to_owned());
    }
    if !dense.trits.iter().all(|trit| (-1..=1).contains(trit)) {
        return Err("a dense op with weights that are no trits".to_owned());
    }
    let (low, high) = output.element.bounds();
    if requant.pre_shift > 16
        || requant.shift > 31
        || requant.low < low
        || requant.high > high
        || requant.low > requant.high
    {
        return Err("a requantization out of R7's bounds".to_owned());
    }
    for (index, (channel, trits)) in requant
        .channels
        .iter()
        .zip(dense.trits.chunks(dense.inputs.max(1)))
        .enumerate()
    {
        let count = |wanted: i8| trits.iter().filter(|&&trit| trit == wanted).count() as i64;
        let least = -255 * count(-1) * (1 << requant.pre_shift) + i64::from(channel.bias);
        let most = 255 * count(1) * (1 << requant.pre_shift) + i64::from(channel.bias);
        if !trits.iter().all(|trit| (-1..=1).contains(trit)) {
            return Err(format!("channel {index} has weights that are no trits"));
        }
        if channel.multiplier < 1 || least < i64::from(i32::MIN) || most > i64::from(i32::MAX) {
            return Err(format!("channel {index} breaks the obligation of R7"));
        }
    }
    Ok(())
}

fn verify_softmax(softmax: &Softmax, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let depth: u64 = match input.element {
        Element::U8 => 255,
        Element::I16 => 65535,
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
