//! A plan, run step by step by the kernels of bitneural-rt on this machine.

use bitneural_core::graph::Cell;
use bitneural_core::network::{Channel, Custom, Element, Gate, Picked, Requant};
use bitneural_core::plan::memory::Content;
use bitneural_core::plan::{Dense, DenseKernel, Frame, Kernel, Plan, Step};
use bitneural_core::shape::Window;
use bitneural_core::ternarize::Precision;
use bitneural_rt::private as rt;

mod custom;
mod elementwise;
mod linear;
mod recurrent;
mod stream;

pub(super) use elementwise::Several;

pub use stream::HostStream;

/// A plan with its constants where kernels want them: in statics.
pub struct Host {
    plan: Plan,
    records: Vec<Record>,
}

enum Record {
    Dense(DenseKernel, rt::Dense),
    Conv(DenseKernel, rt::Conv),
    Depthwise(Precision, rt::Depthwise),
    MaxPool(rt::MaxPool),
    AveragePool(rt::AveragePool),
    Recurrent(Cell, rt::Recurrent),
    Frame(rt::Frame),
    LayerNorm(rt::LayerNorm),
    Table(rt::Table),
    Gate(rt::Gate),
    Add(rt::Add),
    Multiply(rt::Multiply),
    Pick(Picked, rt::Pick),
    Concat(rt::Concat),
    Embedding(rt::Embedding),
    Line(rt::Line),
    Softmax(rt::Softmax),
    Custom(Custom, &'static rt::Custom),
}

pub(super) fn leak<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

/// A count that the records of the runtime hold in so few bits.
pub(super) fn narrow<T: TryFrom<usize>>(value: usize) -> T {
    T::try_from(value).unwrap_or_else(|_| panic!("{value} is too large for its field"))
}

pub(super) fn words(bytes: &[u8]) -> &'static [u32] {
    let words = bytes.chunks_exact(4);
    leak(
        words
            .map(|word| u32::from_ne_bytes(word.try_into().expect("four bytes")))
            .collect(),
    )
}

fn channels(channels: &[Channel]) -> &'static [rt::Channel] {
    leak(
        channels
            .iter()
            .map(|channel| rt::channel(channel.bias, channel.multiplier))
            .collect(),
    )
}

fn requant(requant: &Requant) -> rt::Requant {
    let bound = |bound: i32| i16::try_from(bound).expect("the network is verified");
    rt::Requant {
        pre_shift: u8::try_from(requant.pre_shift).expect("at most 16"),
        shift: u8::try_from(requant.shift).expect("at most 31"),
        low: bound(requant.low),
        high: bound(requant.high),
    }
}

fn leaky(requant: &Requant) -> Option<&'static rt::Leaky> {
    requant.leaky.as_ref().map(|leaky| {
        let record = rt::Leaky {
            channels: channels(&leaky.channels),
            shift: u8::try_from(leaky.shift).expect("at most 31"),
            zero: i16::try_from(leaky.zero).expect("a code"),
        };
        &*Box::leak(Box::new(record))
    })
}

fn dense(dense: &Dense) -> rt::Dense {
    rt::Dense {
        inputs: narrow(dense.inputs),
        outputs: narrow(dense.outputs),
        weights: words(&dense.weights),
        channels: channels(&dense.requant.channels),
        requant: requant(&dense.requant),
        leaky: leaky(&dense.requant),
    }
}

pub(super) fn window(window: &Window) -> rt::Window {
    rt::Window {
        input_height: narrow(window.input[0]),
        input_width: narrow(window.input[1]),
        output_height: narrow(window.output[0]),
        output_width: narrow(window.output[1]),
        kernel_height: narrow(window.kernel[0]),
        kernel_width: narrow(window.kernel[1]),
        stride_y: narrow(window.stride[0]),
        stride_x: narrow(window.stride[1]),
        dilation_y: narrow(window.dilation[0]),
        dilation_x: narrow(window.dilation[1]),
        pad_top: narrow(window.before[0]),
        pad_left: narrow(window.before[1]),
    }
}

pub(super) fn frame(op: &Frame) -> rt::Frame {
    rt::Frame {
        input_height: narrow(op.frame.input[0]),
        input_width: narrow(op.frame.input[1]),
        output_height: narrow(op.frame.output[0]),
        output_width: narrow(op.frame.output[1]),
        cut_top: narrow(op.frame.cut[0]),
        cut_left: narrow(op.frame.cut[1]),
        pad_top: narrow(op.frame.before[0]),
        pad_left: narrow(op.frame.before[1]),
        repeat_y: narrow(op.frame.repeat[0]),
        repeat_x: narrow(op.frame.repeat[1]),
        channels: narrow(op.channels),
        padding: op.padding,
    }
}

