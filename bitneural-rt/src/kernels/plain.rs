//! What the rules say, in plain loops over `i64`, for the tests of the kernels.

use crate::params::{Channel, Leaky, Requant, Window};
use proptest::collection::vec;
use proptest::prelude::*;
use std::vec::Vec;

/// R7 and R11 with constants of each channel.
#[derive(Debug, Clone)]
pub(super) struct Finish {
    pub(super) requant: Requant,
    pub(super) channels: Vec<Channel>,
    pub(super) negative: Option<Negative>,
}

/// The second side of R11.
#[derive(Debug, Clone)]
pub(super) struct Negative {
    channels: Vec<Channel>,
    shift: u8,
    zero: i16,
}

impl Finish {
    /// ((acc·2^P + B)·m) >> (32 + S)
    fn scale(&self, acc: i64, channel: &Channel, shift: u8) -> i64 {
        let t = (acc << self.requant.pre_shift) + i64::from(channel.bias);
        assert!(
            i32::try_from(t).is_ok(),
            "the case breaks an obligation of R7"
        );
        let product = i128::from(t) * i128::from(channel.multiplier);
        i64::try_from(product >> (32 + shift)).unwrap()
    }

    pub(super) fn output(&self, channel: usize, acc: i64) -> i32 {
        let mut y = self.scale(acc, &self.channels[channel], self.requant.shift);
        if let Some(negative) = &self.negative
            && y < i64::from(negative.zero)
        {
            y = self.scale(acc, &negative.channels[channel], negative.shift);
        }
        y.clamp(self.requant.low.into(), self.requant.high.into()) as i32
    }

    pub(super) fn channels(&self) -> &'static [Channel] {
        self.channels.clone().leak()
    }

    pub(super) fn leaky(&self) -> Option<&'static Leaky> {
        self.negative.as_ref().map(|negative| {
            let record = Leaky {
                channels: negative.channels.clone().leak(),
                shift: negative.shift,
                zero: negative.zero,
            };
            &*std::boxed::Box::leak(std::boxed::Box::new(record))
        })
    }
}

/// Constants of `channels` channels that meet the obligations of R7 for all |acc| ≤ `bound`, with outputs spread over
/// the range of the element type and beyond; slopes of either sign and none.
pub(super) fn finishes(channels: usize, bound: i64, wide: bool) -> impl Strategy<Value = Finish> {
    let fits = (0_u8..=16)
        .rev()
        .find(|p| bound << p < 1 << 30)
        .unwrap_or(0);
    let (low, high) = if wide { (i16::MIN, i16::MAX) } else { (0, 255) };
    let bounds = (low..=high, low..=high).prop_map(|(a, b)| (a.min(b), a.max(b)));
    (0..=fits).prop_flat_map(move |pre_shift: u8| {
        let room = (i64::from(i32::MAX) - (bound << pre_shift)) as i32;
        let biases = -room..=room;
        let positive = (biases.clone(), (1 << 20)..=i32::MAX);
        let negative = (biases, -i32::MAX..=i32::MAX);
        let channel = |(bias, multiplier)| Channel { bias, multiplier };
        let negative = (
            vec(negative.prop_map(channel), channels),
            0_u8..=31,
            low..=high,
        );
        let negative = negative.prop_map(|(channels, shift, zero)| Negative {
            channels,
            shift,
            zero,
        });
        (
            vec(positive.prop_map(channel), channels),
            0_u8..=31,
            prop_oneof![Just((low, high)), bounds.clone()],
            prop::option::of(negative),
        )
            .prop_map(move |(channels, shift, (low, high), negative)| Finish {
                requant: Requant {
                    pre_shift,
                    shift,
                    low,
                    high,
                },
                channels,
                negative,
            })
    })
}

/// Outputs that are the sums themselves: t·2^31 >> 32 with t = 2·acc + 1.
pub(super) fn identity(channels: usize) -> Finish {
    let channel = Channel {
        bias: 1,
        multiplier: i32::MAX,
    };
    Finish {
        requant: Requant {
            pre_shift: 1,
            shift: 0,
            low: i16::MIN,
            high: i16::MAX,
        },
        channels: std::vec![channel; channels],
        negative: None,
    }
}

