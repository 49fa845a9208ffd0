//! A frame at a time, networks give the bits of the whole sequence: the reference against streams.
//!
//! Needs: gcc

use std::collections::BTreeSet;

use bitneural_core::network::Network as Codes;
use bitneural_core::plan::Optimize;
use bitneural_core::plan::stream::{StreamPlan, plan};
use bitneural_core::{Compiled, ErrorKind, Options, compile, stream};
use bitneural_tests::custom;
use bitneural_tests::models::{ON_A_CHIP, Random, Sampled, networks, optimize, sample};
use bitneural_tests::runners::plan::HostStream;
use bitneural_tests::runners::{header, network as reference, scratch, stream_header};
use bitneural_tests::trained::Trained;
use proptest::prelude::*;
use proptest::test_runner::Config;

/// The stream of a network; `None` if a layer cannot.
fn streamed(network: &Codes, optimize: Optimize) -> Option<StreamPlan> {
    match stream::stream(network) {
        Ok(found) => {
            bitneural_core::network::verify::verify(&found.network).unwrap();
            let plan = plan(&found, optimize);
            bitneural_core::plan::verify::verify(&plan.plan).unwrap();
            Some(plan)
        }
        Err(errors) => {
            let all = errors
                .iter()
                .all(|error| matches!(error.kind, ErrorKind::CannotStream { .. }));
            assert!(all, "{errors}");
            None
        }
    }
}

/// The frames of an input, each the parts of all inputs.
fn frames(compiled: &Compiled, input: &[u16]) -> Vec<Vec<u16>> {
    let inputs = &compiled.network.interface.inputs;
    let count = inputs[0].shape.0[0];
    let mut frames = vec![Vec::new(); count];
    let mut left = input;
    for port in inputs {
        let (own, rest) = left.split_at(port.shape.elements());
        let parts = own.chunks(port.shape.elements() / count);
        frames
            .iter_mut()
            .zip(parts)
            .for_each(|(frame, part)| frame.extend(part));
        left = rest;
    }
    frames
}

/// Of each output the frames that it should give, from the reference: of a value that has one for the whole, the last.
fn expected(compiled: &Compiled, plan: &StreamPlan, input: &[u16]) -> Vec<Vec<Vec<i32>>> {
    let tensors = reference::tensors(compiled, input);
    let outputs = compiled.network.outputs.iter().zip(&plan.plan.outputs);
    outputs
        .map(|(id, output)| {
            let width = plan.plan.slot(output.slot).elements;
            tensors[id.index()]
                .chunks(width)
                .map(<[i32]>::to_vec)
                .collect()
        })
        .collect()
}

/// Where a stream gives something else than the reference, in words.
fn difference(compiled: &Compiled, plan: &StreamPlan, inputs: &[Vec<u16>]) -> Option<String> {
    let mut stream = HostStream::new(plan);
    inputs.iter().find_map(|input| {
        stream.reset();
        let expected = expected(compiled, plan, input);
        let found: Vec<Vec<i32>> = frames(compiled, input)
            .iter()
            .filter_map(|frame| stream.step(frame))
            .collect();
        let mut from = 0;
        expected.iter().enumerate().find_map(|(output, expected)| {
            let to = from + expected[0].len();
            let own: Vec<&[i32]> = found.iter().map(|found| &found[from..to]).collect();
            from = to;
            // What is there for the whole alone comes at the last frame; before that it is of fewer frames.
            let skipped = if expected.len() == 1 {
                own.len().saturating_sub(1)
            } else {
                0
            };
            let own = &own[skipped..];
            if own.len() < expected.len() {
                return Some(format!(
                    "output {output}: {} frames instead of {}",
                    own.len(),
                    expected.len()
                ));
            }
            let wrong = own
                .iter()
                .zip(expected)
                .position(|(own, expected)| own != expected)?;
            Some(format!(
                "output {output}, frame {wrong}: {:?} instead of {:?}",
                own[wrong], expected[wrong]
            ))
        })
    })
}

