//! Embeddings: the row of the index that is nearest.

use crate::function::nearest_index;
use crate::graph::Embedding;

pub(super) fn run(embedding: &Embedding, input: &[f32]) -> Vec<f32> {
    let entries = embedding.entries();
    let last = embedding.rows - 1;
    let rows = input.iter().map(|&x| nearest_index(x).min(last));
    let values = rows.flat_map(|row| &entries[row * embedding.width..][..embedding.width]);
    values.map(|&value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Table;

    #[test]
    fn the_nearest_index_counts_and_the_last_row_stands_for_all_behind_it() {
        let embedding = Embedding {
            rows: 3,
            width: 2,
            table: Table::Real(vec![0.5, 1.0, -2.0, 3.0, 4.0, -5.0]),
        };
        let input = [0.0, 1.0, 2.0, 0.49, 0.5, 1.4, 3.0, 1e30, -7.0, f32::NAN];
        let rows = run(&embedding, &input);
        let first: Vec<f32> = rows.iter().step_by(2).copied().collect();
        assert_eq!(first, [0.5, -2.0, 4.0, 0.5, -2.0, -2.0, 4.0, 4.0, 0.5, 0.5]);
        assert_eq!(rows[3], 3.0);
    }
}
