//! Networks of PyTorch, which are programs: their layers, as the sources describe them.

use serde_json::{Value, json};

use crate::keras::Layer;

/// `models/torch_cnn_fsdd`: three convolutions, each with a batch norm and a relu, the first two with a max
/// pool; the mean over height and width; a linear layer.
pub(crate) fn spoken_digits() -> Vec<Layer> {
    let mut layers = Vec::new();
    let convolutions = [
        (1, json!([5, 3]), 2, json!([2, 1])),
        (2, json!(3), 1, json!(1)),
        (3, json!(3), 1, json!(1)),
    ];
    for (index, kernel, stride, padding) in convolutions {
        let (conv, norm) = (format!("c{index}"), format!("n{index}"));
        layers.extend([
            layer(
                json!({"id": conv, "type": "conv2d", "kernel": kernel, "stride": stride, "padding": padding}),
                &[("kernel", format!("{conv}.weight"))],
            ),
            layer(
                json!({"id": norm, "type": "batch_norm", "epsilon": 1e-5}),
                &[
                    ("gamma", format!("{norm}.weight")),
                    ("beta", format!("{norm}.bias")),
                    ("mean", format!("{norm}.running_mean")),
                    ("variance", format!("{norm}.running_var")),
                ],
            ),
            layer(json!({"id": format!("r{index}"), "type": "relu"}), &[]),
        ]);
        if index < 3 {
            let pool = json!({"id": format!("p{index}"), "type": "max_pool2d", "pool": 2});
            layers.push(layer(pool, &[]));
        }
    }
    layers.push(layer(
        json!({"id": "mean", "type": "global_average_pool2d"}),
        &[],
    ));
    layers.push(layer(
        json!({"id": "fc", "type": "dense"}),
        &[
            ("kernel", "fc.weight".to_owned()),
            ("bias", "fc.bias".to_owned()),
        ],
    ));
    layers
}

/// `models/torch_gru_motions`: what a GRU makes of the last step, then a linear layer.
pub(crate) fn motions() -> Vec<Layer> {
    let name = |word: &str| format!("gru.{word}_l0");
    vec![
        layer(
            json!({"id": "gru", "type": "gru"}),
            &[
                ("kernel", name("weight_ih")),
                ("recurrent_kernel", name("weight_hh")),
                ("bias", name("bias_ih")),
                ("recurrent_bias", name("bias_hh")),
            ],
        ),
        layer(
            json!({"id": "fc", "type": "dense"}),
            &[
                ("kernel", "fc.weight".to_owned()),
                ("bias", "fc.bias".to_owned()),
            ],
        ),
    ]
}

fn layer(fields: Value, tensors: &[(&'static str, String)]) -> Layer {
    let Value::Object(fields) = fields else {
        unreachable!("written as an object above")
    };
    Layer {
        fields,
        tensors: tensors.to_vec(),
        output_axes: None,
        without_axis: None,
    }
}
