//! Headers of models that take a frame at a time, compiled by gcc and run on this machine.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bitneural_core::emit::c;
use bitneural_core::emit::program::{Port, Program};

use super::header::{Compiler, build, c_type};
use crate::custom;

/// A compiled program of several streams.
pub struct Streams {
    path: PathBuf,
    /// Whether inputs have 16 bits, stream by stream.
    are_wide: Vec<bool>,
}

fn length(index: usize, port: &Port) -> String {
    format!("MODEL_{index}_STREAM_{}_LEN", port.name.to_uppercase())
}

/// The case of a stream: reads a frame for each input, steps, prints what comes.
fn case(index: usize, stream: &Program) -> String {
    let (mut text, mut inputs, mut outputs) = (String::new(), String::new(), String::new());
    let mut printed = String::new();
    let _ = writeln!(text, "        case {index}: {{");
    let _ = writeln!(text, "            static model_{index}_stream model;");
    let _ = writeln!(text, "            uint32_t i;\n            (void)i;");
    let _ = writeln!(
        text,
        "            if (head[2]) model_{index}_stream_reset(&model);"
    );
    for port in &stream.inputs {
        let (name, length, element) = (&port.name, length(index, port), c_type(port.element));
        let _ = writeln!(text, "            static {element} in_{name}[{length}];");
        let _ = writeln!(
            text,
            "            if (fread(in_{name}, 1, sizeof in_{name}, stdin) != sizeof in_{name}) return 1;"
        );
        let _ = write!(inputs, ", in_{name}");
    }
    for port in &stream.outputs {
        let (name, length, element) = (&port.name, length(index, port), c_type(port.element));
        let _ = writeln!(text, "            static {element} out_{name}[{length}];");
        let _ = writeln!(
            printed,
            "                for (i = 0; i < {length}; i++) printf(\"%d \", out_{name}[i]);"
        );
        let _ = write!(outputs, ", out_{name}");
    }
    let _ = writeln!(
        text,
        "            if (model_{index}_stream_step_quantized(&model{inputs}{outputs})) {{\n{printed}            \
         }} else {{\n                printf(\"none\");\n            }}\n            \
         printf(\"\\n\");\n            break;\n        }}"
    );
    text
}

/// Prints the headers into `folder`, and compiles a program that runs their streams.
///
/// # Panics
/// If the compiler refuses, or a program has no stream.
#[must_use]
pub fn compile(programs: &[&Program], folder: &Path, compiler: Compiler) -> Streams {
    fs::create_dir_all(folder).expect("a folder for headers");
    let mut source = String::from("#include <stdio.h>\n#include <string.h>\n");
    let mut cases = String::new();
    let mut are_wide = Vec::new();
    for (index, program) in programs.iter().enumerate() {
        let name = format!("model_{index}");
        let header = c::print(program, &c::Style::new(&name));
        fs::write(folder.join(format!("{name}.h")), header).expect("a header");
        let _ = writeln!(source, "#include \"{name}.h\"");
        source.push_str(&custom::in_c(program, &name));
        let stream = &program.stream.as_ref().expect("a stream").program;
        cases.push_str(&case(index, stream));
        let is_wide = |port: &Port| c_type(port.element) == "uint16_t";
        are_wide.push(stream.inputs.iter().any(is_wide));
    }
    source.push_str(
        "int main(void)\n{\n    unsigned char head[3];\n    while (fread(head, 1, 3, stdin) == 3) {\n        \
         switch (head[0] | head[1] << 8) {\n",
    );
    source.push_str(&cases);
    source
        .push_str("        default:\n            return 2;\n        }\n    }\n    return 0;\n}\n");
    Streams {
        path: build(&source, folder, compiler),
        are_wide,
    }
}

impl Streams {
    /// What a stream makes of frames, from the first one on.
    ///
    /// # Panics
    /// If the program does not end well.
    #[must_use]
    pub fn run(&self, stream: usize, frames: &[Vec<u16>]) -> Vec<Option<Vec<i32>>> {
        let mut bytes = Vec::new();
        for (index, frame) in frames.iter().enumerate() {
            bytes.extend(u16::try_from(stream).expect("few streams").to_le_bytes());
            bytes.push(u8::from(index == 0));
            match self.are_wide[stream] {
                true => bytes.extend(frame.iter().flat_map(|code| code.to_ne_bytes())),
                false => {
                    bytes.extend(
                        frame
                            .iter()
                            .map(|&code| u8::try_from(code).expect("a code")),
                    );
                }
            }
        }
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(&bytes));
        let result = child.wait_with_output().expect("the program ends");
        assert!(result.status.success(), "{}", result.status);
        writer.join().expect("no panic").expect("frames are read");
        let text = String::from_utf8(result.stdout).expect("numbers");
        let numbers = |line: &str| {
            let words = line.split_whitespace();
            words.map(|word| word.parse().expect("a number")).collect()
        };
        let steps = text.lines().map(|line| match line {
            "none" => None,
            line => Some(numbers(line)),
        });
        steps.collect()
    }
}
