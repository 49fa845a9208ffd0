//! The kinds of problems.

use crate::shape::Shape;

/// Which argument of the macro (or option of the compiler) a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// The path of the model file.
    Path,
    /// `budget(…)`.
    Budget,
    /// The name of the struct.
    Name,
    /// `custom(…)`.
    Custom,
    /// `streaming = …`.
    Streaming,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No file at the path.
    #[error("the model file does not exist")]
    FileNotFound {
        /// Files of that or a similar name, as paths that would work.
        near: Vec<String>,
    },
    /// The file exists but cannot be read.
    #[error("the model file cannot be read: {reason}")]
    FileUnreadable {
        /// The operating system's words.
        reason: String,
    },
    /// The file is larger than the compiler reads.
    #[error("the model file is too large")]
    FileTooLarge {
        /// Its size.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// A file of another framework.
    #[error("this is {format}, not a safetensors file")]
    ForeignFormat {
        /// What it is.
        format: &'static str,
        /// How to convert it.
        convert: &'static str,
    },
    /// Not a safetensors file.
    #[error("not a safetensors file: {reason}")]
    NotSafetensors {
        /// What does not fit.
        reason: String,
    },
    /// The header says that it is longer than the file.
    #[error("the safetensors header is cut off")]
    HeaderTruncated {
        /// Bytes that the header needs.
        needed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The header is longer than the compiler reads.
    #[error("the safetensors header is too long")]
    HeaderOversized {
        /// Its length in bytes.
        bytes: u64,
        /// The longest that is read.
        limit: u64,
    },
    /// Tensors overlap, leave gaps, or end outside the file.
    #[error("the tensors do not fill the file one after the other")]
    TensorOffsets {
        /// What the reader found.
        reason: String,
    },
    /// No `bitneural` entry in `__metadata__`.
    #[error("the file has no BitNeural metadata")]
    NoMetadata,
    /// The metadata is not JSON.
    #[error("the metadata is not valid JSON at line {line}, column {column}: {reason}")]
    BadJson {
        /// Line in the metadata string, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
        /// The parser's words.
        reason: String,
    },
    /// A format version that this compiler does not read.
    #[error("this version of the model format is not supported")]
    UnsupportedVersion {
        /// What the file says.
        found: String,
    },
    /// A field that the format does not have.
    #[error("unknown field `{field}`")]
    UnknownField {
        /// The field.
        field: String,
        /// Close names.
        near: Vec<String>,
        /// All the names that are allowed here.
        allowed: Vec<String>,
    },
    /// A field that must be there.
    #[error("the field `{field}` is missing")]
    MissingField {
        /// The field.
        field: &'static str,
        /// What it would hold.
        expected: String,
    },
    /// A field with a value that does not fit.
    #[error("the field `{field}` has a value that does not fit")]
    InvalidField {
        /// The field.
        field: String,
        /// What fits.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A layer type that the format does not have.
    #[error("unknown layer type `{found}`")]
    UnknownLayerType {
        /// The type.
        found: String,
        /// Close types.
        near: Vec<String>,
        /// All types.
        allowed: Vec<String>,
    },
    /// A reference to a layer or input that does not exist.
    #[error("no layer or input is called `{found}`")]
    UnknownId {
        /// The reference.
        found: String,
        /// Close names.
        near: Vec<String>,
    },
    /// Two layers or inputs of one name.
    #[error("two layers or inputs are called `{id}`")]
    DuplicateId {
        /// The name.
        id: String,
    },
    /// A layer that is named twice among the outputs.
    #[error("two outputs are called `{id}`")]
    DuplicateOutput {
        /// The name.
        id: String,
    },
    /// A layer that reads, through others, what it yields.
    #[error("the layers read each other in a cycle")]
    Cycle {
        /// The layers, in the order in which values flow; the first one comes again at the end.
        path: Vec<String>,
    },
    /// A layer that no layer reads and that is no output.
    #[error("nothing reads this layer")]
    UnusedLayer,
    /// An input that no layer reads.
    #[error("nothing reads the input `{id}`")]
    UnusedInput {
        /// Its name.
        id: String,
    },
    /// Something that the format allows and this version does not compile.
    #[error("{option} `{value}` is not supported")]
    Unsupported {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What to do instead.
        instead: String,
    },
    /// No layer at all.
    #[error("the model has no layers")]
    EmptyModel,
    /// A tensor that a layer names and the file lacks.
    #[error("a tensor is missing")]
    MissingTensor {
        /// Close names in the file.
        near: Vec<String>,
    },
    /// A tensor that no layer names.
    #[error("no layer uses this tensor")]
    UnusedTensor,
    /// A tensor of the wrong shape.
    #[error("the tensor has the wrong shape")]
    WrongShape {
        /// What the layer needs, in words or axes.
        expected: String,
        /// What the file has.
        found: Shape,
    },
    /// A tensor of the wrong type.
    #[error("the tensor has the wrong element type")]
    WrongDtype {
        /// What fits.
        expected: &'static str,
        /// What the file has.
        found: String,
    },
    /// NaN or an infinity.
    #[error("the tensor holds {value} at index {index}")]
    NotFinite {
        /// Flat index in the tensor.
        index: usize,
        /// The value.
        value: String,
    },
    /// An integer kernel with a value outside -1, 0, 1.
    #[error("the tensor holds {value} at index {index}, which is no trit")]
    NotATrit {
        /// Flat index in the tensor.
        index: usize,
        /// The value.
        value: i8,
    },
    /// A layer that cannot read what the one before it yields.
    #[error("the layer cannot read its input")]
    DoesNotCompose {
        /// What it reads.
        expected: String,
        /// The shape that it gets.
        found: Shape,
        /// How to mend it.
        mend: String,
    },
    /// Two inputs of a layer whose shapes do not go together.
    #[error("the inputs `{first}` and `{second}` do not fit together")]
    ShapesDiffer {
        /// The input that the others are held to.
        first: String,
        /// Its shape, and what the others may have instead.
        expected: String,
        /// The input that does not fit.
        second: String,
        /// Its shape.
        found: Shape,
        /// How to mend it.
        mend: &'static str,
    },
    /// More than any chip of the kind we serve can hold.
    #[error("{what} is too large")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How large (saturated).
        found: usize,
        /// The most that is compiled.
        limit: usize,
    },
    /// No recorded range for an activation.
    #[error("the file records no range for {of}")]
    MissingRange {
        /// Of what, as a user calls it.
        of: String,
    },
    /// A layer that takes codes of 8 bits, behind an input of 16 (R2).
    #[error("a layer of type `{kind}` cannot read an input of 16 bits")]
    WideInput {
        /// The type of the layer.
        kind: &'static str,
        /// The name of the input.
        input: String,
    },
    /// A range of an output that its inputs cannot fill: R8's sum is too wide because one step of it is so many of theirs.
    #[error("the range of the output is far beyond what its inputs can give")]
    OutputTooCoarse {
        /// The step that the range asks for.
        step: f64,
    },
    /// Scales so that sums do not fit 32 bits (R8).
    #[error("sum too wide for 32 bits")]
    SumTooWide,
    /// An output scale that is too fine for the input (R8).
    #[error("output scale too fine for its input")]
    ScaleTooFine {
        /// The multiplier that does not fit.
        multiplier: f64,
    },
    /// Channels whose scales differ too much (R8).
    #[error("channel scales too far apart")]
    ScalesTooFarApart {
        /// The channel whose multiplier vanishes.
        channel: usize,
        /// Its real multiplier.
        smallest: f64,
        /// The largest of the layer.
        largest: f64,
    },
    /// Logits so far apart that R20 has no constants for them.
    #[error("softmax input scale too coarse")]
    SoftmaxTooCoarse {
        /// The real value of a step of the softmax's input.
        scale: f64,
    },
    /// An ε that R22 has no 32 bits for.
    #[error("epsilon too large for the step of its input")]
    EpsilonTooLarge {
        /// ε.
        epsilon: f64,
        /// The real value of a step of the layer norm's input.
        scale: f64,
        /// The channels that are normalized together.
        channels: usize,
    },
    /// A recurrent layer whose gates do not fit 32 bits (R24).
    #[error("gate scales too coarse")]
    GatesTooCoarse {
        /// The real value of a step of the layer's input.
        scale: f64,
    },
    /// A layer that cannot go along time frame by frame.
    #[error("the network cannot stream: {reason}")]
    CannotStream {
        /// What the layer does.
        reason: String,
        /// What to do instead.
        mend: String,
    },
    /// Another number of labels than of classes.
    #[error("the number of labels is not the number of outputs")]
    LabelCount {
        /// Labels in the file.
        labels: usize,
        /// Elements of the output.
        outputs: usize,
    },
    /// A custom layer that the user named no type for.
    #[error("no type is named for the custom layer `{name}`")]
    CustomWithoutType {
        /// The name.
        name: String,
    },
    /// A type for a custom layer that the file does not have.
    #[error("the model has no custom layer `{name}`")]
    UnknownCustom {
        /// The name.
        name: String,
        /// Close names in the file.
        near: Vec<String>,
        /// All names in the file.
        allowed: Vec<String>,
    },
    /// Two labels that would be one variant of the class enum.
    #[error("the labels `{first}` and `{second}` would both be `{identifier}`")]
    LabelCollision {
        /// The first.
        first: String,
        /// The second.
        second: String,
        /// The variant.
        identifier: String,
    },
    /// A name that makes no Rust identifier.
    #[error("`{name}` makes no name for a struct")]
    InvalidName {
        /// The name.
        name: String,
    },
    /// More flash or RAM than the user allows.
    #[error("the model exceeds its budget")]
    BudgetExceeded {
        /// What was allowed.
        allowed: String,
        /// What it needs.
        needed: String,
        /// Where the bytes go, a table.
        breakdown: String,
    },
    /// A broken invariant of the compiler itself.
    #[error("this is a bug of the compiler: {stage} left an invalid {what}: {reason}")]
    Internal {
        /// The stage.
        stage: &'static str,
        /// What it yields.
        what: &'static str,
        /// The invariant that does not hold.
        reason: String,
    },
}
