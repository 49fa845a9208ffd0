//! Two models as the compiler writes them, by hand: the interface of `bitneural_rt::private` suffices, under the lints
//! that users set, in safe code and without the prelude.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use ::bitneural_rt::Model;
use ::std::assert_eq;
use ::std::vec::Vec;

/// Four inputs, three outputs by digits, a table, softmax; one word of arena for each tensor.
#[derive(::core::default::Default)]
pub struct Tiny {
    arena: ::bitneural_rt::private::Arena<3>,
}

mod tiny {
    use ::bitneural_rt::private as rt;

    const _: () = ::core::assert!(rt::VERSION == 1);

    static INPUT_CHANNELS: [rt::InputChannel; 1] = [rt::InputChannel {
        factor: 65280.0,
        offset: 128,
    }];
    pub(super) static INPUT: rt::Quantize = rt::Quantize {
        channels: &INPUT_CHANNELS,
    };
    // Output 0: all 1; output 1: all −1; output 2: all 0. Digits 2, 0, 1, and 1 where no output is.
    static FC_WEIGHTS: rt::Blob<16> =
        rt::Blob(*b"\x56\x55\x54\x55\x56\x55\x54\x55\x56\x55\x54\x55\x56\x55\x54\x55");
    static FC_CHANNELS: [rt::Channel; 3] = [
        rt::channel(1, 0x4000_0000),
        rt::channel(1 + (255 << 4), 0x4000_0000),
        rt::channel(1 + (100 << 4), 0x4000_0000),
    ];
    // ((acc·4 + B)·2^30) >> 32 = (acc·4 + B) >> 2, then >> 2: a quarter of the sum, plus B / 16.
    pub(super) static FC: rt::Dense = rt::Dense {
        inputs: 4,
        outputs: 3,
        weights: FC_WEIGHTS.words(),
        channels: &FC_CHANNELS,
        requant: rt::Requant {
            pre_shift: 2,
            shift: 2,
            low: 0,
            high: 255,
        },
        leaky: ::core::option::Option::None,
    };
    // 255 − u.
    static INVERT_ENTRIES: [u8; 256] = {
        let mut entries = [0; 256];
        let mut u = 0;
        while u < 256 {
            entries[u] = 255 - u as u8;
            u += 1;
        }
        entries
    };
    pub(super) static INVERT: rt::Table = rt::Table {
        entries: &INVERT_ENTRIES,
    };
    // R20 for s = 1/64 and n = 3: κ = 5.7707…, k = rnd(κ·2^20)
    pub(super) static SOFTMAX: rt::Softmax = rt::Softmax {
        multiplier: 6_051_102,
        shift: 20,
        guard: 8,
    };
    pub(super) static OUTPUT: rt::Dequantize = rt::Dequantize {
        scale: 1.0 / 256.0,
        zero_point: 0,
    };
    pub(super) const X: rt::Slot<u8> = rt::slot(0, 4);
    pub(super) const Y: rt::Slot<u8> = rt::slot(1, 3);
    pub(super) const Z: rt::Slot<u8> = rt::slot(2, 3);
}

impl Tiny {
    /// A model whose memory is zero.
    pub const fn new() -> Self {
        Self {
            arena: ::bitneural_rt::private::Arena::new(),
        }
    }

    fn run(&mut self) {
        use ::bitneural_rt::private as rt;
        let (x, y) = self.arena.two(tiny::X, tiny::Y);
        rt::dense::digits(&tiny::FC, x, y);
        rt::activation::table_in_place(&tiny::INVERT, self.arena.write(tiny::Y));
        let (y, z) = self.arena.two(tiny::Y, tiny::Z);
        rt::softmax::softmax(&tiny::SOFTMAX, y, z);
    }
}

impl Model for Tiny {
    const INPUT_SHAPES: &'static [&'static [usize]] = &[&[2, 2]];
    const OUTPUT_SHAPES: &'static [&'static [usize]] = &[&[3]];
    const MACS: u64 = 12;
    const FLASH_BYTES: usize = 16 + 24 + 256;
    const RAM_BYTES: usize = ::core::mem::size_of::<Self>();
    type Input = [[f32; 2]; 2];
    type Output = [f32; 3];

    fn predict(&mut self, input: &Self::Input) -> Self::Output {
        use ::bitneural_rt::private as rt;
        rt::quantize(
            &tiny::INPUT,
            input.as_flattened(),
            self.arena.write(tiny::X),
        );
        self.run();
        let mut output = [0.0; 3];
        rt::dequantize(&tiny::OUTPUT, self.arena.read(tiny::Z), &mut output);
        output
    }
}

