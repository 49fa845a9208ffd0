//! Decisions over time: the frames of a window, and the scores of the last outputs.

use heapless::HistoryBuf;

use crate::evaluate::largest;
use crate::model::{Model, StreamingModel};

/// A class, and how sure a classifier is of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The index of the output.
    pub class: usize,
    /// Its mean score over the last outputs.
    pub score: f32,
}

/// The class whose mean score over the last `N` outputs is the largest.
#[derive(Debug, Clone)]
struct Mean<const CLASSES: usize, const N: usize> {
    scores: HistoryBuf<[f32; CLASSES], N>,
}

impl<const CLASSES: usize, const N: usize> Mean<CLASSES, N> {
    const fn new() -> Self {
        Self {
            scores: HistoryBuf::new(),
        }
    }

    fn decide(&mut self, scores: [f32; CLASSES]) -> Decision {
        self.scores.write(scores);
        let mut mean = [0.0; CLASSES];
        for scores in self.scores.as_slice() {
            for (mean, score) in mean.iter_mut().zip(scores) {
                *mean += *score;
            }
        }
        let class = largest(&mean);
        let sum = mean.get(class).copied().unwrap_or(0.0);
        Decision {
            class,
            score: sum / self.scores.len() as f32,
        }
    }
}

/// Classifies a sliding window of `TIME` frames with a model of whole sequences, every `hop` frames, by the mean of the
/// last `N` outputs.
///
/// The struct holds the window; a model that streams ([`StreamClassifier`]) needs none, and computes each frame once.
///
/// ```
/// use bitneural_rt::{Model, SlidingClassifier};
///
/// /// How often a model of 50 frames is for class 1, asked every ten frames.
/// fn alarms<M>(model: M, frames: &[[f32; 3]]) -> usize
/// where
///     M: Model<Input = [[f32; 3]; 50], Output = [f32; 2]>,
/// {
///     let mut classifier = SlidingClassifier::<_, 3, 50, 2, 4>::new(model, 10);
///     let decisions = frames.iter().filter_map(|frame| classifier.push(*frame));
///     decisions.filter(|found| found.class == 1).count()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SlidingClassifier<
    M,
    const FEATURES: usize,
    const TIME: usize,
    const CLASSES: usize,
    const N: usize,
> {
    model: M,
    frames: HistoryBuf<[f32; FEATURES], TIME>,
    mean: Mean<CLASSES, N>,
    /// Frames from one decision to the next, and how many are left to it.
    hop: usize,
    left: usize,
}

impl<M, const FEATURES: usize, const TIME: usize, const CLASSES: usize, const N: usize>
    SlidingClassifier<M, FEATURES, TIME, CLASSES, N>
where
    M: Model<Input = [[f32; FEATURES]; TIME], Output = [f32; CLASSES]>,
{
    /// A classifier that has seen no frame. A hop of 0 counts as 1.
    pub const fn new(model: M, hop: usize) -> Self {
        Self {
            model,
            frames: HistoryBuf::new(),
            mean: Mean::new(),
            hop: if hop == 0 { 1 } else { hop },
            left: 1,
        }
    }

    /// One more frame; a decision, if the window is full and it is time for one.
    pub fn push(&mut self, frame: [f32; FEATURES]) -> Option<Decision> {
        self.frames.write(frame);
        if !self.frames.is_full() {
            return None;
        }
        self.left = self.left.wrapping_sub(1);
        if self.left > 0 {
            return None;
        }
        self.left = self.hop;
        let mut window = [[0.0; FEATURES]; TIME];
        for (place, frame) in window.iter_mut().zip(self.frames.oldest_ordered()) {
            *place = *frame;
        }
        Some(self.mean.decide(self.model.predict(&window)))
    }
}

/// Classifies a stream by the mean of its last `N` outputs.
#[derive(Debug, Clone)]
pub struct StreamClassifier<M, const CLASSES: usize, const N: usize> {
    model: M,
    mean: Mean<CLASSES, N>,
}

impl<M, const CLASSES: usize, const N: usize> StreamClassifier<M, CLASSES, N>
where
    M: StreamingModel<Output = [f32; CLASSES]>,
{
    /// A classifier of a stream.
    pub const fn new(model: M) -> Self {
        Self {
            model,
            mean: Mean::new(),
        }
    }

    /// One more frame; a decision, if the stream gives an output.
    pub fn push(&mut self, frame: &M::Frame) -> Option<Decision> {
        let scores = self.model.step(frame)?;
        Some(self.mean.decide(scores))
    }

    /// Forgets all frames and scores.
    pub fn reset(&mut self) {
        self.model.reset();
        self.mean = Mean::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores that are the means of the features, over two frames.
    struct Means;

    impl Model for Means {
        const INPUT_SHAPES: &'static [&'static [usize]] = &[&[2, 2]];
        const OUTPUT_SHAPES: &'static [&'static [usize]] = &[&[2]];
        const MACS: u64 = 0;
        const FLASH_BYTES: usize = 0;
        const RAM_BYTES: usize = 0;
        type Input = [[f32; 2]; 2];
        type Output = [f32; 2];

        fn predict(&mut self, [old, new]: &[[f32; 2]; 2]) -> [f32; 2] {
            [(old[0] + new[0]) / 2.0, (old[1] + new[1]) / 2.0]
        }
    }

    /// Gives every other frame back.
    struct Halves(bool);

    impl StreamingModel for Halves {
        const FRAME_SHAPES: &'static [&'static [usize]] = &[&[2]];
        const OUTPUT_SHAPES: &'static [&'static [usize]] = &[&[2]];
        const MACS: u64 = 0;
        const FLASH_BYTES: usize = 0;
        const RAM_BYTES: usize = 0;
        type Frame = [f32; 2];
        type Output = [f32; 2];

        fn step(&mut self, frame: &[f32; 2]) -> Option<[f32; 2]> {
            self.0 = !self.0;
            self.0.then_some(*frame)
        }

        fn output(&self) -> Option<[f32; 2]> {
            None
        }

        fn reset(&mut self) {
            self.0 = false;
        }
    }

    #[test]
    fn windows_slide_by_the_hop() {
        let mut classifier = SlidingClassifier::<_, 2, 2, 2, 1>::new(Means, 2);
        let frames = [[1.0, 0.0], [0.0, 0.5], [9.0, 9.0], [0.0, 4.0]];
        let found = frames.map(|frame| classifier.push(frame));
        let decision = |class, score| Some(Decision { class, score });
        assert_eq!(found, [None, decision(0, 0.5), None, decision(1, 6.5)]);
    }

    #[test]
    fn the_mean_of_the_last_outputs_decides() {
        let mut classifier = StreamClassifier::<_, 2, 2>::new(Halves(false));
        let scores = [[1.0, 0.0], [0.5, 0.9], [0.0, 0.9]];
        let found = scores.map(|scores| {
            let found = classifier.push(&scores);
            classifier.push(&[7.0, 7.0]).map_or(found, |_| None)
        });
        let classes = found.map(|decision| decision.map(|decision| decision.class));
        assert_eq!(classes, [Some(0), Some(0), Some(1)]);
        classifier.reset();
        assert_eq!(
            classifier.push(&[0.0, 0.1]).map(|found| found.class),
            Some(1)
        );
    }
}
