//! A random network as a model file without ranges.

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde_json::{Value, json};

use super::frames::Frame;
use super::layers::{Grouping, Layer, Weights, Window};
use super::time::{along_time, as_image};
use super::window::Over;
use super::{Network, Random};

/// The file while layers are added to it.
pub(super) struct Builder<'a> {
    pub(super) network: &'a Network,
    pub(super) random: Random,
    /// Height, width and channels, or the features of a vector; a sequence has the height 1.
    pub(super) shape: Vec<usize>,
    pub(super) layers: Vec<Value>,
    pub(super) tensors: Vec<NamedTensor>,
    /// What the next layer reads.
    pub(super) current: String,
    /// Whether it is in the order of a channels-first flatten.
    pub(super) pending: bool,
    /// Whether it lies as in the file whatever the layout, as what goes along time does.
    pub(super) time_first: bool,
    /// Joined values that may be outputs.
    pub(super) joined: Vec<String>,
}

pub(super) fn bytes(network: &Network) -> Vec<u8> {
    let mut builder = Builder {
        network,
        random: Random::new(network.seed),
        shape: as_image(&network.shape),
        layers: Vec::new(),
        tensors: Vec::new(),
        current: "x".to_owned(),
        pending: false,
        time_first: false,
        joined: Vec::new(),
    };
    if let Some(join) = network.second {
        builder.second_input(join);
    }
    match network.embedding() {
        Some(embedding) => builder.embedding(embedding),
        None => builder.lead_in(),
    }
    for layer in &network.front {
        builder.layer(layer);
    }
    match network.global {
        Some(max) if builder.shape.len() == 3 => {
            let kind = if max {
                "global_max_pool2d"
            } else {
                "global_average_pool2d"
            };
            builder.push(json!({ "type": kind }));
            builder.shape = vec![builder.shape[2]];
        }
        _ => builder.flatten(),
    }
    // Something must stand between a channels-first flatten and the end.
    let closing = Layer::Dense(7, plain());
    let needs_weights = network
        .back
        .iter()
        .all(|layer| !matches!(layer, Layer::Dense(_, _)));
    for layer in network.back.iter().chain(needs_weights.then_some(&closing)) {
        builder.layer(layer);
    }
    if network.end == Some("sigmoid") && network.seed.is_multiple_of(2) {
        // Two classes in one output.
        builder.layer(&Layer::Dense(1, plain()));
    }
    if let Some(end) = network.end {
        builder.push(json!({ "type": end }));
    }
    builder.finish()
}

pub(super) fn plain() -> Weights {
    Weights {
        int8: false,
        integers: true,
        quantizer: "optimal",
        granularity: "channel",
        magnitude: 0,
        bias: Some(0.5),
        odd_channels: false,
        activation: "linear",
    }
}

