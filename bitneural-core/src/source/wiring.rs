//! What reads what: the names of a file → places, and an order in which its layers can run.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::error::{ErrorKind, Errors, Location, near};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An input of the network, by its place in the file.
    Input(usize),
    /// A layer, by its place in the file.
    Layer(usize),
}

/// The names that a file gives and those that it refers to; `None` for what could not be read, whose
/// problem is noted.
pub(super) struct Names {
    /// Of the inputs.
    pub(super) inputs: Vec<Option<String>>,
    /// Of the layers.
    pub(super) layers: Vec<Option<String>>,
    /// What each layer reads.
    pub(super) reads: Vec<Reads>,
    /// What the user gets.
    pub(super) outputs: Option<Vec<String>>,
}

/// What a layer says of its inputs.
pub(super) enum Reads {
    /// Nothing: it reads the layer before it.
    Previous,
    /// These.
    Listed(Vec<String>),
    /// Something that could not be read.
    Unreadable,
}

/// How the layers of a file hang together.
#[derive(Debug, Default)]
pub(super) struct Wiring {
    /// What each layer reads.
    pub(super) reads: Vec<Vec<Origin>>,
    /// The layers that the user gets, by their place in the file.
    pub(super) outputs: Vec<usize>,
    /// The layers in an order in which each finds what it reads: that of the file where it will do.
    pub(super) order: Vec<usize>,
}

/// Finds what each name means.
///
/// Notes names that nothing bears, outputs of one name, cycles, and layers and inputs that nothing reads.
pub(super) fn wire(names: &Names, problems: &mut Errors) -> Wiring {
    let mut places: HashMap<&str, Origin> = HashMap::new();
    let inputs = names.inputs.iter().enumerate();
    let inputs = inputs.map(|(index, name)| (name, Origin::Input(index)));
    let layers = names.layers.iter().enumerate();
    let layers = layers.map(|(index, name)| (name, Origin::Layer(index)));
    for (name, origin) in inputs.chain(layers) {
        if let Some(name) = name {
            // Two of one name have their problem already; the first one bears it.
            places.entry(name).or_insert(origin);
        }
    }
    let before = problems.len();
    let reads = reads(names, &places, problems);
    let outputs = outputs(names, &places, problems);
    let order = order(names, &reads, problems);
    // A wrong name leaves layers unread: that would be a second problem of the same cause.
    let all_differ = places.len() == names.inputs.len() + names.layers.len();
    let all_known = problems.len() == before && all_differ && is_whole(names);
    if let Some(outputs) = outputs.as_ref().filter(|_| all_known) {
        unread(names, &reads, outputs, problems);
    }
    Wiring {
        reads,
        outputs: outputs.unwrap_or_default(),
        order,
    }
}

/// Whether every name and every list of names could be read.
fn is_whole(names: &Names) -> bool {
    let unreadable = |reads: &Reads| matches!(reads, Reads::Unreadable);
    !names.inputs.is_empty()
        && names
            .inputs
            .iter()
            .chain(&names.layers)
            .all(Option::is_some)
        && !names.reads.iter().any(unreadable)
}

fn unknown(found: &str, places: &HashMap<&str, Origin>) -> ErrorKind {
    let mut known: Vec<&str> = places.keys().copied().collect();
    known.sort_unstable();
    ErrorKind::UnknownId {
        found: found.to_owned(),
        near: near(found, known),
    }
}

fn field_of(names: &Names, layer: usize, field: &str) -> Location {
    Location {
        layer: names.layers[layer].clone(),
        ..Location::default()
    }
    .field(&format!("layers[{layer}]{field}"))
}

fn reads(names: &Names, places: &HashMap<&str, Origin>, problems: &mut Errors) -> Vec<Vec<Origin>> {
    let mut found = Vec::with_capacity(names.reads.len());
    for (index, reads) in names.reads.iter().enumerate() {
        let origins = match reads {
            Reads::Previous => match index.checked_sub(1) {
                Some(previous) => vec![Origin::Layer(previous)],
                None if names.inputs.is_empty() => Vec::new(),
                None => vec![Origin::Input(0)],
            },
            Reads::Unreadable => Vec::new(),
            Reads::Listed(list) => {
                let mut origins = Vec::with_capacity(list.len());
                for name in list {
                    match places.get(name.as_str()) {
                        Some(&origin) => origins.push(origin),
                        None => {
                            let location = field_of(names, index, ".inputs");
                            problems.push(unknown(name, places), location);
                        }
                    }
                }
                origins
            }
        };
        found.push(origins);
    }
    found
}

