//! Plaintext instead of a digest: `$plaintext$SECRET`, and `$base64$SECRET` in adapted base64.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::Alphabet;
use crate::digest::error::{DeriveError, Field, ParseError};
use crate::digest::fields::{DigestFields, Key, Parameter, Work};
use crate::digest::go_syntax::empty;
use crate::secret::Secret;

/// The form in base64.
pub(crate) const BASE64_FORM: &str = "$base64$SECRET";

/// The form of a digest.
pub(crate) const FORM: &str = "$plaintext$SECRET";

/// A secret instead of a digest. `Debug` does not show it; `Display` writes it out.
#[derive(Debug, Clone)]
pub struct Plaintext {
    base64: bool,
    secret: Secret,
}

impl PartialEq for Plaintext {
    fn eq(&self, other: &Self) -> bool {
        let secrets_equal = self.secret.expose().ct_eq(other.secret.expose());
        self.base64 == other.base64 && bool::from(secrets_equal)
    }
}

impl Eq for Plaintext {}

impl Plaintext {
    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let base64 = identifier == "base64";
        let secret = match *fields {
            [] => return Err(empty(Field::Key)),
            [text] if base64 => Zeroizing::new(Alphabet::Adapted.decode(Field::Key, text)?),
            _ if base64 => {
                return Err(ParseError::fields(BASE64_FORM, 2, fields, Field::Key));
            }
            // A `$` here belongs to the secret.
            _ => Zeroizing::new(fields.join("$").into_bytes()),
        };
        if secret.is_empty() {
            return Err(empty(Field::Key));
        }
        Ok(Self { base64, secret: secret.into() })
    }
}

impl DigestFields for Plaintext {
    fn algorithm(&self) -> Algorithm {
        if self.base64 { Algorithm::Base64 } else { Algorithm::Plaintext }
    }

    fn salt(&self) -> &[u8] {
        &[]
    }

    fn key(&self) -> &[u8] {
        self.secret.expose()
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn work(&self, _: usize) -> Work {
        Work::of_time(0, Field::Key)
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        Ok(Zeroizing::new(secret.to_vec()))
    }
}

impl fmt::Display for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = self.secret.expose();
        if self.base64 {
            write!(f, "$base64${}", *Zeroizing::new(Alphabet::Adapted.encode(secret)))
        } else {
            write!(f, "$plaintext${}", String::from_utf8_lossy(secret))
        }
    }
}
