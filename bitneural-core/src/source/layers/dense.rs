//! `dense`: a fully connected layer.

use super::linear::{self, Linear};
use super::{LayerKind, LayerType};
use crate::source::{Object, limits};

/// A dense layer of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The number of outputs, if the file says so.
    pub units: Option<usize>,
    /// Activation, precision and tensors.
    pub linear: Linear,
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "dense",
    parse,
}];

fn parse(object: &mut Object<'_>) -> Option<LayerKind> {
    let units = object.count("units");
    let most = limits::ACTIVATION_ELEMENTS;
    if units.is_some_and(|units| !(1..=most).contains(&units)) {
        object.invalid("units", format!("1 to {most}"));
    }
    let linear = linear::parse(object)?;
    Some(LayerKind::Dense(Dense { units, linear }))
}
