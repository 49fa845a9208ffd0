//! `softmax`: probabilities along the last axis of a vector.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// A softmax layer of the file; it has no options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax;

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "softmax",
    parse,
}];

fn parse(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Softmax(Softmax))
}
