//! The kernels against plain loops over R14, R15 and R16.

use super::*;
use crate::kernels::plain::{self, Finish};
use crate::params::{Channel, Piece, Requant, Term};
use core::slice;
use proptest::collection::vec;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// Operands of an output of `runs` runs of `run` elements: m, B, S, whether repeated, and the codes.
#[derive(Debug, Clone)]
struct Case {
    run: usize,
    runs: usize,
    operands: Vec<(Operand, Vec<u8>)>,
    /// Which operand lies where the output is to be written, if it is large enough.
    over: usize,
    finish: Finish,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..40, 1_usize..5, 1_usize..5).prop_flat_map(|(run, runs, count)| {
        // Of at most four operands no sum leaves 32 bits.
        let operand = (
            -1_000_000..1_000_000,
            -100_000_000..100_000_000,
            10_u8..=30,
            any::<bool>(),
            vec(plain::code(), run * runs),
        );
        let operand = operand.prop_map(move |(multiplier, bias, shift, repeated, mut codes)| {
            if repeated {
                codes.truncate(run);
            }
            let operand = Operand {
                multiplier,
                bias,
                shift,
                repeated,
            };
            (operand, codes)
        });
        (
            vec(operand, count),
            0..count,
            plain::finishes(1, 65025, false),
        )
            .prop_map(move |(operands, over, finish)| Case {
                run,
                runs,
                operands,
                over,
                finish: Finish {
                    negative: None,
                    ..finish
                },
            })
    })
}

impl Case {
    fn element(&self, operand: usize, index: usize) -> i64 {
        let (operand, codes) = &self.operands[operand];
        let index = if operand.repeated {
            index % self.run
        } else {
            index
        };
        codes[index].into()
    }

    fn expected(&self, value: impl Fn(usize) -> i64) -> Vec<u8> {
        let outputs = 0..self.run * self.runs;
        outputs
            .map(|index| u8::try_from(value(index)).unwrap())
            .collect()
    }

    fn rescaled(&self, operand: usize, index: usize) -> i64 {
        let Operand {
            multiplier,
            bias,
            shift,
            ..
        } = self.operands[operand].0;
        let x = self.element(operand, index);
        ((i64::from(bias) + i64::from(multiplier) * x) >> shift).clamp(0, 255)
    }

    /// What a kernel writes beside its inputs, and where it can over one of them.
    fn outputs(&self, kernel: impl Fn(&[&Codes], &Codes)) -> Vec<Vec<u8>> {
        let run = |over: Option<usize>| {
            let mut inputs: Vec<Vec<u8>> = self
                .operands
                .iter()
                .map(|(_, codes)| codes.clone())
                .collect();
            let cells: Vec<&Codes> = inputs
                .iter_mut()
                .map(|codes| Cell::from_mut(codes.as_mut_slice()).as_slice_of_cells())
                .collect();
            let mut apart = vec![99; self.run * self.runs];
            let apart = Cell::from_mut(apart.as_mut_slice()).as_slice_of_cells();
            let output = over.map_or(apart, |over| cells[over]);
            kernel(&cells, output);
            output.iter().map(Cell::get).collect()
        };
        let over = (!self.operands[self.over].0.repeated).then_some(self.over);
        [run(None)]
            .into_iter()
            .chain(over.map(|over| run(Some(over))))
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 3 } else { 200 }))]

    #[test]
    fn sums_equal_a_plain_loop(case in cases(), bias in -100_000_000..100_000_000, ends in any::<[u8; 2]>()) {
        let terms = case.operands.iter().map(|(operand, _)| Term {
            multiplier: operand.multiplier,
            repeated: operand.repeated,
        });
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let shift = case.operands[0].0.shift;
        let layer = Add {
            terms: terms.collect::<Vec<_>>().leak(),
            bias,
            run: case.run as u32,
            shift,
            low,
            high,
        };
        let expected = case.expected(|index| {
            let products = case.operands.iter().enumerate();
            let products = products
                .map(|(k, (operand, _))| i64::from(operand.multiplier) * case.element(k, index));
            let sum = i64::from(bias) + products.sum::<i64>();
            (sum >> shift).clamp(low.into(), high.into())
        });
        for output in case.outputs(|inputs, output| add(&layer, inputs, output)) {
            prop_assert_eq!(&output, &expected);
        }
    }

    #[test]
    fn picks_equal_a_plain_loop(case in cases()) {
        let operands = case.operands.iter().map(|(operand, _)| *operand);
        let layer = Pick {
            operands: operands.collect::<Vec<_>>().leak(),
            run: case.run as u32,
        };
        let all = |index: usize| (0..case.operands.len()).map(move |k| (k, index));
        let rescaled = |(k, index)| case.rescaled(k, index);
        let largest = case.expected(|index| all(index).map(rescaled).max().unwrap());
        for output in case.outputs(|inputs, output| maximum(&layer, inputs, output)) {
            prop_assert_eq!(&output, &largest);
        }
        let smallest = case.expected(|index| all(index).map(rescaled).min().unwrap());
        for output in case.outputs(|inputs, output| minimum(&layer, inputs, output)) {
            prop_assert_eq!(&output, &smallest);
        }
    }

    #[test]
    fn products_equal_a_plain_loop(mut case in cases(), zeros in any::<[u8; 2]>()) {
        let spare = case.operands[0].clone();
        case.operands.resize(2, spare);
        case.over %= 2;
        let layer = Multiply {
            run: case.run as u32,
            first_zero: zeros[0],
            second_zero: zeros[1],
            first_repeated: case.operands[0].0.repeated,
            second_repeated: case.operands[1].0.repeated,
            channel: case.finish.channels()[0],
            requant: case.finish.requant,
        };
        let expected = case.expected(|index| {
            let factors = [0, 1].map(|k| case.element(k, index) - i64::from(zeros[k]));
            case.finish.output(0, factors[0] * factors[1]).into()
        });
        for output in case.outputs(|inputs, output| multiply(&layer, inputs, output)) {
            prop_assert_eq!(&output, &expected);
        }
    }

    /// Pieces of the operands that are not repeated, some of them as they are.
    #[test]
    fn concats_equal_a_plain_loop(case in cases(), stays in any::<[bool; 5]>()) {
        let mut pieces = Vec::new();
        for (k, (operand, codes)) in case.operands.iter().enumerate() {
            let (multiplier, bias, shift) = if stays[k] {
                (1, 0, 0)
            } else {
                (operand.multiplier, operand.bias, operand.shift)
            };
            // A repeated operand has codes for one run alone: it gives fewer to each round.
            let len = (codes.len() / case.runs) as u32;
            pieces.push(Piece { multiplier, bias, shift, len });
        }
        let round: u32 = pieces.iter().map(|piece| piece.len).sum();
        let layer = Concat { pieces: pieces.clone().leak(), round };
        let mut expected = Vec::new();
        for turn in 0..case.runs {
            for (piece, (_, codes)) in pieces.iter().zip(&case.operands) {
                let len = piece.len as usize;
                expected.extend(codes[turn * len..][..len].iter().map(|&x| {
                    let sum = i64::from(piece.bias) + i64::from(piece.multiplier) * i64::from(x);
                    (sum >> piece.shift).clamp(0, 255) as u8
                }));
            }
        }
        let mut inputs: Vec<Vec<u8>> = case.operands.iter().map(|(_, codes)| codes.clone()).collect();
        let cells: Vec<&Codes> = inputs
            .iter_mut()
            .map(|codes| Cell::from_mut(codes.as_mut_slice()).as_slice_of_cells())
            .collect();
        let mut output = vec![99; expected.len()];
        concat(&layer, &cells, Cell::from_mut(output.as_mut_slice()).as_slice_of_cells());
        prop_assert_eq!(output, expected);
    }
}

