//! The kernels with weights, which read codes or wide codes.

use bitneural_core::plan::{DenseKernel, Step};
use bitneural_core::ternarize::Precision;
use bitneural_rt::private as rt;

use super::{Host, Record, WORDS};

/// A kernel that takes working memory.
type Run<'a, I, O> = dyn Fn(&[I], &mut [O], &mut [u32]) + 'a;

impl Host {
    /// Calls a kernel that takes working memory with what the plan has, which may be nothing.
    pub(super) fn three<I, O>(&self, arena: &mut rt::Arena<WORDS>, step: &Step, run: &Run<'_, I, O>)
    where
        I: rt::Element,
        O: rt::Element,
    {
        let (from, to) = (self.plan.slot(step.input()), self.plan.slot(step.output));
        let input = rt::slot::<I>(from.word, from.elements);
        let output = rt::slot::<O>(to.word, to.elements);
        match step.scratch.map(|id| self.plan.slot(id)) {
            Some(scratch) => {
                let scratch = rt::slot::<u32>(scratch.word, scratch.words);
                let (input, output, scratch) = arena.three(input, output, scratch);
                run(input, output, scratch);
            }
            None => {
                let (input, output) = arena.two(input, output);
                run(input, output, &mut []);
            }
        }
    }

    /// Calls a kernel with weights that reads `I`.
    pub(super) fn linear<I, O>(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record)
    where
        I: rt::Code,
        O: rt::Element + rt::Output,
    {
        self.three(
            arena,
            step,
            &|input: &[I], output: &mut [O], scratch| match record {
                Record::Dense(DenseKernel::Digits, record) => {
                    rt::dense::digits(record, input, output)
                }
                Record::Dense(DenseKernel::Int8, record) => rt::dense::int8(record, input, output),
                Record::Conv(DenseKernel::Digits | DenseKernel::Tables, record) => {
                    rt::conv::digits(record, input, output, scratch);
                }
                Record::Conv(DenseKernel::Int8, record) => {
                    rt::conv::int8(record, input, output, scratch);
                }
                Record::Depthwise(Precision::Ternary, record) => {
                    rt::depthwise::digits(record, input, output, scratch);
                }
                Record::Depthwise(Precision::Int8, record) => {
                    rt::depthwise::int8(record, input, output, scratch);
                }
                Record::Dense(DenseKernel::Tables, _)
                | Record::MaxPool(_)
                | Record::AveragePool(_)
                | Record::Recurrent(..)
                | Record::LayerNorm(_)
                | Record::Line(_)
                | Record::Embedding(_)
                | Record::Frame(_)
                | Record::Table(_)
                | Record::Gate(_)
                | Record::Add(_)
                | Record::Multiply(_)
                | Record::Pick(_, _)
                | Record::Concat(_)
                | Record::Softmax(_)
                | Record::Custom(_, _) => panic!("no kernel with weights that reads any code"),
            },
        );
    }
}
