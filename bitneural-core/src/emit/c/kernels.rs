//! The kernels: real C, in files of their own.

use crate::emit::program::Program;

/// A file of kernels.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    /// The family, and the name of the file without `.h`.
    pub family: &'static str,
    /// Its text, with an include guard of its own. The first line names the files that it needs.
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
    "dense" false,
    "window" false,
    "conv" false,
    "depthwise" false,
    "pool" false,
    "activation" false,
    "softmax" false,
];

impl Kernels {
    /// Whether this file needs the other.
    fn needs(&self, other: &Self) -> bool {
        let first = self.text.lines().next().unwrap_or_default();
        first
            .split(' ')
            .any(|word| word.strip_suffix(".h") == Some(other.family))
    }
}

/// The files that the program calls, and those that they need.
pub(super) fn text(program: &Program) -> String {
    let mut chosen: Vec<&Kernels> = Vec::new();
    for file in KERNELS.iter().rev() {
        if file.always
            || program.calls.iter().any(|call| call.family == file.family)
            || chosen.iter().any(|later| later.needs(file))
        {
            chosen.push(file);
        }
    }
    chosen
        .iter()
        .rev()
        .map(|file| format!("{}\n", file.text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_names_earlier_ones() {
        for (index, file) in KERNELS.iter().enumerate() {
            let first = file.text.lines().next().unwrap();
            let names = first
                .strip_prefix("/* needs: ")
                .and_then(|rest| rest.strip_suffix(" */"));
            for name in names.unwrap().split(' ').filter(|&name| name != "nothing") {
                assert!(
                    KERNELS[..index]
                        .iter()
                        .any(|other| format!("{}.h", other.family) == name),
                    "{} needs {name}",
                    file.family
                );
            }
        }
    }
}
