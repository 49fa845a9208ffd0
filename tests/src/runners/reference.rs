//! The integer reference: each question becomes a small network.

use bitneural_core::graph::{Input, Interface, LayerName, Output};
use bitneural_core::ids::{LayerId, TensorId};
use bitneural_core::network::{self, InputChannel, Network, OpKind, Tensor, verify};
use bitneural_core::reference::integer;
use bitneural_core::shape::{self, Frame, Shape};
use bitneural_core::ternarize::Precision;

use super::implementation::{Answer, Implementation};
use crate::spec::Element;
use crate::spec::op::{Epilogue, Gate, Op, Weights, Window};

mod elementwise;
mod recurrent;

/// `bitneural_core::reference::integer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference;

impl Implementation for Reference {
    fn name(&self) -> &str {
        "reference"
    }

    fn run(&mut self, op: &Op, input: &[i32]) -> Vec<Answer> {
        let network = network_of(op, input.len());
        vec![Answer {
            way: "",
            output: integer::output(&network, input),
        }]
    }

    fn codes(&mut self, element: Element, channels: &[(f32, i32)], input: &[f32]) -> Vec<i32> {
        let mut network = small([tensor(element, input.len()), tensor(Element::U8, 0)]);
        let channels = channels
            .iter()
            .map(|&(factor, offset)| InputChannel { factor, offset });
        network.quantize_inputs[0] = channels.collect();
        integer::quantize_input(&network, input)
    }

    fn reals(&mut self, element: Element, scale: f64, zero_point: i32, codes: &[i32]) -> Vec<f32> {
        let mut network = small([tensor(element, codes.len()), tensor(element, codes.len())]);
        let id = network.outputs[0];
        (
            network.tensors[id.index()].scale,
            network.tensors[id.index()].zero_point,
        ) = (scale, zero_point);
        integer::dequantize(&network, id, codes)
    }

    fn class(&mut self, _: Element, scores: &[i32]) -> usize {
        integer::class(scores)
    }

    fn above(&mut self, _: Element, score: i32, threshold: i32) -> usize {
        usize::from(integer::above(score, threshold))
    }

    fn tangents(&mut self) -> Vec<i32> {
        let entries = (0..=256).map(integer::activation::tangent);
        entries
            .map(|t| i32::try_from(t).expect("16 bits"))
            .collect()
    }

    /// From the numerators, which are those of E where the constants leave it as it is.
    fn exponentials(&mut self) -> Vec<i32> {
        let plain = network::Softmax {
            multiplier: 1,
            shift: 0,
            guard: 0,
        };
        let input: Vec<i32> = (0..256).map(|f| 255 - f).collect();
        let found = integer::softmax::numerators(&plain, network::Element::U8, &input);
        found
            .into_iter()
            .map(|e| i32::try_from(e).expect("16 bits"))
            .collect()
    }
}

/// The first invariant that the network of an op breaks: the obligations of R6, R7, R11 and R20 are among them.
///
/// # Errors
/// Its text.
pub fn obligations(op: &Op, inputs: usize) -> Result<(), String> {
    verify::verify(&network_of(op, inputs))
}

