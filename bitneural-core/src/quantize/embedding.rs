//! Tables of embeddings → tables of codes (R33).

use super::Format;
use super::ranges::rnd;
use crate::graph;
use crate::network::{Element, Embedding};

/// The format of indices: the codes are what they stand for.
pub(super) fn indices(element: Element) -> Format {
    Format {
        element,
        scale: 1.0,
        zero_point: 0,
    }
}

pub(super) fn quantize(embedding: &graph::Embedding, to: Format) -> Embedding {
    Embedding {
        rows: embedding.rows,
        width: embedding.width,
        codes: codes(&embedding.entries(), to),
    }
}

/// The codes of real entries.
pub fn codes(entries: &[f64], to: Format) -> Vec<u8> {
    let entries = entries.iter();
    entries
        .map(|entry| rnd(entry / to.scale + f64::from(to.zero_point)).clamp(0.0, 255.0) as u8)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::network::{Network, OpKind};
    use crate::tests::{Model, bare, floats, trits};

    /// Three indices, a table of `rows` of two elements, and what reads the vectors.
    fn model(table: &[f32], change: impl Fn(&mut Value)) -> Model {
        let mut embedding = json!({
            "id": "vectors", "type": "embedding", "tensors": {"embedding": "table"},
        });
        change(&mut embedding);
        let mut model = bare(
            "keras",
            &[3],
            json!([embedding, {"id": "top", "type": "global_max_pool1d"}]),
        );
        model.metadata["inputs"][0] = json!({"id": "x", "shape": [3]});
        model.tensors = vec![floats("table", &[table.len() / 2, 2], table)];
        model
    }

    fn table_of(network: &Network) -> &Embedding {
        match &network.ops[0].kind {
            OpKind::Embedding(embedding) => embedding,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn worked_example_of_r33() {
        let to = Format {
            element: Element::U8,
            scale: 0.01,
            zero_point: 128,
        };
        assert_eq!(
            codes(&[-0.3, 0.0, 9.0, -9.0, 0.005], to),
            [98, 128, 255, 0, 129]
        );
    }

    #[test]
    fn without_a_range_the_entries_have_all_codes() {
        let network = model(&[-0.5, 0.25, 1.0, 0.0, 0.75, 2.05], |_| {}).network();
        let network = network.unwrap();
        // Indices are codes of scale 1; R3 with a = −0.5, b = 2.05 and no headroom.
        let formats: Vec<(f64, i32)> = network
            .tensors
            .iter()
            .map(|tensor| (tensor.scale, tensor.zero_point))
            .collect();
        assert_eq!(formats[0], (1.0, 0));
        assert_eq!(formats[1].0, (f64::from(2.05_f32) + 0.5) / 255.0);
        assert_eq!(formats[1], formats[2]);
        assert_eq!(table_of(&network).codes, [0, 75, 150, 50, 125, 255]);
        assert_eq!(network.quantize_inputs[0][0].factor, 256.0);
        assert_eq!(network.quantize_inputs[0][0].offset, 128);
    }

    #[test]
    fn a_recorded_range_counts_and_is_widened() {
        let network = model(&[-0.5, 0.25, 1.0, 0.0], |layer| {
            layer["range"] = json!([-2.0, 2.0]);
            layer["samples"] = json!(4);
        });
        // 5/4 of it: codes of 5/255 from −2.5 on, ends beyond the table.
        let network = network.network().unwrap();
        assert_eq!(network.tensors[1].scale, 5.0 / 255.0);
        assert_eq!(table_of(&network).codes, [103, 141, 179, 128]);
    }

    #[test]
    fn trits_and_codes_come_before_the_codes_of_r33() {
        // Columns (0.9, 0.1, −0.9) and (1, −1, 0.2): twn keeps what is above 0.7 of the mean.
        let table = [0.9, 1.0, 0.1, -1.0, -0.9, 0.2];
        let ternary = |layer: &mut Value| {
            layer["weights"] = json!("ternary");
            layer["quantizer"] = json!("twn");
        };
        let network = model(&table, ternary).network().unwrap();
        // 0.9, 1, 0, −1, −0.9, 0 in steps of 2/255 from −1 on; the zero point is 127.5 rounded up.
        assert_eq!(network.tensors[1].zero_point, 128);
        assert_eq!(table_of(&network).codes, [243, 255, 128, 1, 13, 128]);
        let stored = model(&table, |layer| {
            layer["tensors"]["scale"] = json!("scale");
        });
        let stored = stored
            .with_tensor(trits("table", &[3, 2], &[127, 100, 0, -50, -127, 0]))
            .with_tensor(floats("scale", &[2], &[0.5, 0.25]));
        // 63.5, 25, 0, −12.5, −63.5, 0 in steps of 127/255.
        assert_eq!(
            table_of(&stored.network().unwrap()).codes,
            [255, 178, 128, 103, 1, 128]
        );
    }

    #[test]
    fn a_table_of_zeros_has_a_format_too() {
        let network = model(&[0.0; 4], |_| {}).network().unwrap();
        assert_eq!(
            (network.tensors[1].scale, network.tensors[1].zero_point),
            (1.0, 0)
        );
    }
}
