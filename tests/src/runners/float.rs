//! Networks of f32 mode: the kernels of bitneural-rt on this machine, and how far from the float reference any
//! implementation may be.

mod expected;
mod records;

use bitneural_core::Compiled;
use bitneural_core::custom::Real;
use bitneural_core::graph::Cell;
use bitneural_core::plan::{DenseKernel, Plan, Step};
use bitneural_core::ternarize::Precision;
use bitneural_rt::private as rt;

use super::plan::{Several, WORDS, leak};
use records::{Record, record};

pub use expected::{Expected, expected};

/// A plan with its constants where kernels want them: in statics.
pub struct Host {
    plan: Plan,
    records: Vec<Record>,
}

impl Host {
    /// Prepares the plan of a model in f32 mode. Its constants stay in memory: a test ends soon.
    #[must_use]
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
    #[must_use]
    pub fn run(&self, input: &[f32]) -> Vec<Vec<f32>> {
        let mut arena = Box::new(rt::Arena::<WORDS>::new());
        // What lies in the arena beforehand must not matter.
        arena.write(rt::slot::<u32>(0, WORDS)).fill(0x7fc0_0000);
        let mut left = input;
        for (endpoint, channels) in self.plan.inputs.iter().zip(&self.plan.normalize_inputs) {
            let channels = channels.iter().map(|channel| rt::NormalChannel {
                mean: channel.mean,
                factor: channel.factor,
            });
            let layer = rt::Normalize {
                channels: leak(channels.collect()),
            };
            let place = self.plan.slot(endpoint.slot);
            let (own, rest) = left.split_at(place.elements);
            let slot = rt::slot::<f32>(place.word, place.elements);
            rt::normalize(&layer, own, arena.write(slot));
            left = rest;
        }
        let steps = self.plan.steps.iter().zip(&self.records);
        steps
            .map(|(step, record)| self.step(&mut arena, step, record))
            .collect()
    }

