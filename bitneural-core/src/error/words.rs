//! What is said of a problem beside what is wrong: what fits, what was found, how to mend it.

use super::{Argument, ErrorKind, Location, near};

/// Help for a misspelt word of which a few are expected, each in backticks.
fn near_word(expected: &str, found: &str) -> Option<String> {
    let found = found.strip_prefix('"')?.strip_suffix('"')?;
    let words = expected.split('`').skip(1).step_by(2);
    did_you_mean(&near(found, words))
}

/// `did you mean a, b or c?`, or nothing.
fn did_you_mean(near: &[String]) -> Option<String> {
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    let (last, rest) = quoted.split_last()?;
    Some(if rest.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", rest.join(", "))
    })
}

fn one_of(allowed: &[String]) -> String {
    format!(
        "one of {}",
        allowed
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

impl ErrorKind {
    /// Which argument of the macro is to blame.
    pub fn argument(&self) -> Argument {
        match self {
            Self::BudgetExceeded { .. } => Argument::Budget,
            Self::CannotStream { .. } => Argument::Streaming,
            Self::InvalidName { .. } => Argument::Name,
            Self::CustomWithoutType { .. } | Self::UnknownCustom { .. } => Argument::Custom,
            Self::FileNotFound { .. }
            | Self::FileUnreadable { .. }
            | Self::FileTooLarge { .. }
            | Self::ForeignFormat { .. }
            | Self::NotSafetensors { .. }
            | Self::HeaderTruncated { .. }
            | Self::HeaderOversized { .. }
            | Self::TensorOffsets { .. }
            | Self::NoMetadata
            | Self::BadJson { .. }
            | Self::UnsupportedVersion { .. }
            | Self::UnknownField { .. }
            | Self::MissingField { .. }
            | Self::InvalidField { .. }
            | Self::UnknownLayerType { .. }
            | Self::UnknownId { .. }
            | Self::DuplicateId { .. }
            | Self::DuplicateOutput { .. }
            | Self::Cycle { .. }
            | Self::WideInput { .. }
            | Self::EpsilonTooLarge { .. }
            | Self::GatesTooCoarse { .. }
            | Self::UnusedLayer
            | Self::UnusedInput { .. }
            | Self::Unsupported { .. }
            | Self::EmptyModel
            | Self::MissingTensor { .. }
            | Self::UnusedTensor
            | Self::WrongShape { .. }
            | Self::WrongDtype { .. }
            | Self::NotFinite { .. }
            | Self::NotATrit { .. }
            | Self::DoesNotCompose { .. }
            | Self::ShapesDiffer { .. }
            | Self::TooLarge { .. }
            | Self::MissingRange { .. }
            | Self::OutputTooCoarse { .. }
            | Self::SumTooWide
            | Self::ScaleTooFine { .. }
            | Self::ScalesTooFarApart { .. }
            | Self::SoftmaxTooCoarse { .. }
            | Self::LabelCount { .. }
            | Self::LabelCollision { .. }
            | Self::Internal { .. } => Argument::Path,
        }
    }

    /// What was expected and what was found, where that can be said in a line each.
    pub fn expected_and_found(&self) -> Option<(String, String)> {
        Some(match self {
            Self::FileTooLarge { bytes, limit } | Self::HeaderOversized { bytes, limit } => {
                (format!("at most {limit} bytes"), format!("{bytes} bytes"))
            }
            Self::HeaderTruncated { needed, found } => {
                (format!("{needed} bytes"), format!("{found} bytes"))
            }
            Self::TensorOffsets { reason } => (
                "tensors without gaps or overlaps, up to the end of the file".to_owned(),
                reason.clone(),
            ),
            Self::UnsupportedVersion { found } => ("1".to_owned(), found.clone()),
            Self::UnknownField { field, allowed, .. } => (one_of(allowed), format!("`{field}`")),
            Self::MissingField { expected, .. } => (expected.clone(), "nothing".to_owned()),
            Self::InvalidField {
                expected, found, ..
            } => (expected.clone(), found.clone()),
            Self::UnknownLayerType { found, allowed, .. } => {
                (one_of(allowed), format!("`{found}`"))
            }
            Self::WrongShape { expected, found } => (expected.clone(), found.to_string()),
            Self::WrongDtype { expected, found } => ((*expected).to_owned(), found.clone()),
            Self::NotFinite { value, .. } => ("finite numbers".to_owned(), value.clone()),
            Self::NotATrit { value, .. } => ("-1, 0 or 1".to_owned(), value.to_string()),
            Self::DoesNotCompose {
                expected, found, ..
            } => (expected.clone(), format!("shape {found}")),
            Self::ShapesDiffer {
                expected,
                second,
                found,
                ..
            } => (expected.clone(), format!("shape {found} from `{second}`")),
            Self::TooLarge { found, limit, .. } => (
                format!("at most {limit}"),
                if *found == usize::MAX {
                    "more than can be counted".to_owned()
                } else {
                    found.to_string()
                },
            ),
            Self::WideInput { input, .. } => (
                "a dense layer or a convolution, which makes codes of 8 bits of it".to_owned(),
                format!("`bits`: 16 at the input `{input}`"),
            ),
            Self::OutputTooCoarse { step } => (
                "a step that some of the values reach".to_owned(),
                format!("a step of {step:e}"),
            ),
            Self::ScaleTooFine { multiplier } => (
                "a ratio of input step to output step below 32768".to_owned(),
                format!("{multiplier:e}"),
            ),
            Self::ScalesTooFarApart {
                channel,
                smallest,
                largest,
            } => (
                "scales within a factor of 2^31".to_owned(),
                format!("{smallest:e} in channel {channel}, {largest:e} elsewhere"),
            ),
            Self::SoftmaxTooCoarse { scale } => (
                "logits with a step of at most about 88".to_owned(),
                format!("a step of {scale:e}"),
            ),
            Self::EpsilonTooLarge {
                epsilon,
                scale,
                channels,
            } => (
                format!("an epsilon of at most {:.2e} over {channels} channels", {
                    // 2^32 / n² less the largest variance, in steps.
                    let most = 2.0_f64.powi(32) / (channels * channels) as f64 - 16257.0;
                    most * scale * scale
                }),
                format!("{epsilon:e}, with an input of a step of {scale:e}"),
            ),
            Self::Cycle { path } => (
                "layers in an order in which each reads earlier ones".to_owned(),
                path.join(" → "),
            ),
            Self::GatesTooCoarse { scale } => (
                "gates whose weights, input and biases together keep within 32 bits".to_owned(),
                format!("an input with a step of {scale:e}"),
            ),
            Self::LabelCount { labels, outputs } => {
                (format!("{outputs} labels"), format!("{labels}"))
            }
            Self::BudgetExceeded {
                allowed,
                needed,
                breakdown,
            } => (allowed.clone(), format!("{needed}\n{breakdown}")),
            Self::UnknownCustom { name, allowed, .. } if !allowed.is_empty() => {
                (one_of(allowed), format!("`{name}`"))
            }
            Self::FileNotFound { .. }
            | Self::FileUnreadable { .. }
            | Self::ForeignFormat { .. }
            | Self::NotSafetensors { .. }
            | Self::NoMetadata
            | Self::BadJson { .. }
            | Self::UnknownId { .. }
            | Self::DuplicateId { .. }
            | Self::DuplicateOutput { .. }
            | Self::UnusedLayer
            | Self::UnusedInput { .. }
            | Self::Unsupported { .. }
            | Self::EmptyModel
            | Self::MissingTensor { .. }
            | Self::UnusedTensor
            | Self::MissingRange { .. }
            | Self::SumTooWide
            | Self::CannotStream { .. }
            | Self::CustomWithoutType { .. }
            | Self::UnknownCustom { .. }
            | Self::LabelCollision { .. }
            | Self::InvalidName { .. }
            | Self::Internal { .. } => return None,
        })
    }

    /// How to mend it.
    pub fn help(&self, location: &Location) -> Option<String> {
        let file = location.file.as_deref().unwrap_or("FILE");
        Some(match self {
            Self::FileNotFound { near } => did_you_mean(near)
                .unwrap_or_else(|| "the path is relative to the folder of the crate's Cargo.toml".to_owned()),
            Self::ForeignFormat { convert, .. } => (*convert).to_owned(),
            Self::NoMetadata => "write the file with `bitneural-train`, or add the entry `bitneural` to \
                `__metadata__` as docs/format.md describes"
                .to_owned(),
            Self::UnknownField { near, .. } | Self::UnknownId { near, .. } => did_you_mean(near)?,
            Self::UnknownLayerType { near, .. } => did_you_mean(near).unwrap_or_else(|| {
                "write a layer of your own as one of the type `custom`, whose code is yours: see docs/custom-layers.md"
                    .to_owned()
            }),
            Self::MissingTensor { near } => did_you_mean(near)
                .unwrap_or_else(|| format!("`bitneural inspect {file}` lists the tensors of the file")),
            Self::DuplicateId { .. } => "give each layer and input a name of its own".to_owned(),
            Self::DuplicateOutput { .. } => "name each output once".to_owned(),
            Self::Cycle { .. } => "a network that feeds back takes a recurrent layer, or its state as an input".to_owned(),
            Self::UnusedLayer => "name it in the `inputs` of a layer or among the `outputs`, or leave it out".to_owned(),
            Self::UnusedInput { .. } => "name it in the `inputs` of a layer, or leave it out".to_owned(),
            Self::Unsupported { instead, .. } => instead.clone(),
            Self::EmptyModel => "list at least one layer under `layers`".to_owned(),
            Self::UnusedTensor => "name it in the layer's `tensors`, or leave it out of the file".to_owned(),
            Self::NotFinite { .. } => {
                "the training diverged: export an earlier checkpoint, or lower the learning rate".to_owned()
            }
            Self::NotATrit { .. } => "an I8 kernel holds trits, or codes if the layer says `weights`: `int8`; write other weights as F32"
                .to_owned(),
            Self::DoesNotCompose { mend, .. } => mend.clone(),
            Self::ShapesDiffer { mend, .. } => (*mend).to_owned(),
            Self::CannotStream { mend, .. } => mend.clone(),
            Self::MissingRange { .. } => {
                format!("record the ranges once, on real inputs: `bitneural calibrate {file} --data INPUTS`")
            }
            Self::WideInput { input, .. } => format!(
                "give the input `{input}` 8 bits, or put a dense layer or a convolution in front of this one"
            ),
            Self::SumTooWide
            | Self::ScaleTooFine { .. }
            | Self::ScalesTooFarApart { .. }
            | Self::SoftmaxTooCoarse { .. }
            | Self::GatesTooCoarse { .. } => format!(
                "the recorded range may come from other weights: calibrate again (`bitneural calibrate {file} \
                 --data INPUTS`), and look for outliers in the layer's scales and biases"
            ),
            Self::EpsilonTooLarge { .. } => format!(
                "the input hardly varies: calibrate again (`bitneural calibrate {file} --data INPUTS`), let the layer \
                 before it yield larger values, or train with a smaller epsilon"
            ),
            Self::OutputTooCoarse { .. } => format!(
                "the range of this layer, or of what it reads, may come from another network: calibrate again \
                 (`bitneural calibrate {file} --data INPUTS`)"
            ),
            Self::LabelCount { .. } => "list one label for each element of the output (two for a single one that is a sigmoid), or none".to_owned(),
            Self::CustomWithoutType { name } => format!(
                "name the type that implements it: `custom({name} = crate::MyLayer)` in the macro, \
                 `.custom(\"{name}\", \"crate::MyLayer\")` in a build script"
            ),
            Self::UnknownCustom { near, .. } => {
                did_you_mean(near).unwrap_or_else(|| "leave it out, or look whether the file is the right one".to_owned())
            }
            Self::LabelCollision { .. } => "change one of them".to_owned(),
            Self::InvalidName { .. } => {
                "name the struct: `include_ternary_model!(pub struct Name = \"…\")`".to_owned()
            }
            Self::BudgetExceeded { .. } => "raise the budget or make the largest layers smaller".to_owned(),
            Self::Internal { .. } => "please report it, with the file if you can".to_owned(),
            Self::FileUnreadable { .. } => "the path must be that of a file that you may read".to_owned(),
            Self::NotSafetensors { .. }
            | Self::HeaderTruncated { .. }
            | Self::HeaderOversized { .. }
            | Self::TensorOffsets { .. } => {
                "is the file complete? (A Git LFS pointer or an interrupted download looks like this.)".to_owned()
            }
            Self::BadJson { .. } => format!("`bitneural inspect {file}` prints the metadata"),
            Self::UnsupportedVersion { .. } => "update bitneural-rt, or export the file again".to_owned(),
            Self::InvalidField { expected, found, .. } => near_word(expected, found)
                .unwrap_or_else(|| "docs/format.md lists every field".to_owned()),
            Self::MissingField { .. } => "docs/format.md lists every field".to_owned(),
            Self::WrongShape { .. } | Self::WrongDtype { .. } => {
                format!("`bitneural inspect {file}` lists the tensors of the file")
            }
            Self::FileTooLarge { .. } | Self::TooLarge { .. } => {
                "no chip that this is made for holds such a network: is it the right file?".to_owned()
            }
        })
    }
}
