//! Each op, a frame at a time.

use super::{Builder, Clock, Flow};
use crate::error::ErrorKind;
use crate::network::float::{self, Float};
use crate::network::{Concat, Fill, Op, OpKind, Recurrent};
use crate::shape::{Frame, Window};

/// A layer that cannot stream: why, and what to do instead.
fn refused(reason: &str, mend: &str) -> ErrorKind {
    ErrorKind::CannotStream {
        reason: reason.to_owned(),
        mend: mend.to_owned(),
    }
}

/// Which axis of an image of such positions is time, if the value comes along it.
fn time_axis(positions: [usize; 2], flow: Flow) -> Result<Option<usize>, ErrorKind> {
    match positions {
        _ if flow.frames == 1 => Ok(None),
        [height, _] if height == flow.frames => Ok(Some(0)),
        [1, width] if width == flow.frames => Ok(Some(1)),
        _ => Err(refused(
            "it reads its input in another shape, of which time is not the first axis",
            "reshape behind the layers that go along time alone",
        )),
    }
}

impl Builder<'_> {
    /// Adds an op, and gives what it yields.
    pub(super) fn add(&mut self, op: &Op, flows: &[Flow]) -> Result<Flow, ErrorKind> {
        let flow = flows[0];
        match &op.kind {
            OpKind::Dense(_) | OpKind::Float(Float::Dense(_)) => {
                let all = self.all(op, flow);
                Ok(self.yields(op, op.kind.clone(), vec![all.tensor], all, 1))
            }
            OpKind::Softmax(_) | OpKind::Float(Float::Softmax) if flow.frames > 1 => Err(refused(
                "a softmax over time needs all of it",
                "take the softmax of each frame's own values",
            )),
            OpKind::Conv(conv) => self.windowed(op, flow, &conv.window, Fill::Zero, |window| {
                let mut conv = conv.clone();
                conv.window = window;
                OpKind::Conv(conv)
            }),
            OpKind::MaxPool(pool) => {
                self.windowed(op, flow, &pool.window, Fill::Lowest, |window| {
                    OpKind::MaxPool(crate::network::MaxPool { window, ..*pool })
                })
            }
            OpKind::AveragePool(pool) => {
                counts_padding(flow, &pool.window, pool.count_padding)?;
                self.windowed(op, flow, &pool.window, Fill::Zero, |window| {
                    let mut pool = pool.clone();
                    pool.window = window;
                    OpKind::AveragePool(pool)
                })
            }
            OpKind::Recurrent(layer) => {
                let layer = stepped(layer, flow)?;
                Ok(self.recurrent(
                    op,
                    flow,
                    layer.sequences,
                    OpKind::Recurrent(Box::new(layer)),
                ))
            }
            OpKind::Frame(frame) => self.framed(op, flow, frame.frame, |found| {
                OpKind::Frame(crate::network::Frame {
                    frame: found,
                    ..*frame
                })
            }),
            OpKind::Concat(concat) => {
                let rounds = rounds(concat.rounds, flow)?;
                self.together(op, flows, |_| {
                    OpKind::Concat(Concat {
                        rounds,
                        ..concat.clone()
                    })
                })
            }
            OpKind::Add(_) | OpKind::Multiply(_) | OpKind::Pick(_) => {
                self.together(op, flows, |op| op.kind.clone())
            }
            OpKind::Reshape => Ok(flow),
            OpKind::LayerNorm(norm) => self.normed(op, flow, norm.channels),
            OpKind::Table(_) | OpKind::Gate(_) | OpKind::Embedding(_) | OpKind::Softmax(_) => {
                self.alone(op, flow)
            }
            OpKind::Custom(_) if flows.iter().any(|flow| flow.frames > 1) => Err(custom()),
            OpKind::Custom(_) => self.together(op, flows, |op| op.kind.clone()),
            OpKind::Line(_) => Err(refused(
                "it goes frame by frame already",
                "stream the network of whole sequences",
            )),
            OpKind::Float(kind) => self.add_float(op, flows, kind),
        }
    }

    fn add_float(&mut self, op: &Op, flows: &[Flow], kind: &Float) -> Result<Flow, ErrorKind> {
        let flow = flows[0];
        let of_floats = |kind: Float| OpKind::Float(kind);
        match kind {
            Float::Conv(conv) => self.windowed(op, flow, &conv.window, Fill::Zero, |window| {
                let mut conv = conv.clone();
                conv.window = window;
                of_floats(Float::Conv(conv))
            }),
            Float::MaxPool(pool) => self.windowed(op, flow, &pool.window, Fill::Lowest, |window| {
                of_floats(Float::MaxPool(crate::network::MaxPool { window, ..*pool }))
            }),
            Float::AveragePool(pool) => {
                counts_padding(flow, &pool.window, pool.count_padding)?;
                self.windowed(op, flow, &pool.window, Fill::Zero, |window| {
                    of_floats(Float::AveragePool(float::AveragePool { window, ..*pool }))
                })
            }
            Float::Recurrent(layer) => {
                let layer = stepped(layer, flow)?;
                let sequences = layer.sequences;
                let kind = of_floats(Float::Recurrent(Box::new(layer)));
                Ok(self.recurrent(op, flow, sequences, kind))
            }
            Float::Frame(frame) => self.framed(op, flow, frame.frame, |found| {
                of_floats(Float::Frame(crate::network::Frame {
                    frame: found,
                    ..*frame
                }))
            }),
            Float::Concat(whole) => {
                let rounds = rounds(*whole, flow)?;
                self.together(op, flows, |_| of_floats(Float::Concat(rounds)))
            }
            Float::Join(_) => self.together(op, flows, |op| op.kind.clone()),
            Float::LayerNorm(norm) => self.normed(op, flow, norm.channels.len()),
            Float::Embedding(_) | Float::Activation(_) | Float::Softmax | Float::Dense(_) => {
                self.alone(op, flow)
            }
            Float::Custom(_) if flows.iter().any(|flow| flow.frames > 1) => Err(custom()),
            Float::Custom(_) => self.together(op, flows, |op| op.kind.clone()),
        }
    }

    /// Adds an op that yields so many frames of the same clock.
    fn yields(
        &mut self,
        op: &Op,
        kind: OpKind,
        inputs: Vec<crate::ids::TensorId>,
        flow: Flow,
        frames: usize,
    ) -> Flow {
        let width = self.whole.tensor(op.output).elements / frames;
        let output = self.tensor(op.output, width);
        let layer = op.layer;
        let made = Op {
            layer,
            inputs,
            output,
            kind,
        };
        self.push(made, flow.clock);
        Flow {
            tensor: output,
            frames,
            width,
            clock: flow.clock,
        }
    }

    /// What does the same with each frame.
    fn alone(&mut self, op: &Op, flow: Flow) -> Result<Flow, ErrorKind> {
        Ok(self.yields(op, op.kind.clone(), vec![flow.tensor], flow, flow.frames))
    }

    /// All frames of a value, as one.
    fn all(&mut self, op: &Op, flow: Flow) -> Flow {
        if flow.frames == 1 {
            return flow;
        }
        Flow {
            tensor: self.line(op, flow, flow.frames, Fill::Zero),
            frames: 1,
            width: flow.width * flow.frames,
            clock: flow.clock.then(flow.frames, 1),
        }
    }

    /// What goes over so many channels of a frame, or of all frames as one.
    fn normed(&mut self, op: &Op, flow: Flow, channels: usize) -> Result<Flow, ErrorKind> {
        if flow.width.is_multiple_of(channels) {
            return self.alone(op, flow);
        }
        let all = self.all(op, flow);
        Ok(self.yields(op, op.kind.clone(), vec![all.tensor], all, 1))
    }

    /// What reads several values frame by frame.
    fn together(
        &mut self,
        op: &Op,
        flows: &[Flow],
        kind: impl Fn(&Op) -> OpKind,
    ) -> Result<Flow, ErrorKind> {
        let flow = flows[0];
        if flows.iter().any(|other| other.frames != flow.frames) {
            return Err(refused(
                "it joins values of other numbers of frames",
                "join what comes along time with what comes along time alone",
            ));
        }
        if flows.iter().any(|other| other.clock != flow.clock) {
            return Err(refused(
                "the values that it joins come at other frames",
                "let all branches look back alone, with causal padding and the same strides",
            ));
        }
        let inputs = flows.iter().map(|flow| flow.tensor).collect();
        Ok(self.yields(op, kind(op), inputs, flow, flow.frames))
    }

    fn recurrent(&mut self, op: &Op, flow: Flow, sequences: bool, kind: OpKind) -> Flow {
        let frames = if sequences { flow.frames } else { 1 };
        self.yields(op, kind, vec![flow.tensor], flow, frames)
    }

    /// A window that slides along time, among others.
    fn windowed(
        &mut self,
        op: &Op,
        flow: Flow,
        window: &Window,
        fill: Fill,
        kind: impl Fn(Window) -> OpKind,
    ) -> Result<Flow, ErrorKind> {
        // Of one position there is nothing but channels: all frames, as one.
        let flow = match window.input {
            [1, 1] => self.all(op, flow),
            _ => flow,
        };
        let Some(axis) = time_axis(window.input, flow)? else {
            return Ok(self.yields(op, kind(*window), vec![flow.tensor], flow, 1));
        };
        let (stride, before) = (window.stride[axis], window.before[axis]);
        let span = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
        let last = (window.output[axis] - 1) * stride + span;
        if last > before + flow.frames {
            return Err(refused(
                "its padding behind the last frame would need frames to come",
                "use `causal` or `valid` padding over time",
            ));
        }
        if before >= span {
            return Err(refused(
                "its padding in front of the first frame is longer than its window",
                "pad by less than the window",
            ));
        }
        let tensor = if span == 1 {
            flow.tensor
        } else {
            self.line(op, flow, span, fill)
        };
        let mut seen = *window;
        seen.input[axis] = span;
        seen.output[axis] = 1;
        seen.stride[axis] = 1;
        seen.before[axis] = 0;
        let read = Flow {
            clock: flow.clock.then(span - before, stride),
            ..flow
        };
        Ok(self.yields(op, kind(seen), vec![tensor], read, window.output[axis]))
    }

    /// An image in another frame.
    fn framed(
        &mut self,
        op: &Op,
        flow: Flow,
        frame: Frame,
        kind: impl Fn(Frame) -> OpKind,
    ) -> Result<Flow, ErrorKind> {
        let Some(axis) = time_axis(frame.input, flow)? else {
            return Ok(self.yields(op, kind(frame), vec![flow.tensor], flow, 1));
        };
        if frame.before[axis] > 0 || frame.repeat[axis] > 1 {
            return Err(refused(
                "it adds frames",
                "give padding to the convolution behind it, and upsample other axes than time alone",
            ));
        }
        let (frames, cut) = (frame.output[axis], frame.cut[axis]);
        if cut + frames != flow.frames {
            return Err(refused(
                "it adds frames behind the last one, or cuts some off there",
                "pad and crop in front alone: nobody knows which frame is the last",
            ));
        }
        let clock: Clock = flow.clock.then(cut + 1, 1);
        let mut seen = frame;
        seen.input[axis] = 1;
        seen.output[axis] = 1;
        seen.cut[axis] = 0;
        let read = Flow { clock, ..flow };
        if seen.only_pads() && seen.input == seen.output {
            return Ok(Flow { frames, ..read });
        }
        Ok(self.yields(op, kind(seen), vec![flow.tensor], read, frames))
    }
}

