//! The Rust kernels on this machine, asked by the words of `requests.rs`.
//!
//! Depends on `bitneural_rt` alone: `tests/tests/mutated_kernel.rs` compiles it with kernels that are
//! wrong on purpose. Slices are exactly as long as the kernels say that they need.

use bitneural_rt::private::{
    AveragePool, Channel, Code, Conv, Dense, Depthwise, Dequantize, Frame, Gate, InputChannel,
    Leaky, MaxPool, Output, Quantize, Requant, Softmax, Table, Window, above, activation, argmax,
    conv, dense, depthwise, dequantize, gate, pool, quantize, shape, softmax,
};

// `mutated_kernel` includes this file from elsewhere.
#[path = "host/elementwise.rs"]
mod elementwise;
#[path = "host/recurrent.rs"]
mod recurrent;
#[path = "host/rows.rs"]
mod rows;

/// What the function that the request names wrote.
///
/// # Panics
/// If there is no such function, or the request is not of its form.
#[must_use]
pub fn answer(request: &[u32]) -> Vec<u32> {
    let mut request = Request(request);
    match request.word() {
        kernel @ (1 | 2 | 11) => match (request.word(), request.word()) {
            (2, 0) => words(&run_dense::<u16, u8>(kernel, &mut request)),
            (2, _) => words(&run_dense::<u16, i16>(kernel, &mut request)),
            (_, 0) => words(&run_dense::<u8, u8>(kernel, &mut request)),
            _ => words(&run_dense::<u8, i16>(kernel, &mut request)),
        },
        kernel @ (3 | 4) => words(&run_table(kernel, &mut request)),
        5 => match (request.word(), request.word()) {
            (0, 0) => words(&run_softmax::<u8, u8>(&mut request)),
            (0, _) => words(&run_softmax::<u8, i16>(&mut request)),
            (_, 0) => words(&run_softmax::<i16, u8>(&mut request)),
            _ => words(&run_softmax::<i16, i16>(&mut request)),
        },
        6 => match request.word() {
            0 => words(&run_quantize::<u8>(&mut request)),
            _ => words(&run_quantize::<u16>(&mut request)),
        },
        7 => match request.word() {
            0 => run_dequantize::<u8>(&mut request),
            _ => run_dequantize::<i16>(&mut request),
        },
        8 => match request.word() {
            0 => vec![index(argmax(&request.list::<u8>()))],
            _ => vec![index(argmax(&request.list::<i16>()))],
        },
        9 => softmax::POWERS.map(u32::from).to_vec(),
        kernel @ (12 | 13) => match (request.word(), request.word()) {
            (2, 0) => words(&run_conv::<u16, u8>(kernel, &mut request)),
            (2, _) => words(&run_conv::<u16, i16>(kernel, &mut request)),
            (_, 0) => words(&run_conv::<u8, u8>(kernel, &mut request)),
            _ => words(&run_conv::<u8, i16>(kernel, &mut request)),
        },
        kernel @ (14 | 15) => match (request.word(), request.word()) {
            (2, 0) => words(&run_depthwise::<u16, u8>(kernel, &mut request)),
            (2, _) => words(&run_depthwise::<u16, i16>(kernel, &mut request)),
            (_, 0) => words(&run_depthwise::<u8, u8>(kernel, &mut request)),
            _ => words(&run_depthwise::<u8, i16>(kernel, &mut request)),
        },
        16 => words(&run_max(&mut request)),
        17 => match request.word() {
            0 => words(&run_average::<u8>(&mut request)),
            _ => words(&run_average::<i16>(&mut request)),
        },
        18 => words(&run_gate(&mut request)),
        19 => words(&gate::TANGENTS),
        20 => match (request.word(), request.signed()) {
            (0, threshold) => vec![index(above(&request.list::<u8>(), threshold))],
            (_, threshold) => vec![index(above(&request.list::<i16>(), threshold))],
        },
        21 => words(&elementwise::add(&mut request)),
        22 => words(&elementwise::multiply(&mut request)),
        kernel @ (23 | 24) => words(&elementwise::pick(kernel, &mut request)),
        25 => words(&elementwise::concat(&mut request)),
        26 => words(&run_frame(&mut request)),
        27 => match (request.word(), request.word()) {
            (2, _) => words(&rows::lookup::<u16>(&mut request)),
            _ => words(&rows::lookup::<u8>(&mut request)),
        },
        28 => words(&rows::layer_norm(&mut request)),
        kernel @ 29..=32 => match (request.word(), request.word()) {
            (2, _) => words(&recurrent::run::<u16>(kernel, &mut request)),
            _ => words(&recurrent::run::<u8>(kernel, &mut request)),
        },
        other => panic!("no function {other}"),
    }
}

/// An element that fits a word.
trait Elements: Copy + Default {
    fn from_word(word: u32) -> Self;
    fn to_word(self) -> u32;
}

