//! Runs the model in f32 mode whose generated struct, named `Net`, is in the file at the path `BITNEURAL_MODEL`.
#![no_std]
#![no_main]

include!(env!("BITNEURAL_MODEL"));

model::float_program!(Net);
