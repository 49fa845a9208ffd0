//! The integer reference: each question becomes a small network.

use bitneural_core::graph::Interface;
use bitneural_core::ids::{LayerId, TensorId};
use bitneural_core::network::{self, InputChannel, Network, OpKind, Tensor, verify};
use bitneural_core::reference::integer;
use bitneural_core::shape::Shape;

use super::implementation::{Answer, Implementation};
use super::requests::trits;
use crate::spec::{Element, Op};

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

    fn codes(&mut self, channels: &[(f32, i32)], input: &[f32]) -> Vec<i32> {
        let mut network = small([tensor(Element::U8, input.len()), tensor(Element::U8, 0)]);
        let channels = channels
            .iter()
            .map(|&(factor, offset)| InputChannel { factor, offset });
        network.quantize_input = channels.collect();
        integer::quantize_input(&network, input)
    }

    fn reals(&mut self, element: Element, scale: f64, zero_point: i32, codes: &[i32]) -> Vec<f32> {
        let mut network = small([tensor(element, codes.len()), tensor(element, codes.len())]);
        let id = network.output;
        (
            network.tensors[id.index()].scale,
            network.tensors[id.index()].zero_point,
        ) = (scale, zero_point);
        integer::dequantize(&network, id, codes)
    }

    fn class(&mut self, _: Element, scores: &[i32]) -> usize {
        integer::class(scores)
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

/// The first invariant that the network of an op breaks: the obligations of R6, R7 and R20 are among them.
///
/// # Errors
/// Its text.
pub fn obligations(op: &Op, inputs: usize) -> Result<(), String> {
    verify::verify(&network_of(op, inputs))
}

fn network_of(op: &Op, inputs: usize) -> Network {
    let (kind, from, to, outputs) = match op {
        Op::Dense(op) => {
            let channels = op.bias.iter().zip(&op.multiplier);
            let channels =
                channels.map(|(&bias, &multiplier)| network::Channel { bias, multiplier });
            let dense = network::Dense {
                inputs: op.inputs,
                outputs: op.outputs,
                trits: trits(op),
                requant: network::Requant {
                    pre_shift: op.pre_shift.into(),
                    shift: op.shift.into(),
                    low: op.low.into(),
                    high: op.high.into(),
                    channels: channels.collect(),
                },
            };
            (OpKind::Dense(dense), Element::U8, op.element, op.outputs)
        }
        Op::Table(entries) => {
            let entries = entries.clone().into_boxed_slice();
            let entries = entries.try_into().expect("an entry for each code");
            (
                OpKind::Table(network::Table { entries }),
                Element::U8,
                Element::U8,
                inputs,
            )
        }
        Op::Softmax(op) => {
            let softmax = network::Softmax {
                multiplier: op.multiplier,
                shift: op.shift.into(),
                guard: op.guard.into(),
            };
            (
                OpKind::Softmax(softmax),
                op.input_element,
                op.element,
                inputs,
            )
        }
    };
    let mut network = small([tensor(from, inputs), tensor(to, outputs)]);
    network.ops.push(network::Op {
        layer: LayerId(0),
        input: network.input,
        output: network.output,
        kind,
    });
    network
}

/// A network of an input and an output, and no ops.
fn small(tensors: [Tensor; 2]) -> Network {
    Network {
        interface: interface(tensors[0].elements, tensors[1].elements),
        layers: Vec::new(),
        tensors: tensors.into(),
        ops: Vec::new(),
        input: TensorId(0),
        quantize_input: vec![InputChannel {
            factor: 1.0,
            offset: 0,
        }],
        output: TensorId(1),
        scores: TensorId(1),
    }
}

/// Vectors in and out.
#[must_use]
pub fn interface(inputs: usize, outputs: usize) -> Interface {
    Interface {
        name: String::new(),
        model_version: String::new(),
        input: String::new(),
        input_shape: Shape::flat(inputs),
        mean: vec![0.0],
        std: vec![1.0],
        output_shape: Shape::flat(outputs),
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
        Element::I16 => network::Element::I16,
    }
}
