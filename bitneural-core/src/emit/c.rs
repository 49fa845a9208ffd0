//! Prints a [`Program`] as a C99 header that is also C++: kernels, constants and functions in one
//! file, everything `static`, so that it is included by one source file of the firmware.

use std::borrow::Cow;

use super::names::{one_line, snake};
use super::program::{Program, RESERVED};
use super::words;

mod api;
mod calls;
mod constants;
mod float;
mod kernels;
mod stream;

pub use kernels::KERNELS;

/// What all types and functions of kernels begin with.
const KERNELS_BEGIN: &str = "bn_";

/// What every program in C, and in C++, has beside keywords.
const OF_ALL_PROGRAMS: [&str; 2] = ["main", "std"];

/// How the header is to look.
#[derive(Debug, Clone)]
pub struct Style {
    /// In front of every name, `snake_case`.
    pub prefix: String,
}

impl Style {
    /// Names that begin with the snake case of `name`; with `model_` in front of it where nothing of C or C++ can be
    /// called so, or the kernels are.
    pub fn new(name: &str) -> Self {
        let name = snake(name, "model");
        let is_taken = words::C.contains(&name.as_str())
            || OF_ALL_PROGRAMS.contains(&name.as_str())
            || format!("{name}_").starts_with(KERNELS_BEGIN);
        let prefix = if is_taken {
            format!("model_{name}")
        } else {
            name
        };
        Self { prefix }
    }

    /// A name of the header.
    fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// A macro of the header.
    fn upper(&self, name: &str) -> String {
        self.name(name).to_uppercase()
    }
}

/// The program with another name for each input and output that is called as a function or a constant of the header:
/// as a parameter it would hide that, and only here the prefix is known.
fn without_hiding<'a>(program: &'a Program, style: &Style) -> Cow<'a, Program> {
    let is_taken = |name: &str| {
        let Some(rest) = name.strip_prefix(&format!("{}_", style.prefix)) else {
            return name.starts_with(KERNELS_BEGIN);
        };
        let mut constants = program.constants.iter();
        let mut ports = program.inputs.iter();
        RESERVED.contains(&rest)
            || constants.any(|constant| constant.name == rest)
            || ports.any(|port| rest.strip_prefix("quantize_") == Some(port.name.as_str()))
    };
    let ports = || program.inputs.iter().chain(&program.outputs);
    if !ports().any(|port| is_taken(&port.name)) {
        return Cow::Borrowed(program);
    }
    let mut renamed = program.clone();
    for port in renamed.inputs.iter_mut().chain(&mut renamed.outputs) {
        if is_taken(&port.name) {
            // No other name ends so.
            port.name.push('_');
        }
    }
    Cow::Owned(renamed)
}

/// The header.
pub fn print(program: &Program, style: &Style) -> String {
    let program = &*without_hiding(program, style);
    let guard = style.upper("h");
    let mut text = String::new();
    text.push_str(&api::front(program, style));
    text.push_str(&format!("#ifndef {guard}\n#define {guard}\n\n"));
    text.push_str(&kernels::text(program));
    text.push_str(&api::macros(program, style));
    text.push_str(&calls::declarations(program, style));
    text.push_str(&constants::print(program, style));
    text.push_str(&api::functions(program, style));
    if let Some(stream) = &program.stream {
        text.push_str(&stream::print(stream, style));
    }
    text.push_str(&format!("#endif /* {guard} */\n"));
    text
}

/// Text that may stand in a comment: no comment ends or begins in it, and it is a line.
fn comment(text: &str) -> String {
    // First, for what it leaves may be the end of a comment, or with `??` another backslash.
    one_line(text)
        .replace('\\', "/")
        .replace("??/", "? ?/")
        .replace("*/", "* /")
        .replace("/*", "/ *")
}

/// A string literal.
fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => {
                literal.push('\\');
                literal.push(char::from(byte));
            }
            0x20..0x7f => literal.push(char::from(byte)),
            // Octal escapes take at most three digits, so what follows cannot join them.
            _ => literal.push_str(&format!("\\{byte:03o}")),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_word_of_c_or_a_kernel() {
        let prefix = |name: &str| Style::new(name).prefix;
        for name in ["Switch", "int", "uint8_t", "main", "std", "bn", "BN dense"] {
            assert_eq!(prefix(name), format!("model_{}", snake(name, "")));
        }
        for name in ["model", "switches", "bnx", "move", "i"] {
            assert_eq!(prefix(name), name);
        }
    }

    #[test]
    fn strings_and_comments_cannot_be_broken_out_of() {
        assert_eq!(string("a\"b\\é?\n"), r#""a\"b\\\303\251\?\012""#);
        assert_eq!(comment("a */ b /* c \\"), "a * / b / * c /");
        for text in [
            "*\\ int evil; /*",
            "/\\*",
            "**\\/",
            "/*/",
            "*//*",
            "*\\\\*",
            "??/",
            "??\\",
        ] {
            let printed = comment(text);
            for part in ["*/", "/*", "??/", "\\"] {
                assert!(!printed.contains(part), "{text} → {printed}");
            }
        }
    }
}
