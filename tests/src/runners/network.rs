//! The integer reference, step by step as the plan has them, and the first step that is not as it says.

use std::fmt;

use bitneural_core::Compiled;
use bitneural_core::network::OpKind;
use bitneural_core::reference::integer;

/// What an op that needs a kernel yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The index of the op in the network.
    pub op: usize,
    /// The layer that it belongs to.
    pub layer: String,
    /// The kernel that the plan has for it.
    pub kernel: &'static str,
    /// What it yields.
    pub output: Vec<i32>,
}

/// What a model makes of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What `predict_quantized` gives: the outputs, one after the other.
    pub output: Vec<i32>,
    /// What `classify_quantized` gives, where there is one output.
    pub class: Option<usize>,
}

/// The first value that is not as the reference has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The index of the op in the network.
    pub op: usize,
    /// The layer that it belongs to.
    pub layer: String,
    /// The kernel that the plan has for it.
    pub kernel: &'static str,
    /// The index in the tensor that the op yields, and the elements of that tensor.
    pub element: (usize, usize),
    /// What the reference has there.
    pub expected: i32,
    /// What the kernel wrote.
    pub found: i32,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            op,
            layer,
            kernel,
            element: (element, elements),
            expected,
            found,
        } = self;
        write!(
            f,
            "op {op}, layer `{layer}`, kernel {kernel}: element {element} of {elements} is {found} \
             instead of {expected}"
        )
    }
}

/// What each tensor holds after an inference, by id.
pub fn tensors(compiled: &Compiled, input: &[u16]) -> Vec<Vec<i32>> {
    let codes: Vec<i32> = input.iter().map(|&code| code.into()).collect();
    integer::run(&compiled.network, &codes)
}

/// What each op that needs a kernel yields for an input, in order.
///
/// # Panics
/// If the plan has another number of steps.
pub fn run(compiled: &Compiled, input: &[u16]) -> Vec<Step> {
    let network = &compiled.network;
    let tensors = tensors(compiled, input);
    let ops = network.ops.iter().enumerate();
    let ops: Vec<_> = ops.filter(|(_, op)| op.kind != OpKind::Reshape).collect();
    assert_eq!(ops.len(), compiled.plan.steps.len(), "a step an op");
    ops.iter()
        .zip(&compiled.plan.steps)
        .map(|(&(index, op), step)| Step {
            op: index,
            layer: network.layer(op.layer).to_owned(),
            kernel: step.kernel.name(),
            output: tensors[op.output.index()].clone(),
        })
        .collect()
}

/// What the user gets for an input.
pub fn outcome(compiled: &Compiled, input: &[u16]) -> Outcome {
    let tensors = tensors(compiled, input);
    let network = &compiled.network;
    let scores = network.scores;
    let outputs = network.outputs.iter();
    let outputs = outputs.map(|id| tensors[id.index()].as_slice());
    Outcome {
        output: outputs.collect::<Vec<_>>().concat(),
        class: scores.map(|_| integer::classify(network, &tensors)),
    }
}

/// The first value that differs.
///
/// # Panics
/// If there is another number of steps or of elements: that is no kernel's doing.
pub fn first_difference(expected: &[Step], found: &[Vec<i32>]) -> Option<Difference> {
    assert_eq!(found.len(), expected.len(), "steps");
    expected.iter().zip(found).find_map(|(step, found)| {
        let elements = step.output.len();
        assert_eq!(found.len(), elements, "elements of `{}`", step.layer);
        let element = (0..elements).find(|&element| found[element] != step.output[element])?;
        Some(Difference {
            op: step.op,
            layer: step.layer.clone(),
            kernel: step.kernel,
            element: (element, elements),
            expected: step.output[element],
            found: found[element],
        })
    })
}

/// Why the outcomes of an input differ, by what each step wrote of it.
pub fn explain(compiled: &Compiled, input: &[u16], found: &[Vec<i32>]) -> String {
    first_difference(&run(compiled, input), found).map_or_else(
        || "every op agrees; what is given to the user does not".to_owned(),
        |difference| difference.to_string(),
    )
}
