//! `embedding`: a row of a table for each index.

use super::linear::{granularity_of, quantizer_of};
use super::{LayerKind, LayerType};
use crate::source::Object;
use crate::ternarize::{Granularity, Precision, Quantizer};

/// An embedding of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The tensor of the table, a row for each index.
    pub table: String,
    /// The scale of an `I8` table, one for each element of a row or one alone.
    pub scale: Option<String>,
    /// What the entries become before they are codes; `None` if they stay as they are.
    pub precision: Option<Precision>,
    /// How they become trits.
    pub quantizer: Quantizer,
    /// What shares a threshold and a scale.
    pub granularity: Granularity,
}

impl Embedding {
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        let names = [Some(&self.table), self.scale.as_ref()];
        names.into_iter().flatten().map(String::as_str)
    }
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "embedding",
    parse,
}];

fn parse(object: &mut Object<'_>) -> Option<LayerKind> {
    let precision = object.choice("weights", &Precision::WORDS);
    let is_ternary = precision == Some(Precision::Ternary);
    let quantizer = quantizer_of(object, is_ternary);
    let granularity = granularity_of(object, is_ternary);
    let tensors = object.object("tensors", |tensors| {
        let table = tensors.string("embedding");
        let table = tensors.required("embedding", "the name of the tensor of the table", table);
        (table, tensors.string("scale"))
    });
    let expected = "the names of the layer's tensors, as {\"embedding\": …}";
    let (table, scale) = object.required("tensors", expected, tensors)?;
    Some(LayerKind::Embedding(Embedding {
        table: table?,
        scale,
        precision,
        quantizer,
        granularity,
    }))
}
