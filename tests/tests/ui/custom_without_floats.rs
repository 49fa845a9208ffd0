//! A type that computes with codes alone, where activations are floats.

use bitneural_rt::{CustomInput, CustomLayer, CustomOutput};

struct MyGate;

impl CustomLayer for MyGate {
    fn run([input]: [CustomInput<'_>; 1], output: CustomOutput<'_>, _: &[f32]) {
        output.codes.copy_from_slice(input.codes);
    }
}

bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/custom.safetensors";
    activations = f32;
    custom(my_gate = crate::MyGate);
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
