use super::*;

const PLAIN: Recurrent = Recurrent {
    inputs: 1,
    units: 1,
    steps: 1,
    kernel: &[],
    recurrent: &[],
    columns: &[],
    state_biases: &[],
    int8_kernel: false,
    int8_recurrent: false,
    sequences: true,
    reads_backwards: false,
    writes_backwards: false,
    input_pre_shift: 0,
    state_pre_shift: 0,
    shift: 0,
    cell_shift: 11,
};

/// Runs the units of a cell on pre-activations; the code and what the cell keeps.
fn units(
    gates: &[i32],
    inner: i16,
    of_cell: fn(&Recurrent, &mut Memory<'_>),
    layer: &Recurrent,
) -> (u8, i16) {
    let mut gates: std::vec::Vec<u32> = gates.iter().map(|&gate| gate as u32).collect();
    let (mut codes, mut inner) = ([0], [inner]);
    let mut memory = Memory {
        gates: &mut gates,
        codes: &mut codes,
        reset: &mut [],
        inner: &mut inner,
    };
    of_cell(layer, &mut memory);
    (codes[0], inner[0])
}

#[test]
fn worked_example_of_r25() {
    let found = units(&[2000, 5000, -3000, 1000], 3000, lstm_units, &PLAIN);
    assert_eq!(found, (173, 1524));
}

#[test]
fn worked_example_of_r26() {
    let parts = 4000 << 16 | 2500;
    assert_eq!(
        units(&[3000, -1000, parts], -12000, gru_units, &PLAIN),
        (129, 169)
    );
    let r = sigm(-1000_i32 as u32);
    assert_eq!(times(r, -12000), -5271);
    assert_eq!(code(-5271), 107);
}

#[test]
fn worked_examples_of_r24_and_r27() {
    let column = GateColumn {
        input_multiplier: 1_360_645_639,
        state_multiplier: 268_435_456,
        bias: -3_397_550,
    };
    let x = product(-118_i32 as u32, 16, column.input_multiplier);
    let h = product(378, 16, column.state_multiplier);
    assert_eq!((x, h), (-2_449_893, 1_548_288));
    assert_eq!(shifted(x + h + column.bias, 9), -8397);
    assert_eq!(code(tanh(2000)), 186);
    assert_eq!([-32768, -1, 0, 32767].map(code), [0, 128, 128, 255]);
}

/// Lengths that do not fit give less, and no panic.
#[test]
fn short_slices_end_it() {
    let layer = Recurrent {
        units: 3,
        steps: 4,
        inputs: 2,
        ..PLAIN
    };
    type Kernel = fn(&Recurrent, &[u8], &mut [u8], &mut [u32]);
    for kernel in [lstm, gru, gru_reset_before, simple_rnn] as [Kernel; 4] {
        for (input, output, scratch) in
            [(0, 12, 99), (8, 0, 99), (8, 12, 0), (7, 12, 5), (8, 12, 99)]
        {
            let (mut to, mut scratch) = (std::vec![1; output], std::vec![7; scratch]);
            kernel(&layer, &std::vec![9; input], &mut to, &mut scratch);
        }
        let wide = Recurrent {
            units: u32::MAX,
            steps: u32::MAX,
            inputs: u32::MAX,
            ..PLAIN
        };
        kernel(&wide, &[1, 2], &mut [0; 2], &mut [0; 9]);
    }
}
