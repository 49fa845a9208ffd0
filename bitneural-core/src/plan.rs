//! Stage 5: what runs, where it lies, what it costs.
//!
//! [`plan`] picks a kernel and a weight encoding for each op of the [`Network`], and a place in the
//! arena for each activation. It never changes a result.

use crate::graph::{Interface, LayerName};
use crate::ids::{LayerId, SlotId, TensorId};
use crate::network::float::NormalChannel;
use crate::network::{Element, InputChannel, Network, Op, OpKind, Tensor};

mod activation;
mod conv;
pub mod cost;
mod custom;
mod dense;
mod depthwise;
pub mod elementwise;
mod embedding;
pub mod encode;
mod float;
mod kernel;
pub mod memory;
mod norm;
mod pool;
mod recurrent;
mod shape;
mod softmax;
pub mod stream;
mod tables;
pub mod verify;

pub use conv::Conv;
pub use cost::Cost;
pub use dense::{Dense, DenseKernel};
pub use depthwise::Depthwise;
pub use float::{FloatKernel, Join as FloatJoin};
pub use kernel::Kernel;
pub use memory::Slot;
pub use pool::AveragePool;
pub use recurrent::{Constants, Packed, Recurrent};
pub use shape::Frame;
pub use tables::RuntimeTable;

/// What the choice of kernels aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Optimize {
    /// The fewest instructions.
    Speed,
    /// The fewest bytes of flash and RAM.
    Size,
    /// The fewest instructions unless that costs much RAM.
    #[default]
    Balanced,
}

impl Optimize {
    /// The words for them in macro arguments.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("speed", Self::Speed),
        ("size", Self::Size),
        ("balanced", Self::Balanced),
    ];
}

/// A planned network.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the user sees.
    pub interface: Interface,
    /// The layers of the file, by [`LayerId`].
    pub layers: Vec<LayerName>,
    /// How the user's floats become codes, for each input; nothing in f32 mode.
    pub quantize_inputs: Vec<Vec<InputChannel>>,
    /// How they are normalized in f32 mode, for each input; nothing in integer mode.
    pub normalize_inputs: Vec<Vec<NormalChannel>>,
    /// The places in the arena, by [`SlotId`].
    pub slots: Vec<Slot>,
    /// Words of the arena.
    pub arena_words: usize,
    /// The kernel calls of `predict`, in order.
    pub steps: Vec<Step>,
    /// How many of them `classify` runs; all if there are no scores.
    pub steps_to_scores: usize,
    /// The user's inputs.
    pub inputs: Vec<Endpoint>,
    /// The user's outputs.
    pub outputs: Vec<Endpoint>,
    /// What `classify` looks at, `None` if there are several outputs.
    pub scores: Option<SlotId>,
    /// Of a single score in front of a sigmoid: class 1 is above it.
    pub threshold: Option<i32>,
    /// What it costs.
    pub cost: Cost,
}

/// Where the user's values lie, and what they stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The place in the arena.
    pub slot: SlotId,
    /// The element type.
    pub element: Element,
    /// The real value of a step.
    pub scale: f64,
    /// The value that stands for 0.
    pub zero_point: i32,
}

/// One kernel call.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The layer it belongs to.
    pub layer: LayerId,
    /// What it reads, at least one slot.
    pub inputs: Vec<SlotId>,
    /// What it writes; one of its inputs for a kernel in place.
    pub output: SlotId,
    /// Working memory.
    pub scratch: Option<SlotId>,
    /// What stays there from one frame to the next, of a kernel that keeps a state.
    pub state: Option<SlotId>,
    /// The kernel and its constants.
    pub kernel: Kernel,
}

impl Step {
    /// The only slot, or the first one, that it reads.
    pub fn input(&self) -> SlotId {
        self.inputs[0]
    }
}

/// A kernel that could run an op: what the choice is made among.
struct Candidate {
    kernel: Kernel,
    scratch_words: usize,
}

/// Plans a network.
pub fn plan(network: &Network, optimize: Optimize) -> Plan {
    plan_with(network, optimize, |_, _, _| {})
}

