//! Adds floats, on a machine that has no instructions for them.
#![no_std]
#![no_main]

use core::hint::black_box;

board::main!(run);

fn run() {
    let sum = black_box(1.5f32) + black_box(2.25f32);
    board::line("bits").number(sum.to_bits());
}
