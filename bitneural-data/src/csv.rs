//! CSV: a sample a row, with or without a line of headings.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::array::Array;
use crate::error::ErrorKind;

pub(crate) fn read(bytes: &[u8]) -> Result<Array, ErrorKind> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(bytes);
    let mut columns = 0;
    let mut values = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| ErrorKind::Malformed {
            format: "CSV",
            reason: words(&error),
        })?;
        columns = record.len();
        if row == 0 && is_heading(&record) {
            continue;
        }
        for (column, field) in record.iter().enumerate() {
            let value = field.parse().map_err(|_| ErrorKind::NotANumber {
                line: record.position().map_or(0, csv::Position::line),
                column: column + 1,
                text: field.chars().take(40).collect(),
            })?;
            values.push(value);
        }
    }
    let rows = values.len().checked_div(columns).unwrap_or(0);
    Ok(Array {
        shape: vec![rows, columns],
        values,
    })
}

/// Names of columns, none of which is a number.
fn is_heading(record: &StringRecord) -> bool {
    record
        .iter()
        .all(|field| !field.is_empty() && field.parse::<f32>().is_err())
}

fn words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} columns, the lines before have {expected_len}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_and_without_headings() {
        let plain = read(b"1,2.5,-3\n4,5,6\n").unwrap();
        assert_eq!(plain.shape, [2, 3]);
        assert_eq!(plain.values, [1.0, 2.5, -3.0, 4.0, 5.0, 6.0]);
        let headed = read(b"x, y, class\r\n1, 2, 0\r\n").unwrap();
        assert_eq!(
            (headed.shape, headed.values),
            (vec![1, 3], vec![1.0, 2.0, 0.0])
        );
        assert_eq!(read(b"").unwrap().shape, [0, 0]);
    }

    #[test]
    fn problems_name_the_line() {
        let word = read(b"1,2\n3,four\n").unwrap_err().to_string();
        assert!(word.contains("line 2, column 2"), "{word}");
        let empty = read(b"1,2\n3,\n").unwrap_err().to_string();
        assert!(empty.contains("line 2, column 2"), "{empty}");
        let short = read(b"1,2\n3,4\n5\n").unwrap_err().to_string();
        assert!(
            short.contains("line 3 has 1 columns, the lines before have 2"),
            "{short}"
        );
    }
}
