//! The figures of `bench/results/compile.toml`: what the macro costs whoever builds a project with it.
//!
//! Seconds depend on the machine and on what else it does, so they are written down and not compared;
//! the number of crates is.

use std::fmt::Write;
use std::fs;
use std::io;
use std::process::Command;
use std::thread;
use std::time::Instant;

use bitneural_targets::root;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::fixtures::whole::{file, floats};
use crate::models::Random;
use crate::project::{Project, errors};

/// The most crates that the macro may add to a project.
const GOAL_CRATES: u64 = 25;
/// The longest that a project with the macro may take to build from nothing, downloads apart, on two cores.
const GOAL_COLD_SECONDS: f64 = 15.0;
/// Jobs of the build from nothing: the goal is for two cores.
const COLD_JOBS: usize = 2;
/// Expansions are measured so often, and the median taken.
const EXPANSIONS: usize = 5;
/// Builds from nothing are measured so often, and the fastest taken: nothing makes one too fast.
const COLD_BUILDS: usize = 3;

/// A model whose expansion is measured: one dense layer.
struct Size {
    name: &'static str,
    inputs: usize,
    outputs: usize,
    goal_seconds: f64,
}

/// What the others are compared with: rustc and cargo take their time whatever the model.
const TINY: Size = Size {
    name: "tiny",
    inputs: 4,
    outputs: 3,
    goal_seconds: 0.0,
};

const SIZES: [Size; 2] = [
    Size {
        name: "one_million",
        inputs: 1000,
        outputs: 1000,
        goal_seconds: 1.0,
    },
    Size {
        name: "ten_million",
        inputs: 2500,
        outputs: 4000,
        goal_seconds: 8.0,
    },
];

/// A file of results, its heading apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// What `rustc --version` said.
    pub rustc: String,
    /// Name of the processor.
    pub processor: String,
    /// How many threads run at once.
    pub cores: u64,
    /// Load of the last minute before and after the measurements: over `cores`, wall clocks say little.
    pub load: [f64; 2],
    /// What the macro adds to a project's dependencies.
    pub crates: Crates,
    /// Building a project with a tiny model, from nothing.
    pub cold_build: Row,
    /// A row for each model: the project built again after a change of its source, less the same with a tiny model.
    pub expansion: Vec<Expansion>,
}

/// How many crates bitneural-rt and all below it are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crates {
    /// `cargo tree` without the project itself.
    pub count: u64,
    /// No more than this.
    pub goal: u64,
}

/// What a build took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// By the clock.
    pub wall_seconds: f64,
    /// Of all processes together, user and system.
    pub cpu_seconds: f64,
    /// No more than this, by the clock.
    pub goal_seconds: f64,
}

/// What a model took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expansion {
    /// Weights of the model.
    pub weights: u64,
    /// The time.
    #[serde(flatten)]
    pub row: Row,
}

/// Seconds of one build.
#[derive(Debug, Clone, Copy)]
struct Time {
    wall: f64,
    cpu: f64,
}

/// Measures all of it: some minutes.
///
/// # Errors
/// When a project does not build.
pub fn measure() -> io::Result<Results> {
    let load_before = load();
    let project = project()?;
    let mut cold = Vec::new();
    for _ in 0..COLD_BUILDS {
        project.clean()?;
        let command = format!("build --package {} --jobs {COLD_JOBS}", TINY.name);
        cold.push(timed(&project, &command)?);
    }
    let tiny = expansion(&project, &TINY)?;
    let mut rows = Vec::new();
    for size in &SIZES {
        let time = expansion(&project, size)?;
        rows.push(Expansion {
            weights: (size.inputs * size.outputs) as u64,
            row: Row {
                wall_seconds: rounded(time.wall - tiny.wall),
                cpu_seconds: rounded(time.cpu - tiny.cpu),
                goal_seconds: size.goal_seconds,
            },
        });
    }
    let fastest =
        |seconds: fn(&Time) -> f64| cold.iter().map(seconds).fold(f64::INFINITY, f64::min);
    Ok(Results {
        rustc: rustc()?,
        processor: processor(),
        cores: thread::available_parallelism()?.get() as u64,
        load: [load_before, load()],
        crates: crates()?,
        cold_build: Row {
            wall_seconds: rounded(fastest(|time| time.wall)),
            cpu_seconds: rounded(fastest(|time| time.cpu)),
            goal_seconds: GOAL_COLD_SECONDS,
        },
        expansion: rows,
    })
}

