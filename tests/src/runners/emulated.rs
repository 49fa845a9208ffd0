//! Programs of `tests/firmware`, built for a machine that QEMU emulates, and what they print there.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::num::ParseIntError;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bitneural_targets::{Counter, Machine, Need, SKIP_EMULATED, Toolchain, root};

use super::cross::link_assembly;

/// A program that has not ended by then is stopped: the longest takes a tenth of it.
const TIME_LIMIT: Duration = Duration::from_secs(300);
/// The instructions that the board counts to tell whether its counter can be trusted.
const CALIBRATION: i64 = 2002;

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine that runs the tests lacks something.
    #[error("needs {0}; `cargo xtask test` installs it on Debian, and reports what it cannot run")]
    Missing(Need),
    /// The program does not compile or link.
    #[error("{program} does not build:\n{messages}")]
    Build {
        /// Name of the program.
        program: String,
        /// What cargo printed.
        messages: String,
    },
    /// A file or process could not be used.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
    /// The program did not end.
    #[error("not at its end after {seconds} s; it had printed:\n{0}", seconds = TIME_LIMIT.as_secs())]
    TimeLimit(Transcript),
    /// The program ended with another exit code than 0 (101 is a panic).
    #[error("exit code {code:?}; it had printed:\n{transcript}")]
    Failed {
        /// Exit code; none if a signal ended the emulator.
        code: Option<i32>,
        /// What came before.
        transcript: Transcript,
    },
    /// The program printed something else than was asked for.
    #[error("expected {0}; it printed:\n{1}")]
    Protocol(String, Transcript),
}

/// How far a program is optimized: what firmware authors choose between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptLevel {
    /// `opt-level = 3`
    Three,
    /// `opt-level = "s"`
    S,
    /// `opt-level = "z"`
    Z,
}

impl OptLevel {
    /// All of them.
    pub const ALL: [OptLevel; 3] = [OptLevel::Three, OptLevel::S, OptLevel::Z];

    /// What `work` gives at each level, in the order of [`ALL`](Self::ALL). The levels are worked on side by side: a
    /// build and an emulator each keep one core busy.
    ///
    /// # Panics
    /// As `work` does.
    pub fn at_each<T: Send>(work: impl Fn(OptLevel) -> T + Sync) -> [T; 3] {
        let work = &work;
        thread::scope(|scope| {
            let threads = Self::ALL.map(|level| scope.spawn(move || work(level)));
            threads.map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        })
    }

    /// As cargo writes it: `3`, `s` or `z`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OptLevel::Three => "3",
            OptLevel::S => "s",
            OptLevel::Z => "z",
        }
    }
}

/// Whether tests are to leave out emulated machines. They do so for `cargo xtask test` only, which
/// reports it; without a toolchain and without this, they fail.
#[must_use]
pub fn is_skipped() -> bool {
    env::var_os(SKIP_EMULATED).is_some()
}

/// A program that is built.
#[derive(Debug, Clone)]
pub struct Program {
    machine: Machine,
    elf: PathBuf,
}

