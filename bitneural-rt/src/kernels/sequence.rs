//! The order in which a recurrent layer goes through a sequence, whatever its elements are.

/// The shape of a layer that goes along time, and its direction.
pub(super) struct Order {
    /// Features of a step of the input.
    pub(super) inputs: u32,
    /// The width of the state.
    pub(super) units: u32,
    /// The number of steps.
    pub(super) steps: u32,
    /// Whether the state of each step is written, not that of the last alone.
    pub(super) sequences: bool,
    /// Whether the last step comes first.
    pub(super) reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub(super) writes_backwards: bool,
}

impl Order {
    /// Takes the steps in their order, and writes what `state` shows after each.
    #[inline(always)]
    pub(super) fn walk<I, O: Copy, M>(
        &self,
        input: &[I],
        output: &mut [O],
        memory: &mut M,
        step: impl Fn(&[I], &mut M),
        state: impl Fn(&M) -> &[O],
    ) {
        let (inputs, units) = (self.inputs as usize, self.units as usize);
        let last = (self.steps as usize).wrapping_sub(1);
        for index in 0..self.steps as usize {
            let from_end = last.wrapping_sub(index);
            let read = if self.reads_backwards {
                from_end
            } else {
                index
            };
            let start = read.wrapping_mul(inputs);
            let Some(x) = input.get(start..start.wrapping_add(inputs)) else {
                return;
            };
            step(x, memory);
            let written = match (self.sequences, self.writes_backwards) {
                (false, _) if index != last => continue,
                (false, _) => 0,
                (true, false) => index,
                (true, true) => from_end,
            };
            let start = written.wrapping_mul(units);
            if let Some(place) = output.get_mut(start..start.wrapping_add(units)) {
                for (place, &value) in place.iter_mut().zip(state(memory)) {
                    *place = value;
                }
            }
        }
    }
}
