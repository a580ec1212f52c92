//! From a secret to a digest.

use zeroize::Zeroizing;

use crate::digest::argon2::{self, Argon2};
use crate::digest::pbkdf2::{self, Pbkdf2};
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
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
    parameters.check()?;
    match parameters {
        Parameters::Pbkdf2(parameters) => {
            let &pbkdf2::Parameters { prf, iterations, salt_length, key_length, encoding } =
                parameters;
            let salt = new_salt(salt_length)?;
            let mut key = vec![0; key_length];
            pbkdf2::derive(prf, secret.expose(), &salt, iterations, &mut key);
            Ok(Digest::Pbkdf2(Pbkdf2::from_parts(prf, iterations, salt, key, encoding)))
        }
        Parameters::Argon2(parameters) => {
            let &argon2::Parameters { variant, cost, salt_length, key_length } = parameters;
            let salt = new_salt(salt_length)?;
            let mut key = vec![0; key_length];
            argon2::derive(variant, cost, secret.expose(), &salt, &mut key)?;
            Ok(Digest::Argon2(Argon2::from_parts(variant, cost, salt, key)))
        }
    }
}

/// Derives the key that `digest` would have if it were made from `secret`.
pub(crate) fn derive_as(secret: &Secret, digest: &Digest) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (secret, salt) = (secret.expose(), digest.salt());
    let mut key = Zeroizing::new(vec![0; digest.key().len()]);
    match digest {
        Digest::Pbkdf2(digest) => {
            pbkdf2::derive(digest.prf(), secret, salt, digest.iterations(), &mut key);
        }
        Digest::Argon2(digest) => {
            argon2::derive(digest.variant(), digest.cost(), secret, salt, &mut key)?;
        }
    }
    Ok(key)
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
    use crate::digest::argon2::Variant;
    use crate::digest::pbkdf2::Prf;

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
