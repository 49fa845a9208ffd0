//! Programs of C, and of the assembly that rustc leaves, linked for an emulated machine by the distribution's gcc.

use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_targets::{Machine, Need, root};

use super::emulated::Error;

/// Compiles a source file, with the board's start-up code and script, to the program `elf`. There is no library of C
/// but for what compilers call by themselves.
///
/// # Errors
/// When there is no compiler for the machine, or what it says.
pub fn link(machine: Machine, source: &Path, elf: &Path) -> Result<(), Error> {
    let need = Need::new(machine.c.compiler);
    if !need.is_met() {
        return Err(Error::Missing(need));
    }
    let firmware = root().join("tests/firmware");
    let output = Command::new(machine.c.compiler)
        .args(machine.c.options)
        .args(["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"])
        .args(["-ffreestanding", "-fno-tree-loop-distribute-patterns"])
        .args(["-ffunction-sections", "-nostdlib", "-Wl,--gc-sections"])
        .arg(script(machine))
        .arg("-I")
        .arg(firmware.join("c"))
        .arg(start(machine))
        .arg(firmware.join("c/memory.c"))
        .arg(source)
        .args(["-lgcc", "-o"])
        .arg(elf)
        .output()
        .map_err(|error| Error::Io(machine.c.compiler.to_owned(), error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Build {
        program: source.display().to_string(),
        messages: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn board() -> PathBuf {
    root().join("tests/firmware/board")
}

fn script(machine: Machine) -> String {
    let file = board().join(machine.board).with_extension("ld");
    format!("-Wl,-T,{}", file.display())
}

/// The start-up code, which the Rust programs have in them too.
fn start(machine: Machine) -> PathBuf {
    board()
        .join("start")
        .join(machine.board)
        .with_extension("S")
}
