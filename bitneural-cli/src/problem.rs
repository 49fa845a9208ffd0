//! Problems, rendered for people: what, where, expected, found, help.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use bitneural_core::{ErrorKind, Errors};
use serde_json::{Value, json};

/// One problem, whichever crate found it.
#[derive(Debug)]
pub(crate) struct Problem {
    what: String,
    place: String,
    expected_and_found: Option<(String, String)>,
    help: Option<String>,
    source: Option<Source>,
}

/// A text of the user's that a problem points into.
#[derive(Debug)]
struct Source {
    text: String,
    /// From 1.
    line: usize,
    /// In bytes, from 1.
    column: usize,
    label: String,
}

/// What a command printed before it failed, and why it failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// For standard output.
    pub(crate) text: String,
    /// At least one.
    pub(crate) problems: Vec<Problem>,
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self {
            text: String::new(),
            problems,
        }
    }
}

impl From<bitneural_data::Error> for Failure {
    fn from(error: bitneural_data::Error) -> Self {
        let problem = Problem {
            what: error.kind.to_string(),
            place: error.place,
            expected_and_found: error.kind.expected_and_found(),
            help: error.kind.help().map(str::to_owned),
            source: None,
        };
        vec![problem].into()
    }
}

impl Problem {
    /// Something that only a command can find.
    pub(crate) fn new(what: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            place: place.into(),
            expected_and_found: None,
            help: None,
            source: None,
        }
    }

    /// The same problem, with what was expected and what was found.
    pub(crate) fn expected(
        mut self,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        self.expected_and_found = Some((expected.into(), found.into()));
        self
    }

    /// The same problem, with a way out.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// For `--json`.
    pub(crate) fn json(&self) -> Value {
        let both = self.expected_and_found.as_ref();
        json!({
            "what": self.what,
            "where": self.place,
            "expected": both.map(|(expected, _)| expected),
            "found": both.map(|(_, found)| found),
            "help": self.help,
        })
    }
}

/// The compiler's problems; `metadata` is the text that its lines and columns count in.
pub(crate) fn of(errors: Errors, metadata: Option<&str>) -> Vec<Problem> {
    let problem = |error: bitneural_core::Error| {
        let help = match &error.kind {
            // The compiler speaks to those who use the macro.
            ErrorKind::FileNotFound { near } if near.is_empty() => {
                Some("the path is relative to the current folder".to_owned())
            }
            ErrorKind::InvalidName { .. } => Some("name the struct: `--name Name`".to_owned()),
            // The text is shown.
            ErrorKind::BadJson { .. } if metadata.is_some() => None,
            kind => kind.help(&error.location),
        };
        let source = match (&error.kind, metadata) {
            (
                ErrorKind::BadJson {
                    line,
                    column,
                    reason,
                },
                Some(text),
            ) => Some(Source {
                text: text.to_owned(),
                line: *line,
                column: *column,
                label: reason.clone(),
            }),
            _ => None,
        };
        Problem {
            what: error.kind.to_string(),
            place: error.location.to_string(),
            expected_and_found: error.kind.expected_and_found(),
            help,
            source,
        }
    };
    errors.into_iter().map(problem).collect()
}

/// All problems with an empty line between them, in colours (which the stream drops if it is no
/// terminal or the user wants none).
pub(crate) fn render(problems: &[Problem]) -> String {
    let rendered: Vec<String> = problems
        .iter()
        .map(|problem| match &problem.source {
            Some(source) => snippet(problem, source),
            None => plain(problem),
        })
        .collect();
    rendered.join("\n")
}

/// Metadata is often one long line, of which the part around the caret is shown.
const WIDTH: usize = 100;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::BrightBlue.on_default().bold();

fn plain(problem: &Problem) -> String {
    let mut text = format!("{ERROR}error{ERROR:#}{BOLD}: {}{BOLD:#}\n", problem.what);
    if !problem.place.is_empty() {
        text.push_str(&format!("  {FRAME}-->{FRAME:#} {}\n", problem.place));
    }
    let mut note = |word: &str, words: &str| {
        text.push_str(&format!(
            "   {FRAME}={FRAME:#} {BOLD}{word}{BOLD:#}: {words}\n"
        ));
    };
    if let Some((expected, found)) = &problem.expected_and_found {
        note("expected", expected);
        note("found", found);
    }
    if let Some(help) = &problem.help {
        note("help", help);
    }
    text
}

/// A problem with a caret under the text that has it.
fn snippet(problem: &Problem, source: &Source) -> String {
    let start = offset(&source.text, source.line, source.column);
    // One character wide, and never in the middle of one.
    let end = source.text[start..]
        .chars()
        .next()
        .map_or(start, |character| start + character.len_utf8());
    let path = format!("{}, metadata", problem.place);
    let group = Level::ERROR.primary_title(problem.what.as_str()).element(
        Snippet::source(source.text.as_str()).path(path).annotation(
            AnnotationKind::Primary
                .span(start..end)
                .label(source.label.as_str()),
        ),
    );
    Renderer::styled().term_width(WIDTH).render(&[group]) + "\n"
}

/// The byte that a parser means by line and column (both from 1; column 0 is the end of the line
/// before), moved to the start of its character.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let at = (start + column).saturating_sub(1).min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_stay_within_the_text() {
        assert_eq!(offset("ab\ncd", 2, 2), 4);
        assert_eq!(offset("ab\ncd", 2, 0), 2);
        assert_eq!(offset("ab", 9, 9), 2);
        assert_eq!(offset("", 1, 0), 0);
        // The second byte of `é` is not the start of a character.
        assert_eq!(offset("é", 1, 2), 0);
    }
}