fn record(kernel: &Kernel) -> Record {
    match kernel {
        Kernel::Dense(layer) => Record::Dense(layer.kernel, dense(layer)),
        Kernel::Conv(conv) => Record::Conv(
            conv.dense.kernel,
            rt::Conv {
                window: window(&conv.window),
                groups: narrow(conv.groups),
                padding: conv.padding,
                dense: dense(&conv.dense),
            },
        ),
        Kernel::Depthwise(depthwise) => Record::Depthwise(
            depthwise.precision,
            rt::Depthwise {
                window: window(&depthwise.window),
                channels: narrow(depthwise.channels),
                multiplier: narrow(depthwise.multiplier),
                padding: depthwise.padding,
                weights: words(&depthwise.weights),
                constants: channels(&depthwise.requant.channels),
                requant: requant(&depthwise.requant),
                leaky: leaky(&depthwise.requant),
            },
        ),
        Kernel::MaxPool(pool) => Record::MaxPool(rt::MaxPool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
        }),
        Kernel::AveragePool(pool) => Record::AveragePool(rt::AveragePool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
            padding: pool.padding,
            count_padding: pool.count_padding,
            counts: leak(pool.counts.iter().map(|&count| narrow(count)).collect()),
            constants: channels(&pool.requant.channels),
            requant: requant(&pool.requant),
        }),
        Kernel::Recurrent(layer) => Record::Recurrent(layer.cell, recurrent::record(layer)),
        Kernel::Frame(op) => Record::Frame(frame(op)),
        Kernel::LayerNorm(norm) => Record::LayerNorm(rt::LayerNorm {
            channels: narrow(norm.channels),
            lift: u8::try_from(norm.lift).expect("at most 8"),
            epsilon: norm.epsilon,
            signs: leak(norm.signs.clone()),
            constants: channels(&norm.requant.channels),
            requant: requant(&norm.requant),
        }),
        Kernel::Table(entries) => Record::Table(rt::Table {
            entries: Box::leak(entries.clone()),
        }),
        Kernel::Gate(gate) => Record::Gate(rt::Gate {
            sigmoid: *gate == Gate::Sigmoid,
        }),
        Kernel::Add(add) => Record::Add(elementwise::add(add)),
        Kernel::Multiply(multiply) => Record::Multiply(elementwise::multiply(multiply)),
        Kernel::Pick(pick) => Record::Pick(pick.picked, elementwise::pick(pick)),
        Kernel::Line(line) => Record::Line(rt::Line {
            width: narrow(line.width),
            frames: narrow(line.frames),
        }),
        Kernel::Embedding(op) => Record::Embedding(rt::Embedding {
            rows: narrow(op.rows),
            width: narrow(op.width),
            table: leak(op.codes.clone()),
        }),
        Kernel::Concat(concat) => Record::Concat(elementwise::concat(concat)),
        Kernel::Float(_) => panic!("a kernel of f32 mode: see `float`"),
        Kernel::Custom(custom) => Record::Custom(custom.clone(), custom::record(custom)),
        Kernel::Softmax(softmax) => Record::Softmax(rt::Softmax {
            multiplier: softmax.multiplier,
            shift: u8::try_from(softmax.shift).expect("at most 24"),
            guard: u8::try_from(softmax.guard).expect("at most 8"),
        }),
    }
}

impl Several for Host {
    fn plan(&self) -> &Plan {
        &self.plan
    }
}

/// Words of the arena that tests use: large enough for any random network.
pub(super) const WORDS: usize = 1 << 16;

impl Host {
    /// Prepares a plan. Its constants stay in memory: a test ends soon.
    pub fn new(plan: &Plan) -> Self {
        assert!(
            plan.arena_words <= WORDS,
            "the arena of the tests is too small"
        );
        let records = plan.steps.iter().map(|step| record(&step.kernel)).collect();
        Self {
            plan: plan.clone(),
            records,
        }
    }

    /// What each step writes for an input (the inputs, one after the other), in order.
    pub fn run(&self, input: &[u16]) -> Vec<Vec<i32>> {
        let mut arena = Box::new(rt::Arena::<WORDS>::new());
        // What lies in the arena beforehand must not matter.
        arena.write(rt::slot::<u8>(0, 4 * WORDS)).fill(0xa5);
        self.load(&mut arena, input);
        let steps = self.plan.steps.iter().zip(&self.records);
        steps
            .map(|(step, record)| self.step(&mut arena, step, record))
            .collect()
    }

    fn load(&self, arena: &mut rt::Arena<WORDS>, input: &[u16]) {
        let mut left = input;
        for endpoint in &self.plan.inputs {
            let place = self.plan.slot(endpoint.slot);
            let (own, rest) = left.split_at(place.elements);
            if endpoint.element == Element::U16 {
                rt::copy(
                    own,
                    arena.write(rt::slot::<u16>(place.word, place.elements)),
                );
            } else {
                let codes = own.iter().map(|&code| u8::try_from(code).expect("a code"));
                let codes: Vec<u8> = codes.collect();
                rt::copy(
                    &codes,
                    arena.write(rt::slot::<u8>(place.word, place.elements)),
                );
            }
            left = rest;
        }
    }

