//! The plan → a program.

use std::collections::HashMap;

use super::{
    Call, Constant, Figures, Program, Slot, Value, activation, conv, custom, dense, depthwise,
    elementwise, embedding, float, id, interface, norm, pool, recurrent, shape, softmax, stream,
};
use crate::emit::names::{Unique, classes, one_line, snake};
use crate::emit::words;
use crate::error::Errors;
use crate::ids::{ConstantId, SlotId};
use crate::plan::memory::Content;
use crate::plan::stream::StreamPlan;
use crate::plan::{Kernel, Plan, RuntimeTable, Step};
use crate::report::Report;

/// What the printers call functions: in C a constant of that name would clash.
pub(in crate::emit) const RESERVED: &[&str] = &[
    "class",
    "classify",
    "classify_quantized",
    "label",
    "load_inputs",
    "predict",
    "predict_quantized",
    "run_behind_scores",
    "run_to_scores",
];

/// A program while constants are added.
pub(super) struct Builder<'a> {
    pub(super) plan: &'a Plan,
    pub(super) constants: Vec<Constant>,
    /// The constants of each [`Value::size`].
    by_size: HashMap<(u8, usize), Vec<ConstantId>>,
    pub(super) names: Unique,
    /// Of inputs and outputs.
    pub(super) ports: Unique,
}

impl Builder<'_> {
    /// A constant of that value: layers that share their tensors share what becomes of them.
    pub(super) fn constant(&mut self, name: String, doc: String, value: Value) -> ConstantId {
        let same = |id: &&ConstantId| self.constants[id.index()].value == value;
        let alike = self.by_size.entry(value.size()).or_default();
        if let Some(&known) = alike.iter().find(same) {
            return known;
        }
        let id = ConstantId::from(self.constants.len());
        alike.push(id);
        let name = self.names.take(name);
        self.constants.push(Constant { name, doc, value });
        id
    }

    /// The layer's name for identifiers.
    pub(super) fn layer(&self, step: &Step) -> String {
        snake(&self.plan.layer(step.layer).id, "layer")
    }
}

/// Lowers a plan.
///
/// # Errors
/// Labels that make no distinct variants.
pub fn program(
    plan: &Plan,
    stream: Option<&StreamPlan>,
    report: &Report,
) -> Result<Program, Errors> {
    let classes = classes(&plan.interface.labels)?;
    let mut builder = Builder {
        plan,
        constants: Vec::new(),
        by_size: HashMap::new(),
        names: Unique::without(RESERVED),
        ports: Unique::without(&[words::C, words::RUST, interface::VARIABLES].concat()),
    };
    custom::reserve(plan, &mut builder.names)?;
    let mut program = lower(&mut builder);
    program.card = report.card();
    program.classes = classes;
    program.docs_mut().for_each(|doc| *doc = one_line(doc));
    program.figures.model_id = id::of(&program);
    if let Some(stream) = stream {
        // The constants that both need are there already.
        let mut builder = Builder {
            plan: &stream.plan,
            ports: Unique::without(&[words::C, words::RUST, interface::VARIABLES].concat()),
            ..builder
        };
        let mut lowered = lower(&mut builder);
        lowered.docs_mut().for_each(|doc| *doc = one_line(doc));
        // It is the same model.
        lowered.figures.model_id = program.figures.model_id;
        program.constants.clone_from(&lowered.constants);
        program.stream = Some(Box::new(stream::stream(stream, lowered)));
    }
    Ok(program)
}