    fn step(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record) -> Vec<f32> {
        let (from, to) = (self.plan.slot(step.input()), self.plan.slot(step.output));
        let from = rt::slot::<f32>(from.word, from.elements);
        let to = rt::slot::<f32>(to.word, to.elements);
        match record {
            Record::Join(function, layer) => {
                let kernel = records::join_kernel(*function);
                self.several(arena, step, |inputs, output| kernel(layer, inputs, output));
                return arena.read(to).to_vec();
            }
            Record::Concat(layer) => {
                self.several(arena, step, |inputs, output| {
                    rt::float_elementwise::concat(layer, inputs, output);
                });
                return arena.read(to).to_vec();
            }
            // The firmware's function is not here: its op takes its place.
            Record::Custom(custom) => {
                let slots = step.inputs.iter().map(|&id| self.plan.slot(id));
                let read = slots.map(|slot| arena.read(rt::slot::<f32>(slot.word, slot.elements)));
                let read: Vec<Vec<f32>> = read.map(<[f32]>::to_vec).collect();
                let inputs = read.iter().zip(&custom.inputs);
                let inputs = inputs.map(|(values, format)| Real {
                    shape: &format.shape,
                    values,
                });
                let op = custom.op.as_ref().expect("a registered op").op();
                let values = op.float(&inputs.collect::<Vec<_>>(), &custom.parameters);
                arena.write(to).copy_from_slice(&values);
                return values;
            }
            Record::Dense(..)
            | Record::Conv(..)
            | Record::Depthwise(..)
            | Record::MaxPool(_)
            | Record::AveragePool(_)
            | Record::Recurrent(..)
            | Record::Embedding(_)
            | Record::LayerNorm(_)
            | Record::Relu(_)
            | Record::Elu(_)
            | Record::Line(_)
            | Record::Curve(_)
            | Record::Frame(_)
            | Record::Softmax => {}
        }
        if step.input() == step.output {
            let data = arena.write(from);
            match record {
                Record::Relu(layer) => rt::float_activation::relu_in_place(layer, data),
                Record::Elu(layer) => rt::float_activation::elu_in_place(layer, data),
                Record::Line(layer) => rt::float_activation::line_in_place(layer, data),
                Record::Curve(function) => records::curve(*function).1(data),
                Record::Dense(..)
                | Record::Conv(..)
                | Record::Depthwise(..)
                | Record::MaxPool(_)
                | Record::AveragePool(_)
                | Record::Recurrent(..)
                | Record::Embedding(_)
                | Record::LayerNorm(_)
                | Record::Frame(_)
                | Record::Join(..)
                | Record::Concat(_)
                | Record::Custom(_)
                | Record::Softmax => panic!("a kernel that does not work in place"),
            }
            return arena.read(to).to_vec();
        }
        let (input, output, scratch) = match step.scratch {
            Some(id) => {
                let slot = self.plan.slot(id);
                arena.three(from, to, rt::slot::<u32>(slot.word, slot.words))
            }
            None => {
                let (input, output) = arena.two(from, to);
                (input, output, &mut [][..])
            }
        };
        match record {
            Record::Dense(DenseKernel::Int8, layer) => rt::float_dense::int8(layer, input, output),
            Record::Dense(DenseKernel::Digits | DenseKernel::Tables, layer) => {
                rt::float_dense::digits(layer, input, output);
            }
            Record::Conv(DenseKernel::Int8, layer) => {
                rt::float_conv::int8(layer, input, output, scratch);
            }
            Record::Conv(DenseKernel::Digits | DenseKernel::Tables, layer) => {
                rt::float_conv::digits(layer, input, output, scratch);
            }
            Record::Depthwise(Precision::Int8, layer) => {
                rt::float_depthwise::int8(layer, input, output, scratch);
            }
            Record::Depthwise(Precision::Ternary, layer) => {
                rt::float_depthwise::digits(layer, input, output, scratch);
            }
            Record::MaxPool(layer) => rt::float_pool::max(layer, input, output),
            Record::AveragePool(layer) => rt::float_pool::average(layer, input, output),
            Record::Recurrent(cell, layer) => {
                let kernel = match cell {
                    Cell::Lstm => rt::float_recurrent::lstm,
                    Cell::Gru => rt::float_recurrent::gru,
                    Cell::GruResetBefore => rt::float_recurrent::gru_reset_before,
                    Cell::SimpleRnn => rt::float_recurrent::simple_rnn,
                };
                kernel(layer, input, output, scratch);
            }
            Record::Embedding(layer) => rt::float_embedding::lookup(layer, input, output),
            Record::LayerNorm(layer) => rt::float_norm::layer_norm(layer, input, output),
            Record::Relu(layer) => rt::float_activation::relu(layer, input, output),
            Record::Elu(layer) => rt::float_activation::elu(layer, input, output),
            Record::Line(layer) => rt::float_activation::line(layer, input, output),
            Record::Curve(function) => records::curve(*function).0(input, output),
            Record::Frame(layer) => rt::float_shape::frame(layer, input, output),
            Record::Join(..) | Record::Concat(_) | Record::Custom(_) => {
                unreachable!("they are done above")
            }
            Record::Softmax => rt::float_softmax::softmax(input, output),
        }
        arena.read(to).to_vec()
    }
}

impl Several for Host {
    fn plan(&self) -> &Plan {
        &self.plan
    }
}

/// The first value of the steps that is too far from what it should be, in words.
#[must_use]
pub fn difference(compiled: &Compiled, input: &[f32], found: &[Vec<f32>]) -> Option<String> {
    let network = &compiled.network;
    let expected = expected(&compiled.graph, input);
    let computing =
        |op: &&bitneural_core::network::Op| op.kind != bitneural_core::network::OpKind::Reshape;
    let ops = network.ops.iter().filter(computing);
    assert_eq!(ops.clone().count(), found.len(), "a step an op");
    ops.zip(found).enumerate().find_map(|(step, (op, found))| {
        // Within a chain of functions there is no value of the graph.
        let expected = expected.get(op.output.index())?;
        assert_eq!(expected.len(), found.len(), "elements");
        let wrong = expected
            .iter()
            .zip(found)
            .position(|(e, &y)| !e.allows(y))?;
        Some(format!(
            "step {step}, layer `{}`, kernel {}: element {wrong} of {} is {} instead of {:?}",
            network.layer(op.layer),
            compiled.plan.steps[step].kernel.name(),
            found.len(),
            found[wrong],
            expected[wrong]
        ))
    })
}
