//! Tells the programs that use this board where the linker script of their machine is, and the board its processor.

use std::env;
use std::path::Path;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let machine = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets CARGO_CFG_TARGET_ARCH");
    let script = Path::new(&folder).join(format!("{machine}.ld"));
    println!("cargo:rerun-if-changed={}", script.display());
    println!("cargo:rustc-link-search={folder}");
    let target = env::var("TARGET").expect("cargo sets TARGET");
    println!("cargo:rustc-check-cfg=cfg(cortex_m0)");
    if target.starts_with("thumbv6m") {
        println!("cargo:rustc-cfg=cortex_m0");
    }
}
