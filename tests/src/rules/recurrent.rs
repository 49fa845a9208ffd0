//! R24 to R27: the constants of gates, and single units of each cell.

use bitneural_core::error::ErrorKind;
use bitneural_core::graph::Cell;
use bitneural_core::network::{Gates, Matrix, Recurrent};
use bitneural_core::quantize::bounds::Bounds;
use bitneural_core::quantize::recurrent::{RealColumn, cell_shift, gate_constants};
use bitneural_core::reference::integer::activation::{sigm_q, tanh_q};
use bitneural_core::reference::integer::recurrent as reference;
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::ternarize::Precision;
use serde::Deserialize;

use super::Session;
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateSums {
    input_scale: f64,
    input_zero_point: i32,
    a_x: Vec<f64>,
    weight_sums_x: Vec<i64>,
    ranges_x: Vec<[i64; 2]>,
    a_h: Vec<f64>,
    weight_sums_h: Vec<i64>,
    ranges_h: Vec<[i64; 2]>,
    b_x: Vec<f64>,
    b_h: Vec<f64>,
    apart: bool,
    accumulators: Vec<[Vec<i64>; 2]>,
    pre_shifts: Option<[u32; 2]>,
    shift: Option<u32>,
    multipliers_x: Option<Vec<i32>>,
    multipliers_h: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    bias_h: Option<Vec<i32>>,
    gates: Option<toml::Value>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lstm {
    gates: Option<Vec<[i64; 4]>>,
    cell: Option<Vec<i64>>,
    cell_range: Option<[f64; 2]>,
    cell_shift: u32,
    activated: Option<Vec<[i64; 4]>>,
    new_cell: Option<Vec<i64>>,
    tanh_cell: Option<Vec<i64>>,
    h: Option<Vec<i64>>,
    codes: Option<Vec<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gru {
    gate_z: Vec<i64>,
    gate_r: Vec<i64>,
    gx: Vec<i64>,
    gh: Vec<i64>,
    h: Vec<i64>,
    z: Vec<i64>,
    r: Vec<i64>,
    argument: Vec<i64>,
    n: Vec<i64>,
    new_h: Vec<i64>,
    codes: Vec<i64>,
    reset_h: Vec<i64>,
    reset_codes: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SimpleRnn {
    gates: Vec<i64>,
    h: Vec<i64>,
    codes: Vec<i64>,
}

/// A layer of these columns and no weights: what the reference needs to finish sums.
fn layer(
    case: &GateSums,
    constants: bitneural_core::quantize::recurrent::GateConstants,
) -> Recurrent {
    let matrix = || Matrix {
        weights: Vec::new(),
        precision: Precision::Ternary,
    };
    Recurrent {
        cell: if case.apart { Cell::Gru } else { Cell::Lstm },
        inputs: 1,
        units: 1,
        steps: 1,
        sequences: false,
        reads_backwards: false,
        writes_backwards: false,
        keeps_state: false,
        kernel: matrix(),
        recurrent: matrix(),
        constants: Gates {
            pre_shifts: constants.pre_shifts,
            shift: constants.shift,
            columns: constants.columns,
            state_biases: constants.state_biases,
            cell_shift: 11,
        },
    }
}

impl Session {
    pub(super) fn gate_sums(&mut self, case: &Raw) {
        let given: GateSums = case.read();
        let columns = (0..given.a_x.len()).map(|column| {
            let bounds = |[low, high]: [i64; 2], weight_sum| Bounds {
                low,
                high,
                weight_sum,
            };
            RealColumn {
                scales: [given.a_x[column], given.a_h[column]],
                bounds: [
                    bounds(given.ranges_x[column], given.weight_sums_x[column]),
                    bounds(given.ranges_h[column], given.weight_sums_h[column]),
                ],
                biases: [given.b_x[column], given.b_h[column]],
                apart: given.apart,
            }
        });
        let columns: Vec<RealColumn> = columns.collect();
        let found = gate_constants(given.input_scale, given.input_zero_point, &columns);
        let found = match (found, &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.err().map(|kind| match kind {
                    ErrorKind::GatesTooCoarse { .. } | ErrorKind::SumTooWide => kind.to_string(),
                    other => panic!("{other}"),
                });
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        self.compiler(case, "P", &[given.pre_shifts], &[Some(found.pre_shifts)]);
        self.compiler(case, "S", &[given.shift], &[Some(found.shift)]);
        let list = |pick: fn(&bitneural_core::network::Column) -> i32| -> Vec<i32> {
            found.columns.iter().map(pick).collect()
        };
        let expected = [&given.multipliers_x, &given.multipliers_h, &given.bias];
        let lists = [
            list(|column| column.input_multiplier),
            list(|column| column.state_multiplier),
            list(|column| column.bias),
        ];
        for ((what, expected), found) in ["mx", "mh", "B"].iter().zip(expected).zip(&lists) {
            let expected = expected.as_ref().expect("a result");
            self.compiler(case, what, expected, found);
        }
        let state_biases = given.bias_h.clone().unwrap_or_default();
        self.compiler(case, "B_h", &state_biases, &found.state_biases);
        let layer = layer(&given, found);
        let rows = given.accumulators.iter().map(|[x, h]| {
            let sums = x.iter().zip(h).enumerate();
            sums.map(|(column, (&ax, &ah))| {
                if given.apart {
                    layer.apart(column, ax, ah).to_vec()
                } else {
                    vec![layer.gate(column, ax, ah)]
                }
            })
            .collect()
        });
        let rows: Vec<Vec<Vec<i64>>> = rows.collect();
        let expected = given.gates.expect("a result");
        let expected: Vec<i64> = integers(&expected);
        self.reference(case, "gates", &expected, &rows.concat().concat());
    }

    pub(super) fn lstm(&mut self, case: &Raw) {
        let given: Lstm = case.read();
        let results = (
            given.activated,
            given.new_cell,
            given.tanh_cell,
            given.h,
            given.codes,
        );
        let (Some(gates), Some(cells)) = (given.gates, given.cell) else {
            let range = given.cell_range.map(|[low, high]| RecordedRange {
                low,
                high,
                kind: RangeKind::Observed { samples: 64 },
                fixed: None,
            });
            let found = cell_shift(range.as_ref());
            self.compiler(case, "k", &[given.cell_shift], &[found]);
            return;
        };
        let (Some(activated), Some(new), Some(tangents), Some(h), Some(codes)) = results else {
            panic!("{}: results are missing", case.name);
        };
        let units = gates.iter().zip(&cells);
        let found = units.map(|(&gates, &c)| reference::lstm(gates, c, given.cell_shift));
        let (gates, units): (Vec<[i64; 4]>, Vec<[i64; 3]>) = found.unzip();
        let list = |index: usize| -> Vec<i64> { units.iter().map(|unit| unit[index]).collect() };
        self.reference(case, "gates", &activated.concat(), &gates.concat());
        self.reference(case, "c", &new, &list(0));
        self.reference(case, "tanh c", &tangents, &list(1));
        self.reference(case, "h", &h, &list(2));
        let views: Vec<i64> = list(2).into_iter().map(reference::code).collect();
        self.reference(case, "u", &codes, &views);
    }

    pub(super) fn gru(&mut self, case: &Raw) {
        let given: Gru = case.read();
        let each = |list: &[i64], function: fn(i64) -> i64| -> Vec<i64> {
            list.iter().map(|&value| function(value)).collect()
        };
        let z = each(&given.gate_z, sigm_q);
        let r = each(&given.gate_r, sigm_q);
        let count = 0..r.len();
        let arguments = count
            .clone()
            .map(|i| reference::candidate(r[i], given.gx[i], given.gh[i]));
        let arguments: Vec<i64> = arguments.collect();
        let n = each(&arguments, tanh_q);
        let new = count
            .clone()
            .map(|i| reference::blend(z[i], given.h[i], n[i]));
        let new: Vec<i64> = new.collect();
        let reset: Vec<i64> = count.map(|i| reference::reset(r[i], given.h[i])).collect();
        for (what, expected, found) in [
            ("z", &given.z, &z),
            ("r", &given.r, &r),
            ("argument", &given.argument, &arguments),
            ("n", &given.n, &n),
            ("h", &given.new_h, &new),
            ("u", &given.codes, &each(&new, reference::code)),
            ("h_r", &given.reset_h, &reset),
            ("u_r", &given.reset_codes, &each(&reset, reference::code)),
        ] {
            self.reference(case, what, expected, found);
        }
    }

    pub(super) fn simple_rnn(&mut self, case: &Raw) {
        let given: SimpleRnn = case.read();
        let found: Vec<[i64; 2]> = given.gates.iter().map(|&g| reference::simple(g)).collect();
        let list = |index: usize| -> Vec<i64> { found.iter().map(|unit| unit[index]).collect() };
        self.reference(case, "h", &given.h, &list(0));
        self.reference(case, "u", &given.codes, &list(1));
    }

    /// Compares what the reference found.
    fn reference(&mut self, case: &Raw, what: &str, expected: &[i64], found: &[i64]) {
        let name = format!("{}, {what}", case.name);
        let place = Place {
            subject: &case.rule,
            case: &name,
        };
        self.tally.same(place, "reference", expected, found);
    }
}

/// All integers of a list of lists.
fn integers(value: &toml::Value) -> Vec<i64> {
    match value {
        toml::Value::Integer(number) => vec![*number],
        toml::Value::Array(list) => list.iter().flat_map(integers).collect(),
        other => panic!("{other:?} is no integer"),
    }
}
