//! Windows, convolutions, pools and norms.

use serde_json::Value;

use super::*;
use crate::shape::Window;
use crate::tests::images;

/// A max pool of these fields on an image of this shape.
fn pool(layout: &str, shape: &[usize], fields: Value) -> Model {
    let mut layer = json!({"id": "p", "type": "max_pool2d"});
    for (key, value) in fields.as_object().unwrap() {
        layer[key] = value.clone();
    }
    bare(layout, shape, json!([layer]))
}

fn window(model: &Model) -> Window {
    match &model.built().unwrap().nodes[0].kind {
        NodeKind::Pool(pool) => pool.window,
        NodeKind::Conv(conv) => conv.window,
        other => panic!("{other:?}"),
    }
}

/// A convolution of these fields with a kernel of trits of this shape.
fn conv(layout: &str, shape: &[usize], fields: Value, kernel: &[usize], values: &[i8]) -> Model {
    let mut layer = json!({
        "id": "c", "type": "conv2d", "range": [-1, 1], "samples": 1,
        "tensors": {"kernel": "w", "scale": "s"},
    });
    for (key, value) in fields.as_object().unwrap() {
        layer[key] = value.clone();
    }
    let mut model = bare(layout, shape, json!([layer]));
    model.tensors = vec![trits("w", kernel, values), floats("s", &[1], &[1.0])];
    model
}

