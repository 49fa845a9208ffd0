//! Images in the terminal: two rows of pixels a line, as grey blocks.

use std::fmt::Write;

/// A line of text for every two rows: upper pixel in the foreground, lower one in the background;
/// with shades of text where colours are not wanted.
pub(crate) fn lines(pixels: &[f32], width: usize, brightest: f32, colour: bool) -> Vec<String> {
    let rows: Vec<&[f32]> = pixels.chunks(width).collect();
    rows.chunks(2)
        .map(|pair| {
            let upper = pair.first().copied().unwrap_or(&[]);
            let lower = pair.get(1).copied().unwrap_or(&[]);
            (0..width)
                .map(|x| {
                    let at = |row: &[f32]| {
                        (row.get(x).copied().unwrap_or(0.0) / brightest).clamp(0.0, 1.0)
                    };
                    if colour {
                        block(at(upper), at(lower))
                    } else {
                        shade((at(upper) + at(lower)) / 2.0)
                    }
                })
                .collect::<String>()
                + if colour { "\x1b[0m" } else { "" }
        })
        .collect()
}

/// Two pixels in one character cell, in the 24 greys of 256-colour terminals.
fn block(upper: f32, lower: f32) -> String {
    let grey = |value: f32| 232 + (value * 23.0).round() as u32;
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(text, "\x1b[38;5;{};48;5;{}m▀", grey(upper), grey(lower));
    text
}

/// A pair of pixels as a shade of text.
fn shade(value: f32) -> String {
    const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
    SHADES[((value * 4.99) as usize).min(4)].to_string()
}

/// Pictures side by side, each with its caption below.
pub(crate) fn side_by_side(pictures: &[(Vec<String>, String)], width: usize) -> String {
    const GAP: &str = "   ";
    let height = pictures
        .iter()
        .map(|(lines, _)| lines.len())
        .max()
        .unwrap_or(0);
    let cell = pictures
        .iter()
        .map(|(_, caption)| caption.chars().count())
        .max()
        .unwrap_or(0)
        .max(width);
    let mut text = String::new();
    for row in 0..height {
        for (lines, _) in pictures {
            text.push_str(lines.get(row).map_or("", String::as_str));
            text.extend(std::iter::repeat_n(' ', cell - width));
            text.push_str(GAP);
        }
        text.push('\n');
    }
    for (_, caption) in pictures {
        let _ = write!(text, "{caption:<cell$}{GAP}");
    }
    text.push('\n');
    text
}
