//! Trits → the packed forms that kernels read (docs/encodings.md).

/// Groups of four inputs in a block of the tables encoding.
const BLOCK_GROUPS: usize = 16;

/// The digit of a trit: 0, 1 or 2.
fn digit(trit: i8) -> u32 {
    (trit + 1) as u32
}

/// The *tables* encoding of `[outputs][inputs]` trits: for each block of 64 inputs, each output and
/// each group of four inputs one byte, the index `d0 + 3·d1 + 10·d2 + 30·d3` of the group's sum
/// among nine runs of ten. Inputs that are missing in the last group have digit 1.
pub fn tables(trits: &[i8], inputs: usize, outputs: usize) -> Vec<u8> {
    const PLACES: [u32; 4] = [1, 3, 10, 30];
    let mut codes = Vec::with_capacity(inputs.div_ceil(4) * outputs + 3);
    for first in (0..inputs).step_by(4 * BLOCK_GROUPS) {
        let last = inputs.min(first + 4 * BLOCK_GROUPS);
        for row in trits.chunks(inputs) {
            for group in row[first..last].chunks(4) {
                let mut code = 0;
                for (position, place) in PLACES.iter().enumerate() {
                    code += place * group.get(position).map_or(1, |&trit| digit(trit));
                }
                codes.push(code as u8);
            }
        }
    }
    codes.resize(codes.len().next_multiple_of(4), 0);
    codes
}

/// The *digits* encoding of `[outputs][inputs]` trits: for each block of 16 outputs and each input
/// one little-endian word; output `2s` of the block has its digit in bits `2s`, output `2s + 1` in
/// bits `16 + 2s`. Outputs that are missing in the last block have digit 1.
pub fn digits(trits: &[i8], inputs: usize, outputs: usize) -> Vec<u8> {
    const BLOCK: usize = 16;
    let mut words = Vec::with_capacity(inputs * outputs.div_ceil(BLOCK) * 4);
    for first in (0..outputs).step_by(BLOCK) {
        for input in 0..inputs {
            let mut word = 0;
            for lane in 0..BLOCK {
                let trit = trits
                    .get((first + lane) * inputs + input)
                    .copied()
                    .unwrap_or(0);
                word |= digit(trit) << (2 * (lane / 2) + 16 * (lane % 2));
            }
            words.extend(word.to_le_bytes());
        }
    }
    words
}

/// The *int8* encoding of `[outputs][inputs]` weights: for each block of four outputs and each input
/// four signed bytes. Outputs that are missing in the last block have weight 0.
pub fn int8(weights: &[i8], inputs: usize, outputs: usize) -> Vec<u8> {
    const BLOCK: usize = 4;
    let mut bytes = Vec::with_capacity(inputs * outputs.next_multiple_of(BLOCK));
    for first in (0..outputs).step_by(BLOCK) {
        for input in 0..inputs {
            for lane in 0..BLOCK {
                let weight = weights.get((first + lane) * inputs + input);
                bytes.push(weight.copied().unwrap_or(0) as u8);
            }
        }
    }
    bytes
}

/// The *digits* encoding of a depthwise convolution, `[outputs][taps]` trits: for each output
/// ⌈taps / 16⌉ little-endian words, tap `t` in bits `2·(t mod 16)` of word `t / 16`. Taps that are
/// missing in the last word have digit 1.
pub fn depthwise_digits(trits: &[i8], taps: usize) -> Vec<u8> {
    const TAPS: usize = 16;
    let mut bytes = Vec::with_capacity(trits.len() / taps.max(1) * taps.div_ceil(TAPS) * 4);
    for row in trits.chunks(taps.max(1)) {
        for some in row.chunks(TAPS) {
            let digits =
                (0..TAPS).map(|tap| digit(some.get(tap).copied().unwrap_or(0)) << (2 * tap));
            bytes.extend(digits.sum::<u32>().to_le_bytes());
        }
    }
    bytes
}

/// The *int8* encoding of a depthwise convolution: `[outputs][taps]` signed bytes, the whole padded to
/// a multiple of four.
pub fn depthwise_int8(weights: &[i8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = weights.iter().map(|&weight| weight as u8).collect();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_pad_the_last_group_with_zero_weights() {
        // Five inputs: a full group and one of one input.
        let codes = tables(&[1, 0, -1, 1, 1], 5, 1);
        assert_eq!(codes, [2 + 3 + 2 * 30, 2 + 3 + 10 + 30, 0, 0]);
    }

    #[test]
    fn tables_run_block_by_block() {
        let mut trits = vec![0; 2 * 65];
        trits[64] = 1; // output 0, input 64: the first code of the second block
        let codes = tables(&trits, 65, 2);
        assert_eq!(codes.len(), 36);
        assert_eq!(codes[32], 2 + 3 + 10 + 30);
        assert_eq!(codes[33], 1 + 3 + 10 + 30);
    }

    #[test]
    fn digits_interleave_two_lanes() {
        // Outputs 0, 1, 2 of one input: digits 2, 0, 1; the rest 1.
        let word = u32::from_le_bytes(digits(&[1, -1, 0], 1, 3).try_into().unwrap());
        assert_eq!(word & 3, 2);
        assert_eq!(word >> 16 & 3, 0);
        assert_eq!(word >> 2 & 0x3fff, 0b01_0101_0101_0101);
    }
}
