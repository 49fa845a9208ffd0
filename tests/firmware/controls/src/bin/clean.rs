//! Does some of everything that is allowed, for the checks to find nothing wrong with, and prints known figures.
#![no_std]
#![no_main]

use core::cell::Cell;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};

board::main!(run);

/// A constant of 256 bytes, for flash.
static WEIGHTS: [u8; 256] = [7; 256];
/// State of 1024 bytes, zero at first, for .bss.
static STATE: [AtomicU32; 256] = [const { AtomicU32::new(0) }; 256];

fn run() {
    board::print_calibration();

    let sum: u32 = black_box(&WEIGHTS)
        .iter()
        .map(|&weight| u32::from(weight))
        .sum();
    let zero: u32 = black_box(&STATE)
        .iter()
        .map(|word| word.load(Ordering::Relaxed))
        .sum();
    board::line("sum").number(sum).number(zero);

    let (bytes, _) =
        board::stack_bytes(|| black_box([Cell::new(1u8), const { Cell::new(2) }].len()));
    board::line("small_stack").number(bytes);
    let (bytes, ()) = board::stack_bytes(|| {
        black_box(&mut [1u8; 4096]);
    });
    board::line("large_stack").number(bytes);

    let data = board::data();
    let last = data.last().copied().unwrap_or(0);
    board::line("data").number(data.len() as u32).number(last);

    let (Some(first), Some(second)) = (board::allocate(3, -7i16), board::allocate(2, 8i32)) else {
        return;
    };
    board::line("allocated").all(first).all(second);
}
