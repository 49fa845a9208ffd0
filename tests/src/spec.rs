//! The cases of `spec/ops`: ops with the constants that a kernel gets, inputs, and the outputs that the
//! numbered rules demand. Where these come from is told in `spec/README.md`.

use std::fs;
use std::path::Path;

use bitneural_targets::root;
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

#[derive(Deserialize)]
struct File<T> {
    case: Vec<Record<T>>,
}

#[derive(Deserialize)]
struct Record<T> {
    name: String,
    input: Vec<Vec<i32>>,
    output: Vec<Vec<i32>>,
    #[serde(flatten)]
    op: T,
}

#[derive(Deserialize)]
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
    let folder = root().join("spec/ops");
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| cases(file)).collect()
}

fn cases(file: &Path) -> Vec<Case> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let family = file.file_stem().unwrap_or_default().to_string_lossy();
    let cases = match &*family {
        "dense" => parse(&family, &text, Op::Dense),
        "activation" => parse(&family, &text, |fields: TableFields| {
            Op::Table(fields.table)
        }),
        "softmax" => parse(&family, &text, Op::Softmax),
        _ => Err(format!("the family {family} is unknown")),
    };
    cases.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn parse<T: for<'a> Deserialize<'a>>(
    family: &str,
    text: &str,
    op: impl Fn(T) -> Op,
) -> Result<Vec<Case>, String> {
    let file: File<T> = toml::from_str(text).map_err(|error| error.to_string())?;
    let cases = file.case.into_iter().map(|record| Case {
        name: format!("{family}: {}", record.name),
        op: op(record.op),
        input: record.input,
        output: record.output,
    });
    Ok(cases.collect())
}
