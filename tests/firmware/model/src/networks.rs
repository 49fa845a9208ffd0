//! A program that runs many models, and prints what comes out: `input NETWORK CLASS value…`, the class −1 for
//! models of several outputs.
//!
//! The data is for each model its number, the number of its inputs, and the inputs, a word for each code;
//! those of several inputs come one after the other.

/// A model, in the program of many.
pub trait Network {
    /// Runs it on an input, which it reads, and prints a line of what comes out.
    fn run(&mut self, network: u32, words: &mut crate::Words);
}

/// The program around generated structs, each of which has the number of its place.
#[macro_export]
macro_rules! networks {
    ($($net:ty),* $(,)?) => {
        board::main!(run);

        /// One function for each model; a second call of it does nothing, since its model is taken.
        const NETWORKS: &[fn(u32, &mut $crate::Words)] = &[$({
            fn run(network: u32, words: &mut $crate::Words) {
                static NET: board::Owned<$net> = board::Owned::new(<$net>::new());
                let Some(net) = NET.take() else { return };
                for _ in 0..words.next() {
                    $crate::Network::run(net, network, words);
                }
            }
            run
        }),*];

        fn run() {
            let mut words = $crate::Words::new(board::data());
            while !words.is_empty() {
                let network = words.next();
                let Some(run) = NETWORKS.get(network as usize) else { return };
                run(network, &mut words);
            }
        }
    };
}
