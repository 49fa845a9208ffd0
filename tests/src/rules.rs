//! Runs a case of a rule by everyone who has the rule. The fields are those of `spec/README.md`.

mod elementwise;
mod embedding;
mod formats;
mod functions;
mod graphs;
mod layer_norms;
mod norms;
mod notation;
mod pools;
mod recurrent;
mod slopes;
mod sums;
mod weights;
mod windows;

use serde::Deserialize;
use toml::Value;

use crate::runners::implementation::{Implementation, Requantize};
use crate::spec::op::Op;
use crate::spec::raw::Raw;
use crate::spec::{Case, Element};
use crate::tally::{Place, Tally};

/// Those who are asked, and what came of it. The compiler is asked in any case.
pub struct Session {
    /// All who implement what runs on a chip.
    pub implementations: Vec<Box<dyn Implementation>>,
    /// The outcome.
    pub tally: Tally,
}

/// The rules of each file of `spec/rules`, and `R30` of all of `spec/quantizers`.
const FILES: [(&str, &[&str]); 29] = [
    ("accumulator", &["R6"]),
    ("add", &["R14"]),
    ("affine", &["R19"]),
    ("average_pool", &["R18"]),
    ("clamps", &["R10"]),
    ("classify", &["R21"]),
    ("compose", &["R32"]),
    ("concat", &["R15"]),
    ("constants", &["R8", "R9"]),
    ("embedding", &["R33"]),
    ("fixed", &["R2"]),
    ("gate_sums", &["R24"]),
    ("gates", &["R23"]),
    ("gru", &["R26"]),
    ("input", &["R4"]),
    ("int8_weights", &["R31"]),
    ("layer_norm", &["R22"]),
    ("leaky", &["R11"]),
    ("lstm", &["R25"]),
    ("max_pool", &["R17"]),
    ("multiply", &["R16"]),
    ("notation", &["R1"]),
    ("output", &["R5"]),
    ("padding", &["windows"]),
    ("ranges", &["R3", "R12"]),
    ("requantize", &["R7"]),
    ("simple_rnn", &["R27"]),
    ("softmax", &["R20"]),
    ("tables", &["R13"]),
];

/// Whether a case has a rule that belongs into its file.
#[must_use]
pub fn is_in_its_file(case: &Raw) -> bool {
    FILES
        .iter()
        .any(|(file, rules)| *file == case.file && rules.contains(&case.rule.as_str()))
}

impl Session {
    /// Nothing is run yet.
    #[must_use]
    pub fn new(implementations: Vec<Box<dyn Implementation>>) -> Self {
        Self {
            implementations,
            tally: Tally::default(),
        }
    }

    /// Runs a case of a rule.
    ///
    /// # Panics
    /// If the rule is unknown, or its fields are not those of the rule: no case is passed over.
    pub fn run(&mut self, case: &Raw) {
        match case.rule.as_str() {
            "R1" => self.notation(case),
            "R2" => self.fixed_format(case),
            "R3" => self.ranges(case),
            "R4" => self.input(case),
            "R5" => self.output(case),
            "R6" => self.accumulator(case),
            "R7" => self.requantize(case),
            "R8" | "R9" => self.constants(case),
            "R10" => self.clamp(case),
            "R11" => self.slopes(case),
            "R12" => self.wide_range(case),
            "R13" => self.table(case),
            "R14" => self.sum(case),
            "R15" => self.concat(case),
            "R16" => self.product(case),
            "R17" => self.max_pool(case),
            "R18" => self.average_pool(case),
            "R19" => self.affine(case),
            "R20" => self.softmax(case),
            "R21" => self.classify(case),
            "R22" => self.layer_norm(case),
            "R23" => self.gates(case),
            "R24" => self.gate_sums(case),
            "R25" => self.lstm(case),
            "R26" => self.gru(case),
            "R27" => self.simple_rnn(case),
            "R30" => self.ternarize(case),
            "R31" => self.int8_weights(case),
            "R32" => self.compose(case),
            "R33" => self.entries(case),
            "windows" => self.windows(case),
            rule => panic!("{}: the rule {rule} is unknown", case.name),
        }
    }

