//! Stage 6: text. A [`program::Program`] is what a plan says, in the words that Rust and C share;
//! the printers turn it into tokens and into a header, and compute nothing.

pub mod c;
pub mod names;
pub mod program;
pub mod rust;
mod words;
