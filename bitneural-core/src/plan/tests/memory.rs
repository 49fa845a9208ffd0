//! Where slots lie.

use super::*;

/// A network of tensors of these sizes in bytes, without ops.
fn tensors(bytes: &[usize]) -> Network {
    let mut network = bare("keras", &[1], json!([{"id": "f", "type": "flatten"}]))
        .network()
        .unwrap();
    let one = network.tensors[0].clone();
    network.tensors = bytes
        .iter()
        .map(|&elements| Tensor {
            elements,
            ..one.clone()
        })
        .collect();
    network
}

/// The places of tensors that live from one step to another; the first lives from step 0 on.
fn placed(lives: &[(usize, usize, usize)]) -> Memory {
    with_scratch(lives, &[])
}

/// The same, with words of working memory at steps.
fn with_scratch(lives: &[(usize, usize, usize)], scratch: &[(usize, usize)]) -> Memory {
    let sizes: Vec<usize> = lives.iter().map(|&(bytes, _, _)| bytes).collect();
    let network = tensors(&sizes);
    let mut lifetimes = Lifetimes::new(&network);
    for (index, &(_, first, last)) in lives.iter().enumerate() {
        let id = TensorId::from(index);
        if index > 0 {
            lifetimes.write(id, network.tensor(id), first);
        }
        lifetimes.read(id, last);
    }
    for &(words, step) in scratch {
        lifetimes.scratch(words, step);
    }
    lifetimes.place()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn slots_that_live_together_lie_apart(
        lives in prop::collection::vec((0..90_usize, 0..12_usize, 0..5_usize), 1..24),
    ) {
        let lives: Vec<_> = lives.iter().enumerate().map(|(index, &(bytes, first, more))| {
            let first = if index == 0 { 0 } else { first };
            (bytes, first, first + more)
        }).collect();
        let memory = placed(&lives);
        for (index, slot) in memory.slots.iter().enumerate() {
            let (bytes, first, last) = lives[index];
            prop_assert_eq!((slot.elements, slot.first, slot.last), (bytes, first, last));
            prop_assert_eq!(slot.words, bytes.div_ceil(4));
            prop_assert!(slot.word + slot.words <= memory.words);
            for other in &memory.slots[index + 1..] {
                let shared = (slot.word..slot.word + slot.words)
                    .any(|word| (other.word..other.word + other.words).contains(&word));
                let together = (slot.first..=slot.last)
                    .any(|step| (other.first..=other.last).contains(&step));
                prop_assert!(!(shared && together), "{slot:?} {other:?}");
                prop_assert_eq!(slot.overlaps_in_time(other), together);
            }
        }
        // The bound, by hand: the most that lives at one step.
        let most = (0..20).map(|step| {
            let alive = lives.iter().filter(|(_, first, last)| (*first..=*last).contains(&step));
            alive.map(|(bytes, _, _)| bytes.div_ceil(4)).sum::<usize>()
        });
        prop_assert_eq!(memory.bound_words, most.max().unwrap_or(0));
        prop_assert!(memory.words >= memory.bound_words);
    }

    #[test]
    fn a_chain_takes_no_more_than_the_bound(
        sizes in prop::collection::vec((1..200_usize, 0..200_usize), 1..12),
    ) {
        // Tensor i is written by step i − 1 and read by step i: two are alive at a step, and
        // perhaps working memory.
        let tensors = sizes
            .iter()
            .enumerate()
            .map(|(index, &(bytes, _))| (bytes, index.saturating_sub(1), index));
        let scratch = sizes
            .iter()
            .enumerate()
            .filter(|(_, (_, words))| *words > 100)
            .map(|(index, &(_, words))| (words, index));
        let memory = with_scratch(&tensors.collect::<Vec<_>>(), &scratch.collect::<Vec<_>>());
        prop_assert_eq!(memory.words, memory.bound_words);
    }
}