/// The network of an op of so many inputs, and nothing else.
pub(super) fn network_of(op: &Op, inputs: usize) -> Network {
    if let Some((kind, tensors)) = elementwise::parts(op) {
        let one = small([tensor(Element::U8, 1), tensor(Element::U8, 1)]);
        return with_op(elementwise::with_tensors(one, tensors), kind);
    }
    let mut input = tensor(Element::U8, inputs);
    let (kind, output) = match op {
        Op::Dense(op) => {
            input = tensor(op.reads, inputs);
            let dense = network::Dense {
                inputs: op.inputs,
                outputs: op.outputs(),
                weights: op.weights.flat(),
                precision: precision(&op.weights),
                requant: requant(&op.epilogue),
            };
            (OpKind::Dense(dense), result(&op.epilogue, op.outputs()))
        }
        Op::Conv(op) => {
            input = tensor(op.reads, inputs);
            input.zero_point = op.padding.into();
            let outputs = op.weights.rows.len();
            let conv = conv(
                &op.window,
                [op.channels, op.groups],
                &op.weights,
                &op.epilogue,
            );
            let elements = op.window.positions() * outputs;
            (OpKind::Conv(conv), result(&op.epilogue, elements))
        }
        Op::Depthwise(op) => {
            input = tensor(op.reads, inputs);
            input.zero_point = op.padding.into();
            let outputs = op.channels * op.multiplier;
            let conv = conv(
                &op.window,
                [op.channels, op.channels],
                &op.weights,
                &op.epilogue,
            );
            let elements = op.window.positions() * outputs;
            (OpKind::Conv(conv), result(&op.epilogue, elements))
        }
        Op::MaxPool(op) => {
            let pool = network::MaxPool {
                window: window(&op.window),
                channels: op.channels,
            };
            let elements = op.window.positions() * op.channels;
            (OpKind::MaxPool(pool), tensor(Element::U8, elements))
        }
        Op::AveragePool(op) => {
            input.zero_point = op.padding.into();
            let pool = network::AveragePool {
                window: window(&op.window),
                channels: op.channels,
                count_padding: op.count_padding,
                counts: op.counts.iter().map(|&n| n.into()).collect(),
                requant: requant(&op.epilogue),
            };
            let elements = op.window.positions() * op.channels;
            (OpKind::AveragePool(pool), result(&op.epilogue, elements))
        }
        Op::Recurrent(op) => {
            let (kind, tensors) = recurrent::parts(op, inputs);
            return with_op(small(tensors), kind);
        }
        Op::Frame(op) => {
            input.zero_point = op.padding.into();
            let pair = |a: u16, b: u16| [a.into(), b.into()];
            let frame = Frame {
                input: pair(op.input_height, op.input_width),
                output: pair(op.output_height, op.output_width),
                cut: pair(op.cut_top, op.cut_left),
                before: pair(op.pad_top, op.pad_left),
                repeat: pair(op.repeat_y, op.repeat_x),
            };
            let channels = usize::from(op.channels);
            let elements = frame.output[0] * frame.output[1] * channels;
            let mut output = tensor(Element::U8, elements);
            output.zero_point = input.zero_point;
            (OpKind::Frame(network::Frame { frame, channels }), output)
        }
        Op::Embedding(op) => {
            input = tensor(op.input_element, inputs);
            let embedding = network::Embedding {
                rows: op.rows,
                width: op.width,
                codes: op.table.clone(),
            };
            let output = tensor(Element::U8, inputs * op.width);
            (OpKind::Embedding(embedding), output)
        }
        Op::LayerNorm(op) => {
            let norm = network::LayerNorm {
                channels: op.channels,
                lift: op.lift.into(),
                epsilon: op.epsilon,
                signs: op.signs.clone(),
                requant: requant(&op.epilogue),
            };
            (OpKind::LayerNorm(norm), result(&op.epilogue, inputs))
        }
        Op::Table(entries) => {
            let entries = entries.clone().into_boxed_slice();
            let entries = entries.try_into().expect("an entry for each code");
            let table = network::Table { entries };
            (OpKind::Table(table), tensor(Element::U8, inputs))
        }
        Op::Gate(gate) => {
            let wide = |steps: f64| Tensor {
                scale: 1.0 / steps,
                ..tensor(Element::I16, inputs)
            };
            input = wide(4096.0);
            let gate = match gate {
                Gate::Tanh => network::Gate::Tanh,
                Gate::Sigmoid => network::Gate::Sigmoid,
            };
            (OpKind::Gate(gate), wide(32768.0))
        }
        Op::Add(_) | Op::Multiply(_) | Op::Pick(_) | Op::Concat(_) => {
            unreachable!("an op of several inputs")
        }
        Op::Softmax(op) => {
            input = tensor(op.input_element, inputs);
            let softmax = network::Softmax {
                multiplier: op.multiplier,
                shift: op.shift.into(),
                guard: op.guard.into(),
            };
            (OpKind::Softmax(softmax), tensor(op.element, inputs))
        }
    };
    with_op(small([input, output]), kind)
}