impl Builder<'_> {
    pub(super) fn is_sequence(&self) -> bool {
        self.network.shape.len() == 2
    }

    /// The axes of a kernel, whose height a sequence has not.
    fn kernel_axes(&self, mut axes: Vec<usize>) -> Vec<usize> {
        if self.is_sequence() {
            axes.remove(if self.torch() { 2 } else { 0 });
        }
        axes
    }

    pub(super) fn torch(&self) -> bool {
        self.network.layout == "torch"
    }

    /// Adds a layer that reads the current value, if it does not say what it reads.
    pub(super) fn push(&mut self, mut layer: Value) {
        let id = format!("layer{}", self.layers.len());
        let before = self
            .layers
            .last()
            .map_or("x", |layer| layer["id"].as_str().expect("a name"));
        if layer.get("inputs").is_none() && (self.network.reversed || before != self.current) {
            layer["inputs"] = json!([self.current]);
        }
        layer["id"] = json!(id);
        if self.is_sequence() {
            layer = along_time(layer);
        }
        self.layers.push(layer);
        self.current = id;
    }

    fn flatten(&mut self) {
        self.push(json!({ "type": "flatten" }));
        self.pending = self.torch() && !self.time_first;
        self.shape = vec![self.shape.iter().product()];
    }

    pub(super) fn layer(&mut self, layer: &Layer) {
        let channels = self.shape.last().copied().unwrap_or(1);
        let image = self.shape.len() == 3;
        match layer {
            Layer::Dense(outputs, weights) if !image => self.dense(*outputs, weights),
            Layer::Dense(outputs, weights) => {
                let window = Window {
                    kernel: [1, 1],
                    stride: [1, 1],
                    dilation: [1, 1],
                    padding: None,
                };
                self.conv(&window, Grouping::One, *outputs % 20 + 1, weights);
            }
            Layer::Conv {
                window,
                grouping,
                outputs,
                weights,
            } if image => {
                self.conv(window, *grouping, *outputs, weights);
            }
            Layer::Pool {
                window,
                max,
                count_padding,
            } if image => self.pool(window, *max, *count_padding),
            // Where values lie in another order than the layout says, only what keeps the order.
            Layer::Frame(Frame::Reshape | Frame::Permute) if self.time_first => {}
            Layer::Frame(frame) if image => {
                let shape = [self.shape[0], self.shape[1], channels];
                let record = frame.record(shape, self.is_sequence(), self.torch());
                if let Some((record, shape)) = record {
                    self.push(record);
                    self.shape = shape.to_vec();
                    self.time_first = false;
                }
            }
            // One of each position of an image would be another layer.
            Layer::Recurrent(layer) if image && self.is_sequence() => self.recurrent(layer),
            // What needs an image or a sequence does nothing to anything else.
            Layer::Conv { .. } | Layer::Pool { .. } | Layer::Frame(_) | Layer::Recurrent(_) => {}
            // Behind a channels-first flatten a norm or a slope for each channel has no defined order.
            Layer::BatchNorm(_, _) | Layer::LayerNorm(_, _) | Layer::Prelu(_) if self.pending => {}
            Layer::BatchNorm(spread, affine) => self.batch_norm(channels, *spread, *affine),
            Layer::LayerNorm(epsilon, affine) => self.layer_norm(channels, *epsilon, *affine),
            Layer::Relu(max, slope, threshold) => {
                let mut layer = json!({ "type": "relu", "slope": slope, "threshold": threshold });
                if let Some(max) = max {
                    layer["max_value"] = json!(max.max(*threshold));
                }
                self.push(layer);
            }
            Layer::Prelu(shared) => {
                let count = if *shared { 1 } else { channels };
                let slopes = (0..count).map(|_| self.random.symmetric() as f32).collect();
                let name = self.tensor("slope", vec![count], TensorData::F32(slopes));
                self.push(json!({ "type": "prelu", "tensors": { "slope": name } }));
            }
            Layer::Function(fields) => {
                if fields["type"] == "exponential" {
                    // Of any sum it would overflow.
                    self.push(json!({ "type": "softsign" }));
                }
                self.push(fields.clone());
            }
            Layer::Branches(_) if self.torch() && self.time_first => {}
            Layer::Branches(branches) => self.branches(branches),
            // A layer of one's own sees values channels last, which such a flatten does not yield.
            Layer::Custom(_) if self.pending => {}
            Layer::Custom(custom) => self.custom(custom),
            Layer::Dropout => {
                self.push(json!({ "type": "dropout", "rate": 0.25 }));
            }
        }
    }

    /// So many numbers, at most `spread` in size.
    pub(super) fn symmetric(&mut self, count: usize, spread: f64) -> Vec<f32> {
        let values = (0..count).map(|_| (spread * self.random.symmetric()) as f32);
        values.collect()
    }

    pub(super) fn tensor(&mut self, what: &str, shape: Vec<usize>, data: TensorData) -> String {
        let name = format!("layer{}/{what}", self.layers.len());
        self.tensors.push(NamedTensor {
            name: name.clone(),
            shape,
            data,
        });
        name
    }

    pub(super) fn dense(&mut self, outputs: usize, weights: &Weights) {
        let inputs = self.shape[0];
        let shape = if self.torch() {
            vec![outputs, inputs]
        } else {
            vec![inputs, outputs]
        };
        let mut layer = self.linear("dense", shape, outputs, inputs, weights);
        layer["units"] = json!(outputs);
        self.push(layer);
        self.pending = false;
        self.shape = vec![outputs];
    }

    pub(super) fn conv(
        &mut self,
        window: &Window,
        grouping: Grouping,
        outputs: usize,
        weights: &Weights,
    ) {
        let channels = self.shape[2];
        let (fields, output) = self.window(window, "kernel");
        let [height, width] = [0, 1]
            .map(|axis| usize::try_from(fields["kernel"][axis].as_u64().unwrap_or(1)).unwrap_or(1));
        let (kind, groups, outputs) = match grouping {
            Grouping::Two if channels.is_multiple_of(2) => {
                ("conv2d", 2, outputs.next_multiple_of(2))
            }
            Grouping::One | Grouping::Two => ("conv2d", 1, outputs),
            Grouping::Depthwise => ("depthwise_conv2d", channels, channels * (outputs % 3 + 1)),
            Grouping::Separable => ("separable_conv2d", channels, outputs),
        };
        let seen = channels / groups;
        let shape = match (self.torch(), kind) {
            (true, "separable_conv2d") => vec![channels, 1, height, width],
            (true, _) => vec![outputs, seen, height, width],
            (false, "conv2d") => vec![height, width, seen, outputs],
            (false, "depthwise_conv2d") => vec![height, width, channels, outputs / channels],
            (false, _) => vec![height, width, channels, 1],
        };
        let shape = self.kernel_axes(shape);
        let rows = if kind == "separable_conv2d" {
            channels
        } else {
            outputs
        };
        let mut layer = self.linear(kind, shape, rows, height * width * seen, weights);
        if kind == "separable_conv2d" {
            let shape = if self.torch() {
                vec![outputs, channels, 1, 1]
            } else {
                vec![1, 1, channels, outputs]
            };
            let shape = self.kernel_axes(shape);
            let first = layer["tensors"].take();
            self.tensors
                .retain(|tensor| Some(tensor.name.as_str()) != first["bias"].as_str());
            let (data, scale) = self.kernel(outputs, channels, weights);
            let kernel = self.tensor("pointwise", shape, data);
            layer["tensors"] = json!({ "depthwise": first["kernel"], "pointwise": kernel });
            if let Some(scale) = scale {
                layer["tensors"]["depthwise_scale"] = first["scale"].clone();
                layer["tensors"]["pointwise_scale"] =
                    json!(self.tensor("pointwise_scale", vec![outputs], TensorData::F32(scale)));
            }
        }
        if kind == "conv2d" {
            layer["groups"] = json!(groups);
        }
        for (key, value) in fields.as_object().expect("an object") {
            layer[key] = value.clone();
        }
        self.push(layer);
        self.shape = vec![output[0], output[1], outputs];
        self.time_first = false;
    }

    fn pool(&mut self, window: &Window, max: bool, count_padding: bool) {
        let mut window = window.clone();
        window.dilation = [1, 1];
        let (mut layer, output) = self.window(&window, "pool");
        if let Some(fields) = layer.as_object_mut() {
            fields.remove("dilation");
        }
        layer["type"] = json!(if max { "max_pool2d" } else { "average_pool2d" });
        if !max {
            layer["count_padding"] = json!(count_padding);
        }
        self.push(layer);
        self.shape = vec![output[0], output[1], self.shape[2]];
        self.time_first = false;
    }

    /// The fields of a window over the current value, and the positions of its output.
    fn window(&self, window: &Window, key: &str) -> (Value, [usize; 2]) {
        let over = Over {
            shape: [self.shape[0], self.shape[1]],
            is_sequence: self.is_sequence(),
            torch: self.torch(),
        };
        over.fit(window, key)
    }

    fn finish(mut self) -> Vec<u8> {
        let network = self.network;
        let channels = network.shape.last().copied().unwrap_or(1);
        let (low, high) = network.input_range;
        let mut shape = network.shape.clone();
        if self.torch() {
            shape.rotate_right(1);
        }
        let bits = if network.is_wide() { 16 } else { 8 };
        let mut input = json!({
            "id": "x", "shape": shape, "bits": bits, "range": [low, high],
            "range_kind": if network.declared { "declared" } else { "observed" },
            "samples": 40,
        });
        if network.embedding().is_some() {
            input = json!({ "id": "x", "shape": [network.shape[0]], "bits": bits });
        } else if network.normalized {
            let mut list = |from: f64, spread: f64| -> Value {
                (0..channels)
                    .map(|_| Value::from(from + spread * self.random.unit()))
                    .collect()
            };
            input["mean"] = list(-1.0, 2.0);
            input["std"] = list(0.1, 3.0);
        }
        let (inputs, outputs) = self.ports(input);
        let metadata = json!({
            "version": 1, "name": "random", "layout": network.layout, "inputs": inputs,
            "outputs": outputs, "layers": self.layers,
        });
        model_bytes(&metadata, &self.tensors).expect("shapes fit")
    }
}
