//! Networks in f32 mode are within 10⁻⁵ of the float reference, in the kernels on the host and in C.
//!
//! Needs: gcc

use bitneural_core::emit::program::Value;
use bitneural_core::function::Function;
use bitneural_core::options::Activations;
use bitneural_core::reference::float as reference;
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_rt::Model;
use bitneural_targets::root;
use bitneural_tests::custom;
use bitneural_tests::fixtures::{floats, whole};
use bitneural_tests::models::{Network, networks, sample};
use bitneural_tests::runners::float::{Expected, Host, difference, expected};
use bitneural_tests::runners::{float_header, header, scratch};
use proptest::prelude::*;
use proptest::test_runner::Config;

bitneural_rt::include_ternary_model! {
    /// The network of digits with floats between its layers.
    pub(crate) struct DigitsMlp = "../examples/digits/models/digits_mlp.safetensors";
    activations = f32;
}

bitneural_rt::include_ternary_model! {
    pub(crate) struct MnistCnn = "../examples/digits/models/mnist_cnn.safetensors";
    activations = f32;
}

bitneural_rt::include_ternary_model! {
    /// Two inputs, three outputs.
    pub struct Cabin = "data/models/cabin.safetensors";
    activations = f32;
}

const OPTIONS: fn() -> Options = || Options {
    activations: Activations::F32,
    ..custom::options()
};

