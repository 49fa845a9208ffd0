//! Embeddings of f32 mode: the row of the index that is nearest.

use crate::params::float::FloatEmbedding;

/// The row of each index, which R4 makes of a float at scale 1 and zero point 0; an index beyond the last row has that
/// row.
#[inline(never)]
pub fn lookup(layer: &FloatEmbedding, input: &[f32], output: &mut [f32]) {
    let last = layer.rows.saturating_sub(1);
    let width = layer.width as usize;
    let mut to_fill = output;
    for &x in input {
        // Toward zero, a NaN to it.
        let parts = ((x * 256.0) as i32).clamp(0, 1 << 30);
        let index = parts.wrapping_add(128).wrapping_shr(8) as u32;
        let row = index.min(last) as usize;
        let values = layer.table.get(row.wrapping_mul(width)..).unwrap_or(&[]);
        let Some((values, _)) = values.split_at_checked(width) else {
            return;
        };
        let Some((to, after)) = to_fill.split_at_mut_checked(width) else {
            return;
        };
        to_fill = after;
        for (y, &value) in to.iter_mut().zip(values) {
            *y = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: FloatEmbedding = FloatEmbedding {
        rows: 3,
        width: 1,
        table: &[0.5, -2.0, 4.0],
    };

    #[test]
    fn the_nearest_row_is_copied() {
        let input = [0.0, 1.0, 2.0, 0.49, 0.5, 1.4, 3.0, 1e30, -7.0, f32::NAN];
        let mut output = [9.0; 10];
        lookup(&LAYER, &input, &mut output);
        assert_eq!(
            output,
            [0.5, -2.0, 4.0, 0.5, -2.0, -2.0, 4.0, 4.0, 0.5, 0.5]
        );
        let mut output = [9.0; 3];
        lookup(&LAYER, &[f32::INFINITY, f32::NEG_INFINITY], &mut output);
        assert_eq!(output, [4.0, 0.5, 9.0]);
    }

    #[test]
    fn wrong_lengths_do_less() {
        let mut output = [9.0; 2];
        lookup(&FloatEmbedding { rows: 9, ..LAYER }, &[8.0], &mut output);
        lookup(
            &FloatEmbedding {
                rows: 0,
                table: &[],
                ..LAYER
            },
            &[0.0],
            &mut output,
        );
        assert_eq!(output, [9.0; 2]);
        lookup(&LAYER, &[1.0, 2.0, 0.0], &mut output);
        assert_eq!(output, [-2.0, 4.0]);
    }
}