fn with_op(mut network: Network, kind: OpKind) -> Network {
    network.ops.push(network::Op {
        layer: LayerId(0),
        inputs: network.inputs.clone(),
        output: network.outputs[0],
        kind,
    });
    network
}

fn conv(
    over: &Window,
    [channels, groups]: [usize; 2],
    weights: &Weights,
    epilogue: &Epilogue,
) -> network::Conv {
    network::Conv {
        window: window(over),
        channels,
        groups,
        outputs: weights.rows.len(),
        weights: weights.flat(),
        precision: precision(weights),
        requant: requant(epilogue),
    }
}

fn precision(weights: &Weights) -> Precision {
    if weights.is_int8 {
        Precision::Int8
    } else {
        Precision::Ternary
    }
}

fn requant(epilogue: &Epilogue) -> network::Requant {
    let channels = |bias: &[i32], multiplier: &[i32]| {
        let channels = bias.iter().zip(multiplier);
        let channels = channels.map(|(&bias, &multiplier)| network::Channel { bias, multiplier });
        channels.collect()
    };
    network::Requant {
        pre_shift: epilogue.pre_shift.into(),
        shift: epilogue.shift.into(),
        low: epilogue.low.into(),
        high: epilogue.high.into(),
        channels: channels(&epilogue.bias, &epilogue.multiplier),
        leaky: epilogue.leaky.as_ref().map(|leaky| network::Leaky {
            shift: leaky.shift.into(),
            zero: leaky.zero.into(),
            channels: channels(&leaky.bias, &leaky.multiplier),
        }),
    }
}

/// The tensor that an epilogue writes.
fn result(epilogue: &Epilogue, elements: usize) -> Tensor {
    let zero_point = epilogue.leaky.as_ref().map_or(0, |leaky| leaky.zero.into());
    Tensor {
        zero_point,
        ..tensor(epilogue.element, elements)
    }
}

/// As core has it.
pub(crate) fn window(window: &Window) -> shape::Window {
    let pair = |y: u16, x: u16| [usize::from(y), usize::from(x)];
    shape::Window {
        input: pair(window.input_height, window.input_width),
        output: pair(window.output_height, window.output_width),
        kernel: pair(window.kernel_height, window.kernel_width),
        stride: pair(window.stride_y, window.stride_x),
        dilation: pair(window.dilation_y, window.dilation_x),
        before: pair(window.pad_top, window.pad_left),
    }
}

/// A network of an input and an output, and no ops.
fn small(tensors: [Tensor; 2]) -> Network {
    Network {
        interface: interface(tensors[0].elements, tensors[1].elements),
        layers: vec![LayerName {
            id: "op".to_owned(),
            kind: "dense",
        }],
        tensors: tensors.into(),
        ops: Vec::new(),
        inputs: vec![TensorId(0)],
        quantize_inputs: vec![vec![InputChannel {
            factor: 1.0,
            offset: 0,
        }]],
        normalize_inputs: Vec::new(),
        outputs: vec![TensorId(1)],
        scores: Some(TensorId(1)),
        threshold: None,
    }
}

/// Vectors in and out.
#[must_use]
pub fn interface(inputs: usize, outputs: usize) -> Interface {
    Interface {
        name: String::new(),
        model_version: String::new(),
        inputs: vec![Input {
            id: String::new(),
            shape: Shape::flat(inputs),
            mean: vec![0.0],
            std: vec![1.0],
            is_wide: false,
        }],
        outputs: vec![Output {
            id: String::new(),
            shape: Shape::flat(outputs),
        }],
        labels: Vec::new(),
    }
}

fn tensor(element: Element, elements: usize) -> Tensor {
    Tensor {
        elements,
        element: core(element),
        scale: 1.0,
        zero_point: 0,
        layer: None,
    }
}

/// Core's word for an element.
#[must_use]
pub fn core(element: Element) -> network::Element {
    match element {
        Element::U8 => network::Element::U8,
        Element::U16 => network::Element::U16,
        Element::I16 => network::Element::I16,
    }
}