fn compiled(bytes: &[u8]) -> Compiled {
    compile(bytes, &OPTIONS()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The network without ranges, which f32 mode does not need.
fn in_floats(network: &Network) -> Compiled {
    compiled(&network.bytes_without_ranges())
}

fn difference_on_the_host(network: &Network, compiled: &Compiled) -> Option<String> {
    let host = Host::new(&compiled.plan);
    let inputs = network.real_inputs(4);
    let mut found = inputs.iter().map(|input| (input, host.run(input)));
    found.find_map(|(input, found)| difference(compiled, input, &found))
}

proptest! {
    #![proptest_config(Config { cases: 150, ..Config::default() })]

    #[test]
    fn host_kernels_are_near_the_reference(network in networks()) {
        let difference = difference_on_the_host(&network, &in_floats(&network));
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

fn c_is_near(compiler: header::Compiler, name: &str, count: usize) {
    let sample = sample(count);
    let models: Vec<Compiled> = sample
        .iter()
        .map(|sampled| in_floats(&sampled.network))
        .collect();
    let programs: Vec<_> = models.iter().map(|model| &model.program).collect();
    let executable = float_header::compile(&programs, &scratch(name), compiler);
    let inputs: Vec<_> = sample
        .iter()
        .map(|sampled| sampled.network.real_inputs(4))
        .collect();
    let jobs: Vec<(usize, &[f32])> = inputs
        .iter()
        .enumerate()
        .flat_map(|(index, inputs)| inputs.iter().map(move |input| (index, input.as_slice())))
        .collect();
    // The promise of an op is that of the last one if nothing in front of it makes errors larger.
    let (mut near, mut finite) = (0, 0);
    for ((index, input), found) in jobs.iter().zip(executable.run(&jobs)) {
        let model = &models[*index];
        let values = expected(&model.graph, input);
        let outputs = model.network.outputs.iter();
        let expected: Vec<Expected> = outputs.flat_map(|id| values[id.index()].clone()).collect();
        assert_eq!(expected.len(), found.output.len());
        for (expected, &found) in expected.iter().zip(&found.output) {
            assert!(
                expected.allows(found),
                "network {index}: {found}, {expected:?}"
            );
        }
        let host = Host::new(&model.plan).run(input);
        assert_eq!(found.class.is_some(), model.plan.scores.is_some());
        let scores = model.plan.steps_to_scores.checked_sub(1);
        let scores = scores.map(|step| &host[step]);
        // Where the two largest scores are near each other either class will do.
        if let (Some(scores), Some(class)) = (scores, found.class)
            && scores.iter().all(|score| score.is_finite())
        {
            // In front of a sigmoid the one score stands beside a 0.
            let zero: &[f32] = if model.plan.threshold.is_some() {
                &[0.0]
            } else {
                &[]
            };
            let scores = [zero, scores].concat();
            let largest = scores.iter().copied().fold(f32::MIN, f32::max);
            let found = scores[class];
            assert!(
                found >= largest - 1e-4 * largest.abs() - 1e-4,
                "network {index}"
            );
        }
        // Of infinities and what comes of them nothing is promised.
        if expected.iter().any(|e| e.bound == f64::INFINITY) {
            continue;
        }
        finite += 1;
        let largest = expected.iter().map(|e| e.value.abs()).fold(0.0, f64::max);
        let errors = expected.iter().zip(&found.output);
        near += usize::from(
            errors
                .map(|(e, &found)| (e.value - f64::from(found)).abs())
                .all(|error| error <= 1e-5 * largest + 1e-6),
        );
    }
    assert!(10 * finite >= 9 * jobs.len(), "{finite} of {}", jobs.len());
    assert!(100 * near >= 95 * finite, "{near} of {finite}");
}

#[test]
fn c_is_near_the_reference() {
    c_is_near(header::C99, "float-c", 40);
}

#[test]
fn cpp_is_near_the_reference() {
    c_is_near(header::CPP, "float-cpp", 10);
}

#[test]
fn c_does_nothing_undefined() {
    c_is_near(header::SANITIZED, "float-sanitized", 20);
}

/// Each function without constants, over floats of every size, in Rust and in C.
#[test]
fn functions_are_as_promised() {
    use bitneural_rt::private::float_activation as kernels;
    type Kernel = fn(&[f32], &mut [f32]);
    let functions: [(&str, Function, Kernel); 9] = [
        ("sigmoid", Function::Sigmoid, kernels::sigmoid),
        ("tanh", Function::Tanh, kernels::tanh),
        ("hard_swish", Function::HardSwish, kernels::hard_swish),
        ("swish", Function::Swish, kernels::swish),
        ("gelu", Function::Gelu, kernels::gelu),
        ("gelu_tanh", Function::GeluTanh, kernels::gelu_tanh),
        ("softplus", Function::Softplus, kernels::softplus),
        ("softsign", Function::Softsign, kernels::softsign),
        ("exponential", Function::Exponential, kernels::exponential),
    ];
    // A prime, so that every exponent meets all kinds of mantissas.
    let inputs = (0..=u32::MAX).step_by(99_991).map(f32::from_bits);
    let inputs: Vec<f32> = inputs.filter(|x| x.is_finite()).collect();
    let names = functions.map(|(name, _, _)| name);
    let in_c = float_header::functions(&names, &inputs, &scratch("float-functions"));
    for ((name, function, kernel), in_c) in functions.into_iter().zip(in_c) {
        let mut in_rust = vec![0.0; inputs.len()];
        kernel(&inputs, &mut in_rust);
        for (index, &x) in inputs.iter().enumerate() {
            let y = function.apply(x.into());
            for found in [in_rust[index], in_c[index]] {
                let error = (f64::from(found) - y).abs();
                let overflows = y > f64::from(f32::MAX) && found >= f32::MAX;
                assert!(
                    error <= 1e-5 * y.abs() + 1e-6 || overflows,
                    "{name}({x:e}) = {found:e}, not {y:e}"
                );
            }
        }
    }
}

fn dataset(images: &str, labels: Option<&str>, elements: usize) -> Dataset {
    let place = |file: &str| Place::new(root().join("tests/data").join(file));
    read(&Request {
        inputs: &place(images),
        labels: labels.map(place).as_ref(),
        elements,
        classes: Some(10),
    })
    .expect("the committed images")
}

/// The largest error of outputs, all of which lie between 0 and 1.
fn error(expected: &[f32], found: &[f32]) -> f32 {
    let errors = expected.iter().zip(found);
    errors.map(|(e, f)| (e - f).abs()).fold(0.0, f32::max)
}

fn graph(name: &str) -> bitneural_core::graph::Graph {
    let path = root().join(format!("examples/digits/models/{name}.safetensors"));
    compiled(&std::fs::read(path).expect("the committed model")).graph
}

#[test]
fn digits_keep_their_accuracy() {
    let data = dataset("digits/digits.csv.gz", None, 64);
    let labels = data.labels.clone().expect("labels");
    let graph = graph("digits_mlp");
    let mut model = DigitsMlp::new();
    let (mut right, mut float_right) = (0, 0);
    for (pixels, label) in data.iter().zip(&labels).skip(1297) {
        let mut image = [[0.0; 8]; 8];
        image.as_flattened_mut().copy_from_slice(pixels);
        let expected = reference::output(&graph, pixels);
        assert!(error(&expected, &model.predict(&image)) <= 1.1e-5);
        let largest = expected.iter().copied().fold(0.0, f32::max);
        float_right += usize::from(expected[*label] == largest);
        right += usize::from(model.classify(&image).index() == *label);
    }
    assert_eq!(right, float_right);
    assert!(right >= 475, "{right} of 500");
}

#[test]
fn mnist_keeps_its_accuracy() {
    let labels = Some("mnist/test-labels-5k.idx1-ubyte.gz");
    let data = dataset("mnist/test-images-5k.idx3-ubyte.gz", labels, 784);
    let labels = data.labels.clone().expect("labels");
    let graph = graph("mnist_cnn");
    let mut model = MnistCnn::new();
    let mut right = 0;
    for (index, (pixels, label)) in data.iter().zip(&labels).take(1000).enumerate() {
        let mut image = <MnistCnn as Model>::Input::default();
        image
            .as_flattened_mut()
            .as_flattened_mut()
            .copy_from_slice(pixels);
        right += usize::from(model.classify(&image).index() == *label);
        if index < 20 {
            let expected = reference::output(&graph, pixels);
            assert!(error(&expected, &model.predict(&image)) <= 1.1e-5);
        }
    }
    assert!(right >= 980, "{right} of 1000");
}

#[test]
fn several_inputs_and_outputs() {
    let compiled = compiled(&whole::cabin());
    let input = [0.3, -0.2, 0.9, 0.1, 0.0, -1.1, 21.5, 7.0];
    let expected = reference::output(&compiled.graph, &input);
    let air = [[0.3, -0.2, 0.9], [0.1, 0.0, -1.1]];
    let found = Cabin::new().predict(&air, &[21.5, 7.0]);
    let numbers = [&found.move_2[..], &found.level, &found.class_2].concat();
    assert!(error(&expected, &numbers) <= 1e-4, "{found:?} {expected:?}");
}

/// Bytes of a constant on a 32-bit chip; `emulated_float` compares them with linked statics.
fn bytes(value: &Value) -> usize {
    let record = |name: &str| match name {
        "FloatDense" => 40,
        "FloatConv" => 68,
        "FloatDepthwise" => 60,
        "FloatAveragePool" => 36,
        "MaxPool" => 26,
        "Frame" => 24,
        "FloatRelu" | "FloatConcat" => 12,
        "FloatLine" => 16,
        "FloatElu" | "Normalize" => 8,
        "FloatJoin" | "FloatLayerNorm" => 20,
        "FloatEmbedding" => 16,
        "FloatRecurrent" => 52,
        "FloatGateColumn" => 12,
        "FloatStateBias" => 4,
        "CustomShape" => 12,
        "FloatCustom" => 28,
        "FloatOperand" => 1,
        "FloatPiece" => 4,
        other => panic!("a record of f32 mode: {other}"),
    };
    match value {
        Value::Blob(bytes) => bytes.len(),
        Value::FloatChannels(channels) => 8 * channels.len(),
        Value::NormalChannels(channels) => 8 * channels.len(),
        Value::Floats(values) => 4 * values.len(),
        Value::Records(records) => records.iter().map(|found| record(found.name)).sum(),
        Value::Record(found) => record(found.name),
        Value::Table(_)
        | Value::Codes(_)
        | Value::Channels(_)
        | Value::Signs(_)
        | Value::Counts(_)
        | Value::InputChannels(_) => panic!("a constant of integers"),
    }
}

/// Each constant counts once, however many layers share it.
#[test]
fn flash_is_what_the_constants_take() {
    let sample = sample(60);
    let models = sample.iter().map(|sampled| in_floats(&sampled.network));
    for (index, model) in models.chain([compiled(&floats::joins())]).enumerate() {
        let constants = model.program.constants.iter();
        let sum: usize = constants.map(|constant| bytes(&constant.value)).sum();
        assert_eq!(model.report.flash_bytes, sum, "network {index}");
    }
    // Two layers of 3600 weights that are the same.
    assert!(compiled(&floats::joins()).report.flash_bytes < 5000);
}

#[test]
fn no_range_is_needed_and_none_changes_anything() {
    for sampled in sample(40) {
        let bare = in_floats(&sampled.network).program;
        let ranged = compiled(&sampled.network.bytes()).program;
        assert_eq!(bare, ranged, "network {}", sampled.number);
    }
}
