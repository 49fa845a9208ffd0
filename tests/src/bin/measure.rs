//! Measures, and writes `bench/results` or compares with it: what `cargo xtask bench` runs.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use bitneural_targets::{Need, RV32IMC, Toolchain, root};
use bitneural_tests::bench::{self, compilation};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let is_check = arguments.iter().any(|argument| argument == "--check");
    let found = match arguments.first().map(String::as_str) {
        Some("chip") => chip(is_check),
        Some("compile") => projects(is_check),
        _ => Err("arguments: chip or compile, and --check or nothing".into()),
    };
    match found {
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

/// What differs from the committed figures, if they are to be compared.
type Differences = Result<Vec<String>, Box<dyn Error>>;

/// Models on an emulated chip.
fn chip(is_check: bool) -> Differences {
    let machine = RV32IMC;
    let toolchain = Toolchain::detect(machine.target)
        .ok_or_else(|| format!("needs {}", Need::new(machine.target)))?;
    let found = bench::measure(machine, toolchain.version())?;
    let path = results(machine.name);
    if is_check {
        return Ok(bench::Results::from_file(&read(&path)?)?.differences(&found));
    }
    write(&path, &found.to_file("cargo xtask bench chip", machine))
}

/// Projects on this machine.
fn projects(is_check: bool) -> Differences {
    let path = results("compile");
    if is_check {
        return Ok(
            compilation::Results::from_file(&read(&path)?)?.differences(&compilation::crates()?)
        );
    }
    let file = compilation::measure()?.to_file("cargo xtask bench compile");
    println!("{file}");
    write(&path, &file)
}

fn results(name: &str) -> PathBuf {
    root().join("bench/results").join(format!("{name}.toml"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, file: &str) -> Differences {
    fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
    fs::write(path, file)?;
    println!("wrote {}", path.display());
    Ok(Vec::new())
}
