//! Programs of C, and of the assembly that rustc leaves, linked for an emulated machine by the distribution's gcc.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_targets::{Machine, Need, root};

use super::emulated::Error;

/// Links the assembly that rustc left at `assembly` to the program `elf`.
///
/// # Errors
/// As [`link`].
pub fn link_assembly(machine: Machine, assembly: &Path, elf: &Path) -> Result<(), Error> {
    let failed = |error| Error::Io(assembly.display().to_string(), error);
    let moved = with_constants_in_place(&fs::read_to_string(assembly).map_err(failed)?);
    let source = elf.with_extension("s");
    fs::write(&source, moved).map_err(|error| Error::Io(source.display().to_string(), error))?;
    link(machine, &source, elf)
}

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
        .args([
            "-ffunction-sections",
            "-nostdlib",
            "-Wl,--gc-sections,--no-warn-rwx-segments,-z,noexecstack",
        ])
        .arg(format!("-DBOARD_DATA={:#x}", machine.data_address))
        .arg(script(machine))
        .arg("-I")
        .arg(firmware.join("c"))
        .arg(start(machine))
        .arg(firmware.join("c/runtime.c"))
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

/// The assembly that LLVM makes for Xtensa, each function's constants moved behind the directive that begins its
/// section: LLVM has them in front, in the section of what comes before, which may be anywhere.
fn with_constants_in_place(assembly: &str) -> String {
    let (mut moved, mut held) = (String::new(), String::new());
    for line in assembly.lines() {
        if line.starts_with("\t.literal") {
            held += line;
            held += "\n";
            continue;
        }
        if line.starts_with("\t.type\t") && line.ends_with(",@function") {
            moved += &held;
            held.clear();
        }
        moved += line;
        moved += "\n";
    }
    moved + &held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_move_to_their_function() {
        let assembly = "\t.literal_position\n\t.literal .LCPI0_0, 65535\n\t.section\t.rodata.a,\"a\"\n\
                        \t.type\ttable,@object\n\t.section\t.text.b,\"ax\"\n\t.type\tb,@function\nb:\n";
        let expected = "\t.section\t.rodata.a,\"a\"\n\t.type\ttable,@object\n\t.section\t.text.b,\"ax\"\n\
                        \t.literal_position\n\t.literal .LCPI0_0, 65535\n\t.type\tb,@function\nb:\n";
        assert_eq!(with_constants_in_place(assembly), expected);
    }
}
