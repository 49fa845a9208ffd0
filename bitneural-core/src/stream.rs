//! From a network over whole sequences to the same network a frame at a time: stage 5 of a model that streams.
//!
//! Time is the first axis of every input. A value along time becomes a frame of it; a window over time reads a *line*,
//! which keeps the frames that it needs; a state is kept from one frame to the next. What reads all of a sequence (a
//! dense layer behind a flatten, global pooling) reads a line of as many frames, and so slides over time. The ops and
//! their constants are those of the whole network, so the bits are, too.

use std::collections::HashMap;

use crate::error::{ErrorKind, Errors, Location};
use crate::graph::Interface;
use crate::ids::TensorId;
use crate::network::{Fill, Line, Network, Op, OpKind, Tensor};
use crate::shape::Shape;

mod op;

/// A network that reads a frame at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// The network of a frame. It has no scores: classes are for whole sequences.
    pub network: Network,
    /// When ops run; the first one is each frame.
    pub clocks: Vec<Clock>,
    /// The clock of each op.
    pub of_op: Vec<usize>,
    /// The clock of the outputs.
    pub of_outputs: usize,
}

/// When something runs: at the frame `first`, counted from 1, and then every so many frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clock {
    /// The first frame at which it does.
    pub first: usize,
    /// Frames from one time to the next.
    pub period: usize,
}

impl Clock {
    /// Each frame.
    pub const EACH: Self = Self {
        first: 1,
        period: 1,
    };

    /// The clock of what runs at the `first` and then every `period` times of this one.
    fn then(self, first: usize, period: usize) -> Self {
        Self {
            first: self.first + (first - 1) * self.period,
            period: self.period * period,
        }
    }
}

/// A value of the whole network, as it comes along time.
#[derive(Debug, Clone, Copy)]
struct Flow {
    /// Its frame in the network of frames.
    tensor: TensorId,
    /// How many frames the whole value has; 1 for what reads all of them.
    frames: usize,
    /// Elements of a frame.
    width: usize,
    clock: Clock,
}

/// The network of frames while it grows.
struct Builder<'a> {
    whole: &'a Network,
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    clocks: Vec<Clock>,
    of_op: Vec<usize>,
    /// The line of a value, shared by those who read it.
    lines: HashMap<(TensorId, Line), TensorId>,
    /// Each value of the whole network that came so far; `None` behind what cannot stream.
    flows: Vec<Option<Flow>>,
}

impl Builder<'_> {
    fn tensor(&mut self, like: TensorId, elements: usize) -> TensorId {
        let like = self.whole.tensor(like).clone();
        self.tensors.push(Tensor { elements, ..like });
        TensorId::from(self.tensors.len() - 1)
    }

    fn clock(&mut self, clock: Clock) -> usize {
        let known = self.clocks.iter().position(|&known| known == clock);
        known.unwrap_or_else(|| {
            self.clocks.push(clock);
            self.clocks.len() - 1
        })
    }

    fn push(&mut self, op: Op, clock: Clock) {
        let clock = self.clock(clock);
        self.of_op.push(clock);
        self.ops.push(op);
    }

    /// The last frames of a value, which `op` reads.
    fn line(&mut self, op: &Op, flow: Flow, frames: usize, fill: Fill) -> TensorId {
        let width = flow.width;
        let line = Line {
            frames,
            width,
            fill,
        };
        if let Some(&known) = self.lines.get(&(flow.tensor, line)) {
            return known;
        }
        let output = self.tensor(op.input(), frames * width);
        self.lines.insert((flow.tensor, line), output);
        let kind = OpKind::Line(line);
        let (layer, inputs) = (op.layer, vec![flow.tensor]);
        let push = Op {
            layer,
            inputs,
            output,
            kind,
        };
        self.push(push, flow.clock);
        output
    }
}

