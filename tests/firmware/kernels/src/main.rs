//! Runs kernels with records and inputs that the host puts in memory, and prints what comes out:
//! `row CASE ROW INSTRUCTIONS STACK value…`.
//!
//! The data is a sequence of cases: a kernel's number, its record, the number of rows, the rows.
//! `tests/src/runners/kernels.rs` writes it. A case that ends too early, or whose kernel is unknown,
//! ends the program. Nothing here can panic, so the ELF file shows whether the kernels can.
#![no_std]
#![no_main]

mod elementwise;
mod images;
mod recurrent;
mod words;

use bitneural_rt::private::{
    Channel, Code, Dense, Embedding, Gate, Input, LayerNorm, Leaky, Output, Requant, Softmax,
    Table, activation, channel, conv, dense, depthwise, elementwise as kernels, embedding, gate,
    norm, recurrent as cells, softmax,
};

use crate::words::{Element, Words};

board::main!(run);

/// More than this program and its kernels use of the stack.
const STACK_BYTES: usize = 1 << 14;

fn run() {
    board::print_calibration();
    let mut words = Words::new(board::data());
    let mut cases = 0;
    while !words.is_empty() {
        if run_case(cases, &mut words).is_none() {
            board::line("broken").number(cases);
            return;
        }
        cases += 1;
    }
    board::line("cases").number(cases);
}

/// Runs the case of this number; `None` if it cannot be read.
fn run_case(case: u32, words: &mut Words) -> Option<()> {
    match words.next()? {
        0 => digits::<u8, u8>(case, words),
        1 => digits::<u8, i16>(case, words),
        2 => tables::<u8>(case, words),
        3 => tables::<i16>(case, words),
        4 => table(case, words),
        5 => table_in_place(case, words),
        6 => probabilities::<u8, u8>(case, words),
        7 => probabilities::<u8, i16>(case, words),
        8 => probabilities::<i16, u8>(case, words),
        9 => probabilities::<i16, i16>(case, words),
        10 => int8::<u8, u8>(case, words),
        11 => int8::<u8, i16>(case, words),
        12 => images::conv::<u8, u8>(case, words, conv::digits),
        13 => images::conv::<u8, i16>(case, words, conv::digits),
        14 => images::conv::<u8, u8>(case, words, conv::int8),
        15 => images::conv::<u8, i16>(case, words, conv::int8),
        16 => images::depthwise::<u8, u8>(case, words, depthwise::digits),
        17 => images::depthwise::<u8, i16>(case, words, depthwise::digits),
        18 => images::depthwise::<u8, u8>(case, words, depthwise::int8),
        19 => images::depthwise::<u8, i16>(case, words, depthwise::int8),
        20 => images::max(case, words),
        21 => images::average::<u8>(case, words),
        22 => images::average::<i16>(case, words),
        23 => run_gate(case, words),
        24 => elementwise::add(case, words),
        25 => elementwise::multiply(case, words),
        26 => elementwise::pick(case, words, kernels::maximum),
        27 => elementwise::pick(case, words, kernels::minimum),
        28 => elementwise::concat(case, words),
        29 => images::frame(case, words),
        30 => run_embedding::<u8>(case, words),
        31 => layer_norm(case, words),
        32 => recurrent::run::<u8>(case, words, cells::lstm),
        33 => recurrent::run::<u8>(case, words, cells::gru),
        34 => recurrent::run::<u8>(case, words, cells::gru_reset_before),
        35 => recurrent::run::<u8>(case, words, cells::simple_rnn),
        100 => digits::<u16, u8>(case, words),
        101 => digits::<u16, i16>(case, words),
        110 => int8::<u16, u8>(case, words),
        111 => int8::<u16, i16>(case, words),
        112 => images::conv::<u16, u8>(case, words, conv::digits),
        113 => images::conv::<u16, i16>(case, words, conv::digits),
        114 => images::conv::<u16, u8>(case, words, conv::int8),
        115 => images::conv::<u16, i16>(case, words, conv::int8),
        116 => images::depthwise::<u16, u8>(case, words, depthwise::digits),
        117 => images::depthwise::<u16, i16>(case, words, depthwise::digits),
        118 => images::depthwise::<u16, u8>(case, words, depthwise::int8),
        119 => images::depthwise::<u16, i16>(case, words, depthwise::int8),
        130 => run_embedding::<u16>(case, words),
        132 => recurrent::run::<u16>(case, words, cells::lstm),
        133 => recurrent::run::<u16>(case, words, cells::gru),
        134 => recurrent::run::<u16>(case, words, cells::gru_reset_before),
        135 => recurrent::run::<u16>(case, words, cells::simple_rnn),
        _ => None,
    }
}

fn digits<I, O>(case: u32, words: &mut Words) -> Option<()>
where
    I: Code + Element,
    O: Output + Element,
{
    let layer = read_dense(words, 1)?;
    let (inputs, outputs) = (layer.inputs, layer.outputs);
    rows::<I, O>(case, words, inputs, outputs, |x, y| {
        dense::digits(&layer, x, y)
    })
}

fn int8<I, O>(case: u32, words: &mut Words) -> Option<()>
where
    I: Code + Element,
    O: Output + Element,
{
    let layer = read_dense(words, 1)?;
    let (inputs, outputs) = (layer.inputs, layer.outputs);
    rows::<I, O>(case, words, inputs, outputs, |x, y| {
        dense::int8(&layer, x, y)
    })
}

