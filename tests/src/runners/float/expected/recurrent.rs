//! How far off a recurrent layer may be: the errors go along with the state, step by step.

use bitneural_core::graph::{Cell, Recurrent};

use super::{Expected, promised};

/// One direction of a layer, with its weights as numbers.
struct Layer<'a> {
    node: &'a Recurrent,
    kernel: (Vec<f64>, Vec<f64>),
    recurrent: (Vec<f64>, Vec<f64>),
}

/// Σ w·x · scale + bias.
fn sum(
    (weights, scales): &(Vec<f64>, Vec<f64>),
    column: usize,
    x: &[Expected],
    bias: f64,
) -> Expected {
    let row = &weights[column * x.len()..][..x.len()];
    let (mut value, mut size, mut error) = (0.0, 0.0, 0.0);
    for (w, x) in row.iter().zip(x) {
        value += w * x.value;
        size += (w * x.value).abs();
        error += w.abs() * x.bound;
    }
    let scale = scales[column];
    Expected {
        value: value * scale + bias,
        bound: error * scale.abs() + promised(size * scale.abs() + bias.abs()),
    }
}

fn plus(a: Expected, b: Expected) -> Expected {
    Expected {
        value: a.value + b.value,
        bound: a.bound + b.bound + promised(a.value.abs() + b.value.abs()),
    }
}

fn times(a: Expected, b: Expected) -> Expected {
    let product = a.value * b.value;
    let most = (a.value.abs() + a.bound) * (b.value.abs() + b.bound);
    Expected {
        value: product,
        bound: most - product.abs() + promised(product.abs()),
    }
}

/// The steepest slope of the tangent within the error, and never more than all that it can move.
fn tanh(x: Expected) -> Expected {
    let nearest = (x.value.abs() - x.bound).max(0.0).tanh();
    let value = x.value.tanh();
    let moved = x.bound * (1.0 - nearest * nearest);
    Expected {
        value,
        bound: moved.min(1.0 + value.abs()) + promised(value.abs()),
    }
}

fn sigmoid(x: Expected) -> Expected {
    // (1 + tanh(x / 2)) / 2.
    let half = tanh(Expected {
        value: x.value / 2.0,
        bound: x.bound / 2.0,
    });
    Expected {
        value: (1.0 + half.value) / 2.0,
        bound: half.bound / 2.0 + promised(1.0),
    }
}

fn blend(z: Expected, h: Expected, n: Expected) -> Expected {
    let rest = Expected {
        value: 1.0 - z.value,
        bound: z.bound + promised(1.0),
    };
    plus(times(z, h), times(rest, n))
}

const ZERO: Expected = Expected {
    value: 0.0,
    bound: 0.0,
};

impl Layer<'_> {
    fn joint(&self, gate: usize, unit: usize, x: &[Expected], h: &[Expected]) -> Expected {
        let column = gate * self.node.units + unit;
        plus(self.of_inputs(column, x), self.of_state(column, h))
    }

    fn of_inputs(&self, column: usize, x: &[Expected]) -> Expected {
        sum(&self.kernel, column, x, self.node.kernel.bias[column])
    }

    fn of_state(&self, column: usize, h: &[Expected]) -> Expected {
        sum(&self.recurrent, column, h, self.node.recurrent.bias[column])
    }

    fn step(&self, x: &[Expected], h: &[Expected], c: &mut [Expected]) -> Vec<Expected> {
        let units = self.node.units;
        let gate = |gate, unit, h: &[Expected]| self.joint(gate, unit, x, h);
        let reset: Vec<Expected> = match self.node.cell {
            Cell::GruResetBefore => (0..units)
                .map(|unit| times(sigmoid(gate(1, unit, h)), h[unit]))
                .collect(),
            Cell::Lstm | Cell::Gru | Cell::SimpleRnn => Vec::new(),
        };
        let of_unit = |unit: usize| match self.node.cell {
            Cell::SimpleRnn => tanh(gate(0, unit, h)),
            Cell::Lstm => {
                let new = times(sigmoid(gate(0, unit, h)), tanh(gate(2, unit, h)));
                c[unit] = plus(times(sigmoid(gate(1, unit, h)), c[unit]), new);
                times(sigmoid(gate(3, unit, h)), tanh(c[unit]))
            }
            Cell::Gru => {
                let column = 2 * units + unit;
                let seen = times(sigmoid(gate(1, unit, h)), self.of_state(column, h));
                let n = tanh(plus(self.of_inputs(column, x), seen));
                blend(sigmoid(gate(0, unit, h)), h[unit], n)
            }
            Cell::GruResetBefore => {
                let n = tanh(gate(2, unit, &reset));
                blend(sigmoid(gate(0, unit, h)), h[unit], n)
            }
        };
        (0..units).map(of_unit).collect()
    }
}

/// Of each element of the output.
pub(super) fn bounds(node: &Recurrent, input: &[Expected]) -> Vec<f64> {
    let columns = node.columns();
    let layer = Layer {
        node,
        kernel: node.kernel.weights.unscaled(columns),
        recurrent: node.recurrent.weights.unscaled(columns),
    };
    let mut frames: Vec<&[Expected]> = input.chunks(node.inputs).collect();
    if node.reads_backwards {
        frames.reverse();
    }
    let (mut h, mut c) = (vec![ZERO; node.units], vec![ZERO; node.units]);
    let mut states: Vec<Vec<f64>> = Vec::new();
    for frame in frames {
        h = layer.step(frame, &h, &mut c);
        states.push(h.iter().map(|h| h.bound).collect());
    }
    if node.writes_backwards {
        states.reverse();
    }
    if !node.sequences {
        states.drain(..node.steps - 1);
    }
    states.concat()
}
