//! Checking a secret against a digest.

use subtle::ConstantTimeEq;

use crate::cost::Limits;
use crate::derive::derive_many;
use crate::digest::{DeriveError, Digest};
use crate::error::Error;
use crate::secret::Secret;

/// Whether a secret is the one that a digest was made from. Not `non_exhaustive`: a third
/// verdict is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The digest was made from this secret.
    Match,
    /// The digest was not made from this secret.
    Mismatch,
}

/// Returned instead of a verdict if a key is missing: an absent key must never compare equal.
const NO_VERDICT: DeriveError = DeriveError::Refused("one pair has one verdict");

/// Compares a secret with a digest, in time that does not depend on how much of the key agrees.
///
/// As at the provider, a truncated PBKDF2 key still matches: it is a prefix.
///
/// ```
/// use oidc_secret::{Digest, Limits, Secret, Verdict, verify};
///
/// let digest: Digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe".parse()?;
/// let secret = Secret::from("insecure_secret".to_owned());
/// assert_eq!(verify(&secret, &digest, &Limits::default())?, Verdict::Match);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`Error::Limit`], before anything is computed, if the digest costs more than `limits`;
/// [`Error::Derive`] if the system does not provide the memory.
pub fn verify(secret: &Secret, digest: &Digest, limits: &Limits) -> Result<Verdict, Error> {
    let mut verdicts = verify_many(&[(secret, digest)], limits);
    verdicts.pop().unwrap_or(Err(NO_VERDICT.into()))
}

/// Compares many secrets with a digest each; the verdicts are in the order of the pairs.
///
/// PBKDF2 keys are computed side by side, as by [`crate::hash_many`], with any hash functions,
/// iterations, salts and lengths. The result is the same as one at a time.
///
/// ```
/// use oidc_secret::{Digest, Limits, Secret, Verdict, verify_many};
///
/// let digest: Digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe".parse()?;
/// let secrets = ["insecure_secret", "another"].map(|text| Secret::from(text.to_owned()));
/// let pairs: Vec<_> = secrets.iter().map(|secret| (secret, &digest)).collect();
/// let verdicts = verify_many(&pairs, &Limits::default());
/// assert_eq!(verdicts, [Ok(Verdict::Match), Ok(Verdict::Mismatch)]);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// Each verdict on its own, as [`verify`].
#[must_use]
pub fn verify_many(pairs: &[(&Secret, &Digest)], limits: &Limits) -> Vec<Result<Verdict, Error>> {
    let refused: Vec<Option<Error>> = pairs
        .iter()
        .map(|(secret, digest)| Some(limits.check(digest, secret.expose().len()).err()?.into()))
        .collect();
    let accepted: Vec<_> =
        pairs.iter().zip(&refused).filter(|(_, no)| no.is_none()).map(|(pair, _)| *pair).collect();
    let mut keys = derive_many(&accepted).into_iter();
    let verdicts = pairs.iter().zip(refused).map(|((_, digest), refused)| {
        if let Some(error) = refused {
            return Err(error);
        }
        let key = keys.next().unwrap_or(Err(NO_VERDICT))?;
        let equal = bool::from(key.ct_eq(digest.key()));
        Ok(if equal { Verdict::Match } else { Verdict::Mismatch })
    });
    verdicts.collect()
}
