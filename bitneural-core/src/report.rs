//! What a model costs, layer by layer: a view of the [`Plan`].

use crate::fidelity::Fidelity;
use crate::plan::stream::StreamPlan;
use crate::plan::{Conv, Depthwise, FloatKernel, Kernel, Plan, Recurrent, Step};
use crate::shape::Window;

mod text;

/// A row of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The layer's name.
    pub layer: String,
    /// What it does, with its sizes.
    pub what: String,
    /// The kernel that runs it.
    pub kernel: &'static str,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Bytes of constants.
    pub flash_bytes: usize,
    /// Bytes of the arena that are needed while it runs.
    pub ram_bytes: usize,
}

/// What a model costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The name of the model.
    pub model: String,
    /// The input, for people.
    pub input: String,
    /// The output, for people.
    pub output: String,
    /// A row a step.
    pub rows: Vec<Row>,
    /// Read-only bytes that belong to no step: what inputs and outputs are converted by.
    pub interface_flash_bytes: usize,
    /// All multiply-accumulates.
    pub macs: u64,
    /// All read-only bytes.
    pub flash_bytes: usize,
    /// Bytes of the arena.
    pub ram_bytes: usize,
    /// The least that any placement needs.
    pub ram_bound_bytes: usize,
    /// Bound of the stack, bytes.
    pub stack_bytes: usize,
    /// How near the integer network came to the float network, if the file records it.
    pub fidelity: Option<Fidelity>,
    /// The same model a frame at a time, if that is asked for.
    pub stream: Option<Streaming>,
}

/// What a model costs a frame at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streaming {
    /// Multiply-accumulates of a frame, the mean of many.
    pub macs: u64,
    /// The most that a frame takes.
    pub most_macs: u64,
    /// Bytes of the struct.
    pub ram_bytes: usize,
    /// The frame of the first output, from 1.
    pub first: usize,
    /// Frames from one output to the next.
    pub period: usize,
}

/// `3×3 on 28×28 → 14×14`.
fn window(window: &Window) -> String {
    let pair = |[height, width]: [usize; 2]| format!("{height}×{width}");
    format!(
        "{} on {} → {}",
        pair(window.kernel),
        pair(window.input),
        pair(window.output)
    )
}

fn concat(pieces: impl Iterator<Item = usize>, elements: usize) -> String {
    let pieces: Vec<String> = pieces.map(|len| len.to_string()).collect();
    format!("concat {} → {elements}", pieces.join(" + "))
}

fn recurrent<C>(plan: &Plan, step: &Step, layer: &Recurrent<C>) -> String {
    let word = plan.layer(step.layer).kind;
    let elements = plan.slot(step.output).elements;
    format!("{word} {} × {} → {elements}", layer.steps, layer.inputs)
}

