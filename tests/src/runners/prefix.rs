//! Programs that end early: what generated code writes in each step is the output of one of them.
//!
//! They are made only when outcomes differ, so that whatever agrees is run as users run it.

use bitneural_core::emit::program::{Call, Places, Port, Program, Value};
use bitneural_core::plan::memory::Content;

/// The elements of all inputs or outputs.
pub(super) fn elements(ports: &[Port]) -> usize {
    ports
        .iter()
        .map(|port| port.shape.iter().product::<usize>())
        .sum()
}

/// The program up to each of its calls; what the last call wrote is the output.
pub fn prefixes(program: &Program) -> Vec<Program> {
    (0..program.calls.len())
        .map(|last| up_to(program, last))
        .collect()
}

fn up_to(program: &Program, last: usize) -> Program {
    let written = program.calls[last].places.written();
    let slot = program.slot(written);
    let element = match slot.content {
        Content::Tensor(element) => element,
        Content::Scratch => panic!("a call writes a tensor"),
    };
    let calls = last + 1;
    let mut constants = program.constants.clone();
    // C has the types of custom layers only where one is called.
    let is_custom = |call: &Call| matches!(call.places, Places::Custom { .. });
    if !program.calls[..calls].iter().any(is_custom) {
        let leftover = constants
            .iter_mut()
            .filter(|one| of_custom_layer(&one.value));
        leftover.for_each(|constant| constant.value = Value::Codes(vec![0]));
    }
    Program {
        constants,
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

fn of_custom_layer(value: &Value) -> bool {
    let record = match value {
        Value::Record(record) => record,
        Value::Records(records) => &records[0],
        _ => return false,
    };
    record.name.contains("Custom")
}