static TERMS: [Term; 2] = [
    Term {
        multiplier: 3_495_253,
        repeated: false,
    },
    Term {
        multiplier: 1_398_101,
        repeated: false,
    },
];

fn cell(code: &mut u8) -> &Codes {
    Cell::from_mut(slice::from_mut(code)).as_slice_of_cells()
}

#[test]
fn worked_example_of_r14() {
    let layer = Add {
        terms: &TERMS,
        bias: -9_087_659,
        run: 1,
        shift: 22,
        low: 0,
        high: 255,
    };
    let (mut a, mut b, mut y) = (200, 90, 0);
    add(&layer, &[cell(&mut a), cell(&mut b)], cell(&mut y));
    assert_eq!(y, 194);
}

#[test]
fn worked_example_of_r16() {
    let layer = Multiply {
        run: 1,
        first_zero: 0,
        second_zero: 128,
        first_repeated: false,
        second_repeated: false,
        channel: Channel {
            bias: 50_380_800,
            multiplier: 1_832_519_380,
        },
        requant: Requant {
            pre_shift: 14,
            shift: 20,
            low: 0,
            high: 255,
        },
    };
    let (mut a, mut b, mut y) = (200, 90, 9);
    multiply(&layer, &[cell(&mut a), cell(&mut b)], cell(&mut y));
    assert_eq!(y, 0);
}

/// What the generator must not do, and what comes of it: less work, no panic.
#[test]
fn wrong_lengths() {
    static OPERANDS: [Operand; 3] = [Operand {
        multiplier: 1,
        bias: 0,
        shift: 0,
        repeated: true,
    }; 3];
    static PIECES: [Piece; 3] = [Piece {
        multiplier: 1,
        bias: 0,
        shift: 0,
        len: 2,
    }; 3];
    for run in [0, 1, 5, u32::MAX] {
        for count in 0..4 {
            for len in [0, 1, 4, 9] {
                let mut inputs = vec![vec![7; len]; count];
                let cells: Vec<&Codes> = inputs
                    .iter_mut()
                    .map(|codes| Cell::from_mut(codes.as_mut_slice()).as_slice_of_cells())
                    .collect();
                let mut output = vec![99; 6];
                let output = Cell::from_mut(output.as_mut_slice()).as_slice_of_cells();
                let (bias, shift, low, high) = (0, 0, 0, 255);
                add(
                    &Add {
                        terms: &TERMS,
                        bias,
                        run,
                        shift,
                        low,
                        high,
                    },
                    &cells,
                    output,
                );
                let operands = &OPERANDS;
                maximum(&Pick { operands, run }, &cells, output);
                minimum(&Pick { operands, run }, &cells, output);
                let (pieces, round) = (&PIECES, run);
                concat(&Concat { pieces, round }, &cells, output);
            }
        }
    }
}
