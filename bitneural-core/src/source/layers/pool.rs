//! `max_pool2d`, `average_pool2d`, the global ones, and the same along time.

use super::window::{self, Axes, Window};
use super::{LayerKind, LayerType};
use crate::source::Object;

/// A pool of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What it reads.
    pub axes: Axes,
    /// What slides over it; `None` for all of it.
    pub window: Option<Window>,
    /// What is made of the values in the window.
    pub mode: PoolMode,
}

impl Pool {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        let (time, image) = match (self.window.is_some(), self.mode) {
            (true, PoolMode::Max) => ("max_pool1d", "max_pool2d"),
            (true, PoolMode::Average(_)) => ("average_pool1d", "average_pool2d"),
            (false, PoolMode::Max) => ("global_max_pool1d", "global_max_pool2d"),
            (false, PoolMode::Average(_)) => ("global_average_pool1d", "global_average_pool2d"),
        };
        self.axes.word(time, image)
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
        parse: |object| max(object, Axes::Image),
    },
    LayerType {
        name: "average_pool2d",
        parse: |object| average(object, Axes::Image),
    },
    LayerType {
        name: "global_max_pool2d",
        parse: |_| global(PoolMode::Max, Axes::Image),
    },
    LayerType {
        name: "global_average_pool2d",
        parse: |_| global(PoolMode::Average(None), Axes::Image),
    },
    LayerType {
        name: "max_pool1d",
        parse: |object| max(object, Axes::Time),
    },
    LayerType {
        name: "average_pool1d",
        parse: |object| average(object, Axes::Time),
    },
    LayerType {
        name: "global_max_pool1d",
        parse: |_| global(PoolMode::Max, Axes::Time),
    },
    LayerType {
        name: "global_average_pool1d",
        parse: |_| global(PoolMode::Average(None), Axes::Time),
    },
];

fn max(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let window = window::pool(object, axes)?;
    Some(LayerKind::Pool(Pool {
        axes,
        window: Some(window),
        mode: PoolMode::Max,
    }))
}

fn average(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let counted = object.boolean("count_padding");
    let window = window::pool(object, axes)?;
    Some(LayerKind::Pool(Pool {
        axes,
        window: Some(window),
        mode: PoolMode::Average(counted),
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "what every type's reader yields")]
fn global(mode: PoolMode, axes: Axes) -> Option<LayerKind> {
    Some(LayerKind::Pool(Pool {
        axes,
        window: None,
        mode,
    }))
}
