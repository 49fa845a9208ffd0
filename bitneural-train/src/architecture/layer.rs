//! One layer, and what it makes of a shape.

use super::window::{Extent, Taps, Window};
use super::{Conv1d, Conv2d, Dense, Encoding, Settings};

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    Flatten { id: String },
    Dense(Dense),
    Conv1d(Conv1d),
    Conv2d(Conv2d),
    Pool { id: String, pool: Pool },
    Softmax { id: String },
}

/// What becomes one value for each channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    Max2d(Extent),
    Max1d(usize),
    Average1d(usize),
    GlobalAverage1d,
}

impl Pool {
    /// Its type in the model file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Max2d(_) => "max_pool2d",
            Self::Max1d(_) => "max_pool1d",
            Self::Average1d(_) => "average_pool1d",
            Self::GlobalAverage1d => "global_average_pool1d",
        }
    }

    /// Where it comes to lie on an input of this shape, and the number of channels.
    pub(crate) fn window(self, input: &[usize]) -> Result<(Window, usize), String> {
        let (extent, channels) = match self {
            Self::Max2d(_) => image(input)?,
            Self::Max1d(_) | Self::Average1d(_) | Self::GlobalAverage1d => sequence(input)?,
        };
        let taps = Taps::pool(match self {
            Self::Max2d(pool) => pool,
            Self::Max1d(pool) | Self::Average1d(pool) => Extent::along_time(pool),
            Self::GlobalAverage1d => extent,
        });
        let is_flat = !matches!(self, Self::Max2d(_));
        let window = taps
            .on(extent)
            .ok_or_else(|| misfit("pool", taps, extent, is_flat))?;
        Ok((window, channels))
    }
}

impl Layer {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Flatten { id } | Self::Softmax { id } | Self::Pool { id, .. } => id,
            Self::Dense(dense) => &dense.id,
            Self::Conv1d(conv1d) => &conv1d.id,
            Self::Conv2d(conv2d) => &conv2d.id,
        }
    }

    /// What the layer makes of an input of this shape, or what is wrong, to be written after the layer's name.
    pub(crate) fn output(&self, input: &[usize]) -> Result<Vec<usize>, String> {
        match self {
            Self::Flatten { .. } => Ok(vec![input.iter().product()]),
            Self::Softmax { .. } => Ok(input.to_vec()),
            Self::Dense(dense) => {
                verify_weights("units", dense.units, dense.settings)?;
                if input.len() == 1 {
                    return Ok(vec![dense.units]);
                }
                let axes = input.len();
                Err(format!(" sees {axes} axes; put `flatten` in front"))
            }
            Self::Conv1d(conv1d) => {
                verify_weights("filters", conv1d.filters, conv1d.settings)?;
                let (extent, _) = sequence(input)?;
                let taps = conv1d.taps();
                let window = taps.on(extent);
                let window = window.ok_or_else(|| misfit("kernel", taps, extent, true))?;
                Ok(vec![window.output.width, conv1d.filters])
            }
            Self::Conv2d(conv2d) => {
                verify_weights("filters", conv2d.filters, conv2d.settings)?;
                let (extent, _) = image(input)?;
                let taps = conv2d.taps();
                let window = taps.on(extent);
                let window = window.ok_or_else(|| misfit("kernel", taps, extent, false))?;
                Ok(vec![
                    window.output.height,
                    window.output.width,
                    conv2d.filters,
                ])
            }
            Self::Pool { pool, .. } => {
                let (window, channels) = pool.window(input)?;
                let Extent { height, width } = window.output;
                Ok(match pool {
                    Pool::Max2d(_) => vec![height, width, channels],
                    Pool::Max1d(_) | Pool::Average1d(_) => vec![width, channels],
                    Pool::GlobalAverage1d => vec![channels],
                })
            }
        }
    }

    /// The shape of the kernel in the model file, for a layer that has one and sees this input; what it is multiplied
    /// with comes first, the outputs last.
    pub(crate) fn kernel(&self, input: &[usize]) -> Option<(Vec<usize>, Settings)> {
        let channels = input.last().copied().unwrap_or(1);
        match self {
            Self::Flatten { .. } | Self::Softmax { .. } | Self::Pool { .. } => None,
            Self::Dense(dense) => {
                let shape = vec![input.iter().product(), dense.units];
                Some((shape, dense.settings))
            }
            Self::Conv1d(conv1d) => {
                let shape = vec![conv1d.kernel, channels, conv1d.filters];
                Some((shape, conv1d.settings))
            }
            Self::Conv2d(conv2d) => {
                let Extent { height, width } = conv2d.kernel;
                let shape = vec![height, width, channels, conv2d.filters];
                Some((shape, conv2d.settings))
            }
        }
    }

    /// Whether the output has codes of its own, and not those of the input.
    pub(crate) fn is_ranged(&self) -> bool {
        match self {
            Self::Dense(_) | Self::Conv1d(_) | Self::Conv2d(_) => true,
            Self::Flatten { .. } | Self::Softmax { .. } => false,
            Self::Pool { pool, .. } => match pool {
                Pool::Max2d(_) | Pool::Max1d(_) => false,
                Pool::Average1d(_) | Pool::GlobalAverage1d => true,
            },
        }
    }

    pub(super) fn weight_bits(&self, input: &[usize]) -> usize {
        self.kernel(input).map_or(0, |(shape, settings)| {
            let bits = match settings.encoding {
                Encoding::Ternary => 2,
                Encoding::Int8 => 8,
            };
            bits * shape.iter().product::<usize>()
        })
    }
}

/// Height and width, and the channels.
pub(crate) fn image(shape: &[usize]) -> Result<(Extent, usize), String> {
    match *shape {
        [height, width, channels] => Ok((Extent { height, width }, channels)),
        _ => Err(format!(
            " needs height, width and channels, but sees the shape {shape:?}"
        )),
    }
}

/// An image of height 1, and the channels.
pub(crate) fn sequence(shape: &[usize]) -> Result<(Extent, usize), String> {
    match *shape {
        [time, channels] => Ok((Extent::along_time(time), channels)),
        _ => Err(format!(
            " needs time and channels, but sees the shape {shape:?}"
        )),
    }
}

fn verify_weights(what: &str, outputs: usize, settings: Settings) -> Result<(), String> {
    if outputs == 0 {
        return Err(format!(" has no {what}"));
    }
    if settings.norm && settings.learned_scale {
        return Err(": batch norm has a gain of its own, drop `learned_scale`".into());
    }
    Ok(())
}

/// A kernel that does not fit; of what lies along time the height is not worth a word.
fn misfit(what: &str, taps: Taps, input: Extent, is_flat: bool) -> String {
    let size = |Extent { height, width }: Extent| match is_flat {
        true => width.to_string(),
        false => format!("{height}×{width}"),
    };
    let dilation = match taps.dilation {
        Extent::ONE => String::new(),
        dilation => format!(" and dilation {}", size(dilation)),
    };
    format!(
        ": a {what} of {} with stride {}{dilation} does not fit on {} values",
        size(taps.kernel),
        size(taps.stride),
        size(input)
    )
}
