//! Panics: reads an array at an index that only the machine knows.
#![no_std]
#![no_main]

use core::hint::black_box;

board::main!(run);

fn run() {
    let values = black_box([1, 2, 3, 4]);
    board::line("value").number(values[black_box(4)]);
}
