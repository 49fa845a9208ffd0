//! Kernels of several inputs: their records, and views of the arena for as many.

use std::cell::Cell;

use bitneural_core::network::Rescale;
use bitneural_core::plan::elementwise::{Add, Concat, Multiply, Pick};
use bitneural_core::plan::{Plan, Step};
use bitneural_rt::private as rt;

use super::{WORDS, leak, narrow, requant};

pub(super) fn add(add: &Add) -> rt::Add {
    let terms = add.op.multipliers.iter().zip(&add.walk.repeated);
    let terms = terms.map(|(&multiplier, &repeated)| rt::Term {
        multiplier,
        repeated,
    });
    let code = |end: i32| u8::try_from(end).expect("the network is verified");
    rt::Add {
        terms: leak(terms.collect()),
        bias: add.op.bias,
        run: narrow(add.walk.run),
        shift: shift(add.op.shift),
        low: code(add.op.low),
        high: code(add.op.high),
    }
}

pub(super) fn multiply(multiply: &Multiply) -> rt::Multiply {
    let channel = multiply.requant.channels[0];
    rt::Multiply {
        run: narrow(multiply.walk.run),
        first_zero: multiply.zeros[0],
        second_zero: multiply.zeros[1],
        first_repeated: multiply.walk.repeated[0],
        second_repeated: multiply.walk.repeated[1],
        channel: rt::channel(channel.bias, channel.multiplier),
        requant: requant(&multiply.requant),
    }
}

pub(super) fn pick(pick: &Pick) -> rt::Pick {
    let operands = pick.operands.iter().zip(&pick.walk.repeated);
    let operands = operands.map(|(rescale, &repeated)| rt::Operand {
        multiplier: rescale.multiplier,
        bias: rescale.bias,
        shift: shift(rescale.shift),
        repeated,
    });
    rt::Pick {
        operands: leak(operands.collect()),
        run: narrow(pick.walk.run),
    }
}

pub(super) fn concat(concat: &Concat) -> rt::Concat {
    let piece = |&(len, rescale): &(usize, Rescale)| rt::Piece {
        multiplier: rescale.multiplier,
        bias: rescale.bias,
        shift: shift(rescale.shift),
        len: narrow(len),
    };
    rt::Concat {
        pieces: leak(concat.pieces.iter().map(piece).collect()),
        round: narrow(concat.pieces.iter().map(|(len, _)| len).sum()),
    }
}

fn shift(shift: u32) -> u8 {
    u8::try_from(shift).expect("at most 30")
}

/// Views of more inputs than any test has are not needed.
const MOST: usize = 8;

/// What runs a plan by kernels of several inputs.
pub(in crate::runners) trait Several {
    /// The plan.
    fn plan(&self) -> &Plan;

    /// Runs a kernel over the slots of a step.
    fn several<T: rt::Element>(
        &self,
        arena: &mut rt::Arena<WORDS>,
        step: &Step,
        run: impl Fn(&[&[Cell<T>]], &[Cell<T>]),
    ) {
        let slot = |id| {
            let slot = self.plan().slot(id);
            rt::slot::<T>(slot.word, slot.elements)
        };
        let count = step.inputs.len();
        assert!(count <= MOST, "{count} inputs");
        let inputs = std::array::from_fn::<_, MOST, _>(|index| {
            step.inputs
                .get(index)
                .map_or(rt::slot(0, 0), |&id| slot(id))
        });
        let (inputs, output) = arena.several(inputs, slot(step.output));
        run(&inputs[..count], output);
    }
}