    fn step(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record) -> Vec<i32> {
        let to = self.plan.slot(step.output);
        match to.content {
            Content::Tensor(Element::I16) => self.step_to::<i16>(arena, step, record),
            Content::Tensor(Element::U8) => self.step_to::<u8>(arena, step, record),
            // A line of inputs.
            Content::Tensor(Element::U16) => self.step_to::<u8>(arena, step, record),
            Content::Tensor(Element::F32) | Content::Scratch => {
                panic!("a step writes codes")
            }
        }
    }

    fn step_to<O>(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record) -> Vec<i32>
    where
        O: rt::Element + rt::Output + Into<i32>,
    {
        let (from, to) = (self.plan.slot(step.input()), self.plan.slot(step.output));
        let codes = rt::slot::<u8>(from.word, from.elements);
        let output = rt::slot::<O>(to.word, to.elements);
        match record {
            Record::Dense(DenseKernel::Tables, record) => {
                self.three(arena, step, &|input, output: &mut [O], scratch| {
                    rt::dense::tables(record, input, output, scratch);
                });
            }
            Record::Dense(_, _) | Record::Conv(_, _) | Record::Depthwise(_, _)
                if from.content == Content::Tensor(Element::U16) =>
            {
                self.linear::<u16, O>(arena, step, record);
            }
            Record::Dense(_, _) | Record::Conv(_, _) | Record::Depthwise(_, _) => {
                self.linear::<u8, O>(arena, step, record);
            }
            Record::AveragePool(record) => {
                let (input, output) = arena.two(codes, output);
                rt::pool::average(record, input, output);
            }
            Record::MaxPool(record) => {
                let (input, output) = arena.two(codes, rt::slot::<u8>(to.word, to.elements));
                rt::pool::max(record, input, output);
            }
            Record::Recurrent(cell, record) if from.content == Content::Tensor(Element::U16) => {
                self.recurrent::<u16>(arena, step, *cell, record);
            }
            Record::Recurrent(cell, record) => {
                self.recurrent::<u8>(arena, step, *cell, record);
            }
            Record::Line(record) if from.content == Content::Tensor(Element::U16) => {
                self.push::<u16>(arena, step, record);
                return Vec::new();
            }
            Record::Line(record) => self.push::<O>(arena, step, record),
            Record::Frame(record) => {
                let (input, output) = arena.two(codes, rt::slot::<u8>(to.word, to.elements));
                rt::shape::frame(record, input, output);
            }
            Record::LayerNorm(record) => {
                let (input, output) = arena.two(codes, rt::slot::<u8>(to.word, to.elements));
                rt::norm::layer_norm(record, input, output);
            }
            Record::Table(record) if step.input() == step.output => {
                rt::activation::table_in_place(record, arena.write(codes));
            }
            Record::Table(record) => {
                let (input, output) = arena.two(codes, rt::slot::<u8>(to.word, to.elements));
                rt::activation::table(record, input, output);
            }
            Record::Gate(record) => {
                let values = rt::slot::<i16>(from.word, from.elements);
                let (input, output) = arena.two(values, rt::slot::<i16>(to.word, to.elements));
                rt::gate::gate(record, input, output);
            }
            Record::Add(record) => self.several(arena, step, |inputs, output| {
                rt::elementwise::add(record, inputs, output);
            }),
            Record::Multiply(record) => self.several(arena, step, |inputs, output| {
                rt::elementwise::multiply(record, inputs, output);
            }),
            Record::Pick(Picked::Largest, record) => {
                self.several(arena, step, |inputs, output| {
                    rt::elementwise::maximum(record, inputs, output);
                });
            }
            Record::Pick(Picked::Smallest, record) => {
                self.several(arena, step, |inputs, output| {
                    rt::elementwise::minimum(record, inputs, output);
                });
            }
            Record::Embedding(record) => {
                let to = rt::slot::<u8>(to.word, to.elements);
                if from.content == Content::Tensor(Element::U16) {
                    let indices = rt::slot::<u16>(from.word, from.elements);
                    let (input, output) = arena.two(indices, to);
                    rt::embedding::lookup(record, input, output);
                } else {
                    let (input, output) = arena.two(codes, to);
                    rt::embedding::lookup(record, input, output);
                }
            }
            Record::Concat(record) => self.several(arena, step, |inputs, output| {
                rt::elementwise::concat(record, inputs, output);
            }),
            Record::Custom(custom, record) => self.custom(arena, step, custom, record),
            Record::Softmax(record) if from.content == Content::Tensor(Element::I16) => {
                let logits = rt::slot::<i16>(from.word, from.elements);
                let (input, output) = arena.two(logits, output);
                rt::softmax::softmax(record, input, output);
            }
            Record::Softmax(record) => {
                let (input, output) = arena.two(codes, output);
                rt::softmax::softmax(record, input, output);
            }
        }
        arena.read(output).iter().map(|&y| y.into()).collect()
    }
}
