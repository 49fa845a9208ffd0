//! Whole models on an emulated machine: the generated struct in the program `model`.

use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::Compiled;
use bitneural_core::emit::rust::print;
use bitneural_targets::{Machine, root};
use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use quote::quote;

use super::emulated::{Error, OptLevel, Program, Transcript, build, hash};
use crate::custom::style;

/// The program `model` with a certain model in it.
#[derive(Debug, Clone)]
pub struct Emulated {
    program: Program,
    elements: usize,
}

/// What the program says of its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// `FLASH_BYTES` of the generated struct.
    pub flash_bytes: i64,
    /// `RAM_BYTES`.
    pub ram_bytes: i64,
    /// `STACK_BYTES`: a bound.
    pub stack_bound_bytes: i64,
    /// `MACS`.
    pub macs: i64,
    /// An answer for each input.
    pub answers: Vec<Answer>,
}

/// What the model makes of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Instructions of `predict_quantized`.
    pub instructions: i64,
    /// Bytes of stack below the caller of `predict_quantized`.
    pub stack_bytes: i64,
    /// What `classify_quantized` gives, as a number.
    pub class: i64,
    /// What `predict_quantized` gives.
    pub output: Vec<i32>,
}

/// A kernel call, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `family::kernel`
    pub kernel: String,
    /// Instructions, from before the call to after it.
    pub instructions: i64,
}

/// Builds the program with the code that the Rust printer makes of a model.
///
/// # Errors
/// As [`build`].
pub fn emulate(machine: Machine, compiled: &Compiled, level: OptLevel) -> Result<Emulated, Error> {
    let code = print(&compiled.program, &style());
    with_code(machine, compiled, level, &code)
}

/// Builds the program `digits`, into which the macro compiles the model of that example.
///
/// # Errors
/// As [`build`].
pub fn emulate_digits(
    machine: Machine,
    compiled: &Compiled,
    level: OptLevel,
) -> Result<Emulated, Error> {
    let program = build(machine, "digits", "digits", level, &[])?;
    let elements = compiled.program.inputs[0].shape.iter().product();
    Ok(Emulated { program, elements })
}

/// The instructions of each kernel call of `predict_quantized` on one input, in order.
///
/// # Errors
/// As [`build`] and [`Emulated::run`].
pub fn steps(
    machine: Machine,
    compiled: &Compiled,
    level: OptLevel,
    input: &[i32],
) -> Result<Vec<Step>, Error> {
    let code = counting(print(&compiled.program, &style()));
    let transcript = with_code(machine, compiled, level, &code)?.transcript(&[input.to_vec()])?;
    let wrong = || {
        let expected = "lines `step NAME INSTRUCTIONS`".to_owned();
        Error::Protocol(expected, transcript.clone())
    };
    let steps = transcript.lines("step").map(|values| {
        let [kernel, instructions] = values[..] else {
            return Err(wrong());
        };
        Ok(Step {
            kernel: kernel.to_owned(),
            instructions: instructions.parse().map_err(|_| wrong())?,
        })
    });
    let mut steps = steps.collect::<Result<Vec<Step>, Error>>()?;
    // The program predicts twice before it classifies.
    let calls = compiled.program.calls.len();
    if steps.len() < 2 * calls || steps[..calls] != steps[calls..2 * calls] {
        return Err(Error::Protocol(
            "the same steps each time".to_owned(),
            transcript,
        ));
    }
    steps.truncate(calls);
    Ok(steps)
}

fn with_code(
    machine: Machine,
    compiled: &Compiled,
    level: OptLevel,
    code: &TokenStream,
) -> Result<Emulated, Error> {
    let file = write(&code.to_string())?;
    let path = file.display().to_string();
    let program = build(
        machine,
        "model",
        "model",
        level,
        &[("BITNEURAL_MODEL", &path)],
    )?;
    let elements = compiled.program.inputs[0].shape.iter().product();
    Ok(Emulated { program, elements })
}

/// Writes generated code to a file of its own, named by what it holds.
pub(super) fn write(code: &str) -> Result<PathBuf, Error> {
    let folder = root().join("target/firmware/models");
    let path = folder.join(format!("{:016x}.rs", hash(code)));
    let failed = |error| Error::Io(path.display().to_string(), error);
    fs::create_dir_all(&folder).map_err(failed)?;
    // Written only if it is new: cargo goes by the time of the last change.
    if fs::read_to_string(&path).ok().as_deref() != Some(code) {
        fs::write(&path, code).map_err(failed)?;
    }
    Ok(path)
}

