//! Does a secret match a digest?

use subtle::ConstantTimeEq;

use crate::cost::Limits;
use crate::digest::Digest;
use crate::error::Error;
use crate::hash::derive_as;
use crate::secret::Secret;

/// Whether a secret is the one that a digest was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The digest was made from this secret.
    Match,
    /// The digest was not made from this secret.
    Mismatch,
}

/// Compares a secret with a digest, in time that does not depend on how much of the key agrees.
///
/// As at the provider, a PBKDF2 key that was cut short still matches: it is a prefix.
///
/// # Errors
/// [`Error::TooSlow`] and [`Error::TooLarge`], before anything is computed, if the digest costs
/// more than `limits`; [`Error::OutOfMemory`] if the system does not give the memory.
pub fn verify(secret: &Secret, digest: &Digest, limits: &Limits) -> Result<Verdict, Error> {
    limits.check(digest)?;
    let key = derive_as(secret, digest)?;
    let equal = bool::from(key.ct_eq(digest.key()));
    Ok(if equal { Verdict::Match } else { Verdict::Mismatch })
}
