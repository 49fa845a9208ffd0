//! Compiles two models, each to Rust and to a C header, and the C files that include the headers.

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
    Model::new("../digits/models/mnist_cnn.safetensors")
        .name("Mnist")
        .visibility(Visibility::Crate)
        .budget(Budget::new().flash_bytes(6 * 1024).ram_bytes(5 * 1024))
        .rust("mnist.rs")
        .c_header("mnist.h")
        .report("mnist.md")
        .compile_or_exit();

    let sources = ["src/digits.c", "src/mnist.c"];
    for source in sources {
        println!("cargo::rerun-if-changed={source}");
    }
    cc::Build::new()
        .files(sources)
        .includes(env::var_os("OUT_DIR"))
        .std("c99")
        .compile("models");
}
