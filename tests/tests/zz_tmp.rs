//! Temporary.
use bitneural_core::{Options, compile};
use bitneural_targets::RV32IMC;
use bitneural_tests::bench::{layer_rows, models};
use bitneural_tests::runners::emulated::OptLevel;
use bitneural_tests::runners::model::emulate;

#[test]
fn rows() {
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, bytes) in [
        ("add", models::joined("add", &[16, 16, 32], 2)),
        ("add3", models::joined("add", &[16, 16, 32], 3)),
        ("multiply", models::joined("multiply", &[16, 16, 32], 2)),
        ("maximum", models::joined("maximum", &[16, 16, 32], 2)),
        ("max3", models::joined("maximum", &[16, 16, 32], 3)),
        ("concat", models::joined("concat", &[16, 16, 16], 2)),
        ("minimum", models::joined("minimum", &[30], 2)),
        ("average3", models::joined("average", &[30], 3)),
        ("average12", models::joined("average", &[30], 12)),
        ("average40", models::joined("average", &[30], 40)),
        ("min4", models::joined("minimum", &[30], 4)),
        ("min20", models::joined("minimum", &[30], 20)),
        ("concat20", models::joined("concat", &[3], 20)),
        ("concat60", models::joined("concat", &[1], 60)),
    ] {
        if !only.is_empty() && only != name {
            continue;
        }
        let compiled = compile(&bytes, &Options::default()).unwrap();
        let input = models::input(1, compiled.program.inputs[0].shape.iter().product());
        for row in layer_rows(RV32IMC, name, &compiled, &input).unwrap() {
            println!(
                "{name} {} {} {:.2}",
                row.kernel,
                row.instructions,
                row.instructions as f64 / 8192.0
            );
        }
        let level = OptLevel::ALL.map(|level| {
            let found = emulate(RV32IMC, &compiled, level)
                .unwrap()
                .run(&[input.clone()])
                .unwrap();
            (found.answers[0].stack_bytes, found.answers[0].instructions)
        });
        println!("   {level:?} bound {}", compiled.report.stack_bytes);
    }
}
