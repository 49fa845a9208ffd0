//! R33: a row for each index.

use crate::network::Embedding;

pub(super) fn run(embedding: &Embedding, input: &[i32]) -> Vec<i32> {
    let last = embedding.rows as i64 - 1;
    let rows = input.iter().map(|&index| i64::from(index).min(last));
    let places = rows.flat_map(|row| (0..embedding.width).map(move |at| (row as usize, at)));
    places
        .map(|(row, at)| embedding.codes[row * embedding.width + at].into())
        .collect()
}
