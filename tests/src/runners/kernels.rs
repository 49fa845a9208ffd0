//! Single kernels on an emulated machine: cases for the program `kernels`, and its answers.

use std::fmt;

use super::emulated::{Error, Program, Transcript};
use super::records::{Call, calls};
use crate::spec::op::Op;
use crate::spec::{self, Case, Element};

/// A case, and the call that is to compute it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The case; its rows have one length.
    pub case: Case,
    /// The kernel with its record.
    pub call: Call,
}

impl Job {
    /// Each case of spec in all ways to compute it. The rows of a job have one length, so cases whose rows differ in
    /// length become several.
    #[must_use]
    pub fn of_spec() -> Vec<Job> {
        let cases: Vec<Case> = spec::ops().iter().flat_map(by_length).collect();
        cases.iter().flat_map(Job::all).collect()
    }

    /// All ways to compute a case.
    #[must_use]
    pub fn all(case: &Case) -> Vec<Job> {
        let calls = calls(&case.op, length(case));
        let jobs = calls.into_iter().map(|call| Job {
            case: case.clone(),
            call,
        });
        jobs.collect()
    }
}

fn by_length(case: &Case) -> Vec<Case> {
    let mut parts: Vec<Case> = Vec::new();
    for (input, output) in case.input.iter().zip(&case.output) {
        match parts.last_mut() {
            Some(part) if part.input[0].len() == input.len() => {
                part.input.push(input.clone());
                part.output.push(output.clone());
            }
            _ => parts.push(Case {
                input: vec![input.clone()],
                output: vec![output.clone()],
                ..case.clone()
            }),
        }
    }
    parts
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} by {:?} {}",
            self.case.name, self.call.kernel, self.call.way
        )
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
    transcript.check_calibration(program.machine().counter)?;
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
    let Job { case, call } = job;
    let mut words = vec![number(call)];
    words.extend(&call.record);
    // The records of the others tell the length.
    if matches!(
        case.op,
        Op::LayerNorm(_) | Op::Table(_) | Op::Gate(_) | Op::Softmax(_) | Op::Embedding(_)
    ) {
        words.push(word(length(case)));
    }
    words.push(word(case.input.len()));
    let codes = case.input.iter().flatten();
    words.extend(codes.map(|&value| value.cast_unsigned()));
    words
}

/// The number of a kernel: one more if it writes `i16`, two more if it reads them, 100 more if it reads `u16`.
fn number(call: &Call) -> u32 {
    let steps = call.elements.iter().rev().zip([1, 2]);
    let steps = steps.map(|(element, step)| match element {
        Element::U8 => 0,
        Element::I16 => step,
        Element::U16 => 100,
    });
    call.kernel.numbers().1 + steps.sum::<u32>()
}

fn length(case: &Case) -> usize {
    case.input.first().map_or(0, Vec::len)
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("cases are small")
}