/// Counts the crates, the figure that is the same everywhere.
///
/// # Errors
/// When cargo fails.
pub fn crates() -> io::Result<Crates> {
    let project = project()?;
    let command = format!(
        "tree --package {} --edges normal,build --prefix none --format {{p}}",
        TINY.name
    );
    let output = project.cargo(&command)?;
    if !output.status.success() {
        return Err(io::Error::other(errors(&output)));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // Crates that were listed before are marked `(*)`; where a crate lies is of no interest.
    let mut names: Vec<String> = text
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    Ok(Crates {
        count: names.len().saturating_sub(1) as u64,
        goal: GOAL_CRATES,
    })
}

/// A workspace with a crate for each model, which includes it by the macro as a user would.
fn project() -> io::Result<Project> {
    let project = Project::new(root().join("target/bench/compile"))?;
    for size in [&TINY].into_iter().chain(&SIZES) {
        let files: [(&str, &[u8]); 1] = [("models/net.safetensors", &model(size))];
        project.add(size.name, "bitneural-rt", &source(0), &files)?;
    }
    Ok(project)
}

/// The source of a crate, as it is after a number of changes.
fn source(changes: usize) -> String {
    format!(
        "#![no_std]\nbitneural_rt::include_ternary_model!(pub struct Net = \"models/net.safetensors\");\n// {changes}\n"
    )
}

/// A dense layer of floats, whose ranges are recorded.
fn model(size: &Size) -> Vec<u8> {
    let mut random = Random::new(size.inputs as u64);
    let mut values =
        |count: usize| -> Vec<f32> { (0..count).map(|_| random.symmetric() as f32).collect() };
    let metadata = json!({
        "version": 1, "name": size.name, "layout": "torch",
        "inputs": [{ "id": "x", "shape": [size.inputs], "range": [0.0, 1.0], "range_kind": "declared" }],
        "outputs": ["fc"],
        "layers": [{
            "id": "fc", "type": "dense", "units": size.outputs, "range": [-20.0, 20.0], "samples": 1000,
            "tensors": { "kernel": "fc.weight", "bias": "fc.bias" },
        }],
    });
    let (weights, biases) = (values(size.inputs * size.outputs), values(size.outputs));
    let tensors = [
        floats("fc.weight", &[size.outputs, size.inputs], &weights),
        floats("fc.bias", &[size.outputs], &biases),
    ];
    file(&metadata, &tensors)
}

/// The median time of a build after a change of a crate's source.
fn expansion(project: &Project, size: &Size) -> io::Result<Time> {
    let command = format!("build --package {}", size.name);
    // What does not change is built before.
    timed(project, &command)?;
    let mut times = Vec::new();
    for change in 1..=EXPANSIONS {
        fs::write(project.member(size.name).join("src/lib.rs"), source(change))?;
        times.push(timed(project, &command)?);
    }
    let median = |seconds: fn(&Time) -> f64| {
        let mut all: Vec<f64> = times.iter().map(seconds).collect();
        all.sort_by(f64::total_cmp);
        all[EXPANSIONS / 2]
    };
    Ok(Time {
        wall: median(|time| time.wall),
        cpu: median(|time| time.cpu),
    })
}

fn timed(project: &Project, command: &str) -> io::Result<Time> {
    let (start, before) = (Instant::now(), children_cpu_seconds());
    let output = project.cargo(command)?;
    let time = Time {
        wall: start.elapsed().as_secs_f64(),
        cpu: children_cpu_seconds() - before,
    };
    if output.status.success() {
        Ok(time)
    } else {
        Err(io::Error::other(errors(&output)))
    }
}

/// Processor seconds of the processes that have ended below this one, theirs included; 0 where the
/// system does not tell.
fn children_cpu_seconds() -> f64 {
    /// Linux counts for programs in hundredths of a second, whatever its own clock (proc_pid_stat(5)).
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is a name in parentheses, which may contain spaces; cutime and cstime are 16 and 17.
    let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = fields.split(' ').skip(13).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS
}

/// Processes that were ready to run, on average over the last minute; 0 where the system does not tell.
fn load() -> f64 {
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = loads.split(' ').next().and_then(|load| load.parse().ok());
    minute.unwrap_or(0.0)
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": "));
    name.map_or("unknown", |(_, name)| name).to_owned()
}

fn rustc() -> io::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// To hundredths, the resolution of processor seconds.
fn rounded(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

impl Results {
    /// The file, with a heading that says which command wrote it.
    ///
    /// # Panics
    /// Never: these types can be written as TOML.
    #[must_use]
    pub fn to_file(&self, command: &str) -> String {
        let mut file = String::new();
        let body = toml::to_string(self).expect("these types can be written as TOML");
        // Writing to a string does not fail.
        let _ = writeln!(
            file,
            "# Written by `{command}`. Seconds are those of this machine and its load, and never compared;\n\
             # the macro is unoptimized, as cargo builds it unless told otherwise. The number of crates is compared."
        );
        file + &body
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it has other tables or fields.
    pub fn from_file(text: &str) -> Result<Results, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// What is different, in sentences.
    #[must_use]
    pub fn differences(&self, found: &Crates) -> Vec<String> {
        let mut all = Vec::new();
        if self.crates != *found {
            all.push(format!(
                "the macro adds {} crates to a project, committed are {}",
                found.count, self.crates.count
            ));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_they_were_written() {
        let row = Row {
            wall_seconds: 1.25,
            cpu_seconds: 2.5,
            goal_seconds: 15.0,
        };
        let crates = Crates { count: 3, goal: 25 };
        let results = Results {
            rustc: "rustc 1.96.0".to_owned(),
            processor: "a processor".to_owned(),
            cores: 2,
            load: [0.5, 1.5],
            crates: crates.clone(),
            cold_build: row,
            expansion: vec![Expansion { weights: 9, row }],
        };
        let file = results.to_file("cargo xtask bench compile");
        assert_eq!(Results::from_file(&file).as_ref(), Ok(&results), "{file}");
        assert_eq!(results.differences(&crates), [""; 0]);
        let more = Crates { count: 4, goal: 25 };
        assert_eq!(
            results.differences(&more),
            ["the macro adds 4 crates to a project, committed are 3"]
        );
    }

    #[test]
    fn processor_seconds_of_children_are_counted() {
        let before = children_cpu_seconds();
        let status = Command::new("rustc").args(["--print", "cfg"]).output();
        assert!(status.unwrap().status.success());
        assert!(children_cpu_seconds() > before || !cfg!(target_os = "linux"));
    }
}
