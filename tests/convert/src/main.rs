//! Makes `tests/data/models` from models that others trained.
//!
//! `cargo run --release -p bitneural-convert -- FOLDER [NAME…]`, where FOLDER holds what `tests/data/SOURCES.md`
//! names as the sources: folders of `models/`, and `mlperf_tiny/`, float weights under the names of the
//! frameworks, the layers of Keras in the metadata. The same sources give the same bytes.
//!
//! For each model there are two files. `NAME.safetensors` is a model file: kernels that are exactly
//! ternary as trits, the others as 8-bit codes (R31), ranges observed on the calibration inputs.
//! `NAME.cases.safetensors` has inputs and labels, the framework's `output`, and `logits`: those of the
//! float network before anything is quantized.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, process};

mod cases;
mod keras;
mod kernels;
mod network;
mod source;
mod torch;

use cases::{Cases, Input};
use keras::Layer;
use source::Source;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Who lists the layers.
enum Framework {
    /// Keras, in the metadata.
    Keras,
    /// Nobody does: PyTorch's networks are programs.
    Torch(fn() -> Vec<Layer>),
}

/// A model of the sources.
struct Model {
    framework: Framework,
    /// Of the files that are written.
    name: &'static str,
    /// The file of weights.
    weights: &'static str,
    /// The file of cases.
    cases: &'static str,
    /// What the cases hold.
    fields: Fields,
    /// How an input becomes what the network sees: `(x − mean) / std`, by channel if there are several.
    mean: &'static [f64],
    /// See `mean`.
    std: &'static [f64],
    /// The smallest and the largest value of an input, as it comes; observed if `None`.
    bounds: Option<[f64; 2]>,
    /// The shape of an input.
    shape: &'static [usize],
    /// The number of inputs that calibrate.
    samples: usize,
}

/// The names of tensors of cases.
struct Fields {
    /// Inputs as bytes, as floats that are bytes after `mean` and `std`, or as any floats.
    input: &'static str,
    /// Inputs that calibrate.
    calibration: &'static str,
    /// What the framework makes of them: probabilities, or the logits of a network that ends in them.
    output: &'static str,
    /// Whether the inputs are committed elsewhere.
    has_inputs_elsewhere: bool,
    /// The file of the inputs, if it is another one than that of the outputs.
    inputs_from: Option<&'static str>,
}

const MODELS: [Model; 9] = [
    Model {
        framework: Framework::Keras,
        name: "lenet_mnist",
        weights: "models/keras_lenet_mnist/ternary.safetensors",
        cases: "models/keras_lenet_mnist/cases.safetensors",
        fields: Fields {
            input: "input",
            calibration: "calibration.input",
            output: "output_ternary",
            // The first 200 of tests/data/mnist/test-images-5k.idx3-ubyte.gz.
            has_inputs_elsewhere: true,
            inputs_from: None,
        },
        mean: &[0.0],
        std: &[255.0],
        bounds: Some([0.0, 255.0]),
        shape: &[28, 28, 1],
        samples: 64,
    },
    Model {
        framework: Framework::Keras,
        name: "kws_ds_cnn",
        weights: "mlperf_tiny/kws_ds_cnn.safetensors",
        cases: "mlperf_tiny/kws_cases.safetensors",
        fields: Fields {
            input: "input_q",
            calibration: "input_q",
            output: "output",
            has_inputs_elsewhere: false,
            inputs_from: None,
        },
        // An input is (q − 83) · 0.5847029….
        mean: &[83.0],
        std: &[1.0 / 0.584_702_908_992_767_3],
        bounds: Some([-128.0, 127.0]),
        shape: &[49, 10, 1],
        samples: 64,
    },
    Model {
        framework: Framework::Keras,
        name: "vww_mobilenet",
        weights: "mlperf_tiny/vww_mobilenet_v1_025.safetensors",
        cases: "mlperf_tiny/vww_cases.safetensors",
        fields: Fields {
            input: "input_u8",
            calibration: "input_u8",
            output: "output",
            has_inputs_elsewhere: false,
            inputs_from: None,
        },
        mean: &[0.0],
        std: &[255.0],
        bounds: Some([0.0, 255.0]),
        shape: &[96, 96, 3],
        samples: 4,
    },
    Model {
        framework: Framework::Keras,
        name: "sww_ds_tcn",
        weights: "mlperf_tiny/sww_ds_tcn.safetensors",
        cases: "mlperf_tiny/sww_cases.safetensors",
        fields: Fields {
            input: "input",
            calibration: "input",
            output: "output",
            has_inputs_elsewhere: false,
            inputs_from: None,
        },
        mean: &[0.0],
        std: &[1.0],
        // The scale of an input in the benchmark's own int8 model, times 255.
        bounds: Some([0.0, 0.943_765_867_268_666_6]),
        // Keras has a width of 1 between the two: the network is one along time.
        shape: &[30, 40],
        samples: 32,
    },
    Model {
        framework: Framework::Torch(torch::spoken_digits),
        name: "fsdd_cnn",
        weights: "models/torch_cnn_fsdd/ternary.safetensors",
        cases: "models/torch_cnn_fsdd/cases.safetensors",
        fields: Fields {
            input: "input",
            calibration: "calibration.input",
            output: "output_ternary",
            has_inputs_elsewhere: false,
            inputs_from: None,
        },
        // Bytes q stand for log-mel values (q − 40)/12; an input is (value + 9.6)/5.4.
        mean: &[40.0 - 12.0 * 9.6],
        std: &[12.0 * 5.4],
        bounds: Some([-128.0, 127.0]),
        shape: &[1, 49, 20],
        samples: 64,
    },
    motions(Framework::Keras, "motions_lstm", true),
    motions(Framework::Keras, "motions_lstm_int8", false),
    motions(Framework::Torch(torch::motions), "motions_gru", true),
    motions(Framework::Torch(torch::motions), "motions_gru_int8", false),
];