/// Slots, calls and interface of a plan; constants that are new join those of the builder.
fn lower(builder: &mut Builder<'_>) -> Program {
    let plan = builder.plan;
    let slots = slots(plan, &mut builder.names);
    let inputs = interface::inputs(builder);
    let calls: Vec<Call> = plan
        .steps
        .iter()
        .map(|step| match &step.kernel {
            Kernel::Dense(dense) => dense::call(builder, step, dense),
            Kernel::Conv(conv) => conv::call(builder, step, conv),
            Kernel::Depthwise(depthwise) => depthwise::call(builder, step, depthwise),
            Kernel::MaxPool(pool) => pool::max(builder, step, pool),
            Kernel::AveragePool(pool) => pool::average(builder, step, pool),
            Kernel::Recurrent(layer) => recurrent::call(builder, step, layer),
            Kernel::Frame(frame) => shape::frame(builder, step, frame),
            Kernel::LayerNorm(norm) => norm::call(builder, step, norm),
            Kernel::Table(entries) => activation::call(builder, step, entries),
            Kernel::Gate(gate) => activation::gate(builder, step, *gate),
            Kernel::Add(add) => elementwise::add(builder, step, add),
            Kernel::Multiply(multiply) => elementwise::multiply(builder, step, multiply),
            Kernel::Pick(pick) => elementwise::pick(builder, step, pick),
            Kernel::Embedding(table) => embedding::call(builder, step, table),
            Kernel::Concat(concat) => elementwise::concat(builder, step, concat),
            Kernel::Line(line) => stream::push(builder, step, *line),
            Kernel::Softmax(softmax) => softmax::call(builder, step, *softmax),
            Kernel::Float(kernel) => float::call(builder, step, kernel),
            Kernel::Custom(custom) => custom::call(builder, step, custom),
        })
        .collect();
    let outputs = interface::outputs(builder);
    let cost = &plan.cost;
    Program {
        model: plan.interface.name.clone(),
        model_version: plan.interface.model_version.clone(),
        card: Vec::new(),
        inputs,
        outputs,
        constants: builder.constants.clone(),
        tables: tables(plan),
        slots,
        arena_words: plan.arena_words,
        calls,
        calls_to_scores: plan.steps_to_scores,
        scores: plan.scores,
        threshold: plan.threshold,
        classes: Vec::new(),
        figures: Figures {
            macs: cost.macs,
            flash_bytes: cost.flash_bytes,
            ram_bytes: cost.ram_bytes,
            stack_bytes: cost.stack_bytes,
            model_id: 0,
        },
        stream: None,
    }
}

/// The tables that the kernels read, each once.
fn tables(plan: &Plan) -> Vec<RuntimeTable> {
    let mut tables = Vec::new();
    for table in plan
        .steps
        .iter()
        .filter_map(|step| RuntimeTable::of(&step.kernel))
    {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    tables
}

/// Names for the slots: the layer that writes each first.
fn slots(plan: &Plan, names: &mut Unique) -> Vec<Slot> {
    plan.slots
        .iter()
        .enumerate()
        .map(|(index, slot)| {
            let id = SlotId::from(index);
            let writer = plan.steps.iter().find(|step| {
                step.output == id || step.scratch == Some(id) || step.state == Some(id)
            });
            let input = plan.inputs.iter().position(|input| input.slot == id);
            let layer = match (writer, input) {
                (None, Some(input)) => plan.interface.inputs[input].id.as_str(),
                (Some(step), _) => plan.layer(step.layer).id.as_str(),
                // `plan::verify` holds that a step or the user writes every slot.
                (None, None) => "",
            };
            let (suffix, what) = match slot.content {
                Content::Tensor(_) if writer.is_none() => ("in", "The input"),
                Content::Tensor(_) => ("out", "The output of the layer"),
                Content::Scratch if writer.is_some_and(|step| step.state == Some(id)) => {
                    ("state", "The state of the layer")
                }
                Content::Scratch if writer.is_none() => ("counters", "What counts frames for"),
                Content::Scratch => ("scratch", "Working memory of the layer"),
            };
            Slot {
                name: names.take(format!("{}_{suffix}", snake(layer, "layer"))),
                doc: format!("{what} `{layer}`."),
                content: slot.content,
                word: slot.word,
                elements: slot.elements,
            }
        })
        .collect()
}
