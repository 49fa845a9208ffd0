//! The user's floats → codes: the constants of R4; who may read them.

use super::Format;
use super::ranges::rnd;
use crate::error::{ErrorKind, Errors, Location};
use crate::graph::{Graph, Input, NodeKind};
use crate::ids::{LayerId, ValueId};
use crate::network::InputChannel;

/// The constants of the input at `index` of the file.
pub(super) fn constants(
    index: usize,
    port: &Input,
    format: Format,
    problems: &mut Errors,
) -> Vec<InputChannel> {
    let (means, deviations) = (&port.mean, &port.std);
    let channels = means.len().max(deviations.len());
    let pick = |list: &[f64], channel: usize| list.get(channel).or(list.first()).copied();
    (0..channels)
        .map(|channel| {
            let mean = pick(means, channel).unwrap_or(0.0);
            let deviation = pick(deviations, channel).unwrap_or(1.0);
            let step = deviation * format.scale;
            let factor = (256.0 / step) as f32;
            let offset = rnd(256.0 * (f64::from(format.zero_point) - mean / step)) + 128.0;
            if !(factor.is_normal() && offset.abs() < f64::from(1 << 30)) {
                let kind = ErrorKind::InvalidField {
                    field: "mean".to_owned(),
                    expected:
                        "a mean within 4 million steps of the input's range, and a normal step"
                            .to_owned(),
                    found: format!(
                        "mean {mean}, standard deviation {deviation}, step {:e}",
                        format.scale
                    ),
                };
                problems.push(
                    kind,
                    Location::default().field(&format!("inputs[{index}].mean")),
                );
            }
            InputChannel {
                factor,
                offset: offset as i32,
            }
        })
        .collect()
}

/// Whether all that reads the input at `index` of the file can: a wide code (R2) only what has weights or a table,
/// behind reshapes.
pub(super) fn check_readers(
    graph: &Graph,
    index: usize,
    id: ValueId,
    problems: &mut Errors,
) -> bool {
    let port = &graph.interface.inputs[index];
    if !port.is_wide {
        return true;
    }
    let refused = unable(graph, id);
    for &layer in &refused {
        let kind = ErrorKind::WideInput {
            input: port.id.clone(),
            kind: graph.layer(layer).kind,
        };
        problems.push(kind, Location::layer(&graph.layer(layer).id));
    }
    refused.is_empty()
}

/// The layers that read a wide code and cannot, and those that give it to the user.
fn unable(graph: &Graph, id: ValueId) -> Vec<LayerId> {
    let mut found = Vec::new();
    for node in graph.readers(id) {
        match node.kind {
            NodeKind::Dense(_)
            | NodeKind::Conv(_)
            | NodeKind::Recurrent(_)
            | NodeKind::Affine(_)
            | NodeKind::Embedding(_) => {}
            NodeKind::Reshape => {
                if graph.outputs.contains(&node.output) {
                    found.push(node.layer);
                }
                found.extend(unable(graph, node.output));
            }
            NodeKind::Pool(_)
            | NodeKind::LayerNorm(_)
            | NodeKind::Activation(_)
            | NodeKind::Elementwise(_)
            | NodeKind::Concat(_)
            | NodeKind::Frame(_)
            | NodeKind::Softmax(_)
            | NodeKind::Custom(_) => found.push(node.layer),
        }
    }
    found
}
