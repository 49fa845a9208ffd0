//! The kernels of several inputs, whose codes come one after the other.

use core::cell::Cell;

use bitneural_rt::private::{
    Add, Channel, Concat, Multiply, Operand, Pick, Piece, Term, elementwise,
};

use crate::read_requant;
use crate::words::Words;

/// The most inputs of a case.
const MOST: usize = 8;

/// The inputs of a case as they are read.
struct Inputs {
    /// The one that the output is written over, from 1; 0 for none.
    over: u32,
    lengths: [u32; MOST],
    count: usize,
}

impl Inputs {
    fn new(over: u32) -> Inputs {
        Inputs {
            over,
            lengths: [0; MOST],
            count: 0,
        }
    }

    fn add(&mut self, length: u32) -> Option<()> {
        *self.lengths.get_mut(self.count)? = length;
        self.count += 1;
        Some(())
    }

    fn longest(&self) -> u32 {
        self.lengths
            .iter()
            .fold(0, |longest, &length| longest.max(length))
    }

    fn sum(&self) -> u32 {
        self.lengths
            .iter()
            .fold(0, |sum, &length| sum.wrapping_add(length))
    }
}

/// A kernel with its record.
type Kernel<'a> = &'a dyn Fn(&[&[Cell<u8>]], &[Cell<u8>]);

/// Runs a kernel on each row of inputs, and prints its outputs.
fn rows(
    case: u32,
    words: &mut Words,
    inputs: &Inputs,
    elements: u32,
    kernel: Kernel<'_>,
) -> Option<()> {
    for row in 0..words.next()? {
        let mut cells: [&[Cell<u8>]; MOST] = [&[]; MOST];
        for (cells, &length) in cells.iter_mut().zip(&inputs.lengths).take(inputs.count) {
            let codes = board::allocate(length as usize, 0_u8)?;
            for code in codes.iter_mut() {
                *code = words.next()? as u8;
            }
            *cells = Cell::from_mut(codes).as_slice_of_cells();
        }
        let apart = board::allocate(elements as usize, 0xff_u8)?;
        let apart: &[Cell<u8>] = Cell::from_mut(apart).as_slice_of_cells();
        let output = match inputs.over.checked_sub(1) {
            Some(input) => *cells.get(input as usize)?,
            None => apart,
        };
        let read = cells.get(..inputs.count)?;
        let (stack, (instructions, ())) =
            board::stack_bytes_of(crate::STACK_BYTES, || board::count(|| kernel(read, output)));
        let line = board::line("row")
            .number(case)
            .number(row)
            .number(instructions)
            .number(stack);
        output
            .iter()
            .fold(line, |line, code| line.number(code.get().into()));
    }
    Some(())
}

pub(crate) fn add(case: u32, words: &mut Words) -> Option<()> {
    let mut inputs = Inputs::new(words.next()?);
    let (run, count) = (words.next()?, words.next()?);
    let empty = Term {
        multiplier: 0,
        repeated: false,
    };
    let terms = board::allocate(count as usize, empty)?;
    for term in terms.iter_mut() {
        *term = Term {
            multiplier: words.next()? as i32,
            repeated: words.next()? != 0,
        };
        inputs.add(words.next()?)?;
    }
    let layer = Add {
        terms,
        run,
        bias: words.next()? as i32,
        shift: words.next()? as u8,
        low: words.next()? as u8,
        high: words.next()? as u8,
    };
    rows(case, words, &inputs, inputs.longest(), &|x, y| {
        elementwise::add(&layer, x, y)
    })
}

pub(crate) fn multiply(case: u32, words: &mut Words) -> Option<()> {
    let mut inputs = Inputs::new(words.next()?);
    let run = words.next()?;
    let (first_zero, second_zero) = (words.next()? as u8, words.next()? as u8);
    let (first_repeated, second_repeated) = (words.next()? != 0, words.next()? != 0);
    inputs.add(words.next()?)?;
    inputs.add(words.next()?)?;
    let layer = Multiply {
        run,
        first_zero,
        second_zero,
        first_repeated,
        second_repeated,
        requant: read_requant(words)?,
        channel: Channel {
            bias: words.next()? as i32,
            multiplier: words.next()? as i32,
        },
    };
    rows(case, words, &inputs, inputs.longest(), &|x, y| {
        elementwise::multiply(&layer, x, y)
    })
}

/// `maximum` or `minimum`.
pub(crate) fn pick(
    case: u32,
    words: &mut Words,
    kernel: fn(&Pick, &[&[Cell<u8>]], &[Cell<u8>]),
) -> Option<()> {
    let mut inputs = Inputs::new(words.next()?);
    let (run, count) = (words.next()?, words.next()?);
    let empty = Operand {
        multiplier: 0,
        bias: 0,
        shift: 0,
        repeated: false,
    };
    let operands = board::allocate(count as usize, empty)?;
    for operand in operands.iter_mut() {
        *operand = Operand {
            multiplier: words.next()? as i32,
            bias: words.next()? as i32,
            shift: words.next()? as u8,
            repeated: words.next()? != 0,
        };
        inputs.add(words.next()?)?;
    }
    let layer = Pick { operands, run };
    rows(case, words, &inputs, inputs.longest(), &|x, y| {
        kernel(&layer, x, y)
    })
}

pub(crate) fn concat(case: u32, words: &mut Words) -> Option<()> {
    let mut inputs = Inputs::new(0);
    let (round, count) = (words.next()?, words.next()?);
    let empty = Piece {
        multiplier: 0,
        bias: 0,
        shift: 0,
        len: 0,
    };
    let pieces = board::allocate(count as usize, empty)?;
    for piece in pieces.iter_mut() {
        *piece = Piece {
            multiplier: words.next()? as i32,
            bias: words.next()? as i32,
            shift: words.next()? as u8,
            len: words.next()?,
        };
        inputs.add(words.next()?)?;
    }
    let layer = Concat { pieces, round };
    rows(case, words, &inputs, inputs.sum(), &|x, y| {
        elementwise::concat(&layer, x, y)
    })
}
