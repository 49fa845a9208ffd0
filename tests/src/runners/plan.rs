//! A plan, run step by step by the kernels of bitneural-rt on this machine.

use bitneural_core::network::Element;
use bitneural_core::plan::memory::Content;
use bitneural_core::plan::{DenseKernel, Kernel, Plan, Step};
use bitneural_rt::private as rt;

/// A plan with its constants where kernels want them: in statics.
pub struct Host {
    plan: Plan,
    records: Vec<Record>,
}

enum Record {
    Dense(DenseKernel, rt::Dense),
    Table(rt::Table),
    Softmax(rt::Softmax),
}

fn leak<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

fn record(kernel: &Kernel) -> Record {
    match kernel {
        Kernel::Dense(dense) => {
            let words = dense.weights.chunks_exact(4);
            let words = words.map(|word| u32::from_ne_bytes(word.try_into().expect("four bytes")));
            let requant = &dense.requant;
            let channels = requant
                .channels
                .iter()
                .map(|channel| rt::channel(channel.bias, channel.multiplier));
            let narrow = |bound: i32| i16::try_from(bound).expect("the network is verified");
            let record = rt::Dense {
                inputs: u32::try_from(dense.inputs).expect("small"),
                outputs: u32::try_from(dense.outputs).expect("small"),
                weights: leak(words.collect()),
                channels: leak(channels.collect()),
                requant: rt::Requant {
                    pre_shift: u8::try_from(requant.pre_shift).expect("at most 16"),
                    shift: u8::try_from(requant.shift).expect("at most 31"),
                    low: narrow(requant.low),
                    high: narrow(requant.high),
                },
                leaky: None,
            };
            Record::Dense(dense.kernel, record)
        }
        Kernel::Table(entries) => Record::Table(rt::Table {
            entries: Box::leak(entries.clone()),
        }),
        Kernel::Softmax(softmax) => Record::Softmax(rt::Softmax {
            multiplier: softmax.multiplier,
            shift: u8::try_from(softmax.shift).expect("at most 24"),
            guard: u8::try_from(softmax.guard).expect("at most 8"),
        }),
    }
}

/// Words of the arena that tests use: large enough for any random network.
const WORDS: usize = 1 << 14;

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

    /// What each step writes for an input, in order; the last one is the output.
    pub fn run(&self, input: &[u8]) -> Vec<Vec<i32>> {
        let mut arena = Box::new(rt::Arena::<WORDS>::new());
        // What lies in the arena beforehand must not matter.
        arena.write(rt::slot::<u8>(0, 4 * WORDS)).fill(0xa5);
        let place = self.plan.slot(self.plan.input.slot);
        rt::copy(
            input,
            arena.write(rt::slot::<u8>(place.word, place.elements)),
        );
        let steps = self.plan.steps.iter().zip(&self.records);
        steps
            .map(|(step, record)| self.step(&mut arena, step, record))
            .collect()
    }

    fn step(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record) -> Vec<i32> {
        let (from, to) = (self.plan.slot(step.input), self.plan.slot(step.output));
        let wide = |content| content == Content::Tensor(Element::I16);
        let u8_in = rt::slot::<u8>(from.word, from.elements);
        let i16_in = rt::slot::<i16>(from.word, from.elements);
        let u8_out = rt::slot::<u8>(to.word, to.elements);
        let i16_out = rt::slot::<i16>(to.word, to.elements);
        match record {
            Record::Dense(DenseKernel::Digits, record) if wide(to.content) => {
                let (input, output) = arena.two(u8_in, i16_out);
                rt::dense::digits(record, input, output);
            }
            Record::Dense(DenseKernel::Digits, record) => {
                let (input, output) = arena.two(u8_in, u8_out);
                rt::dense::digits(record, input, output);
            }
            Record::Dense(DenseKernel::Tables, record) => {
                let scratch = self.plan.slot(step.scratch.expect("the plan is verified"));
                let scratch = rt::slot::<u32>(scratch.word, scratch.words);
                if wide(to.content) {
                    let (input, output, scratch) = arena.three(u8_in, i16_out, scratch);
                    rt::dense::tables(record, input, output, scratch);
                } else {
                    let (input, output, scratch) = arena.three(u8_in, u8_out, scratch);
                    rt::dense::tables(record, input, output, scratch);
                }
            }
            Record::Table(record) if step.input == step.output => {
                rt::activation::table_in_place(record, arena.write(u8_out));
            }
            Record::Table(record) => {
                let (input, output) = arena.two(u8_in, u8_out);
                rt::activation::table(record, input, output);
            }
            Record::Softmax(record) => match (wide(from.content), wide(to.content)) {
                (true, true) => {
                    let (input, output) = arena.two(i16_in, i16_out);
                    rt::softmax::softmax(record, input, output);
                }
                (true, false) => {
                    let (input, output) = arena.two(i16_in, u8_out);
                    rt::softmax::softmax(record, input, output);
                }
                (false, true) => {
                    let (input, output) = arena.two(u8_in, i16_out);
                    rt::softmax::softmax(record, input, output);
                }
                (false, false) => {
                    let (input, output) = arena.two(u8_in, u8_out);
                    rt::softmax::softmax(record, input, output);
                }
            },
        }
        if wide(to.content) {
            arena.read(i16_out).iter().map(|&y| y.into()).collect()
        } else {
            arena.read(u8_out).iter().map(|&y| y.into()).collect()
        }
    }
}
