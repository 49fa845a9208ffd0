//! R17 and R18.

use super::linear::requantize;
use crate::network::{AveragePool, MaxPool};

pub(super) fn max(pool: &MaxPool, input: &[i32]) -> Vec<i32> {
    let mut output = Vec::new();
    for y in 0..pool.window.output[0] {
        for x in 0..pool.window.output[1] {
            for c in 0..pool.channels {
                // Taps on padding do not count.
                let inside = pool.window.under(y, x).flatten();
                let largest = inside
                    .map(|position| input[position * pool.channels + c])
                    .max();
                output.push(largest.expect("R17: a window that sees the image"));
            }
        }
    }
    output
}

pub(super) fn average(pool: &AveragePool, zero_point: i32, input: &[i32]) -> Vec<i32> {
    let mut output = Vec::new();
    for y in 0..pool.window.output[0] {
        for x in 0..pool.window.output[1] {
            for c in 0..pool.channels {
                let (mut acc, mut n) = (0, 0);
                for position in pool.window.under(y, x) {
                    match position {
                        Some(position) => acc += i64::from(input[position * pool.channels + c]),
                        None if pool.count_padding => acc += i64::from(zero_point),
                        None => continue,
                    }
                    n += 1;
                }
                let channel = pool.counts.iter().position(|&count| count == n);
                output.push(requantize(
                    acc,
                    &pool.requant,
                    channel.expect("R18: constants for every n"),
                ));
            }
        }
    }
    output
}
