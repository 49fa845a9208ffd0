//! What this machine has, and what it lacks, to build firmware and run it emulated.
//!
//! The one place that knows toolchains, programs and Debian packages: `xtask` asks it before it starts a part,
//! the tests ask it how to build. It has no dependencies, so that `cargo xtask` is built in a moment.

mod machines;
mod need;
mod toolchain;

use std::env;
use std::path::{Path, PathBuf};

pub use machines::{C, CORTEX_M0, CORTEX_M3, CORTEX_M4F, Counter, Machine, RV32IMC, XTENSA};
pub use need::{Need, may_install};
pub use toolchain::Toolchain;

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
