//! Steps of f32 mode → constants and calls. One family, one function.

use super::{Builder, Call, Field, Places, Record, Value, elementwise, linear, window};
use crate::network::float::{Activation, AveragePool, Curve, Embedding, Epilogue, LayerNorm};
use crate::plan::{Conv, Dense, Depthwise, FloatJoin as Join, FloatKernel, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, kernel: &FloatKernel) -> Call {
    match kernel {
        FloatKernel::Dense(layer) => {
            let (from, to, bytes) = (layer.inputs, layer.outputs, layer.weights.len());
            let what = format!("dense {from} → {to}, {bytes} B of weights");
            let record = dense(builder, step, layer);
            linear::call(builder, step, &what, record)
        }
        FloatKernel::Conv(layer) => conv(builder, step, layer),
        FloatKernel::Depthwise(layer) => depthwise(builder, step, layer),
        FloatKernel::MaxPool(pool) => super::pool::max(builder, step, pool),
        FloatKernel::AveragePool(pool) => average(builder, step, pool),
        FloatKernel::Recurrent(layer) => super::recurrent::float_call(builder, step, layer),
        FloatKernel::Embedding(table) => embedding(builder, step, table),
        FloatKernel::LayerNorm(norm) => layer_norm(builder, step, norm),
        FloatKernel::Activation(function) => activation(builder, step, *function),
        FloatKernel::Frame(frame) => super::shape::frame(builder, step, frame),
        FloatKernel::Join(layer) => join(builder, step, layer),
        FloatKernel::Concat(pieces) => concat(builder, step, pieces),
        FloatKernel::Custom(layer) => super::custom::float_call(builder, step, layer),
        FloatKernel::Softmax => softmax(builder, step),
    }
}

/// The record of what becomes of sums.
fn epilogue(builder: &mut Builder<'_>, step: &Step, epilogue: &Epilogue) -> Field {
    let layer = builder.layer(step);
    let id = builder.plan.layer(step.layer).id.clone();
    let doc = format!("Scale and bias of each output of `{id}`.");
    let value = Value::FloatChannels(epilogue.channels.clone());
    let channels = builder.constant(format!("{layer}_channels"), doc, value);
    let slopes = epilogue.slopes.as_ref().map(|slopes| {
        let doc = format!("The slope of each output of `{id}` below zero.");
        builder.constant(
            format!("{layer}_slopes"),
            doc,
            Value::Floats(slopes.clone()),
        )
    });
    let fields = vec![
        ("channels", Field::List(channels)),
        ("slopes", slopes.map_or(Field::None, Field::SomeList)),
        ("low", Field::Float(epilogue.low)),
        ("high", Field::Float(epilogue.high)),
    ];
    Field::Record(Record {
        name: "FloatEpilogue",
        fields,
    })
}

fn dense(builder: &mut Builder<'_>, step: &Step, dense: &Dense<Epilogue>) -> Record {
    let weights = linear::weights(builder, step, &dense.weights);
    let fields = vec![
        ("inputs", Field::Integer(dense.inputs as i64)),
        ("outputs", Field::Integer(dense.outputs as i64)),
        ("weights", Field::Words(weights)),
        ("epilogue", epilogue(builder, step, &dense.requant)),
    ];
    Record {
        name: "FloatDense",
        fields,
    }
}

fn conv(builder: &mut Builder<'_>, step: &Step, conv: &Conv<Epilogue>) -> Call {
    let bytes = conv.dense.weights.len();
    let [height, width] = conv.window.kernel;
    let outputs = conv.dense.outputs * conv.groups;
    let what = format!("conv {height}×{width} → {outputs} channels, {bytes} B of weights");
    let dense = dense(builder, step, &conv.dense);
    let fields = vec![
        ("window", window::record(&conv.window)),
        ("groups", Field::Integer(conv.groups as i64)),
        ("dense", Field::Record(dense)),
    ];
    let record = Record {
        name: "FloatConv",
        fields,
    };
    linear::call(builder, step, &what, record)
}

fn depthwise(builder: &mut Builder<'_>, step: &Step, depthwise: &Depthwise<Epilogue>) -> Call {
    let bytes = depthwise.weights.len();
    let [height, width] = depthwise.window.kernel;
    let what = format!(
        "depthwise {height}×{width}, {} channels, {bytes} B of weights",
        depthwise.channels
    );
    let weights = linear::weights(builder, step, &depthwise.weights);
    let fields = vec![
        ("window", window::record(&depthwise.window)),
        ("channels", Field::Integer(depthwise.channels as i64)),
        ("multiplier", Field::Integer(depthwise.multiplier as i64)),
        ("weights", Field::Words(weights)),
        ("epilogue", epilogue(builder, step, &depthwise.requant)),
    ];
    let record = Record {
        name: "FloatDepthwise",
        fields,
    };
    linear::call(builder, step, &what, record)
}

fn average(builder: &mut Builder<'_>, step: &Step, pool: &AveragePool) -> Call {
    let [height, width] = pool.window.kernel;
    let fields = vec![
        ("window", window::record(&pool.window)),
        ("channels", Field::Integer(pool.channels as i64)),
        ("count_padding", Field::Boolean(pool.count_padding)),
        ("low", Field::Float(pool.low)),
        ("high", Field::Float(pool.high)),
    ];
    let record = Record {
        name: "FloatAveragePool",
        fields,
    };
    linear::call(
        builder,
        step,
        &format!("average pool {height}×{width}"),
        record,
    )
}

