//! A crate that says where the weights lie, and wraps the macro in one of its own.
#![no_std]
#![deny(warnings, missing_docs, clippy::all)]

/// Defines a model.
macro_rules! model {
    ($name:ident, $path:literal) => {
        bitneural_rt::include_ternary_model! {
            pub struct $name = $path;
            ternarize = twn;
            optimize = speed;
            activations = u8;
            weights_section = ".rodata.fast"
        }
    };
}

model!(Tilt, "models/tilt.safetensors");
