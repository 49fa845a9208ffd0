//! Recurrent layers as Keras and PyTorch define them, in `f64`.

use super::Rows;
use crate::graph::{Cell, Recurrent};

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The outputs, and of an LSTM all cells of all steps.
pub(super) fn run(node: &Recurrent, input: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let columns = node.columns();
    let kernel = Rows::new(&node.kernel, columns);
    let recurrent = Rows::new(&node.recurrent, columns);
    let input: Vec<f64> = input.iter().map(|&x| x.into()).collect();
    let mut steps: Vec<&[f64]> = input.chunks(node.inputs).collect();
    if node.reads_backwards {
        steps.reverse();
    }
    let units = node.units;
    let (mut h, mut c) = (vec![0.0; units], vec![0.0; units]);
    let (mut outputs, mut cells) = (Vec::new(), Vec::new());
    for x in steps {
        let gx = kernel.sums(x, &node.kernel.bias);
        let gh = recurrent.sums(&h, &node.recurrent.bias);
        let at = |gate: usize, unit: usize| gx[gate * units + unit] + gh[gate * units + unit];
        h = match node.cell {
            Cell::Lstm => {
                for (unit, c) in c.iter_mut().enumerate() {
                    let new = sigmoid(at(0, unit)) * at(2, unit).tanh();
                    *c = sigmoid(at(1, unit)) * *c + new;
                }
                let output = |unit: usize| sigmoid(at(3, unit)) * c[unit].tanh();
                (0..units).map(output).collect()
            }
            Cell::SimpleRnn => (0..units).map(|unit| at(0, unit).tanh()).collect(),
            Cell::Gru | Cell::GruResetBefore => {
                let r: Vec<f64> = (0..units).map(|unit| sigmoid(at(1, unit))).collect();
                let candidates: Vec<f64> = if node.cell == Cell::Gru {
                    let columns = (0..units).map(|unit| 2 * units + unit);
                    columns
                        .zip(&r)
                        .map(|(column, r)| gx[column] + r * gh[column])
                        .collect()
                } else {
                    let reset: Vec<f64> = h.iter().zip(&r).map(|(h, r)| h * r).collect();
                    let gh = recurrent.sums(&reset, &node.recurrent.bias);
                    (2 * units..columns)
                        .map(|column| gx[column] + gh[column])
                        .collect()
                };
                let states = h.iter().zip(&candidates).enumerate();
                let blend = states.map(|(unit, (h, n))| {
                    let z = sigmoid(at(0, unit));
                    z * h + (1.0 - z) * n.tanh()
                });
                blend.collect()
            }
        };
        outputs.push(h.iter().map(|&h| h as f32).collect::<Vec<_>>());
        if node.cell == Cell::Lstm {
            cells.extend(c.iter().map(|&c| c as f32));
        }
    }
    if !node.sequences {
        outputs.drain(..node.steps - 1);
    }
    if node.writes_backwards {
        outputs.reverse();
    }
    (outputs.concat(), cells)
}

impl Rows {
    /// Scaled sums over a vector, plus biases.
    fn sums(&self, x: &[f64], bias: &[f64]) -> Vec<f64> {
        let rows = self.weights.chunks(x.len()).zip(&self.scales).zip(bias);
        rows.map(|((row, scale), bias)| {
            let sum: f64 = row.iter().zip(x).map(|(w, x)| w * x).sum();
            sum * scale + bias
        })
        .collect()
    }
}
