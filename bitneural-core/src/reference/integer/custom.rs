//! Layers of the user's own, by their registered ops.

use crate::custom::Codes;
use crate::ids::TensorId;
use crate::network::Custom;

pub(super) fn run(custom: &Custom, inputs: &[TensorId], tensors: &[Vec<i32>]) -> Vec<i32> {
    let name = &custom.name;
    let Some(registered) = &custom.op else {
        panic!("no op is registered for the custom layer `{name}`");
    };
    let code = |&code: &i32| u8::try_from(code).expect("R2: a custom layer reads codes");
    let read = inputs.iter().map(|id| &tensors[id.index()]);
    let codes: Vec<Vec<u8>> = read
        .map(|tensor| tensor.iter().map(code).collect())
        .collect();
    let inputs = codes.iter().zip(&custom.inputs);
    let inputs: Vec<Codes<'_>> = inputs
        .map(|(codes, format)| Codes { format, codes })
        .collect();
    let output = registered
        .op()
        .integer(&inputs, &custom.parameters, &custom.output);
    let elements = custom.output.shape.elements();
    assert_eq!(output.len(), elements, "elements of the op of `{name}`");
    output.into_iter().map(i32::from).collect()
}
