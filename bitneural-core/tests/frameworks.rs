//! The float reference gives what Keras and PyTorch give, and the compiled network nearly so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::function::Function;
use bitneural_core::graph::{Graph, NodeKind};
use bitneural_core::network::{Network, OpKind};
use bitneural_core::reference::{float, integer};
use bitneural_core::source::{Layout, Tensor, container, layers, read};
use bitneural_core::{Options, compile, compile::float_network, passes};

/// A model of a framework, and what that framework computes with it.
struct Case {
    /// The framework and the name of the model.
    name: String,
    model: Vec<u8>,
    /// Inputs and outputs, each channels last, of several one after the other.
    rows: Vec<(Vec<f32>, Vec<f32>)>,
}

/// Every model of `spec/frameworks`.
fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/frameworks");
    let mut cases = Vec::new();
    for framework in ["keras", "torch"] {
        let files = fs::read_dir(root.join(framework)).expect("a folder for each framework");
        let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for path in files {
            let file = path.file_name().unwrap().to_str().unwrap();
            let Some(name) = file.strip_suffix(".cases.safetensors") else {
                let name = file.strip_suffix(".safetensors").expect("a model");
                let rows = path.with_file_name(format!("{name}.cases.safetensors"));
                assert!(rows.exists(), "{framework}/{name} has no cases");
                continue;
            };
            let model = fs::read(path.with_file_name(format!("{name}.safetensors"))).unwrap();
            // A recurrent network of PyTorch has channels last already.
            let layout = read(&model).unwrap().metadata.inputs[0].layout;
            let rows = fs::read(&path).unwrap();
            let (inputs, outputs) = (
                rows_of(&rows, "input", layout),
                rows_of(&rows, "output", layout),
            );
            assert!(!inputs.is_empty() && inputs.len() == outputs.len());
            cases.push(Case {
                name: format!("{framework}/{name}"),
                model,
                rows: inputs.into_iter().zip(outputs).collect(),
            });
        }
    }
    cases
}

/// The rows of `name`, or of `name.0`, `name.1` and so on, in which a row goes on in the next tensor.
fn rows_of(file: &[u8], name: &str, layout: Layout) -> Vec<Vec<f32>> {
    let file = container::read(file).unwrap();
    let tensor = |name: &str| file.tensors.iter().find(|(found, _)| found == name);
    if let Some((_, alone)) = tensor(name) {
        return channels_last(alone, layout);
    }
    let several = (0..).map_while(|index| tensor(&format!("{name}.{index}")));
    let several = several.map(|(_, tensor)| channels_last(tensor, layout));
    let joined = several.reduce(|mut rows, more| {
        assert_eq!(rows.len(), more.len());
        for (row, end) in rows.iter_mut().zip(more) {
            row.extend(end);
        }
        rows
    });
    joined.expect("a tensor of that name, or several")
}

/// The rows of a tensor, each channels last.
fn channels_last(tensor: &Tensor, layout: Layout) -> Vec<Vec<f32>> {
    let (rows, axes) = tensor.shape.0.split_first().unwrap();
    let elements: usize = axes.iter().product();
    let channels = match layout {
        Layout::Keras => 1,
        Layout::Torch => axes[0],
    };
    let values = tensor.to_f32().unwrap();
    assert_eq!(values.len(), rows * elements);
    let positions = elements / channels;
    values
        .chunks_exact(elements)
        .map(|row| match layout {
            Layout::Keras => row.to_vec(),
            Layout::Torch => (0..elements)
                .map(|index| row[index % channels * positions + index / channels])
                .collect(),
        })
        .collect()
}

/// The largest difference, as a part of the value or, if that is below 1, of 1.
fn distance(graph: &Graph, case: &Case) -> f64 {
    let rows = case.rows.iter().flat_map(|(input, expected)| {
        let found = float::output(graph, input);
        assert_eq!(found.len(), expected.len(), "{}: elements", case.name);
        found.into_iter().zip(expected)
    });
    rows.map(|(found, &expected)| {
        assert!(found.is_finite(), "{}", case.name);
        let expected = f64::from(expected);
        (f64::from(found) - expected).abs() / expected.abs().max(1.0)
    })
    .fold(0.0, f64::max)
}

