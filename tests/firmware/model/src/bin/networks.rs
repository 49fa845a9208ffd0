//! Runs the models whose generated code, and the `networks!` around it, is in the file at the path
//! `BITNEURAL_NETWORKS`.
#![no_std]
#![no_main]

include!(env!("BITNEURAL_NETWORKS"));