/// Plans a network; `keep` may change lives before slots have places, given all steps and the outputs.
fn plan_with(
    network: &Network,
    optimize: Optimize,
    keep: impl FnOnce(&mut memory::Lifetimes, &[Step], &[Endpoint]),
) -> Plan {
    let mut lifetimes = memory::Lifetimes::new(network);
    let mut steps = Vec::new();
    let mut steps_to_scores = None;
    for op in &network.ops {
        let output = network.tensor(op.output);
        let Some(candidate) = candidate(network, op, optimize) else {
            lifetimes.alias(op.output, op.input());
            if Some(op.output) == network.scores {
                steps_to_scores = Some(steps.len());
            }
            continue;
        };
        let index = steps.len();
        let read = op.inputs.iter().map(|&id| lifetimes.read(id, index));
        let inputs: Vec<SlotId> = read.collect();
        // What fills the output's slot, is of its type and is not needed any more.
        let is_free = |id: &&TensorId| {
            let input = network.tensor(**id);
            (input.elements, input.element) == (output.elements, output.element)
                && lifetimes.last_read(network, op, **id)
        };
        let in_place = op.inputs.iter().find(is_free);
        let to = match in_place.filter(|_| candidate.kernel.works_in_place()) {
            Some(&over) => {
                lifetimes.alias(op.output, over);
                lifetimes.slot(over)
            }
            None => lifetimes.write(op.output, output, index),
        };
        let scratch = (candidate.scratch_words > 0)
            .then(|| lifetimes.scratch(candidate.scratch_words, index));
        let state_words = candidate.kernel.state_words();
        let state = (state_words > 0).then(|| lifetimes.scratch(state_words, index));
        steps.push(Step {
            layer: op.layer,
            inputs,
            output: to,
            scratch,
            state,
            kernel: candidate.kernel,
        });
        if Some(op.output) == network.scores {
            steps_to_scores = Some(steps.len());
        }
    }
    let endpoint = |slot, tensor: &Tensor| Endpoint {
        slot,
        element: tensor.element,
        scale: tensor.scale,
        zero_point: tensor.zero_point,
    };
    let end = steps.len();
    let steps_to_scores = match network.scores {
        Some(scores) if network.inputs.contains(&scores) => 0,
        _ => steps_to_scores.unwrap_or(end),
    };
    let inputs = network.inputs.iter();
    let inputs = inputs.map(|&id| endpoint(lifetimes.slot(id), network.tensor(id)));
    let inputs = inputs.collect();
    let outputs = network.outputs.iter();
    let outputs = outputs.map(|&id| endpoint(lifetimes.read(id, end), network.tensor(id)));
    let outputs: Vec<Endpoint> = outputs.collect();
    let scores = network.scores;
    let scores = scores.map(|id| lifetimes.read(id, steps_to_scores));
    keep(&mut lifetimes, &steps, &outputs);
    let memory = lifetimes.place();
    let cost = cost::of(network, &steps, &outputs, &memory);
    Plan {
        interface: network.interface.clone(),
        layers: network.layers.clone(),
        quantize_inputs: network.quantize_inputs.clone(),
        normalize_inputs: network.normalize_inputs.clone(),
        slots: memory.slots,
        arena_words: memory.words,
        steps,
        steps_to_scores,
        inputs,
        outputs,
        scores,
        threshold: network.threshold,
        cost,
    }
}

/// The kernel for an op; `None` for an op that needs none.
fn candidate(network: &Network, op: &Op, optimize: Optimize) -> Option<Candidate> {
    let input = network.tensor(op.input());
    match &op.kind {
        OpKind::Dense(dense) => Some(dense::choose(dense, input.element, optimize)),
        OpKind::Conv(conv) if depthwise::is_chosen(conv, optimize) => {
            Some(depthwise::candidate(conv, input))
        }
        OpKind::Conv(conv) => Some(conv::candidate(conv, input)),
        OpKind::MaxPool(pool) => Some(pool::max(*pool)),
        OpKind::AveragePool(pool) => Some(pool::average(pool, input.zero_point)),
        OpKind::Recurrent(op) => Some(recurrent::candidate(op)),
        OpKind::Frame(frame) => Some(shape::candidate(*frame, input.zero_point)),
        OpKind::LayerNorm(norm) => Some(norm::candidate(norm)),
        OpKind::Table(table) => Some(activation::candidate(table)),
        OpKind::Gate(gate) => Some(activation::gate(*gate)),
        OpKind::Add(add) => Some(elementwise::add(network, op, add)),
        OpKind::Multiply(multiply) => Some(elementwise::multiply(network, op, multiply)),
        OpKind::Pick(pick) => Some(elementwise::pick(network, op, pick)),
        OpKind::Embedding(embedding) => Some(embedding::candidate(embedding)),
        OpKind::Concat(concat) => Some(elementwise::concat(network, op, concat)),
        OpKind::Line(line) => Some(stream::line(*line)),
        OpKind::Reshape => None,
        OpKind::Softmax(softmax) => Some(softmax::candidate(*softmax)),
        OpKind::Float(kind) => Some(float::candidate(network, op, kind, optimize)),
        OpKind::Custom(custom) => Some(custom::candidate(custom)),
    }
}

impl Plan {
    /// A slot.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }

    /// The name of a layer.
    pub fn layer(&self, id: LayerId) -> &LayerName {
        &self.layers[id.index()]
    }
}

#[cfg(test)]
mod tests;
