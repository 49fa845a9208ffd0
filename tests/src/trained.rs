//! The networks of `tests/data/models`, which others trained, with what the float networks make of inputs.

use std::path::{Path, PathBuf};

use bitneural_core::reference::integer;
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_targets::root;

use crate::fixtures::whole;

/// A compiled model with its cases.
pub struct Trained {
    /// The model.
    pub compiled: Compiled,
    /// Inputs as the model takes them, with their classes.
    pub inputs: Dataset,
    /// What the framework that trained the model makes of the first inputs: probabilities, or logits where
    /// the network ends in them.
    pub outputs: Vec<Vec<f32>>,
    /// Logits of the same inputs by the float network, before any weight was quantized.
    pub logits: Vec<Vec<f32>>,
}

/// Where the models are.
#[must_use]
pub fn folder() -> PathBuf {
    root().join("tests/data/models")
}

impl Trained {
    /// Opens the model `name`, whose inputs lie beside the outputs.
    ///
    /// # Panics
    /// When a file is not as the converter wrote it, or the model does not compile.
    #[must_use]
    pub fn open(name: &str) -> Self {
        let cases = cases(name);
        Self::with_inputs(name, &Place::new(cases), None)
    }

    /// Opens the model `name` with inputs and labels from elsewhere.
    ///
    /// # Panics
    /// As [`Trained::open`].
    #[must_use]
    pub fn with_inputs(name: &str, inputs: &Place, labels: Option<&Place>) -> Self {
        let compiled = compiled(&model(name));
        let classes = compiled.network.interface.outputs[0].shape.elements();
        let elements = compiled.network.interface.inputs[0].shape.elements();
        let rows = |tensor: &str| {
            let place = Place::new(cases(name)).tensor(tensor);
            let rows = dataset(&place, None, classes, None);
            rows.iter().map(<[f32]>::to_vec).collect::<Vec<_>>()
        };
        Self {
            inputs: dataset(inputs, labels, elements, Some(classes)),
            outputs: rows("output"),
            logits: rows("logits"),
            compiled,
        }
    }

    /// The same with so many bits at its input.
    ///
    /// # Panics
    /// When the model does not compile so.
    #[must_use]
    pub fn with_bits(mut self, name: &str, bits: u32) -> Self {
        let bytes = whole::with_bits(&model(name), bits);
        self.compiled = compiled(&bytes);
        self
    }

    /// The codes of an input.
    ///
    /// # Panics
    /// Never: an input's codes are at most 16 bits.
    #[must_use]
    pub fn codes(&self, input: &[f32]) -> Vec<u16> {
        let codes = integer::quantize_input(&self.compiled.network, input);
        codes
            .into_iter()
            .map(|code| u16::try_from(code).expect("a code"))
            .collect()
    }

    /// The class of an input.
    ///
    /// # Panics
    /// When the file has no labels.
    #[must_use]
    pub fn label(&self, index: usize) -> usize {
        self.inputs.labels.as_ref().expect("labels")[index]
    }
}

/// The bytes of a model.
fn model(name: &str) -> Vec<u8> {
    let path = folder().join(format!("{name}.safetensors"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn compiled(bytes: &[u8]) -> Compiled {
    compile(bytes, &Options::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The file of inputs, labels and outputs that lies beside a model.
///
/// Some have no inputs: theirs are those of another one, or lie elsewhere.
#[must_use]
pub fn cases(name: &str) -> PathBuf {
    folder().join(format!("{name}.cases.safetensors"))
}

fn dataset(
    inputs: &Place,
    labels: Option<&Place>,
    elements: usize,
    classes: Option<usize>,
) -> Dataset {
    let request = Request {
        inputs,
        labels,
        elements,
        classes,
    };
    read(&request).unwrap_or_else(|error| panic!("{error}"))
}

/// The names of the models, sorted: what has cases.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn names() -> Vec<String> {
    let is_model = |path: &Path| path.extension().is_some_and(|e| e == "safetensors");
    let entries = std::fs::read_dir(folder()).expect("the committed models");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let stems = paths
        .filter(|path| is_model(path))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = stems
        .filter_map(|stem| Some(stem.strip_suffix(".cases")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Signal and noise of logits, class by class, the mean of each input over its classes removed: it
/// decides no class.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fidelity {
    signal: f64,
    noise: f64,
}

impl Fidelity {
    /// Adds the logits of an input.
    pub fn add(&mut self, expected: &[f32], found: &[f32]) {
        for (expected, found) in centred(expected).zip(centred(found)) {
            self.signal += expected * expected;
            self.noise += (expected - found) * (expected - found);
        }
    }

    /// 10·log10(signal / noise).
    #[must_use]
    pub fn sqnr_db(self) -> f64 {
        10.0 * (self.signal / self.noise).log10()
    }
}

fn centred(values: &[f32]) -> impl Iterator<Item = f64> + '_ {
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
    values.iter().map(move |&value| f64::from(value) - mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fidelity_of_a_hundredth_is_twenty_decibels() {
        let mut fidelity = Fidelity::default();
        // Whatever is added to all classes.
        fidelity.add(&[1.0, -1.0], &[6.1, 3.9]);
        fidelity.add(&[2.0, 2.0], &[3.0, 3.0]);
        assert!((fidelity.sqnr_db() - 20.0).abs() < 1e-4);
    }
}
