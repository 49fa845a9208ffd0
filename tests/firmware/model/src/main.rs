//! Runs the model whose generated struct, named `Net`, is in the file at the path `BITNEURAL_MODEL`.
#![no_std]
#![no_main]

include!(env!("BITNEURAL_MODEL"));

model::program!(Net);
