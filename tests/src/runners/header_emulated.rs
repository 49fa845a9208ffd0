//! Many headers in one program of an emulated machine, compiled by the distribution's gcc.

use std::fmt::Write as _;
use std::fs;

use bitneural_core::emit::c;
use bitneural_core::emit::program::{Port, Program};
use bitneural_targets::{Machine, root};

use super::cross::link;
use super::emulated::{self, Error, hash};
use super::header::c_type;
use super::networks::Networks;
use crate::custom;

/// Builds a program that runs the headers that the C printer makes of the models. It reads and prints what the
/// program `networks` of Rust does.
///
/// # Errors
/// When there is no compiler for the machine, or what it says.
pub fn emulate(machine: Machine, programs: &[&Program]) -> Result<Networks, Error> {
    let mut source = String::from("#include \"board.h\"\n");
    let mut cases = String::new();
    let mut headers = Vec::new();
    for (index, program) in programs.iter().enumerate() {
        let name = format!("model_{index}");
        headers.push((
            format!("{name}.h"),
            c::print(program, &c::Style::new(&name)),
        ));
        let _ = writeln!(source, "#include \"{name}.h\"");
        source += &custom::in_c(program, &name);
        source += &run(program, &name);
        let _ = writeln!(
            cases,
            "        case {index}:\n            words = run_{name}(words);\n            break;"
        );
    }
    let _ = write!(
        source,
        "void board_run(void)\n{{\n    uint32_t count;\n    const uint32_t *words = board_data(&count);\n    \
         const uint32_t *end = words + count;\n    while (words != end) {{\n        switch (*words++) {{\n{cases}        \
         default:\n            board_exit(2);\n        }}\n    }}\n    board_exit(0);\n}}\n"
    );
    // Named by what it holds, so that programs do not get into each other's way.
    let name = format!("{:016x}", hash((&source, &headers)));
    let folder = root()
        .join("target/firmware")
        .join(format!("{}-c", machine.name))
        .join(name);
    let failed = |error| Error::Io(folder.display().to_string(), error);
    fs::create_dir_all(&folder).map_err(failed)?;
    for (name, header) in headers {
        fs::write(folder.join(name), header).map_err(failed)?;
    }
    let file = folder.join("main.c");
    fs::write(&file, source).map_err(failed)?;
    let elf = file.with_extension("elf");
    link(machine, &file, &elf)?;
    Ok(Networks::new(
        emulated::Program::new(machine, elf),
        programs,
    ))
}

/// A function that runs a model on the inputs at `words`, and returns what is behind them.
fn run(program: &Program, name: &str) -> String {
    let length = |port: &Port| format!("{}_{}_LEN", name.to_uppercase(), port.name.to_uppercase());
    let (mut buffers, mut read, mut printed) = (String::new(), String::new(), String::new());
    let (mut inputs, mut outputs) = (String::new(), String::new());
    for port in &program.inputs {
        let (input, element, length) = (&port.name, c_type(port.element), length(port));
        let _ = writeln!(buffers, "    static {element} {input}[{length}];");
        let _ = writeln!(
            read,
            "        for (i = 0; i < {length}; i++) {{\n            {input}[i] = ({element})*words++;\n        }}"
        );
        let _ = write!(inputs, ", {input}");
    }
    for port in &program.outputs {
        let (output, element, length) = (&port.name, c_type(port.element), length(port));
        let _ = writeln!(buffers, "    static {element} out_{output}[{length}];");
        let _ = writeln!(
            printed,
            "        for (i = 0; i < {length}; i++) {{\n            board_number(out_{output}[i]);\n        }}"
        );
        let _ = write!(outputs, ", out_{output}");
    }
    let class = match program.scores {
        Some(_) => format!("(int32_t){name}_classify_quantized(&model{inputs})"),
        None => "-1".to_owned(),
    };
    let index = name.trim_start_matches("model_");
    format!(
        "static const uint32_t *run_{name}(const uint32_t *words)\n{{\n    static {name} model;\n{buffers}    \
         uint32_t i, left = *words++;\n    while (left-- > 0) {{\n        memset(&model, 0xa5, sizeof model);\n{read}        \
         {name}_predict_quantized(&model{inputs}{outputs});\n        board_text(\"input {index}\");\n        \
         board_number({class});\n{printed}        board_text(\"\\n\");\n    }}\n    return words;\n}}\n"
    )
}
