//! The kernels: real C, in files of their own.

use crate::emit::program::Program;

/// A file of kernels.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    /// The family, and the name of the file without `.h`.
    pub family: &'static str,
    /// Its text, with an include guard of its own. The first line names the files that it needs.
    pub text: &'static str,
    /// Which headers have it.
    when: When,
}

/// Which headers have a file of kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// All.
    Always,
    /// Those of models in integer mode.
    Integer,
    /// Those of models in f32 mode.
    Float,
    /// Those that call its family, or need it for another.
    Called,
}

macro_rules! kernels {
    ($($family:literal $when:ident),* $(,)?) => {
        /// Every file of kernels, in an order in which each needs only earlier ones.
        pub const KERNELS: &[Kernels] = &[$(Kernels {
            family: $family,
            text: include_str!(concat!("kernels/", $family, ".h")),
            when: When::$when,
        }),*];
    };
}

kernels![
    "prelude" Always,
    "requant" Integer,
    "interface" Integer,
    "window" Called,
    "dense" Called,
    "conv" Called,
    "depthwise" Called,
    "pool" Called,
    "norm" Called,
    "shape" Called,
    "activation" Called,
    "gate" Called,
    "recurrent" Called,
    "stream" Called,
    "elementwise" Called,
    "embedding" Called,
    "softmax" Called,
    "float" Float,
    "float_window" Called,
    "float_dense" Called,
    "float_conv" Called,
    "float_depthwise" Called,
    "float_pool" Called,
    "float_norm" Called,
    "float_embedding" Called,
    "float_functions" Called,
    "float_activation" Called,
    "float_recurrent" Called,
    "float_shape" Called,
    "float_elementwise" Called,
    "float_softmax" Called,
    "custom" Called,
    "float_custom" Called,
];

impl Kernels {
    /// The families of the files that this one needs.
    fn needs(&self) -> impl Iterator<Item = &'static str> {
        let first = self.text.lines().next().unwrap_or("");
        first
            .split_whitespace()
            .filter_map(|word| word.strip_suffix(".h"))
    }
}

/// The files that the program calls, and those that they need.
pub(super) fn text(program: &Program) -> String {
    let mut needed: Vec<&str> = program.calls.iter().map(|call| call.family).collect();
    if let Some(stream) = &program.stream {
        needed.extend(stream.program.calls.iter().map(|call| call.family));
        // Its counters.
        needed.push("stream");
    }
    // A file needs only earlier ones, so that going backwards finds all.
    let mut files: Vec<&Kernels> = Vec::new();
    for file in KERNELS.iter().rev() {
        let always = match file.when {
            When::Always => true,
            When::Integer => !program.is_float(),
            When::Float => program.is_float(),
            When::Called => false,
        };
        if always || needed.contains(&file.family) {
            needed.extend(file.needs());
            files.push(file);
        }
    }
    files
        .iter()
        .rev()
        .map(|file| format!("{}\n", file.text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_need_only_earlier_ones() {
        for (index, file) in KERNELS.iter().enumerate() {
            for need in file.needs() {
                let found = KERNELS[..index]
                    .iter()
                    .any(|earlier| earlier.family == need);
                assert!(found, "{} needs {need}", file.family);
            }
        }
        assert!(KERNELS.iter().any(|file| file.needs().count() > 2));
    }
}
