//! Whole models do on an emulated chip what the reference does, in the memory that they state.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use std::fs;

use bitneural_core::network::Element;
use bitneural_core::writer::model_bytes;
use bitneural_core::{Compiled, Options, compile, reference};
use bitneural_data::{Place as Source, Request, read};
use bitneural_targets::{RV32IMC, root};
use bitneural_tests::bench::{layer_rows, models};
use bitneural_tests::elf::{Elf, Place};
use bitneural_tests::fixtures::whole;
use bitneural_tests::pages::examples;
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::model::{emulate, emulate_digits};

/// Does this with each of some models at each optimization level.
fn each(check: impl Fn(&str, &Compiled, OptLevel) + Sync) {
    if is_skipped() {
        return;
    }
    let models = [
        (
            "both kernels, logits",
            models::dense("a", &[70, 33, 10], false),
        ),
        ("softmax", models::dense("b", &[5, 24, 3], true)),
        ("one layer", models::dense("c", &[41, 3], false)),
        ("functions", functions()),
        ("sums of three", models::joined("add", &[30], 3)),
        ("concats", models::joined("concat", &[5], 3)),
        (
            "an input of 16 bits",
            whole::with_bits(&models::dense("d", &[70, 33, 10], false), 16),
        ),
    ];
    for (name, bytes) in &models {
        let compiled =
            compile(bytes, &Options::default()).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        OptLevel::at_each(|level| {
            check(
                &format!("{name} at opt-level {}", level.name()),
                &compiled,
                level,
            );
        });
    }
}

#[test]
fn models_agree_with_the_reference() {
    each(|name, compiled, level| {
        let program =
            emulate(RV32IMC, compiled, level).unwrap_or_else(|error| panic!("{name}: {error}"));
        let inputs = inputs(compiled);
        let found = program
            .run(&inputs)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for (input, answer) in inputs.iter().zip(&found.answers) {
            let tensors = reference::integer::run(&compiled.network, input);
            let output = &tensors[compiled.network.outputs[0].index()];
            assert_eq!(&answer.output, output, "{name}, input {input:?}");
            let class = reference::integer::classify(&compiled.network, &tensors);
            assert_eq!(
                usize::try_from(answer.class),
                Ok(class),
                "{name}, input {input:?}"
            );
        }
    });
}

#[test]
fn models_cannot_panic_use_no_floats_and_state_their_size() {
    each(|name, compiled, level| {
        let program =
            emulate(RV32IMC, compiled, level).unwrap_or_else(|error| panic!("{name}: {error}"));
        let elf = Elf::open(program.elf()).unwrap();
        assert_eq!(elf.panics(), [""; 0], "{name}");
        assert_eq!(elf.soft_floats(), [""; 0], "{name}");
        assert_eq!(elf.data_bytes(), 0, "{name}");

        let state = usize::try_from(elf.bytes("model::NET", Place::Zeroed)).unwrap();
        // Beside the arena, the flag that it is taken, and what aligns it.
        let arena = compiled.report.ram_bytes;
        assert!(
            (arena..=arena + 4).contains(&state),
            "{name}: {state} bytes, the arena has {arena}"
        );

        let of_model = elf.bytes("model::_::", Place::ReadOnly);
        let tables = ["softmax::POWERS", "gate::TANGENTS"].map(|table| {
            let name = format!("bitneural_rt::kernels::{table}");
            elf.bytes(&name, Place::ReadOnly)
        });
        assert_eq!(
            tables.iter().sum::<u64>() as usize,
            compiled
                .program
                .tables
                .iter()
                .map(|table| table.bytes())
                .sum::<usize>(),
            "{name}: {tables:?}"
        );
        let statics = usize::try_from(of_model + tables.iter().sum::<u64>()).unwrap();
        let stated = compiled.report.flash_bytes;
        assert!(
            statics <= stated,
            "{name}: {statics} bytes of statics, {stated} stated"
        );
        // For speed the compiler takes statics apart and puts constants into the code. For size it does so
        // with records, of 36 bytes at most; those of conversions, three of 8 bytes, are not used here.
        let records = 36 * compiled.plan.steps.len() + 24;
        if level != OptLevel::Three {
            assert!(
                statics + records >= stated,
                "{name}: {statics} bytes of statics, {stated} stated"
            );
        }
    });
}

