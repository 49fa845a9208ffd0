//! Embeddings: a row of a table for each index (R33).

use super::Code;
use crate::params::Embedding;

/// The row of each index; an index beyond the last row has that row.
#[inline(never)]
pub fn lookup<I: Code>(layer: &Embedding, input: &[I], output: &mut [u8]) {
    let last = layer.rows.saturating_sub(1);
    let width = layer.width as usize;
    let mut to_fill = output;
    for &index in input {
        let index: u32 = index.into();
        let row = index.min(last) as usize;
        let codes = layer.table.get(row.wrapping_mul(width)..).unwrap_or(&[]);
        let Some((codes, _)) = codes.split_at_checked(width) else {
            return;
        };
        let Some((to, after)) = to_fill.split_at_mut_checked(width) else {
            return;
        };
        to_fill = after;
        for (y, &u) in to.iter_mut().zip(codes) {
            *y = u;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: Embedding = Embedding {
        rows: 3,
        width: 2,
        table: &[10, 11, 20, 21, 30, 31],
    };

    #[test]
    fn rows_are_copied_and_the_last_one_stands_for_all_behind_it() {
        let mut output = [0; 10];
        lookup(&LAYER, &[1_u8, 0, 2, 3, 255], &mut output);
        assert_eq!(output, [20, 21, 10, 11, 30, 31, 30, 31, 30, 31]);
        let mut output = [0; 4];
        lookup(&LAYER, &[65_535_u16, 1], &mut output);
        assert_eq!(output, [30, 31, 20, 21]);
    }

    #[test]
    fn wrong_lengths_do_less() {
        let mut output = [7; 5];
        lookup(&LAYER, &[1_u8, 0, 2], &mut output);
        assert_eq!(output, [20, 21, 10, 11, 7]);
        lookup(&LAYER, &[2_u8], &mut output);
        assert_eq!(output, [30, 31, 10, 11, 7]);
        for wrong in [
            Embedding { rows: 9, ..LAYER },
            Embedding {
                rows: 0,
                table: &[],
                ..LAYER
            },
            Embedding {
                width: u32::MAX,
                ..LAYER
            },
        ] {
            lookup(&wrong, &[8_u8], &mut output);
            assert_eq!(output, [30, 31, 10, 11, 7]);
        }
        lookup(&Embedding { width: 0, ..LAYER }, &[1_u8], &mut output);
        assert_eq!(output, [30, 31, 10, 11, 7]);
    }
}
