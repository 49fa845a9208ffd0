//! `bitneural inspect`: what a file holds, what it costs, what is wrong with it.

use std::path::PathBuf;

mod contents;
mod human;
mod json;

use bitneural_core::options::{Activations, Options};

use crate::model::Bytes;
use crate::problem::Failure;
use crate::words::words;
use contents::Contents;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    /// How activations are stored
    #[arg(long, value_parser = words(&Activations::WORDS), default_value = "u8")]
    activations: Activations,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let contents = Contents::read(
        &model,
        &Options {
            activations: args.activations,
            ..Options::default()
        },
    );
    let text = if args.json {
        json::print(&contents)
    } else {
        human::print(&contents)
    };
    if contents.problems.is_empty() {
        return Ok(text);
    }
    Err(Failure {
        text,
        problems: contents.problems,
    })
}