proptest! {
    #![proptest_config(Config { cases: 400, ..Config::default() })]

    #[test]
    fn streams_on_the_host_agree_with_the_reference(network in networks(), size in any::<bool>()) {
        let optimize = if size { Optimize::Size } else { Optimize::Speed };
        let Some(compiled) = network.compiled(optimize) else { return Ok(()) };
        let Some(plan) = streamed(&compiled.network, optimize) else { return Ok(()) };
        let difference = difference(&compiled, &plan, &network.inputs(3));
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

/// The networks of the sample that stream, with their streams.
fn streams() -> Vec<(Sampled, Compiled)> {
    let sample = sample(ON_A_CHIP).into_iter();
    let streams = sample.filter_map(|sampled| {
        streamed(&sampled.compiled.network, Optimize::Balanced)?;
        let options = Options {
            streaming: true,
            optimize: optimize(sampled.number),
            ..custom::options()
        };
        let compiled = compile(&sampled.network.bytes(), &options);
        let compiled = compiled.unwrap_or_else(|errors| panic!("{errors}"));
        Some((sampled, compiled))
    });
    streams.collect()
}

/// The random networks are worth something here: all that can stream does in some.
#[test]
fn many_networks_stream() {
    let streams = streams();
    let plans = streams
        .iter()
        .filter_map(|(_, compiled)| compiled.stream.as_ref());
    let kernels: BTreeSet<&str> = plans
        .clone()
        .flat_map(|stream| &stream.plan.steps)
        .map(|step| step.kernel.name())
        .collect();
    assert!(streams.len() > 50, "{}", streams.len());
    for kernel in [
        "stream::push",
        "recurrent::lstm_step",
        "pool::average",
        "elementwise::add",
    ] {
        assert!(kernels.contains(kernel), "{kernel}: {kernels:?}");
    }
    // The card tells of both ways to run, and it is the same model.
    for (sampled, compiled) in &streams {
        assert_eq!(
            compiled.program.figures.model_id,
            sampled.compiled.program.figures.model_id
        );
        let stream = compiled.report.stream.expect("what a frame costs");
        let said = format!(
            "A frame at a time: {} MACs a frame (at most {}), {} B of RAM",
            stream.macs, stream.most_macs, stream.ram_bytes
        );
        let card = compiled.report.card();
        assert!(card.iter().any(|line| line.starts_with(&said)), "{card:#?}");
    }
    let mut clocks = plans.flat_map(|stream| &stream.clocks);
    assert!(clocks.any(|clock| clock.period > 1), "strides over time");
}

fn c_agrees(compiler: header::Compiler, name: &str, count: usize) {
    let streams: Vec<(Sampled, Compiled)> = streams().into_iter().take(count).collect();
    let programs: Vec<_> = streams
        .iter()
        .map(|(_, compiled)| &compiled.program)
        .collect();
    let executable = stream_header::compile(&programs, &scratch(name), compiler);
    for (index, (sampled, compiled)) in streams.iter().enumerate() {
        let plan = compiled.stream.as_ref().unwrap();
        let mut host = HostStream::new(plan);
        for input in sampled.inputs() {
            host.reset();
            let frames = frames(compiled, &input);
            let expected: Vec<_> = frames.iter().map(|frame| host.step(frame)).collect();
            let found = executable.run(index, &frames);
            assert_eq!(found, expected, "network {} of the sample", sampled.number);
        }
    }
}

#[test]
fn c_agrees_with_the_kernels() {
    c_agrees(header::C99, "streams-c", 30);
}

#[test]
fn cpp_agrees_with_the_kernels() {
    c_agrees(header::CPP, "streams-cpp", 4);
}

#[test]
fn c_does_nothing_undefined() {
    c_agrees(header::SANITIZED, "streams-sanitized", 8);
}

bitneural_rt::include_ternary_model! {
    /// MLPerf Tiny's streaming wake word.
    pub struct Wake = "data/models/sww_ds_tcn.safetensors";
    streaming = true;
}

/// The wake word as a stream: windows of 30 frames, each of which gives what it gives alone.
#[test]
fn the_wake_word_streams() {
    let trained = Trained::open("sww_ds_tcn");
    let inputs: Vec<[[u8; 40]; 30]> = trained
        .inputs
        .iter()
        .map(|input| {
            let codes = trained.codes(input);
            let mut frames = codes.chunks(40).map(|frame| {
                let codes = frame.iter().map(|&code| u8::try_from(code).unwrap());
                <[u8; 40]>::try_from(codes.collect::<Vec<_>>()).unwrap()
            });
            std::array::from_fn(|_| frames.next().unwrap())
        })
        .collect();
    let frames: Vec<[u8; 40]> = inputs.iter().flatten().copied().collect();
    let (mut stream, mut whole) = (WakeStream::new(), Wake::new());
    let mut compared = 0;
    for (index, frame) in frames.iter().enumerate() {
        let found = stream.step_quantized(frame);
        assert_eq!(stream.output_quantized(), found);
        let Some(start) = (index + 1).checked_sub(30) else {
            assert_eq!(found, None);
            continue;
        };
        let window: [[u8; 40]; 30] = frames[start..=index].try_into().unwrap();
        assert_eq!(
            found,
            Some(whole.predict_quantized(&window)),
            "frame {index}"
        );
        compared += 1;
    }
    assert_eq!(compared, frames.len() - 29);
    assert_eq!(WakeStream::MODEL_ID, Wake::MODEL_ID);
    stream.reset();
    assert_eq!(stream.output_quantized(), None);
    assert_eq!(stream.step_quantized(&frames[0]), None);
    let most = size_of::<Wake>();
    assert!(
        size_of::<WakeStream>() < most,
        "{} of {most}",
        size_of::<WakeStream>()
    );
}

bitneural_rt::include_ternary_model! {
    pub struct Lstm = "data/models/motions_lstm.safetensors";
    streaming = true;
}

bitneural_rt::include_ternary_model! {
    pub struct Gru = "data/models/motions_gru.safetensors";
    streaming = true;
}

bitneural_rt::include_ternary_model! {
    pub struct FloatGru = "data/models/motions_gru.safetensors";
    activations = f32;
    streaming = true;
}

bitneural_rt::include_ternary_model! {
    pub struct FloatWake = "data/models/sww_ds_tcn.safetensors";
    activations = f32;
    streaming = true;
}

/// Frames of numbers from -1 to 1, not all the same.
fn floats<const WIDTH: usize>(frames: usize, seed: u64) -> Vec<[f32; WIDTH]> {
    let mut random = Random::new(seed);
    let frame = |_| std::array::from_fn(|_| random.symmetric() as f32);
    (0..frames).map(frame).collect()
}

/// The generated Rust of recurrent layers: the state after a sequence is what the sequence gives, twice.
#[test]
fn recurrent_models_stream_in_generated_rust() {
    macro_rules! check {
        ($whole:ident, $stream:ident) => {
            let (mut stream, mut whole) = ($stream::new(), $whole::new());
            for seed in 0..3 {
                let frames = floats(100, seed);
                stream.reset();
                let found = frames
                    .iter()
                    .map(|frame| stream.step(frame))
                    .last()
                    .flatten();
                let expected = whole.predict(frames.as_slice().try_into().unwrap());
                assert_eq!(found, Some(expected), "seed {seed}");
                assert_eq!(stream.output(), found);
            }
        };
    }
    check!(Lstm, LstmStream);
    check!(Gru, GruStream);
    check!(FloatGru, FloatGruStream);
}

/// In f32 mode the sums of a window are those of the whole, in the same order.
#[test]
fn the_wake_word_streams_in_floats() {
    let frames: Vec<[f32; 40]> = floats(45, 9);
    let (mut stream, mut whole) = (FloatWakeStream::new(), FloatWake::new());
    for (index, frame) in frames.iter().enumerate() {
        let found = stream.step(frame);
        let window = (index + 1).checked_sub(30).map(|start| {
            let window: &[[f32; 40]; 30] = frames[start..=index].try_into().unwrap();
            whole.predict(window)
        });
        assert_eq!(found, window, "frame {index}");
    }
}
