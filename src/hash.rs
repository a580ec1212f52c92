//! From a secret to a digest.

use crate::digest::argon2::{self, Argon2, Variant};
use crate::digest::pbkdf2::{self, Pbkdf2, Prf};
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::kernel::{Job, Kernel};
use crate::random;
use crate::secret::Secret;

/// What a new digest is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameters {
    /// For a PBKDF2 digest.
    Pbkdf2(pbkdf2::Parameters),
    /// For an Argon2 digest.
    Argon2(argon2::Parameters),
}

impl Parameters {
    /// Checks every parameter against Authelia's bounds.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] for the first parameter outside its bounds.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Pbkdf2(parameters) => parameters.check(),
            Self::Argon2(parameters) => parameters.check(),
        }
    }
}

impl From<Algorithm> for Parameters {
    /// Authelia's defaults for an algorithm.
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Pbkdf2(prf) => Self::Pbkdf2(pbkdf2::Parameters::new(prf)),
            Algorithm::Argon2(variant) => Self::Argon2(argon2::Parameters::new(variant)),
        }
    }
}

impl Default for Parameters {
    /// PBKDF2 with HMAC-SHA-512 at 310,000 iterations: Authelia's default for client secrets.
    fn default() -> Self {
        Algorithm::Pbkdf2(pbkdf2::Prf::Sha512).into()
    }
}

/// Makes the digest of a secret, with a new random salt.
///
/// ```
/// use oidc_secret::{Limits, Parameters, Secret, Verdict, hash, verify};
///
/// let secret = Secret::from("insecure_secret".to_owned());
/// let digest = hash(&secret, &Parameters::default())?;
/// assert_eq!(verify(&secret, &digest, &Limits::default())?, Verdict::Match);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfBounds`] for a parameter outside Authelia's bounds, [`Error::Random`] if there is
/// no salt to be had, [`Error::OutOfMemory`] if there is no memory for Argon2.
pub fn hash(secret: &Secret, parameters: &Parameters) -> Result<Digest, Error> {
    let mut digests = hash_many(std::slice::from_ref(secret), parameters)?;
    digests.pop().ok_or(Error::Derivation("one secret has one digest"))
}

/// Makes the digests of many secrets, each with a salt of its own, in their order.
///
/// PBKDF2 digests are computed side by side: in the lanes of [`Kernel::current`] and on every CPU
/// core. The result is the same as one at a time.
///
/// # Errors
/// As [`hash`]; if one digest cannot be made, none is returned.
pub fn hash_many(secrets: &[Secret], parameters: &Parameters) -> Result<Vec<Digest>, Error> {
    parameters.check()?;
    let empty = |_: &Secret| empty_digest(parameters);
    let mut digests = secrets.iter().map(empty).collect::<Result<Vec<Digest>, Error>>()?;
    let tasks = secrets.iter().zip(&mut digests).map(|(secret, digest)| Task::of(secret, digest));
    derive_many(tasks.collect()).into_iter().collect::<Result<(), Error>>()?;
    Ok(digests)
}

/// A digest with a new salt and a key of zeros.
fn empty_digest(parameters: &Parameters) -> Result<Digest, Error> {
    Ok(match parameters {
        Parameters::Pbkdf2(parameters) => {
            let &pbkdf2::Parameters { prf, iterations, salt_length, key_length, encoding } =
                parameters;
            let (salt, key) = (new_salt(salt_length)?, vec![0; key_length]);
            Digest::Pbkdf2(Pbkdf2::from_parts(prf, iterations, salt, key, encoding))
        }
        Parameters::Argon2(parameters) => {
            let &argon2::Parameters { variant, cost, salt_length, key_length } = parameters;
            let (salt, key) = (new_salt(salt_length)?, vec![0; key_length]);
            Digest::Argon2(Argon2::from_parts(variant, cost, salt, key))
        }
    })
}

/// One key to derive, for a digest of any algorithm.
pub(crate) struct Task<'a> {
    secret: &'a [u8],
    salt: &'a [u8],
    cost: Cost,
    key: &'a mut [u8],
}

#[derive(Clone, Copy)]
enum Cost {
    Pbkdf2(Prf, u32),
    Argon2(Variant, argon2::Cost),
}