fn embedding(builder: &mut Builder<'_>, step: &Step, embedding: &Embedding) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("The values of `{id}`, a row for each index.");
    let value = Value::Floats(embedding.values.clone());
    let table = builder.constant(format!("{layer}_table"), doc, value);
    let (rows, width) = (embedding.rows, embedding.width);
    let record = Record {
        name: "FloatEmbedding",
        fields: vec![
            ("rows", Field::Integer(rows as i64)),
            ("width", Field::Integer(width as i64)),
            ("table", Field::List(table)),
        ],
    };
    let what = format!("embedding of {rows} indices in {width} values each");
    Call {
        counted: true,
        ..linear::call(builder, step, &what, record)
    }
}

fn layer_norm(builder: &mut Builder<'_>, step: &Step, norm: &LayerNorm) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("Factor and offset of each channel of `{id}`.");
    let value = Value::FloatChannels(norm.channels.clone());
    let channels = builder.constant(format!("{layer}_channels"), doc, value);
    let fields = vec![
        ("channels", Field::CountedList(channels)),
        ("epsilon", Field::Float(norm.epsilon)),
        ("low", Field::Float(norm.low)),
        ("high", Field::Float(norm.high)),
    ];
    let what = format!("layer norm over {}", norm.channels.len());
    let name = "FloatLayerNorm";
    Call {
        counted: true,
        ..linear::call(builder, step, &what, Record { name, fields })
    }
}

/// In place where the plan says so.
fn activation(builder: &mut Builder<'_>, step: &Step, activation: Activation) -> Call {
    let layer = builder.layer(step);
    let name = builder.plan.layer(step.layer);
    let doc = format!("`{}`: {}.", name.id, name.kind);
    let record = match activation {
        Activation::Relu(relu) => Some(Record {
            name: "FloatRelu",
            fields: vec![
                ("max", Field::Float(relu.max)),
                ("slope", Field::Float(relu.slope)),
                ("threshold", Field::Float(relu.threshold)),
            ],
        }),
        Activation::Elu(elu) => Some(Record {
            name: "FloatElu",
            fields: vec![
                ("factor", Field::Float(elu.factor)),
                ("alpha", Field::Float(elu.alpha)),
            ],
        }),
        Activation::Line(line) => Some(Record {
            name: "FloatLine",
            fields: vec![
                ("slope", Field::Float(line.slope)),
                ("offset", Field::Float(line.offset)),
                ("low", Field::Float(line.low)),
                ("high", Field::Float(line.high)),
            ],
        }),
        Activation::Curve(_) => None,
    };
    let record = record.map(|record| builder.constant(layer, doc.clone(), Value::Record(record)));
    let (kernel, in_place) = kernels(activation);
    let (kernel, places) = if step.input() == step.output {
        (in_place, Places::InPlace(step.input()))
    } else {
        (kernel, Places::Two(step.input(), step.output))
    };
    Call {
        doc,
        family: "float_activation",
        kernel,
        record,
        places,
        counted: true,
        typed_input: false,
    }
}

/// The kernel of a function, and that in place.
fn kernels(activation: Activation) -> (&'static str, &'static str) {
    match activation {
        Activation::Relu(_) => ("relu", "relu_in_place"),
        Activation::Elu(_) => ("elu", "elu_in_place"),
        Activation::Line(_) => ("line", "line_in_place"),
        Activation::Curve(curve) => match curve {
            Curve::Sigmoid => ("sigmoid", "sigmoid_in_place"),
            Curve::Tanh => ("tanh", "tanh_in_place"),
            Curve::HardSwish => ("hard_swish", "hard_swish_in_place"),
            Curve::Swish => ("swish", "swish_in_place"),
            Curve::Gelu => ("gelu", "gelu_in_place"),
            Curve::GeluTanh => ("gelu_tanh", "gelu_tanh_in_place"),
            Curve::Softplus => ("softplus", "softplus_in_place"),
            Curve::Softsign => ("softsign", "softsign_in_place"),
            Curve::Exponential => ("exponential", "exponential_in_place"),
        },
    }
}

fn join(builder: &mut Builder<'_>, step: &Step, join: &Join) -> Call {
    let operands = join.walk.repeated.iter().map(|&repeated| Record {
        name: "FloatOperand",
        fields: vec![("repeated", Field::Boolean(repeated))],
    });
    let operands = elementwise::list(builder, step, "operands", operands.collect());
    let fields = vec![
        ("operands", Field::CountedList(operands)),
        ("run", Field::Integer(join.walk.run as i64)),
        ("low", Field::Float(join.op.low)),
        ("high", Field::Float(join.op.high)),
    ];
    let name = "FloatJoin";
    elementwise::call(builder, step, Record { name, fields })
}

fn concat(builder: &mut Builder<'_>, step: &Step, pieces: &[usize]) -> Call {
    let round: usize = pieces.iter().sum();
    let pieces = pieces.iter().map(|&len| Record {
        name: "FloatPiece",
        fields: vec![("len", Field::Integer(len as i64))],
    });
    let pieces = elementwise::list(builder, step, "pieces", pieces.collect());
    let fields = vec![
        ("pieces", Field::CountedList(pieces)),
        ("round", Field::Integer(round as i64)),
    ];
    let name = "FloatConcat";
    elementwise::call(builder, step, Record { name, fields })
}

fn softmax(builder: &Builder<'_>, step: &Step) -> Call {
    let elements = builder.plan.slot(step.input()).elements;
    let id = &builder.plan.layer(step.layer).id;
    Call {
        doc: format!("`{id}`: softmax over {elements}."),
        family: "float_softmax",
        kernel: "softmax",
        record: None,
        places: Places::Two(step.input(), step.output),
        counted: true,
        typed_input: false,
    }
}
