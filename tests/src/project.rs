//! Crates that a test makes and gives to cargo, as a user would.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Output};

use bitneural_targets::root;

/// A workspace in a folder of its own, with the versions of the main one.
pub struct Project {
    folder: PathBuf,
}

impl Project {
    /// An empty workspace in `folder`; what cargo built there before is kept.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        let crates = folder.join("crates");
        if crates.exists() {
            fs::remove_dir_all(&crates)?;
        }
        fs::create_dir_all(&crates)?;
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n";
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(Self { folder })
    }

    /// Adds a library: its name, the name by which it knows bitneural-rt, its source, and the files
    /// beside its Cargo.toml.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn add(
        &self,
        name: &str,
        runtime: &str,
        source: &str,
        files: &[(&str, &[u8])],
    ) -> io::Result<PathBuf> {
        let folder = self.member(name);
        let path = root().join("bitneural-rt");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             {runtime} = {{ package = \"bitneural-rt\", path = {path:?} }}\n"
        );
        for (file, bytes) in files.iter().copied().chain([
            ("Cargo.toml", manifest.as_bytes()),
            ("src/lib.rs", source.as_bytes()),
        ]) {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().unwrap_or(&folder))?;
            fs::write(file, bytes)?;
        }
        Ok(folder)
    }

    /// The folder of a library.
    #[must_use]
    pub fn member(&self, name: &str) -> PathBuf {
        self.folder.join("crates").join(name)
    }

    /// Removes all that cargo has built.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn clean(&self) -> io::Result<()> {
        let target = self.folder.join("target");
        if target.exists() {
            fs::remove_dir_all(target)?;
        }
        Ok(())
    }

    /// Runs cargo with the words of `command`. What the main workspace needed is downloaded already.
    ///
    /// # Errors
    /// Cargo cannot be started.
    pub fn cargo(&self, command: &str) -> io::Result<Output> {
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(command.split(' '))
            .arg("--offline")
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()
    }
}

/// What a program wrote to its standard error.
pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
