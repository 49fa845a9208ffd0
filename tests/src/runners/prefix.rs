//! Programs that end early: what generated code writes in each step is the output of one of them.
//!
//! They are made only when outcomes differ, so that whatever agrees is run as users run it.

use bitneural_core::emit::program::{Places, Port, Program};
use bitneural_core::ids::SlotId;
use bitneural_core::plan::memory::Content;

/// The program up to each of its calls; what the last call wrote is the output.
pub fn prefixes(program: &Program) -> Vec<Program> {
    (0..program.calls.len())
        .map(|last| up_to(program, last))
        .collect()
}

fn up_to(program: &Program, last: usize) -> Program {
    let written = written(&program.calls[last].places);
    let slot = program.slot(written);
    let element = match slot.content {
        Content::Tensor(element) => element,
        Content::Scratch => panic!("a call writes a tensor"),
    };
    let calls = last + 1;
    Program {
        calls: program.calls[..calls].to_vec(),
        calls_to_scores: calls,
        outputs: vec![Port {
            name: "output".to_owned(),
            slot: written,
            shape: vec![slot.elements],
            element,
            ..program.outputs[0].clone()
        }],
        scores: Some(written),
        classes: Vec::new(),
        ..program.clone()
    }
}

fn written(places: &Places) -> SlotId {
    match places {
        Places::InPlace(slot) => *slot,
        Places::Two(_, output) | Places::Three(_, output, _) | Places::Custom { output, .. } => {
            *output
        }
    }
}
