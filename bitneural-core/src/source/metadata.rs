//! `__metadata__["bitneural"]`: everything about the network but its weights.

use serde_json::Value;

use super::json::{Object, describe};
use super::layers::{self, Layer};
use super::limits;
use crate::error::{Error, ErrorKind, Errors, Location};
use crate::shape::Shape;

/// Whose conventions the tensors and shapes follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Channels last; dense kernels `[in, out]`.
    Keras,
    /// Channels first; dense kernels `[out, in]`.
    Torch,
}

impl Layout {
    /// The number of channels of a shape in this layout.
    fn channels(self, shape: &Shape) -> usize {
        let axis = match self {
            Self::Keras => shape.0.last(),
            Self::Torch => shape.0.first(),
        };
        axis.copied().unwrap_or(1)
    }
}

/// Where a range comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RangeKind {
    /// Stated by the user: taken exactly (R3).
    Declared,
    /// Seen on calibration inputs: widened (R3).
    Observed {
        /// How many inputs were seen.
        samples: usize,
    },
}

/// What the file records about the values of an activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordedRange {
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// Where it comes from.
    pub kind: RangeKind,
    /// Scale and zero point as trained, which override the range (R3).
    pub fixed: Option<(f64, i32)>,
}

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
}

/// The metadata, apart from the layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// The name of the model.
    pub name: String,
    /// The version of the model, in the user's words.
    pub model_version: String,
    /// Whose conventions hold.
    pub layout: Layout,
    /// The inputs.
    pub input: Input,
    /// One label for each element of the output, or none.
    pub labels: Vec<String>,
}

/// The version of the format.
const VERSION: u64 = 1;

pub(super) fn parse(text: &str, problems: &mut Errors) -> Result<(Metadata, Vec<Layer>), Errors> {
    let value: Value = serde_json::from_str(text).map_err(|error| Error {
        kind: ErrorKind::BadJson {
            line: error.line(),
            column: error.column(),
            reason: words(&error),
        },
        location: Location::default(),
    })?;
    let Value::Object(map) = &value else {
        let kind = ErrorKind::InvalidField {
            field: super::METADATA_KEY.to_owned(),
            expected: "a JSON object".to_owned(),
            found: describe(&value),
        };
        return Err(Error {
            kind,
            location: Location::default(),
        }
        .into());
    };
    // Another version may have other fields: nothing else is worth saying about such a file.
    if let Some(version) = map
        .get("version")
        .filter(|version| version.as_u64() != Some(VERSION))
    {
        let kind = ErrorKind::UnsupportedVersion {
            found: describe(version),
        };
        return Err(Error {
            kind,
            location: Location::default().field("version"),
        }
        .into());
    }
    let mut found = Errors::new();
    let mut object = Object::new(map, String::new(), &mut found);
    let version = object.count("version");
    object.required("version", "1", version);
    let name = object.string("name");
    let name = object.required("name", "the name of the model", name);
    let model_version = object.string("model_version").unwrap_or_default();
    let layout = object.choice(
        "layout",
        &[("keras", Layout::Keras), ("torch", Layout::Torch)],
    );
    let layout = object.required("layout", "`keras` or `torch`", layout);
    let labels = object.strings("labels").unwrap_or_default();
    let outputs = object.strings("outputs");
    let outputs = object.required("outputs", "a list with the name of the last layer", outputs);
    let inputs = items(&mut object, "inputs");
    let layer_items = items(&mut object, "layers");
    object.finish();

    let input = input(inputs.as_deref(), layout, &mut found);
    // The name stays known whether or not the rest can be read, so that layers may refer to it.
    let input_id = inputs
        .as_deref()
        .and_then(|items| items.first()?.get("id")?.as_str());
    let layers = match layer_items {
        Some(items) if items.is_empty() => {
            found.push(ErrorKind::EmptyModel, Location::default().field("layers"));
            None
        }
        Some(items) if items.len() > limits::LAYERS => {
            let kind = ErrorKind::TooLarge {
                what: "the number of layers",
                found: items.len(),
                limit: limits::LAYERS,
            };
            found.push(kind, Location::default().field("layers"));
            None
        }
        Some(items) => Some(layers::parse(&items, input_id, &mut found)),
        None => None,
    };
    if let (Some((_, names)), Some(outputs)) = (&layers, &outputs) {
        layers::check_outputs(names, outputs, &mut found);
    }
    problems.extend(found);
    // What could not be read has its problem noted, so the caller returns an error and never a guess.
    match (name, layout, input, layers) {
        (Some(name), Some(layout), Some(input), Some((layers, _))) => Ok((
            Metadata {
                name,
                model_version,
                layout,
                input,
                labels,
            },
            layers,
        )),
        _ => Err(std::mem::take(problems)),
    }
}

/// The parser's words without its own " at line 1 column 2".
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn items(object: &mut Object<'_>, key: &'static str) -> Option<Vec<Value>> {
    let list = object.value(key).and_then(Value::as_array).cloned();
    if list.is_none() && object.value(key).is_some() {
        object.invalid(key, "a list of objects");
    }
    object.required(key, "a list of objects", list)
}

