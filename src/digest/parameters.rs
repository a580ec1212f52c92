//! Parameters of new digests, whatever the algorithm.

use super::algorithm::Algorithm;
use super::error::{ParameterError, ParameterName};
use super::fields::Parameter;
use super::formats::Digest;
use super::formats::argon2::{self, Argon2};
use super::formats::bcrypt::{self, Bcrypt};
use super::formats::pbkdf2::{self, Pbkdf2, Prf};
use super::formats::scrypt::{self, Scrypt};
use super::formats::sha2crypt::{self, Sha2Crypt, Variant};
use super::formats::yescrypt::{self, Yescrypt};
use crate::secret::Secret;

/// Parameters of a new digest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// Returns the algorithm.
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
    /// [`ParameterError::OutOfBounds`] for the first parameter outside its bounds.
    pub fn check(&self) -> Result<(), ParameterError> {
        match self {
            Self::Pbkdf2(parameters) => parameters.check(),
            Self::Argon2(parameters) => parameters.check(),
            Self::Bcrypt(parameters) => parameters.check(),
            Self::Scrypt(parameters) => parameters.check(),
            Self::Yescrypt(parameters) => parameters.check(),
            Self::Sha2Crypt(parameters) => parameters.check(),
        }
    }

    /// Sets a parameter.
    ///
    /// # Errors
    /// [`ParameterError::NotAvailable`] if the algorithm does not have the parameter,
    /// [`ParameterError::TooLarge`] for a number that no digest could hold. Bounds are checked by
    /// [`Self::check`], once all are set: some depend on others.
    pub fn set(&mut self, name: ParameterName, value: u64) -> Result<(), ParameterError> {
        let algorithm = self.algorithm();
        let slot = match self {
            Self::Pbkdf2(parameters) => parameters.slot(name),
            Self::Argon2(parameters) => parameters.slot(name),
            Self::Bcrypt(parameters) => parameters.slot(name),
            Self::Scrypt(parameters) => parameters.slot(name),
            Self::Yescrypt(parameters) => parameters.slot(name),
            Self::Sha2Crypt(parameters) => parameters.slot(name),
        };
        let slot = slot.ok_or(ParameterError::NotAvailable { algorithm, parameter: name })?;
        slot.store(value).ok_or(ParameterError::TooLarge { parameter: name, actual: value })
    }

    /// Returns the parameters as those of a digest, for people to read.
    #[must_use]
    pub fn list(&self) -> Vec<Parameter> {
        self.specimen().parameters()
    }

    /// Returns the work that a new digest takes, in steps that only compare with those of the same
    /// algorithm.
    #[must_use]
    pub fn cost(&self) -> u128 {
        self.specimen().fields().work(0).steps
    }

    /// Whether a new digest would take more work to guess than this one.
    #[must_use]
    pub fn cost_more_than(&self, digest: &Digest) -> bool {
        self.cost() > digest.fields().work(0).steps
    }

    /// Returns a digest with these parameters and a constant salt and key, to check and to measure:
    /// neither takes randomness from the system.
    pub(crate) fn specimen(&self) -> Digest {
        self.without_key(vec![b'0'; self.salt_length()])
    }

    /// Returns a digest with zeros for its key. It describes the derivation; [`Self::digest`] makes
    /// the digest once the key is known.
    pub(crate) fn without_key(&self, salt: Vec<u8>) -> Digest {
        let length = match self {
            Self::Pbkdf2(parameters) => parameters.key_length,
            Self::Argon2(parameters) => parameters.key_length,
            Self::Scrypt(parameters) => parameters.key_length,
            Self::Yescrypt(_) => yescrypt::Parameters::KEY_LENGTH,
            // Their keys are text of one length, which the derivation need not be told.
            Self::Bcrypt(_) | Self::Sha2Crypt(_) => 0,
        };
        self.digest(salt, vec![0; length])
    }

    /// Returns the digest with a salt and a derived key.
    pub(crate) fn digest(&self, salt: Vec<u8>, key: Vec<u8>) -> Digest {
        match self {
            Self::Pbkdf2(p) => {
                Digest::Pbkdf2(Pbkdf2::new(p.prf, p.iterations, salt, key, p.encoding))
            }
            Self::Argon2(p) => Digest::Argon2(Argon2::new(p.variant, p.cost, salt, key)),
            Self::Bcrypt(p) => Digest::Bcrypt(Bcrypt::new(p.sha256, p.cost, &salt, key)),
            Self::Scrypt(p) => Digest::Scrypt(Scrypt::new(p.cost, salt, key)),
            Self::Yescrypt(p) => Digest::Yescrypt(Yescrypt::new(p.cost, salt, key)),
            Self::Sha2Crypt(p) => {
                let salt = String::from_utf8_lossy(&salt).into_owned();
                Digest::Sha2Crypt(Sha2Crypt::new(p.variant, p.rounds, salt, key))
            }
        }
    }

    /// Returns the length of the salt, in bytes.
    pub(crate) const fn salt_length(&self) -> usize {
        match self {
            Self::Pbkdf2(parameters) => parameters.salt_length,
            Self::Argon2(parameters) => parameters.salt_length,
            Self::Bcrypt(_) => bcrypt::SALT_LENGTH,
            Self::Scrypt(parameters) => parameters.salt_length,
            Self::Yescrypt(parameters) => parameters.salt_length,
            Self::Sha2Crypt(parameters) => parameters.salt_length,
        }
    }

    /// Whether the salt must be letters and digits: readers take its text as it is.
    pub(crate) const fn has_text_salt(&self) -> bool {
        match self {
            Self::Pbkdf2(parameters) => parameters.readable_salt,
            Self::Sha2Crypt(_) => true,
            _ => false,
        }
    }

    /// Refuses a secret that the algorithm would truncate.
    ///
    /// # Errors
    /// [`ParameterError::SecretTooLong`], for bcrypt alone.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), ParameterError> {
        match self {
            Self::Bcrypt(bcrypt::Parameters { sha256: false, .. }) => {
                let actual = secret.expose().len();
                let max = bcrypt::MAX_SECRET_BYTES;
                if actual > max {
                    Err(ParameterError::SecretTooLong { actual, max })
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }
}

impl TryFrom<Algorithm> for Parameters {
    type Error = ParameterError;

    /// Returns Authelia's defaults for an algorithm.
    ///
    /// # Errors
    /// [`ParameterError::VerifyOnly`] for an algorithm that is too weak for new digests.
    fn try_from(algorithm: Algorithm) -> Result<Self, ParameterError> {
        Ok(match algorithm {
            Algorithm::Pbkdf2(prf) => Self::Pbkdf2(pbkdf2::Parameters::new(prf)),
            Algorithm::Argon2(variant) => Self::Argon2(argon2::Parameters::new(variant)),
            Algorithm::Bcrypt => Self::Bcrypt(bcrypt::Parameters::new(false)),
            Algorithm::BcryptSha256 => Self::Bcrypt(bcrypt::Parameters::new(true)),
            Algorithm::Scrypt => Self::Scrypt(scrypt::Parameters::default()),
            Algorithm::Yescrypt => Self::Yescrypt(yescrypt::Parameters::default()),
            Algorithm::Sha256Crypt => Self::Sha2Crypt(sha2crypt::Parameters::new(Variant::Sha256)),
            Algorithm::Sha512Crypt => Self::Sha2Crypt(sha2crypt::Parameters::new(Variant::Sha512)),
            _ => return Err(ParameterError::VerifyOnly { algorithm }),
        })
    }
}

impl Default for Parameters {
    /// PBKDF2 with HMAC-SHA-512 at 310,000 iterations: Authelia's default for client secrets.
    fn default() -> Self {
        Self::Pbkdf2(pbkdf2::Parameters::new(Prf::Sha512))
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
                Err(ParameterError::OutOfBounds { parameter, .. }) => {
                    assert_eq!(parameter.name(), expected);
                }
                other => panic!("{parameters:?}: {other:?}"),
            }
        }
        for (memory, iterations, parallelism, expected) in [
            (31, 1, 4, "memory"),
            (32, 0, 4, "iterations"),
            (32, 1, 0, "parallelism"),
            (u32::MAX, 1, 0x100_0000, "parallelism"),
        ] {
            let mut parameters = argon2::Parameters::new(argon2::Variant::Argon2id);
            parameters.cost = argon2::Cost { memory, iterations, parallelism };
            match parameters.check() {
                Err(ParameterError::OutOfBounds { parameter, .. }) => {
                    assert_eq!(parameter.name(), expected);
                }
                other => panic!("{parameters:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_parameter_that_the_algorithm_lacks_is_refused() {
        let mut parameters = Parameters::default();
        assert_eq!(parameters.set(ParameterName::Iterations, 400_000), Ok(()));
        assert_eq!(parameters.cost(), 400_000);
        let (parameter, algorithm) = (ParameterName::Memory, parameters.algorithm());
        let refused = ParameterError::NotAvailable { algorithm, parameter };
        assert_eq!(parameters.set(parameter, 1), Err(refused));
        let (parameter, actual) = (ParameterName::Iterations, 1 << 32);
        let refused = ParameterError::TooLarge { parameter, actual };
        assert_eq!(parameters.set(parameter, actual), Err(refused));
    }
}