/// Kernels of 1 to 5 taps a side, strides up to 3, dilation up to 2, any padding, over images from one pixel on.
pub(super) fn windows() -> impl Strategy<Value = Window> {
    // Image, taps, stride, dilation, padding before and after.
    let axis = || {
        (
            1_u16..=9,
            1_u16..=5,
            1_u16..=3,
            1_u16..=2,
            0_u16..=3,
            0_u16..=3,
        )
            .prop_map(|(image, taps, stride, dilation, before, after)| {
                let extent = dilation * (taps - 1) + 1;
                let length = (before + image + after).max(extent);
                let output = (length - extent) / stride + 1;
                [image, taps, stride, dilation, before, output]
            })
    };
    let pixelwise = Just([7, 1, 1, 1, 0, 7]);
    let axes = prop_oneof![
        8 => (axis(), axis()),
        1 => (pixelwise, pixelwise),
        1 => (pixelwise, axis()),
    ];
    axes.prop_map(|(y, x)| window(y, x))
}

/// Of each axis: image, taps, stride, dilation, padding before, output.
pub(super) fn window(y: [u16; 6], x: [u16; 6]) -> Window {
    Window {
        input_height: y[0],
        input_width: x[0],
        output_height: y[5],
        output_width: x[5],
        kernel_height: y[1],
        kernel_width: x[1],
        stride_y: y[2],
        stride_x: x[2],
        dilation_y: y[3],
        dilation_x: x[3],
        pad_top: y[4],
        pad_left: x[4],
    }
}

/// The pixel under each tap of the window at an output position; `None` on padding.
pub(super) fn taps(window: &Window, row: usize, column: usize) -> Vec<Option<usize>> {
    let n = i64::from;
    let mut taps = Vec::new();
    for i in 0..n(window.kernel_height) {
        for j in 0..n(window.kernel_width) {
            let y = row as i64 * n(window.stride_y) + i * n(window.dilation_y) - n(window.pad_top);
            let x =
                column as i64 * n(window.stride_x) + j * n(window.dilation_x) - n(window.pad_left);
            let inside =
                (0..n(window.input_height)).contains(&y) && (0..n(window.input_width)).contains(&x);
            taps.push(inside.then(|| (y * n(window.input_width) + x) as usize));
        }
    }
    taps
}

/// All output positions, in order, with [`taps`] of each.
pub(super) fn positions(window: &Window) -> Vec<Vec<Option<usize>>> {
    let columns = usize::from(window.output_width);
    (0..usize::from(window.output_height) * columns)
        .map(|at| taps(window, at / columns, at % columns))
        .collect()
}

/// Words of scratch that kernels with weights need for patches of `codes` codes.
pub(super) fn scratch_words(window: &Window, codes: usize) -> usize {
    let one_tap = window.kernel_height == 1 && window.kernel_width == 1;
    let is_padded = positions(window).iter().flatten().any(Option::is_none);
    if one_tap && !is_padded {
        0
    } else {
        codes.div_ceil(4)
    }
}

pub(super) fn pixels(window: &Window) -> usize {
    usize::from(window.input_height) * usize::from(window.input_width)
}

/// Codes with the extremes among them.
pub(super) fn code() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![2 => any::<u8>(), 1 => Just(0), 1 => Just(255)]
}

/// Trits, or signed bytes with the extremes among them.
pub(super) fn weight(is_trit: bool) -> BoxedStrategy<i8> {
    if is_trit {
        (-1_i8..=1).boxed()
    } else {
        prop_oneof![2 => -127_i8..=127, 1 => Just(-127), 1 => Just(127)].boxed()
    }
}

/// Bytes as the words of a blob, filled up with what no kernel may read.
pub(super) fn words(mut bytes: Vec<u8>) -> &'static [u32] {
    bytes.resize(bytes.len().next_multiple_of(4), 0xee);
    let words = bytes.as_chunks().0.iter();
    words
        .map(|&word| u32::from_ne_bytes(word))
        .collect::<Vec<_>>()
        .leak()
}
