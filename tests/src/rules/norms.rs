//! R32 and R19: a batch norm that joins a layer, and one on its own.

use bitneural_core::graph::{Affine, Clamp, NodeKind, Weights};
use bitneural_core::network::{self, OpKind};
use bitneural_core::passes;
use bitneural_core::quantize::bounds::of_weights;
use bitneural_core::quantize::quantize;
use bitneural_core::quantize::requant::{RealChannel, Shared, constants};
use bitneural_core::shape::Shape;
use bitneural_core::ternarize::Precision;
use serde::Deserialize;

use super::Session;
use super::graphs::{
    DENSE_OP_SCALE, chain, dense, dense_graph, dense_op, reader, refusal_of, value, wide_value,
};
use super::weights::text;
use crate::spec::Element;
use crate::spec::op::{Depthwise, Epilogue, Op, Weights as Rows, Window};
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composed {
    weight_scale: f64,
    layer_bias: f64,
    batch_norm: Option<BatchNorm>,
    a: f64,
    b: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchNorm {
    gamma: f64,
    beta: f64,
    mean: f64,
    variance: f64,
    epsilon: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alone {
    input_scale: f64,
    output_scale: f64,
    input_zero_point: i32,
    output_zero_point: i32,
    low: i32,
    high: i32,
    gamma: Vec<f64>,
    beta: Vec<f64>,
    mean: Vec<f64>,
    variance: Vec<f64>,
    epsilon: f64,
    input: Vec<Vec<i32>>,
    trits: Option<String>,
    pre_shift: Option<u32>,
    shift: Option<u32>,
    multiplier: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    constant: Option<Vec<bool>>,
    codes: Option<Vec<Vec<i32>>>,
    error: Option<String>,
}

impl Session {
    pub(super) fn compose(&mut self, case: &Raw) {
        let given: Composed = case.read();
        let layer = dense(
            &[1],
            Precision::Ternary,
            given.weight_scale,
            given.layer_bias,
        );
        let mut graph = dense_graph(layer.clone());
        if let Some(norm) = given.batch_norm {
            let affine = Affine::batch_norm(
                &[norm.gamma],
                vec![norm.beta],
                vec![norm.mean],
                &[norm.variance],
                norm.epsilon,
            );
            let input = graph.values[0].clone();
            let output = graph.values[1].clone();
            graph = chain(
                vec![input, output.clone(), output],
                vec![NodeKind::Dense(layer), NodeKind::Affine(affine)],
            );
            passes::run(&mut graph).expect("passes");
        }
        let [node] = &graph.nodes[..] else {
            panic!("{}: not folded", case.name)
        };
        let linear = node.kind.linear().expect("a dense node");
        let Weights::Quantized(weights) = &linear.weights else {
            panic!("{}: weights are not quantized", case.name)
        };
        let found = [weights.scales[0], linear.bias[0]];
        self.compiler(
            case,
            "a and b",
            &[given.a, given.b].map(f64::to_bits),
            &found.map(f64::to_bits),
        );

        let shared = Shared {
            input_scale: 1.0,
            input_zero_point: 0,
            output_scale: DENSE_OP_SCALE,
            output_zero_point: 0,
            low: -32768,
            high: 32767,
        };
        let channel = RealChannel {
            scale: given.a.abs(),
            bias: given.b,
            bounds: of_weights(&[if given.a < 0.0 { -1 } else { 1 }], network::Element::U8),
        };
        let expected = constants(&shared, &[channel]).expect("constants").requant;
        let found = dense_op(&graph).requant;
        self.compiler(case, "constants of a and b", &[expected], &[found]);
    }

    /// By an image of one row, as many columns as there are codes of a channel.
    pub(super) fn affine(&mut self, case: &Raw) {
        let given: Alone = case.read();
        let (channels, columns) = (given.input.len(), given.input[0].len());
        let shape = Shape(vec![1, columns, channels]);
        let mut affine = Affine::batch_norm(
            &given.gamma,
            given.beta,
            given.mean,
            &given.variance,
            given.epsilon,
        );
        let is_wide = given.low < 0;
        let lowest = if is_wide { -32768 } else { 0 };
        if given.low > lowest {
            assert_eq!(given.low, given.output_zero_point, "{}: a relu", case.name);
            affine.clamp = Clamp::Clip(0.0, f64::INFINITY);
        }
        let input = value(shape.clone(), given.input_scale, given.input_zero_point);
        let mut kinds = vec![NodeKind::Affine(affine)];
        let values = if is_wide {
            vec![input, wide_value(shape, given.output_scale)]
        } else {
            kinds.push(reader([1, columns]));
            let output = value(shape, given.output_scale, given.output_zero_point);
            vec![input, output.clone(), output]
        };
        let network = match (quantize(&chain(values, kinds)), &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.as_ref().err().map(refusal_of);
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let OpKind::Conv(found) = &network.ops[0].kind else {
            panic!("a convolution, not {:?}", network.ops[0].kind)
        };
        let requant = &found.requant;
        let trits = given.trits.expect("a result");
        self.compiler(case, "trits", &[trits], &[text(&found.weights)]);
        let constant: Vec<bool> = found.weights.iter().map(|&weight| weight == 0).collect();
        let expected = given.constant.expect("a result");
        self.compiler(case, "constant", &expected, &constant);
        let shifts = [given.pre_shift, given.shift];
        let found_shifts = [requant.pre_shift, requant.shift].map(Some);
        self.compiler(case, "P and S", &shifts, &found_shifts);
        let ends = [requant.low, requant.high];
        self.compiler(case, "ends", &[given.low, given.high], &ends);
        let multiplier: Vec<i32> = requant.channels.iter().map(|c| c.multiplier).collect();
        let bias: Vec<i32> = requant.channels.iter().map(|c| c.bias).collect();
        self.compiler(case, "m", &given.multiplier.expect("a result"), &multiplier);
        self.compiler(case, "B", &given.bias.expect("a result"), &bias);

        let width = u16::try_from(columns).expect("a few codes");
        let op = Op::Depthwise(Depthwise {
            window: Window {
                output_width: width,
                ..Window::row(width, 1, 0)
            },
            channels,
            multiplier: 1,
            reads: Element::U8,
            padding: u16::try_from(given.input_zero_point).expect("a code"),
            weights: Rows {
                rows: found.weights.iter().map(|&weight| vec![weight]).collect(),
                is_int8: false,
            },
            epilogue: Epilogue {
                element: if is_wide { Element::I16 } else { Element::U8 },
                pre_shift: u8::try_from(requant.pre_shift).expect("at most 16"),
                shift: u8::try_from(requant.shift).expect("at most 31"),
                low: i16::try_from(requant.low).expect("an element"),
                high: i16::try_from(requant.high).expect("an element"),
                multiplier,
                bias,
                leaky: None,
            },
        });
        let image = |rows: &[Vec<i32>]| -> Vec<i32> {
            let pixel = |column: usize| rows.iter().map(move |row| row[column]);
            (0..columns).flat_map(pixel).collect()
        };
        let codes = image(&given.codes.expect("a result"));
        self.all_ways(&case.rule, &case.name, &op, &image(&given.input), &codes);
    }
}