/// Rounds of a concat in a frame.
fn rounds(whole: usize, flow: Flow) -> Result<usize, ErrorKind> {
    if whole.is_multiple_of(flow.frames) {
        return Ok(whole / flow.frames);
    }
    Err(refused(
        "it joins along time",
        "join along the channels alone",
    ))
}

/// Padded frames that do not count would make the first means those of fewer frames.
fn counts_padding(flow: Flow, window: &Window, counts: bool) -> Result<(), ErrorKind> {
    match time_axis(window.input, flow)? {
        Some(axis) if window.before[axis] > 0 && !counts => Err(refused(
            "its first means are those of fewer frames",
            "use `valid` padding over time, or let padding count",
        )),
        _ => Ok(()),
    }
}

fn custom() -> ErrorKind {
    refused(
        "nobody knows how a layer of your own goes along time",
        "stream the layers in front of it, and call it yourself",
    )
}

/// A recurrent op that takes a step at a time.
fn stepped<C: Clone>(layer: &Recurrent<C>, flow: Flow) -> Result<Recurrent<C>, ErrorKind> {
    if layer.reads_backwards {
        return Err(refused(
            "it begins with the last frame",
            "use a layer that goes forwards alone",
        ));
    }
    if layer.steps != flow.frames {
        return Err(refused(
            "its steps are not the frames of the input",
            "reshape behind the layers that go along time alone",
        ));
    }
    let mut layer = layer.clone();
    layer.steps = 1;
    layer.keeps_state = true;
    Ok(layer)
}
