//! Models in f32 mode on an emulated machine: the generated struct in the program `float`.

use bitneural_core::Compiled;
use bitneural_core::emit::rust::{Style, print};
use bitneural_targets::Machine;

use super::emulated::{Error, OptLevel, Program, Transcript, build};
use super::model::write;

/// What the model makes of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Instructions of `predict`, as well as the machine counts them.
    pub instructions: u64,
    /// Bytes of stack below the caller of `predict`.
    pub stack_bytes: usize,
    /// What `classify` gives, as a number.
    pub class: usize,
    /// What `predict` gives.
    pub output: Vec<f32>,
}

/// Builds the program with the code that the Rust printer makes of a model.
///
/// # Errors
/// As [`build`].
pub fn emulate(machine: Machine, compiled: &Compiled, level: OptLevel) -> Result<Program, Error> {
    let code = print(&compiled.program, &Style::new("Net"));
    let path = write(&code.to_string())?.display().to_string();
    let settings = [("BITNEURAL_MODEL", path.as_str())];
    build(machine, "model", "float", level, &settings)
}

/// What the model makes of inputs.
///
/// # Errors
/// When the program does not end well, or does not answer each input.
pub fn run(program: &Program, inputs: &[Vec<f32>]) -> Result<Vec<Answer>, Error> {
    let words: Vec<u32> = inputs.iter().flatten().map(|x| x.to_bits()).collect();
    let transcript = program.run(&words)?;
    transcript.check_calibration(program.machine().counter)?;
    answers(transcript, inputs)
}

fn answers(transcript: Transcript, inputs: &[Vec<f32>]) -> Result<Vec<Answer>, Error> {
    let lines = transcript.all_numbers("input")?;
    let answers: Option<Vec<Answer>> = lines
        .iter()
        .map(|line| {
            let [_, instructions, stack, class, output @ ..] = &line[..] else {
                return None;
            };
            let output = output.iter().map(|&bits| u32::try_from(bits).ok());
            Some(Answer {
                instructions: instructions.unsigned_abs(),
                stack_bytes: usize::try_from(*stack).ok()?,
                class: usize::try_from(*class).ok()?,
                output: output
                    .map(|bits| bits.map(f32::from_bits))
                    .collect::<Option<_>>()?,
            })
        })
        .collect();
    match answers {
        Some(answers) if answers.len() == inputs.len() => Ok(answers),
        _ => Err(Error::Protocol(
            "a line `input` for each input".to_owned(),
            transcript,
        )),
    }
}
