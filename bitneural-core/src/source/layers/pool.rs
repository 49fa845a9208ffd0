//! `max_pool2d`, `average_pool2d` and the global ones.

use super::window::{self, Window};
use super::{LayerKind, LayerType};
use crate::source::Object;

/// A pool of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What slides over the image; `None` for the whole image.
    pub window: Option<Window>,
    /// What is made of the values in the window.
    pub mode: PoolMode,
}

impl Pool {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        match (self.window.is_some(), self.mode) {
            (true, PoolMode::Max) => "max_pool2d",
            (true, PoolMode::Average(_)) => "average_pool2d",
            (false, PoolMode::Max) => "global_max_pool2d",
            (false, PoolMode::Average(_)) => "global_average_pool2d",
        }
    }
}

/// What a pool makes of the values in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// The largest; padding does not count.
    Max,
    /// The mean; whether padded positions count, if the file says so (as in PyTorch by default, not
    /// as in Keras).
    Average(Option<bool>),
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "max_pool2d",
        parse: max,
    },
    LayerType {
        name: "average_pool2d",
        parse: average,
    },
    LayerType {
        name: "global_max_pool2d",
        parse: global_max,
    },
    LayerType {
        name: "global_average_pool2d",
        parse: global_average,
    },
];

fn max(object: &mut Object<'_>) -> Option<LayerKind> {
    let window = window::pool(object)?;
    Some(LayerKind::Pool(Pool {
        window: Some(window),
        mode: PoolMode::Max,
    }))
}

fn average(object: &mut Object<'_>) -> Option<LayerKind> {
    let counted = object.boolean("count_padding");
    let window = window::pool(object)?;
    Some(LayerKind::Pool(Pool {
        window: Some(window),
        mode: PoolMode::Average(counted),
    }))
}

fn global_max(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Pool(Pool {
        window: None,
        mode: PoolMode::Max,
    }))
}

fn global_average(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Pool(Pool {
        window: None,
        mode: PoolMode::Average(None),
    }))
}
