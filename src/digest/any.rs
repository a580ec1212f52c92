//! A digest of any format.

use std::fmt;

use super::algorithm::Algorithm;
use super::argon2::Argon2;
use super::bcrypt::Bcrypt;
use super::fields::{DigestFields, Parameter};
use super::legacy::{Md5Crypt, Sha1Crypt, SunMd5};
use super::pbkdf2::{Encoding, Pbkdf2};
use super::plaintext::Plaintext;
use super::scrypt::Scrypt;
use super::sha2crypt::Sha2Crypt;
use super::yescrypt::Yescrypt;

/// A digest: algorithm, parameters, salt and key.
///
/// ```
/// use oidc_secret::Digest;
///
/// let text = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn\
///             5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";
/// let digest: Digest = text.parse().unwrap();
/// assert_eq!(digest.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Digest {
    /// A PBKDF2 digest.
    Pbkdf2(Pbkdf2),
    /// An Argon2 digest.
    Argon2(Argon2),
    /// A bcrypt digest.
    Bcrypt(Bcrypt),
    /// A scrypt digest.
    Scrypt(Scrypt),
    /// A yescrypt digest.
    Yescrypt(Yescrypt),
    /// A SHA-crypt digest.
    Sha2Crypt(Sha2Crypt),
    /// The secret itself.
    Plaintext(Plaintext),
    /// An MD5-crypt digest.
    Md5Crypt(Md5Crypt),
    /// A digest of Sun's MD5.
    SunMd5(SunMd5),
    /// A SHA-1-crypt digest.
    Sha1Crypt(Sha1Crypt),
}

impl Digest {
    /// The algorithm with its variant.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.fields().algorithm()
    }

    /// How the digest is written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Pbkdf2(digest) => digest.encoding(),
            _ => Encoding::Authelia,
        }
    }

    /// Whether it is the plaintext secret, in any form.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plaintext(_))
    }

    /// The salt, as it is hashed: where a format hashes the salt's text, that.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        self.fields().salt()
    }

    /// The key, as it is compared: where a format compares the key's text, that.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.fields().key()
    }

    /// The algorithm's parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        self.fields().parameters()
    }

    pub(crate) fn fields(&self) -> &dyn DigestFields {
        match self {
            Self::Pbkdf2(digest) => digest,
            Self::Argon2(digest) => digest,
            Self::Bcrypt(digest) => digest,
            Self::Scrypt(digest) => digest,
            Self::Yescrypt(digest) => digest,
            Self::Sha2Crypt(digest) => digest,
            Self::Plaintext(digest) => digest,
            Self::Md5Crypt(digest) => digest,
            Self::SunMd5(digest) => digest,
            Self::Sha1Crypt(digest) => digest,
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields().fmt(f)
    }
}
