//! What reads an input of 16 bits.

use super::file::{Builder, plain};
use super::layers::{Layer, Weights};

impl Builder<'_> {
    /// Adds a layer that can read the input, if it has 16 bits and what was drawn cannot.
    pub(super) fn lead_in(&mut self) {
        let network = self.network;
        let can_read = match network.front.first() {
            Some(Layer::Dense(_, _) | Layer::BatchNorm(_, _)) => true,
            // A vector passes it by.
            Some(Layer::Conv { .. }) => self.shape.len() == 3,
            Some(Layer::Recurrent(_)) => self.is_sequence(),
            Some(
                Layer::Pool { .. }
                | Layer::Frame(_)
                | Layer::Custom(_)
                | Layer::LayerNorm(_, _)
                | Layer::Relu(_, _, _)
                | Layer::Prelu(_)
                | Layer::Function(_)
                | Layer::Dropout
                | Layer::Branches(_),
            )
            | None => false,
        };
        if network.is_wide() && !can_read {
            let weights = Weights {
                int8: network.seed.is_multiple_of(2),
                ..plain()
            };
            self.layer(&Layer::Dense(5, weights));
        }
    }
}
