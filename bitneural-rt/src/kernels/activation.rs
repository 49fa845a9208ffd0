//! Element-wise functions of one code, as tables (R13).

use crate::params::Table;

/// The table's entry for every code.
#[inline(never)]
pub fn table(layer: &Table, input: &[u8], output: &mut [u8]) {
    for (y, &u) in output.iter_mut().zip(input) {
        *y = layer.entries[usize::from(u)];
    }
}

/// Replaces every code by the table's entry.
#[inline(never)]
pub fn table_in_place(layer: &Table, data: &mut [u8]) {
    for u in data {
        *u = layer.entries[usize::from(*u)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hard swish of R13's example, where it is given, and 99 elsewhere.
    static HARD_SWISH: [u8; 256] = {
        let mut entries = [99; 256];
        entries[0] = 12;
        entries[40] = 0;
        entries[75] = 12;
        entries[100] = 34;
        entries[255] = 252;
        entries
    };
    const LAYER: Table = Table {
        entries: &HARD_SWISH,
    };

    #[test]
    fn looks_up_every_code() {
        let input = [0, 40, 75, 100, 255, 1];
        let mut output = [1; 6];
        table(&LAYER, &input, &mut output);
        assert_eq!(output, [12, 0, 12, 34, 252, 99]);
        let mut data = input;
        table_in_place(&LAYER, &mut data);
        assert_eq!(data, output);
    }

    #[test]
    fn the_shorter_slice_counts() {
        let mut output = [1; 3];
        table(&LAYER, &[0, 40], &mut output);
        assert_eq!(output, [12, 0, 1]);
        table(&LAYER, &[100; 9], &mut output);
        assert_eq!(output, [34; 3]);
    }
}