impl Elements for u8 {
    fn from_word(word: u32) -> Self {
        u8::try_from(word).expect("a code")
    }
    fn to_word(self) -> u32 {
        self.into()
    }
}

impl Elements for u16 {
    fn from_word(word: u32) -> Self {
        u16::try_from(word).expect("a wide code")
    }
    fn to_word(self) -> u32 {
        self.into()
    }
}

impl Elements for i16 {
    fn from_word(word: u32) -> Self {
        i16::try_from(word.cast_signed()).expect("a wide value")
    }
    fn to_word(self) -> u32 {
        i32::from(self).cast_unsigned()
    }
}

/// What is left of a request.
struct Request<'a>(&'a [u32]);

impl Request<'_> {
    fn word(&mut self) -> u32 {
        let (&word, rest) = self.0.split_first().expect("a longer request");
        self.0 = rest;
        word
    }

    fn signed(&mut self) -> i32 {
        self.word().cast_signed()
    }

    fn byte(&mut self) -> u8 {
        u8::from_word(self.word())
    }

    fn wide(&mut self) -> i16 {
        i16::from_word(self.word())
    }

    fn float(&mut self) -> f32 {
        f32::from_bits(self.word())
    }

    fn words(&mut self) -> Vec<u32> {
        let len = self.word();
        (0..len).map(|_| self.word()).collect()
    }

    fn list<T: Elements>(&mut self) -> Vec<T> {
        self.words().into_iter().map(T::from_word).collect()
    }
}

fn words<T: Elements>(values: &[T]) -> Vec<u32> {
    values.iter().map(|value| value.to_word()).collect()
}

fn index(index: usize) -> u32 {
    u32::try_from(index).expect("a short list")
}

/// Records refer to statics of generated code; here what they refer to stays until the end.
impl Request<'_> {
    fn requant(&mut self) -> Requant {
        Requant {
            pre_shift: self.byte(),
            shift: self.byte(),
            low: self.wide(),
            high: self.wide(),
        }
    }

    fn channels(&mut self, count: u32) -> &'static [Channel] {
        let channels = (0..count).map(|_| Channel {
            bias: self.signed(),
            multiplier: self.signed(),
        });
        channels.collect::<Vec<_>>().leak()
    }

    fn leaky(&mut self, count: u32) -> Option<&'static Leaky> {
        if self.word() == 0 {
            return None;
        }
        let (shift, zero) = (self.byte(), self.wide());
        let channels = self.channels(count);
        Some(Box::leak(Box::new(Leaky {
            channels,
            shift,
            zero,
        })))
    }

    /// Of a group, with the channels of all.
    fn dense(&mut self, groups: u32) -> Dense {
        let (inputs, outputs) = (self.word(), self.word());
        Dense {
            inputs,
            outputs,
            requant: self.requant(),
            channels: self.channels(groups * outputs),
            leaky: self.leaky(groups * outputs),
            weights: self.words().leak(),
        }
    }

    fn short(&mut self) -> u16 {
        u16::try_from(self.word()).expect("a small number")
    }

    fn window(&mut self) -> Window {
        Window {
            input_height: self.short(),
            input_width: self.short(),
            output_height: self.short(),
            output_width: self.short(),
            kernel_height: self.short(),
            kernel_width: self.short(),
            stride_y: self.short(),
            stride_x: self.short(),
            dilation_y: self.short(),
            dilation_x: self.short(),
            pad_top: self.short(),
            pad_left: self.short(),
        }
    }

    fn scratch(&mut self) -> Vec<u32> {
        vec![0xdead_beef; self.word() as usize]
    }
}

/// An output of so many channels.
fn image<T: Elements>(window: &Window, channels: usize) -> Vec<T> {
    let pixels = usize::from(window.output_height) * usize::from(window.output_width);
    vec![T::default(); pixels * channels]
}

