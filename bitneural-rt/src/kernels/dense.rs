//! Fully connected layers, one vector at a time.
//!
//! The kernels of ternary weights work on digits d = w + 1 in {0, 1, 2} instead of trits w, so that all summands are
//! unsigned and two 16-bit sums can share a 32-bit word: Σ w·u = Σ d·u − Σ u (R6). Each has its own encoding of the
//! weights. Of wide codes (`u16`) [`digits`] takes the high bytes, then the low ones; [`tables`] does not read them.
//!
//! # Encoding of [`digits`]
//!
//! Blocks of 16 outputs; `[block][input]`, one little-endian word each. Of block b, the digit of output 16b + 2s lies in
//! bits 2s and 2s + 1, that of output 16b + 2s + 1 in bits 16 + 2s and 17 + 2s, s = 0…7. Outputs that are not there have
//! digit 1.
//!
//! # Encoding of [`tables`]
//!
//! Groups of four inputs, the last one filled up with digit 1; blocks of 16 groups, the last one perhaps shorter.
//! `[block][output][group]`, one byte each: d0 + 3·d1 + 10·d2 + 30·d3, at most 88. At the end bytes up to a multiple of
//! four. The byte is the index of Σ d·u in a table of sums of the group's inputs: nine runs of nine entries, each run
//! padded to ten so that it fills five words.
//!
//! # Encoding of [`int8`]
//!
//! Blocks of four outputs; `[block][input][output of the block]`, one signed byte each. Outputs that are not there have
//! weight 0.

use super::{Code, Output};
use crate::params::Dense;
use crate::requant::{Epilogue, split_at_most};
use crate::slots::view;

/// Outputs in a block of [`digits`], two in each of eight lanes.
const BLOCK_OUTPUTS: usize = 16;
/// Inputs whose products fit a 16-bit lane: 128 · 2 · 255 < 2^16.
const LANE_INPUTS: usize = 128;

/// For layers with few outputs: multiplies two digits at a time; no scratch.
#[inline(never)]
pub fn digits<I: Code, O: Output>(layer: &Dense, input: &[I], output: &mut [O]) {
    if let Some(input) = input.get(..layer.inputs as usize) {
        digits_of(layer.weights, input, epilogue(layer), output);
    }
}

/// Words of the encoding.
pub(super) fn digits_words(layer: &Dense) -> usize {
    let blocks = (layer.outputs as usize).div_ceil(BLOCK_OUTPUTS);
    blocks.wrapping_mul(layer.inputs as usize)
}

fn epilogue(layer: &Dense) -> Epilogue<'_> {
    Epilogue::new(layer.channels, &layer.requant, layer.leaky)
}

/// [`digits`] of exactly these inputs.
pub(super) fn digits_of<I: Code, O: Output>(
    weights: &[u32],
    input: &[I],
    epilogue: Epilogue<'_>,
    output: &mut [O],
) {
    let mut weights = weights;
    let mut outputs = epilogue.into_outputs(output);
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !outputs.is_full()
    {
        weights = rest;
        let mut sums = [0; BLOCK_OUTPUTS];
        let mut total = add_products(block, input, I::HIGHEST_BYTE, &mut sums);
        for byte in (0..I::HIGHEST_BYTE).rev() {
            // 256·acc(high bytes) + acc(low bytes) (R6).
            for sum in &mut sums {
                *sum = sum.wrapping_shl(8);
            }
            let of_byte = add_products(block, input, byte, &mut sums);
            total = total.wrapping_shl(8).wrapping_add(of_byte);
        }
        for &sum in &sums {
            // After the last output there are sums left in the last block.
            outputs.put(sum.wrapping_sub(total) as i32);
        }
    }
}

/// Adds Σ d·u over a byte u of each code to the sums of a block's outputs; Σ u.
#[inline(never)]
fn add_products<I: Code>(
    weights: &[u32],
    input: &[I],
    byte: u32,
    sums: &mut [u32; BLOCK_OUTPUTS],
) -> u32 {
    let mut total = 0_u32;
    let (mut weights, mut input) = (weights, input);
    while !input.is_empty() {
        let (some_weights, rest_weights) = split_at_most(weights, LANE_INPUTS);
        let (some_input, rest_input) = split_at_most(input, LANE_INPUTS);
        (weights, input) = (rest_weights, rest_input);
        let mut lanes = [0_u32; BLOCK_OUTPUTS / 2];
        for (code, &word) in some_input.iter().zip(some_weights) {
            let (u, word) = (u32::from(code.byte(byte)), u32::from_le(word));
            total = total.wrapping_add(u);
            // Written out: at opt-level "s" a loop would keep the lanes in memory.
            macro_rules! add {
                ($($lane:literal)*) => { $(
                    let digits = (word >> (2 * $lane)) & 0x0003_0003;
                    lanes[$lane] = lanes[$lane].wrapping_add(u.wrapping_mul(digits));
                )* };
            }
            add!(0 1 2 3 4 5 6 7);
        }
        for ([even, odd], &lane) in sums.as_chunks_mut().0.iter_mut().zip(&lanes) {
            *even = even.wrapping_add(lane & 0xffff);
            *odd = odd.wrapping_add(lane >> 16);
        }
    }
    total
}

