//! Kernels of several inputs, whose codes come one after the other.

use std::cell::Cell;

use bitneural_rt::private::{
    Add, Channel, Concat, Multiply, Operand, Pick, Piece, Term, elementwise,
};

use super::Request;

/// What a kernel writes beside its inputs or, if `over` is not 0, over that one of them.
fn run(
    request: &mut Request<'_>,
    over: u32,
    lengths: &[usize],
    elements: usize,
    kernel: impl Fn(&[&[Cell<u8>]], &[Cell<u8>]),
) -> Vec<u8> {
    let mut codes = request.list::<u8>();
    let mut left = codes.as_mut_slice();
    let mut inputs = Vec::new();
    for &length in lengths {
        let (own, rest) = left.split_at_mut(length);
        inputs.push(Cell::from_mut(own).as_slice_of_cells());
        left = rest;
    }
    assert!(left.is_empty(), "more codes than the inputs have");
    let mut apart = vec![0; elements];
    let apart = Cell::from_mut(apart.as_mut_slice()).as_slice_of_cells();
    let output = match (over as usize).checked_sub(1) {
        Some(input) => inputs[input],
        None => apart,
    };
    kernel(&inputs, output);
    output.iter().map(Cell::get).collect()
}

fn longest(lengths: &[usize]) -> usize {
    lengths.iter().copied().max().unwrap_or(0)
}

pub(super) fn add(request: &mut Request<'_>) -> Vec<u8> {
    let (over, run_length, count) = (request.word(), request.word(), request.word());
    let mut lengths = Vec::new();
    let terms = (0..count).map(|_| {
        let term = Term {
            multiplier: request.signed(),
            repeated: request.word() != 0,
        };
        lengths.push(request.word() as usize);
        term
    });
    let layer = Add {
        terms: terms.collect::<Vec<_>>().leak(),
        run: run_length,
        bias: request.signed(),
        shift: request.byte(),
        low: request.byte(),
        high: request.byte(),
    };
    run(
        request,
        over,
        &lengths,
        longest(&lengths),
        |inputs, output| {
            elementwise::add(&layer, inputs, output);
        },
    )
}

pub(super) fn multiply(request: &mut Request<'_>) -> Vec<u8> {
    let over = request.word();
    let run_length = request.word();
    let (first_zero, second_zero) = (request.byte(), request.byte());
    let (first_repeated, second_repeated) = (request.word() != 0, request.word() != 0);
    let lengths = [request.word() as usize, request.word() as usize];
    let layer = Multiply {
        run: run_length,
        first_zero,
        second_zero,
        first_repeated,
        second_repeated,
        requant: request.requant(),
        channel: Channel {
            bias: request.signed(),
            multiplier: request.signed(),
        },
    };
    run(
        request,
        over,
        &lengths,
        longest(&lengths),
        |inputs, output| {
            elementwise::multiply(&layer, inputs, output);
        },
    )
}

pub(super) fn pick(kernel: u32, request: &mut Request<'_>) -> Vec<u8> {
    let (over, run_length, count) = (request.word(), request.word(), request.word());
    let mut lengths = Vec::new();
    let operands = (0..count).map(|_| {
        let operand = Operand {
            multiplier: request.signed(),
            bias: request.signed(),
            shift: request.byte(),
            repeated: request.word() != 0,
        };
        lengths.push(request.word() as usize);
        operand
    });
    let layer = Pick {
        operands: operands.collect::<Vec<_>>().leak(),
        run: run_length,
    };
    run(
        request,
        over,
        &lengths,
        longest(&lengths),
        |inputs, output| {
            if kernel == 23 {
                elementwise::maximum(&layer, inputs, output);
            } else {
                elementwise::minimum(&layer, inputs, output);
            }
        },
    )
}

pub(super) fn concat(request: &mut Request<'_>) -> Vec<u8> {
    let (round, count) = (request.word(), request.word());
    let mut lengths = Vec::new();
    let pieces = (0..count).map(|_| {
        let piece = Piece {
            multiplier: request.signed(),
            bias: request.signed(),
            shift: request.byte(),
            len: request.word(),
        };
        lengths.push(request.word() as usize);
        piece
    });
    let layer = Concat {
        pieces: pieces.collect::<Vec<_>>().leak(),
        round,
    };
    let elements = lengths.iter().sum();
    run(request, 0, &lengths, elements, |inputs, output| {
        elementwise::concat(&layer, inputs, output);
    })
}
