//! What became of the parts: a table, and a last line of counts.

use std::fmt;
use std::time::Duration;

use bitneural_targets::Need;
use comfy_table::{CellAlignment, Table, presets};

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All its tests passed, but for those that could not run for want of something.
    Passed { without: Vec<Need> },
    /// This command failed.
    Failed(String),
    /// It could not run for want of something.
    Skipped(Vec<Need>),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Passed { without } if without.is_empty() => f.write_str("passed"),
            Outcome::Passed { without } => {
                write!(f, "passed, but for what needs {}", list(without))
            }
            Outcome::Failed(command) => write!(f, "FAILED: {command}"),
            Outcome::Skipped(needs) => write!(f, "not run: needs {}", list(needs)),
        }
    }
}

fn list(needs: &[Need]) -> String {
    needs
        .iter()
        .map(Need::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What became of each part, and how long it took.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<(String, Outcome, Duration)>,
}

impl Report {
    pub(crate) fn add(&mut self, part: &str, outcome: Outcome, time: Duration) {
        println!("== {part}: {outcome} ({:.1} s)", time.as_secs_f64());
        self.rows.push((part.to_owned(), outcome, time));
    }

    pub(crate) fn has_failures(&self) -> bool {
        self.rows
            .iter()
            .any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)))
    }
}

/// A table of the parts; the last line is for programs to read: `N passed, N failed, N skipped`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table
            .load_style(presets::ASCII_MARKDOWN)
            .set_header(["part", "seconds", "outcome"]);
        for (part, outcome, time) in &self.rows {
            table.add_row([
                part.clone(),
                format!("{:.1}", time.as_secs_f64()),
                outcome.to_string(),
            ]);
        }
        let total: Duration = self.rows.iter().map(|(_, _, time)| *time).sum();
        table.add_row([
            "all".to_owned(),
            format!("{:.1}", total.as_secs_f64()),
            String::new(),
        ]);
        if let Some(seconds) = table.column_mut(1) {
            seconds.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(f, "{table}")?;
        let count = |is_it: fn(&Outcome) -> bool| {
            self.rows
                .iter()
                .filter(|(_, outcome, _)| is_it(outcome))
                .count()
        };
        let passed = count(|outcome| matches!(outcome, Outcome::Passed { .. }));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_the_parts() {
        let mut report = Report::default();
        let second = Duration::from_secs(1);
        let emulator = vec![Need::new("qemu-system-riscv32")];
        report.add(
            "a",
            Outcome::Passed {
                without: Vec::new(),
            },
            second,
        );
        report.add(
            "b",
            Outcome::Passed {
                without: emulator.clone(),
            },
            second,
        );
        report.add("c", Outcome::Skipped(emulator), second);
        assert!(!report.has_failures());
        assert_eq!(
            report.to_string().lines().last(),
            Some("2 passed, 0 failed, 1 skipped")
        );
        report.add("d", Outcome::Failed("cargo clippy".to_owned()), second);
        assert!(report.has_failures());
        let text = report.to_string();
        assert_eq!(text.lines().last(), Some("2 passed, 1 failed, 1 skipped"));
        assert!(
            text.contains("not run: needs qemu-system-riscv32 (Debian package qemu-system-misc)"),
            "{text}"
        );
        assert!(text.contains("FAILED: cargo clippy"), "{text}");
    }
}