/// Five inputs, one wide output by tables, with scratch.
#[derive(::core::default::Default)]
pub struct Scored {
    arena: ::bitneural_rt::private::Arena<93>,
}

mod scored {
    use ::bitneural_rt::private as rt;

    // The input is s = 1, z = 0: its codes are its values.
    static INPUT_CHANNELS: [rt::InputChannel; 1] = [rt::InputChannel {
        factor: 256.0,
        offset: 128,
    }];
    pub(super) static INPUT: rt::Quantize = rt::Quantize {
        channels: &INPUT_CHANNELS,
    };
    // Trits (1, 1, 0, −1) and (−1): digits (2, 2, 1, 0) and (0, 1, 1, 1).
    static FC_WEIGHTS: rt::Blob<4> = rt::Blob([2 + 6 + 10, 3 + 10 + 30, 0, 0]);
    static FC_CHANNELS: [rt::Channel; 1] = [rt::channel(2, 0x4000_0000)];
    pub(super) static FC: rt::Dense = rt::Dense {
        inputs: 5,
        outputs: 1,
        weights: FC_WEIGHTS.words(),
        channels: &FC_CHANNELS,
        requant: rt::Requant {
            pre_shift: 2,
            shift: 0,
            low: i16::MIN,
            high: i16::MAX,
        },
        leaky: ::core::option::Option::None,
    };
    pub(super) const X: rt::Slot<u8> = rt::slot(0, 5);
    pub(super) const Y: rt::Slot<i16> = rt::slot(2, 1);
    pub(super) const TABLES: rt::Slot<u32> = rt::slot(3, 90);
}

impl Scored {
    /// A model whose memory is zero.
    pub const fn new() -> Self {
        Self {
            arena: ::bitneural_rt::private::Arena::new(),
        }
    }
}

impl Model for Scored {
    const INPUT_SHAPES: &'static [&'static [usize]] = &[&[5]];
    const OUTPUT_SHAPES: &'static [&'static [usize]] = &[&[1]];
    const MACS: u64 = 5;
    const FLASH_BYTES: usize = 4 + 8;
    const RAM_BYTES: usize = ::core::mem::size_of::<Self>();
    type Input = [f32; 5];
    type Output = [f32; 1];

    fn predict(&mut self, input: &Self::Input) -> Self::Output {
        use ::bitneural_rt::private as rt;
        rt::quantize(&scored::INPUT, input, self.arena.write(scored::X));
        let (x, y, tables) = self.arena.three(scored::X, scored::Y, scored::TABLES);
        rt::dense::tables(&scored::FC, x, y, tables);
        let mut output = [0.0];
        let scale = rt::Dequantize {
            scale: 0.5,
            zero_point: 0,
        };
        rt::dequantize(&scale, self.arena.read(scored::Y), &mut output);
        output
    }
}

/// What a generic user does: outputs of several inputs, and what they cost.
fn run_all<M: Model>(mut model: M, inputs: &[M::Input]) -> (Vec<M::Output>, u64) {
    let mut outputs = Vec::new();
    for input in inputs {
        outputs.push(model.predict(input));
    }
    (outputs, M::MACS * inputs.len() as u64)
}

#[test]
fn codes_through_every_kernel() {
    // Codes (255, 51, 0, 255): sum 561, quarters 140.25, 114.75 and 100 → 140, 114, 100; inverted 115, 141, 155.
    // The real softmax of these / 64, in 1/256: 58.59, 87.95, 109.46.
    let (outputs, macs) = run_all(Tiny::new(), &[[[1.0, 0.2], [-3.0, 7.0]]]);
    assert_eq!(outputs, [[59.0, 88.0, 109.0].map(|code: f32| code / 256.0)]);
    assert_eq!(macs, 12);
}

#[test]
fn wide_values_with_scratch() {
    // 10 + 20 − 40 − 50 = −60; 255 + 255 = 510.
    let inputs = [
        [10.0, 20.0, 30.0, 40.0, 50.0],
        [255.0, 300.0, 9.0, 0.0, -1.0],
    ];
    let (outputs, macs) = run_all(Scored::new(), &inputs);
    assert_eq!(outputs, [[-30.0], [255.0]]);
    assert_eq!(macs, 10);
    assert_eq!(<Scored as Model>::RAM_BYTES, 4 * 93);
}
