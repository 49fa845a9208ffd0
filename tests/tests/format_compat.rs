//! Files of every version of the format still load, compile and give the integers frozen with them.

use std::fs;
use std::path::PathBuf;

use bitneural_core::plan::Optimize;
use bitneural_core::reference::integer;
use bitneural_core::{Compiled, Options, compile};
use bitneural_targets::root;
use bitneural_tests::runners::{network as reference, plan::Host};
use serde::Deserialize;

/// What is frozen with a file: the fields are told in spec/README.md.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frozen {
    name: String,
    model_version: String,
    labels: Vec<String>,
    input_shape: Vec<usize>,
    output_shape: Vec<usize>,
    macs: u64,
    input_scale: f64,
    input_zero_point: i32,
    factor: Vec<u32>,
    offset: Vec<i32>,
    output_scale: f64,
    output_zero_point: i32,
    element: String,
    input: Vec<Vec<u16>>,
    output: Vec<Vec<i32>>,
    class: Vec<usize>,
}

/// The model files of `spec/models`, each with what is frozen with it.
fn files() -> Vec<(PathBuf, Vec<u8>, Frozen)> {
    let mut found = Vec::new();
    for version in fs::read_dir(root().join("spec/models")).unwrap() {
        for file in fs::read_dir(version.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let beside = |extension: &str| {
                let path = path.with_extension(extension);
                fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            };
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("safetensors") => {
                    let text = String::from_utf8(beside("toml")).unwrap();
                    let frozen = toml::from_str(&text);
                    let frozen =
                        frozen.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                    found.push((path.clone(), beside("safetensors"), frozen));
                }
                Some("toml") => drop(beside("safetensors")),
                _ => panic!("{} belongs to no model", path.display()),
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(found.len() >= 4, "only {} files", found.len());
    found
}

fn compiled(bytes: &[u8], optimize: Optimize) -> Compiled {
    let options = Options {
        optimize,
        ..Options::default()
    };
    compile(bytes, &options).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn frozen_files_give_the_frozen_outputs() {
    for (path, bytes, frozen) in files() {
        let name = path.display();
        let rows = frozen.input.iter().zip(&frozen.output).zip(&frozen.class);
        assert_eq!(
            [frozen.input.len(), frozen.output.len()],
            [frozen.class.len(); 2],
            "{name}: rows"
        );
        for optimize in [Optimize::Speed, Optimize::Balanced, Optimize::Size] {
            let compiled = compiled(&bytes, optimize);
            let host = Host::new(&compiled.plan);
            for (row, ((input, output), class)) in rows.clone().enumerate() {
                let steps = reference::run(&compiled, input);
                let found = host.run(input);
                let difference = reference::first_difference(&steps, &found);
                assert_eq!(difference, None, "{name}, row {row}");
                assert_eq!(found.last(), Some(output), "{name}, row {row}");
                let codes: Vec<i32> = input.iter().map(|&code| code.into()).collect();
                let tensors = integer::run(&compiled.network, &codes);
                let scores = &tensors[compiled.network.judged().index()];
                assert_eq!(integer::class(scores), *class, "{name}, row {row}");
            }
        }
    }
}

#[test]
fn frozen_files_have_the_frozen_interface() {
    for (path, bytes, frozen) in files() {
        let name = path.display();
        let compiled = compiled(&bytes, Optimize::default());
        let (network, interface) = (&compiled.network, &compiled.network.interface);
        assert_eq!(interface.name, frozen.name, "{name}");
        assert_eq!(interface.model_version, frozen.model_version, "{name}");
        assert_eq!(interface.labels, frozen.labels, "{name}");
        assert_eq!(interface.inputs[0].shape.0, frozen.input_shape, "{name}");
        assert_eq!(interface.outputs[0].shape.0, frozen.output_shape, "{name}");
        assert_eq!(network.macs(), frozen.macs, "{name}");
        let (input, output) = (
            network.tensor(network.inputs[0]),
            network.tensor(network.outputs[0]),
        );
        assert_eq!(
            input.scale.to_bits(),
            frozen.input_scale.to_bits(),
            "{name}"
        );
        assert_eq!(input.zero_point, frozen.input_zero_point, "{name}");
        assert_eq!(
            output.scale.to_bits(),
            frozen.output_scale.to_bits(),
            "{name}"
        );
        assert_eq!(output.zero_point, frozen.output_zero_point, "{name}");
        assert_eq!(output.element.rust(), frozen.element, "{name}");
        let channels = network.quantize_inputs[0].iter();
        let (factor, offset): (Vec<u32>, Vec<i32>) = channels
            .map(|channel| (channel.factor.to_bits(), channel.offset))
            .unzip();
        assert_eq!((factor, offset), (frozen.factor, frozen.offset), "{name}");
    }
}
