//! Single kernels on an emulated machine: cases for the program `kernels`, and its answers.

use std::fmt;

use super::emulated::{Error, Program, Transcript};
use crate::encode;
use crate::spec::{Case, Dense, Element, Op, Softmax};

/// A kernel of the runtime; several may compute the same op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kernel {
    DenseDigits,
    DenseTables,
    ActivationTable,
    ActivationTableInPlace,
    Softmax,
}

impl Kernel {
    /// All of them.
    pub const ALL: [Kernel; 5] = [
        Kernel::DenseDigits,
        Kernel::DenseTables,
        Kernel::ActivationTable,
        Kernel::ActivationTableInPlace,
        Kernel::Softmax,
    ];

    /// The kernels that can compute an op.
    #[must_use]
    pub fn of(op: &Op) -> &'static [Kernel] {
        match op {
            Op::Dense(_) => &[Kernel::DenseDigits, Kernel::DenseTables],
            Op::Table(_) => &[Kernel::ActivationTable, Kernel::ActivationTableInPlace],
            Op::Softmax(_) => &[Kernel::Softmax],
        }
    }
}

/// A case, and the kernel that is to compute it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The case.
    pub case: Case,
    /// The kernel.
    pub kernel: Kernel,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {:?}", self.case.name, self.kernel)
    }
}

/// What a kernel made of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Instructions, from before the call to after it.
    pub instructions: i64,
    /// Bytes of stack below the caller of the kernel.
    pub stack_bytes: i64,
    /// What it wrote.
    pub output: Vec<i32>,
}

/// Runs all jobs in one go; gives the rows of each.
///
/// # Errors
/// When the program does not end well or leaves out a row.
pub fn run(program: &Program, jobs: &[Job]) -> Result<Vec<Vec<Row>>, Error> {
    let data: Vec<u32> = jobs.iter().flat_map(words).collect();
    let transcript = program.run(&data)?;
    transcript.check_calibration()?;
    let rows = jobs
        .iter()
        .map(|job| Vec::with_capacity(job.case.input.len()))
        .collect();
    read(&transcript, rows, jobs)
}

fn read(
    transcript: &Transcript,
    mut rows: Vec<Vec<Row>>,
    jobs: &[Job],
) -> Result<Vec<Vec<Row>>, Error> {
    for values in transcript.all_numbers("row")? {
        let wrong = || Error::Protocol("rows in order".to_owned(), transcript.clone());
        let [case, row, instructions, stack_bytes, output @ ..] = &values[..] else {
            return Err(wrong());
        };
        let rows = usize::try_from(*case)
            .ok()
            .and_then(|case| rows.get_mut(case))
            .ok_or_else(wrong)?;
        if usize::try_from(*row) != Ok(rows.len()) {
            return Err(wrong());
        }
        let output = output
            .iter()
            .map(|&value| i32::try_from(value))
            .collect::<Result<_, _>>();
        rows.push(Row {
            instructions: *instructions,
            stack_bytes: *stack_bytes,
            output: output.map_err(|_| wrong())?,
        });
    }
    match jobs
        .iter()
        .zip(&rows)
        .find(|(job, rows)| rows.len() != job.case.input.len())
    {
        Some((job, _)) => Err(Error::Protocol(
            format!("all rows of {job}"),
            transcript.clone(),
        )),
        None => Ok(rows),
    }
}

/// The first output that differs from what the case demands, in words.
#[must_use]
pub fn difference(job: &Job, rows: &[Row]) -> Option<String> {
    let pairs = job.case.output.iter().zip(rows).enumerate();
    pairs.into_iter().find_map(|(index, (expected, found))| {
        if *expected == found.output {
            return None;
        }
        let at = expected.iter().zip(&found.output).position(|(a, b)| a != b);
        let values = at.map_or_else(
            || {
                format!(
                    "{} values instead of {}",
                    found.output.len(),
                    expected.len()
                )
            },
            |at| {
                format!(
                    "output {at} is {} instead of {}",
                    found.output[at], expected[at]
                )
            },
        );
        Some(format!("{job}, row {index}: {values}"))
    })
}

/// A job as `tests/firmware/kernels` reads it.
fn words(job: &Job) -> Vec<u32> {
    let length = word(job.case.input.first().map_or(0, Vec::len));
    let mut words = match (&job.case.op, job.kernel) {
        (Op::Dense(op), Kernel::DenseDigits) => dense(wide(0, op.element), op, &encode::digits(op)),
        (Op::Dense(op), Kernel::DenseTables) => {
            let mut words = dense(wide(2, op.element), op, &encode::tables(op));
            words.push(word(encode::tables_scratch(op)));
            words
        }
        (Op::Table(table), Kernel::ActivationTable) => lookup(4, table, length),
        (Op::Table(table), Kernel::ActivationTableInPlace) => lookup(5, table, length),
        (Op::Softmax(op), Kernel::Softmax) => softmax(op, length),
        (op, kernel) => panic!("{kernel:?} does not compute {op:?}"),
    };
    words.push(word(job.case.input.len()));
    words.extend(
        job.case
            .input
            .iter()
            .flatten()
            .map(|&value| value.cast_unsigned()),
    );
    words
}

fn dense(kernel: u32, op: &Dense, weights: &[u32]) -> Vec<u32> {
    let mut words = vec![
        kernel,
        word(op.inputs),
        word(op.outputs),
        op.pre_shift.into(),
        op.shift.into(),
    ];
    words.extend([op.low, op.high].map(|bound| i32::from(bound).cast_unsigned()));
    for (bias, multiplier) in op.bias.iter().zip(&op.multiplier) {
        words.extend([bias.cast_unsigned(), multiplier.cast_unsigned()]);
    }
    // No leaky ReLU.
    words.push(0);
    words.push(word(weights.len()));
    words.extend(weights);
    words
}

fn lookup(kernel: u32, table: &[u8], length: u32) -> Vec<u32> {
    let mut words = vec![kernel];
    words.extend(table.iter().map(|&entry| u32::from(entry)));
    words.push(length);
    words
}

fn softmax(op: &Softmax, length: u32) -> Vec<u32> {
    let kernel = wide(6, op.element) + 2 * wide(0, op.input_element);
    vec![
        kernel,
        op.multiplier,
        op.shift.into(),
        op.guard.into(),
        length,
    ]
}

/// The number of a kernel: one more if its element is `i16`.
fn wide(kernel: u32, element: Element) -> u32 {
    kernel + u32::from(element == Element::I16)
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("cases are small")
}
