//! Recurrent kernels.

use bitneural_rt::private::{Code, GateColumn, Recurrent, StateBias};

use crate::words::{Element, Words};
use crate::{read_weights, rows};

/// A kernel of a cell.
type Kernel<I> = fn(&Recurrent, &[I], &mut [u8], &mut [u32]);

pub(crate) fn run<I: Code + Element>(
    case: u32,
    words: &mut Words,
    kernel: Kernel<I>,
) -> Option<()> {
    let (inputs, units, steps) = (words.next()?, words.next()?, words.next()?);
    let mut flag = || Some(words.next()? != 0);
    let (sequences, reads_backwards, writes_backwards) = (flag()?, flag()?, flag()?);
    let mut byte = || Some(words.next()? as u8);
    let (input_pre_shift, state_pre_shift) = (byte()?, byte()?);
    let (shift, cell_shift) = (byte()?, byte()?);
    let blank = GateColumn {
        input_multiplier: 0,
        state_multiplier: 0,
        bias: 0,
    };
    let columns = board::allocate(words.next()? as usize, blank)?;
    for column in columns.iter_mut() {
        *column = GateColumn {
            input_multiplier: words.next()? as i32,
            state_multiplier: words.next()? as i32,
            bias: words.next()? as i32,
        };
    }
    let state_biases = board::allocate(words.next()? as usize, StateBias { bias: 0 })?;
    for bias in state_biases.iter_mut() {
        bias.bias = words.next()? as i32;
    }
    let int8_kernel = words.next()? != 0;
    let weights = read_weights(words)?;
    let int8_recurrent = words.next()? != 0;
    let layer = Recurrent {
        inputs,
        units,
        steps,
        kernel: weights,
        recurrent: read_weights(words)?,
        columns,
        state_biases,
        int8_kernel,
        int8_recurrent,
        sequences,
        reads_backwards,
        writes_backwards,
        input_pre_shift,
        state_pre_shift,
        shift,
        cell_shift,
    };
    let scratch = board::allocate(words.next()? as usize, u32::MAX)?;
    let written = if sequences { steps } else { 1 };
    let (from, to) = (steps.checked_mul(inputs)?, written.checked_mul(units)?);
    rows::<I, u8>(case, words, from, to, |x, y| kernel(&layer, x, y, scratch))
}
