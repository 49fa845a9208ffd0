//! A network as text, one op a line: the snapshot format, and what `bitneural inspect` prints.

use std::fmt::Write;

use super::float::{self, Activation, Float};
use super::{
    Add, Custom, Element, Frame, Network, OpKind, Picked, Recurrent, Requant, Rescale, Tensor,
};
use crate::graph::Cell;
use crate::shape::{self, Window};
use crate::ternarize::Precision;

fn tensor(tensor: &Tensor) -> String {
    if tensor.element == Element::F32 {
        return format!("{}×f32", tensor.elements);
    }
    format!(
        "{}×{} scale {:.6e} zero {}",
        tensor.elements,
        tensor.element.rust(),
        tensor.scale,
        tensor.zero_point
    )
}

fn window(window: &Window) -> String {
    let pair = |[height, width]: [usize; 2]| format!("{height}×{width}");
    format!(
        "{} at {} stride {} dilation {} before {}: {}",
        pair(window.kernel),
        pair(window.input),
        pair(window.stride),
        pair(window.dilation),
        pair(window.before),
        pair(window.output)
    )
}

fn linear(weights: &[i8], precision: Precision, epilogue: &str) -> String {
    let zeros = weights.iter().filter(|&&weight| weight == 0).count();
    let word = match precision {
        Precision::Ternary => "ternary",
        Precision::Int8 => "int8",
    };
    format!("{word} zeros {zeros} {epilogue}")
}

fn clamp(low: f32, high: f32) -> String {
    let end = |end: f32| {
        if end.abs() == f32::MAX {
            String::new()
        } else {
            end.to_string()
        }
    };
    format!("clamp {}..{}", end(low), end(high))
}

fn float_epilogue(epilogue: &float::Epilogue) -> String {
    let leaky = epilogue.slopes.as_ref().map_or("", |_| " leaky");
    format!("{}{leaky}", clamp(epilogue.low, epilogue.high))
}

fn activation(activation: Activation) -> String {
    match activation {
        Activation::Relu(relu) => format!(
            "relu slope {} threshold {} {}",
            relu.slope,
            relu.threshold,
            clamp(f32::MIN, relu.max)
        ),
        Activation::Elu(elu) => format!("elu slope {} alpha {}", elu.factor, elu.alpha),
        Activation::Line(line) => format!(
            "line slope {} offset {} {}",
            line.slope,
            line.offset,
            clamp(line.low, line.high)
        ),
        Activation::Curve(curve) => curve.word().to_owned(),
    }
}

fn float(op: &Float) -> String {
    match op {
        Float::Dense(dense) => {
            let epilogue = float_epilogue(&dense.requant);
            let weights = linear(&dense.weights, dense.precision, &epilogue);
            format!("dense {}→{} {weights}", dense.inputs, dense.outputs)
        }
        Float::Conv(conv) => {
            let epilogue = float_epilogue(&conv.requant);
            format!(
                "conv {} {}→{} groups {} {}",
                window(&conv.window),
                conv.channels,
                conv.outputs,
                conv.groups,
                linear(&conv.weights, conv.precision, &epilogue)
            )
        }
        Float::MaxPool(pool) => format!("max pool {}", window(&pool.window)),
        Float::AveragePool(pool) => format!(
            "average pool {} {}",
            window(&pool.window),
            clamp(pool.low, pool.high)
        ),
        Float::Recurrent(op) => recurrent(op, "", ""),
        Float::Embedding(op) => format!("embedding {}×{}", op.rows, op.width),
        Float::LayerNorm(norm) => format!(
            "layer norm over {} epsilon {} {}",
            norm.channels.len(),
            norm.epsilon,
            clamp(norm.low, norm.high)
        ),
        Float::Activation(function) => activation(*function),
        Float::Frame(op) => frame(op),
        Float::Join(join) => format!("{} {}", join.function.word(), clamp(join.low, join.high)),
        Float::Concat(rounds) => format!("concat {rounds} times"),
        Float::Softmax => "softmax".to_owned(),
        Float::Custom(op) => custom(op),
    }
}

fn epilogue(requant: &Requant) -> String {
    let Requant {
        pre_shift,
        shift,
        low,
        high,
        leaky,
        ..
    } = requant;
    let leaky = leaky
        .as_ref()
        .map_or(String::new(), |leaky| format!(" leaky S {}", leaky.shift));
    format!("P {pre_shift} S {shift} clamp {low}..={high}{leaky}")
}

/// How each operand comes into the output's format.
fn rescales(operands: &[Option<Rescale>]) -> String {
    let operands = operands.iter().map(|rescale| match rescale {
        None => "as it is".to_owned(),
        Some(Rescale {
            multiplier,
            bias,
            shift,
        }) => format!("m {multiplier} B {bias} S {shift}"),
    });
    operands.collect::<Vec<_>>().join(", ")
}

