//! What the cross-crate tests share: programs run on emulated machines, and questions to their ELF files.
//!
//! The tests are the files of `tests/tests`; `cargo xtask test` makes a part of each. A file's first
//! lines say what it is: `//! One sentence.`, then if it applies `//! Needs: program, …` (it cannot
//! run without), `//! Uses: program, …` (it can leave out what needs them, when
//! `BITNEURAL_SKIP_EMULATED` is set) and `//! Thorough.` (too long for every day).

pub mod bench;
pub mod custom;
pub mod elf;
pub mod encode;
pub mod fixtures;
pub mod images;
pub mod machines;
pub mod models;
pub mod pages;
pub mod project;
pub mod rules;
pub mod runners;
pub mod spec;
pub mod tally;
pub mod trained;
