//! What this machine has, and what it lacks, to build firmware and run it emulated.
//!
//! The one place that knows toolchains, programs and Debian packages: `xtask` asks it before it starts a part,
//! the tests ask it how to build. It has no dependencies, so that `cargo xtask` is built in a moment.

mod need;
mod toolchain;

use std::env;
use std::path::{Path, PathBuf};

pub use need::{Need, may_install};
pub use toolchain::Toolchain;

/// A machine that QEMU emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Our name, that of folders and result files.
    pub name: &'static str,
    /// The Rust target, which is also the name of its toolchain among the [`Need`]s.
    pub target: &'static str,
    /// The emulator and its arguments, up to the program to run. Virtual time advances with instructions alone, so
    /// that instruction counts are exact and the same on every run.
    pub emulator: &'static [&'static str],
    /// Where a file of input data is put in memory.
    pub data_address: u32,
}

/// RISC-V without floating point and atomics, as in the ESP32-C3.
pub const RV32IMC: Machine = Machine {
    name: "rv32imc",
    target: "riscv32imc-unknown-none-elf",
    emulator: &[
        "qemu-system-riscv32",
        "-machine",
        "virt",
        "-bios",
        "none",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-icount",
        "shift=0",
    ],
    data_address: 0x8400_0000,
};

/// Arm with an FPU for `f32`, as in most chips with a Cortex-M4F.
pub const CORTEX_M4F: Machine = Machine {
    name: "cortex-m4f",
    target: "thumbv7em-none-eabihf",
    emulator: &[
        "qemu-system-arm",
        "-machine",
        "mps2-an386",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-semihosting-config",
        "enable=on,target=native",
        "-icount",
        "shift=6",
    ],
    data_address: 0x2100_0000,
};

/// The variable that makes tests leave out emulated machines: `cargo xtask test` sets it for a part that can do
/// without them, and reports what was left out. Its value is of no interest.
pub const SKIP_EMULATED: &str = "BITNEURAL_SKIP_EMULATED";

/// Where `program` is in `PATH`.
#[must_use]
pub fn find_program(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The root folder of the repository.
///
/// # Panics
/// Never: this crate lies two folders below it.
#[must_use]
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("this crate lies two folders below the root")
}
