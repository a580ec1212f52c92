//! The fields that every digest has, whatever its format.

use std::fmt;

use zeroize::Zeroizing;

use super::algorithm::Algorithm;
use super::error::{DeriveError, Field};

/// A parameter of a digest, for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, with the unit where it has one.
    pub name: &'static str,
    /// Its value.
    pub value: ParameterValue,
}

impl Parameter {
    pub(super) const fn new(name: &'static str, value: ParameterValue) -> Self {
        Self { name, value }
    }
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterValue {
    /// A count.
    Count(u64),
    /// Memory, in KiB.
    Kibibytes(u64),
    /// The binary logarithm of a count.
    Log2(u32),
    /// A name.
    Name(String),
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            // Tenths are enough: KiB are exact.
            Self::Kibibytes(kib) => {
                let tenths = u128::from(*kib) * 10 / 1024;
                match (tenths / 10, tenths % 10) {
                    (whole, 0) => write!(f, "{kib} KiB ({whole} MiB)"),
                    (whole, tenths) => write!(f, "{kib} KiB ({whole}.{tenths} MiB)"),
                }
            }
            Self::Log2(log) => match 1_u64.checked_shl(*log) {
                Some(power) => write!(f, "{log} (2^{log} = {power})"),
                None => write!(f, "{log} (2^{log})"),
            },
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// A derived key.
pub(crate) type Key = Zeroizing<Vec<u8>>;

/// The work that a digest demands.
pub(crate) struct Work {
    /// Memory, in bytes, and the parameter that asks for it.
    pub(crate) memory: u64,
    pub(crate) memory_parameter: Field,
    /// Steps that take about the same time each, and the parameter that asks for them.
    pub(crate) steps: u128,
    pub(crate) parameter: Field,
}

impl Work {
    /// Work in negligible memory.
    pub(super) const fn of_time(steps: u128, parameter: Field) -> Self {
        Self { memory: 0, memory_parameter: parameter, steps, parameter }
    }
}

/// The fields of a digest, whatever its format.
pub(crate) trait DigestFields: fmt::Display + Sync {
    fn algorithm(&self) -> Algorithm;

    /// Returns the salt, as it is hashed.
    fn salt(&self) -> &[u8];

    /// Returns the key, as it is compared: in some formats that is its text.
    fn key(&self) -> &[u8];

    /// Returns the length of a complete key, in bytes.
    fn key_length(&self) -> usize {
        self.key().len()
    }

    /// Returns the length of a complete key in characters, if the key is compared as text.
    fn key_characters(&self) -> Option<usize> {
        None
    }

    /// Whether other implementations compute the same key as go-crypt does.
    fn is_portable(&self) -> bool {
        true
    }

    fn parameters(&self) -> Vec<Parameter>;

    /// Returns the work to derive the key for a secret of this length.
    fn work(&self, secret_length: usize) -> Work;

    /// Returns a smaller digest whose steps take as long, if the time of a step depends on the
    /// size.
    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        None
    }

    /// Derives the key that the digest has if it was made from this secret.
    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError>;
}
