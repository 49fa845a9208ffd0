//! A crate as strict as can be: what the macro expands to must pass.
#![no_std]
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]
#![deny(clippy::all)]

::bitneural_rt::include_ternary_model! {
    /// Digits of eight by eight pixels.
    pub struct Digits = "models/digits_mlp.safetensors";
    optimize = size;
    budget(flash = 16_384, ram = 1_024);
}

// The same model once more, in the same module, named after the file.
::bitneural_rt::include_ternary_model!("models/digits_mlp.safetensors");

::bitneural_rt::include_ternary_model!(pub(crate) struct Tilt = "models/tilt.safetensors");

mod private {
    //! A private struct of which only a part is used.

    ::bitneural_rt::include_ternary_model!(struct Tilt = "models/tilt.safetensors");

    /// The code of the class of a reading.
    pub(crate) fn class(reading: &[f32; 3]) -> usize {
        Tilt::new().classify(reading).index()
    }
}

// `pub struct Core`: its layers and labels are called as what the generated code has.
::bitneural_rt::include_ternary_model!("models/awkward.safetensors");

#[allow(dead_code)]
mod rt {
    //! A name that the expansion uses.
}

/// Runs all of them.
pub fn run(pixels: &[[f32; 8]; 8], reading: &[f32; 3]) -> usize {
    let size = Digits::new().classify(pixels).index();
    let balanced = DigitsMlp::new().classify_quantized(&DigitsMlp::quantize_input(pixels)).index();
    let tilt = <Tilt as ::core::default::Default>::default().classify(reading).index();
    let awkward = match Core::new().classify(reading) {
        CoreClass::Error => 1,
        CoreClass::ClassSelf | CoreClass::Ok => 2,
    };
    size + balanced + tilt + awkward + private::class(reading)
}

/// Models can be sent to another thread and live as long as the program.
pub fn is_send() {
    const fn send<T: ::core::marker::Send + 'static>() {}
    send::<Digits>();
    send::<DigitsMlpClass>();
}

/// A model is made at compile time.
pub const MODEL: Digits = Digits::new();
