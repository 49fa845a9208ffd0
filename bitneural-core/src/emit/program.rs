//! Language-neutral constants and calls: the plan, with names. All that Rust and C share is decided
//! here, so that a change of a rule touches neither printer.

use crate::ids::{ConstantId, SlotId};
use crate::network::float::{FloatChannel, NormalChannel};
use crate::network::{Channel, Element, InputChannel, Requant};
use crate::plan::RuntimeTable;
use crate::plan::memory::Content;

use super::names::Class;

mod activation;
mod conv;
mod custom;
mod dense;
mod depthwise;
mod elementwise;
mod embedding;
mod float;
mod id;
mod interface;
mod linear;
mod lower;
mod norm;
mod pool;
mod recurrent;
mod shape;
mod softmax;
mod stream;
mod window;

use lower::Builder;
pub(super) use lower::RESERVED;
pub use lower::program;
pub use stream::Stream;

/// A program: what the printers print.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The name of the model in the file.
    pub model: String,
    /// The version of the model, in the user's words.
    pub model_version: String,
    /// The model card, a line each.
    pub card: Vec<String>,
    /// The constants, by [`ConstantId`]; each refers only to earlier ones.
    pub constants: Vec<Constant>,
    /// The tables of the runtime that the kernels read.
    pub tables: Vec<RuntimeTable>,
    /// The places in the arena, by [`SlotId`].
    pub slots: Vec<Slot>,
    /// Words of the arena.
    pub arena_words: usize,
    /// The kernel calls of `predict`, in order.
    pub calls: Vec<Call>,
    /// How many of them `classify` runs.
    pub calls_to_scores: usize,
    /// What the user gives.
    pub inputs: Vec<Port>,
    /// What the user gets.
    pub outputs: Vec<Port>,
    /// What `classify` looks at; `None` if there is no such function.
    pub scores: Option<SlotId>,
    /// Of a single score in front of a sigmoid: class 1 is above it (R21).
    pub threshold: Option<i32>,
    /// The classes, or none.
    pub classes: Vec<Class>,
    /// The figures that become constants.
    pub figures: Figures,
    /// The same model a frame at a time, if that is asked for.
    pub stream: Option<Box<Stream>>,
}

/// The figures of a program on a 32-bit chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Multiply-accumulates of one inference.
    pub macs: u64,
    /// Bytes of read-only statics.
    pub flash_bytes: usize,
    /// Bytes of the arena.
    pub ram_bytes: usize,
    /// Bound of the stack, bytes.
    pub stack_bytes: usize,
    /// A hash of all constants and calls: two programs of one id compute the same.
    pub model_id: u64,
}

/// An input or an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    /// `snake_case`: `input` and `output` where there is only one.
    pub name: String,
    /// Its place in the arena.
    pub slot: SlotId,
    /// The axes that the user sees.
    pub shape: Vec<usize>,
    /// The element type in the arena.
    pub element: Element,
    /// The real value of a step.
    pub scale: f32,
    /// The value that stands for 0.
    pub zero_point: i32,
    /// What lies between it and the user's floats; nothing if they are the same.
    pub conversion: Option<Conversion>,
}

/// The conversion of an input or an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// The function: `quantize` (R4), `dequantize` (R5) or `normalize`.
    pub function: &'static str,
    /// Its record.
    pub record: ConstantId,
}

/// A place in the arena.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// `snake_case`.
    pub name: String,
    /// What lies there, for people.
    pub doc: String,
    /// What is stored there.
    pub content: Content,
    /// The first word.
    pub word: usize,
    /// The number of elements.
    pub elements: usize,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// `snake_case`.
    pub name: String,
    /// What it is, for people.
    pub doc: String,
    /// Its value.
    pub value: Value,
}

/// The value of a constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Packed weights, word-aligned.
    Blob(Vec<u8>),
    /// A table of 256 codes.
    Table(Box<[u8; 256]>),
    /// Codes.
    Codes(Vec<u8>),
    /// The constants of R7, one for each channel.
    Channels(Vec<Channel>),
    /// Signs of channels (R22).
    Signs(Vec<i8>),
    /// Numbers of taps (R18).
    Counts(Vec<usize>),
    /// The constants of R4.
    InputChannels(Vec<InputChannel>),
    /// A list of records of one kind, at least one.
    Records(Vec<Record>),
    /// Scale and bias of each channel, in f32 mode.
    FloatChannels(Vec<FloatChannel>),
    /// Mean and factor of each channel of an input, in f32 mode.
    NormalChannels(Vec<NormalChannel>),
    /// Numbers.
    Floats(Vec<f32>),
    /// A record of bitneural-rt.
    Record(Record),
}

