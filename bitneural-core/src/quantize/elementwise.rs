//! Nodes of several values → sums, products, picks and concats (R14, R15, R16).

use super::bounds::Bounds;
use super::linear::{ends, shared};
use super::ranges::{Limits, code, of_span, rnd, span};
use super::requant::{DirectChannel, direct_constants, power, reaching};
use super::{Format, cap};
use crate::error::ErrorKind;
use crate::graph::{Clamp, Elementwise, Function, Graph, Links, Node, NodeKind, Pool, PoolMode};
use crate::ids::ValueId;
use crate::network::{Add, Concat, Element, Multiply, OpKind, Pick, Picked, Rescale};

pub(super) fn quantize(
    elementwise: &Elementwise,
    from: &[Format],
    to: Format,
) -> Result<OpKind, ErrorKind> {
    let clamp = &elementwise.clamp;
    let count = from.len() as f64;
    let plain = |format: &Format| format.scale / to.scale;
    let pick = |picked: Picked| {
        let operands = operands(from, to)?;
        Ok(OpKind::Pick(Pick { picked, operands }))
    };
    let factors: Vec<f64> = match elementwise.function {
        Function::Add => from.iter().map(plain).collect(),
        Function::Subtract => from
            .iter()
            .zip([1.0, -1.0])
            .map(|(format, sign)| sign * plain(format))
            .collect(),
        Function::Average => from
            .iter()
            .map(|format| format.scale / (count * to.scale))
            .collect(),
        Function::Multiply => {
            let product = multiply(from, to, clamp).map_err(|kind| reaching(kind, to));
            return product.map(OpKind::Multiply);
        }
        Function::Maximum => return pick(Picked::Largest),
        Function::Minimum => return pick(Picked::Smallest),
    };
    add(&factors, from, to, ends(clamp, to)).map(OpKind::Add)
}

pub(super) fn concat(rounds: usize, from: &[Format], to: Format) -> Result<Concat, ErrorKind> {
    let operands = operands(from, to)?;
    Ok(Concat { rounds, operands })
}

/// R14 for real factors M_i.
///
/// # Errors
/// Factors so large that no shift keeps the sum within 32 bits.
pub fn add(
    factors: &[f64],
    from: &[Format],
    to: Format,
    (low, high): (i32, i32),
) -> Result<Add, ErrorKind> {
    let mut offset = f64::from(to.zero_point);
    for (factor, format) in factors.iter().zip(from) {
        offset -= factor * f64::from(format.zero_point);
    }
    let bias = |shift: u32| rnd((offset + 0.5) * power(shift as i32));
    let multipliers = |shift: u32| {
        let each = factors.iter();
        each.map(move |factor| rnd(factor * power(shift as i32)))
    };
    let fits = |&shift: &u32| {
        // Sums of integers below 2^53, exact wherever the bounds hold.
        let (mut least, mut most) = (bias(shift).min(0.0), bias(shift).max(0.0));
        for multiplier in multipliers(shift) {
            least += 255.0 * multiplier.min(0.0);
            most += 255.0 * multiplier.max(0.0);
        }
        least >= f64::from(i32::MIN) && most <= f64::from(i32::MAX)
    };
    let shift = (0..=30).rev().find(fits).ok_or(ErrorKind::SumTooWide)?;
    Ok(Add {
        multipliers: multipliers(shift).map(|m| m as i32).collect(),
        bias: bias(shift) as i32,
        shift,
        low,
        high,
    })
}

/// Each operand in the output's format: R14 with one input, `None` for one that is in it already.
fn operands(from: &[Format], to: Format) -> Result<Vec<Option<Rescale>>, ErrorKind> {
    let each = from.iter().map(|&format| {
        if format == to {
            return Ok(None);
        }
        let ends = to.element.bounds();
        let found = add(&[format.scale / to.scale], &[format], to, ends)?;
        Ok(Some(Rescale {
            multiplier: found.multipliers[0],
            bias: found.bias,
            shift: found.shift,
        }))
    });
    each.collect()
}

