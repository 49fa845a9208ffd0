//! The invariants of a [`Plan`]:
//!
//! 1. Slots that are needed at the same step lie apart, and all lie within the arena.
//! 2. What a step reads was written before it and is still needed; what it writes lives at it. Only element-wise
//!    kernels work in place, over a tensor as large as what they write.
//! 3. A slot has room for its elements, which are as many as the kernel takes.
//! 4. Blobs are multiples of 4 bytes and of the length that their encoding takes. Scratch is as long as the
//!    kernel states, and is not there where it needs none: a convolution of one tap and no padding reads
//!    its input in place, in groups and depthwise too.
//! 5. The scores are there after the steps to the scores, the outputs after all steps.
//! 6. Each number of an image or a window fits the 16 bits that it has in a record.

use super::{DenseKernel, Kernel, Plan, dense::tables_scratch_words, norm};
use crate::plan::memory::{Content, Slot};
use crate::shape::Window;

mod records;

/// The first invariant that does not hold.
pub fn verify(plan: &Plan) -> Result<(), String> {
    for (index, slot) in plan.slots.iter().enumerate() {
        if slot.word + slot.words > plan.arena_words {
            return Err(format!("slot {index} lies outside the arena"));
        }
        let bytes = match slot.content {
            Content::Tensor(element) => slot.elements * element.bytes(),
            Content::Scratch => slot.elements * 4,
        };
        if bytes > slot.words * 4 {
            return Err(format!("slot {index} has no room for its elements"));
        }
        let clash = |other: &&Slot| slot.overlaps_in_time(other) && slot.overlaps_in_space(other);
        if plan.slots[index + 1..]
            .iter()
            .find(clash)
            .is_some_and(|other| slot.words > 0 && other.words > 0)
        {
            return Err(format!(
                "slot {index} shares words with another that is needed at the same time"
            ));
        }
    }
    // After how many steps each slot holds something.
    let mut written: Vec<Option<usize>> = vec![None; plan.slots.len()];
    for input in &plan.inputs {
        *written
            .get_mut(input.slot.index())
            .ok_or("an input is no slot")? = Some(0);
    }
    for (index, step) in plan.steps.iter().enumerate() {
        let alive = |id: crate::ids::SlotId| {
            plan.slots
                .get(id.index())
                .is_some_and(|slot| (slot.first..=slot.last).contains(&index))
        };
        let mut touched = step
            .inputs
            .iter()
            .chain([&step.output])
            .chain(&step.scratch)
            .chain(&step.state);
        if step.inputs.is_empty() || !touched.all(|&id| alive(id)) {
            return Err(format!("step {index} touches a slot that is not alive"));
        }
        if step.inputs.iter().any(|id| written[id.index()].is_none()) {
            return Err(format!("step {index} reads what no step before it wrote"));
        }
        written[step.output.index()].get_or_insert(index + 1);
        // A tensor of that slot is as large as the output; what is repeated has a slot of its own.
        if step.inputs.contains(&step.output) && !step.kernel.works_in_place() {
            return Err(format!("step {index} writes over what it reads"));
        }
        let from = step.inputs.iter().map(|&id| plan.slot(id).elements);
        let from: Vec<usize> = from.collect();
        if !fits(&step.kernel, &from, plan.slot(step.output).elements) {
            return Err(format!("step {index} has slots or channels of other sizes"));
        }
        let element_bytes = match plan.slot(step.input()).content {
            Content::Tensor(element) => element.bytes(),
            Content::Scratch => return Err(format!("step {index} reads working memory")),
        };
        let patch_words = |elements: usize| (elements * element_bytes).div_ceil(4);
        if let Some(number) = records::overflow(&step.kernel) {
            return Err(format!(
                "step {index} has a record that does not hold {number}"
            ));
        }
        let ((blob, expected), scratch_words) = match &step.kernel {
            Kernel::Dense(dense) => {
                let scratch = match dense.kernel {
                    DenseKernel::Tables => tables_scratch_words(dense.inputs, dense.outputs),
                    DenseKernel::Digits | DenseKernel::Int8 => 0,
                };
                (dense.blob(), scratch)
            }
            Kernel::Conv(conv) => (conv.blob(), patch_words(conv.patch())),
            Kernel::Depthwise(depthwise) => (depthwise.blob(), patch_words(depthwise.patch())),
            Kernel::Recurrent(layer) => (layer.blobs(), layer.scratch_words()),
            Kernel::MaxPool(_)
            | Kernel::AveragePool(_)
            | Kernel::Frame(_)
            | Kernel::LayerNorm(_)
            | Kernel::Table(_)
            | Kernel::Gate(_)
            | Kernel::Add(_)
            | Kernel::Multiply(_)
            | Kernel::Pick(_)
            | Kernel::Embedding(_)
            | Kernel::Concat(_)
            | Kernel::Line(_)
            | Kernel::Softmax(_)
            | Kernel::Custom(_) => ((0, 0), 0),
            Kernel::Float(kernel) => kernel.needs(),
        };
        let words = |slot: Option<crate::ids::SlotId>| slot.map_or(0, |id| plan.slot(id).words);
        if words(step.state) != step.kernel.state_words() {
            return Err(format!("step {index} has a state of the wrong length"));
        }
        let scratch = words(step.scratch);
        if blob != expected || !blob.is_multiple_of(4) || scratch != scratch_words {
            return Err(format!(
                "step {index} has a blob or scratch of the wrong length"
            ));
        }
    }
    let alive_after = |id: crate::ids::SlotId, step: usize| {
        plan.slots
            .get(id.index())
            .is_some_and(|slot| slot.last >= step && slot.first <= step)
            && written[id.index()].is_some_and(|steps| steps <= step)
    };
    let steps = plan.steps.len();
    if plan
        .outputs
        .iter()
        .any(|output| !alive_after(output.slot, steps))
    {
        return Err("an output is not there when the user reads it".to_owned());
    }
    if plan
        .scores
        .is_some_and(|scores| !alive_after(scores, plan.steps_to_scores))
    {
        return Err("the scores are not there when they are looked at".to_owned());
    }
    Ok(())
}

