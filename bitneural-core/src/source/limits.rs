//! Caps for hostile files: no size in a file leads to an allocation before it is held against
//! these or against the length of the file.

/// The largest file that is read, bytes (the flash of the largest chip we serve, as `f32`, is 512 MiB).
pub const FILE_BYTES: u64 = 512 << 20;

/// The longest safetensors header that is read, bytes.
pub const HEADER_BYTES: u64 = 16 << 20;

/// The longest `bitneural` metadata that is read, bytes.
pub const METADATA_BYTES: usize = 4 << 20;

/// How many times the header's length the reader of metadata may allocate.
pub const METADATA_MULTIPLE: usize = 64;

/// How many times the file's length, beyond [`COMPILE_BASE_BYTES`], the whole compiler may allocate
/// at once.
pub const COMPILE_MULTIPLE: usize = 64;

/// What the compiler may allocate whatever the size of the file, bytes.
pub const COMPILE_BASE_BYTES: usize = 4 << 20;

/// The most axes of a shape.
pub const RANK: usize = 3;

/// The most elements of one activation.
pub const ACTIVATION_ELEMENTS: usize = 1 << 24;

/// The most inputs, of the network and of a layer.
pub const INPUTS: usize = 64;

/// The most layers.
pub const LAYERS: usize = 4096;

/// The most inputs that a file may say a range was observed on.
pub const SAMPLES: usize = 1 << 40;

/// Multiply-accumulates that a macro may spend on observing ranges (12 ns each without optimization).
pub const CALIBRATION_MACS: u64 = 50_000_000;
