//! R13, R20, R21 and R23: tables, softmax, the class and gates.

use bitneural_core::error::ErrorKind;
use bitneural_core::function::Function;
use bitneural_core::graph::Activation;
use bitneural_core::network;
use bitneural_core::quantize::{Format, softmax, tables};
use bitneural_core::reference::integer;
use serde::Deserialize;

use super::{Session, fits};
use crate::runners::reference::core;
use crate::spec::Element;
use crate::spec::op::{Gate, Op, Softmax};
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    function: String,
    alpha: Option<f64>,
    slope: Option<f64>,
    approximate: Option<String>,
    then: Option<String>,
    input_scale: f64,
    output_scale: f64,
    input_zero_point: i32,
    output_zero_point: i32,
    codes: Option<Vec<u8>>,
    entries: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Probabilities {
    scale: f64,
    count: usize,
    input_element: Element,
    input: Option<Vec<i32>>,
    multiplier: Option<u32>,
    shift: Option<u32>,
    guard: Option<u32>,
    numerators: Option<Vec<u64>>,
    reciprocal: Option<u64>,
    codes: Option<Vec<i32>>,
    wide: Option<Vec<i32>>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gates {
    input: Vec<i32>,
    tanh: Vec<i32>,
    sigmoid: Vec<i32>,
    table_sum: i64,
}

/// The function of this name in a file, with the options that it has by default.
pub(super) fn named(word: &str) -> Function {
    let found = Function::WORDS.iter().find(|(name, _)| *name == word);
    found.unwrap_or_else(|| panic!("no function {word}")).1
}

impl Table {
    /// The function, and the one behind it.
    fn chain(&self) -> Activation {
        let first = match (
            named(&self.function),
            self.alpha,
            self.slope,
            self.approximate.as_deref(),
        ) {
            (Function::Elu(_), Some(alpha), None, None) => Function::Elu(alpha),
            (Function::HardSigmoid(_), None, Some(slope), None) => Function::HardSigmoid(slope),
            (Function::Gelu, None, None, Some("tanh")) => Function::GeluTanh,
            (plain, None, None, None) => plain,
            other => panic!("{}: {other:?} has other options", self.function),
        };
        Activation(
            [first]
                .into_iter()
                .chain(self.then.as_deref().map(named))
                .collect(),
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    values: Vec<i32>,
    sigmoid: bool,
    class: usize,
}

impl Session {
    pub(super) fn table(&mut self, case: &Raw) {
        let given: Table = case.read();
        let format = |scale, zero_point| Format {
            element: network::Element::U8,
            scale,
            zero_point,
        };
        let chain = given.chain();
        let from = format(given.input_scale, given.input_zero_point);
        let to = format(given.output_scale, given.output_zero_point);
        let table = tables::table(|x| chain.apply(x), from, to);
        let codes = given.codes.unwrap_or_else(|| (0..=255).collect());
        let found: Vec<u8> = codes.iter().map(|&code| table[usize::from(code)]).collect();
        self.compiler(case, "entries", &given.entries, &found);
    }

    pub(super) fn softmax(&mut self, case: &Raw) {
        let given: Probabilities = case.read();
        let from = Format {
            element: core(given.input_element),
            scale: given.scale,
            zero_point: 0,
        };
        let found = match (softmax::quantize(from, given.count), &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.err().map(refusal);
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let expected = [given.multiplier, given.shift, given.guard];
        let constants = [found.multiplier, found.shift, found.guard].map(Some);
        self.compiler(case, "k, sh and g", &expected, &constants);
        let results = (given.numerators, given.reciprocal, given.codes, given.wide);
        let (Some(numerators), Some(reciprocal), Some(codes), Some(wide)) = results else {
            assert!(given.input.is_none(), "{}: results are missing", case.name);
            return;
        };
        let input = given.input.expect("an input of the results");
        assert_eq!(input.len(), given.count, "{}", case.name);
        let e = integer::softmax::numerators(&found, from.element, &input);
        let sum: u64 = e.iter().sum();
        let place = format!("{}, e", case.name);
        let place = Place {
            subject: &case.rule,
            case: &place,
        };
        self.tally.same(place, "reference", &numerators, &e);
        self.tally.same(
            place,
            "reference",
            &[reciprocal],
            &[(1 << 31) / (sum >> found.guard)],
        );
        for (element, expected) in [(Element::U8, codes), (Element::I16, wide)] {
            let op = Op::Softmax(Softmax {
                input_element: given.input_element,
                element,
                multiplier: found.multiplier,
                shift: u8::try_from(found.shift).expect("R20"),
                guard: u8::try_from(found.guard).expect("R20"),
            });
            let place = format!("{}, {element:?}", case.name);
            self.all_ways(&case.rule, &place, &op, &input, &expected);
        }
    }

    /// The table E.
    pub fn exponentials(&mut self, expected: &[i32]) {
        let place = Place {
            subject: "R20",
            case: "softmax: exponentials",
        };
        for implementation in &mut self.implementations {
            let found = implementation.exponentials();
            self.tally
                .same(place, implementation.name(), expected, &found);
        }
    }

    pub(super) fn gates(&mut self, case: &Raw) {
        let given: Gates = case.read();
        for (gate, expected) in [(Gate::Tanh, &given.tanh), (Gate::Sigmoid, &given.sigmoid)] {
            let place = format!("{}, {gate:?}", case.name);
            self.all_ways(&case.rule, &place, &Op::Gate(gate), &given.input, expected);
        }
        let place = Place {
            subject: &case.rule,
            case: &case.name,
        };
        for implementation in &mut self.implementations {
            let table = implementation.tangents();
            let terms = table.iter().zip(1..).map(|(&t, i)| i64::from(t) * i);
            let sum: i64 = terms.sum();
            self.tally
                .same(place, implementation.name(), &[given.table_sum], &[sum]);
        }
    }

    /// The table T.
    pub fn tangents(&mut self, expected: &[i32]) {
        let place = Place {
            subject: "R23",
            case: "gates: tangents",
        };
        for implementation in &mut self.implementations {
            let found = implementation.tangents();
            self.tally
                .same(place, implementation.name(), expected, &found);
        }
    }

    pub(super) fn classify(&mut self, case: &Raw) {
        let given: Class = case.read();
        let place = Place {
            subject: &case.rule,
            case: &case.name,
        };
        if let (true, [score]) = (given.sigmoid, given.values.as_slice()) {
            // A wide value, and a code of the same distance from its zero point.
            for (element, zero_point) in [(Element::I16, 0), (Element::U8, 100)] {
                for implementation in &mut self.implementations {
                    let found = implementation.above(element, zero_point + score, zero_point);
                    self.tally
                        .same(place, implementation.name(), &[given.class], &[found]);
                }
            }
            return;
        }
        for element in [Element::U8, Element::I16] {
            if !fits(element, &given.values) {
                continue;
            }
            for implementation in &mut self.implementations {
                let found = implementation.class(element, &given.values);
                self.tally
                    .same(place, implementation.name(), &[given.class], &[found]);
            }
        }
    }
}

/// The words of R20 for its refusals.
fn refusal(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::SoftmaxTooCoarse { .. } => "softmax input scale too coarse".to_owned(),
        ErrorKind::TooLarge { .. } => "softmax over too many values".to_owned(),
        other => other.to_string(),
    }
}
