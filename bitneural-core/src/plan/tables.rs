//! Tables that lie in the runtime: a program has each once, whatever its models are, and only if a kernel reads it.

use super::Kernel;

/// A table of the runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeTable {
    /// E of R20, which a softmax reads.
    Powers,
    /// T of R23, which a gate and a recurrent kernel read.
    Tangents,
}

impl RuntimeTable {
    /// Its bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::Powers => 2 * 256,
            Self::Tangents => 2 * 257,
        }
    }

    /// The table that a kernel reads.
    pub fn of(kernel: &Kernel) -> Option<Self> {
        match kernel {
            Kernel::Softmax(_) => Some(Self::Powers),
            Kernel::Gate(_) | Kernel::Recurrent(_) => Some(Self::Tangents),
            Kernel::Dense(_)
            | Kernel::Conv(_)
            | Kernel::Depthwise(_)
            | Kernel::MaxPool(_)
            | Kernel::AveragePool(_)
            | Kernel::LayerNorm(_)
            | Kernel::Embedding(_)
            | Kernel::Frame(_)
            | Kernel::Table(_)
            | Kernel::Add(_)
            | Kernel::Multiply(_)
            | Kernel::Pick(_)
            | Kernel::Concat(_)
            | Kernel::Line(_)
            | Kernel::Custom(_)
            | Kernel::Float(_) => None,
        }
    }
}
