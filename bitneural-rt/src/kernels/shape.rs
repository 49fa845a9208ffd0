//! Images in other frames: cropped, with borders, or each position repeated (R2).
//!
//! Images are channels last: `[y][x][channel]`. No scratch.

use crate::params::Frame;

/// Copies the codes of each position that is shown; the others have the code of the borders.
#[inline(never)]
pub fn frame(layer: &Frame, input: &[u8], output: &mut [u8]) {
    show(layer, layer.padding, input, output);
}

/// The same for elements of any type and any padding.
#[inline(always)]
pub(super) fn show<T: Copy>(layer: &Frame, padding: T, input: &[T], output: &mut [T]) {
    let channels = usize::from(layer.channels);
    let elements = |columns: u16| usize::from(columns).wrapping_mul(channels);
    let row_elements = elements(layer.input_width);
    let (left, skipped) = (elements(layer.pad_left), elements(layer.cut_left));
    let cut = usize::from(layer.cut_top).wrapping_mul(row_elements);
    let mut rest = input.get(cut..).unwrap_or(&[]);
    let mut row: &[T] = &[];
    let mut shows_left = 0_u16;
    let mut to_fill = output;
    for y in 0..layer.output_height {
        let Some((to, after)) = to_fill.split_at_mut_checked(elements(layer.output_width)) else {
            return;
        };
        to_fill = after;
        to.fill(padding);
        if y < layer.pad_top {
            continue;
        }
        if shows_left == 0 {
            (row, rest) = rest.split_at_checked(row_elements).unwrap_or((&[], &[]));
            shows_left = layer.repeat_y;
        }
        shows_left = shows_left.saturating_sub(1);
        show_row(
            layer,
            row.get(skipped..).unwrap_or(&[]),
            to.get_mut(left..).unwrap_or(&mut []),
        );
    }
}

/// A row from its first position that is shown.
fn show_row<T: Copy>(layer: &Frame, mut row: &[T], mut to: &mut [T]) {
    let channels = usize::from(layer.channels);
    if layer.repeat_x == 1 {
        for (y, &u) in to.iter_mut().zip(row) {
            *y = u;
        }
        return;
    }
    while let Some((pixel, rest)) = row.split_at_checked(channels) {
        row = rest;
        for _ in 0..layer.repeat_x {
            let Some((place, after)) = to.split_at_mut_checked(channels) else {
                return;
            };
            to = after;
            for (y, &u) in place.iter_mut().zip(pixel) {
                *y = u;
            }
        }
        if rest.is_empty() || channels == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Frame = Frame {
        input_height: 2,
        input_width: 2,
        output_height: 2,
        output_width: 2,
        cut_top: 0,
        cut_left: 0,
        pad_top: 0,
        pad_left: 0,
        repeat_y: 1,
        repeat_x: 1,
        channels: 1,
        padding: 9,
    };

    #[test]
    fn borders_have_the_padding() {
        let layer = Frame {
            output_height: 4,
            output_width: 5,
            pad_top: 1,
            pad_left: 1,
            ..PLAIN
        };
        let mut output = [0; 20];
        frame(&layer, &[1, 2, 3, 4], &mut output);
        let expected = [
            [9, 9, 9, 9, 9],
            [9, 1, 2, 9, 9],
            [9, 3, 4, 9, 9],
            [9, 9, 9, 9, 9],
        ];
        assert_eq!(output, *expected.as_flattened());
    }

    #[test]
    fn positions_are_repeated_or_cut_off() {
        let twice = Frame {
            output_height: 4,
            output_width: 6,
            repeat_y: 2,
            repeat_x: 3,
            ..PLAIN
        };
        let mut output = [0; 24];
        frame(&twice, &[1, 2, 3, 4], &mut output);
        let (one, two) = ([1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4]);
        assert_eq!(output, *[one, one, two, two].as_flattened());
        let cut = Frame {
            output_height: 1,
            output_width: 1,
            cut_top: 1,
            cut_left: 1,
            ..PLAIN
        };
        let mut output = [0];
        frame(&cut, &[1, 2, 3, 4], &mut output);
        assert_eq!(output, [4]);
    }

    #[test]
    fn wrong_lengths_do_less() {
        let mut output = [7; 3];
        frame(&PLAIN, &[1, 2, 3], &mut output);
        assert_eq!(output, [1, 2, 7]);
        frame(
            &Frame {
                channels: 0,
                ..PLAIN
            },
            &[1],
            &mut output,
        );
        assert_eq!(output, [1, 2, 7]);
        let none = Frame {
            repeat_x: 0,
            ..PLAIN
        };
        frame(&none, &[1, 2, 3, 4], &mut []);
    }
}
