//! The cases of `spec/ops`: ops with the constants that a kernel gets, inputs, and the outputs that the
//! numbered rules demand. Where these come from is told in `spec/README.md`.

pub mod op;
pub mod raw;

use op::recurrent::{Matrices, Recurrent};
use op::{
    AveragePool, Conv, Dense, Depthwise, Epilogue, Gate, LayerNorm, Multiply, Op, WeightFields,
    Window,
};
use raw::Raw;
use serde::Deserialize;

/// What kernels read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// Codes.
    #[default]
    U8,
    /// Wide codes.
    U16,
    /// Wide values.
    I16,
}

/// One op, and what it makes of some inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// File and name.
    pub name: String,
    /// The op with its constants.
    pub op: Op,
    /// Rows of inputs.
    pub input: Vec<Vec<i32>>,
    /// A row of outputs for each row of inputs.
    pub output: Vec<Vec<i32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DenseFields {
    inputs: usize,
    outputs: usize,
    #[serde(default)]
    input_element: Element,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConvFields {
    window: Window,
    groups: usize,
    channels: usize,
    outputs: usize,
    #[serde(default)]
    input_element: Element,
    padding: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepthwiseFields {
    window: Window,
    channels: usize,
    depth_multiplier: usize,
    #[serde(default)]
    input_element: Element,
    padding: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AveragePoolFields {
    window: Window,
    channels: usize,
    padding: u8,
    count_padding: bool,
    counts: Vec<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MultiplyFields {
    lengths: Vec<usize>,
    zero_points: [u8; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerNormFields {
    channels: usize,
    lift: u8,
    epsilon: u32,
    signs: Vec<i8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFields {
    table: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateFields {
    function: Gate,
}

/// All cases of `spec/ops`.
///
/// # Panics
/// When a file is not as `spec/README.md` says, or is of a family that this does not know: a test must
/// not pass because it has skipped cases.
#[must_use]
pub fn ops() -> Vec<Case> {
    raw::folder("ops").into_iter().map(case).collect()
}

fn case(mut raw: Raw) -> Case {
    let input = raw.take("input");
    let output = raw.take("output");
    let op = op(&mut raw);
    let rule = match &op {
        Op::Dense(Dense { epilogue, .. })
        | Op::Conv(Conv { epilogue, .. })
        | Op::Depthwise(Depthwise { epilogue, .. }) => match epilogue.leaky {
            None => "R7",
            Some(_) => "R11",
        },
        Op::MaxPool(_) => "R17",
        Op::AveragePool(_) => "R18",
        Op::Add(_) | Op::Pick(_) => "R14",
        Op::Concat(_) => "R15",
        Op::Multiply(_) => "R16",
        Op::Embedding(_) => "R33",
        Op::LayerNorm(_) => "R22",
        Op::Recurrent(_) => "R28",
        Op::Frame(_) => "R2",
        Op::Table(_) => "R13",
        Op::Gate(_) => "R23",
        Op::Softmax(_) => "R20",
    };
    assert_eq!(raw.rule, rule, "{}", raw.name);
    Case {
        name: raw.name,
        op,
        input,
        output,
    }
}

fn op(raw: &mut Raw) -> Op {
    match raw.file.as_str() {
        "dense" => {
            let (weights, epilogue) = layer(raw);
            let DenseFields {
                inputs,
                outputs,
                input_element,
            } = raw.read();
            assert_shape(raw, &weights, outputs, inputs);
            Op::Dense(Dense {
                reads: input_element,
                inputs,
                weights,
                epilogue,
            })
        }
        "conv" => {
            let (weights, epilogue) = layer(raw);
            let ConvFields {
                window,
                groups,
                channels,
                outputs,
                input_element,
                padding,
            } = raw.read();
            let conv = Conv {
                reads: input_element,
                window,
                groups,
                channels,
                padding,
                weights,
                epilogue,
            };
            assert_shape(raw, &conv.weights, outputs, conv.inputs());
            assert!(
                channels.is_multiple_of(groups) && outputs.is_multiple_of(groups),
                "{}: groups",
                raw.name
            );
            Op::Conv(conv)
        }
        "depthwise" => {
            let (weights, epilogue) = layer(raw);
            let DepthwiseFields {
                window,
                channels,
                depth_multiplier,
                input_element,
                padding,
            } = raw.read();
            assert_shape(raw, &weights, channels * depth_multiplier, window.taps());
            Op::Depthwise(Depthwise {
                reads: input_element,
                window,
                channels,
                multiplier: depth_multiplier,
                padding,
                weights,
                epilogue,
            })
        }
        "max_pool" => Op::MaxPool(raw.read()),
        "average_pool" => {
            let epilogue: Epilogue = raw.part(&Epilogue::FIELDS);
            let AveragePoolFields {
                window,
                channels,
                padding,
                count_padding,
                counts,
            } = raw.read();
            assert_eq!(epilogue.leaky, None, "{}", raw.name);
            Op::AveragePool(AveragePool {
                window,
                channels,
                padding,
                count_padding,
                counts,
                epilogue,
            })
        }
        "add" => Op::Add(raw.read()),
        "multiply" => {
            let epilogue: Epilogue = raw.part(&Epilogue::FIELDS);
            let MultiplyFields {
                lengths,
                zero_points,
            } = raw.read();
            assert_eq!(epilogue.leaky, None, "{}", raw.name);
            Op::Multiply(Multiply {
                lengths,
                zero_points,
                epilogue,
            })
        }
        "maximum" => Op::Pick(raw.read()),
        "concat" => Op::Concat(raw.read()),
        "embedding" => Op::Embedding(raw.read()),
        "layer_norm" => {
            let epilogue: Epilogue = raw.part(&Epilogue::FIELDS);
            let LayerNormFields {
                channels,
                lift,
                epsilon,
                signs,
            } = raw.read();
            assert_eq!(epilogue.leaky, None, "{}", raw.name);
            Op::LayerNorm(LayerNorm {
                channels,
                lift,
                epsilon,
                signs,
                epilogue,
            })
        }
        "recurrent" => {
            let matrices: Matrices = raw.part(&Matrices::NAMES);
            let fields = raw.read();
            Op::Recurrent(Box::new(Recurrent::new(&raw.name, matrices, fields)))
        }
        "frame" => Op::Frame(raw.read()),
        "activation" => Op::Table(raw.read::<TableFields>().table),
        "gate" => Op::Gate(raw.read::<GateFields>().function),
        "softmax" => Op::Softmax(raw.read()),
        family => panic!("{}: the family {family} is unknown", raw.name),
    }
}

/// The fields that all ops with weights have.
fn layer(raw: &mut Raw) -> (op::Weights, Epilogue) {
    let weights: WeightFields = raw.part(&WeightFields::NAMES);
    (weights.weights(&raw.name), raw.part(&Epilogue::FIELDS))
}

fn assert_shape(raw: &Raw, weights: &op::Weights, outputs: usize, inputs: usize) {
    let fits = weights.rows.len() == outputs && weights.rows.iter().all(|row| row.len() == inputs);
    assert!(fits, "{}: not {outputs} × {inputs} weights", raw.name);
}
