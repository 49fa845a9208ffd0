//! Compiles the digits model to Rust and to a C header, and the C file that includes the header.

use std::env;

use bitneural_build::{Budget, Model, Visibility};

fn main() {
    Model::new("../digits/models/digits_mlp.safetensors")
        .name("Digits")
        .visibility(Visibility::Crate)
        .budget(Budget::new().flash_bytes(4096).ram_bytes(1024))
        .rust("digits.rs")
        .c_header("digits.h")
        .report("digits.md")
        .compile_or_exit();

    println!("cargo::rerun-if-changed=src/digits.c");
    cc::Build::new()
        .file("src/digits.c")
        .includes(env::var_os("OUT_DIR"))
        .std("c99")
        .compile("digits");
}
