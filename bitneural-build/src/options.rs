//! What can be asked of the compiler, in this crate's own words.

use bitneural_core::{options, plan, ternarize};

/// What the choice of kernels aims at; never changes results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Optimize {
    /// The fewest instructions.
    Speed,
    /// The fewest bytes of flash and RAM.
    Size,
    /// The fewest instructions unless that costs much RAM.
    #[default]
    Balanced,
}

impl From<Optimize> for plan::Optimize {
    fn from(optimize: Optimize) -> Self {
        match optimize {
            Optimize::Speed => Self::Speed,
            Optimize::Size => Self::Size,
            Optimize::Balanced => Self::Balanced,
        }
    }
}

/// How activations are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Activations {
    /// As codes of 8 bits: integers alone, the same bits everywhere.
    #[default]
    U8,
    /// As floats, for chips with an FPU: no ranges are needed, and there is no quantized interface.
    F32,
}

impl From<Activations> for options::Activations {
    fn from(activations: Activations) -> Self {
        match activations {
            Activations::U8 => Self::U8,
            Activations::F32 => Self::F32,
        }
    }
}

/// Who can name the generated struct and its class enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Visibility {
    /// Everybody: `pub`.
    #[default]
    Public,
    /// The crate: `pub(crate)`, for programs, where nobody else could.
    Crate,
}

impl Visibility {
    /// As Rust writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Public => "pub",
            Self::Crate => "pub(crate)",
        }
    }
}

/// How latent weights become trits; see docs/arithmetic.md, R30.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quantizer {
    /// The k largest magnitudes that minimize the squared error (exact least squares).
    Optimal,
    /// Half the mean magnitude; scale = mean of all (BitNet b1.58).
    Absmean,
    /// 0.7 of the mean magnitude; scale = mean of the kept (Li, Zhang, Liu 2016).
    Twn,
    /// The median magnitude; scale = mean of the kept.
    Median,
}

impl From<Quantizer> for ternarize::Quantizer {
    fn from(quantizer: Quantizer) -> Self {
        match quantizer {
            Quantizer::Optimal => Self::Optimal,
            Quantizer::Absmean => Self::Absmean,
            Quantizer::Twn => Self::Twn,
            Quantizer::Median => Self::Median,
        }
    }
}

/// What a model may cost; exceeding it is an error that shows where the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    flash_bytes: Option<usize>,
    ram_bytes: Option<usize>,
}

impl Budget {
    /// No limits.
    pub const fn new() -> Self {
        Self {
            flash_bytes: None,
            ram_bytes: None,
        }
    }

    /// At most this many bytes of read-only data, with the tables that kernels share, kernel code apart.
    pub const fn flash_bytes(mut self, bytes: usize) -> Self {
        self.flash_bytes = Some(bytes);
        self
    }

    /// At most this many bytes of RAM, the stack apart.
    pub const fn ram_bytes(mut self, bytes: usize) -> Self {
        self.ram_bytes = Some(bytes);
        self
    }
}

impl From<Budget> for options::Budget {
    fn from(budget: Budget) -> Self {
        Self {
            flash_bytes: budget.flash_bytes,
            ram_bytes: budget.ram_bytes,
        }
    }
}
