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
pub(crate) mod float;
pub mod gate;
pub mod norm;
pub mod pool;
pub mod shape;
pub mod softmax;
mod window;

#[cfg(test)]
mod plain;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for i16 {}
}

/// What kernels read: codes (`u8`) or wide values (`i16`) (R2).
pub trait Input: sealed::Sealed + Copy + Ord + Into<i32> {}

impl Input for u8 {}
impl Input for i16 {}

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
