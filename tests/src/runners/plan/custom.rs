//! Layers of the tests' own: their records, and calls as generated code has them.

use bitneural_core::custom::{Codes, Format};
use bitneural_core::network::Custom;
use bitneural_core::plan::Step;
use bitneural_rt::private as rt;
use bitneural_rt::{CustomFormat, CustomLayer};

use super::{Host, WORDS, leak, narrow};
use crate::custom::layers::{Mask, Mean, Pairs, Stamp};

fn format(format: &Format) -> CustomFormat {
    let mut axes = format.shape.0.iter().rev();
    let mut axis = || axes.next().map_or(1, |&axis| narrow(axis));
    let (channels, width, height) = (axis(), axis(), axis());
    CustomFormat {
        height,
        width,
        channels,
        scale: format.scale,
        zero_point: format.zero_point,
    }
}

pub(super) fn record(custom: &Custom) -> &'static rt::Custom {
    let record = rt::Custom {
        inputs: leak(custom.inputs.iter().map(format).collect()),
        output: format(&custom.output),
        parameters: leak(custom.parameters.clone()),
    };
    Box::leak(Box::new(record))
}

type Arena = rt::Arena<WORDS>;

impl Host {
    /// Runs the layer in Rust; of a test that has its own layers, the op.
    pub(super) fn custom(
        &self,
        arena: &mut Arena,
        step: &Step,
        custom: &Custom,
        record: &'static rt::Custom,
    ) {
        match (custom.name.as_str(), step.inputs.len()) {
            ("stamp", 1) => self.layer::<Stamp, 1>(arena, step, record),
            ("pairs", 1) => self.layer::<Pairs, 1>(arena, step, record),
            ("mask", 2) => self.layer::<Mask, 2>(arena, step, record),
            ("mean", 3) => self.layer::<Mean, 3>(arena, step, record),
            _ => self.op(arena, step, custom),
        }
    }

    fn layer<L: CustomLayer<N>, const N: usize>(
        &self,
        arena: &mut Arena,
        step: &Step,
        record: &'static rt::Custom,
    ) {
        let slot = |id| {
            let slot = self.plan.slot(id);
            rt::slot::<u8>(slot.word, slot.elements)
        };
        let inputs = core::array::from_fn(|index| slot(step.inputs[index]));
        let (inputs, output) = arena.gather(inputs, slot(step.output));
        rt::custom::run::<L, N>(record, inputs, output);
    }

    fn op(&self, arena: &mut Arena, step: &Step, custom: &Custom) {
        let slots = step.inputs.iter().map(|&id| self.plan.slot(id));
        let read = slots.map(|slot| arena.read(rt::slot::<u8>(slot.word, slot.elements)));
        let read: Vec<Vec<u8>> = read.map(<[u8]>::to_vec).collect();
        let inputs = read.iter().zip(&custom.inputs);
        let inputs = inputs.map(|(codes, format)| Codes { format, codes });
        let inputs: Vec<Codes<'_>> = inputs.collect();
        let op = custom.op.as_ref().expect("a registered op").op();
        let codes = op.integer(&inputs, &custom.parameters, &custom.output);
        let to = self.plan.slot(step.output);
        arena
            .write(rt::slot::<u8>(to.word, to.elements))
            .copy_from_slice(&codes);
    }
}