impl Cost {
    fn of(digest: &Digest) -> Self {
        match digest {
            Digest::Pbkdf2(digest) => Self::Pbkdf2(digest.prf(), digest.iterations()),
            Digest::Argon2(digest) => Self::Argon2(digest.variant(), digest.cost()),
        }
    }
}

impl<'a> Task<'a> {
    /// Puts the key into the digest itself.
    fn of(secret: &'a Secret, digest: &'a mut Digest) -> Self {
        let cost = Cost::of(digest);
        let (salt, key) = digest.salt_and_key_mut();
        Self { secret: secret.expose(), salt, cost, key }
    }

    /// Derives the key that `digest` would have if it were made from `secret`.
    pub(crate) fn like(digest: &'a Digest, secret: &'a Secret, key: &'a mut [u8]) -> Self {
        Self { secret: secret.expose(), salt: digest.salt(), cost: Cost::of(digest), key }
    }
}

/// Derives keys; the results are in the order of the tasks.
pub(crate) fn derive_many(tasks: Vec<Task<'_>>) -> Vec<Result<(), Error>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut results: Vec<Result<(), Error>> = tasks.iter().map(|_| Ok(())).collect();
    let (mut jobs, mut others) = (Vec::new(), Vec::new());
    for (Task { secret, salt, cost, key }, result) in tasks.into_iter().zip(&mut results) {
        match cost {
            Cost::Pbkdf2(prf, iterations) => jobs.push(Job { prf, secret, salt, iterations, key }),
            Cost::Argon2(variant, cost) => others.push((variant, cost, secret, salt, key, result)),
        }
    }
    Kernel::current().derive(jobs, threads);
    // One after the other, each on all cores: one may need all the memory that the limits allow.
    let mut arena = argon2::Arena::default();
    for (variant, cost, secret, salt, key, result) in others {
        *result = argon2::derive(&mut arena, variant, cost, secret, salt, key);
    }
    results
}

fn new_salt(length: usize) -> Result<Vec<u8>, Error> {
    let mut salt = vec![0; length];
    random::fill(&mut salt)?;
    Ok(salt)
}

/// Checks one parameter against its bounds.
pub(crate) fn in_bounds(
    parameter: &'static str,
    actual: u64,
    min: u64,
    max: u64,
) -> Result<(), Error> {
    if (min..=max).contains(&actual) {
        Ok(())
    } else {
        Err(Error::OutOfBounds { parameter, min, max, actual })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_held_to_authelias_bounds() {
        type Change = fn(&mut pbkdf2::Parameters);
        let changes: [(Change, &str); 6] = [
            (|p| p.iterations = 99_999, "iterations"),
            (|p| p.iterations = 2_147_483_648, "iterations"),
            (|p| p.salt_length = 7, "salt-length"),
            (|p| p.salt_length = 1025, "salt-length"),
            (|p| p.key_length = 63, "key-length"),
            (|p| p.key_length = 1025, "key-length"),
        ];
        for (change, expected) in changes {
            let mut parameters = pbkdf2::Parameters::new(Prf::Sha512);
            change(&mut parameters);
            match parameters.check() {
                Err(Error::OutOfBounds { parameter, .. }) => assert_eq!(parameter, expected),
                other => panic!("{parameters:?}: {other:?}"),
            }
        }
        for (memory, iterations, parallelism, expected) in [
            (31, 1, 4, "memory"),
            (32, 0, 4, "iterations"),
            (32, 1, 0, "parallelism"),
            (u32::MAX, 1, 0x100_0000, "parallelism"),
        ] {
            let mut parameters = argon2::Parameters::new(Variant::Argon2id);
            parameters.cost = argon2::Cost { memory, iterations, parallelism };
            match parameters.check() {
                Err(Error::OutOfBounds { parameter, .. }) => assert_eq!(parameter, expected),
                other => panic!("{parameters:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn every_digest_has_a_salt_of_its_own() {
        let mut parameters = argon2::Parameters::new(Variant::Argon2id);
        parameters.cost = argon2::Cost { memory: 8, iterations: 1, parallelism: 1 };
        let parameters = Parameters::Argon2(parameters);
        let secret = Secret::from("secret".to_owned());
        let digest = || hash(&secret, &parameters).unwrap();
        assert_ne!(digest().salt(), digest().salt());
    }
}
