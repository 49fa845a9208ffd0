//! The program of a frame.

use std::ops::Range;

use super::{Builder, Call, Field, Program, Record, linear};
use crate::ids::SlotId;
use crate::network::Line;
use crate::plan::Step;
use crate::plan::stream::{Beginning, StreamPlan};
use crate::stream::Clock;

/// The same model a frame at a time: a struct of its own, beside that of whole sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// What runs for a frame. Its constants begin with those of the whole model.
    pub program: Program,
    /// When calls run; the first one is each frame.
    pub clocks: Vec<Clock>,
    /// The clock of each call.
    pub of_call: Vec<usize>,
    /// The clock of the outputs.
    pub of_outputs: usize,
    /// The words of flags and counters.
    pub counters: SlotId,
    /// What is written in front of the first frame.
    pub beginnings: Vec<Beginning>,
}

impl Stream {
    /// Calls that follow one another and run at the same frames: their clock, and which they are.
    pub fn groups(&self) -> Vec<(usize, Range<usize>)> {
        let mut from = 0;
        let groups = self.of_call.chunk_by(|one, other| one == other);
        let ranges = groups.map(|group| {
            let range = from..from + group.len();
            from = range.end;
            (group[0], range)
        });
        ranges.collect()
    }
}

pub(super) fn stream(plan: &StreamPlan, mut program: Program) -> Stream {
    let (mean, most) = plan.macs();
    program.figures.macs = mean;
    program.card = vec![format!(
        "{mean} MACs a frame (at most {most}), {} B of RAM.",
        program.figures.ram_bytes
    )];
    Stream {
        program,
        clocks: plan.clocks.clone(),
        of_call: plan.of_step.clone(),
        of_outputs: plan.of_outputs,
        counters: plan.counters,
        beginnings: plan.beginnings.clone(),
    }
}

/// Moves a line on by a frame.
pub(super) fn push(builder: &mut Builder<'_>, step: &Step, line: Line) -> Call {
    let fields = vec![
        ("width", Field::Integer(line.width as i64)),
        ("frames", Field::Integer(line.frames as i64)),
    ];
    let what = format!("its last {} frames", line.frames);
    let name = "Line";
    Call {
        // A line is of the type of its frames.
        typed_input: false,
        ..linear::call(builder, step, &what, Record { name, fields })
    }
}