/// The layers that `outputs` names.
fn outputs(
    names: &Names,
    places: &HashMap<&str, Origin>,
    problems: &mut Errors,
) -> Option<Vec<usize>> {
    let listed = names.outputs.as_ref()?;
    let mut found = Vec::with_capacity(listed.len());
    let mut fail = |kind| problems.push(kind, Location::default().field("outputs"));
    if listed.is_empty() {
        fail(ErrorKind::InvalidField {
            field: "outputs".to_owned(),
            expected: "the name of at least one layer".to_owned(),
            found: "[]".to_owned(),
        });
    }
    for name in listed {
        match places.get(name.as_str()) {
            None => fail(unknown(name, places)),
            Some(Origin::Input(_)) => fail(ErrorKind::Unsupported {
                option: "as an output, the input",
                value: name.clone(),
                instead: "name a layer; what goes in unchanged the firmware has already".to_owned(),
            }),
            Some(&Origin::Layer(layer)) if found.contains(&layer) => {
                fail(ErrorKind::DuplicateOutput { id: name.clone() });
            }
            Some(&Origin::Layer(layer)) => found.push(layer),
        }
    }
    Some(found)
}

/// Notes what nothing reads: a part of the network that would be left out.
fn unread(names: &Names, reads: &[Vec<Origin>], outputs: &[usize], problems: &mut Errors) {
    let mut inputs = vec![false; names.inputs.len()];
    let mut layers = vec![false; names.layers.len()];
    for &output in outputs {
        layers[output] = true;
    }
    for &origin in reads.iter().flatten() {
        match origin {
            Origin::Input(index) => inputs[index] = true,
            Origin::Layer(index) => layers[index] = true,
        }
    }
    for (index, _) in layers.iter().enumerate().filter(|(_, read)| !**read) {
        problems.push(ErrorKind::UnusedLayer, field_of(names, index, ""));
    }
    for (index, _) in inputs.iter().enumerate().filter(|(_, read)| !**read) {
        let kind = ErrorKind::UnusedInput {
            id: names.inputs[index].clone().unwrap_or_default(),
        };
        problems.push(kind, Location::default().field(&format!("inputs[{index}]")));
    }
}

/// Kahn's order (A. B. Kahn, "Topological sorting of large networks", 1962), of several layers that could
/// run the first one of the file.
fn order(names: &Names, reads: &[Vec<Origin>], problems: &mut Errors) -> Vec<usize> {
    let layers = |origins: &[Origin]| -> Vec<usize> {
        let of_layers = origins.iter().filter_map(|&origin| match origin {
            Origin::Layer(layer) => Some(layer),
            Origin::Input(_) => None,
        });
        of_layers.collect()
    };
    let mut waits_for: Vec<usize> = Vec::with_capacity(reads.len());
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); reads.len()];
    for (index, origins) in reads.iter().enumerate() {
        let read = layers(origins);
        waits_for.push(read.len());
        for layer in read {
            readers[layer].push(index);
        }
    }
    let ready = |waits: &(usize, &usize)| *waits.1 == 0;
    let first = waits_for.iter().enumerate().filter(ready);
    let mut ready: BinaryHeap<Reverse<usize>> = first.map(|(index, _)| Reverse(index)).collect();
    let mut order = Vec::with_capacity(reads.len());
    while let Some(Reverse(layer)) = ready.pop() {
        order.push(layer);
        for &reader in &readers[layer] {
            waits_for[reader] -= 1;
            if waits_for[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    // Whoever still waits stands in a cycle or behind one: going back from it, one comes round.
    if let Some(start) = waits_for.iter().position(|&waits| waits > 0) {
        let waiting = |layer: &usize| waits_for[*layer] > 0;
        let mut path = vec![start];
        let cycle = loop {
            let last = path.last().copied().unwrap_or(start);
            let Some(next) = layers(&reads[last]).into_iter().find(waiting) else {
                break path;
            };
            if let Some(seen) = path.iter().position(|&layer| layer == next) {
                break path.split_off(seen);
            }
            path.push(next);
        };
        // Told in the order in which values flow, from the first layer of the file on.
        let mut cycle: Vec<usize> = cycle.into_iter().rev().collect();
        let first = cycle.iter().enumerate().min_by_key(|(_, layer)| **layer);
        let first = first.map_or(0, |(at, _)| at);
        cycle.rotate_left(first);
        let closed = cycle.iter().chain(cycle.first());
        let name = |&layer: &usize| names.layers[layer].clone().unwrap_or_default();
        let path = closed.map(name).collect();
        let location = field_of(names, cycle.first().copied().unwrap_or(start), ".inputs");
        problems.push(ErrorKind::Cycle { path }, location);
    }
    order
}