fn frame(op: &Frame) -> String {
    let pair = |[height, width]: [usize; 2]| format!("{height}×{width}");
    let shape::Frame {
        input,
        output,
        cut,
        before,
        repeat,
    } = op.frame;
    format!(
        "frame {} cut {} before {} repeat {}: {}",
        pair(input),
        pair(cut),
        pair(before),
        pair(repeat),
        pair(output)
    )
}

fn custom(op: &Custom) -> String {
    format!("custom {} of {}", op.name, op.inputs.len())
}

fn recurrent<C>(op: &Recurrent<C>, of_cell: &str, of_gates: &str) -> String {
    let word = match op.cell {
        Cell::Lstm => "lstm",
        Cell::Gru => "gru",
        Cell::GruResetBefore => "gru, reset before",
        Cell::SimpleRnn => "simple rnn",
    };
    let flags = [
        (op.sequences, " all steps"),
        (op.reads_backwards, " from the end"),
        (op.writes_backwards, " to the end"),
    ];
    let flags = flags.iter().filter(|(is_set, _)| *is_set);
    let keeps = if op.keeps_state {
        " keeps its state"
    } else {
        ""
    };
    let flags: String = flags.map(|(_, word)| *word).collect();
    format!(
        "{word}{of_cell} {}×{}→{}{flags}{keeps}{of_gates}; {}; {}",
        op.steps,
        op.inputs,
        op.units,
        linear(&op.kernel.weights, op.kernel.precision, "of inputs"),
        linear(
            &op.recurrent.weights,
            op.recurrent.precision,
            "of the state"
        )
    )
}

/// One line a op, with the formats and the constants of its layer.
pub fn print(network: &Network) -> String {
    let inputs = network.inputs.iter();
    let mut text: String = inputs
        .map(|&id| format!("input {}\n", tensor(network.tensor(id))))
        .collect();
    for op in &network.ops {
        let what = match &op.kind {
            OpKind::Dense(dense) => {
                let (from, to) = (dense.inputs, dense.outputs);
                format!(
                    "dense {from}→{to} {}",
                    linear(&dense.weights, dense.precision, &epilogue(&dense.requant))
                )
            }
            OpKind::Conv(conv) => {
                let (from, to, groups) = (conv.channels, conv.outputs, conv.groups);
                format!(
                    "conv {} {from}→{to} groups {groups} {}",
                    window(&conv.window),
                    linear(&conv.weights, conv.precision, &epilogue(&conv.requant))
                )
            }
            OpKind::MaxPool(pool) => format!("max pool {}", window(&pool.window)),
            OpKind::AveragePool(pool) => {
                format!(
                    "average pool {} counts {:?} {}",
                    window(&pool.window),
                    pool.counts,
                    epilogue(&pool.requant)
                )
            }
            OpKind::LayerNorm(norm) => {
                format!(
                    "layer norm over {} a {} E {} {}",
                    norm.channels,
                    norm.lift,
                    norm.epsilon,
                    epilogue(&norm.requant)
                )
            }
            OpKind::Recurrent(op) => {
                let gates = &op.constants;
                let of_cell = match op.cell {
                    Cell::Lstm => format!(" k {}", gates.cell_shift),
                    Cell::Gru | Cell::GruResetBefore | Cell::SimpleRnn => String::new(),
                };
                let [input, state] = gates.pre_shifts;
                let of_gates = format!(" P {input} and {state} S {}", gates.shift);
                recurrent(op, &of_cell, &of_gates)
            }
            OpKind::Table(_) => "table".to_owned(),
            OpKind::Gate(gate) => gate.name().to_owned(),
            OpKind::Add(add) => {
                let Add {
                    multipliers,
                    bias,
                    shift,
                    low,
                    high,
                } = add;
                format!("add m {multipliers:?} B {bias} S {shift} clamp {low}..={high}")
            }
            OpKind::Multiply(multiply) => format!("multiply {}", epilogue(&multiply.requant)),
            OpKind::Pick(pick) => {
                let word = match pick.picked {
                    Picked::Largest => "largest",
                    Picked::Smallest => "smallest",
                };
                format!("{word} of {}", rescales(&pick.operands))
            }
            OpKind::Embedding(embedding) => {
                format!("embedding {}×{}", embedding.rows, embedding.width)
            }
            OpKind::Concat(concat) => {
                format!(
                    "concat {} times {}",
                    concat.rounds,
                    rescales(&concat.operands)
                )
            }
            OpKind::Line(line) => format!("line of {} × {}", line.frames, line.width),
            OpKind::Reshape => "reshape".to_owned(),
            OpKind::Frame(op) => frame(op),
            OpKind::Float(op) => float(op),
            OpKind::Custom(op) => custom(op),
            OpKind::Softmax(softmax) => {
                format!(
                    "softmax k {} sh {} g {}",
                    softmax.multiplier, softmax.shift, softmax.guard
                )
            }
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<12} {what} → {}",
            network.layer(op.layer),
            tensor(network.tensor(op.output))
        );
    }
    text
}
