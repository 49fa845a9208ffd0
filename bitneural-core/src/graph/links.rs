//! Who reads a value and who yields it, looked up once for a whole graph: a file of a megabyte has a hundred thousand
//! reads, so that a search for each of them would not end.

use std::ops::Deref;

use super::{Graph, Node, NodeKind};
use crate::ids::ValueId;

/// What is known of the reads of each value. It stays true while nodes that follow one another become one.
#[derive(Debug)]
pub struct Reads {
    /// How often nodes read it, by [`ValueId`]; the user counts as two.
    counts: Vec<usize>,
    /// Whether no node computes with it, by [`ValueId`].
    ends: Vec<bool>,
}

impl Reads {
    /// The reads of a graph.
    pub fn of(graph: &Graph) -> Self {
        let mut counts = vec![0; graph.values.len()];
        let mut ends = vec![true; graph.values.len()];
        for node in graph.nodes.iter().rev() {
            let only_passes_on = reshapes(&node.kind) && ends[node.output.index()];
            for input in &node.inputs {
                counts[input.index()] += 1;
                ends[input.index()] &= only_passes_on;
            }
        }
        for output in &graph.outputs {
            counts[output.index()] += 2;
        }
        Self { counts, ends }
    }

    /// Whether one node reads a value, once, and the user does not.
    pub fn has_one_reader(&self, id: ValueId) -> bool {
        self.counts[id.index()] == 1
    }

    /// Whether a value is one that no node computes with, whatever reshapes are behind it.
    pub fn ends(&self, id: ValueId) -> bool {
        self.ends[id.index()]
    }
}

/// A graph that does not change, with an index of what its nodes read and yield.
#[derive(Debug)]
pub struct Links<'a> {
    graph: &'a Graph,
    reads: Reads,
    /// The nodes that read each value, once for each read.
    readers: Vec<Vec<usize>>,
    /// The node that yields each value.
    producers: Vec<Option<usize>>,
}

impl Deref for Links<'_> {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        self.graph
    }
}

impl<'a> Links<'a> {
    /// The links of a graph.
    pub fn of(graph: &'a Graph) -> Self {
        let mut readers = vec![Vec::new(); graph.values.len()];
        let mut producers = vec![None; graph.values.len()];
        for (index, node) in graph.nodes.iter().enumerate() {
            producers[node.output.index()] = Some(index);
            for input in &node.inputs {
                readers[input.index()].push(index);
            }
        }
        Self {
            graph,
            reads: Reads::of(graph),
            readers,
            producers,
        }
    }

    /// The node that yields a value, if that is no input.
    pub fn producer(&self, id: ValueId) -> Option<usize> {
        self.producers[id.index()]
    }

    /// [`Reads::has_one_reader`].
    pub fn has_one_reader(&self, id: ValueId) -> bool {
        self.reads.has_one_reader(id)
    }

    /// [`Reads::ends`].
    pub fn ends(&self, id: ValueId) -> bool {
        self.reads.ends(id)
    }

    /// The node that reads a value, if one does, once, and the user does not.
    pub fn only_reader(&self, id: ValueId) -> Option<&'a Node> {
        let first = self.readers[id.index()].first()?;
        self.has_one_reader(id).then(|| &self.graph.nodes[*first])
    }

    /// The nodes that compute with a value, whatever reshapes are between; none for one that only the user
    /// reads.
    pub fn computing_readers(&self, id: ValueId) -> Vec<&'a Node> {
        let mut computing = Vec::new();
        let mut behind = vec![id];
        while let Some(id) = behind.pop() {
            for &index in &self.readers[id.index()] {
                let reader = &self.graph.nodes[index];
                if reshapes(&reader.kind) {
                    behind.push(reader.output);
                } else {
                    computing.push(reader);
                }
            }
        }
        computing
    }
}

/// Whether a node passes on what it reads, and computes nothing.
fn reshapes(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Reshape => true,
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Concat(_)
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => false,
    }
}
