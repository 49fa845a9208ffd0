//! The Rust kernels on this machine, asked by the words of `requests.rs`.
//!
//! Depends on `bitneural_rt` alone: `tests/tests/mutated_kernel.rs` compiles it with kernels that are
//! wrong on purpose. Slices are exactly as long as the kernels say that they need.

use bitneural_rt::private::{
    Channel, Dense, Dequantize, InputChannel, Output, Quantize, Requant, Softmax, Table,
    activation, argmax, dense, dequantize, quantize, softmax,
};

/// What the function that the request names wrote.
///
/// # Panics
/// If there is no such function, or the request is not of its form.
#[must_use]
pub fn answer(request: &[u32]) -> Vec<u32> {
    let mut request = Request(request);
    match request.word() {
        kernel @ (1 | 2) => match request.word() {
            0 => words(&run_dense::<u8>(kernel, &mut request)),
            _ => words(&run_dense::<i16>(kernel, &mut request)),
        },
        kernel @ (3 | 4) => words(&run_table(kernel, &mut request)),
        5 => match (request.word(), request.word()) {
            (0, 0) => words(&run_softmax::<u8, u8>(&mut request)),
            (0, _) => words(&run_softmax::<u8, i16>(&mut request)),
            (_, 0) => words(&run_softmax::<i16, u8>(&mut request)),
            _ => words(&run_softmax::<i16, i16>(&mut request)),
        },
        6 => words(&run_quantize(&mut request)),
        7 => match request.word() {
            0 => run_dequantize::<u8>(&mut request),
            _ => run_dequantize::<i16>(&mut request),
        },
        8 => match request.word() {
            0 => vec![index(argmax(&request.list::<u8>()))],
            _ => vec![index(argmax(&request.list::<i16>()))],
        },
        9 => softmax::POWERS.map(u32::from).to_vec(),
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

fn run_dense<T: Elements + Output>(kernel: u32, request: &mut Request<'_>) -> Vec<T> {
    let (inputs, outputs) = (request.word(), request.word());
    let requant = Requant {
        pre_shift: request.byte(),
        shift: request.byte(),
        low: request.wide(),
        high: request.wide(),
    };
    let channels = (0..outputs).map(|_| Channel {
        bias: request.signed(),
        multiplier: request.signed(),
    });
    // Records refer to statics of generated code; here they stay until the end.
    let channels = channels.collect::<Vec<_>>().leak();
    let layer = Dense {
        inputs,
        outputs,
        weights: request.words().leak(),
        channels,
        requant,
        leaky: None,
    };
    let mut output = vec![T::default(); outputs as usize];
    if kernel == 1 {
        dense::digits(&layer, &request.list::<u8>(), &mut output);
    } else {
        let mut scratch = vec![0xdead_beef; request.word() as usize];
        dense::tables(&layer, &request.list::<u8>(), &mut output, &mut scratch);
    }
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

fn run_quantize(request: &mut Request<'_>) -> Vec<u8> {
    let count = request.word();
    let channels = (0..count).map(|_| InputChannel {
        factor: request.float(),
        offset: request.signed(),
    });
    let channels = channels.collect::<Vec<_>>().leak();
    let input: Vec<f32> = request.words().into_iter().map(f32::from_bits).collect();
    let mut output = vec![0; input.len()];
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
