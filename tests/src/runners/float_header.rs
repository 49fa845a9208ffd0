//! Headers of models in f32 mode, compiled by gcc and run on this machine.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bitneural_core::emit::c::{self, KERNELS};
use bitneural_core::emit::program::Program;

use super::header::Compiler;
use crate::custom;

/// A compiled program of several models.
pub struct Executable {
    path: PathBuf,
}

/// What a model makes of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What `predict` gives, an output after the other.
    pub output: Vec<f32>,
    /// What `classify` gives, if there is one.
    pub class: Option<usize>,
}

/// Prints the headers of `programs` into `folder`, and compiles a program that runs them all.
///
/// # Panics
/// If the compiler refuses: its words are the message.
#[must_use]
pub fn compile(programs: &[&Program], folder: &Path, compiler: Compiler) -> Executable {
    fs::create_dir_all(folder).expect("a folder for headers");
    let mut source = String::from("#include <stdio.h>\n#include <string.h>\n");
    let mut cases = String::new();
    for (index, program) in programs.iter().enumerate() {
        let name = format!("model_{index}");
        let header = c::print(program, &c::Style::new(&name));
        fs::write(folder.join(format!("{name}.h")), header).expect("a header");
        let _ = writeln!(source, "#include \"{name}.h\"");
        source.push_str(&custom::in_c(program, &name));
        let (mut buffers, mut read, mut printed) = (String::new(), String::new(), String::new());
        let (mut inputs, mut outputs) = (String::new(), String::new());
        for port in &program.inputs {
            let name = &port.name;
            let length = format!("MODEL_{index}_{}_LEN", name.to_uppercase());
            let _ = writeln!(buffers, "            static float {name}[{length}];");
            let _ = writeln!(
                read,
                "            if (fread({name}, 1, sizeof {name}, stdin) != sizeof {name}) {{\n                \
                 return 1;\n            }}"
            );
            let _ = write!(inputs, ", {name}");
        }
        for port in &program.outputs {
            let name = &port.name;
            let length = format!("MODEL_{index}_{}_LEN", name.to_uppercase());
            let _ = writeln!(buffers, "            static float out_{name}[{length}];");
            let _ = writeln!(
                printed,
                "            for (i = 0; i < {length}; i++) {{\n                \
                 memcpy(&bits, &out_{name}[i], sizeof bits);\n                \
                 printf(\" %lu\", (unsigned long)bits);\n            }}"
            );
            let _ = write!(outputs, ", out_{name}");
        }
        let class = match program.scores {
            Some(_) => format!("(int)model_{index}_classify(&model{inputs})"),
            None => "-1".to_owned(),
        };
        let _ = writeln!(
            cases,
            "        case {index}: {{\n\
             \x20           static model_{index} model;\n\
             {buffers}\
             \x20           uint32_t i, bits;\n\
             \x20           memset(&model, 0xa5, sizeof model);\n\
             {read}\
             \x20           model_{index}_predict(&model{inputs}{outputs});\n\
             \x20           printf(\"%d\", {class});\n\
             {printed}\
             \x20           printf(\"\\n\");\n\
             \x20           break;\n\
             \x20       }}"
        );
    }
    let _ = write!(
        source,
        "int main(void)\n{{\n    unsigned char index[2];\n    while (fread(index, 1, 2, stdin) == 2) {{\n\
         \x20       switch (index[0] | index[1] << 8) {{\n{cases}        default:\n            return 2;\n\
         \x20       }}\n    }}\n    return 0;\n}}\n"
    );
    build(&source, folder, compiler)
}

fn build(source: &str, folder: &Path, compiler: Compiler) -> Executable {
    let file = folder.join(format!("main.{}", compiler.extension));
    fs::write(&file, source).expect("a source file");
    let path = folder.join("main");
    let mut command = Command::new(compiler.command);
    command
        .args(compiler.options)
        .arg(&file)
        .arg("-o")
        .arg(&path);
    let result = command
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", compiler.command));
    let messages = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{messages}");
    Executable { path }
}

/// What the kernels of functions without constants make of inputs, by function.
///
/// # Panics
/// If the compiler refuses, or the program does not end well.
#[must_use]
pub fn functions(names: &[&str], inputs: &[f32], folder: &Path) -> Vec<Vec<f32>> {
    fs::create_dir_all(folder).expect("a folder for a program");
    let mut source = String::from("#include <stdio.h>\n");
    for kernels in KERNELS {
        let needed = ["prelude", "float", "float_functions", "float_activation"];
        if needed.contains(&kernels.family) {
            source.push_str(kernels.text);
        }
    }
    let count = inputs.len();
    let calls: String = names
        .iter()
        .map(|name| {
            format!(
                "    bn_float_activation_{name}_f32(input, output, {count}u);\n\
                 \x20   fwrite(output, sizeof output, 1, stdout);\n"
            )
        })
        .collect();
    let _ = write!(
        source,
        "static float input[{count}], output[{count}];\n\
         int main(void)\n{{\n    if (fread(input, sizeof input, 1, stdin) != 1) {{\n        return 1;\n    }}\n\
         {calls}    return 0;\n}}\n"
    );
    let bytes: Vec<u8> = inputs.iter().flat_map(|x| x.to_ne_bytes()).collect();
    let output = build(&source, folder, super::header::C99).answer(bytes);
    let (words, _) = output.as_chunks::<4>();
    assert_eq!(words.len(), names.len() * count, "an answer for each input");
    let values = words.iter().map(|&word| f32::from_ne_bytes(word));
    let values: Vec<f32> = values.collect();
    values.chunks(count).map(<[f32]>::to_vec).collect()
}

impl Executable {
    /// What the models make of inputs, each with the index of its model.
    ///
    /// # Panics
    /// If the program does not end well.
    #[must_use]
    pub fn run(&self, jobs: &[(usize, &[f32])]) -> Vec<Outcome> {
        let mut bytes = Vec::new();
        for (model, input) in jobs {
            bytes.extend(u16::try_from(*model).expect("few models").to_le_bytes());
            bytes.extend(input.iter().flat_map(|x| x.to_ne_bytes()));
        }
        let text = String::from_utf8(self.answer(bytes)).expect("numbers");
        let outcomes: Vec<Outcome> = text
            .lines()
            .map(|line| {
                let mut words = line.split(' ');
                let class = words.next().and_then(|word| word.parse().ok());
                let bits = words.map(|word| word.parse().expect("a number"));
                let output = bits.map(f32::from_bits).collect();
                Outcome { output, class }
            })
            .collect();
        assert_eq!(outcomes.len(), jobs.len(), "an outcome a job");
        outcomes
    }

    /// What the program writes for what it reads.
    fn answer(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(&bytes));
        let result = child.wait_with_output().expect("the program ends");
        let messages = String::from_utf8_lossy(&result.stderr);
        assert!(result.status.success(), "{messages}");
        let written = writer.join().expect("no panic");
        written.expect("the program reads its inputs");
        result.stdout
    }
}