impl Emulated {
    /// The linked file.
    #[must_use]
    pub fn elf(&self) -> &Path {
        self.program.elf()
    }

    /// Runs the model on inputs in codes.
    ///
    /// # Errors
    /// When the program does not end well, or gives two answers to one input.
    ///
    /// # Panics
    /// When an input has another number of elements than the model's.
    pub fn run(&self, inputs: &[Vec<i32>]) -> Result<Answers, Error> {
        let transcript = self.transcript(inputs)?;
        let wrong = || {
            Error::Protocol(
                "a line `input` for each input".to_owned(),
                transcript.clone(),
            )
        };
        let mut answers = Vec::new();
        for values in transcript.all_numbers("input")? {
            let [index, instructions, stack_bytes, class, output @ ..] = &values[..] else {
                return Err(wrong());
            };
            if usize::try_from(*index) != Ok(answers.len()) {
                return Err(wrong());
            }
            let output = output
                .iter()
                .map(|&value| i32::try_from(value))
                .collect::<Result<_, _>>();
            answers.push(Answer {
                instructions: *instructions,
                stack_bytes: *stack_bytes,
                class: *class,
                output: output.map_err(|_| wrong())?,
            });
        }
        if answers.len() != inputs.len() {
            return Err(wrong());
        }
        Ok(Answers {
            flash_bytes: transcript.number("flash_bytes")?,
            ram_bytes: transcript.number("ram_bytes")?,
            stack_bound_bytes: transcript.number("stack_bytes")?,
            macs: transcript.number("macs")?,
            answers,
        })
    }

    fn transcript(&self, inputs: &[Vec<i32>]) -> Result<Transcript, Error> {
        for input in inputs {
            assert_eq!(input.len(), self.elements, "elements of an input");
        }
        let words: Vec<u32> = inputs
            .iter()
            .flatten()
            .map(|&code| code.cast_unsigned())
            .collect();
        let transcript = self.program.run(&words)?;
        transcript.check_calibration(self.program.machine().counter)?;
        Ok(transcript)
    }
}

/// The same code with `board::step` around each kernel call `rt::family::kernel(…)`.
fn counting(code: TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = code.into_iter().collect();
    let mut counted = TokenStream::new();
    while !trees.is_empty() {
        if let Some(name) = kernel(&trees) {
            let call: TokenStream = trees.drain(..CALL_TREES).collect();
            let name = Literal::string(&name);
            counted.extend(quote!(::board::step(#name, || #call)));
            continue;
        }
        counted.extend([match trees.remove(0) {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), counting(group.stream())).into()
            }
            tree => tree,
        }]);
    }
    counted
}

/// `rt :: family :: kernel (…)`: two identifiers with two colons behind, a third, the arguments.
const CALL_TREES: usize = 8;

/// `family::kernel` if a kernel call begins here.
fn kernel(trees: &[TokenTree]) -> Option<String> {
    let call = trees.get(..CALL_TREES)?;
    let [
        TokenTree::Ident(runtime),
        _,
        _,
        TokenTree::Ident(family),
        colon,
        _,
        TokenTree::Ident(kernel),
        arguments,
    ] = call
    else {
        return None;
    };
    let is_path = matches!(colon, TokenTree::Punct(punct) if punct.as_char() == ':');
    let is_call =
        matches!(arguments, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
    // Types, such as `rt::Arena::new()`, begin with a capital.
    let family = family.to_string();
    let is_module = family.starts_with(|first: char| first.is_ascii_lowercase());
    (runtime == "rt" && is_path && is_call && is_module).then(|| format!("{family}::{kernel}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_calls_are_counted_and_nothing_else() {
        let code = quote! {
            fn run(&mut self) {
                let a = rt::Arena::new();
                rt::copy(a, b);
                rt::dense::digits(&FC1, input, output);
            }
        };
        let expected = quote! {
            fn run(&mut self) {
                let a = rt::Arena::new();
                rt::copy(a, b);
                ::board::step("dense::digits", || rt::dense::digits(&FC1, input, output));
            }
        };
        assert_eq!(counting(code).to_string(), expected.to_string());
    }
}
