//! Calls of kernels in words: the function, and the record of an op, with weights as the tests encode
//! them and as the compiler does.
//!
//! A request to `host.rs` or `c/answer.c`, and a job of `tests/firmware/kernels`, is such a call with
//! inputs behind it.

use bitneural_core::network::{Element as CoreElement, Requant};
use bitneural_core::plan::{self, DenseKernel, Optimize, Plan, encode as core_encode, plan};
use bitneural_core::ternarize::Precision;

use super::frame;
use super::reference::network_of;
use crate::encode;
use crate::spec::Element;
use crate::spec::op::{AveragePool, Conv, Dense, Depthwise, Epilogue, Gate, LayerNorm, Leaky, Op};

mod elementwise;
mod kernel;
pub(in crate::runners) mod recurrent;
mod window;

pub use kernel::Kernel;
use window::{
    kernel_of_conv, kernel_of_depthwise, max_pool, way, words_of_core_window, words_of_window,
};

/// A kernel with all but its input.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The kernel.
    pub kernel: Kernel,
    /// The kernel, and who encoded the weights.
    pub way: &'static str,
    /// The elements that it is made for: none, what it writes, or what it reads and what it writes.
    pub elements: Vec<Element>,
    /// The words of its record and of the size of its scratch.
    pub record: Vec<u32>,
}

/// All ways to compute an op of so many inputs.
#[must_use]
pub fn calls(op: &Op, inputs: usize) -> Vec<Call> {
    match op {
        Op::Dense(op) => dense(op),
        Op::Conv(conv) => vec![by_tests_conv(conv), planned(op, inputs)],
        Op::Depthwise(depthwise) => vec![by_tests_depthwise(depthwise), planned(op, inputs)],
        Op::MaxPool(pool) => {
            let by_tests = max_pool(words_of_window(&pool.window), pool.channels);
            vec![
                call(Kernel::PoolMax, "", &[], by_tests),
                planned(op, inputs),
            ]
        }
        Op::AveragePool(pool) => vec![by_tests_average(pool), planned(op, inputs)],
        Op::Add(_) | Op::Multiply(_) | Op::Pick(_) | Op::Concat(_) => {
            elementwise::calls(op).expect("several inputs")
        }
        Op::LayerNorm(norm) => {
            let record = layer_norm(norm);
            vec![
                call(Kernel::NormLayerNorm, "", &[], record),
                planned(op, inputs),
            ]
        }
        Op::Recurrent(op_recurrent) => {
            let kernel = recurrent::kernel(op_recurrent.fields.cell);
            let elements = [op_recurrent.fields.input_element, Element::U8];
            vec![
                call(kernel, "", &elements, recurrent::words(op_recurrent)),
                planned(op, inputs),
            ]
        }
        Op::Frame(op_frame) => vec![
            call(Kernel::ShapeFrame, "", &[], frame::words(op_frame)),
            planned(op, inputs),
        ],
        Op::Embedding(op) => {
            let mut record = vec![word(op.rows), word(op.width)];
            list(
                &mut record,
                &op.table.iter().map(|&code| code.into()).collect::<Vec<_>>(),
            );
            let elements = [op.input_element, Element::U8];
            vec![call(Kernel::Embedding, "", &elements, record)]
        }
        Op::Table(entries) => {
            let record: Vec<u32> = entries.iter().map(|&entry| u32::from(entry)).collect();
            vec![
                call(Kernel::ActivationTable, "table", &[], record.clone()),
                call(
                    Kernel::ActivationTableInPlace,
                    "table in place",
                    &[],
                    record,
                ),
            ]
        }
        Op::Gate(gate) => {
            let record = vec![u32::from(*gate == Gate::Sigmoid)];
            vec![call(Kernel::Gate, "", &[], record)]
        }
        Op::Softmax(op) => {
            let record = vec![op.multiplier, op.shift.into(), op.guard.into()];
            let elements = [op.input_element, op.element];
            vec![call(Kernel::Softmax, "", &elements, record)]
        }
    }
}

fn call(kernel: Kernel, way: &'static str, elements: &[Element], record: Vec<u32>) -> Call {
    Call {
        kernel,
        way,
        elements: elements.to_vec(),
        record,
    }
}

