//! Runs a whole model on inputs that the host puts in memory, and prints what comes out:
//! `input INDEX INSTRUCTIONS STACK CLASS value…`.
//!
//! `BITNEURAL_MODEL` is the path of a file with the generated struct, which must be named `Net`. The
//! data is a sequence of inputs, a word for each code. Nothing here can panic or use a float, so the
//! ELF file shows whether the model can.
#![no_std]
#![no_main]

mod arrays;

use board::Owned;

use crate::arrays::{Array, Words};

include!(env!("BITNEURAL_MODEL"));

board::main!(run);

static NET: Owned<Net> = Owned::new(Net::new());

fn run() {
    board::print_calibration();
    board::line("flash_bytes").number(Net::FLASH_BYTES as u32);
    board::line("ram_bytes").number(Net::RAM_BYTES as u32);
    board::line("stack_bytes").number(Net::STACK_BYTES as u32);
    board::line("macs").number(Net::MACS as u32);
    let Some(net) = NET.take() else { return };
    let mut words = Words::new(board::data());
    let mut index = 0;
    while !words.is_empty() {
        let input = Array::read(&mut words);
        let (instructions, output) = board::count(|| net.predict_quantized(&input));
        let (stack, again) = board::stack_bytes(|| net.predict_quantized(&input));
        let class = net.classify_quantized(&input);
        let mut line = board::line("input")
            .number(index)
            .number(instructions)
            .number(stack);
        line = output.print(line.number(class as u32));
        if again != output {
            line.text("but-not-again");
        }
        index += 1;
    }
}
