//! The cases of `spec/ops`: ops with the constants that a kernel gets, inputs, and the outputs that the
//! numbered rules demand. Where these come from is told in `spec/README.md`.

pub mod raw;

use raw::Raw;
use serde::Deserialize;

/// What kernels read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// Codes.
    U8,
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

/// An op with its constants.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A fully connected layer (R6, R7).
    Dense(Dense),
    /// Any function from code to code (R13).
    Table(Vec<u8>),
    /// R20.
    Softmax(Softmax),
}

/// The constants of a fully connected layer (R6, R7).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// What it writes.
    pub element: Element,
    /// P
    pub pre_shift: u8,
    /// S
    pub shift: u8,
    /// y_lo
    pub low: i16,
    /// y_hi
    pub high: i16,
    /// m_c of each output.
    pub multiplier: Vec<i32>,
    /// B_c of each output.
    pub bias: Vec<i32>,
    /// A row of trits for each output, each one of `-`, `0`, `+`.
    pub trits: Vec<String>,
}

impl Dense {
    /// The trit of the weight between an output and an input; none if there is no such weight.
    ///
    /// # Panics
    /// When the case has another character than the three.
    #[must_use]
    pub fn trit(&self, output: usize, input: usize) -> Option<i8> {
        let trit = self.trits.get(output)?.as_bytes().get(input)?;
        match trit {
            b'-' => Some(-1),
            b'0' => Some(0),
            b'+' => Some(1),
            _ => panic!("{trit:#x} is no trit"),
        }
    }
}

/// The constants of a softmax (R20).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {
    /// What it reads.
    pub input_element: Element,
    /// What it writes.
    pub element: Element,
    /// k
    pub multiplier: u32,
    /// sh
    pub shift: u8,
    /// g
    pub guard: u8,
}

/// The fields of a table look-up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFields {
    table: Vec<u8>,
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
    let op = match raw.file.as_str() {
        "dense" => Op::Dense(raw.read()),
        "activation" => Op::Table(raw.read::<TableFields>().table),
        "softmax" => Op::Softmax(raw.read()),
        family => panic!("{}: the family {family} is unknown", raw.name),
    };
    Case {
        name: raw.name,
        op,
        input,
        output,
    }
}