/// Tables, and a sigmoid of one output: the example of docs/format.md.
fn functions() -> Vec<u8> {
    let found = examples()
        .into_iter()
        .find(|example| example.0["name"] == "bends");
    let (metadata, tensors) = found.expect("an example of that name");
    model_bytes(&metadata, &tensors).expect("shapes fit")
}

/// The bound is for all levels, so the level that needs most decides how far off it may be.
#[test]
fn stack_is_within_the_stated_bound_and_not_far_below() {
    if is_skipped() {
        return;
    }
    let mnist = root().join("examples/digits/models/mnist_cnn.safetensors");
    let mut models = models::all();
    models.extend([
        ("tilt".to_owned(), whole::tilt()),
        ("channels_first".to_owned(), whole::channels_first()),
        ("functions".to_owned(), functions()),
        (
            "many outputs".to_owned(),
            models::dense("a", &[30, 300], false),
        ),
        (
            "tables".to_owned(),
            models::dense("b", &[70, 100, 100, 10], true),
        ),
        ("many layers".to_owned(), models::dense("c", &[30; 7], true)),
        ("maximum".to_owned(), models::joined("maximum", &[30], 2)),
        ("add of three".to_owned(), models::joined("add", &[30], 3)),
        (
            "minimum of four".to_owned(),
            models::joined("minimum", &[30], 4),
        ),
        (
            "average of twelve".to_owned(),
            models::joined("average", &[30], 12),
        ),
        ("frames".to_owned(), models::frames()),
        ("average pools".to_owned(), models::average_pools()),
        (
            "concat of twenty".to_owned(),
            models::joined("concat", &[3], 20),
        ),
        (
            "dense of 16 bits".to_owned(),
            whole::with_bits(&models::dense("d", &[70, 33, 10], false), 16),
        ),
        (
            "conv of 16 bits".to_owned(),
            whole::with_bits(&fs::read(&mnist).expect("a model"), 16),
        ),
    ]);
    let mut wrong = Vec::new();
    for (name, bytes) in &models {
        let compiled =
            compile(bytes, &Options::default()).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let bound = compiled.report.stack_bytes;
        let painted = OptLevel::at_each(|level| painted(&compiled, level));
        let most = painted.into_iter().max().unwrap();
        if most > bound || 2 * bound > 3 * most {
            wrong.push(format!(
                "{name}: {painted:?} bytes painted at 3, s, z; {bound} stated"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "by bitneural-core/src/plan/cost.rs: {wrong:#?}"
    );
}

/// The most stack of some inputs, bytes.
fn painted(compiled: &Compiled, level: OptLevel) -> usize {
    let program = emulate(RV32IMC, compiled, level).unwrap_or_else(|error| panic!("{error}"));
    let found = program
        .run(&inputs(compiled))
        .unwrap_or_else(|error| panic!("{error}"));
    let bytes = found.answers.iter().map(|answer| answer.stack_bytes);
    usize::try_from(bytes.max().unwrap()).unwrap()
}

/// What the macro makes of a file is what the compiler makes of it, down to the instruction.
#[test]
fn the_macro_includes_the_same_model() {
    if is_skipped() {
        return;
    }
    let file = fs::read(root().join("examples/digits/models/digits_mlp.safetensors")).unwrap();
    let compiled = compile(&file, &Options::default()).unwrap_or_else(|errors| panic!("{errors}"));
    let level = OptLevel::Three;
    let included =
        emulate_digits(RV32IMC, &compiled, level).unwrap_or_else(|error| panic!("{error}"));
    let printed = emulate(RV32IMC, &compiled, level).unwrap_or_else(|error| panic!("{error}"));
    let inputs = inputs(&compiled);
    let expected = printed
        .run(&inputs)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        included
            .run(&inputs)
            .unwrap_or_else(|error| panic!("{error}")),
        expected
    );
    let elf = Elf::open(included.elf()).unwrap();
    assert_eq!(elf.panics(), [""; 0]);
    assert_eq!(elf.soft_floats(), [""; 0]);
    assert_eq!(elf.data_bytes(), 0);
}

/// The 500 images that did not train, and 100 of MNIST's test set.
#[test]
fn test_images_give_the_same_bits_on_the_chip() {
    if is_skipped() {
        return;
    }
    let digits = ("digits_mlp", "digits/digits.csv.gz", None, 64, 1297..1797);
    let labels = Some("mnist/test-labels-5k.idx1-ubyte.gz");
    let mnist = (
        "mnist_cnn",
        "mnist/test-images-5k.idx3-ubyte.gz",
        labels,
        784,
        0..100,
    );
    for (name, images, labels, elements, range) in [digits, mnist] {
        let path = root().join(format!("examples/digits/models/{name}.safetensors"));
        let compiled = compile(&fs::read(path).unwrap(), &Options::default())
            .unwrap_or_else(|errors| panic!("{errors}"));
        let place = |file: &str| Source::new(root().join("tests/data").join(file));
        let data = read(&Request {
            inputs: &place(images),
            labels: labels.map(place).as_ref(),
            elements,
            classes: Some(10),
        })
        .unwrap_or_else(|error| panic!("{error}"));
        let data = data.slice(range).expect("so many images");
        let network = &compiled.network;
        let inputs: Vec<Vec<i32>> = data
            .iter()
            .map(|image| reference::integer::quantize_input(network, image))
            .collect();
        let program = emulate(RV32IMC, &compiled, OptLevel::Three)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = program
            .run(&inputs)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for (input, answer) in inputs.iter().zip(&found.answers) {
            assert_eq!(
                answer.output,
                reference::integer::output(network, input),
                "{name}"
            );
        }
    }
}

/// `cargo test -p bitneural-tests --test emulated_models layers -- --nocapture` prints what each takes.
#[test]
fn layers_add_up_to_the_instructions_of_the_model() {
    if is_skipped() {
        return;
    }
    let name = "mnist_cnn";
    let file = fs::read(root().join(format!("examples/digits/models/{name}.safetensors"))).unwrap();
    let compiled = compile(&file, &Options::default()).unwrap_or_else(|errors| panic!("{errors}"));
    let input = models::input(1, compiled.program.inputs[0].shape.iter().product());
    let rows =
        layer_rows(RV32IMC, name, &compiled, &input).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rows.len(), compiled.plan.steps.len());
    println!("{name} on rv32imc, opt-level 3:");
    for row in &rows {
        println!(
            "{:>10} instructions {:>9} MACs  {} ({})",
            row.instructions, row.macs, row.layer, row.kernel
        );
    }
    let sum: u64 = rows.iter().map(|row| row.instructions).sum();
    let whole = emulate(RV32IMC, &compiled, OptLevel::Three)
        .and_then(|program| program.run(&[input]))
        .unwrap_or_else(|error| panic!("{error}"));
    let whole = whole.answers[0].instructions.unsigned_abs();
    println!("{whole:>10} instructions of `predict_quantized`");
    // Beside the kernels there are copies of the input and of the output.
    assert!(sum < whole && whole - sum < whole / 50, "{sum} of {whole}");
}

fn inputs(compiled: &Compiled) -> Vec<Vec<i32>> {
    let elements = compiled.program.inputs[0].shape.iter().product();
    // Bytes, or both bytes alike.
    let is_wide = compiled.program.inputs[0].element == Element::U16;
    let unit = if is_wide { 257 } else { 1 };
    let mut inputs = vec![vec![0; elements], vec![255; elements]];
    inputs.extend((0..6).map(|seed| models::input(seed, elements)));
    for code in inputs.iter_mut().flatten() {
        *code *= unit;
    }
    inputs
}
