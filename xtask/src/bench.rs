//! `cargo xtask bench`: the figures of bench/results, measured on an emulated chip.

use bitneural_targets::{Need, RV32IMC};
use xshell::{Shell, cmd};

use crate::Error;
use crate::test;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Compare with the committed figures instead of writing them
    #[arg(long)]
    check: bool,
}

/// Gives whether the figures are as committed.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Result<bool, Error> {
    let needs = [Need::new(RV32IMC.target), Need::new(RV32IMC.emulator[0])];
    test::install(needs.iter());
    if let Some(need) = needs.iter().find(|need| !need.is_met()) {
        return Err(format!("the measurements need {need}").into());
    }
    let check = arguments.check.then_some("--check");
    Ok(cmd!(
        shell,
        "cargo run --quiet --package bitneural-tests --bin measure -- {check...}"
    )
    .run()
    .is_ok())
}
