//! Values that a hostile file may hold where others belong.

use serde_json::{Value, json};

/// Values that a careful reader expects and a careless one does not.
pub(super) fn hostile() -> Vec<Value> {
    let mut values = of_any_field();
    values.extend(of_windows());
    values.extend(of_states());
    values
}

pub(super) fn of_any_field() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(255),
        json!(65_536),
        json!(1 << 24),
        json!((1 << 24) + 1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.5),
        json!(1e-320),
        json!(1e-30),
        json!(1e29),
        json!(1e308),
        json!(-1e308),
        json!(""),
        json!("x"),
        json!("fc1"),
        json!("relu"),
        json!("softmax"),
        json!("flatten"),
        json!("torch"),
        json!("\u{1f980}\0\"\\{}"),
        json!("#".repeat(5000)),
        json!([]),
        json!([1]),
        json!([1 << 12, 1 << 12]),
        json!([2, 1 << 23]),
        json!([1 << 22, 2, 2]),
        json!([0, 8]),
        json!([-1e29, 1e29]),
        json!([1e-30, 1e-30]),
        json!(vec!["a"; 3000]),
        json!({}),
        json!({"kernel": "x"}),
    ]
}

/// Sizes around what a record holds and around the ends of 64 bits, pairs, sides.
pub(super) fn of_windows() -> Vec<Value> {
    vec![
        json!(2),
        json!(65_535),
        json!(i64::MAX),
        json!(1_u64 << 63),
        json!(18_446_744_073_709_551_616.0),
        json!(2.0),
        json!("same"),
        json!("valid"),
        json!("causal"),
        json!("int8"),
        json!([65_535, 65_535]),
        json!([1, 65_535]),
        json!([2, -1]),
        json!([2.0, 2.0]),
        json!([u64::MAX, u64::MAX]),
        json!([[65_535, 65_535], [65_535, 65_535]]),
        json!([[0, 1], [2, 0]]),
        json!([[1, -1], [0, 0]]),
        json!([[1], 1]),
        nested(100),
        // Deeper than the parser goes.
        nested(200),
    ]
}

/// Gates in an order of their own, twice or of another layer, and ways to join both directions.
fn of_states() -> Vec<Value> {
    vec![
        json!(["o", "g", "f", "i"]),
        json!(["i", "i", "f", "o"]),
        json!(["n", "z", "r"]),
        json!("concat"),
        json!("average"),
        json!("gru"),
        json!("tanh"),
    ]
}

/// Lists in lists.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}