/// Frames of each input, if they are the same.
fn frames(interface: &Interface) -> Result<usize, ErrorKind> {
    let mut counts = interface.inputs.iter().map(|input| match *input.shape.0 {
        [frames, _, ..] => Some(frames),
        _ => None,
    });
    let first = counts.next().flatten();
    match first {
        Some(frames) if counts.all(|count| count == first) => Ok(frames),
        _ => Err(ErrorKind::CannotStream {
            reason: "its inputs have no axis of time in common".to_owned(),
            mend: "give each input a first axis, time, of the same length".to_owned(),
        }),
    }
}

/// The shape of a frame of a value of so many frames, each of so many elements.
fn without_time(shape: &Shape, frames: usize, width: usize) -> Shape {
    match shape.0.split_first() {
        Some((&first, rest)) if first == frames && !rest.is_empty() => Shape(rest.to_vec()),
        _ => Shape::flat(width),
    }
}

/// Makes a network of frames.
///
/// # Errors
/// Every layer that cannot stream; those behind it are not looked at.
pub fn stream(whole: &Network) -> Result<Stream, Errors> {
    let mut problems = Errors::new();
    let frames = match frames(&whole.interface) {
        Ok(frames) => frames,
        Err(kind) => {
            problems.push(kind, Location::default().field("inputs"));
            return Err(problems);
        }
    };
    let mut builder = Builder {
        whole,
        tensors: Vec::new(),
        ops: Vec::new(),
        clocks: vec![Clock::EACH],
        of_op: Vec::new(),
        lines: HashMap::new(),
        flows: vec![None; whole.tensors.len()],
    };
    let mut inputs = Vec::new();
    for &id in &whole.inputs {
        let width = whole.tensor(id).elements / frames;
        let tensor = builder.tensor(id, width);
        inputs.push(tensor);
        builder.flows[id.index()] = Some(Flow {
            tensor,
            frames,
            width,
            clock: Clock::EACH,
        });
    }
    for op in &whole.ops {
        let flows = op.inputs.iter().map(|id| builder.flows[id.index()]);
        let Some(flows) = flows.collect::<Option<Vec<Flow>>>() else {
            continue;
        };
        match builder.add(op, &flows) {
            Ok(flow) => builder.flows[op.output.index()] = Some(flow),
            Err(kind) => problems.push(kind, Location::layer(whole.layer(op.layer))),
        }
    }
    let flows = whole.outputs.iter().map(|id| builder.flows[id.index()]);
    let Some(outputs) = flows.collect::<Option<Vec<Flow>>>() else {
        return Err(problems);
    };
    let clock = outputs[0].clock;
    for (flow, output) in outputs.iter().zip(&whole.interface.outputs) {
        if flow.clock != clock {
            let kind = ErrorKind::CannotStream {
                reason: "its output comes at other frames than the first output".to_owned(),
                mend: "stream a network for each".to_owned(),
            };
            problems.push(kind, Location::layer(&output.id));
        }
    }
    let of_outputs = builder.clock(clock);
    let mut interface = whole.interface.clone();
    for input in &mut interface.inputs {
        let width = input.shape.elements() / frames;
        input.shape = without_time(&input.shape, frames, width);
    }
    for (output, flow) in interface.outputs.iter_mut().zip(&outputs) {
        if flow.frames > 1 {
            output.shape = without_time(&output.shape, flow.frames, flow.width);
        }
    }
    let network = Network {
        interface,
        layers: whole.layers.clone(),
        tensors: builder.tensors,
        ops: builder.ops,
        inputs,
        quantize_inputs: whole.quantize_inputs.clone(),
        normalize_inputs: whole.normalize_inputs.clone(),
        outputs: outputs.iter().map(|flow| flow.tensor).collect(),
        scores: None,
        threshold: None,
    };
    let found = Stream {
        network,
        clocks: builder.clocks,
        of_op: builder.of_op,
        of_outputs,
    };
    problems.into_result(found)
}

#[cfg(test)]
mod tests;
