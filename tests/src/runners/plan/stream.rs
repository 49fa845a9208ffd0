//! A plan of a network of frames, run frame by frame.

use bitneural_core::network::Element;
use bitneural_core::plan::Step;
use bitneural_core::plan::memory::Content;
use bitneural_core::plan::stream::StreamPlan;
use bitneural_rt::private as rt;

use super::{Host, Several, WORDS};

/// A stream with its constants in statics.
pub struct HostStream {
    host: Host,
    stream: StreamPlan,
    arena: Box<rt::Arena<WORDS>>,
}

impl HostStream {
    /// A stream in front of its first frame.
    pub fn new(stream: &StreamPlan) -> Self {
        let mut arena = Box::new(rt::Arena::<WORDS>::new());
        arena.write(rt::slot::<u8>(0, 4 * WORDS)).fill(0xa5);
        let mut new = Self {
            host: Host::new(&stream.plan),
            stream: stream.clone(),
            arena,
        };
        new.reset();
        new
    }

    /// Forgets all frames.
    pub fn reset(&mut self) {
        for beginning in &self.stream.beginnings {
            let slot = rt::slot::<u32>(beginning.word, beginning.words);
            self.arena.write(slot).fill(beginning.value);
        }
    }

    /// The outputs after one more frame, if there are any, one after the other.
    pub fn step(&mut self, frame: &[u16]) -> Option<Vec<i32>> {
        let counters = self.stream.plan.slot(self.stream.counters);
        let counters = rt::slot::<u32>(counters.word, counters.elements);
        self.host.load(&mut self.arena, frame);
        let clocks = self.stream.clocks.iter().enumerate();
        let now = clocks.map(|(index, clock)| {
            let number = |frames: usize| u32::try_from(frames).expect("few frames");
            let (first, period) = (number(clock.first), number(clock.period));
            let words = self.arena.write(counters);
            index == 0 || rt::stream::tick(words, index, first, period)
        });
        let now: Vec<bool> = now.collect();
        let steps = self.stream.plan.steps.iter().zip(&self.host.records);
        for ((step, record), &clock) in steps.zip(&self.stream.of_step) {
            if now[clock] {
                self.host.step(&mut self.arena, step, record);
            }
        }
        let outputs = self.stream.plan.outputs.iter().flat_map(|output| {
            let slot = self.stream.plan.slot(output.slot);
            let (word, len) = (slot.word, slot.elements);
            match output.element {
                Element::U8 => numbers(self.arena.read(rt::slot::<u8>(word, len))),
                Element::U16 => numbers(self.arena.read(rt::slot::<u16>(word, len))),
                Element::I16 => numbers(self.arena.read(rt::slot::<i16>(word, len))),
                Element::F32 => panic!("a model in f32 mode"),
            }
        });
        let outputs: Vec<i32> = outputs.collect();
        now[self.stream.of_outputs].then_some(outputs)
    }
}

fn numbers<T: Copy + Into<i32>>(values: &[T]) -> Vec<i32> {
    values.iter().map(|&value| value.into()).collect()
}

impl Host {
    /// Moves a line of `T` on.
    pub(super) fn push<T: rt::Element>(
        &self,
        arena: &mut rt::Arena<WORDS>,
        step: &Step,
        record: &rt::Line,
    ) {
        let place = |id| {
            let slot = self.plan().slot(id);
            assert_ne!(slot.content, Content::Scratch, "a line of working memory");
            rt::slot::<T>(slot.word, slot.elements)
        };
        let (frame, line) = arena.two(place(step.input()), place(step.output));
        rt::stream::push(record, frame, line);
    }
}
