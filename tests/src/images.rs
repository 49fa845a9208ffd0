//! Random layers of images, and of dense ones with all that their records can hold, in the words of
//! `runners/requests.rs` and of `tests/firmware/kernels`: both have the same records.
//!
//! Their constants are arbitrary: what comes out means nothing, but is the same everywhere.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::runners::records::Kernel;

/// A kernel, its record, and what it reads.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The kernel.
    pub kernel: Kernel,
    /// Whether it reads `u16`.
    pub reads_wide: bool,
    /// Whether it writes `i16`.
    pub wide: bool,
    /// The words of its record.
    pub record: Vec<u32>,
    /// Words of scratch, for kernels that take some.
    pub scratch: Option<u32>,
    /// The codes of its input.
    pub input: Vec<u16>,
}

/// The kernels that there are layers for.
pub const KERNELS: [Kernel; 9] = [
    Kernel::DenseDigits,
    Kernel::DenseTables,
    Kernel::DenseInt8,
    Kernel::ConvDigits,
    Kernel::ConvInt8,
    Kernel::DepthwiseDigits,
    Kernel::DepthwiseInt8,
    Kernel::PoolMax,
    Kernel::PoolAverage,
];

impl Layer {
    fn words(&self, head: &[u32], before_input: u32) -> Vec<u32> {
        let mut words = head.to_vec();
        words.extend(&self.record);
        words.extend(self.scratch);
        words.push(before_input);
        words.extend(self.input.iter().map(|&code| u32::from(code)));
        words
    }

    /// For a program that answers requests.
    #[must_use]
    pub fn request(&self) -> Vec<u32> {
        let number = self.kernel.numbers().0;
        let mut head = vec![number];
        if has_weights(self.kernel) {
            head.push(if self.reads_wide { 2 } else { 0 });
        }
        if self.kernel != Kernel::PoolMax {
            head.push(self.wide.into());
        }
        self.words(&head, word(self.input.len()))
    }

    /// For the firmware: one row.
    #[must_use]
    pub fn job(&self) -> Vec<u32> {
        let number = self.kernel.numbers().1 + u32::from(self.wide);
        self.words(&[number + if self.reads_wide { 100 } else { 0 }], 1)
    }
}

/// Whether a kernel has weights, and so may read wide codes; but tables are made of bytes.
fn has_weights(kernel: Kernel) -> bool {
    kernel != Kernel::PoolMax && kernel != Kernel::PoolAverage
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("layers are small")
}