/// What a step does, with its sizes.
fn what(plan: &Plan, step: &Step) -> String {
    let elements = plan.slot(step.output).elements;
    match &step.kernel {
        Kernel::Dense(dense) => format!("dense {} → {}", dense.inputs, dense.outputs),
        Kernel::Conv(layer) => conv(layer),
        Kernel::Depthwise(layer) => depthwise(layer),
        Kernel::MaxPool(pool) | Kernel::Float(FloatKernel::MaxPool(pool)) => {
            format!("max pool {}", window(&pool.window))
        }
        Kernel::AveragePool(pool) => format!("average pool {}", window(&pool.window)),
        Kernel::Line(line) => format!("line of {} × {}", line.frames, line.width),
        Kernel::Recurrent(layer) => recurrent(plan, step, layer),
        Kernel::Float(FloatKernel::Recurrent(layer)) => recurrent(plan, step, layer),
        Kernel::Float(FloatKernel::LayerNorm(norm)) => {
            let channels = norm.channels.len();
            format!("layer norm of {} × {channels}", elements / channels)
        }
        Kernel::LayerNorm(norm) => {
            format!(
                "layer norm of {} × {}",
                elements / norm.channels,
                norm.channels
            )
        }
        Kernel::Table(_) | Kernel::Gate(_) | Kernel::Float(FloatKernel::Activation(_)) => {
            format!("{} over {elements}", plan.layer(step.layer).kind)
        }
        Kernel::Add(_)
        | Kernel::Multiply(_)
        | Kernel::Pick(_)
        | Kernel::Float(FloatKernel::Join(_)) => {
            let word = plan.layer(step.layer).kind;
            format!("{word} of {}, over {elements}", step.inputs.len())
        }
        Kernel::Float(FloatKernel::Embedding(embedding)) => {
            format!("embedding {} → {} each", embedding.rows, embedding.width)
        }
        Kernel::Embedding(embedding) => {
            format!("embedding {} → {} each", embedding.rows, embedding.width)
        }
        Kernel::Concat(plan) => concat(plan.pieces.iter().map(|(len, _)| *len), elements),
        Kernel::Float(FloatKernel::Concat(pieces)) => concat(pieces.iter().copied(), elements),
        Kernel::Frame(frame) | Kernel::Float(FloatKernel::Frame(frame)) => {
            let [height, width] = frame.frame.output;
            format!("{} to {height}×{width}", plan.layer(step.layer).kind)
        }
        Kernel::Softmax(_) | Kernel::Float(FloatKernel::Softmax) => {
            format!("softmax over {elements}")
        }
        Kernel::Float(FloatKernel::Dense(dense)) => {
            format!("dense {} → {}", dense.inputs, dense.outputs)
        }
        Kernel::Float(FloatKernel::Conv(layer)) => conv(layer),
        Kernel::Float(FloatKernel::Depthwise(layer)) => depthwise(layer),
        Kernel::Float(FloatKernel::AveragePool(pool)) => {
            format!("average pool {}", window(&pool.window))
        }
        Kernel::Custom(custom) | Kernel::Float(FloatKernel::Custom(custom)) => {
            let read = step
                .inputs
                .iter()
                .map(|&id| plan.slot(id).elements.to_string());
            let read: Vec<String> = read.collect();
            format!("custom `{}` {} → {elements}", custom.name, read.join(" + "))
        }
    }
}

fn conv<E>(conv: &Conv<E>) -> String {
    let channels = conv.dense.inputs / conv.window.taps() * conv.groups;
    let outputs = conv.dense.outputs * conv.groups;
    format!("conv {}, {channels} → {outputs}", window(&conv.window))
}

fn depthwise<E>(depthwise: &Depthwise<E>) -> String {
    format!(
        "depthwise {}, {} channels",
        window(&depthwise.window),
        depthwise.channels
    )
}

fn streaming(stream: &StreamPlan) -> Streaming {
    let (macs, most_macs) = stream.macs();
    let clock = stream.clocks[stream.of_outputs];
    Streaming {
        macs,
        most_macs,
        ram_bytes: stream.plan.cost.ram_bytes,
        first: clock.first,
        period: clock.period,
    }
}

/// Reads a report off a plan; `fidelity` is what the file records of this network.
pub fn report(plan: &Plan, stream: Option<&StreamPlan>, fidelity: Option<&Fidelity>) -> Report {
    let rows = plan
        .steps
        .iter()
        .zip(&plan.cost.steps)
        .map(|(step, cost)| Row {
            layer: plan.layer(step.layer).id.clone(),
            what: what(plan, step),
            kernel: step.kernel.name(),
            macs: cost.macs,
            flash_bytes: cost.flash_bytes,
            ram_bytes: cost.ram_bytes,
        });
    let cost = &plan.cost;
    let in_steps: usize = cost.steps.iter().map(|step| step.flash_bytes).sum();
    let interface = &plan.interface;
    let inputs = interface.inputs.iter().zip(&plan.inputs);
    let inputs = inputs.map(|(port, endpoint)| {
        format!(
            "`{}` `{}` as {}",
            port.id,
            port.shape,
            endpoint.element.rust()
        )
    });
    let outputs = interface.outputs.iter().zip(&plan.outputs);
    let named = interface.outputs.len() > 1;
    let outputs = outputs.map(|(port, endpoint)| {
        let name = if named {
            format!("`{}` ", port.id)
        } else {
            String::new()
        };
        format!("{name}`{}` as {}", port.shape, endpoint.element.rust())
    });
    Report {
        model: interface.name.clone(),
        input: inputs.collect::<Vec<_>>().join(", "),
        output: outputs.collect::<Vec<_>>().join(", "),
        rows: rows.collect(),
        interface_flash_bytes: cost.flash_bytes - in_steps,
        macs: cost.macs,
        flash_bytes: cost.flash_bytes,
        ram_bytes: cost.ram_bytes,
        ram_bound_bytes: cost.ram_bound_bytes,
        stack_bytes: cost.stack_bytes,
        fidelity: fidelity.cloned(),
        stream: stream.map(streaming),
    }
}
