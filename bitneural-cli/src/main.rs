//! The `bitneural` command: looks into model files, records the ranges of their activations, shows
//! the code that firmware gets, and measures what the integer network loses.
//!
//! Exit code 0: done; 1: something is wrong with a file; 2: the command line makes no sense.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod calibrate;
mod data;
mod expand;
mod inspect;
mod model;
mod problem;
mod simulate;
mod text;
mod words;

use problem::Failure;

/// Ternary neural networks for microcontrollers.
#[derive(Debug, Parser)]
#[command(name = "bitneural", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what a model file holds, what it costs on a chip, and what is wrong with it
    Inspect(inspect::Args),
    /// Record the ranges of activations, seen on real inputs, in a model file
    Calibrate(calibrate::Args),
    /// Print the Rust code that firmware gets, or the C header
    Expand(expand::Args),
    /// Run a model on data, in floating point and in integers, and compare
    Simulate(simulate::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Inspect(args) => inspect::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Expand(args) => expand::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    };
    let (text, problems) = match outcome {
        Ok(text) => (text, Vec::new()),
        Err(Failure { text, problems }) => (text, problems),
    };
    let written = anstream::stdout().write_all(text.as_bytes());
    let problems_text = problem::render(&problems);
    // There is nowhere to report that standard error is closed.
    let _ = anstream::stderr().write_all(problems_text.as_bytes());
    match written {
        // A reader like `head` has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ if !problems.is_empty() => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
