//! Links with the board's script.

use std::env;

fn main() {
    let machine = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets CARGO_CFG_TARGET_ARCH");
    println!("cargo:rustc-link-arg-bins=-T{machine}.ld");
}
