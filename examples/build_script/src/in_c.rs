//! The two models in C, as safe functions.

use crate::{Answer, CLASSES};

unsafe extern "C" {
    /// src/digits.c: reads 64 bytes, writes 10 numbers, returns a class.
    fn digits_run(image: *const u8, outputs: *mut i16) -> u32;
    /// src/mnist.c: reads 784 bytes, writes 10 numbers, returns a class.
    fn mnist_run(image: *const u8, outputs: *mut i16) -> u32;
}

/// The models are statics of the C files, so only one thread may call them: `&mut` of a token sees to
/// that.
pub(crate) struct Models(());

impl Models {
    /// # Safety
    /// There must be no other `Models`.
    pub(crate) unsafe fn new() -> Self {
        Self(())
    }

    pub(crate) fn digits(&mut self, image: &[[u8; 8]; 8]) -> Answer {
        let mut outputs = [0; CLASSES];
        // SAFETY: the function reads 64 bytes and writes 10 numbers (DIGITS_INPUT_LEN and
        // DIGITS_OUTPUT_LEN of the header), which is what the arrays hold; it keeps neither pointer;
        // and `&mut self` of the only `Models` excludes a second call at the same time.
        let class = unsafe { digits_run(image.as_flattened().as_ptr(), outputs.as_mut_ptr()) };
        Answer {
            class: class as usize,
            outputs,
        }
    }

    pub(crate) fn mnist(&mut self, image: &[[[u8; 1]; 28]; 28]) -> Answer {
        let mut outputs = [0; CLASSES];
        let pixels = image.as_flattened().as_flattened();
        // SAFETY: as above, with 784 bytes (MNIST_INPUT_LEN) and 10 numbers (MNIST_OUTPUT_LEN).
        let class = unsafe { mnist_run(pixels.as_ptr(), outputs.as_mut_ptr()) };
        Answer {
            class: class as usize,
            outputs,
        }
    }
}
