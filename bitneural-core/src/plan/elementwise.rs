//! Ops of several tensors: a kernel each, without working memory.

use super::{Candidate, Kernel};
use crate::ids::TensorId;
use crate::network::{self, Network, Op, Picked, Requant, Rescale};

/// How a kernel goes through its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Elements after which operands that are repeated begin again; all if none is.
    pub run: usize,
    /// Whether each operand is repeated.
    pub repeated: Vec<bool>,
}

/// A weighted sum as a kernel reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// How it goes through its operands.
    pub walk: Walk,
    /// The constants.
    pub op: network::Add,
}

/// A product as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiply {
    /// How it goes through its operands.
    pub walk: Walk,
    /// The codes of zero of the operands.
    pub zeros: [u8; 2],
    /// The epilogue, of one channel.
    pub requant: Requant,
}

/// A largest or smallest as a kernel reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// How it goes through its operands.
    pub walk: Walk,
    /// Which one.
    pub picked: Picked,
    /// How each operand comes into the output's format.
    pub operands: Vec<Rescale>,
}

/// Operands in turn as a kernel reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concat {
    /// Elements that each operand gives at a time, and how they come into the output's format.
    pub pieces: Vec<(usize, Rescale)>,
}

/// What leaves every code as it is: `(x · 1 + 0) >> 0`.
const IDENTITY: Rescale = Rescale {
    multiplier: 1,
    bias: 0,
    shift: 0,
};

pub(super) fn walk(integers: &Network, op: &Op) -> Walk {
    let size = |id: &TensorId| integers.tensor(*id).elements;
    let output = size(&op.output);
    let smallest = op.inputs.iter().map(size).min();
    Walk {
        run: smallest.unwrap_or(output),
        repeated: op.inputs.iter().map(|id| size(id) < output).collect(),
    }
}

fn without_scratch(kernel: Kernel) -> Candidate {
    Candidate {
        kernel,
        scratch_words: 0,
    }
}

pub(super) fn add(integers: &Network, op: &Op, add: &network::Add) -> Candidate {
    without_scratch(Kernel::Add(Add {
        walk: walk(integers, op),
        op: add.clone(),
    }))
}

pub(super) fn multiply(integers: &Network, op: &Op, multiply: &network::Multiply) -> Candidate {
    // The zero point of a code is a code, and a product has two operands: `Network::verify`.
    let zero = |operand: usize| integers.tensor(op.inputs[operand]).zero_point as u8;
    without_scratch(Kernel::Multiply(Multiply {
        walk: walk(integers, op),
        zeros: [zero(0), zero(1)],
        requant: multiply.requant.clone(),
    }))
}

pub(super) fn pick(integers: &Network, op: &Op, pick: &network::Pick) -> Candidate {
    let operands = pick.operands.iter();
    without_scratch(Kernel::Pick(Pick {
        walk: walk(integers, op),
        picked: pick.picked,
        operands: operands
            .map(|rescale| rescale.unwrap_or(IDENTITY))
            .collect(),
    }))
}

pub(super) fn concat(integers: &Network, op: &Op, concat: &network::Concat) -> Candidate {
    let pieces = pieces(integers, op, concat.rounds).into_iter();
    let pieces = pieces
        .zip(&concat.operands)
        .map(|(elements, rescale)| (elements, rescale.unwrap_or(IDENTITY)));
    without_scratch(Kernel::Concat(Concat {
        pieces: pieces.collect(),
    }))
}

/// Elements that each operand of a concat gives at a time.
pub(super) fn pieces(whole: &Network, op: &Op, rounds: usize) -> Vec<usize> {
    let sizes = op.inputs.iter().map(|&id| whole.tensor(id).elements);
    sizes.map(|elements| elements / rounds).collect()
}

/// Whether pieces in turn go through operands of these sizes, and so many elements are written.
pub(super) fn pieces_fit(pieces: &[usize], from: &[usize], to: usize) -> bool {
    let round: usize = pieces.iter().sum();
    let whole = |(&size, &piece): (&usize, &usize)| {
        Some(size) == to.checked_div(round).map(|rounds| rounds * piece)
    };
    pieces.len() == from.len() && to.is_multiple_of(round) && from.iter().zip(pieces).all(whole)
}

impl Walk {
    /// Whether it goes through operands of these sizes, and writes so many elements.
    pub(super) fn fits(&self, from: &[usize], to: usize) -> bool {
        let fits =
            |(&size, &repeated): (&usize, &bool)| size == if repeated { self.run } else { to };
        self.repeated.len() == from.len()
            && from.iter().zip(&self.repeated).all(fits)
            && self.repeated.contains(&false)
            && self.run > 0
            && to.is_multiple_of(self.run)
            && (self.repeated.contains(&true) || self.run == to)
    }
}

impl Concat {
    /// Whether it goes through operands of these sizes, and writes so many elements.
    pub(super) fn fits(&self, from: &[usize], to: usize) -> bool {
        let pieces: Vec<usize> = self.pieces.iter().map(|(piece, _)| *piece).collect();
        pieces_fit(&pieces, from, to)
    }
}
