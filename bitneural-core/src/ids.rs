//! Newtyped indices, so that a layer is never taken for a tensor.

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a `usize`.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                // The limits of `source::limits` keep every count far below `u32::MAX`.
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    };
}

index!(
    /// A layer of the user's file; the same in every stage, so that every error and every row of a
    /// report can name it.
    LayerId
);
index!(
    /// A value of the float [`Graph`](crate::graph::Graph).
    ValueId
);
index!(
    /// A tensor of the integer [`Network`](crate::network::Network).
    TensorId
);
index!(
    /// A slot of the arena of a [`Plan`](crate::plan::Plan).
    SlotId
);
index!(
    /// A constant of a [`Program`](crate::emit::program::Program).
    ConstantId
);
