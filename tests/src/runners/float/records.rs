//! The constants of kernels of f32 mode, in statics.

use std::cell::Cell;

use bitneural_core::graph;
use bitneural_core::network::Custom;
use bitneural_core::network::float::{Activation, Curve, Epilogue, FloatGates, JoinFunction};
use bitneural_core::plan::{self, DenseKernel, FloatJoin, FloatKernel, Kernel};
use bitneural_core::ternarize::Precision;
use bitneural_rt::private as rt;

use super::super::plan::{frame, leak, narrow, window, words};

/// A kernel with its constants where it wants them.
pub(super) enum Record {
    Dense(DenseKernel, rt::FloatDense),
    Conv(DenseKernel, rt::FloatConv),
    Depthwise(Precision, rt::FloatDepthwise),
    MaxPool(rt::MaxPool),
    AveragePool(rt::FloatAveragePool),
    Relu(rt::FloatRelu),
    Elu(rt::FloatElu),
    Line(rt::FloatLine),
    Curve(Curve),
    Frame(rt::Frame),
    Join(JoinFunction, rt::FloatJoin),
    Concat(rt::FloatConcat),
    Recurrent(graph::Cell, rt::FloatRecurrent),
    Embedding(rt::FloatEmbedding),
    LayerNorm(rt::FloatLayerNorm),
    Custom(Custom),
    Softmax,
}

fn epilogue(epilogue: &Epilogue) -> rt::FloatEpilogue {
    let channels = epilogue.channels.iter();
    let channels = channels.map(|channel| rt::float_channel(channel.scale, channel.bias));
    rt::FloatEpilogue {
        channels: leak(channels.collect()),
        slopes: epilogue.slopes.clone().map(leak),
        low: epilogue.low,
        high: epilogue.high,
    }
}

fn dense(dense: &plan::Dense<Epilogue>) -> rt::FloatDense {
    rt::FloatDense {
        inputs: narrow(dense.inputs),
        outputs: narrow(dense.outputs),
        weights: words(&dense.weights),
        epilogue: epilogue(&dense.requant),
    }
}

fn recurrent(layer: &plan::Recurrent<FloatGates>) -> rt::FloatRecurrent {
    let columns = layer.constants.columns.iter();
    let columns = columns.map(|column| rt::FloatGateColumn {
        input_scale: column.input_scale,
        state_scale: column.state_scale,
        bias: column.bias,
    });
    let biases = layer.constants.state_biases.iter();
    let biases = biases.map(|&bias| rt::FloatStateBias { bias });
    rt::FloatRecurrent {
        inputs: narrow(layer.inputs),
        units: narrow(layer.units),
        steps: narrow(layer.steps),
        kernel: words(&layer.kernel.weights),
        recurrent: words(&layer.recurrent.weights),
        columns: leak(columns.collect()),
        state_biases: leak(biases.collect()),
        int8_kernel: layer.kernel.kernel == DenseKernel::Int8,
        int8_recurrent: layer.recurrent.kernel == DenseKernel::Int8,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
    }
}

