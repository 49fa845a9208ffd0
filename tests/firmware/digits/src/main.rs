//! Runs the model of the digits example, compiled by the macro.
#![no_std]
#![no_main]

bitneural_rt::include_ternary_model!(
    /// Handwritten digits.
    pub struct Digits = "../../../examples/digits/models/digits_mlp.safetensors"
);

model::program!(Digits);
