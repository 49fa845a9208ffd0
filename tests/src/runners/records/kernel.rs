//! The kernels, and their numbers in requests and jobs.

/// A kernel of the runtime; several may compute the same op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kernel {
    DenseDigits,
    DenseTables,
    DenseInt8,
    ConvDigits,
    ConvInt8,
    DepthwiseDigits,
    DepthwiseInt8,
    PoolMax,
    PoolAverage,
    ElementwiseAdd,
    ElementwiseMultiply,
    ElementwiseMaximum,
    ElementwiseMinimum,
    ElementwiseConcat,
    NormLayerNorm,
    RecurrentLstm,
    RecurrentGru,
    RecurrentGruResetBefore,
    RecurrentSimpleRnn,
    ShapeFrame,
    Embedding,
    ActivationTable,
    ActivationTableInPlace,
    Gate,
    Softmax,
}

impl Kernel {
    /// All of them.
    pub const ALL: [Kernel; 25] = [
        Kernel::DenseDigits,
        Kernel::DenseTables,
        Kernel::DenseInt8,
        Kernel::ConvDigits,
        Kernel::ConvInt8,
        Kernel::DepthwiseDigits,
        Kernel::DepthwiseInt8,
        Kernel::PoolMax,
        Kernel::PoolAverage,
        Kernel::ElementwiseAdd,
        Kernel::ElementwiseMultiply,
        Kernel::ElementwiseMaximum,
        Kernel::ElementwiseMinimum,
        Kernel::ElementwiseConcat,
        Kernel::NormLayerNorm,
        Kernel::RecurrentLstm,
        Kernel::RecurrentGru,
        Kernel::RecurrentGruResetBefore,
        Kernel::RecurrentSimpleRnn,
        Kernel::ShapeFrame,
        Kernel::Embedding,
        Kernel::ActivationTable,
        Kernel::ActivationTableInPlace,
        Kernel::Gate,
        Kernel::Softmax,
    ];

    /// Its number in requests, and in jobs for the form that reads and writes codes.
    #[must_use]
    pub fn numbers(self) -> (u32, u32) {
        match self {
            Kernel::DenseDigits => (1, 0),
            Kernel::DenseTables => (2, 2),
            Kernel::ActivationTable => (3, 4),
            Kernel::ActivationTableInPlace => (4, 5),
            Kernel::Softmax => (5, 6),
            Kernel::DenseInt8 => (11, 10),
            Kernel::ConvDigits => (12, 12),
            Kernel::ConvInt8 => (13, 14),
            Kernel::DepthwiseDigits => (14, 16),
            Kernel::DepthwiseInt8 => (15, 18),
            Kernel::PoolMax => (16, 20),
            Kernel::PoolAverage => (17, 21),
            Kernel::Gate => (18, 23),
            Kernel::ElementwiseAdd => (21, 24),
            Kernel::ElementwiseMultiply => (22, 25),
            Kernel::ElementwiseMaximum => (23, 26),
            Kernel::ElementwiseMinimum => (24, 27),
            Kernel::ElementwiseConcat => (25, 28),
            Kernel::ShapeFrame => (26, 29),
            Kernel::Embedding => (27, 30),
            Kernel::NormLayerNorm => (28, 31),
            Kernel::RecurrentLstm => (29, 32),
            Kernel::RecurrentGru => (30, 33),
            Kernel::RecurrentGruResetBefore => (31, 34),
            Kernel::RecurrentSimpleRnn => (32, 35),
        }
    }
}