fn dense(op: &Dense) -> Vec<Call> {
    let (inputs, outputs) = (op.inputs, op.outputs());
    let by_core = |encode: fn(&[i8], usize, usize) -> Vec<u8>| {
        words_of_bytes(&encode(&op.weights.flat(), inputs, outputs))
    };
    let one = |kernel, way, weights: &[u32]| {
        let mut record = dense_record(inputs, outputs, &op.epilogue, weights);
        if kernel == Kernel::DenseTables {
            record.push(word(encode::tables_scratch(inputs, outputs)));
        }
        call(kernel, way, &[op.reads, op.epilogue.element], record)
    };
    let rows = &op.weights.rows;
    if op.weights.is_int8 {
        let (kernel, by_core) = (Kernel::DenseInt8, by_core(core_encode::int8));
        return vec![
            one(kernel, "int8", &encode::int8(rows, inputs)),
            one(kernel, "int8 as core encodes them", &by_core),
        ];
    }
    let (digits, tables) = (Kernel::DenseDigits, Kernel::DenseTables);
    let core_digits = by_core(core_encode::digits);
    let core_tables = by_core(core_encode::tables);
    let mut ways = vec![
        one(digits, "digits", &encode::digits(rows, inputs)),
        one(digits, "digits as core encodes them", &core_digits),
    ];
    // Tables are made of bytes.
    if op.reads == Element::U8 {
        ways.extend([
            one(tables, "tables", &encode::tables(rows, inputs)),
            one(tables, "tables as core encodes them", &core_tables),
        ]);
    }
    ways
}

fn by_tests_conv(op: &Conv) -> Call {
    let kernel = kernel_of_conv(op.weights.is_int8);
    let inputs = op.inputs();
    let weights = encode::conv(op);
    let mut record = words_of_window(&op.window);
    record.extend([word(op.groups), op.padding.into()]);
    record.extend(dense_record(
        inputs,
        op.outputs_of_a_group(),
        &op.epilogue,
        &weights,
    ));
    record.push(word(encode::patch_scratch(&op.window, inputs, op.reads)));
    call(
        kernel,
        way(kernel),
        &[op.reads, op.epilogue.element],
        record,
    )
}

fn by_tests_depthwise(op: &Depthwise) -> Call {
    let kernel = kernel_of_depthwise(op.weights.is_int8);
    let mut record = words_of_window(&op.window);
    record.extend([word(op.channels), word(op.multiplier), op.padding.into()]);
    record.extend(epilogue(&op.epilogue));
    list(&mut record, &encode::depthwise(&op.weights));
    let codes = op.window.taps() * op.channels;
    record.push(word(encode::patch_scratch(&op.window, codes, op.reads)));
    call(
        kernel,
        way(kernel),
        &[op.reads, op.epilogue.element],
        record,
    )
}

fn by_tests_average(op: &AveragePool) -> Call {
    let head = [
        word(op.channels),
        op.padding.into(),
        op.count_padding.into(),
    ];
    let record = average_pool(
        words_of_window(&op.window),
        head,
        &op.counts.iter().map(|&n| n.into()).collect::<Vec<_>>(),
        &op.epilogue,
    );
    call(Kernel::PoolAverage, "", &[op.epilogue.element], record)
}

/// The plan of an op, which has one step.
fn planned_step(op: &Op, inputs: usize) -> Plan {
    let plan = plan(&network_of(op, inputs), Optimize::Balanced);
    assert_eq!(plan.steps.len(), 1, "one step, not {:?}", plan.steps);
    plan
}

/// The call that the compiler's plan has for an op: its kernel, its record, its scratch.
fn planned(op: &Op, inputs: usize) -> Call {
    const WAY: &str = "as core plans it";
    let plan = planned_step(op, inputs);
    let step = &plan.steps[0];
    let scratch = step.scratch.map_or(0, |slot| plan.slot(slot).words);
    let element_of = |element: CoreElement| match element {
        CoreElement::U8 => Element::U8,
        CoreElement::U16 => Element::U16,
        CoreElement::I16 => Element::I16,
        CoreElement::F32 => panic!("a plan of f32 mode"),
    };
    let element = element_of(plan.outputs[0].element);
    let reads = element_of(plan.inputs[0].element);
    match &step.kernel {
        plan::Kernel::Conv(conv) => {
            let plan::Dense {
                inputs, outputs, ..
            } = conv.dense;
            let mut record = words_of_core_window(&conv.window);
            record.extend([word(conv.groups), conv.padding.into()]);
            record.extend(dense_record(
                inputs,
                outputs,
                &epilogue_of_core(&conv.dense.requant, element),
                &words_of_bytes(&conv.dense.weights),
            ));
            record.push(word(scratch));
            let kernel = kernel_of_conv(conv.dense.kernel == DenseKernel::Int8);
            call(kernel, WAY, &[reads, element], record)
        }
        plan::Kernel::Depthwise(depthwise) => {
            let mut record = words_of_core_window(&depthwise.window);
            record.extend([
                word(depthwise.channels),
                word(depthwise.multiplier),
                depthwise.padding.into(),
            ]);
            record.extend(epilogue(&epilogue_of_core(&depthwise.requant, element)));
            list(&mut record, &words_of_bytes(&depthwise.weights));
            record.push(word(scratch));
            let kernel = kernel_of_depthwise(depthwise.precision == Precision::Int8);
            call(kernel, WAY, &[reads, element], record)
        }
        plan::Kernel::MaxPool(pool) => {
            let record = max_pool(words_of_core_window(&pool.window), pool.channels);
            call(Kernel::PoolMax, WAY, &[], record)
        }
        plan::Kernel::AveragePool(pool) => {
            let head = [
                word(pool.channels),
                pool.padding.into(),
                pool.count_padding.into(),
            ];
            let counts: Vec<u32> = pool.counts.iter().map(|&n| word(n)).collect();
            let record = average_pool(
                words_of_core_window(&pool.window),
                head,
                &counts,
                &epilogue_of_core(&pool.requant, element),
            );
            call(Kernel::PoolAverage, WAY, &[element], record)
        }
        plan::Kernel::LayerNorm(norm) => {
            let record = layer_norm(&LayerNorm {
                channels: norm.channels,
                lift: u8::try_from(norm.lift).expect("at most 8"),
                epsilon: norm.epsilon,
                signs: norm.signs.clone(),
                epilogue: epilogue_of_core(&norm.requant, element),
            });
            call(Kernel::NormLayerNorm, WAY, &[], record)
        }
        plan::Kernel::Recurrent(layer) => {
            let Op::Recurrent(op) = op else {
                panic!("a recurrent kernel for {op:?}")
            };
            let record = recurrent::planned(op, layer, scratch);
            let kernel = recurrent::kernel(op.fields.cell);
            call(kernel, WAY, &[reads, element], record)
        }
        plan::Kernel::Frame(op) => call(Kernel::ShapeFrame, WAY, &[], frame::planned(op)),
        other => panic!("{} for {op:?}", other.name()),
    }
}

