//! `bitneural expand`: what firmware gets.

use std::path::PathBuf;

use bitneural_core::emit::{c, names, rust};
use bitneural_core::options::{Activations, Options};
use bitneural_core::plan::Optimize;
use bitneural_core::ternarize::Quantizer;

use crate::model::Bytes;
use crate::problem::{Failure, Problem};
use crate::words::words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    /// Name of the struct [default: made of the model's name]
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// How activations are stored
    #[arg(long, value_parser = words(&Activations::WORDS), default_value = "u8")]
    activations: Activations,
    /// What the choice of kernels aims at
    #[arg(long, value_parser = words(&Optimize::WORDS), default_value = "balanced")]
    optimize: Optimize,
    /// How weights become trits [default: as the file says]
    #[arg(long, value_parser = words(&Quantizer::WORDS))]
    ternarize: Option<Quantizer>,
    /// Print the C header instead of Rust
    #[arg(long)]
    c: bool,
}

/// A name that a struct can have.
fn name(text: &str) -> Result<String, &'static str> {
    if rust::is_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a struct cannot be called that")
    }
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let options = Options {
        activations: args.activations,
        quantizer: args.ternarize,
        optimize: args.optimize,
        ..Options::default()
    };
    let compiled = model.compile(&options)?;
    let model_name = &compiled.network.interface.name;
    if args.c {
        let name = args.name.as_ref().unwrap_or(model_name);
        return Ok(c::print(&compiled.program, &c::Style::new(name)));
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => names::struct_name(model_name).map_err(|errors| model.problems(errors))?,
    };
    let tokens = rust::print(&compiled.program, &rust::Style::new(&name));
    rust::pretty(tokens).map_err(|reason| {
        let what = format!("this is a bug of the compiler: it printed no Rust: {reason}");
        vec![Problem::new(what, &model.shown)].into()
    })
}