fn run_dense<I, O>(kernel: u32, request: &mut Request<'_>) -> Vec<O>
where
    I: Elements + Code,
    O: Elements + Output,
{
    let layer = request.dense(1);
    let mut output = vec![O::default(); layer.outputs as usize];
    match kernel {
        1 => dense::digits(&layer, &request.list::<I>(), &mut output),
        2 => {
            let mut scratch = request.scratch();
            dense::tables(&layer, &request.list::<u8>(), &mut output, &mut scratch);
        }
        _ => dense::int8(&layer, &request.list::<I>(), &mut output),
    }
    output
}

fn run_conv<I, O>(kernel: u32, request: &mut Request<'_>) -> Vec<O>
where
    I: Elements + Code,
    O: Elements + Output,
{
    let window = request.window();
    let groups = request.short();
    let layer = Conv {
        window,
        groups,
        padding: request.short(),
        dense: request.dense(groups.into()),
    };
    let mut scratch = request.scratch();
    let input = request.list::<I>();
    let mut output = image(&window, usize::from(groups) * layer.dense.outputs as usize);
    if kernel == 12 {
        conv::digits(&layer, &input, &mut output, &mut scratch);
    } else {
        conv::int8(&layer, &input, &mut output, &mut scratch);
    }
    output
}

fn run_depthwise<I, O>(kernel: u32, request: &mut Request<'_>) -> Vec<O>
where
    I: Elements + Code,
    O: Elements + Output,
{
    let window = request.window();
    let (channels, multiplier) = (request.short(), request.short());
    let outputs = u32::from(channels) * u32::from(multiplier);
    let layer = Depthwise {
        window,
        channels,
        multiplier,
        padding: request.short(),
        requant: request.requant(),
        constants: request.channels(outputs),
        leaky: request.leaky(outputs),
        weights: request.words().leak(),
    };
    let mut scratch = request.scratch();
    let input = request.list::<I>();
    let mut output = image(&window, outputs as usize);
    if kernel == 14 {
        depthwise::digits(&layer, &input, &mut output, &mut scratch);
    } else {
        depthwise::int8(&layer, &input, &mut output, &mut scratch);
    }
    output
}

fn run_max(request: &mut Request<'_>) -> Vec<u8> {
    let layer = MaxPool {
        window: request.window(),
        channels: request.short(),
    };
    let mut output = image(&layer.window, layer.channels.into());
    pool::max(&layer, &request.list::<u8>(), &mut output);
    output
}

fn run_average<T: Elements + Output>(request: &mut Request<'_>) -> Vec<T> {
    let window = request.window();
    let channels = request.short();
    let padding = request.byte();
    let count_padding = request.word() != 0;
    let requant = request.requant();
    let counts = (0..request.word()).map(|_| request.short());
    let counts: &[u16] = counts.collect::<Vec<_>>().leak();
    let layer = AveragePool {
        window,
        channels,
        padding,
        count_padding,
        counts,
        constants: request.channels(index(counts.len())),
        requant,
    };
    let mut output = image(&window, channels.into());
    pool::average(&layer, &request.list::<u8>(), &mut output);
    output
}

fn run_frame(request: &mut Request<'_>) -> Vec<u8> {
    let layer = Frame {
        input_height: request.short(),
        input_width: request.short(),
        output_height: request.short(),
        output_width: request.short(),
        cut_top: request.short(),
        cut_left: request.short(),
        pad_top: request.short(),
        pad_left: request.short(),
        repeat_y: request.short(),
        repeat_x: request.short(),
        channels: request.short(),
        padding: request.byte(),
    };
    let pixels = usize::from(layer.output_height) * usize::from(layer.output_width);
    let mut output = vec![0; pixels * usize::from(layer.channels)];
    shape::frame(&layer, &request.list::<u8>(), &mut output);
    output
}

fn run_table(kernel: u32, request: &mut Request<'_>) -> Vec<u8> {
    let entries = [(); 256].map(|()| request.byte());
    let layer = Table {
        entries: Box::leak(Box::new(entries)),
    };
    let mut input = request.list::<u8>();
    if kernel == 4 {
        activation::table_in_place(&layer, &mut input);
        return input;
    }
    let mut output = vec![0; input.len()];
    activation::table(&layer, &input, &mut output);
    output
}

fn run_gate(request: &mut Request<'_>) -> Vec<i16> {
    let layer = Gate {
        sigmoid: request.word() != 0,
    };
    let input = request.list::<i16>();
    let mut output = vec![0; input.len()];
    gate::gate(&layer, &input, &mut output);
    output
}

fn run_softmax<I, O>(request: &mut Request<'_>) -> Vec<O>
where
    I: Elements + bitneural_rt::private::Input,
    O: Elements + Output,
{
    let layer = Softmax {
        multiplier: request.word(),
        shift: request.byte(),
        guard: request.byte(),
    };
    let input = request.list::<I>();
    let mut output = vec![O::default(); input.len()];
    softmax::softmax(&layer, &input, &mut output);
    output
}

fn run_quantize<T: Elements + Code>(request: &mut Request<'_>) -> Vec<T> {
    let count = request.word();
    let channels = (0..count).map(|_| InputChannel {
        factor: request.float(),
        offset: request.signed(),
    });
    let channels = channels.collect::<Vec<_>>().leak();
    let input: Vec<f32> = request.words().into_iter().map(f32::from_bits).collect();
    let mut output = vec![T::default(); input.len()];
    quantize(&Quantize { channels }, &input, &mut output);
    output
}

fn run_dequantize<T: Elements + bitneural_rt::private::Input>(
    request: &mut Request<'_>,
) -> Vec<u32> {
    let layer = Dequantize {
        scale: request.float(),
        zero_point: request.signed(),
    };
    let input = request.list::<T>();
    let mut output = vec![0.0; input.len()];
    dequantize(&layer, &input, &mut output);
    output.into_iter().map(f32::to_bits).collect()
}
