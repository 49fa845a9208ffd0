//! Headers, compiled by gcc and run on this machine.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bitneural_core::emit::c;
use bitneural_core::emit::program::Program;
use bitneural_core::network::Element;

use super::network::Outcome;
use super::prefix::{elements, prefixes};
use crate::custom;

/// A compiler of C, with the options that our headers must bear.
#[derive(Debug, Clone, Copy)]
pub struct Compiler {
    /// The command.
    pub command: &'static str,
    /// Options; warnings are errors.
    pub options: &'static [&'static str],
    /// The ending of source files.
    pub extension: &'static str,
}

/// C99, strictly.
pub const C99: Compiler = Compiler {
    command: "gcc",
    options: &[
        "-std=c99",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
    ],
    extension: "c",
};

/// The same, as C++.
pub const CPP: Compiler = Compiler {
    command: "g++",
    options: &[
        "-std=c++11",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
    ],
    extension: "cpp",
};

/// C99 with every check that gcc can make while the program runs.
pub const SANITIZED: Compiler = Compiler {
    command: "gcc",
    options: &[
        "-std=c99",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
    ],
    extension: "c",
};

/// A compiled program of several models.
pub struct Executable {
    path: PathBuf,
    models: Vec<Shape>,
}

struct Shape {
    /// The elements of each input, and how they are stored.
    inputs: Vec<(usize, Element)>,
    outputs: usize,
}

/// The type in which a program holds the elements of a port.
pub(super) fn c_type(element: Element) -> &'static str {
    match element {
        Element::U8 => "uint8_t",
        Element::U16 => "uint16_t",
        Element::I16 => "int16_t",
        Element::F32 => panic!("a model in f32 mode: see `float_header`"),
    }
}

/// Prints the headers of `programs` into `folder`, and compiles a program that runs them all.
///
/// # Panics
/// If the compiler refuses: its words are the message.
pub fn compile(programs: &[&Program], folder: &Path, compiler: Compiler) -> Executable {
    fs::create_dir_all(folder).expect("a folder for headers");
    let mut source = String::from("#include <stdio.h>\n#include <string.h>\n");
    for (index, program) in programs.iter().enumerate() {
        let name = format!("model_{index}");
        fs::write(
            folder.join(format!("{name}.h")),
            c::print(program, &c::Style::new(&name)),
        )
        .expect("a header");
        let _ = writeln!(source, "#include \"{name}.h\"");
        source.push_str(&custom::in_c(program, &name));
    }
    source.push_str("int main(void)\n{\n    unsigned char index[2];\n    while (fread(index, 1, 2, stdin) == 2) {\n");
    source.push_str("        switch (index[0] | index[1] << 8) {\n");
    for (index, program) in programs.iter().enumerate() {
        let (mut buffers, mut read, mut printed) = (String::new(), String::new(), String::new());
        let (mut inputs, mut outputs) = (String::new(), String::new());
        for port in &program.inputs {
            let name = &port.name;
            let length = format!("MODEL_{index}_{}_LEN", name.to_uppercase());
            let element = c_type(port.element);
            let _ = writeln!(buffers, "            static {element} {name}[{length}];");
            let _ = writeln!(
                read,
                "            if (fread({name}, 1, sizeof {name}, stdin) != sizeof {name}) {{\n                \
                 return 1;\n            }}"
            );
            let _ = write!(inputs, ", {name}");
        }
        for port in &program.outputs {
            let element = c_type(port.element);
            let name = &port.name;
            let length = format!("MODEL_{index}_{}_LEN", name.to_uppercase());
            let _ = writeln!(
                buffers,
                "            static {element} out_{name}[{length}];"
            );
            let _ = writeln!(
                printed,
                "            for (i = 0; i < {length}; i++) {{\n                \
                 printf(\"%d \", out_{name}[i]);\n            }}"
            );
            let _ = write!(outputs, ", out_{name}");
        }
        let class = match program.scores {
            Some(_) => format!("(int)model_{index}_classify_quantized(&model{inputs})"),
            None => "-1".to_owned(),
        };
        let _ = writeln!(
            source,
            "        case {index}: {{\n\
             \x20           static model_{index} model;\n\
             {buffers}\
             \x20           uint32_t i;\n\
             \x20           memset(&model, 0xa5, sizeof model);\n\
             {read}\
             \x20           model_{index}_predict_quantized(&model{inputs}{outputs});\n\
             {printed}\
             \x20           printf(\"%d\\n\", {class});\n\
             \x20           break;\n\
             \x20       }}"
        );
    }
    source
        .push_str("        default:\n            return 2;\n        }\n    }\n    return 0;\n}\n");
    let file = folder.join(format!("main.{}", compiler.extension));
    fs::write(&file, source).expect("a source file");
    let path = folder.join("main");
    let result = Command::new(compiler.command)
        .args(compiler.options)
        .arg(&file)
        .arg("-o")
        .arg(&path)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", compiler.command));
    assert!(
        result.status.success(),
        "{}",
        String::from_utf8_lossy(&result.stderr)
    );
    let models = programs.iter().map(|program| Shape {
        inputs: program
            .inputs
            .iter()
            .map(|port| (port.shape.iter().product(), port.element))
            .collect(),
        outputs: elements(&program.outputs),
    });
    Executable {
        path,
        models: models.collect(),
    }
}

