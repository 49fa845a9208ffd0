//! The encodings of ternary weights, written from their description in `bitneural_rt::private::dense` and
//! not from the compiler's, so that each finds the other's mistakes. Digit d = trit + 1.

use crate::spec::Dense;

/// The words of the kernel `digits`: blocks of 16 outputs, `[block][input]`.
#[must_use]
pub fn digits(op: &Dense) -> Vec<u32> {
    let mut words = Vec::new();
    for block in 0..op.outputs.div_ceil(16) {
        for input in 0..op.inputs {
            let half = |odd: usize| -> u32 {
                (0..8)
                    .map(|s| digit(op, 16 * block + 2 * s + odd, input) << (2 * s))
                    .sum()
            };
            words.push(half(0) | half(1) << 16);
        }
    }
    words
}

/// The words of the kernel `tables`: blocks of 16 groups of four inputs, `[block][output][group]`.
#[must_use]
pub fn tables(op: &Dense) -> Vec<u32> {
    let groups: Vec<usize> = (0..op.inputs.div_ceil(4)).collect();
    let mut bytes = Vec::new();
    for block in groups.chunks(16) {
        for output in 0..op.outputs {
            for group in block {
                let steps = [1, 3, 10, 30].into_iter().zip(4 * group..);
                bytes.push(
                    steps
                        .map(|(step, input)| step * digit(op, output, input))
                        .sum::<u32>(),
                );
            }
        }
    }
    bytes
        .chunks(4)
        .map(|bytes| bytes.iter().rev().fold(0, |word, byte| word << 8 | byte))
        .collect()
}

/// Words of scratch that the kernel `tables` needs.
#[must_use]
pub fn tables_scratch(op: &Dense) -> usize {
    let groups = op.inputs.div_ceil(4);
    45 * groups.min(16) + if groups > 16 { op.outputs } else { 0 }
}

/// The digit of a weight: 1, that of zero, where there is none.
fn digit(op: &Dense, output: usize, input: usize) -> u32 {
    op.trit(output, input)
        .map_or(1, |trit| (i32::from(trit) + 1).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Element;

    fn layer(trits: &[&str]) -> Dense {
        Dense {
            inputs: trits[0].len(),
            outputs: trits.len(),
            element: Element::U8,
            pre_shift: 0,
            shift: 0,
            low: 0,
            high: 255,
            multiplier: vec![1; trits.len()],
            bias: vec![0; trits.len()],
            trits: trits.iter().map(|&row| row.to_owned()).collect(),
        }
    }

    #[test]
    fn digits_alternate_between_the_halves_of_a_word() {
        // Outputs 0 and 2 in the low half, output 1 in the high half; the others do not exist.
        let padding = 0b01_01_01_01_01_01;
        assert_eq!(
            digits(&layer(&["+", "-", "0"])),
            [(padding << 2 | 1) << 18 | padding << 4 | 0b01_10]
        );
    }

    #[test]
    fn table_indices_are_the_bytes_of_little_endian_words() {
        let op = layer(&["+-0++"]);
        // 2 + 0 + 10 + 60; then the fifth input and three that do not exist: 2 + 3 + 10 + 30.
        assert_eq!(tables(&op), [72 | 45 << 8]);
        assert_eq!(tables_scratch(&op), 90);
        assert_eq!(tables_scratch(&layer(&["0".repeat(65).as_str(); 10])), 730);
    }
}
