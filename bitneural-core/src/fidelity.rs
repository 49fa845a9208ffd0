//! How near the integer network came to the float network, on some inputs: what is recorded in model files
//! and shown in model cards.

/// Both networks side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Fidelity {
    /// How many inputs were run.
    pub samples: usize,
    /// The share of inputs of which both say the same class; `None` without classes.
    pub agree: Option<f64>,
    /// 10·log10(signal / noise) of the scores, the mean over the classes removed; without classes of all outputs together;
    /// `None` where either is zero.
    pub sqnr_db: Option<f64>,
    /// Inputs and layers, in the order in which they run.
    pub values: Vec<ValueFidelity>,
}

/// An input, or what a layer yields.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueFidelity {
    /// The name of the input or of the layer.
    pub id: String,
    /// 10·log10(signal / noise); `None` where either is zero.
    pub sqnr_db: Option<f64>,
    /// The share of elements whose real value lies more than half a step outside of what codes can say.
    pub saturated: f64,
    /// The share of elements that stand for zero.
    pub zeros: f64,
    /// The share of the layer's weights that are zero; `None` without weights.
    pub zero_weights: Option<f64>,
}

impl Fidelity {
    /// What [`sqnr_db`](Self::sqnr_db) is about.
    pub fn judged(&self) -> &'static str {
        match self.agree {
            Some(_) => "scores",
            None => "outputs",
        }
    }

    /// For the model card, a line each.
    pub fn card(&self) -> Vec<String> {
        let percent = |share: f64| format!("{:.1}", 100.0 * share);
        let decibels = |value: Option<f64>| value.map_or(String::new(), |db| format!("{db:.1}"));
        let mut whole = format!(
            "The integer network on {} inputs beside the float network: ",
            self.samples
        );
        if let Some(agree) = self.agree {
            whole += &format!("the same class in {} %, ", percent(agree));
        }
        let values = self.judged();
        whole += &match self.sqnr_db {
            Some(db) => format!("{values} with an SQNR of {db:.1} dB."),
            None => format!("{values} without a difference."),
        };
        let mut lines = vec![
            whole,
            String::new(),
            "| value | SQNR dB | saturated % | zeros % | zero weights % |".to_owned(),
            "|---|--:|--:|--:|--:|".to_owned(),
        ];
        lines.extend(self.values.iter().map(|value| {
            format!(
                "| `{}` | {} | {} | {} | {} |",
                value.id,
                decibels(value.sqnr_db),
                percent(value.saturated),
                percent(value.zeros),
                value.zero_weights.map_or(String::new(), percent)
            )
        }));
        lines
    }
}
