//! Fully connected layers of ternary weights, one vector at a time.
//!
//! Both kernels work on digits d = w + 1 in {0, 1, 2} instead of trits w, so that all summands are unsigned and two
//! 16-bit sums can share a 32-bit word: Σ w·u = Σ d·u − Σ u (R6). Each has its own encoding of the weights.
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

use super::Output;
use crate::params::{Channel, Dense};
use crate::requant::requantize;
use crate::slots::view;

/// Outputs in a block of [`digits`], two in each of eight lanes.
const BLOCK_OUTPUTS: usize = 16;
/// Inputs whose products fit a 16-bit lane: 128 · 2 · 255 < 2^16.
const LANE_INPUTS: usize = 128;

/// For layers with few outputs: multiplies two digits at a time; no scratch.
pub fn digits<O: Output>(layer: &Dense, input: &[u8], output: &mut [O]) {
    let Some(input) = input.get(..layer.inputs as usize) else {
        return;
    };
    let mut weights = layer.weights;
    let mut outputs = output.iter_mut().zip(layer.channels);
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && outputs.len() > 0
    {
        weights = rest;
        let (sums, total) = digit_sums(block, input);
        // `zip` asks its left side first: the sums are on the left, so that no output is lost after the last of them.
        for (sum, (y, channel)) in sums.into_iter().zip(outputs.by_ref()) {
            *y = finish(layer, channel, sum, total);
        }
    }
}

/// Σ d·u of the outputs of a block, in order, and Σ u.
#[inline(always)]
fn digit_sums(weights: &[u32], input: &[u8]) -> ([u32; BLOCK_OUTPUTS], u32) {
    let mut sums = [0_u32; BLOCK_OUTPUTS];
    let mut total = 0_u32;
    let (mut weights, mut input) = (weights, input);
    while !input.is_empty() {
        let (some_weights, rest_weights) = split_at_most(weights, LANE_INPUTS);
        let (some_input, rest_input) = split_at_most(input, LANE_INPUTS);
        (weights, input) = (rest_weights, rest_input);
        let mut lanes = [0_u32; BLOCK_OUTPUTS / 2];
        for (&u, &word) in some_input.iter().zip(some_weights) {
            let (u, word) = (u32::from(u), u32::from_le(word));
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
        for ([even, odd], lane) in sums.as_chunks_mut().0.iter_mut().zip(lanes) {
            *even = even.wrapping_add(lane & 0xffff);
            *odd = odd.wrapping_add(lane >> 16);
        }
    }
    (sums, total)
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
        input = rest;
        let total = build_tables(block, tables);
        let tables = view(tables, usize::MAX);
        for sum in &mut *sums {
            let entries = next_row(&mut codes, BLOCK_GROUPS, tables);
            *sum = sum.wrapping_add(entries).wrapping_sub(total);
        }
    }
    let total = build_tables(input, tables);
    let tables = view(tables, usize::MAX);
    let groups = input.len().div_ceil(GROUP);
    let mut sums = sums.iter();
    for (y, channel) in output.iter_mut().zip(layer.channels) {
        let entries = next_row(&mut codes, groups, tables);
        let sum = sums.next().copied().unwrap_or(0).wrapping_add(entries);
        *y = finish(layer, channel, sum, total);
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
    let [u0, u1, u2, u3] = group.map(u32::from);
    let both = |u: u32| u | u << 16;
    // Halfwords 0, u0, 2u0, u1, u1+u0, u1+2u0, 2u1, 2u1+u0, 2u1+2u0, and one that is not used.
    let [a, b, c, d, e] = [
        u0 << 16,
        (2 * u0) | (u1 << 16),
        both(u1 + u0) + (u0 << 16),
        both(2 * u1) + (u0 << 16),
        2 * (u1 + u0),
    ];
    let mut base3 = 0;
    for runs in table.as_chunks_mut::<15>().0 {
        let mut base = base3;
        for run in runs.as_chunks_mut::<5>().0 {
            // No half overflows: an entry is at most 2·4·255.
            *run = [a, b, c, d, e].map(|pair| in_order(pair.wrapping_add(base)));
            base += both(u2);
        }
        base3 += both(u3);
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

/// Σ d·u of one output over a block: takes one code per group, and adds the entries.
#[inline(always)]
fn next_row(codes: &mut &[u8], groups: usize, tables: &[u16]) -> u32 {
    let Some((row, rest)) = codes.split_at_checked(groups) else {
        return 0;
    };
    *codes = rest;
    if let Some(row) = row.first_chunk::<BLOCK_GROUPS>()
        && let Some(tables) = tables.first_chunk::<{ BLOCK_GROUPS * TABLE }>()
    {
        // A code is at most 255, so the compiler drops the check of all groups but the last two.
        macro_rules! entries {
            ($($group:literal)*) => {
                0 $( + entry(tables, $group * TABLE, row[$group]) )*
            };
        }
        return entries!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    }
    let mut sum = 0;
    for (table, &code) in tables.as_chunks::<TABLE>().0.iter().zip(row) {
        sum += entry(table, 0, code);
    }
    sum
}

/// The entry of a code in the table that begins at `start`; a code that is none may find another's, or 0.
#[inline(always)]
fn entry(tables: &[u16], start: usize, code: u8) -> u32 {
    tables
        .get(start + usize::from(code))
        .map_or(0, |&entry| u32::from(entry))
}

/// The output for Σ d·u and Σ u (R6, R7).
#[inline(always)]
fn finish<O: Output>(layer: &Dense, channel: &Channel, sum: u32, total: u32) -> O {
    let sum = sum.wrapping_sub(total) as i32;
    O::from_clamped(requantize(sum, channel, &layer.requant))
}

/// Like `split_at`, but all elements are in the first part if there are fewer than `len`.
#[inline(always)]
fn split_at_most<T>(slice: &[T], len: usize) -> (&[T], &[T]) {
    slice.split_at_checked(len).unwrap_or((slice, &[]))
}

#[cfg(test)]
mod tests;