/// Builds the program `bin` of a package of `tests/firmware`: `settings` are environment variables that
/// its code reads. What this process has built is not built again.
///
/// # Errors
/// When there is no toolchain for the machine, or the program does not build.
pub fn build(
    machine: Machine,
    package: &str,
    bin: &str,
    level: OptLevel,
    settings: &[(&str, &str)],
) -> Result<Program, Error> {
    let toolchain = Toolchain::detect(machine.target)
        .ok_or_else(|| Error::Missing(Need::new(machine.target)))?;
    // One folder for each level: builds of two levels need not wait for each other.
    let folder = root()
        .join("target/firmware")
        .join(format!("{}-{}", machine.name, level.name()));
    // A program is built in one place whatever its settings: nobody else may build there before it is copied.
    let place = place(&folder);
    let mut built = place.lock().unwrap_or_else(PoisonError::into_inner);
    let elf = folder.join(format!("{bin}-{:016x}", hash(settings)));
    if built.contains(&elf) {
        return Ok(Program { machine, elf });
    }
    let assembles = toolchain.assembles();
    let mut cargo = toolchain.cargo(if assembles { "rustc" } else { "build" });
    cargo
        .args(["--release", "--quiet", "--package", package, "--bin", bin])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(root().join("tests/firmware"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level.name())
        .envs(settings.iter().copied());
    let assembly = folder.join(format!("{bin}-rustc.s"));
    if assembles {
        let file = format!("--emit=asm={}", assembly.display());
        cargo.args(["--", file.as_str()]);
    }
    let output = cargo
        .output()
        .map_err(|error| Error::Io("cargo".to_owned(), error))?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Build {
            program: bin.to_owned(),
            messages,
        });
    }
    let newest = if assembles {
        let newest = folder.join(bin);
        link_assembly(machine, &assembly, &newest)?;
        newest
    } else {
        folder.join(machine.target).join("release").join(bin)
    };
    fs::copy(&newest, &elf).map_err(|error| Error::Io(elf.display().to_string(), error))?;
    built.insert(elf.clone());
    Ok(Program { machine, elf })
}

/// The programs that this process has built in a target folder. Who holds the lock builds there.
type Place = Arc<Mutex<BTreeSet<PathBuf>>>;

fn place(folder: &Path) -> Place {
    static PLACES: Mutex<BTreeMap<PathBuf, Place>> = Mutex::new(BTreeMap::new());
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(places.entry(folder.to_owned()).or_default())
}

/// The same for equal values, on every run.
pub(super) fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Program {
    /// A program that is linked already.
    #[must_use]
    pub fn new(machine: Machine, elf: PathBuf) -> Program {
        Program { machine, elf }
    }

    /// Where it runs.
    #[must_use]
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// The linked file.
    #[must_use]
    pub fn elf(&self) -> &Path {
        &self.elf
    }

    /// Runs the program with `data` in memory, where `board::data` finds it.
    ///
    /// # Errors
    /// When there is no emulator, or the program does not end, or not with exit code 0.
    pub fn run(&self, data: &[u32]) -> Result<Transcript, Error> {
        let (emulator, arguments) = self
            .machine
            .emulator
            .split_first()
            .expect("a machine has an emulator");
        let need = Need::new(emulator);
        if !need.is_met() {
            return Err(Error::Missing(need));
        }
        let data = DataFile::new(&self.elf, data)?;
        let mut command = Command::new(emulator);
        command
            .args(arguments)
            .arg("-device")
            .arg(data.loader(self.machine.data_address));
        command.arg("-kernel").arg(&self.elf);
        let (code, transcript) = finish(command)?;
        if code == Some(0) {
            Ok(transcript)
        } else {
            Err(Error::Failed { code, transcript })
        }
    }
}

/// Runs a command to its end; gives exit code and output.
fn finish(mut command: Command) -> Result<(Option<i32>, Transcript), Error> {
    let failed = |error| Error::Io("the emulator".to_owned(), error);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let mut output = child.stdout.take().expect("stdout is piped");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before a read error is still worth showing.
        let _ = output.read_to_end(&mut bytes);
        Transcript(String::from_utf8_lossy(&bytes).into_owned())
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break Some(status);
        }
        if start.elapsed() > TIME_LIMIT {
            child.kill().map_err(failed)?;
            child.wait().map_err(failed)?;
            break None;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let transcript = reader.join().expect("the reader does not panic");
    match status {
        Some(status) => Ok((status.code(), transcript)),
        None => Err(Error::TimeLimit(transcript)),
    }
}

/// The data of one run, in a file that lives as long as this.
struct DataFile(PathBuf);

impl DataFile {
    fn new(elf: &Path, data: &[u32]) -> Result<DataFile, Error> {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let path = elf.with_extension(format!("{}-{run}.data", std::process::id()));
        let length = u32::try_from(data.len()).expect("data fits in the machine's memory");
        let words = [length].into_iter().chain(data.iter().copied());
        let content: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        fs::write(&path, content).map_err(|error| Error::Io(path.display().to_string(), error))?;
        Ok(DataFile(path))
    }

