//! Model files that lie in the repository and are made by code: valid ones for examples, broken ones
//! for the messages.

use std::fs;
use std::path::PathBuf;

use bitneural_targets::root;

pub mod broken;
pub mod floats;
pub mod whole;

/// A file that is made by code.
pub struct Fixture {
    /// Its path below the root folder of the repository.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Fixture {
    /// Its path on this machine.
    pub fn place(&self) -> PathBuf {
        root().join(&self.path)
    }

    /// Whether the file in the repository is the one that the code makes.
    pub fn is_current(&self) -> bool {
        fs::read(self.place()).is_ok_and(|found| found == self.bytes)
    }
}

/// All of them.
pub fn all() -> Vec<Fixture> {
    let mut all = whole::all();
    all.extend(broken::all());
    all
}
