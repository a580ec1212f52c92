//! The effort of a diagnosis.

use std::fmt;
use std::str::FromStr;

use crate::name::{UnknownName, by_name};

/// The effort of a diagnosis: the number of secrets that are hashed if none matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effort {
    /// Only the likeliest causes.
    Low,
    /// Every single cause for a usual secret, and the likely pairs.
    #[default]
    Normal,
    /// Also one missing character at either end, and unlikely pairs.
    High,
}

impl Effort {
    /// Every effort, the lowest first.
    pub const ALL: &[Self] = &[Self::Low, Self::Normal, Self::High];

    /// Returns the name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// Returns the maximum number of secrets that are hashed, with the given one.
    ///
    /// Multiples of eight, the lanes that AVX-512 has for SHA-512: lanes that are not filled take as
    /// long as filled ones. On two cores with AVX-512, eight secrets take about as long as one, so that
    /// a normal effort takes seven times as long as a verification.
    #[must_use]
    pub const fn max_secrets(self) -> usize {
        match self {
            Self::Low => 24,
            Self::Normal => 56,
            Self::High => 1024,
        }
    }
}

impl FromStr for Effort {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL.iter().copied(), Self::name, name)
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
