//! A program that runs a model in f32 mode on inputs that the host puts in memory, and prints what comes out:
//! `input INDEX INSTRUCTIONS STACK CLASS bits…`.

/// The program around a generated struct.
#[macro_export]
macro_rules! float_program {
    ($net:ident) => {
        board::main!(run);

        static NET: board::Owned<$net> = board::Owned::new($net::new());

        fn run() {
            board::print_calibration();
            let Some(net) = NET.take() else { return };
            let mut words = $crate::Words::new(board::data());
            let mut index = 0;
            while !words.is_empty() {
                let input = $crate::Array::read(&mut words);
                let predict = $net::predict;
                let (instructions, output) = board::count(|| $crate::apart(predict, net, &input));
                let (stack, _) = board::stack_bytes(|| $crate::apart(predict, net, &input));
                let class = net.classify(&input);
                let line = board::line("input")
                    .number(index)
                    .number(instructions)
                    .number(stack);
                $crate::Array::print(&output, line.number(class as u32));
                index += 1;
            }
        }
    };
}
