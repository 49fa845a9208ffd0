//! State that is not zero at first: all of it lies in .data, and its first value takes flash.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};

board::main!(run);

static STATE: [AtomicU32; 16] = [const { AtomicU32::new(1) }; 16];

fn run() {
    let sum = black_box(&STATE)
        .iter()
        .map(|word| word.load(Ordering::Relaxed))
        .sum();
    board::line("sum").number(sum);
}
