//! Norms of random networks.

use bitneural_core::writer::TensorData;
use serde_json::json;

use super::Random;
use super::file::Builder;

impl Builder<'_> {
    /// A tensor of a number for each channel.
    fn list(
        &mut self,
        what: &str,
        channels: usize,
        mut value: impl FnMut(&mut Random) -> f64,
    ) -> String {
        let values = (0..channels).map(|_| value(&mut self.random) as f32);
        let values = TensorData::F32(values.collect());
        self.tensor(what, vec![channels], values)
    }

    /// γ and β.
    fn learned(&mut self, channels: usize) -> [String; 2] {
        let gamma = self.list("gamma", channels, |random| 2.0 * random.symmetric());
        let beta = self.list("beta", channels, Random::symmetric);
        [gamma, beta]
    }

    /// A layer norm, where there are as many channels as one takes.
    pub(super) fn layer_norm(&mut self, channels: usize, epsilon: f64, affine: bool) {
        if !(2..=512).contains(&channels) {
            return;
        }
        let mut layer = json!({ "type": "layer_norm", "epsilon": epsilon });
        if affine {
            let [gamma, beta] = self.learned(channels);
            layer["tensors"] = json!({ "gamma": gamma, "beta": beta });
        }
        self.push(layer);
    }

    pub(super) fn batch_norm(&mut self, channels: usize, spread: f64, affine: bool) {
        let mean = self.list("mean", channels, Random::symmetric);
        let variance = self.list("variance", channels, |random| {
            (spread * random.symmetric()).exp()
        });
        let mut tensors = json!({ "mean": mean, "variance": variance });
        if affine {
            let [gamma, beta] = self.learned(channels);
            (tensors["gamma"], tensors["beta"]) = (json!(gamma), json!(beta));
        }
        self.push(json!({ "type": "batch_norm", "epsilon": 1e-3, "tensors": tensors }));
    }
}
