//! Any function of one code as a table (R13).

use super::Format;

/// `T[u] = clamp(⌊f(s_x·(u − z_x))/s_y + z_y + 0.5 + 2^-30⌋, 0, 255)`.
pub fn table(function: impl Fn(f64) -> f64, from: Format, to: Format) -> Box<[u8; 256]> {
    /// Makes exact ties go up on every libm.
    const TIE: f64 = 1.0 / (1_u32 << 30) as f64;
    let mut entries = Box::new([0; 256]);
    for (code, entry) in entries.iter_mut().enumerate() {
        let x = from.scale * (code as f64 - f64::from(from.zero_point));
        let y = (function(x) / to.scale + f64::from(to.zero_point) + 0.5 + TIE).floor();
        *entry = y.clamp(0.0, 255.0) as u8;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Element;

    #[test]
    fn worked_example_of_r13() {
        let hard_swish = |x: f64| x * (x + 3.0).clamp(0.0, 6.0) / 6.0;
        let from = Format {
            element: Element::U8,
            scale: 0.04,
            zero_point: 75,
        };
        let to = Format {
            element: Element::U8,
            scale: 0.03,
            zero_point: 12,
        };
        let found = table(hard_swish, from, to);
        assert_eq!(
            [found[0], found[40], found[75], found[100], found[255]],
            [12, 0, 12, 34, 252]
        );
    }
}
