//! bcrypt digests: `$2b$12$SALTKEY`, and passlib's `$bcrypt-sha256$v=2,t=2b,r=12$SALT$KEY`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{KeyInit, Mac};
use zeroize::Zeroizing;

use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::Alphabet;
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{out_of_range, pairs, signed};
use crate::kernel::bcrypt::{self as kernel, Job};

/// The form of passlib's variant.
pub(crate) const SHA256_FORM: &str = "$bcrypt-sha256$v=2,t=2b,r=COST$SALT$KEY";

/// The form of a digest.
pub(crate) const FORM: &str = "$2b$COST$SALTKEY";

/// The lengths of every salt and key, in base64 characters.
const SALT_CHARACTERS: usize = 22;
const KEY_CHARACTERS: usize = 31;

/// The number of bytes of a secret that count; the rest is ignored.
pub const MAX_SECRET_BYTES: usize = 72;

/// Authelia's minimum cost for new digests, which is OWASP's as well.
pub const MIN_COST: u32 = 10;

/// The length of a salt, in bytes.
pub(crate) const SALT_LENGTH: usize = 16;

/// Parameters of a new bcrypt digest; the defaults and bounds are Authelia's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Whether the secret is hashed with HMAC-SHA-256 first (passlib's `bcrypt_sha256`, version 2),
    /// so that all of it counts.
    pub sha256: bool,
    /// Cost, 10 to 31: the binary logarithm of the rounds.
    pub cost: u32,
}

impl Parameters {
    /// Authelia's defaults.
    #[must_use]
    pub const fn new(sha256: bool) -> Self {
        Self { sha256, cost: 12 }
    }

    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.cost),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        ParameterName::Iterations.check(self.cost.into(), MIN_COST.into(), 31)
    }
}

/// A bcrypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bcrypt {
    /// `2a`, `2b`, `2x`, `2y`; for `bcrypt-sha256` the value of `t=`.
    version: String,
    sha256: bool,
    cost: u32,
    salt: [u8; 16],
    key: Vec<u8>,
}

impl Bcrypt {
    /// Of a longer salt the first 16 bytes count; a shorter one is filled up with zeros.
    pub(crate) fn new(sha256: bool, cost: u32, salt: &[u8], key: Vec<u8>) -> Self {
        let mut bytes = [0; SALT_LENGTH];
        bytes.iter_mut().zip(salt).for_each(|(byte, given)| *byte = *given);
        Self { version: "2b".to_owned(), sha256, cost, salt: bytes, key }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        if identifier == "bcrypt-sha256" {
            Self::with_parameters(fields)
        } else {
            Self::plain(identifier, fields)
        }
    }

    fn plain(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let &[cost, salt_and_key] = fields else {
            let field = match fields {
                [] => Field::Cost,
                [only] if only.len() > 2 => Field::Cost,
                _ => Field::Key,
            };
            return Err(ParseError::fields(FORM, 3, fields, field));
        };
        let cost = computed_cost(signed(Field::Cost, cost)?)?;
        // The two are one field, so that what is missing is missing at the end.
        length(Field::Key, salt_and_key, SALT_CHARACTERS + KEY_CHARACTERS)?;
        let (salt, key) = salt_and_key.split_at_checked(SALT_CHARACTERS).unwrap_or_default();
        Ok(Self {
            version: identifier.to_owned(),
            sha256: false,
            cost,
            salt: decoded(salt)?,
            key: key.as_bytes().to_vec(),
        })
    }

    fn with_parameters(fields: &[&str]) -> Result<Self, ParseError> {
        let &[parameters, salt, key] = fields else {
            let field = match fields {
                [] => Field::Parameters,
                [only] if !only.contains('=') => Field::Parameters,
                [_] => Field::Salt,
                _ => Field::Key,
            };
            return Err(ParseError::fields(SHA256_FORM, 4, fields, field));
        };
        length(Field::Salt, salt, SALT_CHARACTERS)?;
        length(Field::Key, key, KEY_CHARACTERS)?;
        let (mut version, mut cost) = (String::new(), 0);
        for (name, value) in pairs(parameters)? {
            match name {
                // go-crypt ignores both, and computes version 2 with 2b.
                "v" => {}
                "t" => value.clone_into(&mut version),
                "r" => cost = signed(Field::Cost, value)?,
                _ => {
                    let problem = Problem::UnknownName("v, t, r");
                    return Err(ParseError::Field { field: Field::Parameters, problem });
                }
            }
        }
        let (cost, salt) = (computed_cost(cost)?, decoded(salt)?);
        Ok(Self { version, sha256: true, cost, salt, key: key.as_bytes().to_vec() })
    }

