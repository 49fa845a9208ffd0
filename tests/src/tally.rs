//! What was compared, what differed, and what could not be run.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// The outcome of many comparisons.
#[derive(Debug, Default)]
pub struct Tally {
    /// Comparisons, by what was asked (`R7`, `dense`) and who answered.
    pub compared: BTreeMap<(String, String), usize>,
    /// Each mismatch, in words.
    pub failures: Vec<String>,
    /// The cases that nobody can run yet, by reason.
    pub excused: BTreeMap<String, Vec<String>>,
}

/// A row of expected values: where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// What it is counted under: a rule or a family.
    pub subject: &'a str,
    /// File and name of the case, and the part of it.
    pub case: &'a str,
}

impl Tally {
    /// Compares an implementation's values with those that are expected.
    pub fn same<T: PartialEq + Debug>(
        &mut self,
        place: Place<'_>,
        implementation: &str,
        expected: &[T],
        found: &[T],
    ) {
        let key = (place.subject.to_owned(), implementation.to_owned());
        *self.compared.entry(key).or_default() += 1;
        if expected == found {
            return;
        }
        let at = expected.iter().zip(found).position(|(a, b)| a != b);
        let what = at.map_or_else(
            || format!("{} values instead of {}", found.len(), expected.len()),
            |at| {
                format!(
                    "value {at}: expected {:?}, found {:?}",
                    expected[at], found[at]
                )
            },
        );
        self.failures
            .push(format!("{} by {implementation}: {what}", place.case));
    }

    /// A case, or the rest of one, that nobody can run yet.
    pub fn excuse(&mut self, case: &str, reason: &str) {
        let cases = self.excused.entry(reason.to_owned()).or_default();
        cases.push(case.to_owned());
    }

    /// Comparisons of one subject, over all implementations.
    #[must_use]
    pub fn count(&self, subject: &str) -> usize {
        let of_subject = self
            .compared
            .iter()
            .filter(|((found, _), _)| found == subject);
        of_subject.map(|(_, count)| count).sum()
    }

    /// # Panics
    /// If there was a mismatch, or nothing was compared.
    pub fn assert_clean(&self) {
        assert!(!self.compared.is_empty(), "nothing was compared");
        let shown = self.failures.len().min(20);
        assert!(
            self.failures.is_empty(),
            "{} mismatches:\n{}",
            self.failures.len(),
            self.failures[..shown].join("\n")
        );
    }

    /// The counts, a line each.
    #[must_use]
    pub fn table(&self) -> String {
        let lines = self
            .compared
            .iter()
            .map(|((subject, implementation), count)| {
                format!("{subject:>10} {implementation:<24} {count}\n")
            });
        lines.collect()
    }
}
