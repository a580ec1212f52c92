//! The reasons why a system does not support a digest.

use crate::digest::Algorithm;

/// Why a system does not support a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// It does not support the algorithm.
    #[error("it accepts {reads}, not {algorithm}")]
    Algorithm {
        /// The digest's algorithm.
        algorithm: Algorithm,
        /// The algorithms that it accepts.
        reads: &'static str,
    },
    /// It has other bounds for a parameter.
    #[error("it accepts {parameter} from {min} to {max}, and the digest has {actual}")]
    Bounds {
        /// The parameter.
        parameter: &'static str,
        /// The minimum.
        min: u32,
        /// The maximum.
        max: u32,
        /// The digest's value.
        actual: u32,
    },
    /// It accepts only keys of other lengths.
    #[error("it accepts a key of {}, and this one has {actual}", lengths(*min, *max))]
    KeyLength {
        /// The shortest, in bytes.
        min: usize,
        /// The longest, in bytes.
        max: usize,
        /// The digest's length.
        actual: usize,
    },
    /// It accepts only salts of other lengths.
    #[error("it accepts a salt of {}, and this one has {actual}", lengths(*min, *max))]
    SaltLength {
        /// The shortest, in bytes.
        min: usize,
        /// The longest, in bytes.
        max: usize,
        /// The digest's length.
        actual: usize,
    },
    /// It takes the salt as text, which this salt is not.
    #[error("it takes the salt as text, and the bytes of this salt are not printable text")]
    SaltIsNoText,
    /// It would compute another key than Authelia from the same digest.
    #[error("it rejects this digest or computes another key from it than Authelia")]
    OtherKey,
    /// It is the plaintext secret, not a digest.
    #[error("this is the plaintext secret, not a digest")]
    Plaintext,
}

/// Phrases lengths in bytes.
fn lengths(min: usize, max: usize) -> String {
    match max {
        usize::MAX => format!("at least {min} bytes"),
        _ if min == max => format!("{min} bytes only"),
        _ => format!("{min} to {max} bytes"),
    }
}