/// Inputs in a group of [`tables`]: four trits have 81 values, few enough to tabulate.
const GROUP: usize = 4;
/// Groups in a block of [`tables`]: their tables must fit the scratch.
const BLOCK_GROUPS: usize = 16;
/// Inputs in a block of [`tables`].
const BLOCK_INPUTS: usize = BLOCK_GROUPS * GROUP;
/// Words of a group's table.
const TABLE_WORDS: usize = 45;
/// Entries of a group's table, two in a word.
const TABLE: usize = 2 * TABLE_WORDS;

/// For layers with many outputs: tabulates the 81 sums of every four inputs, so that four weights cost one addition.
///
/// Scratch, in words: 45 · min(16, ⌈inputs / 4⌉), and `outputs` more if there are over 64 inputs.
#[inline(never)]
pub fn tables<O: Output>(layer: &Dense, input: &[u8], output: &mut [O], scratch: &mut [u32]) {
    let outputs = layer.outputs as usize;
    let Some(mut input) = input.get(..layer.inputs as usize) else {
        return;
    };
    let table_words = TABLE_WORDS * input.len().div_ceil(GROUP).min(BLOCK_GROUPS);
    let Some((tables, sums)) = scratch.split_at_mut_checked(table_words) else {
        return;
    };
    // Σ d·u − Σ u over the blocks before the last, if there are any.
    let sums_needed = if input.len() > BLOCK_INPUTS {
        outputs
    } else {
        0
    };
    let Some(sums) = sums.get_mut(..sums_needed) else {
        return;
    };
    sums.fill(0);
    let mut codes: &[u8] = view(layer.weights, usize::MAX);
    while input.len() > BLOCK_INPUTS {
        let (block, rest) = split_at_most(input, BLOCK_INPUTS);
        let (rows, rest_codes) = split_at_most(codes, outputs.wrapping_mul(BLOCK_GROUPS));
        (input, codes) = (rest, rest_codes);
        add_block(rows, block, tables, sums);
    }
    let groups = input.len().div_ceil(GROUP);
    let total = build_tables(input, tables);
    let tables = view(tables, groups * TABLE);
    let mut sums = sums.iter();
    let mut outputs = epilogue(layer).into_outputs(output);
    while !outputs.is_full() {
        let (row, rest) = split_at_most(codes, groups);
        codes = rest;
        let sum = sums.next().copied().unwrap_or(0);
        let sum = sum.wrapping_add(row_sum(row, tables));
        outputs.put(sum.wrapping_sub(total) as i32);
    }
}

/// Adds Σ d·u − Σ u over a full block to all sums.
#[inline(never)]
fn add_block(codes: &[u8], input: &[u8], tables: &mut [u32], sums: &mut [u32]) {
    let total = build_tables(input, tables);
    let tables: &[u16] = view(tables, usize::MAX);
    let Some(tables) = tables.first_chunk() else {
        return;
    };
    for (sum, row) in sums.iter_mut().zip(codes.as_chunks().0) {
        let entries = full_row_sum(row, tables);
        *sum = sum.wrapping_add(entries).wrapping_sub(total);
    }
}

/// Fills the tables of a block's groups; Σ u.
#[inline(never)]
fn build_tables(input: &[u8], tables: &mut [u32]) -> u32 {
    let (tables, _) = tables.as_chunks_mut::<TABLE_WORDS>();
    let mut tables = tables.iter_mut();
    let (groups, tail) = input.as_chunks::<GROUP>();
    let mut total = 0_u32;
    for (group, table) in groups.iter().zip(&mut tables) {
        total = total.wrapping_add(build_table(*group, table));
    }
    if let (false, Some(table)) = (tail.is_empty(), tables.next()) {
        // The digits there are 1, so any codes would do; but Σ u counts them.
        let mut group = [0; GROUP];
        for (u, &last) in group.iter_mut().zip(tail) {
            *u = last;
        }
        total = total.wrapping_add(build_table(group, table));
    }
    total
}

