//! Networks with one wrong constant: what a comparison with the reference must find.

use std::collections::BTreeMap;

use bitneural_core::emit::program;
use bitneural_core::network::{Element, Gate, Network, OpKind, Rescale};
use bitneural_core::{Compiled, plan, report};

use super::{Sampled, optimize};
use crate::runners::network::{Difference, Step, first_difference, outcome, run};

/// The kernels that a fault can be put into, by [`Kernel::name`](plan::Kernel::name), those that read wide codes apart.
pub const KERNELS: [&str; 32] = [
    "activation::table",
    "conv::digits",
    "conv::digits::u16",
    "conv::int8",
    "conv::int8::u16",
    "custom",
    "dense::digits",
    "dense::digits::u16",
    "dense::int8",
    "dense::int8::u16",
    "dense::tables",
    "depthwise::digits",
    "depthwise::digits::u16",
    "depthwise::int8",
    "depthwise::int8::u16",
    "elementwise::add",
    "elementwise::concat",
    "elementwise::maximum",
    "elementwise::minimum",
    "elementwise::multiply",
    "embedding::lookup",
    "embedding::lookup::u16",
    "gate::gate",
    "norm::layer_norm",
    "pool::average",
    "pool::max",
    "recurrent::gru",
    "recurrent::gru_reset_before",
    "recurrent::lstm",
    "recurrent::simple_rnn",
    "shape::frame",
    "softmax::softmax",
];

/// A network of which all that runs has one wrong constant.
pub struct Fault {
    /// The right network; plan and program have the wrong constant.
    pub compiled: Compiled,
    /// An input of which the outcome is wrong because of it.
    pub input: Vec<u16>,
    /// The first difference of that input, by the reference alone.
    pub difference: Difference,
}

/// A code that becomes half as much, though it should stay or be rescaled otherwise.
fn spoil_rescale(operand: &mut Option<Rescale>) {
    let rescale = operand.get_or_insert(Rescale {
        multiplier: 1 << 8,
        bias: 0,
        shift: 8,
    });
    rescale.multiplier /= 2;
}

/// Halves a multiplier, changes an entry of a table, takes the other gate, or makes a window smaller; `false` if
/// there is none of these.
fn spoil(network: &mut Network, op: usize) -> bool {
    match &mut network.ops[op].kind {
        OpKind::Dense(op) => op.requant.channels[0].multiplier /= 2,
        OpKind::Conv(op) => op.requant.channels[0].multiplier /= 2,
        OpKind::AveragePool(op) => op.requant.channels[0].multiplier /= 2,
        OpKind::LayerNorm(op) => op.requant.channels[0].multiplier /= 2,
        // The bias of the first gate moves by a whole pre-activation.
        OpKind::Recurrent(op) => op.constants.columns[0].bias ^= 1 << (op.constants.shift + 12),
        OpKind::Table(op) => op.entries[0] ^= 1,
        OpKind::Line(_) => panic!("a network of whole sequences has no lines"),
        OpKind::Embedding(op) => op.codes[0] ^= 1,
        OpKind::Softmax(op) => op.multiplier /= 2,
        OpKind::Gate(gate) => {
            *gate = match gate {
                Gate::Tanh => Gate::Sigmoid,
                Gate::Sigmoid => Gate::Tanh,
            }
        }
        // In front of the image the one tap would be padding, of which there is no largest code.
        OpKind::MaxPool(op) if op.window.before == [0, 0] => op.window.kernel = [1, 1],
        OpKind::Add(op) => op.multipliers[0] /= 2,
        OpKind::Multiply(op) => op.requant.channels[0].multiplier /= 2,
        OpKind::Pick(op) => spoil_rescale(&mut op.operands[0]),
        OpKind::Concat(op) => spoil_rescale(&mut op.operands[0]),
        // What was in front is at the end.
        OpKind::Frame(op) if op.frame.before != [0, 0] => op.frame.before = [0, 0],
        // Of what such a layer is told, one of them notices everything.
        OpKind::Custom(op) => op.output.zero_point ^= 1,
        OpKind::Frame(op) if op.frame.cut != [0, 0] => op.frame.cut = [0, 0],
        OpKind::MaxPool(_) | OpKind::Frame(_) | OpKind::Reshape | OpKind::Float(_) => {
            return false;
        }
    }
    true
}

/// The name in [`KERNELS`] of what runs a step.
fn form(network: &Network, step: &Step) -> &'static str {
    let reads = network.tensor(network.ops[step.op].input()).element;
    let wide = format!("{}::u16", step.kernel);
    let form = KERNELS.iter().find(|&&name| name == wide);
    match form {
        Some(form) if reads == Element::U16 => form,
        _ => step.kernel,
    }
}

impl Fault {
    /// For each kernel the first fault of the sample that shows, by the kernel's name.
    #[must_use]
    pub fn each(sample: &[Sampled]) -> BTreeMap<&'static str, Self> {
        let mut found: BTreeMap<&'static str, Self> = BTreeMap::new();
        for sampled in sample {
            let inputs = sampled.inputs();
            for step in run(&sampled.compiled, &inputs[0]) {
                let kernel = form(&sampled.compiled.network, &step);
                if !found.contains_key(kernel) {
                    let optimize = optimize(sampled.number);
                    let fault = Self::plant(&sampled.compiled, optimize, step.op, &inputs);
                    found.extend(fault.map(|fault| (kernel, fault)));
                }
            }
        }
        found
    }

    /// Puts a wrong constant into an op; `None` if it has none, or no input's outcome shows it.
    ///
    /// # Panics
    /// If the wrong network cannot be lowered, though the right one was.
    #[must_use]
    pub fn plant(
        compiled: &Compiled,
        optimize: plan::Optimize,
        op: usize,
        inputs: &[Vec<u16>],
    ) -> Option<Self> {
        let mut wrong = compiled.clone();
        if !spoil(&mut wrong.network, op) {
            return None;
        }
        wrong.plan = plan::plan(&wrong.network, optimize);
        wrong.report = report::report(&wrong.plan, None, None);
        wrong.program = program::program(&wrong.plan, None, &wrong.report)
            .unwrap_or_else(|errors| panic!("{errors}"));
        let shows = |input: &&Vec<u16>| outcome(compiled, input) != outcome(&wrong, input);
        let input = inputs.iter().find(shows)?.clone();
        let found: Vec<Vec<i32>> = run(&wrong, &input)
            .into_iter()
            .map(|step| step.output)
            .collect();
        let difference = first_difference(&run(compiled, &input), &found)?;
        assert_eq!(
            difference.op, op,
            "the first op that differs is the wrong one"
        );
        wrong.network = compiled.network.clone();
        Some(Self {
            compiled: wrong,
            input,
            difference,
        })
    }
}
