//! Headings and tables of what is printed.

use anstyle::Style;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle, presets};

const BOLD: Style = Style::new().bold();

/// A line under the headings, nothing else.
const STYLE: TableStyle =
    presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));

/// A heading, a line of its own.
pub(crate) fn heading(text: &str) -> String {
    format!("\n{BOLD}{text}{BOLD:#}\n")
}

/// Lines of `name value`, the values aligned.
pub(crate) fn pairs(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    pairs
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {value}\n"))
        .collect()
}

/// A table; a column whose heading ends in `>` is aligned to the right.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings.iter().map(|heading| heading.trim_end_matches('>')))
        .add_rows(rows);
    for (column, heading) in table.column_iter_mut().zip(headings) {
        if heading.ends_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // The library pads the last column.
    let lines = table.to_string();
    lines
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// A number with few digits, as short as it reads well.
pub(crate) fn number(value: f64) -> String {
    let rounded = format!("{value:.4}");
    if value != 0.0 && !(1e-3..1e6).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    if !rounded.contains('.') {
        return rounded;
    }
    rounded
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (16.0, "16"),
            (-1.25, "-1.25"),
            (100.0, "100"),
            (0.333_333, "0.3333"),
            (1.5e-7, "1.500e-7"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }
}