/// R16, with a fused clamp.
///
/// # Errors
/// The refusals of R8.
pub fn multiply(from: &[Format], to: Format, clamp: &Clamp) -> Result<Multiply, ErrorKind> {
    let (first, second) = (from[0], from[1]);
    let channel = DirectChannel {
        multiplier: (first.scale * second.scale) / to.scale,
        offset: 0.0,
        bounds: Bounds {
            low: -65025,
            high: 65025,
            weight_sum: 0,
        },
        is_dead: false,
    };
    let constants = direct_constants(&shared(first, to, clamp), &[channel])?;
    Ok(Multiply {
        requant: constants.requant,
    })
}

/// The ranges of values behind headroom and caps, of which a concat takes the union (R15).
pub(super) struct Spans(Vec<Option<(f64, f64)>>);

/// What codes of a format can stand for.
fn of_format(format: Format) -> (f64, f64) {
    let real = |code: i32| format.scale * f64::from(code - format.zero_point);
    let (low, high) = format.element.bounds();
    (real(low), real(high))
}

impl Spans {
    pub(super) fn new(graph: &Graph) -> Self {
        Self(vec![None; graph.values.len()])
    }

    /// Notes an input of the network.
    pub(super) fn add_input(&mut self, graph: &Graph, id: ValueId, format: Option<Format>) {
        self.0[id.index()] = format.map(|format| match graph.value(id).range {
            Some(range) if range.fixed.is_none() => span(&range, Limits::default()),
            _ => of_format(format),
        });
    }

    /// Notes what a node yields in a format.
    pub(super) fn add(&mut self, graph: &Graph, node: &Node, format: Option<Format>) {
        self.0[node.output.index()] = match source(&node.kind) {
            Source::Copy => self.0[node.input().index()],
            Source::Union if graph.is_recorded(node.output) => format.map(of_format),
            Source::Union => self.union(node),
            Source::Fixed => format.map(of_format),
            Source::Free => format.map(|format| match graph.value(node.output).range {
                Some(range) if range.fixed.is_none() => {
                    let limits = Limits {
                        useful: None,
                        cap: cap(&node.kind),
                    };
                    span(&range, limits)
                }
                _ => of_format(format),
            }),
        };
    }

    fn union(&self, node: &Node) -> Option<(f64, f64)> {
        let mut spans = node.inputs.iter().map(|id| self.0[id.index()]);
        let first = spans.next()??;
        spans.try_fold(first, |(low, high), other| {
            let (other_low, other_high) = other?;
            Some((low.min(other_low), high.max(other_high)))
        })
    }

    /// The format of a concat, that of the file or of all its inputs, which the inputs take over whose producers are free to choose theirs and
    /// that nothing else reads.
    pub(super) fn share(
        &self,
        graph: &Links<'_>,
        node: &Node,
        formats: &mut [Option<Format>],
    ) -> Option<Format> {
        let recorded = graph.value(node.output).range;
        let shared = match recorded.filter(|range| range.fixed.is_some()) {
            Some(range) => code(&range, Limits::default(), Element::U8),
            None => of_span(self.union(node)?, Element::U8),
        };
        for &id in &node.inputs {
            let producer = graph.producer(id).map(|index| &graph.nodes[index].kind);
            let is_free = producer.is_some_and(|kind| source(kind) == Source::Free);
            if is_free && !graph.is_recorded(id) && graph.has_one_reader(id) {
                formats[id.index()] = Some(shared);
            }
        }
        Some(shared)
    }
}

/// Where the format of what a node yields comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// From what it reads (R2).
    Copy,
    /// From all that it reads (R15).
    Union,
    /// It is always the same (R2).
    Fixed,
    /// From its range: R15 may choose another.
    Free,
}

