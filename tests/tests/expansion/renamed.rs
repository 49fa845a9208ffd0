//! A crate that knows the runtime by another name.
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::all)]

pub mod reexport {
    //! For crates that build on this one.

    pub use neural as runtime;
}

neural::include_ternary_model! {
    pub struct Renamed = "models/tilt.safetensors";
    crate = neural;
}

neural::include_ternary_model! {
    pub struct Reexported = "models/tilt.safetensors";
    crate = crate::reexport::runtime;
}

/// Runs both.
pub fn run(reading: &[f32; 3]) -> bool {
    Renamed::new().predict(reading) == Reexported::new().predict(reading)
}
