//! Which Rust toolchain builds for a target without an operating system.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::XTENSA;

/// Debian's packages put these here; a rustup toolchain usually comes before them in `PATH`.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "ld.lld";
/// What rustc is to link with where it is not to link.
const NO_LINKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/no-linker.sh");
/// The oldest minor version of Rust 1 that builds the runtime.
const OLDEST_MINOR: u32 = 88;

/// A toolchain that can build for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    target: String,
    cargo: PathBuf,
    rustc: PathBuf,
    way: Way,
}

/// How a toolchain builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With the target's `core`, and rustc's linker.
    Installed,
    /// `core` from source with `ld.lld` as linker: a distribution ships neither the target's `core` nor `rust-lld`.
    BuildsCore,
    /// The same up to assembly, which gcc is to link. For Xtensa: LLVM compiles well for it, but the objects that it
    /// writes cannot be linked.
    Assembles,
}

impl Toolchain {
    /// Finds a toolchain for `target`: the one in `PATH` if it has the target installed (rustup), else Debian's with
    /// the source of the standard library. `None` if there is neither.
    #[must_use]
    pub fn detect(target: &str) -> Option<Toolchain> {
        let in_path = Toolchain {
            target: target.to_owned(),
            cargo: "cargo".into(),
            rustc: "rustc".into(),
            way: Way::Installed,
        };
        let is_xtensa = target == XTENSA.target;
        if !is_xtensa && has_target(&in_path.rustc, target) {
            return Some(in_path);
        }
        let debian = Toolchain {
            cargo: DEBIAN_CARGO.into(),
            rustc: DEBIAN_RUSTC.into(),
            way: if is_xtensa {
                Way::Assembles
            } else {
                Way::BuildsCore
            },
            ..in_path
        };
        let target = debian.target_argument();
        let works = debian.cargo.is_file()
            && is_recent(&debian.rustc)
            && knows(&debian.rustc, &target)
            && has_source(&debian.rustc)
            && crate::find_program(DEBIAN_LINKER).is_some();
        works.then_some(debian)
    }

    /// Whether it leaves programs as assembly that a C compiler is to link.
    #[must_use]
    pub fn assembles(&self) -> bool {
        self.way == Way::Assembles
    }

    /// The target as cargo and rustc are given it: a name, or a file where rustc's own description is of another LLVM.
    fn target_argument(&self) -> String {
        match self.way {
            Way::Installed | Way::BuildsCore => self.target.clone(),
            Way::Assembles => format!("{}/{}.json", env!("CARGO_MANIFEST_DIR"), self.target),
        }
    }

    /// A `cargo COMMAND --target …` that uses this toolchain and none of the settings of a cargo we may run under.
    #[must_use]
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(&self.cargo);
        cargo
            .arg(command)
            .args(["--target", &self.target_argument()])
            .env("RUSTC", &self.rustc);
        // `cargo test` puts the host toolchain's libraries here, and another rustc must not load them.
        cargo.env_remove("LD_LIBRARY_PATH");
        for variable in [
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "RUSTC_WRAPPER",
        ] {
            cargo.env_remove(variable);
        }
        match self.way {
            Way::Installed => {
                cargo.env("RUSTFLAGS", "");
            }
            Way::BuildsCore | Way::Assembles => {
                cargo.arg("-Zbuild-std=core").env("RUSTC_BOOTSTRAP", "1");
                cargo.env("RUSTFLAGS", format!("-Clinker={}", self.way.linker()));
            }
        }
        if self.assembles() {
            cargo.arg("-Zjson-target-spec");
        }
        cargo
    }

    /// What `rustc --version` says, for example `rustc 1.96.0 (ac68faa20 2026-05-25)`.
    #[must_use]
    pub fn version(&self) -> String {
        ask(&self.rustc, &["--version"]).unwrap_or_default()
    }
}

impl Way {
    /// What links, if it is not rustc's own.
    fn linker(self) -> &'static str {
        match self {
            Way::Installed | Way::BuildsCore => DEBIAN_LINKER,
            Way::Assembles => NO_LINKER,
        }
    }
}

/// Whether rustc, and its LLVM, compile for a target.
fn knows(rustc: &Path, target: &str) -> bool {
    let options = ["-Zunstable-options", "--print", "cfg", "--target", target];
    ask(rustc, &options).is_some()
}

fn has_target(rustc: &Path, target: &str) -> bool {
    ask(rustc, &["--print", "target-libdir", "--target", target])
        .is_some_and(|folder| Path::new(&folder).is_dir())
}

fn has_source(rustc: &Path) -> bool {
    ask(rustc, &["--print", "sysroot"]).is_some_and(|sysroot| {
        Path::new(&sysroot)
            .join("lib/rustlib/src/rust/library/core/Cargo.toml")
            .is_file()
    })
}

fn is_recent(rustc: &Path) -> bool {
    let version = ask(rustc, &["--version"]).unwrap_or_default();
    minor_version(&version).is_some_and(|minor| minor >= OLDEST_MINOR)
}

/// 96 from `rustc 1.96.0 (…)`.
fn minor_version(version: &str) -> Option<u32> {
    version
        .strip_prefix("rustc 1.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// The first line that a successful `rustc` prints.
fn ask(rustc: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(rustc)
        .args(arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?;
    output.status.success().then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_version_reads_releases_only() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25)"),
            Some(96)
        );
        assert_eq!(minor_version("rustc 1.63.0"), Some(63));
        assert_eq!(minor_version("rustc 2.0.0"), None);
        assert_eq!(minor_version(""), None);
    }

    #[test]
    fn unknown_targets_have_no_toolchain() {
        assert_eq!(Toolchain::detect("riscv32imc-no-such-target"), None);
    }
}
