//! The inputs of the network.

use serde_json::Value;

use super::json::{Object, describe};
use super::ranges::{RecordedRange, recorded_range};
use super::{Layout, layers, limits};
use crate::error::{ErrorKind, Errors, Location};
use crate::shape::Shape;

/// An input of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub id: String,
    /// Its shape, in the order of the file's layout.
    pub shape: Shape,
    /// The mean that is subtracted, one or one a channel.
    pub mean: Vec<f64>,
    /// The standard deviation that is divided by, one or one a channel.
    pub std: Vec<f64>,
    /// The range after normalization.
    pub range: Option<RecordedRange>,
    /// Whether its codes have 16 bits, in integer mode (R2).
    pub is_wide: bool,
}

/// Reads the list of inputs: those that could be read, and the names of all, `None` for one without.
pub(super) fn parse(
    items: &[Value],
    layout: Option<Layout>,
    problems: &mut Errors,
) -> (Vec<Option<Input>>, Vec<Option<String>>) {
    let field = || Location::default().field("inputs");
    if items.is_empty() {
        let kind = ErrorKind::InvalidField {
            field: "inputs".to_owned(),
            expected: "at least one input".to_owned(),
            found: "[]".to_owned(),
        };
        problems.push(kind, field());
    }
    if items.len() > limits::INPUTS {
        let kind = ErrorKind::TooLarge {
            what: "the number of inputs",
            found: items.len(),
            limit: limits::INPUTS,
        };
        problems.push(kind, field());
        return (Vec::new(), Vec::new());
    }
    // The name stays known whether or not the rest can be read, so that layers may refer to it.
    let name = |item: &Value| item.get("id")?.as_str().map(str::to_owned);
    let names: Vec<Option<String>> = items.iter().map(name).collect();
    let mut inputs = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("inputs[{index}]");
        if names[index].is_some() && names[..index].contains(&names[index]) {
            let id = names[index].clone().unwrap_or_default();
            let location = Location::default().field(&format!("{path}.id"));
            problems.push(ErrorKind::DuplicateId { id }, location);
        }
        inputs.push(one(item, path, layout, problems));
    }
    (inputs, names)
}

fn one(item: &Value, path: String, layout: Option<Layout>, problems: &mut Errors) -> Option<Input> {
    let Some(map) = item.as_object() else {
        let kind = ErrorKind::InvalidField {
            field: path.clone(),
            expected: "an object".to_owned(),
            found: describe(item),
        };
        problems.push(kind, Location::default().field(&path));
        return None;
    };
    let mut object = Object::new(map, path, problems);
    let id = object.string("id");
    let id = object.required("id", layers::NAME, id);
    if id.as_ref().is_some_and(String::is_empty) {
        object.invalid("id", layers::NAME);
    }
    let shape = object.counts("shape");
    let shape = object.required("shape", "a list of whole numbers", shape);
    let shape = shape.and_then(|axes| valid_shape(&mut object, axes));
    let bits = object.count("bits");
    if bits.is_some_and(|bits| bits != 8 && bits != 16) {
        object.invalid("bits", "8 or 16");
    }
    let is_wide = bits == Some(16);
    let mean = object.numbers("mean").unwrap_or_else(|| vec![0.0]);
    let std = object.numbers("std").unwrap_or_else(|| vec![1.0]);
    for (key, list) in [("mean", &mean), ("std", &std)] {
        let channels = shape
            .as_ref()
            .zip(layout)
            .map(|(shape, layout)| layout.channels(shape));
        if let Some(channels) =
            channels.filter(|&channels| list.len() != 1 && list.len() != channels)
        {
            object.invalid(
                key,
                format!("one number, or one for each of {channels} channels"),
            );
        }
    }
    // Below the smallest normal number the quotient of R4 overflows.
    if std
        .iter()
        .any(|&deviation| !(f64::from(f32::MIN_POSITIVE)..1e30).contains(&deviation))
    {
        object.invalid("std", "numbers from 2^-126 to 1e30");
    }
    let kind = object.choice("range_kind", &[("declared", true), ("observed", false)]);
    // A word that is no kind has its problem noted; to ask for samples as well would be guessing.
    let declared = kind.unwrap_or_else(|| object.value("range_kind").is_some());
    let largest_code = if is_wide { 65535 } else { 255 };
    let range = recorded_range(&mut object, declared, largest_code);
    object.finish();
    Some(Input {
        id: id?,
        shape: shape?,
        mean,
        std,
        range,
        is_wide,
    })
}

fn valid_shape(object: &mut Object<'_>, axes: Vec<usize>) -> Option<Shape> {
    let shape = Shape(axes);
    if shape.rank() == 0 || shape.rank() > limits::RANK || shape.0.contains(&0) {
        object.invalid("shape", "one to three axes of at least 1");
        return None;
    }
    if shape.elements() > limits::ACTIVATION_ELEMENTS {
        let kind = ErrorKind::TooLarge {
            what: "the input (in elements)",
            found: shape.elements(),
            limit: limits::ACTIVATION_ELEMENTS,
        };
        object.problem("shape", kind);
        return None;
    }
    Some(shape)
}
