//! The kernels: real C, in files of their own.

use crate::emit::program::Program;

/// A file of kernels.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    /// The family, and the name of the file without `.h`.
    pub family: &'static str,
    /// Its text, with an include guard of its own.
    pub text: &'static str,
    /// Whether every header has it.
    always: bool,
}

macro_rules! kernels {
    ($($family:literal $always:literal),* $(,)?) => {
        /// Every file of kernels, in an order in which each needs only earlier ones.
        pub const KERNELS: &[Kernels] = &[$(Kernels {
            family: $family,
            text: include_str!(concat!("kernels/", $family, ".h")),
            always: $always,
        }),*];
    };
}

kernels![
    "prelude" true,
    "requant" true,
    "interface" true,
    "window" false,
    "dense" false,
    "conv" false,
    "depthwise" false,
    "pool" false,
    "activation" false,
    "softmax" false,
];

/// The files that the program calls.
pub(super) fn text(program: &Program) -> String {
    KERNELS
        .iter()
        .filter(|file| file.always || program.calls.iter().any(|call| call.family == file.family))
        .map(|file| format!("{}\n", file.text))
        .collect()
}
