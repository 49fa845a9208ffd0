//! Programs that answer requests, such as the C kernels compiled in several ways.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bitneural_targets::root;

use super::requests::{Answerer, Kernels};

/// A way to compile the C kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compiler {
    /// For messages, and the name of the program.
    pub name: &'static str,
    /// `gcc` or `g++`.
    pub program: &'static str,
    /// Standard and optimization.
    pub options: &'static [&'static str],
}

/// With checks of undefined behaviour and of accesses beyond a buffer.
pub const CHECKED: Compiler = Compiler {
    name: "C, checked",
    program: "gcc",
    options: &[
        "-std=c99",
        "-O1",
        "-g",
        "-fsanitize=undefined,address",
        "-fno-sanitize-recover=all",
    ],
};

/// All the ways in which tests compile them.
pub const COMPILERS: [Compiler; 5] = [
    Compiler {
        name: "C99 -O0",
        program: "gcc",
        options: &["-std=c99", "-O0"],
    },
    Compiler {
        name: "C99 -O3",
        program: "gcc",
        options: &["-std=c99", "-O3"],
    },
    Compiler {
        name: "C99 -Os",
        program: "gcc",
        options: &["-std=c99", "-Os"],
    },
    Compiler {
        name: "C++11 -O2",
        program: "g++",
        options: &["-x", "c++", "-std=c++11", "-O2"],
    },
    CHECKED,
];

/// Where the kernels are.
#[must_use]
pub fn kernels() -> PathBuf {
    root().join("bitneural-core/src/emit/c/kernels")
}

/// Compiles the kernels of the folder `kernels` in the folder `work`: a program that answers requests.
///
/// # Errors
/// What the compiler says.
pub fn build(compiler: Compiler, kernels: &Path, work: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(work)?;
    let file = work.join(compiler.name.replace([' ', ','], "_"));
    let output = Command::new(compiler.program)
        .args(compiler.options)
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .arg(kernels)
        .arg(root().join("tests/src/runners/c/answer.c"))
        .arg("-o")
        .arg(&file)
        .output()
        .map_err(|error| io::Error::other(format!("{}: {error}", compiler.program)))?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("{}:\n{messages}", compiler.name)));
    }
    Ok(file)
}

/// The C kernels, by a program that [`build`] made.
///
/// # Errors
/// If it cannot be started.
pub fn start(name: &str, file: &Path) -> io::Result<Kernels<Process>> {
    Ok(Kernels {
        name: name.to_owned(),
        answerer: Process::start(file)?,
        has_requantize: true,
    })
}

/// A program that answers requests; ended when it is dropped.
#[derive(Debug)]
pub struct Process {
    file: PathBuf,
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
}

impl Process {
    /// Starts it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(file: &Path) -> io::Result<Self> {
        let mut child = Command::new(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            file: file.to_owned(),
            child,
            requests: requests.ok_or_else(|| io::Error::other("no stdin"))?,
            answers: answers.ok_or_else(|| io::Error::other("no stdout"))?,
        })
    }

    fn ask(&mut self, request: &[u32]) -> io::Result<Vec<u32>> {
        let count = u32::try_from(request.len()).map_err(io::Error::other)?;
        let mut bytes = count.to_ne_bytes().to_vec();
        bytes.extend(request.iter().flat_map(|word| word.to_ne_bytes()));
        self.requests.write_all(&bytes)?;
        self.requests.flush()?;
        let mut count = [0; 4];
        self.answers.read_exact(&mut count)?;
        let mut bytes = vec![0; 4 * u32::from_ne_bytes(count) as usize];
        self.answers.read_exact(&mut bytes)?;
        let words = bytes.as_chunks().0.iter();
        Ok(words.map(|&word| u32::from_ne_bytes(word)).collect())
    }
}

impl Answerer for Process {
    /// # Panics
    /// If the program has ended.
    fn answer(&mut self, request: &[u32]) -> Vec<u32> {
        let answer = self.ask(request);
        answer.unwrap_or_else(|error| {
            panic!(
                "{} ended at a request to {}: {error}",
                self.file.display(),
                request[0]
            )
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
