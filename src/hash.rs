//! From a secret to a digest.

use std::time::Duration;

use crate::cost::estimate;
use crate::derive::derive_many;
use crate::digest::argon2::{self, Argon2};
use crate::digest::bcrypt::{self, Bcrypt};
use crate::digest::pbkdf2::{self, Pbkdf2};
use crate::digest::scrypt::{self, Scrypt};
use crate::digest::sha2crypt::{self, Sha2Crypt, Variant};
use crate::digest::yescrypt::{self, Yescrypt};
use crate::digest::{Algorithm, DeriveError, Digest};
use crate::error::Error;
use crate::random::{self, Alphabet, Charset};
use crate::secret::Secret;

/// What a new digest is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameters {
    /// For a PBKDF2 digest.
    Pbkdf2(pbkdf2::Parameters),
    /// For an Argon2 digest.
    Argon2(argon2::Parameters),
    /// For a bcrypt digest.
    Bcrypt(bcrypt::Parameters),
    /// For a scrypt digest.
    Scrypt(scrypt::Parameters),
    /// For a yescrypt digest.
    Yescrypt(yescrypt::Parameters),
    /// For a SHA-crypt digest.
    Sha2Crypt(sha2crypt::Parameters),
}

impl Parameters {
    /// The algorithm that they are for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Pbkdf2(parameters) => Algorithm::Pbkdf2(parameters.prf),
            Self::Argon2(parameters) => Algorithm::Argon2(parameters.variant),
            Self::Bcrypt(bcrypt::Parameters { sha256: false, .. }) => Algorithm::Bcrypt,
            Self::Bcrypt(_) => Algorithm::BcryptSha256,
            Self::Scrypt(_) => Algorithm::Scrypt,
            Self::Yescrypt(_) => Algorithm::Yescrypt,
            Self::Sha2Crypt(parameters) => parameters.variant.algorithm(),
        }
    }

    /// Checks every parameter against Authelia's bounds.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] for the first parameter outside its bounds.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Pbkdf2(parameters) => parameters.check(),
            Self::Argon2(parameters) => parameters.check(),
            Self::Bcrypt(parameters) => parameters.check(),
            Self::Scrypt(parameters) => parameters.check(),
            Self::Yescrypt(parameters) => parameters.check(),
            Self::Sha2Crypt(parameters) => parameters.check(),
        }
    }

    /// The time that each digest takes to make and to verify on this machine.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] for a parameter outside its bounds, [`Error::Random`] if there is no
    /// salt to be had.
    pub fn estimate(&self) -> Result<Duration, Error> {
        const SECRET_LENGTH: usize = 72;
        self.check()?;
        Ok(estimate(&empty_digest(self)?, SECRET_LENGTH))
    }

    /// Whether a new digest would take more work to guess than this one.
    ///
    /// # Errors
    /// [`Error::Random`] if there is no salt to be had.
    pub fn cost_more_than(&self, digest: &Digest) -> Result<bool, Error> {
        let steps = |digest: &Digest| digest.fields().work(0).steps;
        Ok(steps(&empty_digest(self)?) > steps(digest))
    }

    /// Refuses a secret that the algorithm would not hash whole.
    ///
    /// # Errors
    /// [`Error::SecretTooLong`], for bcrypt alone.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), Error> {
        match self {
            Self::Bcrypt(bcrypt::Parameters { sha256: false, .. }) => {
                let actual = secret.expose().len();
                let most = bcrypt::MOST_BYTES;
                if actual > most { Err(Error::SecretTooLong { actual, most }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

impl TryFrom<Algorithm> for Parameters {
    type Error = Error;

    /// Authelia's defaults for an algorithm.
    ///
    /// # Errors
    /// [`Error::NotMade`] for an algorithm that no new digest should have.
    fn try_from(algorithm: Algorithm) -> Result<Self, Error> {
        Ok(match algorithm {
            Algorithm::Pbkdf2(prf) => Self::Pbkdf2(pbkdf2::Parameters::new(prf)),
            Algorithm::Argon2(variant) => Self::Argon2(argon2::Parameters::new(variant)),
            Algorithm::Bcrypt => Self::Bcrypt(bcrypt::Parameters::new(false)),
            Algorithm::BcryptSha256 => Self::Bcrypt(bcrypt::Parameters::new(true)),
            Algorithm::Scrypt => Self::Scrypt(scrypt::Parameters::default()),
            Algorithm::Yescrypt => Self::Yescrypt(yescrypt::Parameters::default()),
            Algorithm::Sha256Crypt => Self::Sha2Crypt(sha2crypt::Parameters::new(Variant::Sha256)),
            Algorithm::Sha512Crypt => Self::Sha2Crypt(sha2crypt::Parameters::new(Variant::Sha512)),
            Algorithm::Plaintext
            | Algorithm::Base64
            | Algorithm::Md5Crypt
            | Algorithm::Apr1
            | Algorithm::SunMd5
            | Algorithm::Sha1Crypt => return Err(Error::NotMade { algorithm }),
        })
    }
}

impl Default for Parameters {
    /// PBKDF2 with HMAC-SHA-512 at 310,000 iterations: Authelia's default for client secrets.
    fn default() -> Self {
        Self::Pbkdf2(pbkdf2::Parameters::new(pbkdf2::Prf::Sha512))
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
/// no salt to be had, [`Error::Derive`] if the system does not provide the memory that the algorithm needs,
/// [`Error::SecretTooLong`] for a secret of which bcrypt would ignore the end.
pub fn hash(secret: &Secret, parameters: &Parameters) -> Result<Digest, Error> {
    let mut digests = hash_many(std::slice::from_ref(secret), parameters)?;
    digests.pop().ok_or_else(|| DeriveError::Refused("one secret has one digest").into())
}

/// Makes the digests of many secrets, each with a salt of its own, in their order.
///
/// PBKDF2 digests are computed side by side: in the lanes of [`crate::Kernel::current`] and on every
/// CPU core; others on every CPU core. The result is the same as one at a time.
///
/// # Errors
/// As [`hash`]; if one digest cannot be made, none is returned.
pub fn hash_many(secrets: &[Secret], parameters: &Parameters) -> Result<Vec<Digest>, Error> {
    parameters.check()?;
    secrets.iter().try_for_each(|secret| parameters.check_secret(secret))?;
    let empty = |_: &Secret| empty_digest(parameters);
    let mut digests = secrets.iter().map(empty).collect::<Result<Vec<Digest>, Error>>()?;
    let pairs: Vec<_> = secrets.iter().zip(&digests).collect();
    let keys = derive_many(&pairs);
    for (digest, key) in digests.iter_mut().zip(keys) {
        digest.set_key(key?.to_vec());
    }
    Ok(digests)
}

/// A digest with a new salt, and a key of zeros where the key's length is a parameter.
pub(crate) fn empty_digest(parameters: &Parameters) -> Result<Digest, Error> {
    Ok(match parameters {
        Parameters::Pbkdf2(p) => {
            let salt = if p.readable_salt {
                readable_salt(p.salt_length)
            } else {
                new_salt(p.salt_length)
            };
            let key = vec![0; p.key_length];
            Digest::Pbkdf2(Pbkdf2::from_parts(p.prf, p.iterations, salt?, key, p.encoding))
        }
        Parameters::Argon2(p) => {
            let (salt, key) = (new_salt(p.salt_length)?, vec![0; p.key_length]);
            Digest::Argon2(Argon2::from_parts(p.variant, p.cost, salt, key))
        }
        Parameters::Bcrypt(p) => {
            let mut salt = [0; 16];
            random::fill(&mut salt)?;
            Digest::Bcrypt(Bcrypt::new(p.sha256, p.cost, salt))
        }
        Parameters::Scrypt(p) => {
            let (salt, key) = (new_salt(p.salt_length)?, vec![0; p.key_length]);
            Digest::Scrypt(Scrypt::from_parts(p.cost, salt, key))
        }
        Parameters::Yescrypt(p) => {
            let key = vec![0; yescrypt::Parameters::KEY_LENGTH];
            Digest::Yescrypt(Yescrypt::from_parts(p.cost, new_salt(p.salt_length)?, key))
        }
        Parameters::Sha2Crypt(p) => {
            let salt = String::from_utf8_lossy(&readable_salt(p.salt_length)?).into_owned();
            Digest::Sha2Crypt(Sha2Crypt::new(p.variant, p.rounds, salt))
        }
    })
}

/// A salt of letters and digits, so many characters.
fn readable_salt(length: usize) -> Result<Vec<u8>, Error> {
    let text = Alphabet::from(Charset::Alphanumeric).random(length)?;
    Ok(text.as_bytes().to_vec())
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
