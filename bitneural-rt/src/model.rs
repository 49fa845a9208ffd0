//! What every generated model offers to code that is generic over models.

/// A model compiled into the firmware.
///
/// Generated structs have the same items as inherent ones; import this trait only to be generic:
///
/// ```
/// use bitneural_rt::Model;
///
/// /// The output for every input, and how many multiply-accumulates it took to get them all.
/// fn run_all<M: Model>(model: &mut M, inputs: &[M::Input]) -> (Vec<M::Output>, u64) {
///     let outputs: Vec<_> = inputs.iter().map(|input| model.predict(input)).collect();
///     let macs = M::MACS * outputs.len() as u64;
///     (outputs, macs)
/// }
/// ```
pub trait Model {
    /// Shape of each input: `[n]`, `[time, channels]` or `[height, width, channels]`.
    const INPUT_SHAPES: &'static [&'static [usize]];
    /// Shape of each output, in the same order of axes.
    const OUTPUT_SHAPES: &'static [&'static [usize]];
    /// Multiply-accumulates of one prediction.
    const MACS: u64;
    /// Bytes of the model's read-only statics; the code of the kernels is not among them.
    const FLASH_BYTES: usize;
    /// Bytes of the model's struct.
    const RAM_BYTES: usize;

    /// An array of `f32` with the shape of the input; a tuple of them if there are several inputs.
    type Input;
    /// An array of `f32` with the shape of the output; a struct of them if there are several outputs.
    type Output;

    /// The outputs for one input of each kind.
    fn predict(&mut self, input: &Self::Input) -> Self::Output;
}

/// A model compiled into the firmware that takes a frame at a time.
///
/// Over a sequence it yields what [`Model::predict`] yields for the whole, to the bit. Generated structs have the same
/// items as inherent ones; import this trait only to be generic:
///
/// ```
/// use bitneural_rt::StreamingModel;
///
/// /// The outputs of a sequence of any length.
/// fn follow<M: StreamingModel>(model: &mut M, frames: &[M::Frame]) -> Vec<M::Output> {
///     model.reset();
///     frames.iter().filter_map(|frame| model.step(frame)).collect()
/// }
/// ```
pub trait StreamingModel {
    /// Shape of a frame of each input: that of the input without its first axis, which is time.
    const FRAME_SHAPES: &'static [&'static [usize]];
    /// Shape of each output.
    const OUTPUT_SHAPES: &'static [&'static [usize]];
    /// Multiply-accumulates of a frame, the mean of many.
    const MACS: u64;
    /// Bytes of the read-only statics of the stream.
    const FLASH_BYTES: usize;
    /// Bytes of the stream's struct.
    const RAM_BYTES: usize;

    /// An array of `f32` with the shape of a frame; a tuple of them if there are several inputs.
    type Frame;
    /// An array of `f32` with the shape of the output; a struct of them if there are several outputs.
    type Output;

    /// The outputs, if there are any, after one more frame.
    fn step(&mut self, frame: &Self::Frame) -> Option<Self::Output>;
    /// The latest outputs; `None` in front of the first ones.
    fn output(&self) -> Option<Self::Output>;
    /// Forgets all frames: the next one is the first.
    fn reset(&mut self);
}
