//! Inputs for a model, from files of the user.

use bitneural_core::source::{Layout, ModelFile};
use bitneural_data::{Dataset, Place, Request};

use crate::problem::{Failure, Problem};

/// Where the inputs are.
#[derive(Debug, clap::Args)]
pub(crate) struct Inputs {
    /// Inputs, not normalized: safetensors, .npy, IDX or CSV (gzipped or not), a sample after the other; of a model
    /// of several inputs each sample is one input after the other, in the order of the file
    #[arg(long, value_name = "FILE[:TENSOR]", value_parser = place)]
    data: Place,
    /// Tensor of the inputs in a safetensors file [default: `input`, or the only one]
    #[arg(long, value_name = "NAME")]
    tensor: Option<String>,
    /// Take only these samples, counted from 0: `1297..` is all but the first 1297
    #[arg(long, value_name = "FROM..TO", value_parser = range)]
    samples: Option<(usize, Option<usize>)>,
}

/// `FILE` or `FILE:TENSOR`.
pub(crate) fn place(text: &str) -> Result<Place, std::convert::Infallible> {
    Ok(Place::parse(text))
}

/// `FROM..TO`, each of which may be left out.
fn range(text: &str) -> Result<(usize, Option<usize>), String> {
    let (from, to) = text.split_once("..").ok_or("write it as FROM..TO")?;
    let number = |text: &str| {
        text.parse::<usize>()
            .map_err(|_| format!("`{text}` is no number of a sample"))
    };
    let from = if from.is_empty() { 0 } else { number(from)? };
    let to = if to.is_empty() {
        None
    } else {
        Some(number(to)?)
    };
    Ok((from, to))
}

impl Inputs {
    /// Reads the inputs for `file`, channels last; labels only if there are `classes`.
    pub(crate) fn read(
        &self,
        file: &ModelFile<'_>,
        labels: Option<&Place>,
        classes: Option<usize>,
    ) -> Result<Dataset, Failure> {
        let inputs = file.metadata.inputs.iter();
        let shapes: Vec<&[usize]> = inputs.map(|input| input.shape.0.as_slice()).collect();
        let place = match &self.tensor {
            Some(name) => self.data.clone().tensor(name),
            None => self.data.clone(),
        };
        let mut data = bitneural_data::read(&Request {
            inputs: &place,
            labels,
            elements: shapes
                .iter()
                .map(|shape| shape.iter().product::<usize>())
                .sum(),
            classes,
        })?;
        if let Some((from, to)) = self.samples {
            let present = data.samples();
            let to = to.unwrap_or(present);
            data = data.slice(from..to).ok_or_else(|| {
                let problem = Problem::new("the file has no such samples", place.to_string());
                let found = format!("{present} samples");
                vec![problem.expected(format!("samples {from}..{to}"), found)]
            })?;
        }
        let layouts: Vec<Layout> = file
            .metadata
            .inputs
            .iter()
            .map(|input| input.layout)
            .collect();
        channels_last(&mut data, &layouts, &shapes);
        Ok(data)
    }
}

/// Reorders samples of a file in PyTorch's order; those of a single input keep theirs if their axes say that
/// the channels are last already.
fn channels_last(data: &mut Dataset, layouts: &[Layout], shapes: &[&[usize]]) {
    let last: Vec<Vec<usize>> = shapes
        .iter()
        .map(|shape| shape.iter().skip(1).chain(shape.first()).copied().collect())
        .collect();
    let is_last = match (shapes, last.as_slice()) {
        ([shape], [last]) => data.shape == *last && data.shape != *shape,
        _ => false,
    };
    if layouts.iter().all(|&layout| layout == Layout::Keras) || is_last {
        return;
    }
    let mut reordered = Vec::with_capacity(data.inputs.len());
    for sample in data.iter() {
        let mut left = sample;
        for (shape, layout) in shapes.iter().zip(layouts) {
            let (own, rest) = left.split_at(shape.iter().product());
            left = rest;
            if *layout == Layout::Keras {
                reordered.extend_from_slice(own);
                continue;
            }
            let positions = shape.iter().skip(1).product();
            for position in 0..positions {
                reordered.extend(own.iter().skip(position).step_by(positions));
            }
        }
    }
    data.inputs = reordered;
    if let [last] = last.as_slice() {
        data.shape.clone_from(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two samples of two channels at three positions, `channel * 10 + position`.
    fn dataset(folder: &str, axes: &str) -> Dataset {
        let header =
            format!("{{'descr': '|u1', 'fortran_order': False, 'shape': (2, {axes}), }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend([0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112]);
        let path =
            std::env::temp_dir().join(format!("bitneural-{folder}-{}.npy", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let read = bitneural_data::read(&Request {
            inputs: &Place::new(&path),
            labels: None,
            elements: 6,
            classes: None,
        });
        std::fs::remove_file(&path).unwrap();
        read.unwrap()
    }

    #[test]
    fn ranges() {
        assert_eq!(range("3..9"), Ok((3, Some(9))));
        assert_eq!(range("1297.."), Ok((1297, None)));
        assert_eq!(range("..9"), Ok((0, Some(9))));
        assert!(range("9").is_err() && range("a..").is_err());
    }

    #[test]
    fn samples_follow_the_layout_of_the_file_unless_their_axes_say_otherwise() {
        let mut first = dataset("first", "2, 3");
        channels_last(&mut first, &[Layout::Torch], &[&[2, 3]]);
        assert_eq!(first.inputs[..6], [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(first.inputs[6..8], [100.0, 110.0]);
        let mut last = dataset("last", "3, 2");
        let as_read = last.clone();
        channels_last(&mut last, &[Layout::Torch], &[&[2, 3]]);
        assert_eq!(last, as_read);
        // Two inputs: one channel at two positions, two channels at two positions.
        let mut several = dataset("several", "6");
        channels_last(
            &mut several,
            &[Layout::Torch, Layout::Torch],
            &[&[1, 2], &[2, 2]],
        );
        assert_eq!(several.inputs[..6], [0.0, 1.0, 2.0, 11.0, 10.0, 12.0]);
        let mut keras = dataset("keras", "2, 3");
        let as_read = keras.clone();
        channels_last(&mut keras, &[Layout::Keras], &[&[2, 3]]);
        assert_eq!(keras, as_read);
    }
}