/// A layer of this kernel, which is one of [`KERNELS`].
pub fn layers(kernel: Kernel) -> BoxedStrategy<Layer> {
    let wide = any::<bool>().prop_map(move |wide| wide && kernel != Kernel::PoolMax);
    let can_read_wide = has_weights(kernel) && kernel != Kernel::DenseTables;
    let reads_wide = any::<bool>().prop_map(move |wide| wide && can_read_wide);
    let windows = prop_oneof![8 => window(), 1 => Just(Window::pixelwise(5, 4))];
    (
        (reads_wide, wide),
        windows,
        1_usize..=4,
        1_usize..=20,
        1_usize..=20,
        any::<bool>(),
    )
        .prop_flat_map(
            move |((reads_wide, wide), window, few, channels, outputs, count_padding)| {
                let image = |record, scratch, channels| {
                    let elements = (reads_wide, wide);
                    layer(
                        kernel,
                        elements,
                        record,
                        scratch,
                        window.pixels() * channels,
                    )
                };
                let patch = |codes: usize| {
                    Some(if window.is_pixelwise() {
                        0
                    } else {
                        word((codes * if reads_wide { 2 } else { 1 }).div_ceil(4))
                    })
                };
                let taps = window.taps();
                match kernel {
                    Kernel::DenseDigits | Kernel::DenseTables | Kernel::DenseInt8 => {
                        let inputs = 15 * few + channels;
                        let outputs = 3 * outputs;
                        let groups = inputs.div_ceil(4);
                        let scratch = 45 * groups.min(16) + if groups > 16 { outputs } else { 0 };
                        let scratch = (kernel == Kernel::DenseTables).then_some(word(scratch));
                        layer(
                            kernel,
                            (reads_wide, wide),
                            dense(kernel, inputs, outputs, 1, wide),
                            scratch,
                            inputs,
                        )
                    }
                    Kernel::ConvDigits | Kernel::ConvInt8 => {
                        // One group of many channels, or some of few.
                        let groups = if count_padding { 1 } else { few };
                        // R6: the sum of so many wide codes with bytes would not fit.
                        let (channels, outputs) = if groups == 1 && !reads_wide {
                            (channels, outputs)
                        } else {
                            (channels % 5 + 1, outputs % 5 + 1)
                        };
                        let dense = dense(kernel, taps * channels, outputs, groups, wide);
                        let padding = codes(reads_wide);
                        let record = (dense, padding).prop_map(move |(dense, padding)| {
                            let mut record = window.words();
                            record.extend([word(groups), padding.into()]);
                            record.extend(dense);
                            record
                        });
                        image(record.boxed(), patch(taps * channels), groups * channels)
                    }
                    Kernel::DepthwiseDigits | Kernel::DepthwiseInt8 => {
                        let outputs = channels * few;
                        let weights = if kernel == Kernel::DepthwiseDigits {
                            vec(digits(), outputs * taps.div_ceil(16)).boxed()
                        } else {
                            vec(bytes(), (outputs * taps).div_ceil(4)).boxed()
                        };
                        let padding = codes(reads_wide);
                        let record = (padding, epilogue(outputs, wide), weights).prop_map(
                            move |(padding, epilogue, weights)| {
                                let mut record = window.words();
                                record.extend([word(channels), word(few), padding.into()]);
                                record.extend(epilogue);
                                record.push(word(weights.len()));
                                record.extend(weights);
                                record
                            },
                        );
                        image(record.boxed(), patch(taps * channels), channels)
                    }
                    Kernel::PoolMax => {
                        let mut record = window.words();
                        record.push(word(channels));
                        image(Just(record).boxed(), None, channels)
                    }
                    Kernel::PoolAverage => {
                        // Constants for each number of taps, whether it occurs or not.
                        let record = (any::<u8>(), requant(wide), vec(channel(true), taps + 1))
                            .prop_map(move |(padding, requant, constants)| {
                                let mut record = window.words();
                                record.extend([
                                    word(channels),
                                    padding.into(),
                                    count_padding.into(),
                                ]);
                                record.extend(requant);
                                record.push(word(constants.len()));
                                record.extend(0..word(constants.len()));
                                record.extend(constants.concat());
                                record
                            });
                        image(record.boxed(), None, channels)
                    }
                    // Spec and random networks have frames and recurrent layers and norms.
                    Kernel::ShapeFrame
                    | Kernel::Embedding
                    | Kernel::NormLayerNorm
                    | Kernel::RecurrentLstm
                    | Kernel::RecurrentGru
                    | Kernel::RecurrentGruResetBefore
                    | Kernel::RecurrentSimpleRnn
                    | Kernel::ElementwiseAdd
                    | Kernel::ElementwiseMultiply
                    | Kernel::ElementwiseMaximum
                    | Kernel::ElementwiseMinimum
                    | Kernel::ElementwiseConcat
                    | Kernel::ActivationTable
                    | Kernel::ActivationTableInPlace
                    | Kernel::Gate
                    | Kernel::Softmax => {
                        panic!("no layers for {kernel:?}")
                    }
                }
            },
        )
        .boxed()
}

fn layer(
    kernel: Kernel,
    (reads_wide, wide): (bool, bool),
    record: BoxedStrategy<Vec<u32>>,
    scratch: Option<u32>,
    inputs: usize,
) -> BoxedStrategy<Layer> {
    (record, vec(codes(reads_wide), inputs))
        .prop_map(move |(record, input)| Layer {
            kernel,
            reads_wide,
            wide,
            record,
            scratch,
            input,
        })
        .boxed()
}

/// Codes, or wide ones.
fn codes(wide: bool) -> BoxedStrategy<u16> {
    if wide {
        any::<u16>().boxed()
    } else {
        (0_u16..=255).boxed()
    }
}

/// A dense record of one group, with the channels and weights of all.
fn dense(
    kernel: Kernel,
    inputs: usize,
    outputs: usize,
    groups: usize,
    wide: bool,
) -> BoxedStrategy<Vec<u32>> {
    let weights = match kernel {
        Kernel::DenseTables => {
            let bytes = outputs * inputs.div_ceil(4);
            vec(prop::array::uniform4(0_u8..=88), bytes.div_ceil(4))
                .prop_map(|words| words.into_iter().map(u32::from_le_bytes).collect())
                .boxed()
        }
        Kernel::DenseInt8 | Kernel::ConvInt8 => {
            vec(bytes(), groups * outputs.div_ceil(4) * inputs).boxed()
        }
        _ => vec(digits(), groups * outputs.div_ceil(16) * inputs).boxed(),
    };
    (epilogue(groups * outputs, wide), weights)
        .prop_map(move |(epilogue, weights)| {
            let mut record = vec![word(inputs), word(outputs)];
            record.extend(epilogue);
            record.push(word(weights.len()));
            record.extend(weights);
            record
        })
        .boxed()
}

