//! Measures, and writes `bench/results` or compares with it: what `cargo xtask bench` runs.

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use bitneural_targets::{Need, RV32IMC, Toolchain, root};
use bitneural_tests::bench::{Results, measure};

fn main() -> ExitCode {
    match run(env::args().any(|argument| argument == "--check")) {
        Ok(differences) if differences.is_empty() => ExitCode::SUCCESS,
        Ok(differences) => {
            println!("{}", differences.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives what differs from the committed figures, if they are to be compared.
fn run(is_check: bool) -> Result<Vec<String>, Box<dyn Error>> {
    let machine = RV32IMC;
    let toolchain = Toolchain::detect(machine.target)
        .ok_or_else(|| format!("needs {}", Need::new(machine.target)))?;
    let found = measure(machine, toolchain.version())?;
    let path = root()
        .join("bench/results")
        .join(format!("{}.toml", machine.name));
    if is_check {
        let committed =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(Results::from_file(&committed)?.differences(&found));
    }
    fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
    fs::write(&path, found.to_file("cargo xtask bench", machine))?;
    println!("wrote {}", path.display());
    Ok(Vec::new())
}
