//! Every chore of the workspace as one command: `cargo xtask --help` lists them.

mod bench;
mod bless;
mod frameworks;
mod parts;
mod report;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xshell::Shell;

/// Every chore of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Tests everything, or chosen parts
    Test(test::Arguments),
    /// Creates the expectations of the tests anew, from what the code does now: read the difference
    Bless,
    /// Measures, on an emulated chip and on this machine, and writes bench/results
    Bench(bench::Arguments),
    /// Writes spec/frameworks by Keras and PyTorch, or compares
    Frameworks(frameworks::Arguments),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives whether all went well: if not, it has been said why.
fn run(arguments: &Arguments) -> Result<bool, Error> {
    let shell = Shell::new()?;
    shell.change_dir(bitneural_targets::root());
    match &arguments.chore {
        Chore::Test(arguments) => test::run(&shell, arguments),
        Chore::Bless => bless::run(&shell),
        Chore::Bench(arguments) => bench::run(&shell, arguments),
        Chore::Frameworks(arguments) => frameworks::run(&shell, arguments),
    }
}

/// What stops a chore before it has anything to report.
type Error = Box<dyn std::error::Error>;
