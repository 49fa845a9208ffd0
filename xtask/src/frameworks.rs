//! `cargo xtask frameworks`: compares spec/frameworks with what Keras and PyTorch compute, or writes it anew.
//!
//! A chore and no part of the tests: the frameworks are some hundred megabytes, which nothing else here needs.

use std::path::{Path, PathBuf};

use bitneural_targets::{find_program, root};
use xshell::{Shell, cmd};

use crate::Error;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Whose models; those of both if none is named
    frameworks: Vec<Framework>,
    /// Compare with the committed files instead of writing them
    #[arg(long)]
    check: bool,
    /// The Python that has the framework
    #[arg(long)]
    python: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Framework {
    /// Keras on jax
    Keras,
    /// `PyTorch`
    Torch,
}

impl Framework {
    const ALL: [Self; 2] = [Self::Keras, Self::Torch];

    /// Its word for `spec/frameworks/make.py`, and the name of its folders.
    fn name(self) -> &'static str {
        match self {
            Self::Keras => "keras",
            Self::Torch => "torch",
        }
    }

    /// The modules that its part of `make.py` imports.
    fn modules(self) -> &'static [&'static str] {
        match self {
            Self::Keras => &["numpy", "jax", "keras"],
            Self::Torch => &["numpy", "torch"],
        }
    }

    /// Where it is looked for: an environment of its own below `root`, then the system's Python, for which
    /// Debian has `PyTorch`, then the one of `PATH`.
    fn pythons(self, root: &Path) -> Vec<PathBuf> {
        let own = root.join(environment(self)).join("bin/python");
        let all = [
            Some(own),
            Some("/usr/bin/python3".into()),
            find_program("python3"),
        ];
        all.into_iter()
            .flatten()
            .filter(|python| python.is_file())
            .collect()
    }
}

/// The folder of a framework's environment.
fn environment(framework: Framework) -> String {
    format!("target/frameworks/{}", framework.name())
}

/// Gives whether the files are as the frameworks make them, or were written.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Result<bool, Error> {
    let chosen: &[Framework] = match &arguments.frameworks[..] {
        [] => &Framework::ALL,
        named => named,
    };
    let check = arguments.check.then_some("--check");
    let mut is_good = true;
    for &framework in chosen {
        let name = framework.name();
        let pythons = match &arguments.python {
            Some(python) => vec![python.clone()],
            None => framework.pythons(root()),
        };
        let Some(python) = pythons.iter().find(|python| has(shell, python, framework)) else {
            println!("{}", missing(framework, &pythons));
            is_good = false;
            continue;
        };
        println!("== {name}, with {}", python.display());
        let done = cmd!(shell, "{python} spec/frameworks/make.py {name} {check...}").run();
        if let Err(error) = done {
            eprintln!("{error}");
            is_good = false;
        }
    }
    Ok(is_good)
}

/// Whether a Python can import what the framework needs.
fn has(shell: &Shell, python: &Path, framework: Framework) -> bool {
    let import = format!("import {}", framework.modules().join(", "));
    cmd!(shell, "{python} -c {import}")
        .env("KERAS_BACKEND", "jax")
        .env("JAX_PLATFORMS", "cpu")
        .quiet()
        .ignore_stdout()
        .ignore_stderr()
        .run()
        .is_ok()
}

/// What is missing, and how to get it.
fn missing(framework: Framework, asked: &[PathBuf]) -> String {
    let name = framework.name();
    let modules = framework.modules().join(", ");
    let asked: Vec<String> = asked
        .iter()
        .map(|python| python.display().to_string())
        .collect();
    let asked = match &asked[..] {
        [] => "there is no Python".to_owned(),
        asked => format!("asked were {}", asked.join(" and ")),
    };
    let folder = environment(framework);
    let mut text = format!(
        "== {name}: not run: needs a Python 3.11 that can import {modules} ({asked})\n\
         to get one:\n    \
         python3 -m venv {folder}\n    \
         {folder}/bin/pip install -r spec/frameworks/requirements-{name}.txt"
    );
    if framework == Framework::Torch {
        text += "\nor on Debian:\n    apt install python3-torch";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_that_a_framework_needs_are_there() {
        for framework in Framework::ALL {
            let folder = root().join("spec/frameworks");
            let name = framework.name();
            assert!(folder.join(name).is_dir(), "{name}");
            let requirements = folder.join(format!("requirements-{name}.txt"));
            let requirements = std::fs::read_to_string(requirements).unwrap();
            for module in framework.modules() {
                let is_named = |line: &str| {
                    line.starts_with(&format!("{module}="))
                        || line.starts_with(&format!("{module}>"))
                };
                assert!(requirements.lines().any(is_named), "{name}: {module}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let shell = Shell::new().unwrap();
        let none = Path::new("/nonexistent/python3");
        assert!(!has(&shell, none, Framework::Keras));
        let text = missing(Framework::Keras, &[none.to_owned()]);
        assert!(
            text.contains("not run: needs a Python 3.11 that can import numpy, jax, keras"),
            "{text}"
        );
        assert!(text.contains("asked were /nonexistent/python3"), "{text}");
        assert!(
            text.contains("pip install -r spec/frameworks/requirements-keras.txt"),
            "{text}"
        );
        assert!(!text.contains("apt install"), "{text}");
        let text = missing(Framework::Torch, &[]);
        assert!(
            text.contains("there is no Python") && text.contains("apt install python3-torch"),
            "{text}"
        );
    }
}