/// What each call of a program writes for an input, in order.
///
/// # Panics
/// As [`compile`] and [`Executable::run`].
pub fn steps(program: &Program, input: &[u16], folder: &Path, compiler: Compiler) -> Vec<Vec<i32>> {
    let prefixes = prefixes(program);
    let executable = compile(&prefixes.iter().collect::<Vec<_>>(), folder, compiler);
    let jobs: Vec<(usize, &[u16])> = (0..prefixes.len()).map(|index| (index, input)).collect();
    let outcomes = executable.run(&jobs).into_iter();
    outcomes.map(|outcome| outcome.output).collect()
}

impl Executable {
    /// What the models make of inputs, each with the index of its model.
    ///
    /// # Panics
    /// If the program does not end well.
    pub fn run(&self, jobs: &[(usize, &[u16])]) -> Vec<Outcome> {
        let mut bytes = Vec::new();
        for (model, input) in jobs {
            bytes.extend(u16::try_from(*model).expect("few models").to_le_bytes());
            let mut left = *input;
            for &(elements, element) in &self.models[*model].inputs {
                let (own, rest) = left.split_at(elements);
                left = rest;
                // In the order of this machine, as the program reads them.
                match element {
                    Element::U16 => bytes.extend(own.iter().flat_map(|code| code.to_ne_bytes())),
                    Element::U8 | Element::I16 | Element::F32 => {
                        bytes.extend(own.iter().map(|&code| u8::try_from(code).expect("a code")))
                    }
                }
            }
            assert!(left.is_empty(), "elements of an input");
        }
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(&bytes));
        let result = child.wait_with_output().expect("the program ends");
        assert!(
            result.status.success(),
            "{}",
            String::from_utf8_lossy(&result.stderr)
        );
        writer
            .join()
            .expect("no panic")
            .expect("the program reads its inputs");
        let text = String::from_utf8(result.stdout).expect("numbers");
        let outcomes: Vec<Outcome> = text
            .lines()
            .map(|line| {
                let mut output: Vec<i32> = line
                    .split_whitespace()
                    .map(|word| word.parse().expect("a number"))
                    .collect();
                let class = output.pop().expect("a class");
                let class = usize::try_from(class).ok();
                Outcome { output, class }
            })
            .collect();
        assert_eq!(outcomes.len(), jobs.len(), "an outcome a job");
        for ((model, _), outcome) in jobs.iter().zip(&outcomes) {
            assert_eq!(outcome.output.len(), self.models[*model].outputs);
        }
        outcomes
    }
}
