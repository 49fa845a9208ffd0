//! A program that runs a model on inputs that the host puts in memory, and prints what comes out:
//! `input INDEX INSTRUCTIONS STACK CLASS value…`.
//!
//! The data is a sequence of inputs, a word for each code. Nothing here can panic or use a float, so
//! the ELF file shows whether the model can.
#![no_std]

mod arrays;
mod float;
#[path = "../../../src/custom/layers.rs"]
pub mod layers;
mod networks;

pub use arrays::{Array, Words};
pub use networks::Network;

/// The program around a generated struct.
#[macro_export]
macro_rules! program {
    ($net:ident) => {
        board::main!(run);

        static NET: board::Owned<$net> = board::Owned::new($net::new());

        fn run() {
            board::print_calibration();
            board::line("flash_bytes").number($net::FLASH_BYTES as u32);
            board::line("ram_bytes").number($net::RAM_BYTES as u32);
            board::line("stack_bytes").number($net::STACK_BYTES as u32);
            board::line("macs").number($net::MACS as u32);
            let Some(net) = NET.take() else { return };
            let mut words = $crate::Words::new(board::data());
            let mut index = 0;
            while !words.is_empty() {
                let input = $crate::Array::read(&mut words);
                let predict = $net::predict_quantized;
                let (instructions, output) = board::count(|| $crate::apart(predict, net, &input));
                let (stack, again) = board::stack_bytes(|| $crate::apart(predict, net, &input));
                let class = net.classify_quantized(&input);
                let line = board::line("input")
                    .number(index)
                    .number(instructions)
                    .number(stack);
                let line = $crate::Array::print(&output, line.number(class as u32));
                if again != output {
                    line.text("but-not-again");
                }
                index += 1;
            }
        }
    };
}

/// Calls the one copy of a function: inlined at each call, it would be other code each time.
#[inline(never)]
pub fn apart<N, I, O>(predict: impl Fn(&mut N, &I) -> O, net: &mut N, input: &I) -> O {
    predict(net, input)
}