/// Fails with a line for each problem.
fn report(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn float_reference_agrees_before_and_after_the_passes() {
    let mut problems = Vec::new();
    for case in cases() {
        let file = read(&case.model).unwrap();
        let mut graph = match float_network(&file, &Options::default()) {
            Ok(graph) => graph,
            Err(errors) => {
                problems.push(format!("{}: {errors}", case.name));
                continue;
            }
        };
        let before = distance(&graph, &case);
        passes::run(&mut graph).unwrap();
        let after = distance(&graph, &case);
        if before.max(after) > 1e-5 {
            problems.push(format!("{}: {before:.1e}, {after:.1e}", case.name));
        }
    }
    report(&problems);
}

/// How far the compiled network may be from the framework, in steps of an 8-bit code over the range of
/// the outputs. Each op rounds by half a step, and there are ten at most; an option that is misread, a
/// padding on the wrong side say, gives tens of steps.
const MEAN_STEPS: f64 = 2.0;
const MOST_STEPS: f64 = 4.0;

#[test]
fn compiled_network_is_near() {
    let mut problems = Vec::new();
    for case in cases() {
        let compiled = match compile(&case.model, &Options::default()) {
            Ok(compiled) => compiled,
            Err(errors) => {
                problems.push(format!("{}: {errors}", case.name));
                continue;
            }
        };
        let errors = steps_off(&compiled.network, &case);
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let most = errors.iter().copied().fold(0.0, f64::max);
        let jumps =
            |function: &Function| matches!(function, Function::Relu(relu) if relu.threshold != 0.0);
        // Where a function jumps, the least error may lead to its other side.
        let jumps = compiled.graph.nodes.iter().any(
            |node| matches!(&node.kind, NodeKind::Activation(functions) if functions.0.iter().any(jumps)),
        );
        if mean > MEAN_STEPS || (most > MOST_STEPS && !jumps) {
            problems.push(format!(
                "{}: {mean:.2} steps off in the mean, {most:.1} at most",
                case.name
            ));
        }
    }
    report(&problems);
}

/// The error of each element of the outputs.
fn steps_off(network: &Network, case: &Case) -> Vec<f64> {
    let codes: Vec<Vec<i32>> = case
        .rows
        .iter()
        .map(|(input, _)| integer::output(network, &integer::quantize_input(network, input)))
        .collect();
    let has_state = network
        .ops
        .iter()
        .any(|op| matches!(op.kind, OpKind::Recurrent(_)));
    let mut errors = Vec::new();
    let mut start = 0;
    for &output in &network.outputs {
        let own = start..start + network.tensor(output).elements;
        start = own.end;
        // Each output has a range, and so a step, of its own.
        let all = case
            .rows
            .iter()
            .flat_map(|(_, expected)| &expected[own.clone()]);
        let (low, high) = all.fold((0.0_f32, 0.0_f32), |(low, high), &y| {
            (low.min(y), high.max(y))
        });
        // What a state is read as has steps of 1/128, however little of its range it uses (R2).
        let coarsest = if has_state { 1.0 / 128.0 } else { 0.0 };
        let step = ((high - low) / 255.0).max(coarsest);
        for (codes, (_, expected)) in codes.iter().zip(&case.rows) {
            let found = integer::dequantize(network, output, &codes[own.clone()]);
            let pairs = found.into_iter().zip(&expected[own.clone()]);
            errors.extend(pairs.map(|(found, y)| f64::from((found - y).abs() / step)));
        }
    }
    assert!(
        case.rows
            .iter()
            .all(|(_, expected)| expected.len() == start),
        "{}: elements",
        case.name
    );
    errors
}

#[test]
fn every_layer_type_occurs() {
    let mut missing: BTreeSet<&str> = layers::type_names().into_iter().collect();
    // No framework has it: what it computes is the user's.
    missing.remove("custom");
    for case in cases() {
        for layer in &read(&case.model).unwrap().layers {
            missing.remove(layer.kind.name());
        }
    }
    assert!(missing.is_empty(), "no case has {missing:?}");
}