/// Two networks, each trained in float and as trits, on the same windows of six sensors.
const fn motions(framework: Framework, name: &'static str, is_ternary: bool) -> Model {
    const KERAS_CASES: &str = "models/keras_lstm_motions/cases.safetensors";
    let is_keras = matches!(framework, Framework::Keras);
    Model {
        framework,
        name,
        weights: match (is_keras, is_ternary) {
            (true, true) => "models/keras_lstm_motions/ternary.safetensors",
            (true, false) => "models/keras_lstm_motions/float.safetensors",
            (false, true) => "models/torch_gru_motions/ternary.safetensors",
            (false, false) => "models/torch_gru_motions/float.safetensors",
        },
        cases: if is_keras {
            KERAS_CASES
        } else {
            "models/torch_gru_motions/cases.safetensors"
        },
        fields: Fields {
            input: "input",
            calibration: "calibration.input",
            output: if is_ternary {
                "output_ternary"
            } else {
                "output_float"
            },
            // Those of the first one.
            has_inputs_elsewhere: !(is_keras && is_ternary),
            // PyTorch's are standardized beforehand; here the model does it.
            inputs_from: Some(KERAS_CASES),
        },
        // Keras has them as a layer.
        mean: if is_keras { &[0.0] } else { &MOTIONS_MEAN },
        std: if is_keras { &[1.0] } else { &MOTIONS_STD },
        bounds: None,
        shape: &[100, 6],
        samples: 40,
    }
}

/// Of the windows that both networks were trained on, by channel.
const MOTIONS_MEAN: [f64; 6] = [
    2.552_758_7,
    -1.303_936_4,
    -1.026_581,
    0.019_051_16,
    -0.023_957_71,
    -0.055_789_64,
];

/// See [`MOTIONS_MEAN`].
const MOTIONS_STD: [f64; 6] = [
    7.072_306,
    6.794_090_3,
    3.546_374_6,
    2.111_920_8,
    1.820_748_8,
    3.516_581_8,
];

fn main() {
    let mut arguments = env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: convert FOLDER [NAME…] (the sources of tests/data/SOURCES.md)");
        process::exit(2);
    };
    let names: Vec<String> = arguments.collect();
    let is_meant = |name: &str| names.is_empty() || names.iter().any(|named| named == name);
    for model in MODELS.iter().filter(|model| is_meant(model.name)) {
        if let Err(error) = convert(model, Path::new(&folder)) {
            eprintln!("error: {}: {error}", model.name);
            process::exit(1);
        }
    }
}

fn convert(model: &Model, folder: &Path) -> Result<()> {
    let weights = Source::open(&folder.join(model.weights))?;
    let cases = Source::open(&folder.join(model.cases))?;
    let inputs_from = model.fields.inputs_from.unwrap_or(model.cases);
    let inputs_from = Source::open(&folder.join(inputs_from))?;
    let inputs = Input::read(&inputs_from, model, model.fields.input)?;
    let calibration = Input::read(&inputs_from, model, model.fields.calibration)?;
    let output = cases.floats(model.fields.output)?;

    let layers = match model.framework {
        Framework::Keras => keras::layers(weights.entry("architecture")?, model.shape.len())?,
        Framework::Torch(layers) => layers(),
    };
    let labels = match cases.entry("labels") {
        Ok(labels) => labels.split(',').map(str::to_owned).collect(),
        // The classes have no names, or none that the file knows.
        Err(_) => Vec::new(),
    };
    let metadata = network::metadata(model, &layers, labels);
    let float = network::float(&metadata, &weights, &inputs.values)?;
    let deviation = deviation(&float.outputs, &output);
    if deviation > LARGEST_DEVIATION {
        return Err(format!("outputs differ by {deviation} from the framework's").into());
    }
    let calibration = &calibration.values[..model.samples];
    let (bytes, kernels) = network::quantized(&metadata, &weights, calibration)?;
    let written = write(model.name, &bytes)?;

    let cases = Cases {
        input: (!model.fields.has_inputs_elsewhere).then_some(&inputs),
        shape: model.shape,
        label: cases.integers("label")?,
        output,
        logits: float.logits,
    };
    let cases = write(&format!("{}.cases", model.name), &cases.bytes()?)?;
    println!(
        "{}: {kernels}; {written} bytes and {cases} bytes of cases; \
         float outputs within {deviation:.1e} of the framework's",
        model.name
    );
    Ok(())
}

/// The largest difference of outputs from those of the framework, which computes in `f32`, as a part of
/// the value or, if that is below 1, of 1.
const LARGEST_DEVIATION: f32 = 1e-4;

fn deviation(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len(), "as many outputs");
    let differences = found
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs() / b.abs().max(1.0));
    differences.fold(0.0, f32::max)
}

/// Writes a file and gives its size.
fn write(name: &str, bytes: &[u8]) -> Result<usize> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models"));
    let path = folder.join(format!("{name}.safetensors"));
    bitneural_core::writer::write_atomically(&path, bytes)?;
    Ok(bytes.len())
}