    /// Runs every row of an op by everyone, in all ways.
    pub fn run_op(&mut self, case: &Case) {
        let subject = match &case.op {
            Op::Dense(_) => "dense",
            Op::Conv(_) => "conv",
            Op::Depthwise(_) => "depthwise",
            Op::MaxPool(_) => "max_pool",
            Op::AveragePool(_) => "average_pool",
            Op::Add(_) => "add",
            Op::Multiply(_) => "multiply",
            Op::Pick(_) => "maximum",
            Op::Concat(_) => "concat",
            Op::Embedding(_) => "embedding",
            Op::LayerNorm(_) => "layer_norm",
            Op::Recurrent(_) => "recurrent",
            Op::Frame(_) => "frame",
            Op::Table(_) => "activation",
            Op::Gate(_) => "gate",
            Op::Softmax(_) => "softmax",
        };
        if let Op::AveragePool(pool) = &case.op {
            self.counts(&case.name, pool);
        }
        for (index, (input, output)) in case.input.iter().zip(&case.output).enumerate() {
            let place = format!("{}, row {index}", case.name);
            self.all_ways(subject, &place, &case.op, input, output);
        }
    }

    /// Asks everyone for the outputs of an op.
    fn all_ways(&mut self, subject: &str, case: &str, op: &Op, input: &[i32], expected: &[i32]) {
        let place = Place { subject, case };
        for implementation in &mut self.implementations {
            for answer in implementation.run(op, input) {
                let name = format!("{} {}", implementation.name(), answer.way);
                self.tally
                    .same(place, name.trim_end(), expected, &answer.output);
            }
        }
    }

    /// Asks those who have R7 and R11 on their own.
    fn on_their_own(
        &mut self,
        place: Place<'_>,
        constants: &Requantize,
        accumulators: &[i64],
        codes: &[i32],
    ) {
        for implementation in &mut self.implementations {
            if let Some(found) = implementation.requantize(constants, accumulators) {
                let name = format!("{} on its own", implementation.name());
                self.tally.same(place, &name, codes, &found);
            }
        }
    }

    /// Compares what the compiler found.
    fn compiler<T: PartialEq + std::fmt::Debug>(
        &mut self,
        case: &Raw,
        what: &str,
        expected: &[T],
        found: &[T],
    ) {
        let name = format!("{}, {what}", case.name);
        let place = Place {
            subject: &case.rule,
            case: &name,
        };
        self.tally.same(place, "compiler", expected, found);
    }

    /// Changes an expected value of the case in some way, and says whether that is found: the
    /// comparison is worth something.
    #[must_use]
    pub fn finds_a_wrong(&mut self, case: &Raw, result: &str) -> bool {
        let mut wrong = case.clone();
        spoil(wrong.fields.get_mut(result).expect("a result of the case"));
        let before = self.tally.failures.len();
        self.run(&wrong);
        let found = self.tally.failures.split_off(before);
        found.iter().any(|text| text.contains(&case.name))
    }
}

/// Makes it another value of its type, the last one of a list.
fn spoil(value: &mut Value) {
    match value {
        Value::Integer(number) => *number ^= 1,
        Value::Float(number) => *number = 1.5 * *number + 1e-9,
        Value::Boolean(truth) => *truth = !*truth,
        Value::String(text) if text.contains(['+', '0', '-']) => {
            *text = text
                .replace('+', "?")
                .replace(['-', '0'], "+")
                .replace('?', "-");
        }
        Value::String(text) => text.push('!'),
        Value::Array(list) => spoil(list.last_mut().expect("a value")),
        other => panic!("{other:?} is no result"),
    }
}

/// Bits of an `f32`, as an integer of the file.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
struct Bits(u32);

/// Whether codes can be of that type.
fn fits(element: Element, values: &[i32]) -> bool {
    let range = match element {
        Element::U8 => 0..=255,
        Element::U16 => 0..=65535,
        Element::I16 => -32768..=32767,
    };
    values.iter().all(|value| range.contains(value))
}
