//! A kernel that is wrong on purpose is found by the cases of spec.
//!
//! Needs: gcc
//! Thorough.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_targets::root;
use bitneural_tests::rules::Session;
use bitneural_tests::runners::c::{self, CHECKED, Process};
use bitneural_tests::runners::requests::Kernels;
use bitneural_tests::spec::{ops, raw};

/// A change of one place in a file of kernels.
struct Mutation {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const fn mutation(file: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation { file, from, to }
}

/// In `bitneural-rt/src`.
const RUST: [Mutation; 29] = [
    mutation(
        "kernels/dense.rs",
        "(2 * u0) | (u1 << 16)",
        "u0 | (u1 << 16)",
    ),
    mutation(
        "kernels/dense.rs",
        "LANE_INPUTS: usize = 128",
        "LANE_INPUTS: usize = 129",
    ),
    mutation("kernels/dense.rs", "0x0003_0003;", "0x0003_0001;"),
    mutation(
        "kernels/dense.rs",
        "(false, Some(table)) =",
        "(true, Some(table)) =",
    ),
    mutation(
        "requant.rs",
        "wrapping_shr(u32::from(shift))",
        "wrapping_shr(u32::from(shift) + 1)",
    ),
    mutation(
        "kernels/softmax.rs",
        ".wrapping_add(half)",
        ".wrapping_add(0 * half)",
    ),
    mutation(
        "interface.rs",
        ".clamp(-LIMIT, LIMIT)",
        ".clamp(-LIMIT, i32::MAX)",
    ),
    mutation("interface.rs", "value > largest", "value >= largest"),
    // A root without its first bit, a variance that is not lifted, factors below 0 forgotten.
    mutation(
        "kernels/norm.rs",
        "0_u32, 1_u32 << 30",
        "0_u32, 1_u32 << 28",
    ),
    mutation("kernels/norm.rs", "spread.wrapping_shl(lift)", "spread"),
    mutation("kernels/norm.rs", ".wrapping_mul(sign.into())", ""),
    // Slopes: never taken, taken at zero already.
    mutation(
        "requant.rs",
        "&& y < i32::from(self.zero)",
        "&& y < i32::MIN",
    ),
    mutation(
        "requant.rs",
        "y < i32::from(self.zero)",
        "y <= i32::from(self.zero)",
    ),
    // Padding: another code, a row and a column too few in front.
    mutation(
        "kernels/window.rs",
        "patch.fill(self.padding)",
        "patch.fill(self.codes.first().copied().unwrap_or(self.padding))",
    ),
    mutation(
        "kernels/window.rs",
        "-i32::from(window.pad_top)",
        "-i32::from(window.pad_top.saturating_sub(1))",
    ),
    mutation(
        "kernels/window.rs",
        "-i32::from(window.pad_left)",
        "-i32::from(window.pad_left.saturating_sub(1))",
    ),
    // Strides exchanged, dilation ignored: of patches, of pools.
    mutation(
        "kernels/window.rs",
        "self.window.stride_y",
        "self.window.stride_x",
    ),
    mutation(
        "kernels/window.rs",
        "steps(origin.x, window.dilation_x, pieces)",
        "steps(origin.x, 1, pieces)",
    ),
    mutation(
        "kernels/window.rs",
        "steps(origin.x, window.dilation_x, window.kernel_width)",
        "steps(origin.x, 1, window.kernel_width)",
    ),
    // Groups: all read the first one's channels, or have the first one's weights or constants.
    mutation(
        "kernels/conv.rs",
        "group.wrapping_mul(channels)",
        "0 * group.wrapping_mul(channels)",
    ),
    mutation(
        "kernels/conv.rs",
        "(of_group.1, ends.1, rest)",
        "(weights, ends.1, rest)",
    ),
    mutation(
        "kernels/conv.rs",
        "(of_group.1, ends.1, rest)",
        "(of_group.1, epilogue, rest)",
    ),
    // Averages: of all taps, without what padding adds.
    mutation("kernels/pool.rs", "(inside, 0)", "(all, 0)"),
    mutation(
        "kernels/pool.rs",
        "(all, all.wrapping_sub(inside))",
        "(all, 0_u32)",
    ),
    // Signed bytes as if they had no sign.
    mutation(
        "kernels/dense.rs",
        "i32::from(weight as i8)",
        "i32::from(weight)",
    ),
    mutation(
        "kernels/depthwise.rs",
        "i32::from(weight as i8)",
        "i32::from(weight)",
    ),
    // Gates: halves rounded up, lines without their rounding, a class of what is not above 0.
    mutation("kernels/gate.rs", "tangent(g >> 1)", "tangent(g / 2)"),
    mutation("kernels/gate.rs", "(place & 255) + 128", "(place & 255)"),
    mutation("interface.rs", "value > threshold", "value >= threshold"),
];

/// In `bitneural-core/src/emit/c/kernels`.
const C: [Mutation; 27] = [
    mutation("dense.h", "2u * both1 +", "both1 +"),
    mutation("dense.h", "LANE_INPUTS 128u", "LANE_INPUTS 256u"),
    mutation(
        "dense.h",
        "(word >> 14) & 0x00030003u",
        "(word >> 14) & 0x00010003u",
    ),
    mutation("dense.h", "if (inputs > 0u)", "if (inputs > 1u)"),
    mutation("requant.h", ">> 32) >> shift", ">> 32) >> (shift + 1)"),
    mutation(
        "requant.h",
        "requant->high ? requant->high",
        "requant->high ? requant->low",
    ),
    mutation(
        "softmax.h",
        "layer->multiplier + half",
        "layer->multiplier + 0u * half",
    ),
    // Slopes: never taken, taken at zero already.
    mutation("requant.h", "y < leaky->zero", "y < leaky->zero - 70000"),
    mutation("requant.h", "y < leaky->zero", "y <= leaky->zero"),
    // Padding: another code, a row and a column too few in front.
    mutation(
        "window.h",
        "to[i] = padding;",
        "to[i] = (uint8_t)(padding * 0);",
    ),
    mutation(
        "window.h",
        "- (int32_t)pad;",
        "- (int32_t)(pad > 0 ? pad - 1 : 0);",
    ),
    // Strides exchanged, dilation ignored: of patches, of pools.
    mutation("conv.h", "window->stride_y", "window->stride_x"),
    mutation("depthwise.h", "window->stride_x", "window->stride_y"),
    mutation("window.h", "column += window->dilation_x;", "column += 1;"),
    mutation(
        "window.h",
        "taps.column = window->dilation_x;",
        "taps.column = 1;",
    ),
    // Groups: all read the first one's channels, or have the first one's weights or constants.
    mutation("conv.h", "input + group * count", "input"),
    mutation("conv.h", "+ group * words", "+ 0u * words"),
    mutation("conv.h", "group * dense->outputs", "0u * dense->outputs"),
    // Averages: of all taps, without what padding adds.
    mutation(
        "norm.h",
        "bit = (uint32_t)1 << 30",
        "bit = (uint32_t)1 << 28",
    ),
    mutation("norm.h", "<< layer->lift", "<< 0"),
    mutation("pool.h", "layer->count_padding ? all : inside", "all"),
    mutation(
        "pool.h",
        "(all - inside) * layer->padding",
        "(all - inside) * 0u",
    ),
    // Signed bytes as if they had no sign.
    mutation(
        "dense.h",
        "const int8_t *bytes = (const int8_t *)weights",
        "const uint8_t *bytes = (const uint8_t *)weights",
    ),
    mutation(
        "depthwise.h",
        "const int8_t *bytes = (const int8_t *)weights",
        "const uint8_t *bytes = (const uint8_t *)weights",
    ),
    // Gates: halves rounded up, lines without their rounding, a class of what is not above 0.
    mutation("gate.h", "bn_gate_tanh(g >> 1)", "bn_gate_tanh(g / 2)"),
    mutation("gate.h", "(place & 255u) + 128", "(place & 255u)"),
    mutation("interface.h", "*value > threshold", "*value >= threshold"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutated_kernel")
}

/// The files below `from`, relative to it.
fn files(from: &Path, below: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(from.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            files(from, &path, found);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            found.insert(path, text);
        }
    }
}

/// Copies the sources to a folder, changed; says which.
fn copy(from: &Path, name: &str, mutation: Option<&Mutation>) -> PathBuf {
    let mut sources = BTreeMap::new();
    files(from, Path::new(""), &mut sources);
    if let Some(Mutation { file, from, to }) = mutation {
        let text = sources.get_mut(Path::new(file));
        let text = text.unwrap_or_else(|| panic!("no file {file}"));
        assert_eq!(
            text.matches(from).count(),
            1,
            "{file} has {from:?} not once: renew the mutation"
        );
        *text = text.replace(from, to);
    }
    let folder = folder().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    for (path, text) in sources {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn rustc(arguments: &[&str], folder: &Path) {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args([
            "--edition",
            "2024",
            "-C",
            "opt-level=1",
            "--cap-lints",
            "allow",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}:\n{messages}");
}

/// The program of the Rust kernels: `host.rs`, asked through pipes.
fn rust(name: &str, mutation: Option<&Mutation>) -> Kernels<Process> {
    let folder = copy(&root().join("bitneural-rt/src"), name, mutation);
    let host = root().join("tests/src/runners/host.rs");
    let main = format!(
        "#[path = {host:?}]
        mod host;
        use std::io::{{Read, Write, stdin, stdout}};
        fn words(count: usize) -> Option<Vec<u32>> {{
            let mut bytes = vec![0; 4 * count];
            stdin().read_exact(&mut bytes).ok()?;
            Some(bytes.as_chunks().0.iter().map(|&word| u32::from_ne_bytes(word)).collect())
        }}
        fn main() {{
            while let Some(count) = words(1) {{
                let answer = host::answer(&words(count[0] as usize).unwrap());
                let count = [answer.len() as u32];
                for word in count.iter().chain(&answer) {{
                    stdout().write_all(&word.to_ne_bytes()).unwrap();
                }}
                stdout().flush().unwrap();
            }}
        }}"
    );
    fs::write(folder.join("main.rs"), main).unwrap();
    rustc(
        &[
            "--crate-type",
            "rlib",
            "--crate-name",
            "bitneural_rt",
            "lib.rs",
        ],
        &folder,
    );
    let library = "bitneural_rt=libbitneural_rt.rlib";
    rustc(&["--extern", library, "-o", "answer", "main.rs"], &folder);
    Kernels {
        name: "Rust".to_owned(),
        answerer: Process::start(&folder.join("answer")).unwrap(),
        has_requantize: false,
    }
}

fn c(name: &str, mutation: Option<&Mutation>) -> Kernels<Process> {
    let folder = copy(&c::kernels(), name, mutation);
    let program = c::build(CHECKED, &folder, &folder);
    c::start("C", &program.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

/// The first case that fails, or at which the program ends.
fn killer(kernels: Kernels<Process>) -> Option<String> {
    let mut session = Session::new(vec![Box::new(kernels)]);
    for case in ops() {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| session.run_op(&case))).is_err();
        if ended || !session.tally.failures.is_empty() {
            return Some(case.name);
        }
    }
    for case in raw::folder("rules") {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| session.run(&case))).is_err();
        if ended || !session.tally.failures.is_empty() {
            return Some(case.name);
        }
    }
    None
}

fn kill(
    language: &str,
    build: fn(&str, Option<&Mutation>) -> Kernels<Process>,
    mutations: &[Mutation],
) {
    let name = |index: usize| format!("{language}{index}");
    assert_eq!(
        killer(build(&name(0), None)),
        None,
        "the kernels as they are"
    );
    let mut survivors = Vec::new();
    for (index, mutation) in mutations.iter().enumerate() {
        let Mutation { file, from, to } = mutation;
        match killer(build(&name(index + 1), Some(mutation))) {
            Some(case) => println!("{file}: {from} → {to}: killed by {case}"),
            None => survivors.push(format!("{file}: {from} → {to}")),
        }
    }
    assert!(
        survivors.is_empty(),
        "nothing found:\n{}",
        survivors.join("\n")
    );
}

#[test]
fn rust_mutants_are_killed() {
    kill("rust", rust, &RUST);
}

#[test]
fn c_mutants_are_killed() {
    kill("c", c, &C);
}
