//! Making the digest of a secret.

use crate::derive::derive_many;
use crate::digest::{DeriveError, Digest, Parameters};
use crate::error::Error;
use crate::random::{self, Alphabet, Charset};
use crate::secret::Secret;

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
/// [`Error::Parameter`] for a parameter outside Authelia's bounds and for a secret that bcrypt would
/// truncate, [`Error::Random`] if the system's generator fails, [`Error::Derive`] if the system does not
/// provide the memory that the algorithm needs.
pub fn hash(secret: &Secret, parameters: &Parameters) -> Result<Digest, Error> {
    let mut digests = hash_many(std::slice::from_ref(secret), parameters)?;
    digests.pop().ok_or_else(|| DeriveError::Refused("one secret has one digest").into())
}

/// Makes the digests of many secrets, each with a salt of its own, in their order.
///
/// PBKDF2 digests are computed side by side: in the lanes of [`crate::Kernel::current`] and on every
/// CPU core; others on every CPU core. The result is the same as one at a time.
///
/// ```
/// use oidc_secret::digest::sha2crypt::{self, Variant};
/// use oidc_secret::{Parameters, Secret, hash_many};
///
/// let secrets = ["one", "two"].map(|text| Secret::from(text.to_owned()));
/// let parameters = Parameters::Sha2Crypt(sha2crypt::Parameters::new(Variant::Sha512));
/// let digests = hash_many(&secrets, &parameters)?;
/// assert_eq!(digests.len(), 2);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// As [`hash`]; if one digest cannot be made, none is returned.
pub fn hash_many(secrets: &[Secret], parameters: &Parameters) -> Result<Vec<Digest>, Error> {
    parameters.check()?;
    secrets.iter().try_for_each(|secret| parameters.check_secret(secret))?;
    let salts = secrets.iter().map(|_| new_salt(parameters)).collect::<Result<Vec<_>, Error>>()?;
    let derivations: Vec<Digest> =
        salts.iter().map(|salt| parameters.without_key(salt.clone())).collect();
    let pairs: Vec<_> = secrets.iter().zip(&derivations).collect();
    let keys = derive_many(&pairs).into_iter();
    keys.zip(salts).map(|(key, salt)| Ok(parameters.digest(salt, key?.to_vec()))).collect()
}

/// Generates a salt with the system's random generator.
fn new_salt(parameters: &Parameters) -> Result<Vec<u8>, Error> {
    let length = parameters.salt_length();
    if parameters.has_text_salt() {
        let text = Alphabet::from(Charset::Alphanumeric).random(length)?;
        return Ok(text.as_bytes().to_vec());
    }
    let mut salt = vec![0; length];
    random::fill(&mut salt)?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::argon2::{self, Variant};

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
