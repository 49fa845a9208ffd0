//! `bitneural expand`: what firmware gets.

use std::path::PathBuf;

use bitneural_core::emit::{c, names, rust};
use bitneural_core::options::Options;
use bitneural_core::plan::Optimize;
use bitneural_core::ternarize::Quantizer;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::model::Bytes;
use crate::problem::{Failure, Problem};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    /// Name of the struct [default: made of the model's name]
    #[arg(long)]
    name: Option<String>,
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

/// One of the compiler's words for an option.
fn words<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).try_map(|found| {
        words
            .iter()
            .find(|(word, _)| *word == found)
            .map(|(_, value)| *value)
            .ok_or("not one of the words")
    })
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let options = Options {
        quantizer: args.ternarize,
        optimize: args.optimize,
        ..Options::default()
    };
    let compiled = model.compile(&options)?;
    let wanted = args
        .name
        .as_ref()
        .unwrap_or(&compiled.network.interface.name);
    let name = names::struct_name(wanted).map_err(|errors| model.problems(errors))?;
    if args.name.as_ref().is_some_and(|wanted| *wanted != name) {
        let problem = Problem::new(format!("`{wanted}` is no name for a struct"), "--name")
            .help(format!("write it in UpperCamelCase: `{name}`"));
        return Err(vec![problem].into());
    }
    if args.c {
        return Ok(c::print(&compiled.program, &c::Style::new(wanted)));
    }
    let tokens = rust::print(&compiled.program, &rust::Style::new(&name));
    rust::pretty(tokens).map_err(|reason| {
        let what = format!("this is a bug of the compiler: it printed no Rust: {reason}");
        vec![Problem::new(what, &model.shown)].into()
    })
}