/// Sixteen digits.
fn digits() -> impl Strategy<Value = u32> {
    // A random word with 1 for each 3.
    any::<u32>().prop_map(|word| word & !((word & word >> 1 & 0x5555_5555) << 1))
}

/// Four signed bytes, none of them −128.
fn bytes() -> impl Strategy<Value = u32> {
    prop::array::uniform4(-127_i8..=127)
        .prop_map(|bytes| u32::from_le_bytes(bytes.map(i8::cast_unsigned)))
}

/// Requant, channels, leaky or none.
fn epilogue(channels: usize, wide: bool) -> impl Strategy<Value = Vec<u32>> {
    let zero = if wide {
        any::<i16>().boxed()
    } else {
        (0_i16..=255).boxed()
    };
    let leaky =
        (0_u32..=8, zero, vec(channel(false), channels)).prop_map(|(shift, zero, channels)| {
            let mut words = vec![1, shift, i32::from(zero).cast_unsigned()];
            words.extend(channels.concat());
            words
        });
    let leaky = prop_oneof![Just(vec![0]), leaky];
    (requant(wide), vec(channel(true), channels), leaky).prop_map(|(requant, channels, leaky)| {
        let mut words = requant.to_vec();
        words.extend(channels.concat());
        words.extend(leaky);
        words
    })
}

fn requant(wide: bool) -> impl Strategy<Value = [u32; 4]> {
    let (low, high) = if wide { (-32768, 32767) } else { (0, 255) };
    let bounds = (low..=high, low..=high).prop_map(|(a, b): (i32, i32)| (a.min(b), a.max(b)));
    (0_u32..=8, 0_u32..=8, prop_oneof![Just((low, high)), bounds]).prop_map(
        |(pre_shift, shift, (low, high))| {
            [pre_shift, shift, low.cast_unsigned(), high.cast_unsigned()]
        },
    )
}

fn channel(positive: bool) -> impl Strategy<Value = [u32; 2]> {
    let least = if positive { 1 } else { -i32::MAX };
    (-20_000_i32..=20_000, least..=i32::MAX)
        .prop_map(|(bias, multiplier)| [bias.cast_unsigned(), multiplier.cast_unsigned()])
}

/// Of each axis, rows first: image, output, taps, stride, dilation, padding before.
#[derive(Debug, Clone, Copy)]
struct Window([[u32; 6]; 2]);

impl Window {
    fn pixelwise(height: u32, width: u32) -> Self {
        Self([height, width].map(|length| [length, length, 1, 1, 1, 0]))
    }

    fn words(&self) -> Vec<u32> {
        let [y, x] = self.0;
        y.into_iter().zip(x).flat_map(|(y, x)| [y, x]).collect()
    }

    fn pixels(&self) -> usize {
        (self.0[0][0] * self.0[1][0]) as usize
    }

    fn taps(&self) -> usize {
        (self.0[0][2] * self.0[1][2]) as usize
    }

    /// One tap, and no padding on any side.
    fn is_pixelwise(&self) -> bool {
        let axis = |[image, output, taps, stride, _, before]: [u32; 6]| {
            taps == 1 && before == 0 && (output - 1) * stride < image
        };
        self.0.into_iter().all(axis)
    }
}

fn window() -> impl Strategy<Value = Window> {
    let axis = || {
        (
            1_u32..=9,
            1_u32..=5,
            1_u32..=3,
            1_u32..=2,
            0_u32..=3,
            0_u32..=3,
        )
            .prop_map(|(image, taps, stride, dilation, before, after)| {
                let extent = dilation * (taps - 1) + 1;
                let length = (before + image + after).max(extent);
                [
                    image,
                    (length - extent) / stride + 1,
                    taps,
                    stride,
                    dilation,
                    before,
                ]
            })
    };
    (axis(), axis()).prop_map(|(y, x)| Window([y, x]))
}