fn input(items: Option<&[Value]>, layout: Option<Layout>, problems: &mut Errors) -> Option<Input> {
    let [item] = items? else {
        let kind = ErrorKind::Unsupported {
            option: "a number of inputs of",
            value: items?.len().to_string(),
            instead: "give the network one input".to_owned(),
        };
        problems.push(kind, Location::default().field("inputs"));
        return None;
    };
    let Some(map) = item.as_object() else {
        let kind = ErrorKind::InvalidField {
            field: "inputs[0]".to_owned(),
            expected: "an object".to_owned(),
            found: describe(item),
        };
        problems.push(kind, Location::default().field("inputs[0]"));
        return None;
    };
    let mut object = Object::new(map, "inputs[0]".to_owned(), problems);
    let id = object.string("id");
    let id = object.required("id", layers::NAME, id);
    if id.as_ref().is_some_and(String::is_empty) {
        object.invalid("id", layers::NAME);
    }
    let shape = object.counts("shape");
    let shape = object.required("shape", "a list of whole numbers", shape);
    let shape = shape.and_then(|axes| valid_shape(&mut object, axes));
    if let Some(bits) = object.count("bits").filter(|&bits| bits != 8) {
        let (value, instead) = (bits.to_string(), "quantize the input to 8 bits".to_owned());
        object.problem(
            "bits",
            ErrorKind::Unsupported {
                option: "an input of bits",
                value,
                instead,
            },
        );
    }
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
        object.invalid("std", "positive numbers");
    }
    let kind = object.choice("range_kind", &[("declared", true), ("observed", false)]);
    // A word that is no kind has its problem noted; to ask for samples as well would be guessing.
    let declared = kind.unwrap_or_else(|| object.value("range_kind").is_some());
    let range = recorded_range(&mut object, declared);
    object.finish();
    Some(Input {
        id: id?,
        shape: shape?,
        mean,
        std,
        range,
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

/// `range`, `samples`, `scale` and `zero_point` of an input or a layer.
pub(super) fn recorded_range(object: &mut Object<'_>, declared: bool) -> Option<RecordedRange> {
    let samples = object.count("samples");
    if samples.is_some_and(|samples| !(1..=limits::SAMPLES).contains(&samples)) {
        object.invalid("samples", "at least 1");
    }
    let range = object.numbers("range");
    let scale = object.number("scale");
    let zero_point = object.count("zero_point");
    let fixed = match (scale, zero_point) {
        (Some(scale), Some(zero_point)) => {
            if !(1e-30..1e30).contains(&scale) {
                object.invalid("scale", "a positive number");
            }
            if zero_point > 255 {
                object.invalid("zero_point", "0 to 255");
            }
            Some((scale, i32::try_from(zero_point).ok()?))
        }
        (Some(_), None) => object.required("zero_point", "0 to 255, beside `scale`", None)?,
        (None, Some(_)) => {
            object.required("scale", "a positive number, beside `zero_point`", None)?
        }
        (None, None) => None,
    };
    if range.is_none() && fixed.is_none() {
        return None;
    }
    let bounds = match range.as_deref() {
        None => fixed.map(|(scale, zero_point)| {
            let (low, high) = (zero_point, 255 - zero_point);
            (-scale * f64::from(low), scale * f64::from(high))
        }),
        Some(numbers) => bounds(object, "range", numbers),
    };
    let kind = match samples {
        _ if declared => RangeKind::Declared,
        Some(samples) => RangeKind::Observed { samples },
        None if fixed.is_some() => RangeKind::Declared,
        None => {
            let expected = "the number of inputs that the range was observed on";
            object.required::<()>("samples", expected, None);
            return None;
        }
    };
    let (low, high) = bounds?;
    Some(RecordedRange {
        low,
        high,
        kind,
        fixed,
    })
}

/// The range of a value inside a layer, observed on as many samples as that of the layer's output.
pub(super) fn inner_range(object: &mut Object<'_>, key: &'static str) -> Option<RecordedRange> {
    let numbers = object.numbers(key)?;
    let bounds = bounds(object, key, &numbers);
    // Beside a range of the layer's own, the lack of it was noted there.
    let is_noted = object.value("range").is_some() && object.value("scale").is_none();
    let samples = object.value("samples");
    if samples.is_none() && !is_noted {
        let expected = "the number of inputs that the range was observed on";
        object.required::<()>("samples", expected, None);
    }
    // So was anything else that is wrong with it.
    let samples = usize::try_from(samples?.as_u64()?)
        .ok()
        .filter(|&samples| samples > 0)?;
    let kind = RangeKind::Observed { samples };
    let (low, high) = bounds?;
    Some(RecordedRange {
        low,
        high,
        kind,
        fixed: None,
    })
}

fn bounds(object: &mut Object<'_>, key: &'static str, numbers: &[f64]) -> Option<(f64, f64)> {
    let valid = |bound: f64| bound.abs() < 1e30;
    match *numbers {
        [low, high] if low <= high && valid(low) && valid(high) => Some((low, high)),
        _ => {
            object.invalid(key, "two numbers, the smaller one first");
            None
        }
    }
}
