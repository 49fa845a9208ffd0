//! The builder: a model file, and what to make of it.

use std::env;
use std::path::{Path, PathBuf};

use bitneural_core::Compiled;
use bitneural_core::emit::rust::TokenStream;
use bitneural_core::emit::{c, names, rust};

use crate::error::Error;
use crate::options::{Activations, Budget, Optimize, Quantizer, Visibility};
use crate::outputs::{Figures, Outputs, write};

/// A model file and what to make of it. At least one of [`rust`](Self::rust),
/// [`c_header`](Self::c_header) and [`report`](Self::report) must be asked for.
#[derive(Debug, Clone)]
#[must_use = "nothing happens until `compile_or_exit` or `try_compile`"]
pub struct Model {
    file: PathBuf,
    name: Option<String>,
    visibility: Visibility,
    options: bitneural_core::Options,
    custom: Vec<(String, String)>,
    out_dir: Option<PathBuf>,
    rust: Option<PathBuf>,
    c_header: Option<PathBuf>,
    report: Option<PathBuf>,
}

impl Model {
    /// The model file, relative to the folder of the crate's Cargo.toml.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            name: None,
            visibility: Visibility::default(),
            options: bitneural_core::Options::default(),
            custom: Vec::new(),
            out_dir: None,
            rust: None,
            c_header: None,
            report: None,
        }
    }

    /// The name of the struct; its snake case begins every name in the C header, behind `model_` where it is a
    /// word of C or C++. Without it, both are made of the model's name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Who can name the struct.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// How activations are stored.
    pub fn activations(mut self, activations: Activations) -> Self {
        self.options.activations = activations.into();
        self
    }

    /// What the choice of kernels aims at.
    pub fn optimize(mut self, optimize: Optimize) -> Self {
        self.options.optimize = optimize.into();
        self
    }

    /// Overrides the quantizers that the file records.
    pub fn ternarize(mut self, quantizer: Quantizer) -> Self {
        self.options.quantizer = Some(quantizer.into());
        self
    }

    /// Also a struct that takes a frame at a time: `NameStream`, with `step`, `output` and `reset`. A network that cannot
    /// stream is an error that names the layer.
    pub fn streaming(mut self, streaming: bool) -> Self {
        self.options.streaming = streaming;
        self
    }

    /// What the model may cost.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.options.budget = budget.into();
        self
    }

    /// The type that implements a custom layer of the file, by its path: `.custom("my_gate",
    /// "crate::MyGate")`. The Rust file needs one for each of them; in C a function takes its place.
    pub fn custom(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.custom.push((name.into(), path.into()));
        self
    }

    /// Writes a Rust file, for `include!(concat!(env!("OUT_DIR"), "/…"))`.
    pub fn rust(mut self, file: impl Into<PathBuf>) -> Self {
        self.rust = Some(file.into());
        self
    }

    /// Writes a C header, C99 and C++, for one source file to include. Compilers that do not know the attributes of
    /// GCC must have type-based alias analysis off, and be told so: `BN_ANY_TYPE_MAY_ALIAS` is to be defined.
    pub fn c_header(mut self, file: impl Into<PathBuf>) -> Self {
        self.c_header = Some(file.into());
        self
    }

    /// Writes a report in Markdown: what the model costs, layer by layer.
    pub fn report(mut self, file: impl Into<PathBuf>) -> Self {
        self.report = Some(file.into());
        self
    }

    /// The folder that the files are relative to; cargo's `OUT_DIR` without it.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Compiles; if anything is wrong, prints it and ends the build script, so that cargo shows it.
    pub fn compile_or_exit(self) -> Outputs {
        self.try_compile().unwrap_or_else(|error| {
            // Behind the empty line that sets it off from cargo's own.
            eprintln!("\n{error}\n");
            std::process::exit(1)
        })
    }

    /// Compiles, writes the files, and prints the line that makes cargo run the build script again
    /// when the model file changes (whether or not it compiles).
    ///
    /// # Errors
    /// Everything that is wrong with the model, with what was asked for, or with the disk; files of
    /// an earlier run are then as they were.
    pub fn try_compile(self) -> Result<Outputs, Error> {
        let shown = self.file.display().to_string();
        println!("cargo::rerun-if-changed={shown}");
        let wanted = [&self.rust, &self.c_header, &self.report];
        if wanted.iter().all(|file| file.is_none()) {
            return Err(Error::new(format!(
                "no file was asked for\n  --> {shown}\n   = help: call `.rust(\"model.rs\")`, \
                 `.c_header(\"model.h\")` or `.report(\"model.md\")`"
            )));
        }
        let folder = self.folder()?;
        let name = self.name.as_deref();
        if let Some(name) = name.filter(|name| !rust::is_name(name)) {
            return Err(Error::new(format!(
                "a struct cannot be called `{name}`\n  --> {shown}\n   = help: change `.name(…)`"
            )));
        }

        let custom = self.custom_types(&shown)?;
        let mut options = self.options.clone();
        // C is told nothing: it declares functions, and the linker finds out what is missing.
        if self.rust.is_some() || !custom.is_empty() {
            options.custom_types = Some(custom.iter().map(|(name, _)| name.clone()).collect());
        }

        let bytes = bitneural_core::load(&in_crate(&self.file), &shown)?;
        let compiled =
            bitneural_core::compile(&bytes, &options).map_err(|errors| errors.in_file(&shown))?;

        let mut texts = Vec::new();
        let mut outputs = Outputs {
            figures: Figures::from(&compiled.report),
            ..Outputs::default()
        };
        if let Some(file) = &self.rust {
            let path = folder.join(file);
            texts.push((path.clone(), self.rust_text(&compiled, custom, &shown)?));
            outputs.rust = Some(path);
        }
        if let Some(file) = &self.c_header {
            let path = folder.join(file);
            let prefix = name.unwrap_or(&compiled.network.interface.name);
            let text = c::print(&compiled.program, &c::Style::new(prefix));
            texts.push((path.clone(), text));
            outputs.c_header = Some(path);
        }
        if let Some(file) = &self.report {
            let path = folder.join(file);
            texts.push((path.clone(), report_text(&compiled)));
            outputs.report = Some(path);
        }
        // Nothing is written before everything is there to be written.
        for (path, text) in &texts {
            write(path, text)?;
        }
        Ok(outputs)
    }

    /// The types of custom layers, as tokens.
    fn custom_types(&self, shown: &str) -> Result<Vec<(String, TokenStream)>, Error> {
        let mut types: Vec<(String, TokenStream)> = Vec::new();
        for (name, path) in &self.custom {
            let wrong = |what: String, help: &str| {
                Err(Error::new(format!(
                    "{what}\n  --> {shown}\n   = help: {help}"
                )))
            };
            if types.iter().any(|(earlier, _)| earlier == name) {
                let what = format!("the custom layer `{name}` is given two types");
                return wrong(what, "leave one call of `.custom(…)` out");
            }
            let Some(path) = rust::path(path) else {
                let what = format!("`{path}`, the type of the custom layer `{name}`, is no path");
                return wrong(what, "write it as the crate sees it: `crate::MyGate`");
            };
            types.push((name.clone(), path));
        }
        Ok(types)
    }

    fn rust_text(
        &self,
        compiled: &Compiled,
        custom: Vec<(String, TokenStream)>,
        shown: &str,
    ) -> Result<String, Error> {
        let model_name = &compiled.network.interface.name;
        let name = match &self.name {
            Some(name) => name.to_owned(),
            None => names::struct_name(model_name).map_err(|_| {
                Error::new(format!(
                    "`{model_name}` makes no name for a struct\n  --> {shown}\n   = help: call \
                     `.name(\"Name\")`"
                ))
            })?,
        };
        let bug = |reason: String| {
            Error::new(format!(
                "this is a bug of the compiler: it printed no Rust: {reason}\n  --> {shown}"
            ))
        };
        let mut style = rust::Style::new(&name);
        style.custom = custom;
        let visibility = self.visibility.word().parse();
        style.visibility = visibility.map_err(|error| bug(format!("{error}")))?;
        let text = rust::pretty(rust::print(&compiled.program, &style)).map_err(bug)?;
        Ok(format!(
            "// Generated from {shown} by bitneural-build {}.\n\n{text}",
            env!("CARGO_PKG_VERSION")
        ))
    }

    fn folder(&self) -> Result<PathBuf, Error> {
        self.out_dir
            .clone()
            .or_else(|| env::var_os("OUT_DIR").map(PathBuf::from))
            .ok_or_else(|| {
                Error::new(
                    "there is no folder to write to\n   = help: run it from a build script, where \
                     cargo sets `OUT_DIR`, or call `.out_dir(…)`",
                )
            })
    }
}

/// `file` as seen from the folder of the crate's Cargo.toml; outside of cargo, from the current one.
fn in_crate(file: &Path) -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => Path::new(&folder).join(file),
        None => file.to_owned(),
    }
}

fn report_text(compiled: &Compiled) -> String {
    let report = &compiled.report;
    format!("# {}\n\n{}\n", report.model, report.card().join("\n"))
}
