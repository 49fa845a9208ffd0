//! Calls of kernels of several inputs.

use bitneural_core::network::Rescale;
use bitneural_core::plan::elementwise as core;
use bitneural_core::plan::{self, Plan, Step};

use super::{Call, Kernel, call, channels, epilogue_of_core, planned_step, requant, word};
use crate::spec::Element;
use crate::spec::op::{Add, Concat, Multiply, Op, Pick, Picked};

const BY_CORE: &str = "as core plans it";

/// How a kernel goes through its inputs: the run, and whether each is repeated.
struct Walk {
    run: usize,
    repeated: Vec<bool>,
}

impl Walk {
    fn of(lengths: &[usize]) -> Self {
        let longest = lengths.iter().copied().max().expect("an input");
        Self {
            run: lengths.iter().copied().min().expect("an input"),
            repeated: lengths.iter().map(|&length| length < longest).collect(),
        }
    }

    fn of_core(walk: &core::Walk) -> Self {
        Self {
            run: walk.run,
            repeated: walk.repeated.clone(),
        }
    }
}

/// Beside its inputs, over the first that is as long as the output, and as the compiler does it.
fn ways(op: &Op, lengths: &[usize], by_tests: impl Fn(&'static str, u32) -> Call) -> Vec<Call> {
    let longest = lengths.iter().max();
    let over = lengths.iter().position(|length| Some(length) == longest);
    let over = word(over.expect("the longest") + 1);
    vec![by_tests("", 0), by_tests("in place", over), planned(op)]
}

/// The number of the input that a step writes over, from 1; 0 for none.
fn over(step: &Step) -> u32 {
    let input = step.inputs.iter().position(|&input| input == step.output);
    input.map_or(0, |input| word(input + 1))
}

fn signed(value: i32) -> u32 {
    value.cast_unsigned()
}

pub(super) fn calls(op: &Op) -> Option<Vec<Call>> {
    Some(match op {
        Op::Add(add) => ways(op, &add.lengths, |way, over| {
            add_call(way, over, &Walk::of(&add.lengths), add)
        }),
        Op::Multiply(multiply) => ways(op, &multiply.lengths, |way, over| {
            multiply_call(way, over, &Walk::of(&multiply.lengths), multiply)
        }),
        Op::Pick(pick) => ways(op, &pick.lengths, |way, over| {
            pick_call(way, over, &Walk::of(&pick.lengths), pick)
        }),
        Op::Concat(concat) => {
            let pieces: Vec<usize> = concat
                .lengths
                .iter()
                .map(|length| length / concat.rounds)
                .collect();
            vec![concat_call("", &pieces, concat), planned(op)]
        }
        Op::Dense(_)
        | Op::Conv(_)
        | Op::Depthwise(_)
        | Op::MaxPool(_)
        | Op::AveragePool(_)
        | Op::Table(_)
        | Op::Recurrent(_)
        | Op::Gate(_)
        | Op::Embedding(_)
        | Op::LayerNorm(_)
        | Op::Frame(_)
        | Op::Softmax(_) => return None,
    })
}

fn add_call(way: &'static str, over: u32, walk: &Walk, op: &Add) -> Call {
    let mut record = vec![over, word(walk.run), word(op.lengths.len())];
    for ((&length, &m), &repeated) in op.lengths.iter().zip(&op.multipliers).zip(&walk.repeated) {
        record.extend([signed(m), repeated.into(), word(length)]);
    }
    let ends = [op.shift, op.low, op.high].map(u32::from);
    record.push(signed(op.bias));
    record.extend(ends);
    call(Kernel::ElementwiseAdd, way, &[], record)
}

fn multiply_call(way: &'static str, over: u32, walk: &Walk, op: &Multiply) -> Call {
    let mut record = vec![over, word(walk.run)];
    record.extend(op.zero_points.map(u32::from));
    record.extend(walk.repeated.iter().map(|&repeated| u32::from(repeated)));
    record.extend(op.lengths.iter().map(|&length| word(length)));
    record.extend(requant(&op.epilogue));
    record.extend(channels(&op.epilogue.bias, &op.epilogue.multiplier));
    call(Kernel::ElementwiseMultiply, way, &[], record)
}

fn pick_call(way: &'static str, over: u32, walk: &Walk, op: &Pick) -> Call {
    let mut record = vec![over, word(walk.run), word(op.lengths.len())];
    for (input, (&length, &repeated)) in op.lengths.iter().zip(&walk.repeated).enumerate() {
        record.extend([op.multipliers[input], op.biases[input]].map(signed));
        record.extend([op.shifts[input].into(), repeated.into(), word(length)]);
    }
    let kernel = match op.pick {
        Picked::Largest => Kernel::ElementwiseMaximum,
        Picked::Smallest => Kernel::ElementwiseMinimum,
    };
    call(kernel, way, &[], record)
}

fn concat_call(way: &'static str, pieces: &[usize], op: &Concat) -> Call {
    let mut record = vec![word(pieces.iter().sum()), word(pieces.len())];
    for (input, (&length, &piece)) in op.lengths.iter().zip(pieces).enumerate() {
        record.extend([op.multipliers[input], op.biases[input]].map(signed));
        record.extend([op.shifts[input].into(), word(piece), word(length)]);
    }
    call(Kernel::ElementwiseConcat, way, &[], record)
}

fn byte(value: i32) -> u8 {
    u8::try_from(value).expect("a code")
}

fn shifts(rescales: impl Iterator<Item = Rescale>) -> (Vec<i32>, Vec<i32>, Vec<u8>) {
    let (mut multipliers, mut biases, mut shifts) = (Vec::new(), Vec::new(), Vec::new());
    for rescale in rescales {
        multipliers.push(rescale.multiplier);
        biases.push(rescale.bias);
        shifts.push(u8::try_from(rescale.shift).expect("at most 30"));
    }
    (multipliers, biases, shifts)
}

/// The call that the compiler's plan has for an op.
fn planned(op: &Op) -> Call {
    let plan: Plan = planned_step(op, op.lengths().expect("several inputs").iter().sum());
    let step = &plan.steps[0];
    let lengths = || -> Vec<usize> {
        let inputs = step.inputs.iter();
        inputs.map(|&input| plan.slot(input).elements).collect()
    };
    match &step.kernel {
        plan::Kernel::Add(add) => {
            let op = Add {
                lengths: lengths(),
                multipliers: add.op.multipliers.clone(),
                bias: add.op.bias,
                shift: u8::try_from(add.op.shift).expect("at most 30"),
                low: byte(add.op.low),
                high: byte(add.op.high),
            };
            add_call(BY_CORE, over(step), &Walk::of_core(&add.walk), &op)
        }
        plan::Kernel::Multiply(multiply) => {
            let op = Multiply {
                lengths: lengths(),
                zero_points: multiply.zeros,
                epilogue: epilogue_of_core(&multiply.requant, Element::U8),
            };
            multiply_call(BY_CORE, over(step), &Walk::of_core(&multiply.walk), &op)
        }
        plan::Kernel::Pick(pick) => {
            let (multipliers, biases, shifts) = shifts(pick.operands.iter().copied());
            let op = Pick {
                pick: match pick.picked {
                    bitneural_core::network::Picked::Largest => Picked::Largest,
                    bitneural_core::network::Picked::Smallest => Picked::Smallest,
                },
                lengths: lengths(),
                multipliers,
                biases,
                shifts,
            };
            pick_call(BY_CORE, over(step), &Walk::of_core(&pick.walk), &op)
        }
        plan::Kernel::Concat(concat) => {
            let rescales = concat.pieces.iter().map(|&(_, rescale)| rescale);
            let (multipliers, biases, shifts) = shifts(rescales);
            let pieces: Vec<usize> = concat.pieces.iter().map(|&(piece, _)| piece).collect();
            let op = Concat {
                lengths: lengths(),
                // The pieces say it.
                rounds: 1,
                multipliers,
                biases,
                shifts,
            };
            concat_call(BY_CORE, &pieces, &op)
        }
        other => panic!("{} for {op:?}", other.name()),
    }
}