    /// The argument of QEMU's `-device`.
    fn loader(&self, address: u32) -> String {
        format!(
            "loader,file={},addr={address:#x},force-raw=on",
            self.0.display()
        )
    }
}

impl Drop for DataFile {
    fn drop(&mut self) {
        // A file left behind in the target folder harms nobody.
        let _ = fs::remove_file(&self.0);
    }
}

/// What a program printed: lines of `key value…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript(String);

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Transcript {
    /// The values of each line that has this key.
    pub fn lines<'a>(&'a self, key: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        self.0.lines().filter_map(move |line| {
            let mut words = line.split(' ');
            (words.next() == Some(key)).then(|| words.collect())
        })
    }

    /// The numbers of each line that has this key.
    ///
    /// # Errors
    /// When a value is no number.
    pub fn all_numbers(&self, key: &str) -> Result<Vec<Vec<i64>>, Error> {
        let wrong = || Error::Protocol(format!("numbers in lines `{key}`"), self.clone());
        let numbers = |line: Vec<&str>| line.iter().map(|value| value.parse()).collect();
        self.lines(key)
            .map(numbers)
            .collect::<Result<_, _>>()
            .map_err(|_: ParseIntError| wrong())
    }

    /// The numbers of the one line that has this key.
    ///
    /// # Errors
    /// When there is no such line, or more than one, or a value is no number.
    pub fn numbers(&self, key: &str) -> Result<Vec<i64>, Error> {
        let mut lines = self.all_numbers(key)?;
        match (lines.pop(), lines.pop()) {
            (Some(line), None) => Ok(line),
            _ => Err(Error::Protocol(format!("one line `{key}`"), self.clone())),
        }
    }

    /// The number of the one line that has this key, and one value.
    ///
    /// # Errors
    /// When there is no such line, or more than one, or its value is no number.
    pub fn number(&self, key: &str) -> Result<i64, Error> {
        match self.numbers(key)?[..] {
            [number] => Ok(number),
            _ => Err(Error::Protocol(
                format!("one number in line `{key}`"),
                self.clone(),
            )),
        }
    }

    /// Checks the line `calibration`: whether counts of instructions can be trusted as far as the machine's counter can.
    ///
    /// # Errors
    /// When the board counted a known loop wrongly, or printed nothing about it.
    pub fn check_calibration(&self, counter: Counter) -> Result<(), Error> {
        let right = match counter {
            Counter::Exact => CALIBRATION..=CALIBRATION,
            Counter::Near => CALIBRATION - 1..=CALIBRATION + 1,
            Counter::Missing => 0..=0,
        };
        if right.contains(&self.number("calibration")?) {
            return Ok(());
        }
        Err(Error::Protocol(
            format!("a calibration within {right:?}"),
            self.clone(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript() -> Transcript {
        Transcript("calibration 2002\nrow a 1\nrow b 2\nwords many\n".to_owned())
    }

    #[test]
    fn lines_are_found_by_their_key() {
        let transcript = transcript();
        let rows: Vec<_> = transcript.lines("row").collect();
        assert_eq!(rows, [["a", "1"], ["b", "2"]]);
        assert_eq!(transcript.number("calibration").unwrap(), 2002);
        transcript.check_calibration(Counter::Exact).unwrap();
    }

    #[test]
    fn lines_that_are_not_as_expected_are_errors() {
        let transcript = transcript();
        for key in ["row", "words", "calibr"] {
            assert!(transcript.number(key).is_err(), "{key}");
        }
        let other = Transcript("calibration 2003\n".to_owned());
        assert!(other.check_calibration(Counter::Exact).is_err());
        assert!(other.check_calibration(Counter::Near).is_ok());
        assert!(other.check_calibration(Counter::Missing).is_err());
    }
}
