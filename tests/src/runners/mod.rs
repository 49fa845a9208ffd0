//! The places where a network can run.

pub mod c;
pub mod cross;
pub mod emulated;
pub mod float;
pub mod float_emulated;
pub mod float_header;
mod frame;
pub mod header;
pub mod header_emulated;
pub mod host;
pub mod implementation;
pub mod kernels;
pub mod model;
pub mod network;
pub mod networks;
pub mod plan;
pub mod prefix;
pub mod records;
pub mod reference;
pub mod requests;
pub mod stream_header;

/// A folder of this test's own under the target folder.
#[must_use]
pub fn scratch(name: &str) -> std::path::PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || bitneural_targets::root().join("target"),
        std::path::PathBuf::from,
    );
    target.join("tests").join(name)
}