/// Entry i0 + 3·i1 + 10·i2 + 30·i3 := i0·u0 + i1·u1 + i2·u2 + i3·u3, two entries with every addition; Σ u.
#[inline(always)]
fn build_table(group: [u8; GROUP], table: &mut [u32; TABLE_WORDS]) -> u32 {
    // No `map` of arrays here: at opt-level "z" it is a call and a copy.
    let [u0, u1, u2, u3] = group;
    let [u0, u1, u2, u3] = [u0 as u32, u1 as u32, u2 as u32, u3 as u32];
    let both = |u: u32| u | u << 16;
    // Halfwords 0, u0, 2u0, u1, u1+u0, u1+2u0, 2u1, 2u1+u0, 2u1+2u0, and one that is not used.
    let [a, b, c, d, e] = [
        u0 << 16,
        (2 * u0) | (u1 << 16),
        both(u1 + u0) + (u0 << 16),
        both(2 * u1) + (u0 << 16),
        2 * (u1 + u0),
    ];
    let mut base3 = 0_u32;
    for runs in table.as_chunks_mut::<15>().0 {
        let mut base = base3;
        for run in runs.as_chunks_mut::<5>().0 {
            // No half overflows: an entry is at most 2·4·255.
            run[0] = in_order(a.wrapping_add(base));
            run[1] = in_order(b.wrapping_add(base));
            run[2] = in_order(c.wrapping_add(base));
            run[3] = in_order(d.wrapping_add(base));
            run[4] = in_order(e.wrapping_add(base));
            base = base.wrapping_add(both(u2));
        }
        base3 = base3.wrapping_add(both(u3));
    }
    u0 + u1 + u2 + u3
}

/// The word whose halves are in memory in the order low, high.
#[inline(always)]
fn in_order(pair: u32) -> u32 {
    if cfg!(target_endian = "big") {
        pair.rotate_left(16)
    } else {
        pair
    }
}

/// Σ d·u of one output over a block: the sum of the entries that its codes name.
#[inline(always)]
fn row_sum(row: &[u8], tables: &[u16]) -> u32 {
    if let (Some(row), Some(tables)) = (row.first_chunk(), tables.first_chunk()) {
        return full_row_sum(row, tables);
    }
    let mut sum = 0_u32;
    for (&code, table) in row.iter().zip(tables.as_chunks::<TABLE>().0) {
        sum = sum.wrapping_add(entry(table, 0, code));
    }
    sum
}

/// The same over a full block.
#[inline(always)]
fn full_row_sum(row: &[u8; BLOCK_GROUPS], tables: &[u16; BLOCK_GROUPS * TABLE]) -> u32 {
    // A code is at most 255, so the compiler drops the check of all groups but the last two.
    macro_rules! entries {
        ($($group:literal)*) => {
            0_u32 $( .wrapping_add(entry(tables, $group * TABLE, row[$group])) )*
        };
    }
    entries!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
}

/// The entry of a code in the table that begins at `start`; of a code over 88, which no compiler of ours writes,
/// another table's entry, or 0.
#[inline(always)]
fn entry(tables: &[u16], start: usize, code: u8) -> u32 {
    match tables.get(start + code as usize) {
        Some(&entry) => entry as u32,
        None => 0,
    }
}

/// Outputs in a block of [`int8`]: a word holds their weights for one input.
const INT8_OUTPUTS: usize = 4;

/// For `int8` weights (R31); no scratch.
pub fn int8<I: Code, O: Output>(layer: &Dense, input: &[I], output: &mut [O]) {
    if let Some(input) = input.get(..layer.inputs as usize) {
        int8_of(layer.weights, input, epilogue(layer), output);
    }
}

/// Words of the encoding.
pub(super) fn int8_words(layer: &Dense) -> usize {
    let blocks = (layer.outputs as usize).div_ceil(INT8_OUTPUTS);
    blocks.wrapping_mul(layer.inputs as usize)
}

/// [`int8`] of exactly these inputs.
pub(super) fn int8_of<I: Code, O: Output>(
    weights: &[u32],
    input: &[I],
    epilogue: Epilogue<'_>,
    output: &mut [O],
) {
    let mut weights = weights;
    let mut outputs = epilogue.into_outputs(output);
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !outputs.is_full()
    {
        weights = rest;
        for sum in int8_sums(block, input) {
            outputs.put(sum);
        }
    }
}

/// Σ w·u of a block's outputs.
#[inline(never)]
fn int8_sums<I: Code>(block: &[u32], input: &[I]) -> [i32; INT8_OUTPUTS] {
    let weights: &[u8] = view(block, usize::MAX);
    let [mut a, mut b, mut c, mut d] = [0_i32; INT8_OUTPUTS];
    for (&u, &[w, x, y, z]) in input.iter().zip(weights.as_chunks().0) {
        let product = |weight: u8| i32::from(weight as i8).wrapping_mul(u.into());
        a = a.wrapping_add(product(w));
        b = b.wrapping_add(product(x));
        c = c.wrapping_add(product(y));
        d = d.wrapping_add(product(z));
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests;
