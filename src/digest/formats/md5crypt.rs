//! MD5-crypt digests: `$1$SALT$KEY`, and Apache's `$apr1$SALT$KEY`, after FreeBSD's `crypt-md5.c`.
//! Obsolete: only for identifying and verifying existing digests.

use std::fmt;

use md5::{Digest as Hash, Md5};
use zeroize::Zeroizing;

use super::sha2crypt::permuted;
use crate::digest::algorithm::Algorithm;
use crate::digest::error::{DeriveError, Field, ParseError};
use crate::digest::fields::{DigestFields, Key, Parameter, Work};

/// The form of Apache's digests.
pub(crate) const APR1_FORM: &str = "$apr1$SALT$KEY";

/// The form of a digest.
pub(crate) const FORM: &str = "$1$SALT$KEY";

/// An MD5-crypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Md5Crypt {
    apache: bool,
    /// The salt's text, which is hashed as it is.
    salt: String,
    key: Vec<u8>,
}

const ROUNDS: u32 = 1000;

/// The order in which the key's bytes are written.
pub(crate) const ORDER: [usize; 16] = [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, 11];

impl Md5Crypt {
    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let apache = identifier == "apr1";
        let &[salt, key] = fields else {
            let form = if apache { APR1_FORM } else { FORM };
            return Err(ParseError::fields(form, 3, fields, Field::Key));
        };
        if key.is_empty() {
            return Err(crate::digest::go_syntax::empty(Field::Key));
        }
        let (salt, key) = (salt.to_owned(), key.as_bytes().to_vec());
        Ok(Self { apache, salt, key })
    }

    const fn prefix(&self) -> &'static str {
        if self.apache { "$apr1$" } else { "$1$" }
    }
}

impl DigestFields for Md5Crypt {
    fn algorithm(&self) -> Algorithm {
        if self.apache { Algorithm::Apr1 } else { Algorithm::Md5Crypt }
    }

    fn salt(&self) -> &[u8] {
        self.salt.as_bytes()
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        16
    }

    fn key_characters(&self) -> Option<usize> {
        Some(22)
    }

    /// crypt(3) truncates the salt after 8 characters.
    fn is_portable(&self) -> bool {
        self.salt.len() <= 8
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn work(&self, secret_length: usize) -> Work {
        let blocks = (2 * secret_length as u128 + self.salt.len() as u128) / 64 + 1;
        Work::of_time(u128::from(ROUNDS) * blocks, Field::Salt)
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let last = md5_crypt(secret, self.salt.as_bytes(), self.prefix().as_bytes());
        Ok(Zeroizing::new(permuted(&last, &ORDER).into_bytes()))
    }
}

impl fmt::Display for Md5Crypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = String::from_utf8_lossy(&self.key);
        write!(f, "{}{}${key}", self.prefix(), self.salt)
    }
}

fn md5_crypt(secret: &[u8], salt: &[u8], prefix: &[u8]) -> Zeroizing<Vec<u8>> {
    let inner = hash(&[secret, salt, secret]);
    let mut first = Md5::new();
    first.update(secret);
    first.update(prefix);
    first.update(salt);
    for start in (0..secret.len()).step_by(inner.len()) {
        first.update(&inner[..inner.len().min(secret.len() - start)]);
    }
    let mut bits = secret.len();
    while bits > 0 {
        first.update(if bits & 1 == 1 { &[0] } else { &secret[..1] });
        bits >>= 1;
    }
    let mut last = Zeroizing::new(first.finalize().to_vec());
    for round in 0..ROUNDS {
        let odd = round & 1 == 1;
        let (first, third) = if odd { (secret, &last[..]) } else { (&last[..], secret) };
        let salt = if round % 3 == 0 { &[] } else { salt };
        let second = if round % 7 == 0 { &[] } else { secret };
        last = hash(&[first, salt, second, third]);
    }
    last
}

pub(crate) fn hash(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().to_vec())
}
