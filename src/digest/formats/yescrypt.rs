//! yescrypt digests: `$y$j9T$SALT$KEY`, as `crypt(3)` writes them.

use std::fmt;

use super::scrypt::Cost;
use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::{CRYPT, crypt_bits, crypt_decode, crypt_encode};
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::out_of_range;
use crate::kernel::{self, yescrypt::Job};

/// The form of a digest.
pub(crate) const FORM: &str = "$y$SETTING$SALT$KEY";

/// Parameters of a new yescrypt digest; the defaults are Authelia's, the bounds those of the
/// setting's characters. The key always has 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The work factor: `log_n` 2 to 48, block size 1 to 48, parallelism 1.
    pub cost: Cost,
    /// Salt, in bytes, 8 to 64.
    pub salt_length: usize,
}

impl Default for Parameters {
    /// Authelia's defaults.
    fn default() -> Self {
        Self { cost: Cost::DEFAULT, salt_length: 16 }
    }
}

impl Parameters {
    /// The length of a key, in bytes: the only one that `crypt(3)` reads.
    pub(crate) const KEY_LENGTH: usize = 32;

    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.cost.log_n),
            ParameterName::BlockSize => Slot::Number(&mut self.cost.block_size),
            ParameterName::SaltLength => Slot::Length(&mut self.salt_length),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        /// Larger values take two characters of the setting, which go-crypt does not read.
        const MAX: u64 = 48;
        ParameterName::Iterations.check(self.cost.log_n.into(), 2, MAX)?;
        ParameterName::BlockSize.check(self.cost.block_size.into(), 1, MAX)?;
        ParameterName::Parallelism.check(self.cost.parallelism.into(), 1, 1)?;
        ParameterName::SaltLength.check(self.salt_length as u64, 8, 64)
    }
}

/// A yescrypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yescrypt {
    /// With a parallelism of 1.
    cost: Cost,
    /// The salt as it is written: not every text is the encoding of the bytes it decodes to.
    salt_text: String,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Yescrypt {
    pub(crate) fn new(cost: Cost, salt: Vec<u8>, key: Vec<u8>) -> Self {
        Self { cost, salt_text: crypt_encode(&salt), salt, key }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(_: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let &[setting, salt_text, key] = fields else {
            let field = match fields {
                [] => Field::Setting,
                [first, ..] if first.len() != 3 => Field::Setting,
                [_] => Field::Salt,
                _ => Field::Key,
            };
            return Err(ParseError::fields(FORM, 4, fields, field));
        };
        let cost = cost(setting)?;
        // In go-crypt a salt that does not decode counts as empty.
        let salt = crypt_decode(salt_text).unwrap_or_default();
        let key = crypt_decode(key).filter(|key| !key.is_empty());
        let (field, problem) = (Field::Key, Problem::NotCryptBase64);
        let key = key.ok_or(ParseError::Field { field, problem })?;
        Ok(Self { cost, salt_text: salt_text.to_owned(), salt, key })
    }

    /// Returns the work factor.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Returns the job of the kernel that derives the key for a secret.
    pub(crate) fn job<'a>(&'a self, secret: &'a [u8]) -> Job<'a> {
        let Cost { log_n, block_size, .. } = self.cost;
        let (salt, key_length) = (&self.salt, self.key.len());
        Job { log_n, block_size, secret, salt, key_length, key: None }
    }

    /// Returns the key of a job that has been done.
    pub(crate) fn derived_key(&self, job: Job<'_>) -> Result<Key, DeriveError> {
        job.key.ok_or(DeriveError::OutOfMemory { needed: self.cost.memory() })
    }
}

impl DigestFields for Yescrypt {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Yescrypt
    }

    fn salt(&self) -> &[u8] {
        &self.salt
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        Parameters::KEY_LENGTH
    }

    /// crypt(3) refuses other keys, and salts that do not decode.
    fn is_portable(&self) -> bool {
        let is_setting = self.cost.log_n <= 48 && self.cost.block_size <= 48;
        let is_salt = crypt_encode(&self.salt) == self.salt_text;
        is_setting && is_salt && self.key.len() == Parameters::KEY_LENGTH
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![
            Parameter::new("ln", ParameterValue::Log2(self.cost.log_n)),
            Parameter::new("block_size", ParameterValue::Count(self.cost.block_size.into())),
            Parameter::new("memory_kib", ParameterValue::Kibibytes(self.cost.memory() >> 10)),
        ]
    }

    fn work(&self, _: usize) -> Work {
        self.cost.work()
    }

    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        Some(Box::new(Self::new(self.cost.sample(), vec![0; 16], vec![0; 32])))
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut job = self.job(secret);
        kernel::yescrypt::derive(std::slice::from_mut(&mut job), 1);
        self.derived_key(job)
    }
}

impl fmt::Display for Yescrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let character = |value: u32| CRYPT.get(value as usize - 1).map_or('!', |c| char::from(*c));
        let (log_n, block_size) = (character(self.cost.log_n), character(self.cost.block_size));
        write!(f, "$y$j{log_n}{block_size}${}${}", self.salt_text, crypt_encode(&self.key))
    }
}

/// Reads the setting as go-crypt does: `j` (yescrypt's defaults) and one character each for the
/// binary logarithm of N and for the block size; any other character counts as 65.
fn cost(setting: &str) -> Result<Cost, ParseError> {
    let &[b'j', log_n, block_size] = setting.as_bytes() else {
        let (field, problem) = (Field::Setting, Problem::NotASetting);
        return Err(ParseError::Field { field, problem });
    };
    let value = |character| crypt_bits(character).unwrap_or(64) + 1;
    let (log_n, block_size) = (value(log_n), value(block_size));
    if log_n > 62 {
        return Err(out_of_range(Field::LogN, 1, 62));
    }
    Ok(Cost { log_n, block_size, parallelism: 1 })
}
