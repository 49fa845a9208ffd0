//! The integer kernels, one file a family; those of f32 mode are in [`float`].
//!
//! A kernel takes a record, its input and output, and scratch where it needs some. It never panics, allocates or (but in
//! [`float`]) uses a float, and it reads and writes nothing but its slices: if a length is wrong, which is a bug of the generator, it does
//! less, or nothing.

pub mod activation;
pub mod conv;
pub mod custom;
pub mod dense;
pub mod depthwise;
pub mod elementwise;
pub mod embedding;
pub(crate) mod float;
pub mod gate;
pub mod norm;
pub mod pool;
pub mod recurrent;
mod sequence;
pub mod shape;
pub mod softmax;
pub mod stream;
mod window;

#[cfg(test)]
mod plain;

use crate::slots::Element;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
    impl Sealed for i16 {}
}

/// What kernels read: codes (`u8`), wide codes (`u16`) or wide values (`i16`) (R2).
pub trait Input: sealed::Sealed + Copy + Ord + Into<i32> {}

impl Input for u8 {}
impl Input for u16 {}
impl Input for i16 {}

/// What kernels with weights read, and what an input of the network is stored as: codes (`u8`) or wide codes (`u16`)
/// (R2).
pub trait Code: Input + Element + Into<u32> {
    /// The largest code.
    const LARGEST: i32;
    /// The highest byte of a code, the lowest being 0.
    const HIGHEST_BYTE: u32;

    /// A value of `0..=LARGEST`.
    fn from_clamped_code(value: i32) -> Self;

    /// A byte of it.
    fn byte(self, index: u32) -> u8;
}

impl Code for u8 {
    const LARGEST: i32 = 255;
    const HIGHEST_BYTE: u32 = 0;

    #[inline(always)]
    fn from_clamped_code(value: i32) -> Self {
        value as u8
    }

    #[inline(always)]
    fn byte(self, _: u32) -> u8 {
        self
    }
}

impl Code for u16 {
    const LARGEST: i32 = 65535;
    const HIGHEST_BYTE: u32 = 1;

    #[inline(always)]
    fn from_clamped_code(value: i32) -> Self {
        value as u16
    }

    #[inline(always)]
    fn byte(self, index: u32) -> u8 {
        self.wrapping_shr(8_u32.wrapping_mul(index)) as u8
    }
}

/// What kernels write: codes (`u8`) or wide values (`i16`) (R2).
pub trait Output: sealed::Sealed + Copy {
    /// A value already clamped to the range of the type.
    fn from_clamped(value: i32) -> Self;

    /// A probability p/2^31, p ≤ 2^31, in steps of 1/256 (`u8`) or 1/32768 (`i16`), rounded half up (R20).
    fn from_probability(p: u32) -> Self;
}

impl Output for u8 {
    #[inline(always)]
    fn from_clamped(value: i32) -> Self {
        value as u8
    }

    #[inline(always)]
    fn from_probability(p: u32) -> Self {
        (p.wrapping_add(1 << 22) >> 23).min(255) as u8
    }
}

impl Output for i16 {
    #[inline(always)]
    fn from_clamped(value: i32) -> Self {
        value as i16
    }

    #[inline(always)]
    fn from_probability(p: u32) -> Self {
        (p.wrapping_add(1 << 15) >> 16).min(32767) as i16
    }
}
