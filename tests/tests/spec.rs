//! The compiler, the reference, the Rust kernels and the C kernels give what spec demands, bit for bit.
//!
//! Needs: python3, gcc, g++

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use bitneural_targets::root;
use bitneural_tests::rules::{Session, is_in_its_file};
use bitneural_tests::runners::c::{self, COMPILERS};
use bitneural_tests::runners::implementation::Implementation;
use bitneural_tests::runners::reference::{Reference, obligations};
use bitneural_tests::runners::requests::host;
use bitneural_tests::spec::op::Op;
use bitneural_tests::spec::{Element, ops, raw};

/// The C kernels as each compiler makes them.
static PROGRAMS: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("spec");
    let build = |compiler| c::build(compiler, &c::kernels(), &folder);
    let programs =
        COMPILERS.map(|compiler| build(compiler).unwrap_or_else(|error| panic!("{error}")));
    programs.into()
});

/// The reference, the Rust kernels and the C kernels.
fn session() -> Session {
    let mut all: Vec<Box<dyn Implementation>> = vec![Box::new(Reference), Box::new(host())];
    for (compiler, program) in COMPILERS.iter().zip(&*PROGRAMS) {
        all.push(Box::new(c::start(compiler.name, program).unwrap()));
    }
    Session::new(all)
}

/// The cases that nobody can run yet: each reason with its number of cases. When a feature comes, its
/// line goes.
const EXCUSED: [(&str, usize); 0] = [];

#[test]
fn rules() {
    let mut session = session();
    for case in raw::folder("rules") {
        assert!(
            is_in_its_file(&case),
            "{}: {} is no rule of this file",
            case.name,
            case.rule
        );
        session.run(&case);
    }
    session.exponentials(&raw::exponentials());
    session.tangents(&raw::tangents());
    session.tally.assert_clean();
    println!("{}", session.tally.table());
    let excused = session
        .tally
        .excused
        .iter()
        .map(|(reason, cases)| (reason.as_str(), cases.len()));
    assert_eq!(
        excused.collect::<Vec<_>>(),
        EXCUSED,
        "{:#?}",
        session.tally.excused
    );
    for rule in [
        "R1", "R4", "R5", "R6", "R7", "R11", "R14", "R16", "R17", "R18", "R19", "R20", "R21",
        "R22", "R23",
    ] {
        for implementation in &session.implementations {
            let name = implementation.name();
            let mut asked = session.tally.compared.keys();
            let is_asked = asked.any(|(subject, who)| subject == rule && who.starts_with(name));
            assert!(is_asked, "{name} was not asked for {rule}");
        }
    }
}

#[test]
fn examples_of_the_page() {
    let mut session = session();
    for case in raw::examples() {
        session.run(&case);
    }
    session.tally.assert_clean();
    println!("{}", session.tally.table());
    assert!(session.tally.excused.is_empty());
}

#[test]
fn ops_by_every_kernel() {
    let mut session = session();
    for case in ops() {
        assert_eq!(case.input.len(), case.output.len(), "{}", case.name);
        for row in &case.input {
            let held = obligations(&case.op, row.len());
            assert_eq!(held, Ok(()), "{}", case.name);
        }
        session.run_op(&case);
    }
    session.tally.assert_clean();
    println!("{}", session.tally.table());
    assert!(session.tally.excused.is_empty());
}

#[test]
fn quantizers() {
    let mut session = Session::new(Vec::new());
    let files = raw::files("quantizers");
    assert_eq!(files, ["absmean", "median", "optimal", "twn"]);
    for case in raw::folder("quantizers") {
        assert_eq!(case.rule, "R30", "{}", case.name);
        assert_eq!(
            case.fields["quantizer"].as_str(),
            Some(case.file.as_str()),
            "{}",
            case.name
        );
        session.run(&case);
    }
    session.tally.assert_clean();
    println!("{}", session.tally.table());
    assert!(session.tally.excused.is_empty());
}

