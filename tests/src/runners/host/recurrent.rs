//! Recurrent kernels.

use bitneural_rt::private::{Code, GateColumn, Recurrent, StateBias, recurrent};

use super::{Elements, Request};

impl Request<'_> {
    fn recurrent(&mut self) -> Recurrent {
        let [inputs, units, steps] = [(); 3].map(|()| self.word());
        let [sequences, reads_backwards, writes_backwards] = [(); 3].map(|()| self.word() != 0);
        let [input_pre_shift, state_pre_shift, shift, cell_shift] = [(); 4].map(|()| self.byte());
        let columns = (0..self.word()).map(|_| GateColumn {
            input_multiplier: self.signed(),
            state_multiplier: self.signed(),
            bias: self.signed(),
        });
        let columns = columns.collect::<Vec<_>>().leak();
        let state_biases = (0..self.word()).map(|_| StateBias {
            bias: self.signed(),
        });
        let state_biases = state_biases.collect::<Vec<_>>().leak();
        let int8_kernel = self.word() != 0;
        let kernel = self.words().leak();
        let int8_recurrent = self.word() != 0;
        Recurrent {
            inputs,
            units,
            steps,
            kernel,
            recurrent: self.words().leak(),
            columns,
            state_biases,
            int8_kernel,
            int8_recurrent,
            sequences,
            reads_backwards,
            writes_backwards,
            input_pre_shift,
            state_pre_shift,
            shift,
            cell_shift,
        }
    }
}

pub(super) fn run<I: Elements + Code>(kernel: u32, request: &mut Request<'_>) -> Vec<u8> {
    let layer = request.recurrent();
    let mut scratch = request.scratch();
    let input = request.list::<I>();
    let steps = if layer.sequences { layer.steps } else { 1 };
    let mut output = vec![0; (steps * layer.units) as usize];
    match kernel {
        29 => recurrent::lstm(&layer, &input, &mut output, &mut scratch),
        30 => recurrent::gru(&layer, &input, &mut output, &mut scratch),
        31 => recurrent::gru_reset_before(&layer, &input, &mut output, &mut scratch),
        _ => recurrent::simple_rnn(&layer, &input, &mut output, &mut scratch),
    }
    output
}
