//! What a part of the tests needs beside cargo, where Debian has it, and how to install it.

use std::env;
use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::{Toolchain, XTENSA, find_program};

/// Programs and the Debian packages that contain them, with what these need to be of use.
const PACKAGES: &[(&str, &[&str])] = &[
    ("qemu-system-riscv32", &["qemu-system-misc"]),
    ("qemu-system-xtensa", &["qemu-system-misc"]),
    ("qemu-system-arm", &["qemu-system-arm"]),
    ("riscv64-unknown-elf-gcc", &["gcc-riscv64-unknown-elf"]),
    ("arm-none-eabi-gcc", &["gcc-arm-none-eabi"]),
    ("xtensa-lx106-elf-gcc", &["gcc-xtensa-lx106"]),
    ("gcc", &["gcc", "libc6-dev"]),
    ("g++", &["g++"]),
    ("clang", &["clang"]),
    ("python3", &["python3"]),
    ("valgrind", &["valgrind"]),
];
/// The packages of a toolchain that builds for targets without an operating system.
const TOOLCHAIN_PACKAGES: &[&str] = &["rustc-web", "rust-web-src", "cargo-web", "lld"];
/// The end of the names of Rust targets without an operating system: such a need is a toolchain, others are programs.
const BARE_METAL: [&str; 3] = ["-none-elf", "-none-eabi", "-none-eabihf"];

/// A program, or a Rust toolchain for a target, that must be on the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    name: String,
}

impl Need {
    /// `name` is that of a program, or of a Rust target without an operating system.
    #[must_use]
    pub fn new(name: &str) -> Need {
        Need {
            name: name.to_owned(),
        }
    }

    /// Is it there?
    #[must_use]
    pub fn is_met(&self) -> bool {
        if self.is_toolchain() {
            Toolchain::detect(&self.name).is_some()
        } else {
            find_program(&self.name).is_some()
        }
    }

    /// Installs Debian's packages, and says in a sentence why that failed.
    ///
    /// # Errors
    /// When no package is known, or `apt-get` fails.
    pub fn install(&self) -> Result<(), String> {
        let packages = self.packages();
        if packages.is_empty() {
            return Err(format!("no Debian package is known for {}", self.name));
        }
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend(packages);
        apt_get(&arguments)?;
        if self.is_met() {
            Ok(())
        } else {
            Err(format!(
                "{} is missing after {}",
                self.name,
                packages.join(", ")
            ))
        }
    }

    /// Reads the package lists anew, which comes before the first [`install`](Need::install).
    ///
    /// # Errors
    /// When `apt-get` fails.
    pub fn update_lists() -> Result<(), String> {
        apt_get(&["update"])
    }

    fn is_toolchain(&self) -> bool {
        BARE_METAL.iter().any(|end| self.name.ends_with(end))
    }

    fn packages(&self) -> &'static [&'static str] {
        if self.is_toolchain() {
            return TOOLCHAIN_PACKAGES;
        }
        PACKAGES
            .iter()
            .find(|(program, _)| *program == self.name)
            .map_or(&[], |(_, packages)| packages)
    }
}

/// The name, and how to get it.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packages = self.packages().join(" ");
        if self.name == XTENSA.target {
            // Only a rustc whose LLVM has the target, and its own description of it.
            write!(f, "Rust for Xtensa (Debian packages {packages})")
        } else if self.is_toolchain() {
            let target = &self.name;
            write!(
                f,
                "Rust for {target} (`rustup target add {target}`, or Debian packages {packages})"
            )
        } else if packages.is_empty() {
            f.write_str(&self.name)
        } else {
            let plural = if packages.contains(' ') { "s" } else { "" };
            write!(f, "{} (Debian package{plural} {packages})", self.name)
        }
    }
}

/// Whether packages may be installed without asking: on Debian, in CI or as root.
#[must_use]
pub fn may_install() -> bool {
    Path::new("/etc/debian_version").exists()
        && (env::var("CI").is_ok_and(|ci| ci == "true") || is_root())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.args(["-n", "env"]);
    }
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    let output = command
        .output()
        .map_err(|error| format!("apt-get could not be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or("no message");
    Err(format!("`apt-get {}` failed: {last}", arguments.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_says_where_to_get_it() {
        let emulator = Need::new("qemu-system-riscv32");
        assert_eq!(
            emulator.to_string(),
            "qemu-system-riscv32 (Debian package qemu-system-misc)"
        );
        let toolchain = Need::new("riscv32imc-unknown-none-elf").to_string();
        assert!(
            toolchain.contains("rustup target add riscv32imc-unknown-none-elf"),
            "{toolchain}"
        );
        let toolchain = Need::new(XTENSA.target).to_string();
        assert!(!toolchain.contains("rustup"), "{toolchain}");
        assert_eq!(Need::new("no-such-program").to_string(), "no-such-program");
    }

    #[test]
    fn a_program_nobody_has_is_not_met() {
        assert!(!Need::new("no-such-program").is_met());
        assert!(Need::new("no-such-program").install().is_err());
    }
}
