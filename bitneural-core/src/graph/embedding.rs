//! Embeddings in the graph: a row of a table for each index.

use super::build::Builder;
use super::linear::{Latent, Quantized, Weights, per_output};
use super::{Links, NodeKind};
use crate::error::{ErrorKind, Errors, Location};
use crate::ids::{LayerId, ValueId};
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::embedding as source;
use crate::source::{Dtype, Tensor, limits};
use crate::ternarize::{Order, Precision, outputs_first};

/// A table of vectors, one for each index.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The number of vectors, at least 1.
    pub rows: usize,
    /// Elements of each.
    pub width: usize,
    /// The vectors.
    pub table: Table,
}

/// The entries of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Table {
    /// As they are, vector after vector.
    Real(Vec<f32>),
    /// As weights, of which an output is an element of the vectors and a tap an index.
    Weights(Weights),
}

impl Embedding {
    /// The entries, vector after vector.
    pub fn entries(&self) -> Vec<f64> {
        match &self.table {
            Table::Real(values) => values.iter().map(|&value| value.into()).collect(),
            Table::Weights(weights) => {
                let (values, scales) = weights.unscaled(self.width);
                let places =
                    (0..self.rows).flat_map(|row| (0..self.width).map(move |at| (row, at)));
                places
                    .map(|(row, at)| values[at * self.rows + row] * scales[at])
                    .collect()
            }
        }
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    embedding: &source::Embedding,
) -> bool {
    if !reads_indices(builder, layer) {
        return false;
    }
    let indices = builder.shape().elements();
    let Some(tensor) = builder.tensor(&layer.id, &embedding.table) else {
        return false;
    };
    let &[rows, width] = tensor.shape.0.as_slice() else {
        return refused_table(builder, layer, &embedding.table, tensor);
    };
    if rows == 0 || width == 0 {
        return refused_table(builder, layer, &embedding.table, tensor);
    }
    let limit = limits::ACTIVATION_ELEMENTS;
    let shape = Shape(vec![indices, width]);
    if shape.elements() > limit {
        let kind = ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: shape.elements(),
            limit,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    let scale = embedding
        .scale
        .as_ref()
        .map(|name| per_output(builder, &layer.id, name, width, true));
    let table = match table(embedding, tensor, width, scale.flatten()) {
        Ok(table) => table,
        Err(kind) => {
            let location = Location::layer(&layer.id).tensor(&embedding.table);
            builder.problems.push(kind, location);
            // Never compiled, for the problem is noted.
            Table::Real(Vec::new())
        }
    };
    let node = NodeKind::Embedding(Embedding { rows, width, table });
    builder.push(id, node, shape, layer.range);
    builder.mark_time_first();
    true
}

/// Whether a layer reads a vector of indices straight from an input; if not, that is noted.
fn reads_indices(builder: &mut Builder<'_>, layer: &Layer) -> bool {
    let kind = if !builder.reads_an_input() {
        ErrorKind::Unsupported {
            option: "anywhere but behind an input, an",
            value: "embedding".to_owned(),
            instead: "let it read an input of indices, with nothing but a `flatten` between"
                .to_owned(),
        }
    } else if builder.shape().rank() != 1 || builder.pending_flatten().is_some() {
        ErrorKind::DoesNotCompose {
            expected: "a list of indices, shape [time]".to_owned(),
            found: builder.shape().clone(),
            mend: "give the input one axis, or put a `flatten` of one channel in front".to_owned(),
        }
    } else {
        return true;
    };
    builder.problems.push(kind, Location::layer(&layer.id));
    false
}

fn refused_table(
    builder: &mut Builder<'_>,
    layer: &Layer,
    name: &str,
    tensor: &Tensor<'_>,
) -> bool {
    let kind = ErrorKind::WrongShape {
        expected: "[indices, elements of a vector], each at least 1".to_owned(),
        found: tensor.shape.clone(),
    };
    let location = Location::layer(&layer.id).tensor(name);
    builder.problems.push(kind, location);
    false
}

/// The entries of the tensor. What is wrong with the scale is noted already.
fn table(
    fields: &source::Embedding,
    tensor: &Tensor<'_>,
    width: usize,
    scale: Option<Vec<f64>>,
) -> Result<Table, ErrorKind> {
    if tensor.dtype != Dtype::I8 {
        if fields.scale.is_some() {
            return Err(ErrorKind::WrongDtype {
                expected: "I8 (trits or codes), since the layer names a tensor of scales",
                found: tensor.dtype.name().to_owned(),
            });
        }
        let values = tensor.to_f32()?;
        return Ok(match fields.precision {
            None => Table::Real(values),
            Some(precision) => Table::Weights(Weights::Latent(Latent {
                values,
                order: Order::InputsFirst,
                precision,
                quantizer: fields.quantizer,
                granularity: fields.granularity,
                tap_order: None,
                output_order: None,
            })),
        });
    }
    if fields.scale.is_none() {
        return Err(ErrorKind::MissingField {
            field: "scale",
            expected: "the name of the tensor of scales that an I8 table needs".to_owned(),
        });
    }
    let precision = fields.precision.unwrap_or(Precision::Int8);
    let values = match precision {
        Precision::Ternary => tensor.to_trits()?,
        Precision::Int8 => tensor.to_codes()?,
    };
    let mut scales = scale.unwrap_or_default();
    if let &[shared] = scales.as_slice() {
        scales = vec![shared; width];
    }
    Ok(Table::Weights(Weights::Quantized(Quantized {
        values: outputs_first(&values, width, Order::InputsFirst),
        scales,
        precision,
    })))
}

impl Links<'_> {
    /// Whether a value is an input of indices: all that computes with it is embeddings.
    pub fn is_indices(&self, id: ValueId) -> bool {
        let readers = self.computing_readers(id);
        let is_embedding = |kind: &NodeKind| matches!(kind, NodeKind::Embedding(_));
        self.inputs.contains(&id)
            && !readers.is_empty()
            && readers.iter().all(|reader| is_embedding(&reader.kind))
    }
}

/// Notes what an input of indices cannot have: other readers, a mean, a format of its own, fewer codes than the
/// table has rows.
pub(super) fn check_inputs(graph: &Links<'_>, problems: &mut Errors) {
    for (index, (&id, port)) in graph.inputs.iter().zip(&graph.interface.inputs).enumerate() {
        let readers = graph.computing_readers(id);
        let mut embeddings: Vec<(LayerId, &Embedding)> = Vec::new();
        let mut other = None;
        for reader in readers {
            if let NodeKind::Embedding(embedding) = &reader.kind {
                embeddings.push((reader.layer, embedding));
            } else {
                other = other.or(Some(reader));
            }
        }
        let Some(&(first, _)) = embeddings.first() else {
            continue;
        };
        if let Some(other) = other {
            let kind = ErrorKind::Unsupported {
                option: "beside an embedding that reads the same input, the layer",
                value: graph.layer(other.layer).id.clone(),
                instead: format!(
                    "give it an input of its own: to `{}` the values are indices",
                    graph.layer(first).id
                ),
            };
            problems.push(kind, Location::layer(&graph.layer(other.layer).id));
            continue;
        }
        let mut refuse = |field: &str, expected: &str, found: String| {
            let kind = ErrorKind::InvalidField {
                field: field.to_owned(),
                expected: expected.to_owned(),
                found,
            };
            let location = Location::layer(&graph.layer(first).id);
            problems.push(kind, location.field(&format!("inputs[{index}].{field}")));
        };
        let plain = "nothing: an embedding reads indices as they are";
        if port.mean.iter().any(|&mean| mean != 0.0) {
            refuse("mean", plain, format!("{:?}", port.mean));
        } else if port.std.iter().any(|&deviation| deviation != 1.0) {
            refuse("std", plain, format!("{:?}", port.std));
        }
        let fixed = graph.value(id).range.and_then(|range| range.fixed);
        if let Some((scale, zero_point)) = fixed.filter(|&fixed| fixed != (1.0, 0)) {
            let found = format!("{scale} and {zero_point}");
            refuse(
                "scale",
                "1, and 0 as `zero_point`: the codes are indices",
                found,
            );
        }
        for (layer, embedding) in embeddings {
            let found = embedding.rows;
            let kind = if port.is_wide && found > MOST_WIDE_ROWS {
                ErrorKind::TooLarge {
                    what: "the number of rows",
                    found,
                    limit: MOST_WIDE_ROWS,
                }
            } else if !port.is_wide && found > MOST_ROWS {
                ErrorKind::Unsupported {
                    option: "by indices of 8 bits, a number of rows of",
                    value: found.to_string(),
                    instead: format!("write `\"bits\": 16` at the input `{}`", port.id),
                }
            } else {
                continue;
            };
            problems.push(kind, Location::layer(&graph.layer(layer).id));
        }
    }
}

/// As many indices as an input of 8 bits has codes.
const MOST_ROWS: usize = 256;

/// As many as one of 16 bits has.
const MOST_WIDE_ROWS: usize = 65536;
