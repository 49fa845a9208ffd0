//! Inputs for a model, from files of the user.

use bitneural_core::source::{Layout, ModelFile};
use bitneural_data::{Dataset, Place, Request};

use crate::problem::Failure;

/// Where the inputs are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Inputs, not normalized: safetensors, .npy, IDX or CSV, gzipped or not. The first axis counts
    /// the samples; their elements are in the order of the model file's layout
    #[arg(long, value_name = "FILE[:TENSOR]", value_parser = place)]
    data: Place,
    /// Tensor of the inputs in a safetensors file [default: `input`, or the only one]
    #[arg(long, value_name = "NAME")]
    tensor: Option<String>,
}

/// `FILE` or `FILE:TENSOR`.
pub(crate) fn place(text: &str) -> Result<Place, std::convert::Infallible> {
    Ok(Place::parse(text))
}

impl Args {
    /// Reads the inputs for `file`, channels last; labels only if there are `classes`.
    pub(crate) fn read(
        &self,
        file: &ModelFile<'_>,
        labels: Option<&Place>,
        classes: Option<usize>,
    ) -> Result<Dataset, Failure> {
        let place = match &self.tensor {
            Some(name) => self.data.clone().tensor(name),
            None => self.data.clone(),
        };
        let mut data = bitneural_data::read(&Request {
            inputs: &place,
            labels,
            elements: file.metadata.input.shape.elements(),
            classes,
        })?;
        channels_last(
            &mut data,
            file.metadata.layout,
            &file.metadata.input.shape.0,
        );
        Ok(data)
    }
}

/// Reorders samples of a file in PyTorch's order, unless their axes say that the channels are last
/// already.
fn channels_last(data: &mut Dataset, layout: Layout, shape: &[usize]) {
    let [channels, positions @ ..] = shape else {
        return;
    };
    let last: Vec<usize> = positions.iter().chain([channels]).copied().collect();
    if layout == Layout::Keras || data.shape == last && data.shape != shape {
        return;
    }
    let count: usize = positions.iter().product();
    let mut reordered = Vec::with_capacity(data.inputs.len());
    for sample in data.iter() {
        for position in 0..count {
            reordered.extend(sample.iter().skip(position).step_by(count));
        }
    }
    data.inputs = reordered;
    data.shape = last;
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
    fn samples_follow_the_layout_of_the_file_unless_their_axes_say_otherwise() {
        let mut first = dataset("first", "2, 3");
        channels_last(&mut first, Layout::Torch, &[2, 3]);
        assert_eq!(first.inputs[..6], [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(first.inputs[6..8], [100.0, 110.0]);
        let mut last = dataset("last", "3, 2");
        let as_read = last.clone();
        channels_last(&mut last, Layout::Torch, &[2, 3]);
        assert_eq!(last, as_read);
        let mut keras = dataset("keras", "2, 3");
        let as_read = keras.clone();
        channels_last(&mut keras, Layout::Keras, &[2, 3]);
        assert_eq!(keras, as_read);
    }
}
