//! Activations → places in one word-aligned arena.
//!
//! A slot lives from the step that writes it to the last step that reads it. Slots whose lives
//! overlap lie apart. Offsets are found greedily, in several ways of which the best counts; the
//! bound below which no placement can go is kept beside the result. A chain of layers meets it.

use crate::ids::{SlotId, TensorId};
use crate::network::{Element, Network, Op, Tensor};

/// A place in the arena.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// What is stored there.
    pub content: Content,
    /// The number of elements.
    pub elements: usize,
    /// The first word.
    pub word: usize,
    /// The number of words.
    pub words: usize,
    /// The step that writes it first; the user's input is written before step 0.
    pub first: usize,
    /// The last step at which it is needed; the number of steps if the user reads it.
    pub last: usize,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// An activation.
    Tensor(Element),
    /// Working memory of a kernel, in words.
    Scratch,
}

impl Slot {
    /// Whether both are needed at some step.
    pub fn overlaps_in_time(&self, other: &Slot) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether both cover some word.
    pub fn overlaps_in_space(&self, other: &Slot) -> bool {
        self.word < other.word + other.words && other.word < self.word + self.words
    }
}

/// Slots with their lives, before they have a place.
pub(super) struct Lifetimes {
    slots: Vec<Slot>,
    /// The slot of each tensor.
    of_tensor: Vec<Option<SlotId>>,
}

/// Slots with their places.
pub(super) struct Memory {
    pub(super) slots: Vec<Slot>,
    pub(super) words: usize,
    pub(super) bound_words: usize,
}

impl Lifetimes {
    pub(super) fn new(network: &Network) -> Self {
        let mut lifetimes = Self {
            slots: Vec::new(),
            of_tensor: vec![None; network.tensors.len()],
        };
        for &input in &network.inputs {
            lifetimes.write(input, network.tensor(input), 0);
        }
        lifetimes
    }

    fn push(&mut self, content: Content, elements: usize, words: usize, step: usize) -> SlotId {
        let id = SlotId::from(self.slots.len());
        self.slots.push(Slot {
            content,
            elements,
            word: 0,
            words,
            first: step,
            last: step,
        });
        id
    }

    /// A slot for a tensor that `step` writes.
    pub(super) fn write(&mut self, id: TensorId, tensor: &Tensor, step: usize) -> SlotId {
        let words = (tensor.elements * tensor.element.bytes()).div_ceil(4);
        let slot = self.push(
            Content::Tensor(tensor.element),
            tensor.elements,
            words,
            step,
        );
        self.of_tensor[id.index()] = Some(slot);
        slot
    }

    /// Working memory of `step`.
    pub(super) fn scratch(&mut self, words: usize, step: usize) -> SlotId {
        self.push(Content::Scratch, words, words, step)
    }

    /// What lies there stays there from one run to the next.
    pub(super) fn keep(&mut self, id: SlotId, steps: usize) {
        let slot = &mut self.slots[id.index()];
        (slot.first, slot.last) = (0, steps);
    }

    /// `id` lies where `source` lies.
    pub(super) fn alias(&mut self, id: TensorId, source: TensorId) {
        self.of_tensor[id.index()] = self.of_tensor[source.index()];
    }

    /// The slot of a tensor that has one: every tensor that an op has yielded.
    pub(super) fn slot(&self, id: TensorId) -> SlotId {
        // `Network::verify` holds that an op reads only what was yielded before it.
        self.of_tensor[id.index()].unwrap_or(SlotId(0))
    }

    /// The slot of a tensor that `step` reads.
    pub(super) fn read(&mut self, id: TensorId, step: usize) -> SlotId {
        let slot = self.slot(id);
        let last = &mut self.slots[slot.index()].last;
        *last = (*last).max(step);
        slot
    }

