//! Layers of the user's own as ops.

use crate::custom::{Cost, Format, Registered};

/// What the user's own code computes from codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    /// Its name in the firmware.
    pub name: String,
    /// Numbers that are handed to it.
    pub parameters: Vec<f32>,
    /// What the codes of each input stand for.
    pub inputs: Vec<Format>,
    /// What those of the output stand for.
    pub output: Format,
    /// What it computes, if that is registered.
    pub op: Option<Registered>,
    /// What its op says that it costs.
    pub cost: Cost,
}

impl Custom {
    /// Whether it reads and writes so many elements.
    pub fn fits(&self, inputs: &[usize], to: usize) -> bool {
        let stated = self.inputs.iter().map(|format| format.shape.elements());
        inputs.iter().copied().eq(stated) && to == self.output.shape.elements()
    }
}
