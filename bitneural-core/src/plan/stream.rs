//! Plans of networks of frames: what is kept from one frame to the next, and how it begins.

use super::{Candidate, Endpoint, Kernel, Optimize, Plan, Step, float::FloatKernel, plan_with};
use crate::ids::SlotId;
use crate::network::{Line, Tensor};
use crate::stream::{Clock, Stream};

/// A planned network of frames.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamPlan {
    /// The kernel calls of a frame and their places. Lines, states, counters and outputs keep theirs.
    pub plan: Plan,
    /// When steps run; the first one is each frame.
    pub clocks: Vec<Clock>,
    /// The clock of each step.
    pub of_step: Vec<usize>,
    /// The clock of the outputs.
    pub of_outputs: usize,
    /// Two flags, whether the stream has begun and whether there is an output, then a counter for each clock but the
    /// first.
    pub counters: SlotId,
    /// What is written in front of the first frame.
    pub beginnings: Vec<Beginning>,
}

/// Words of the arena that have one value in front of the first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// The first word.
    pub word: usize,
    /// How many.
    pub words: usize,
    /// What each of them is.
    pub value: u32,
}

/// Flags in front of the counters.
pub const FLAGS: usize = 2;

pub(super) fn line(line: Line) -> Candidate {
    Candidate {
        kernel: Kernel::Line(line),
        scratch_words: 0,
    }
}

/// Plans a network of frames.
pub fn plan(stream: &Stream, optimize: Optimize) -> StreamPlan {
    let mut counters = SlotId(0);
    let plan = plan_with(&stream.network, optimize, |lifetimes, steps, outputs| {
        let end = steps.len();
        for step in steps {
            if let Kernel::Line(_) = step.kernel {
                lifetimes.keep(step.output, end);
            }
            if let Some(state) = step.state {
                lifetimes.keep(state, end);
            }
        }
        for Endpoint { slot, .. } in outputs {
            lifetimes.keep(*slot, end);
        }
        counters = lifetimes.scratch(FLAGS + stream.clocks.len() - 1, 0);
        lifetimes.keep(counters, end);
    });
    // Every op of a network of frames is a step: it has no reshapes.
    let steps = plan.steps.iter().zip(&stream.network.ops);
    let beginnings = steps.flat_map(|(step, op)| {
        let tensor = stream.network.tensor(op.output);
        beginnings(&plan, step, tensor)
    });
    let mut beginnings: Vec<Beginning> = beginnings.collect();
    let of_clocks = plan.slot(counters);
    beginnings.push(Beginning {
        word: of_clocks.word,
        words: of_clocks.words,
        value: 0,
    });
    StreamPlan {
        clocks: stream.clocks.clone(),
        of_step: stream.of_op.clone(),
        of_outputs: stream.of_outputs,
        counters,
        beginnings,
        plan,
    }
}

/// How a line, which is that tensor, or a state begins.
fn beginnings(plan: &Plan, step: &Step, tensor: &Tensor) -> Vec<Beginning> {
    let at = |slot: SlotId, from: usize, words: usize, value: u32| Beginning {
        word: plan.slot(slot).word + from,
        words,
        value,
    };
    match (&step.kernel, step.state) {
        (Kernel::Line(line), _) => {
            let words = plan.slot(step.output).words;
            vec![at(step.output, 0, words, line.word(tensor))]
        }
        (Kernel::Recurrent(layer), Some(state)) => {
            let codes = layer.code_words();
            // The code of 0 (R28).
            let rest = plan.slot(state).words - codes;
            vec![at(state, 0, codes, 0x8080_8080), at(state, codes, rest, 0)]
        }
        (Kernel::Float(FloatKernel::Recurrent(_)), Some(state)) => {
            vec![at(state, 0, plan.slot(state).words, 0)]
        }
        _ => Vec::new(),
    }
}

impl StreamPlan {
    /// Multiply-accumulates of a frame: the mean, and the most.
    pub fn macs(&self) -> (u64, u64) {
        let steps = self.plan.cost.steps.iter().zip(&self.of_step);
        let macs = steps.map(|(cost, &clock)| (cost.macs, self.clocks[clock].period));
        let (mut mean, mut most) = (0.0, 0);
        for (macs, period) in macs {
            mean += macs as f64 / period as f64;
            most += macs;
        }
        (mean.round() as u64, most)
    }
}