/// Prepares a kernel.
pub(super) fn record(kernel: &Kernel) -> Record {
    let Kernel::Float(kernel) = kernel else {
        panic!("a kernel of codes in f32 mode")
    };
    match kernel {
        FloatKernel::Dense(layer) => Record::Dense(layer.kernel, dense(layer)),
        FloatKernel::Conv(conv) => Record::Conv(
            conv.dense.kernel,
            rt::FloatConv {
                window: window(&conv.window),
                groups: narrow(conv.groups),
                dense: dense(&conv.dense),
            },
        ),
        FloatKernel::Depthwise(layer) => Record::Depthwise(
            layer.precision,
            rt::FloatDepthwise {
                window: window(&layer.window),
                channels: narrow(layer.channels),
                multiplier: narrow(layer.multiplier),
                weights: words(&layer.weights),
                epilogue: epilogue(&layer.requant),
            },
        ),
        FloatKernel::MaxPool(pool) => Record::MaxPool(rt::MaxPool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
        }),
        FloatKernel::AveragePool(pool) => Record::AveragePool(rt::FloatAveragePool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
            count_padding: pool.count_padding,
            low: pool.low,
            high: pool.high,
        }),
        FloatKernel::Activation(function) => activation(*function),
        FloatKernel::Frame(op) => Record::Frame(frame(op)),
        FloatKernel::Join(join) => Record::Join(join.op.function, self::join(join)),
        FloatKernel::Concat(pieces) => Record::Concat(rt::FloatConcat {
            pieces: leak(
                pieces
                    .iter()
                    .map(|&len| rt::FloatPiece { len: narrow(len) })
                    .collect(),
            ),
            round: narrow(pieces.iter().sum()),
        }),
        FloatKernel::Recurrent(layer) => Record::Recurrent(layer.cell, recurrent(layer)),
        FloatKernel::Embedding(op) => Record::Embedding(rt::FloatEmbedding {
            rows: narrow(op.rows),
            width: narrow(op.width),
            table: leak(op.values.clone()),
        }),
        FloatKernel::LayerNorm(norm) => {
            let channels = norm.channels.iter();
            let channels = channels.map(|channel| rt::float_channel(channel.scale, channel.bias));
            Record::LayerNorm(rt::FloatLayerNorm {
                channels: leak(channels.collect()),
                epsilon: norm.epsilon,
                low: norm.low,
                high: norm.high,
            })
        }
        FloatKernel::Custom(custom) => Record::Custom(custom.clone()),
        FloatKernel::Softmax => Record::Softmax,
    }
}

fn join(join: &FloatJoin) -> rt::FloatJoin {
    let operands = join.walk.repeated.iter();
    let operands = operands.map(|&repeated| rt::FloatOperand { repeated });
    rt::FloatJoin {
        operands: leak(operands.collect()),
        run: narrow(join.walk.run),
        low: join.op.low,
        high: join.op.high,
    }
}

fn activation(activation: Activation) -> Record {
    match activation {
        Activation::Relu(relu) => Record::Relu(rt::FloatRelu {
            max: relu.max,
            slope: relu.slope,
            threshold: relu.threshold,
        }),
        Activation::Elu(elu) => Record::Elu(rt::FloatElu {
            factor: elu.factor,
            alpha: elu.alpha,
        }),
        Activation::Line(line) => Record::Line(rt::FloatLine {
            slope: line.slope,
            offset: line.offset,
            low: line.low,
            high: line.high,
        }),
        Activation::Curve(curve) => Record::Curve(curve),
    }
}

/// A kernel of several inputs.
type JoinKernel = fn(&rt::FloatJoin, &[&[Cell<f32>]], &[Cell<f32>]);

/// The kernel of a function of several values.
pub(super) fn join_kernel(function: JoinFunction) -> JoinKernel {
    use rt::float_elementwise as kernels;
    match function {
        JoinFunction::Add => kernels::add,
        JoinFunction::Subtract => kernels::subtract,
        JoinFunction::Average => kernels::average,
        JoinFunction::Multiply => kernels::multiply,
        JoinFunction::Maximum => kernels::maximum,
        JoinFunction::Minimum => kernels::minimum,
    }
}

/// A kernel that writes where it does not read.
type Apart = fn(&[f32], &mut [f32]);
/// A kernel in place.
type InPlace = fn(&mut [f32]);

/// The kernel of a function without constants, and that in place.
pub(super) fn curve(curve: Curve) -> (Apart, InPlace) {
    use rt::float_activation as kernels;
    match curve {
        Curve::Sigmoid => (kernels::sigmoid, kernels::sigmoid_in_place),
        Curve::Tanh => (kernels::tanh, kernels::tanh_in_place),
        Curve::HardSwish => (kernels::hard_swish, kernels::hard_swish_in_place),
        Curve::Swish => (kernels::swish, kernels::swish_in_place),
        Curve::Gelu => (kernels::gelu, kernels::gelu_in_place),
        Curve::GeluTanh => (kernels::gelu_tanh, kernels::gelu_tanh_in_place),
        Curve::Softplus => (kernels::softplus, kernels::softplus_in_place),
        Curve::Softsign => (kernels::softsign, kernels::softsign_in_place),
        Curve::Exponential => (kernels::exponential, kernels::exponential_in_place),
    }
}