/// The comparison is worth something: a case of each file with one result changed fails, and is named.
#[test]
fn a_wrong_expectation_is_found() {
    let mut session = Session::new(vec![Box::new(Reference), Box::new(host())]);
    let results = [
        (
            "accumulator",
            ["accumulator", "acc_low", "acc_high", "weight_sum"].as_slice(),
        ),
        ("add", &["shift", "multipliers", "bias", "codes"]),
        (
            "affine",
            &[
                "trits",
                "pre_shift",
                "shift",
                "multiplier",
                "bias",
                "constant",
                "codes",
            ],
        ),
        (
            "average_pool",
            &["pre_shift", "shift", "multiplier", "bias", "codes"],
        ),
        ("clamps", &["low", "high"]),
        ("classify", &["class"]),
        ("compose", &["a", "b"]),
        ("concat", &["union", "scale", "zero_point"]),
        (
            "constants",
            &["multiplier", "bias", "shift", "pre_shift", "constant"],
        ),
        ("embedding", &["codes"]),
        ("fixed", &["scale", "zero_point"]),
        (
            "gate_sums",
            &[
                "pre_shifts",
                "shift",
                "multipliers_x",
                "multipliers_h",
                "bias",
                "bias_h",
                "gates",
            ],
        ),
        ("gates", &["tanh", "sigmoid", "table_sum"]),
        (
            "gru",
            &[
                "z",
                "r",
                "argument",
                "n",
                "new_h",
                "codes",
                "reset_h",
                "reset_codes",
            ],
        ),
        ("input", &["factor", "offset", "codes"]),
        ("int8_weights", &["codes"]),
        (
            "layer_norm",
            &[
                "a",
                "epsilon_code",
                "sum",
                "squares",
                "v",
                "j",
                "root",
                "reciprocal",
                "normalized",
                "signs",
                "pre_shift",
                "shift",
                "multiplier",
                "bias",
                "codes",
            ],
        ),
        (
            "leaky",
            &[
                "pre_shift",
                "shift",
                "negative_shift",
                "multiplier",
                "bias",
                "negative_multiplier",
                "negative_bias",
                "constant",
                "codes",
            ],
        ),
        (
            "lstm",
            &["activated", "new_cell", "tanh_cell", "h", "codes"],
        ),
        ("max_pool", &["code"]),
        (
            "multiply",
            &["pre_shift", "shift", "multiplier", "bias", "codes"],
        ),
        ("notation", &["result"]),
        ("output", &["factor", "output"]),
        ("padding", &["output", "before", "after"]),
        ("ranges", &["scale", "zero_point"]),
        ("requantize", &["codes"]),
        ("simple_rnn", &["h", "codes"]),
        (
            "softmax",
            &[
                "multiplier",
                "shift",
                "guard",
                "numerators",
                "reciprocal",
                "codes",
                "wide",
            ],
        ),
        ("tables", &["entries"]),
    ];
    for (file, results) in results {
        let cases = raw::cases("rules", file);
        let has_all = |case: &&raw::Raw| {
            let mut results = results.iter();
            results.all(|result| case.fields.contains_key(*result))
        };
        // The first that has them all and is not excused.
        let mut cases = cases.iter().filter(has_all);
        let case = cases.find(|case| {
            let excused = session.tally.excused.len();
            session.run(case);
            session.tally.excused.len() == excused
        });
        let case = case.unwrap();
        for result in results {
            assert!(
                session.finds_a_wrong(case, result),
                "{}: {result}",
                case.name
            );
        }
    }
    for file in raw::files("quantizers") {
        let case = &raw::cases("quantizers", &file)[0];
        assert!(session.finds_a_wrong(case, "trits"), "{}", case.name);
    }
    for mut case in ops() {
        let last = case
            .output
            .last_mut()
            .and_then(|row| row.last_mut())
            .unwrap();
        *last ^= 1;
        let before = session.tally.failures.len();
        session.run_op(&case);
        // The reference and each way of the Rust kernels.
        let ways = match &case.op {
            // Tables are made of bytes.
            Op::Dense(op) if op.weights.is_int8 || op.reads == Element::U16 => 1 + 2,
            Op::Dense(_) => 1 + 4,
            Op::Conv(_) | Op::Depthwise(_) | Op::MaxPool(_) | Op::AveragePool(_) => 1 + 2,
            Op::Add(_) | Op::Multiply(_) | Op::Pick(_) => 1 + 3,
            Op::Concat(_) => 1 + 2,
            Op::Recurrent(_) => 1 + 2,
            Op::Frame(_) => 1 + 2,
            Op::Embedding(_) => 1 + 1,
            Op::LayerNorm(_) => 1 + 2,
            Op::Table(_) => 1 + 2,
            Op::Gate(_) => 1 + 1,
            Op::Softmax(_) => 1 + 1,
        };
        assert_eq!(session.tally.failures.len() - before, ways, "{}", case.name);
    }
}

/// A case with a field or a rule that nobody reads is no case.
#[test]
fn unknown_fields_and_rules_are_refused() {
    for case in raw::folder("rules")
        .iter()
        .chain(&raw::folder("quantizers"))
    {
        let refused = |case: &raw::Raw| {
            let mut session = Session::new(Vec::new());
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.run(case))).is_err()
        };
        let mut wrong = case.clone();
        wrong.fields.insert("unknown".to_owned(), 1.into());
        assert!(refused(&wrong), "{}: an unknown field", case.name);
        wrong = case.clone();
        wrong.rule = "R99".to_owned();
        assert!(refused(&wrong), "{}: an unknown rule", case.name);
    }
}

fn generate(argument: &str) {
    let output = Command::new("python3")
        .arg("spec/generate.py")
        .arg(argument)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("python3: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn expected_values_are_what_the_rules_give() {
    generate("--check");
}

#[test]
fn examples_of_the_page_are_what_the_rules_give() {
    generate("--examples");
}
