//! R6 and R7 under a window, one sum at a time.

use super::linear::requantize;
use crate::network::Conv;

pub(super) fn run(conv: &Conv, zero_point: i32, input: &[i32]) -> Vec<i32> {
    let seen = conv.channels / conv.groups;
    let outputs_of_a_group = conv.outputs / conv.groups;
    let mut output = Vec::new();
    for y in 0..conv.window.output[0] {
        for x in 0..conv.window.output[1] {
            for c in 0..conv.outputs {
                let first = c / outputs_of_a_group * seen;
                let mut weights = conv.weights[c * conv.taps()..].iter();
                let mut acc = 0;
                for position in conv.window.under(y, x) {
                    for k in 0..seen {
                        // A tap on padding has x = z_x.
                        let code = match position {
                            Some(position) => input[position * conv.channels + first + k],
                            None => zero_point,
                        };
                        let weight = *weights.next().expect("as many weights as taps");
                        acc += i64::from(weight) * i64::from(code);
                    }
                }
                output.push(requantize(acc, &conv.requant, c));
            }
        }
    }
    output
}
