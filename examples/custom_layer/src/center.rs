//! Moves an image sideways until its middle is where training had it.
//!
//! No layer of BitNeural moves what it sees by an amount that depends on it, so this one is written here: once for
//! firmware, on codes and without floats, and once for calibration and tests, on real numbers too.

use bitneural_core::custom::{Codes, CustomOp, Format, Real};
use bitneural_core::shape::Shape;
use bitneural_rt::{CustomInput, CustomLayer, CustomOutput};

/// How far to move an image of so many columns to the right, for the sums over its pixels of the value, and of the
/// value times the column: half the width minus the center of mass, rounded down.
fn shift(columns: u32, mass: u32, moment: u32) -> i32 {
    let distance = i64::from(columns) * i64::from(mass) - 2 * i64::from(moment);
    // An empty image stays where it is.
    let shift = distance.checked_div_euclid(2 * i64::from(mass));
    shift.map_or(0, |shift| shift as i32)
}

/// The layer as firmware runs it. What it reads are rows of columns without channels, `[rows, columns]` in the file; what it
/// yields has the same format, so that codes are moved as they are.
pub struct Center;

impl CustomLayer for Center {
    fn run([image]: [CustomInput<'_>; 1], output: CustomOutput<'_>, _: &[f32]) {
        // Of two axes, the runtime calls the last one channels.
        let columns = image.format.channels;
        let blank = image.format.zero_point;
        let (mut mass, mut moment) = (0_u32, 0_u32);
        for row in image.codes.chunks(columns as usize) {
            for (column, &code) in (0_u32..).zip(row) {
                let ink = u32::from(code.saturating_sub(blank));
                mass += ink;
                moment += ink * column;
            }
        }
        let shift = shift(columns, mass, moment);
        let rows = image.codes.chunks(columns as usize);
        for (to, from) in output.codes.chunks_mut(columns as usize).zip(rows) {
            for (column, y) in (0_i32..).zip(to) {
                let source = usize::try_from(column - shift).ok();
                *y = *source.and_then(|source| from.get(source)).unwrap_or(&blank);
            }
        }
    }
}

/// The layer as calibration, simulation and tests run it.
pub struct CenterOp;

/// `values` in rows of `columns`, moved; `ink` is how much of each counts.
fn moved<T: Copy>(values: &[T], columns: usize, blank: T, ink: impl Fn(T) -> f64) -> Vec<T> {
    let pixels = || values.iter().enumerate();
    let mass: f64 = pixels().map(|(_, &value)| ink(value)).sum();
    let moment: f64 = pixels()
        .map(|(index, &value)| ink(value) * (index % columns) as f64)
        .sum();
    let shift = if mass > 0.0 {
        (columns as f64 / 2.0 - moment / mass).floor() as isize
    } else {
        0
    };
    let pixel = |index: usize| {
        let (row, column) = (index / columns, index % columns);
        let source = column.checked_add_signed(-shift).filter(|&x| x < columns);
        source.map_or(blank, |source| values[row * columns + source])
    };
    (0..values.len()).map(pixel).collect()
}

impl CustomOp for CenterOp {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        match inputs {
            [image] if image.rank() == 2 => Ok((*image).clone()),
            _ => Err("it takes one image of shape [rows, columns]".to_owned()),
        }
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        let image = inputs[0];
        moved(image.values, image.shape.0[1], 0.0, |value| {
            f64::from(value.max(0.0))
        })
    }

    /// The layer is defined on codes, too: what rounding does to the center of mass is the same here and there.
    fn integer(&self, inputs: &[Codes<'_>], _: &[f32], _: &Format) -> Vec<u8> {
        let image = inputs[0];
        let blank = image.format.zero_point;
        moved(image.codes, image.format.shape.0[1], blank, |code| {
            f64::from(code.saturating_sub(blank))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitneural_rt::CustomFormat;

    fn run(codes: &[u8]) -> Vec<u8> {
        let format = CustomFormat {
            height: 1,
            width: 2,
            channels: 4,
            scale: 1.0,
            zero_point: 3,
        };
        let mut output = vec![0; codes.len()];
        let input = CustomInput {
            codes,
            format: &format,
        };
        let to = CustomOutput {
            codes: &mut output,
            format: &format,
        };
        Center::run([input], to, &[]);
        output
    }

    #[test]
    fn what_is_to_one_side_is_moved() {
        assert_eq!(run(&[9, 3, 3, 3, 9, 3, 3, 3]), [3, 3, 9, 3, 3, 3, 9, 3]);
        assert_eq!(run(&[3, 3, 3, 9, 3, 3, 3, 9]), [3, 3, 9, 3, 3, 3, 9, 3]);
        // A center between one and two columns stays: it is less than a column off.
        assert_eq!(run(&[3, 9, 9, 3, 3, 3, 3, 3]), [3, 9, 9, 3, 3, 3, 3, 3]);
        assert_eq!(run(&[3, 12, 6, 3, 3, 3, 3, 3]), [3, 12, 6, 3, 3, 3, 3, 3]);
        assert_eq!(run(&[3; 8]), [3; 8]);
    }

    #[test]
    fn the_op_agrees_on_codes() {
        let format = Format {
            shape: Shape(vec![2, 4]),
            scale: 1.0,
            zero_point: 3,
        };
        let mut state = 1_u32;
        for _ in 0..1000 {
            let codes = [(); 8].map(|()| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 28) as u8
            });
            let image = Codes {
                format: &format,
                codes: &codes,
            };
            assert_eq!(CenterOp.integer(&[image], &[], &format), run(&codes));
        }
    }
}