/// The weights of a convolution, `[outputs][kernel height][kernel width][channels of a group]`.
fn weights(model: &Model) -> Vec<i8> {
    match model.built().unwrap().nodes[0].kind.linear().unwrap() {
        Linear {
            weights: Weights::Quantized(quantized),
            ..
        } => quantized.values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn same_puts_the_odd_position_at_the_end() {
    let found = |shape: &[usize], fields| {
        let window = window(&pool("keras", shape, fields));
        (window.output, window.before)
    };
    // (2 − 1)·2 + 3 − 4 = 1 position, all of it below and to the right; of 5 rows 2, one above.
    let even = json!({"pool": 3, "stride": 2, "padding": "same"});
    assert_eq!(found(&[4, 4, 1], even.clone()), ([2, 2], [0, 0]));
    assert_eq!(found(&[5, 4, 1], even), ([3, 2], [1, 0]));
    let two = json!({"pool": 2, "stride": 1, "padding": "same"});
    assert_eq!(found(&[4, 4, 1], two), ([4, 4], [0, 0]));
    // A stride longer than the window needs no padding.
    let sparse = json!({"pool": 1, "stride": 3, "padding": "same"});
    assert_eq!(found(&[4, 7, 1], sparse), ([2, 3], [0, 0]));
    // A dilated window reaches over 5 positions.
    let dilated = json!({"kernel": 3, "dilation": 2, "padding": "same"});
    let dilated = window(&conv("keras", &[6, 6, 1], dilated, &[3, 3, 1, 1], &[1; 9]));
    assert_eq!((dilated.output, dilated.before), ([6, 6], [2, 2]));
}

#[test]
fn padding_in_numbers_is_for_all_sides_an_axis_or_a_side() {
    let found = |padding: Value| {
        let fields = json!({"pool": [3, 2], "stride": 1, "padding": padding});
        let window = window(&pool("keras", &[4, 4, 1], fields));
        (window.output, window.before)
    };
    assert_eq!(found(json!("valid")), ([2, 3], [0, 0]));
    assert_eq!(found(json!(1)), ([4, 5], [1, 1]));
    assert_eq!(found(json!([2, 0])), ([6, 3], [2, 0]));
    assert_eq!(found(json!([[1, 2], [0, 1]])), ([5, 4], [1, 0]));
    // The stride of a pool is its window.
    let strided = window(&pool("keras", &[4, 5, 1], json!({"pool": 2})));
    assert_eq!((strided.stride, strided.output), ([2, 2], [2, 2]));
}

#[test]
fn torch_has_no_same_with_a_stride() {
    let same = |stride: usize| {
        let fields = json!({"pool": 3, "stride": stride, "padding": "same"});
        pool("torch", &[1, 4, 5], fields)
    };
    assert_eq!(
        refused(&same(2)),
        [
            "layer `p`, metadata field `layers[0].padding`: in the torch layout, a stride with padding `same` is not supported"
        ]
    );
    let one = window(&same(1));
    assert_eq!((one.output, one.before), ([4, 5], [1, 1]));
}

#[test]
fn a_window_fits_into_the_padded_image() {
    let valid = |size: usize| pool("keras", &[4, 6, 1], json!({"pool": size}));
    assert_eq!(window(&valid(4)).output, [1, 1]);
    assert_eq!(
        refused(&valid(5)),
        ["layer `p`: the layer cannot read its input"]
    );
    let padded = json!({"pool": 5, "padding": [[0, 1], [0, 0]]});
    assert_eq!(window(&pool("keras", &[4, 6, 1], padded)).output, [1, 1]);
    let vector = pool("keras", &[4], json!({"pool": 1}));
    assert_eq!(
        refused(&vector),
        ["layer `p`: the layer cannot read its input"]
    );
}

#[test]
fn a_pool_never_sees_padding_alone() {
    let wrong = [
        "layer `p`, metadata field `layers[0].padding`: the field `padding` has a value that does not fit",
    ];
    let before = json!({"pool": 2, "stride": 1, "padding": [[2, 0], [0, 0]]});
    assert_eq!(refused(&pool("keras", &[4, 4, 1], before)), wrong);
    // The last of two windows begins behind the image of two rows.
    let behind = json!({"pool": 2, "padding": [[0, 2], [0, 0]]});
    assert_eq!(refused(&pool("keras", &[2, 4, 1], behind)), wrong);
    // A window that is never reached may lie there.
    let unreached = json!({"pool": 2, "padding": [[0, 1], [0, 0]]});
    assert_eq!(window(&pool("keras", &[2, 4, 1], unreached)).output, [1, 2]);
}

/// Nothing resolves the window of a global pool, which is as large as its image.
#[test]
fn a_global_pool_reads_an_image_that_the_records_hold() {
    let pool = |length: usize| {
        let layer = json!({"id": "p", "type": "global_max_pool1d"});
        bare("keras", &[length, 1], json!([layer]))
    };
    assert_eq!(window(&pool(65_535)).kernel, [1, 65_535]);
    assert_eq!(
        refused(&pool(65_536)),
        ["layer `p`: an axis of the image is too large"]
    );
}

#[test]
fn groups_divide_the_channels() {
    let grouped = |channels: usize, groups: usize, outputs: usize| {
        let seen = channels / groups;
        let fields = json!({"kernel": 1, "groups": groups});
        let count = seen * outputs;
        let kernel = [1, 1, seen, outputs];
        conv("keras", &[2, 2, channels], fields, &kernel, &vec![1; count])
    };
    assert!(grouped(4, 2, 6).built().is_ok());
    let wrong = ["layer `c`: the field `groups` has a value that does not fit"];
    assert_eq!(refused(&grouped(3, 2, 4)), wrong);
    assert_eq!(refused(&grouped(4, 2, 3)), wrong);
}

#[test]
fn kernels_of_both_layouts_become_rows_of_taps_channels_last() {
    // One output, one row of two taps of two channels: a0 b0 | a1 b1.
    let fields = json!({"kernel": [1, 2]});
    let keras = conv(
        "keras",
        &[1, 2, 2],
        fields.clone(),
        &[1, 2, 2, 1],
        &[1, -1, 0, 1],
    );
    assert_eq!(weights(&keras), [1, -1, 0, 1]);
    // a0 a1 | b0 b1 in the file.
    let torch = conv("torch", &[2, 1, 2], fields, &[1, 2, 1, 2], &[1, 0, -1, 1]);
    assert_eq!(weights(&torch), [1, -1, 0, 1]);
    // Two outputs, one tap, two channels: [channels][outputs] in Keras.
    let fields = json!({"kernel": 1});
    let keras = conv(
        "keras",
        &[1, 1, 2],
        fields.clone(),
        &[1, 1, 2, 2],
        &[1, 0, -1, 1],
    );
    assert_eq!(weights(&keras), [1, -1, 0, 1]);
    let torch = conv("torch", &[2, 1, 1], fields, &[2, 2, 1, 1], &[1, -1, 0, 1]);
    assert_eq!(weights(&torch), [1, -1, 0, 1]);
}

#[test]
fn the_outputs_of_a_channel_of_a_depthwise_layer_lie_together() {
    // Two channels, a multiplier of 2, two taps: Keras has [tap][channel][multiplier].
    let fields = json!({"type": "depthwise_conv2d", "kernel": [2, 1]});
    let keras = [1, 0, -1, 1, /* the second tap */ -1, -1, 0, 1];
    let keras = conv("keras", &[2, 1, 2], fields.clone(), &[2, 1, 2, 2], &keras);
    let rows = [1, -1, 0, -1, -1, 0, 1, 1];
    assert_eq!(weights(&keras), rows);
    let torch = conv("torch", &[2, 2, 1], fields, &[4, 1, 2, 1], &rows);
    assert_eq!(weights(&torch), rows);
    let NodeKind::Conv(node) = &keras.built().unwrap().nodes[0].kind else {
        panic!("no convolution")
    };
    assert_eq!((node.groups, node.outputs, node.taps()), (2, 4, 2));
    assert_eq!(node.macs(), 8);
}

#[test]
fn a_prelu_has_a_slope_for_each_channel() {
    let prelu = |shape: &[usize], slopes: &[f32]| {
        let layer = json!({"id": "a", "type": "prelu", "tensors": {"slope": "slopes"}});
        let mut model = bare("keras", &[2, 2, 3], json!([layer]));
        model.tensors = vec![floats("slopes", shape, slopes)];
        model
    };
    for (shape, slopes) in [
        (vec![3], vec![0.5, 0.25, 0.125]),
        (vec![1, 1, 3], vec![0.5, 0.25, 0.125]),
        (vec![1], vec![0.5]),
    ] {
        let graph = prelu(&shape, &slopes).built().unwrap();
        let Some(Clamp::Leaky(found)) = graph.nodes[0].kind.clamp() else {
            panic!("{:?}", graph.nodes)
        };
        assert_eq!((found.len(), found[0]), (3, 0.5));
    }
    assert_eq!(
        refused(&prelu(&[2, 2, 3], &[0.5; 12])),
        ["layer `a`, tensor `slopes`: a `prelu` with a slope for each `element` is not supported"]
    );
    assert_eq!(
        refused(&prelu(&[2], &[0.5; 2])),
        ["layer `a`, tensor `slopes`: the tensor has the wrong shape"]
    );
}

#[test]
fn a_batch_norm_is_a_factor_and_an_offset() {
    let norm = |variance: f32| {
        let layer = json!({
            "id": "n", "type": "batch_norm", "epsilon": 0.25,
            "tensors": {"gamma": "g", "mean": "m", "variance": "v"},
        });
        let mut model = bare("keras", &[1], json!([layer]));
        let one = |name: &str, value: f32| floats(name, &[1], &[value]);
        model.tensors = vec![one("g", -3.0), one("m", 0.5), one("v", variance)];
        model
    };
    let graph = norm(2.0).built().unwrap();
    let NodeKind::Affine(affine) = &graph.nodes[0].kind else {
        panic!("{:?}", graph.nodes)
    };
    // −3 / √2.25.
    assert_eq!(affine.factor, [-2.0]);
    assert_eq!((affine.mean[0], affine.offset[0]), (0.5, 0.0));
    assert_eq!(
        refused(&norm(-0.5)),
        ["layer `n`, tensor `v`: the field `variance` has a value that does not fit"]
    );
}

#[test]
fn verify_finds_each_broken_invariant_of_an_image() {
    type Break = fn(&mut Graph);
    fn conv(graph: &mut Graph) -> &mut Conv {
        match &mut graph.nodes[0].kind {
            NodeKind::Conv(conv) => conv,
            other => panic!("{other:?}"),
        }
    }
    fn norm(graph: &mut Graph) -> &mut Affine {
        match &mut graph.nodes[1].kind {
            NodeKind::Affine(affine) => affine,
            other => panic!("{other:?}"),
        }
    }
    fn pool(graph: &mut Graph, node: usize) -> &mut Pool {
        match &mut graph.nodes[node].kind {
            NodeKind::Pool(pool) => pool,
            other => panic!("{other:?}"),
        }
    }
    let cases: &[(Break, &str)] = &[
        // 3
        (
            |g| conv(g).window.input = [6, 6],
            "node 0: a convolution between shapes",
        ),
        (
            |g| conv(g).window.output = [2, 3],
            "node 0: a convolution between shapes",
        ),
        (
            |g| conv(g).outputs = 5,
            "node 0: a convolution between shapes",
        ),
        (
            |g| conv(g).channels = 3,
            "node 0: a convolution between shapes",
        ),
        (|g| conv(g).groups = 0, "node 0: a convolution with groups"),
        (|g| conv(g).groups = 3, "node 0: a convolution with groups"),
        (
            |g| pool(g, 3).window.output = [1, 2],
            "node 3: a pool between shapes",
        ),
        (
            |g| g.values[2].shape = Shape(vec![9, 4]),
            "node 1: an element-wise node that changes the shape",
        ),
        // 4
        (
            |g| {
                conv(g).linear.bias.pop();
            },
            "node 0: a node with biases",
        ),
        (
            |g| conv(g).window.kernel = [3, 2],
            "node 0: a node with weights",
        ),
        (
            |g| {
                norm(g).factor.pop();
            },
            "node 1: affine constants",
        ),
        (|g| norm(g).mean[0] = f64::NAN, "node 1: affine constants"),
        (
            |g| {
                norm(g).offset.pop();
            },
            "node 1: affine constants",
        ),
        (
            |g| norm(g).clamp = Clamp::Leaky(vec![0.5; 3]),
            "node 1: slopes that do not fit",
        ),
        (
            |g| {
                pool(g, 5).mode = PoolMode::Average {
                    count_padding: false,
                    clamp: Clamp::Leaky(vec![0.5; 4]),
                }
            },
            "node 5: a leaky average pool",
        ),
    ];
    let valid = images().built().unwrap();
    assert_eq!(verify(&valid), Ok(()));
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut graph = valid.clone();
        break_it(&mut graph);
        let found = verify(&graph).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
}