fn layer_norm(norm: &LayerNorm) -> Vec<u32> {
    let mut record = vec![word(norm.channels), norm.lift.into(), norm.epsilon];
    let signs = norm.signs.iter();
    record.extend(signs.map(|&sign| i32::from(sign).cast_unsigned()));
    record.extend(requant(&norm.epilogue));
    record.extend(channels(&norm.epilogue.bias, &norm.epilogue.multiplier));
    record
}

fn average_pool(
    mut window: Vec<u32>,
    head: [u32; 3],
    counts: &[u32],
    epilogue: &Epilogue,
) -> Vec<u32> {
    window.extend(head);
    window.extend(requant(epilogue));
    list(&mut window, counts);
    window.extend(channels(&epilogue.bias, &epilogue.multiplier));
    window
}

/// Of one group, with the channels and weights of all.
fn dense_record(
    inputs: usize,
    outputs: usize,
    of_channels: &Epilogue,
    weights: &[u32],
) -> Vec<u32> {
    let mut record = vec![word(inputs), word(outputs)];
    record.extend(epilogue(of_channels));
    list(&mut record, weights);
    record
}

fn epilogue(epilogue: &Epilogue) -> Vec<u32> {
    let mut words = requant(epilogue).to_vec();
    words.extend(channels(&epilogue.bias, &epilogue.multiplier));
    match &epilogue.leaky {
        None => words.push(0),
        Some(leaky) => {
            let zero = i32::from(leaky.zero).cast_unsigned();
            words.extend([1, leaky.shift.into(), zero]);
            words.extend(channels(&leaky.bias, &leaky.multiplier));
        }
    }
    words
}

fn requant(epilogue: &Epilogue) -> [u32; 4] {
    let [low, high] = [epilogue.low, epilogue.high].map(|end| i32::from(end).cast_unsigned());
    [epilogue.pre_shift.into(), epilogue.shift.into(), low, high]
}

fn channels(bias: &[i32], multiplier: &[i32]) -> Vec<u32> {
    assert_eq!(bias.len(), multiplier.len());
    let pairs = bias.iter().zip(multiplier);
    pairs
        .flat_map(|(bias, multiplier)| [bias, multiplier].map(|&x| x.cast_unsigned()))
        .collect()
}

fn epilogue_of_core(requant: &Requant, element: Element) -> Epilogue {
    let byte = |shift: u32| u8::try_from(shift).expect("at most 31");
    let short = |end: i32| i16::try_from(end).expect("an element");
    let leaky = requant.leaky.as_ref().map(|leaky| Leaky {
        shift: byte(leaky.shift),
        zero: short(leaky.zero),
        multiplier: leaky.channels.iter().map(|c| c.multiplier).collect(),
        bias: leaky.channels.iter().map(|c| c.bias).collect(),
    });
    Epilogue {
        element,
        pre_shift: byte(requant.pre_shift),
        shift: byte(requant.shift),
        low: short(requant.low),
        high: short(requant.high),
        multiplier: requant.channels.iter().map(|c| c.multiplier).collect(),
        bias: requant.channels.iter().map(|c| c.bias).collect(),
        leaky,
    }
}

fn words_of_bytes(bytes: &[u8]) -> Vec<u32> {
    let (words, rest) = bytes.as_chunks();
    assert!(rest.is_empty(), "whole words");
    words.iter().map(|&word| u32::from_le_bytes(word)).collect()
}

fn list(words: &mut Vec<u32>, values: &[u32]) {
    words.push(word(values.len()));
    words.extend(values);
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("cases are small")
}