    /// Returns the version: `2a`, `2b`, `2x` or `2y`. All are computed as `2b`, as in go-crypt.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the same digest with another version in front.
    pub(crate) fn with_version(&self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self.clone() }
    }

    /// The cost that is computed: 10 where the digest states less than 4.
    #[must_use]
    pub const fn cost(&self) -> u32 {
        self.cost
    }

    /// Returns the salt as the digest writes it, which is also the key of the first hash.
    fn salt_text(&self) -> String {
        Alphabet::Bcrypt.encode(&self.salt)
    }

    /// Returns the work that derives the key of a secret, for [`key`].
    pub(crate) fn job(&self, secret: &[u8]) -> Result<Job, DeriveError> {
        let (cost, salt, password) = (self.cost, self.salt, self.password(secret)?);
        Ok(Job { cost, salt, password, key: Zeroizing::default() })
    }

    /// Returns the input of bcrypt: at most 72 bytes, with a NUL after them if there is room.
    fn password(&self, secret: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
        let mut password = Zeroizing::new(Vec::with_capacity(MAX_SECRET_BYTES + 1));
        if self.sha256 {
            let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(self.salt_text().as_bytes());
            let mut mac = mac.map_err(|_| DeriveError::Refused("HMAC refused the salt"))?;
            mac.update(secret);
            let text = Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes()));
            password.extend_from_slice(text.as_bytes());
        } else {
            password.extend_from_slice(&secret[..secret.len().min(MAX_SECRET_BYTES)]);
        }
        if password.len() < MAX_SECRET_BYTES {
            password.push(0);
        }
        Ok(password)
    }
}

impl DigestFields for Bcrypt {
    fn algorithm(&self) -> Algorithm {
        if self.sha256 { Algorithm::BcryptSha256 } else { Algorithm::Bcrypt }
    }

    fn salt(&self) -> &[u8] {
        &self.salt
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        23
    }

    fn key_characters(&self) -> Option<usize> {
        Some(KEY_CHARACTERS)
    }

    /// `2x` marks digests of a faulty implementation, which others reproduce.
    fn is_portable(&self) -> bool {
        self.version != "2x"
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![
            Parameter::new("version", ParameterValue::Name(self.version.clone())),
            Parameter::new("cost", ParameterValue::Log2(self.cost)),
        ]
    }

    fn work(&self, _: usize) -> Work {
        Work::of_time(1 << self.cost, Field::Cost)
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut job = self.job(secret)?;
        kernel::derive(std::slice::from_mut(&mut job), 1);
        Ok(key(&job))
    }
}

impl fmt::Display for Bcrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self { version, cost, .. }, salt) = (self, self.salt_text());
        let key = String::from_utf8_lossy(&self.key);
        if self.sha256 {
            write!(f, "$bcrypt-sha256$v=2,t={version},r={cost}${salt}${key}")
        } else {
            write!(f, "${version}${cost:02}${salt}{key}")
        }
    }
}

/// Returns the text of a derived key, whose last byte bcrypt leaves out.
pub(crate) fn key(job: &Job) -> Key {
    Zeroizing::new(Alphabet::Bcrypt.encode(&job.key[..23]).into_bytes())
}

/// Returns the cost that is computed: 10 for one below the minimum, as in go-crypt. One above the
/// maximum is refused.
fn computed_cost(stated: i64) -> Result<u32, ParseError> {
    match u32::try_from(stated) {
        Ok(cost @ 4..=31) => Ok(cost),
        Ok(0..=3) => Ok(10),
        Err(_) if stated < 0 => Ok(10),
        _ => Err(out_of_range(Field::Cost, 4, 31)),
    }
}

fn length(field: Field, text: &str, expected: usize) -> Result<(), ParseError> {
    match text.len() {
        actual if actual == expected => Ok(()),
        0 => Err(crate::digest::go_syntax::empty(field)),
        actual => {
            let problem = Problem::Length { expected, actual };
            Err(ParseError::Field { field, problem })
        }
    }
}

fn decoded(salt: &str) -> Result<[u8; 16], ParseError> {
    let bytes = Alphabet::Bcrypt.decode(Field::Salt, salt)?;
    // A line break takes the place of a character.
    let problem = Problem::DanglingCharacter(bytes.len());
    bytes.try_into().map_err(|_| ParseError::Field { field: Field::Salt, problem })
}