    /// Whether nothing needs `input`, which `op` reads, after it, so that it may be overwritten.
    pub(super) fn last_read(&self, network: &Network, op: &Op, input: TensorId) -> bool {
        let slot = self.of_tensor[input.index()];
        let same = |id: &TensorId| self.of_tensor[id.index()] == slot;
        let read_again = network
            .ops
            .iter()
            .skip_while(|other| other.output != op.output)
            .skip(1)
            .any(|other| other.inputs.iter().any(same));
        !read_again && !network.outputs.iter().chain(&network.scores).any(same)
    }

    /// Gives every slot its place.
    pub(super) fn place(self) -> Memory {
        let bound_words = bound(&self.slots);
        let by_size = |slot: &Slot| (usize::MAX - slot.words, slot.first);
        let by_birth = |slot: &Slot| (slot.first, usize::MAX - slot.words);
        let by_life = |slot: &Slot| {
            (
                usize::MAX - (slot.last - slot.first),
                usize::MAX - slot.words,
            )
        };
        let placed = [
            greedy(self.slots.clone(), by_size),
            greedy(self.slots.clone(), by_birth),
            greedy(self.slots.clone(), by_life),
            two_ended(self.slots, bound_words),
        ];
        let (words, slots) = placed
            .into_iter()
            .min_by_key(|(words, _)| *words)
            .unwrap_or_default();
        Memory {
            slots,
            words,
            bound_words,
        }
    }
}

/// The most words that are needed at one step.
fn bound(slots: &[Slot]) -> usize {
    let steps = slots
        .iter()
        .map(|slot| slot.last)
        .max()
        .map_or(0, |last| last + 1);
    (0..steps)
        .map(|step| {
            slots
                .iter()
                .filter(|s| (s.first..=s.last).contains(&step))
                .map(|s| s.words)
                .sum()
        })
        .max()
        .unwrap_or(0)
}

/// Places the slots in the order of `key`, each at the lowest offset that is free for its life.
fn greedy(mut slots: Vec<Slot>, key: impl Fn(&Slot) -> (usize, usize)) -> (usize, Vec<Slot>) {
    place_in_order(&mut slots, key, lowest);
    (end(&slots), slots)
}

/// Places the slots in the order of their birth, each at the beginning of `bound` words, else at
/// their end, else at the lowest offset that is free: in a chain the activations take turns at the
/// two ends, and working memory lies between them.
fn two_ended(mut slots: Vec<Slot>, bound: usize) -> (usize, Vec<Slot>) {
    let key = |slot: &Slot| (slot.first, usize::from(slot.content == Content::Scratch));
    place_in_order(&mut slots, key, |taken, words| {
        let lowest = lowest(taken, words);
        let last = bound.saturating_sub(words);
        let is_free = taken.iter().all(|&(_, end)| end <= last);
        if lowest > 0 && is_free { last } else { lowest }
    });
    (end(&slots), slots)
}

/// Gives each slot, in the order of `key`, the first word that `choose` picks among the words
/// `(start, end)` that are taken during its life, in ascending order, for its number of words.
fn place_in_order(
    slots: &mut [Slot],
    key: impl Fn(&Slot) -> (usize, usize),
    choose: impl Fn(&[(usize, usize)], usize) -> usize,
) {
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by_key(|&index| key(&slots[index]));
    let mut placed: Vec<usize> = Vec::with_capacity(order.len());
    for index in order {
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .map(|&other| &slots[other])
            .filter(|other| other.overlaps_in_time(&slots[index]))
            .map(|other| (other.word, other.word + other.words))
            .collect();
        taken.sort_unstable();
        slots[index].word = choose(&taken, slots[index].words);
        placed.push(index);
    }
}

/// The lowest offset at which so many words are free.
fn lowest(taken: &[(usize, usize)], words: usize) -> usize {
    let mut word = 0;
    for &(start, end) in taken {
        if word + words <= start {
            break;
        }
        word = word.max(end);
    }
    word
}

/// The words that the slots take.
fn end(slots: &[Slot]) -> usize {
    slots
        .iter()
        .map(|slot| slot.word + slot.words)
        .max()
        .unwrap_or(0)
}