fn tables<O: Output + Element>(case: u32, words: &mut Words) -> Option<()> {
    let layer = read_dense(words, 1)?;
    let (inputs, outputs) = (layer.inputs, layer.outputs);
    // Filled with what no kernel may take for zeros.
    let scratch = board::allocate(words.next()? as usize, u32::MAX)?;
    rows::<u8, O>(case, words, inputs, outputs, |x, y| {
        dense::tables(&layer, x, y, scratch)
    })
}

fn table(case: u32, words: &mut Words) -> Option<()> {
    let layer = read_table(words)?;
    let length = words.next()?;
    rows::<u8, u8>(case, words, length, length, |x, y| {
        activation::table(&layer, x, y)
    })
}

fn table_in_place(case: u32, words: &mut Words) -> Option<()> {
    let layer = read_table(words)?;
    let length = words.next()?;
    rows::<u8, u8>(case, words, length, length, |x, y| {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = *x);
        activation::table_in_place(&layer, y);
    })
}

fn run_embedding<I: Code + Element>(case: u32, words: &mut Words) -> Option<()> {
    let (rows_of_table, width) = (words.next()?, words.next()?);
    let codes = words.next()?;
    let layer = Embedding {
        rows: rows_of_table,
        width,
        table: words.elements::<u8>(codes)?,
    };
    let length = words.next()?;
    let outputs = length.checked_mul(width)?;
    rows::<I, u8>(case, words, length, outputs, |x, y| {
        embedding::lookup(&layer, x, y)
    })
}

fn layer_norm(case: u32, words: &mut Words) -> Option<()> {
    let (channels, lift, epsilon) = (words.next()?, words.next()? as u8, words.next()?);
    let signs = board::allocate(channels as usize, 0_i8)?;
    for sign in signs.iter_mut() {
        *sign = words.next()? as i8;
    }
    let layer = LayerNorm {
        channels: channels as u16,
        lift,
        epsilon,
        signs,
        requant: read_requant(words)?,
        constants: read_channels(words, channels)?,
    };
    let length = words.next()?;
    rows::<u8, u8>(case, words, length, length, |x, y| {
        norm::layer_norm(&layer, x, y)
    })
}

fn run_gate(case: u32, words: &mut Words) -> Option<()> {
    let layer = Gate {
        sigmoid: words.next()? != 0,
    };
    let length = words.next()?;
    rows::<i16, i16>(case, words, length, length, |x, y| gate::gate(&layer, x, y))
}

fn probabilities<I, O>(case: u32, words: &mut Words) -> Option<()>
where
    I: Input + Element,
    O: Output + Element,
{
    let layer = Softmax {
        multiplier: words.next()?,
        shift: words.next()? as u8,
        guard: words.next()? as u8,
    };
    let length = words.next()?;
    rows::<I, O>(case, words, length, length, |x, y| {
        softmax::softmax(&layer, x, y)
    })
}

/// Runs a kernel on each row of inputs, and prints its outputs.
fn rows<I: Element, O: Element>(
    case: u32,
    words: &mut Words,
    inputs: u32,
    outputs: u32,
    mut kernel: impl FnMut(&[I], &mut [O]),
) -> Option<()> {
    for row in 0..words.next()? {
        let input = words.elements::<I>(inputs)?;
        let output = board::allocate(outputs as usize, O::from_word(u32::MAX))?;
        let (stack, (instructions, ())) =
            board::stack_bytes_of(STACK_BYTES, || board::count(|| kernel(input, output)));
        board::line("row")
            .number(case)
            .number(row)
            .number(instructions)
            .number(stack)
            .all(output);
    }
    Some(())
}

/// A dense record of one group, with the channels of all.
fn read_dense(words: &mut Words, groups: u32) -> Option<Dense> {
    let (inputs, outputs) = (words.next()?, words.next()?);
    let all = groups.checked_mul(outputs)?;
    Some(Dense {
        inputs,
        outputs,
        requant: read_requant(words)?,
        channels: read_channels(words, all)?,
        leaky: read_leaky(words, all)?,
        weights: read_weights(words)?,
    })
}

fn read_requant(words: &mut Words) -> Option<Requant> {
    Some(Requant {
        pre_shift: words.next()? as u8,
        shift: words.next()? as u8,
        low: words.next()? as i16,
        high: words.next()? as i16,
    })
}

fn read_channels(words: &mut Words, count: u32) -> Option<&'static [Channel]> {
    let channels = board::allocate(count as usize, channel(0, 0))?;
    for slot in channels.iter_mut() {
        *slot = Channel {
            bias: words.next()? as i32,
            multiplier: words.next()? as i32,
        };
    }
    Some(channels)
}

fn read_leaky(words: &mut Words, count: u32) -> Option<Option<&'static Leaky>> {
    if words.next()? == 0 {
        return Some(None);
    }
    let leaky = Leaky {
        shift: words.next()? as u8,
        zero: words.next()? as i16,
        channels: read_channels(words, count)?,
    };
    Some(board::allocate(1, leaky)?.first())
}

fn read_weights(words: &mut Words) -> Option<&'static [u32]> {
    let length = words.next()?;
    words.take(length)
}

fn read_table(words: &mut Words) -> Option<Table> {
    let entries: &[u8] = words.elements::<u8>(256)?;
    Some(Table {
        entries: entries.try_into().ok()?,
    })
}