fn source(kind: &NodeKind) -> Source {
    match kind {
        NodeKind::Activation(activation)
            if activation
                .last()
                .is_some_and(|function| function.fixed_format().is_some()) =>
        {
            Source::Fixed
        }
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Affine(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Activation(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::Custom(_)
        | NodeKind::Pool(Pool {
            mode: PoolMode::Average { .. },
            ..
        }) => Source::Free,
        NodeKind::Pool(Pool {
            mode: PoolMode::Max,
            ..
        })
        | NodeKind::Frame(_)
        | NodeKind::Reshape => Source::Copy,
        NodeKind::Concat(_) => Source::Union,
        NodeKind::Softmax(_) | NodeKind::Recurrent(_) => Source::Fixed,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::network::Network;
    use crate::tests::bare;

    fn ranged(id: &str, kind: &str, input: &str, range: [f64; 2]) -> Value {
        json!({"id": id, "type": kind, "inputs": [input], "range": range, "samples": 40})
    }

    /// The formats of the layers that a concat reads, by their places among the tensors, and its own.
    fn formats(network: &Network) -> Vec<(f64, i32)> {
        let tensors = network.tensors.iter();
        tensors
            .map(|tensor| (tensor.scale, tensor.zero_point))
            .collect()
    }

    /// Those who are free write as the concat does; what cannot is rescaled.
    #[test]
    fn producers_of_a_concat_share_its_format_if_they_can() {
        let mut recorded = ranged("recorded", "relu", "x", [0.0, 1.0]);
        (recorded["scale"], recorded["zero_point"]) = (json!(0.5), json!(6));
        let layers = json!([
            ranged("mean", "average_pool2d", "x", [-1.0, 1.0]),
            ranged("read_twice", "relu6", "x", [0.0, 16.0]),
            recorded,
            {"id": "copy", "type": "max_pool2d", "inputs": ["x"]},
            {"id": "all", "type": "concat", "inputs": ["mean", "read_twice", "recorded", "copy"]},
            ranged("other", "relu", "read_twice", [0.0, 1.0]),
        ]);
        let mut model = bare("keras", &[2, 2, 3], layers);
        for (layer, kind) in [(0, "pool"), (3, "pool")] {
            model.metadata["layers"][layer][kind] = json!(1);
        }
        model.metadata["outputs"] = json!(["all", "other"]);
        let network = model.network().unwrap();
        let [_, mean, twice, recorded, copy, all, _] = formats(&network)[..] else {
            panic!("{:?}", network.tensors)
        };
        // Half steps from −3 on (zero point 6) to 124.5; a cap of 6 is within.
        assert_eq!(all, (0.5, 6));
        assert_eq!(mean, all);
        assert_eq!(recorded, (0.5, 6));
        assert_ne!(twice, all);
        assert_ne!(copy, all);
        let OpKind::Concat(concat) = &network.ops[4].kind else {
            panic!("{:?}", network.ops[4].kind)
        };
        let is_rescaled: Vec<bool> = concat.operands.iter().map(Option::is_some).collect();
        assert_eq!(is_rescaled, [false, true, false, true]);
    }

    fn format(scale: f64, zero_point: i32) -> Format {
        Format {
            element: Element::U8,
            scale,
            zero_point,
        }
    }

    #[test]
    fn worked_examples_of_r14() {
        let from = [format(0.05, 0), format(0.02, 128)];
        let to = format(0.06, 40);
        let found = add(&[0.05 / 0.06, 0.02 / 0.06], &from, to, (0, 255)).unwrap();
        assert_eq!(found.multipliers, [3_495_253, 1_398_101]);
        assert_eq!((found.shift, found.bias), (22, -9_087_659));
        let one = add(&[0.8], &[format(0.8, 30)], format(1.0, 12), (0, 255)).unwrap();
        assert_eq!((one.shift, one.bias), (23, -96_468_992));
        assert_eq!(
            add(&[9e6], &[format(9e6, 0)], format(1.0, 0), (0, 255)),
            Err(ErrorKind::SumTooWide)
        );
    }

    #[test]
    fn worked_example_of_r16() {
        let found = multiply(
            &[format(0.02, 0), format(0.01, 128)],
            format(0.03, 20),
            &Clamp::NONE,
        );
        let requant = found.unwrap().requant;
        assert_eq!((requant.pre_shift, requant.shift), (14, 20));
        let channel = requant.channels[0];
        assert_eq!(
            (channel.multiplier, channel.bias),
            (1_832_519_380, 50_380_800)
        );
    }
}
