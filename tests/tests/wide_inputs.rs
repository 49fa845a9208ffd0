//! An input of 16 bits is one of `u16` in Rust and in C, and real inputs lose less by it.
//!
//! Needs: gcc, g++

use std::fs;
use std::path::Path;
use std::process::Command;

use bitneural_core::emit::c;
use bitneural_core::measure::Meter;
use bitneural_core::network::Element;
use bitneural_core::reference::integer;
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_targets::root;
use bitneural_tests::fixtures::whole;
use bitneural_tests::models::Random;
use bitneural_tests::runners::{header, network as reference, scratch};
use bitneural_tests::trained::{Trained, folder};

bitneural_rt::include_ternary_model!(
    /// Currents of 16 bits, temperatures of 8.
    pub struct Surge = "data/models/surge.safetensors"
);

/// Six steps of two currents, two temperatures.
const INPUTS: usize = 12 + 2;

fn compiled() -> Compiled {
    compile(&whole::surge(), &Options::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn inputs() -> Vec<[f32; INPUTS]> {
    let mut random = Random::new(16);
    let ends = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        -0.0,
        1e-40,
        3e38,
    ];
    let odd = core::array::from_fn(|index| ends[index % ends.len()]);
    let drawn = (0..50).map(|_| {
        core::array::from_fn(|index| {
            // Mostly small, and a little beyond what the sensor measures.
            let small = if random.below(4) > 0 { 0.05 } else { 1.0 };
            let (middle, reach) = if index < 12 {
                (0.0, 45.0 * small)
            } else {
                (40.0, 70.0)
            };
            (middle + reach * random.symmetric()) as f32
        })
    });
    std::iter::once(odd).chain(drawn).collect()
}

#[test]
fn generated_rust_agrees_with_the_reference() {
    let network = compiled().network;
    assert_eq!(
        network
            .inputs
            .iter()
            .map(|&id| network.tensor(id).element)
            .collect::<Vec<_>>(),
        [Element::U16, Element::U8]
    );
    let mut model = Surge::new();
    let mut classes = [0; 2];
    for input in inputs() {
        let (steps, heat) = input.split_at(12);
        let current: &[[f32; 2]; 6] = steps.as_chunks().0.first_chunk().unwrap();
        let heat: &[f32; 2] = heat.first_chunk().unwrap();
        let codes = integer::quantize_input(&network, &input);
        let tensors = integer::run(&network, &codes);
        let expected = &tensors[network.outputs[0].index()];
        let wide: [[u16; 2]; 6] = Surge::quantize_current(current);
        let narrow: [u8; 2] = Surge::quantize_heat(heat);
        let found: Vec<i32> = wide
            .as_flattened()
            .iter()
            .map(|&code| code.into())
            .collect();
        assert_eq!(found, codes[..12], "{input:?}");
        assert_eq!(narrow.map(i32::from), codes[12..], "{input:?}");
        let output = model.predict_quantized(&wide, &narrow);
        assert_eq!(output.map(i32::from).as_slice(), expected, "{input:?}");
        let real = integer::dequantize(&network, network.outputs[0], expected);
        assert_eq!(model.predict(current, heat).as_slice(), real, "{input:?}");
        let class = integer::classify(&network, &tensors);
        assert_eq!(model.classify(current, heat).index(), class, "{input:?}");
        assert_eq!(
            model.classify_quantized(&wide, &narrow).index(),
            class,
            "{input:?}"
        );
        classes[class] += 1;
    }
    assert!(classes.iter().all(|&count| count > 5), "{classes:?}");
    // Half of a step of 40/65535 is not lost, as it would be with 8 bits.
    let near = |volts: f32| Surge::quantize_current(&[[volts; 2]; 6])[0][0];
    assert_eq!(near(1.0) - near(0.9988), 1);
}

#[test]
fn c_and_cpp_agree_with_the_reference() {
    let compiled = compiled();
    let codes: Vec<Vec<u16>> = inputs()
        .iter()
        .map(|input| {
            let codes = integer::quantize_input(&compiled.network, input).into_iter();
            codes
                .map(|code| u16::try_from(code).expect("a code"))
                .collect()
        })
        .collect();
    let jobs: Vec<(usize, &[u16])> = codes.iter().map(|input| (0, input.as_slice())).collect();
    let expected: Vec<reference::Outcome> = codes
        .iter()
        .map(|input| reference::outcome(&compiled, input))
        .collect();
    for (compiler, name) in [
        (header::C99, "surge-c"),
        (header::CPP, "surge-cpp"),
        (header::SANITIZED, "surge-sanitized"),
    ] {
        let folder = scratch(name);
        let executable = header::compile(&[&compiled.program], &folder, compiler);
        assert_eq!(executable.run(&jobs), expected, "{name}");
        assert_eq!(
            quantized_in_c(&compiled, &folder, compiler),
            codes,
            "{name}"
        );
    }
}

/// What the C functions that take floats make of the inputs.
fn quantized_in_c(compiled: &Compiled, folder: &Path, compiler: header::Compiler) -> Vec<Vec<u16>> {
    fs::write(
        folder.join("surge.h"),
        c::print(&compiled.program, &c::Style::new("surge")),
    )
    .unwrap();
    let rows: Vec<String> = inputs()
        .iter()
        .map(|input| {
            input
                .map(|value| format!("0x{:08x}u", value.to_bits()))
                .join(", ")
        })
        .collect();
    let source = format!(
        "#include <stdio.h>\n#include <string.h>\n#include \"surge.h\"\n\
         static const uint32_t rows[][{INPUTS}] = {{{{{}}}}};\n\
         int main(void)\n{{\n    unsigned row, i;\n    float input[{INPUTS}];\n    uint16_t current[12];\n    \
         uint8_t heat[2];\n    for (row = 0; row < sizeof rows / sizeof rows[0]; row++) {{\n        \
         memcpy(input, rows[row], sizeof input);\n        surge_quantize_current(input, current);\n        \
         surge_quantize_heat(input + 12, heat);\n        for (i = 0; i < 12; i++) {{\n            \
         printf(\"%d \", current[i]);\n        }}\n        printf(\"%d %d\\n\", heat[0], heat[1]);\n    }}\n    \
         return 0;\n}}\n",
        rows.join("}, {")
    );
    let file = folder.join(format!("quantize.{}", compiler.extension));
    fs::write(&file, source).unwrap();
    let program = folder.join("quantize");
    let built = Command::new(compiler.command)
        .args(compiler.options)
        .arg(&file)
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let found = Command::new(program).output().unwrap();
    let text = String::from_utf8(found.stdout).unwrap();
    let row = |line: &str| {
        line.split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect()
    };
    text.lines().map(row).collect()
}

/// The signal-to-noise ratio of the input and of the scores, in decibels, with so many bits.
fn decibels(bytes: &[u8], bits: u32, inputs: &Dataset) -> [f64; 2] {
    let compiled = compile(&whole::with_bits(bytes, bits), &Options::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    let mut meter = Meter::new(&compiled.graph, &compiled.network);
    for input in inputs.iter() {
        meter.add(input, None);
    }
    let fidelity = meter.fidelity();
    [fidelity.values[0].sqnr_db, fidelity.sqnr_db].map(|found| found.expect("some noise"))
}

#[test]
fn real_inputs_lose_no_more_by_16_bits_than_by_8() {
    let beats = Place::new(root().join("tests/data/ecg5000/ECG5000_train500.safetensors"));
    let beats = read(&Request {
        inputs: &beats.tensor("test.input"),
        labels: None,
        elements: 140,
        classes: None,
    });
    let words = Trained::open("sww_ds_tcn").inputs;
    for (name, inputs) in [("heartbeats", beats.expect("beats")), ("sww_ds_tcn", words)] {
        let bytes = fs::read(folder().join(format!("{name}.safetensors"))).expect("a model");
        let [input_8, scores_8] = decibels(&bytes, 8, &inputs);
        let [input_16, scores_16] = decibels(&bytes, 16, &inputs);
        println!(
            "{name}: input {input_8:.1} dB with 8 bits, {input_16:.1} dB with 16; \
             scores {scores_8:.2} dB with 8 bits, {scores_16:.2} dB with 16"
        );
        // Eight more bits are 48 dB, but for values beyond the range.
        assert!(input_16 >= input_8, "{name}");
        assert!(scores_16 >= scores_8, "{name}");
    }
}