impl Value {
    /// What kind of value it is, and how large: values that differ in it are not equal.
    fn size(&self) -> (u8, usize) {
        match self {
            Self::Blob(bytes) => (0, bytes.len()),
            Self::Table(entries) => (1, entries.len()),
            Self::Channels(channels) => (2, channels.len()),
            Self::Counts(counts) => (3, counts.len()),
            Self::InputChannels(channels) => (4, channels.len()),
            Self::Records(records) => (5, records.len()),
            Self::FloatChannels(channels) => (6, channels.len()),
            Self::NormalChannels(channels) => (7, channels.len()),
            Self::Floats(values) => (8, values.len()),
            Self::Record(record) => (9, record.fields.len()),
            Self::Codes(codes) => (10, codes.len()),
            Self::Signs(signs) => (11, signs.len()),
        }
    }
}

/// A record: a struct of bitneural-rt and of the C kernels, with the same fields in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its name in Rust, UpperCamelCase; in C it is in snake case behind `bn_`.
    pub name: &'static str,
    /// The fields, in order.
    pub fields: Vec<(&'static str, Field)>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// An integer that fits the field.
    Integer(i64),
    /// A float.
    Float(f32),
    /// The words of a blob.
    Words(ConstantId),
    /// A table.
    Table(ConstantId),
    /// A list whose length C takes from another field of the record.
    List(ConstantId),
    /// A list whose length C has in a field of its own behind it.
    CountedList(ConstantId),
    /// A list of nothing, and in C its length.
    EmptyList,
    /// The epilogue, without its channels.
    Requant(Requant),
    /// Yes or no.
    Boolean(bool),
    /// A record within the record.
    Record(Record),
    /// An optional record that is there.
    Some(ConstantId),
    /// An optional list that is there, whose length C takes from another field of the record.
    SomeList(ConstantId),
    /// An optional record or list that is not there.
    None,
}

/// A kernel call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The layer and what it does, for people.
    pub doc: String,
    /// The family, which is the module in Rust and part of the name in C.
    pub family: &'static str,
    /// The kernel.
    pub kernel: &'static str,
    /// The record; none for a kernel without constants.
    pub record: Option<ConstantId>,
    /// What the kernel touches.
    pub places: Places,
    /// Whether C is given the number of elements (the record does not hold it).
    pub counted: bool,
    /// Whether the function in C is named after the type of its input too.
    pub typed_input: bool,
}

/// The slots of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Places {
    /// One slot, changed in place.
    InPlace(SlotId),
    /// Read and written.
    Two(SlotId, SlotId),
    /// Read, written, and working memory; none if the kernel needs none here.
    Three(SlotId, SlotId, Option<SlotId>),
    /// Read, written, working memory, and a state that is kept.
    Four(SlotId, SlotId, SlotId, SlotId),
    /// Several that are read, perhaps one of them twice, and one that is written, perhaps one of them.
    Several(Vec<SlotId>, SlotId),
    /// Read and written by the user's function of that name.
    Custom {
        /// The name in the file.
        name: String,
        /// What it reads, at least one slot; a slot may come twice.
        inputs: Vec<SlotId>,
        /// What it writes.
        output: SlotId,
    },
}

impl Places {
    /// The slots that the call reads and does not write, in order.
    pub fn read(&self) -> &[SlotId] {
        match self {
            Self::InPlace(_) => &[],
            Self::Two(input, _) | Self::Three(input, _, _) | Self::Four(input, ..) => {
                std::slice::from_ref(input)
            }
            Self::Several(inputs, _) | Self::Custom { inputs, .. } => inputs,
        }
    }

    /// The slot that the call writes.
    pub fn written(&self) -> SlotId {
        match self {
            Self::InPlace(slot) => *slot,
            Self::Two(_, output)
            | Self::Three(_, output, _)
            | Self::Four(_, output, _, _)
            | Self::Several(_, output)
            | Self::Custom { output, .. } => *output,
        }
    }
}

impl Program {
    /// Whether activations are floats: there is no quantized interface then.
    pub fn is_float(&self) -> bool {
        self.inputs.iter().any(|port| port.element == Element::F32)
    }

    /// In which order arrays lie; empty where there are only vectors.
    pub fn order(&self) -> &'static str {
        let mut ports = self.inputs.iter().chain(&self.outputs);
        if ports.any(|port| port.shape.len() > 1) {
            " Arrays lie channels last, whatever the layout of the file."
        } else {
            ""
        }
    }

    /// All that is there for people.
    fn docs_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let constants = self.constants.iter_mut().map(|constant| &mut constant.doc);
        let slots = self.slots.iter_mut().map(|slot| &mut slot.doc);
        let calls = self.calls.iter_mut().map(|call| &mut call.doc);
        let card = self.card.iter_mut();
        card.chain(constants).chain(slots).chain(calls)
    }

    /// A constant.
    pub fn constant(&self, id: ConstantId) -> &Constant {
        &self.constants[id.index()]
    }

    /// A slot.
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }
}
