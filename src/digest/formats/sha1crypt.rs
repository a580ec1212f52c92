//! NetBSD's SHA-1-crypt digests: `$sha1$ROUNDS$SALT$KEY`, which are PBKDF1 with HMAC-SHA-1. Obsolete:
//! only for identifying and verifying existing digests.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::sha2crypt::permuted;
use crate::digest::algorithm::Algorithm;
use crate::digest::error::{DeriveError, Field, ParseError};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, out_of_range, unsigned};

/// The form of a digest.
pub(crate) const FORM: &str = "$sha1$ROUNDS$SALT$KEY";

/// A SHA-1-crypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sha1Crypt {
    rounds: u32,
    /// The salt's text, which is hashed as it is.
    salt: String,
    key: Vec<u8>,
}

/// The order in which the key's bytes are written: the first one again at the end.
#[rustfmt::skip]
const ORDER: [usize; 21] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0];

impl Sha1Crypt {
    /// Parses the fields after the identifier.
    pub(crate) fn parse(_: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let &[rounds, salt, key] = fields else {
            let field = if fields.len() < 2 { Field::Salt } else { Field::Key };
            return Err(ParseError::fields(FORM, 4, fields, field));
        };
        let rounds = unsigned(Field::Rounds, rounds, u32::MAX)?;
        if rounds == 0 {
            return Err(out_of_range(Field::Rounds, 1, u32::MAX.into()));
        }
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        let (salt, key) = (salt.to_owned(), key.as_bytes().to_vec());
        Ok(Self { rounds, salt, key })
    }
}

impl DigestFields for Sha1Crypt {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Sha1Crypt
    }

    fn salt(&self) -> &[u8] {
        self.salt.as_bytes()
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        20
    }

    fn key_characters(&self) -> Option<usize> {
        Some(28)
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![Parameter::new("rounds", ParameterValue::Count(self.rounds.into()))]
    }

    fn work(&self, _: usize) -> Work {
        Work::of_time(self.rounds.into(), Field::Rounds)
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mac = Hmac::<Sha1>::new_from_slice(secret);
        let mac = mac.map_err(|_| DeriveError::Refused("HMAC refused the secret"))?;
        let next = |message: &[u8]| {
            let mut mac = mac.clone();
            mac.update(message);
            Zeroizing::new(mac.finalize().into_bytes().to_vec())
        };
        let mut last = next(format!("{}$sha1${}", self.salt, self.rounds).as_bytes());
        for _ in 1..self.rounds {
            last = next(&last);
        }
        Ok(Zeroizing::new(permuted(&last, &ORDER).into_bytes()))
    }
}

impl fmt::Display for Sha1Crypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = String::from_utf8_lossy(&self.key);
        write!(f, "$sha1${}${}${key}", self.rounds, self.salt)
    }
}
