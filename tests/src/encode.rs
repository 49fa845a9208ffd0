//! The encodings of weights, written from their description in `bitneural_rt::private` and not from the
//! compiler's, so that each finds the other's mistakes. Digit d = trit + 1.

use crate::spec::Element;
use crate::spec::op::{Conv, Weights, Window};

/// The words of the kernel `dense::digits`: blocks of 16 outputs, `[block][input]`. A row for each output.
#[must_use]
pub fn digits(rows: &[Vec<i8>], inputs: usize) -> Vec<u32> {
    let mut words = Vec::new();
    for block in 0..rows.len().div_ceil(16) {
        for input in 0..inputs {
            let half = |odd: usize| -> u32 {
                (0..8)
                    .map(|s| digit(rows, 16 * block + 2 * s + odd, input) << (2 * s))
                    .sum()
            };
            words.push(half(0) | half(1) << 16);
        }
    }
    words
}

/// The words of the kernel `dense::tables`: blocks of 16 groups of four inputs, `[block][output][group]`.
#[must_use]
pub fn tables(rows: &[Vec<i8>], inputs: usize) -> Vec<u32> {
    let groups: Vec<usize> = (0..inputs.div_ceil(4)).collect();
    let mut bytes = Vec::new();
    for block in groups.chunks(16) {
        for output in 0..rows.len() {
            for group in block {
                let steps = [1, 3, 10, 30].into_iter().zip(4 * group..);
                let index = steps.map(|(step, input)| step * digit(rows, output, input));
                bytes.push(u8::try_from(index.sum::<u32>()).expect("at most 88"));
            }
        }
    }
    words(&bytes)
}

/// Words of scratch that the kernel `dense::tables` needs.
#[must_use]
pub fn tables_scratch(inputs: usize, outputs: usize) -> usize {
    let groups = inputs.div_ceil(4);
    45 * groups.min(16) + if groups > 16 { outputs } else { 0 }
}

/// The words of the kernel `dense::int8`: blocks of four outputs, `[block][input][output]`.
#[must_use]
pub fn int8(rows: &[Vec<i8>], inputs: usize) -> Vec<u32> {
    let mut bytes = Vec::new();
    for block in rows.chunks(4) {
        for input in 0..inputs {
            bytes.extend((0..4).map(|output| {
                let row = block.get(output);
                row.map_or(0, |row| row[input].cast_unsigned())
            }));
        }
    }
    words(&bytes)
}

/// The words of the kernels `conv::digits` and `conv::int8`: those of `dense` for each group.
#[must_use]
pub fn conv(conv: &Conv) -> Vec<u32> {
    let encode = if conv.weights.is_int8 { int8 } else { digits };
    let groups = conv.weights.rows.chunks(conv.outputs_of_a_group());
    groups
        .flat_map(|rows| encode(rows, conv.inputs()))
        .collect()
}

/// The words of the kernels `depthwise::digits`, `[output]` words of 16 taps, and `depthwise::int8`,
/// `[output][tap]`.
#[must_use]
pub fn depthwise(weights: &Weights) -> Vec<u32> {
    if weights.is_int8 {
        let bytes: Vec<u8> = weights.flat().into_iter().map(i8::cast_unsigned).collect();
        return words(&bytes);
    }
    let mut found = Vec::new();
    for (output, row) in weights.rows.iter().enumerate() {
        for first in (0..row.len()).step_by(16) {
            let digits = (0..16).map(|tap| digit(&weights.rows, output, first + tap) << (2 * tap));
            found.push(digits.sum());
        }
    }
    found
}

/// Words of scratch that kernels need for patches of so many codes.
#[must_use]
pub fn patch_scratch(window: &Window, codes: usize, reads: Element) -> usize {
    if window.is_pointwise() {
        0
    } else {
        match reads {
            Element::U8 => codes.div_ceil(4),
            Element::U16 | Element::I16 => codes.div_ceil(2),
        }
    }
}

/// Bytes in words of little-endian order, the last one filled up.
fn words(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks(4)
        .map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0, |word, &byte| word << 8 | u32::from(byte))
        })
        .collect()
}

/// The digit of a weight: 1, that of zero, where there is none.
fn digit(rows: &[Vec<i8>], output: usize, input: usize) -> u32 {
    let trit = rows.get(output).and_then(|row| row.get(input));
    trit.map_or(1, |&trit| (i32::from(trit) + 1).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(trits: &[&str]) -> Vec<Vec<i8>> {
        Weights::trits(trits).rows
    }

    #[test]
    fn digits_alternate_between_the_halves_of_a_word() {
        // Outputs 0 and 2 in the low half, output 1 in the high half; the others do not exist.
        let padding = 0b01_01_01_01_01_01;
        assert_eq!(
            digits(&rows(&["+", "-", "0"]), 1),
            [(padding << 2 | 1) << 18 | padding << 4 | 0b01_10]
        );
    }

    #[test]
    fn table_indices_are_the_bytes_of_little_endian_words() {
        // 2 + 0 + 10 + 60; then the fifth input and three that do not exist: 2 + 3 + 10 + 30.
        assert_eq!(tables(&rows(&["+-0++"]), 5), [72 | 45 << 8]);
        assert_eq!(tables_scratch(5, 1), 90);
        assert_eq!(tables_scratch(65, 10), 730);
    }

    #[test]
    fn signed_bytes_of_an_output_that_is_not_there_are_zero() {
        let rows = [[1, -2], [3, 4], [5, 6], [7, 8], [9, 10]].map(Vec::from);
        assert_eq!(
            int8(&rows, 2),
            [0x0705_0301, 0x0806_04fe, 0x0000_0009, 0x0000_000a]
        );
    }

    #[test]
    fn depthwise_rows_begin_at_words() {
        let trits = ["+000000000000000-", "00000000000000000"];
        let zeros = 0x5555_5555;
        assert_eq!(
            depthwise(&Weights::trits(&trits)),
            [zeros + 1, zeros - 1, zeros, zeros]
        );
        let bytes = Weights {
            rows: vec![vec![1, -1, 2], vec![-127, 0, 3]],
            is_int8: true,
        };
        assert_eq!(depthwise(&bytes), [0x8102_ff01, 0x0000_0300]);
    }
}