/// Whether a kernel reads and writes so many elements, and has constants for its channels or operands.
fn fits(kernel: &Kernel, inputs: &[usize], to: usize) -> bool {
    let one = match inputs {
        &[from] => Some(from),
        _ => None,
    };
    let alone = |from: usize| one == Some(from);
    let pooled = |window: &Window, channels: usize| {
        one.is_some_and(|from| window.fits(channels, channels, from, to))
    };
    match kernel {
        Kernel::Dense(dense) => {
            let constants = dense.requant.channels.len();
            one.is_some_and(|from| dense.fits(from, to, constants))
        }
        Kernel::Conv(conv) => {
            let constants = conv.dense.requant.channels.len();
            one.is_some_and(|from| conv.fits(from, to, constants))
        }
        Kernel::Depthwise(depthwise) => {
            let constants = depthwise.requant.channels.len();
            one.is_some_and(|from| depthwise.fits(from, to, constants))
        }
        Kernel::MaxPool(pool) => pooled(&pool.window, pool.channels),
        Kernel::AveragePool(pool) => {
            pooled(&pool.window, pool.channels) && pool.requant.channels.len() == pool.counts.len()
        }
        Kernel::LayerNorm(norm) => one.is_some_and(|from| norm::fits(norm, from, to)),
        Kernel::Add(add) => add.walk.fits(inputs, to) && add.op.multipliers.len() == inputs.len(),
        Kernel::Multiply(multiply) => {
            multiply.walk.fits(inputs, to)
                && inputs.len() == 2
                && multiply.requant.channels.len() == 1
        }
        Kernel::Pick(pick) => pick.walk.fits(inputs, to) && pick.operands.len() == inputs.len(),
        Kernel::Embedding(embedding) => one.is_some_and(|from| embedding.fits(from, to)),
        Kernel::Concat(concat) => concat.fits(inputs, to),
        Kernel::Recurrent(layer) => one.is_some_and(|from| layer.fits(from, to)),
        Kernel::Table(_) | Kernel::Gate(_) | Kernel::Softmax(_) => alone(to),
        Kernel::Frame(frame) => one.is_some_and(|from| frame.fits(from, to)),
        Kernel::Line(line) => one == Some(line.width) && to == line.frames * line.width,
        Kernel::Custom(custom) => custom.fits(inputs, to),
        Kernel::Float(kernel) => kernel.fits(inputs, to),
    }
}
