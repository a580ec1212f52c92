//! SHA-crypt digests: `$6$rounds=50000$SALT$KEY` (SHA-512) and `$5$…` (SHA-256), after Ulrich
//! Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6.
//!
//! Why is this not simply a crate? The crates for it refuse digests that go-crypt computes (few
//! rounds, long salts).

use std::fmt;

use sha2::{Digest as Hash, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::{crypt_bits, crypt_encode};
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, pairs, unsigned};
use crate::kernel::Kernel;
use crate::kernel::sha_crypt::Job;

/// The form of a digest.
pub(crate) const FORM: &str = "$6$rounds=ROUNDS$SALT$KEY";

/// The hash function under SHA-crypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// SHA-256: `$5$`.
    Sha256,
    /// SHA-512: `$6$`.
    Sha512,
}

impl Variant {
    const fn identifier(self) -> &'static str {
        match self {
            Self::Sha256 => "5",
            Self::Sha512 => "6",
        }
    }

    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::Sha256 => Algorithm::Sha256Crypt,
            Self::Sha512 => Algorithm::Sha512Crypt,
        }
    }
}

/// Rounds where the digest states none (section "Specification" 21).
const UNSTATED_ROUNDS: u32 = 5000;

/// The specification's maximum number of rounds.
const MAX_ROUNDS: u32 = 999_999_999;

/// Authelia's minimum number of rounds for new digests, which is also the specification's.
pub const MIN_ROUNDS: u32 = 1000;

/// Parameters of a new SHA-crypt digest; the defaults and bounds are Authelia's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The hash function.
    pub variant: Variant,
    /// Rounds, 1,000 to 999,999,999.
    pub rounds: u32,
    /// Salt, in characters, 1 to 16.
    pub salt_length: usize,
}

impl Parameters {
    /// Authelia's defaults.
    #[must_use]
    pub const fn new(variant: Variant) -> Self {
        Self { variant, rounds: 50_000, salt_length: 16 }
    }

    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.rounds),
            ParameterName::SaltLength => Slot::Length(&mut self.salt_length),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        ParameterName::Iterations.check(
            self.rounds.into(),
            MIN_ROUNDS.into(),
            MAX_ROUNDS.into(),
        )?;
        ParameterName::SaltLength.check(self.salt_length as u64, 1, 16)
    }
}

/// A SHA-crypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sha2Crypt {
    variant: Variant,
    /// `None` where the digest states none.
    rounds: Option<u32>,
    /// The salt's text, which is hashed as it is.
    salt: String,
    key: Vec<u8>,
}

impl Sha2Crypt {
    pub(crate) fn new(variant: Variant, rounds: u32, salt: String, key: Vec<u8>) -> Self {
        Self { variant, rounds: Some(rounds), salt, key }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let variant = if identifier == "5" { Variant::Sha256 } else { Variant::Sha512 };
        let (rounds, salt, key) = match *fields {
            [salt, key] => (None, salt, key),
            [parameters, salt, key] => (Some(parameters), salt, key),
            _ => {
                let field = if fields.len() < 2 { Field::Key } else { Field::Salt };
                return Err(ParseError::fields(FORM, 4, fields, field));
            }
        };
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        let rounds = rounds.map(rounds_of).transpose()?;
        let (salt, key) = (salt.to_owned(), key.as_bytes().to_vec());
        Ok(Self { variant, rounds, salt, key })
    }

    /// Returns the same digest, with its rounds also where they are the usual ones.
    pub(crate) fn with_stated_rounds(&self) -> Self {
        Self { rounds: Some(self.rounds()), ..self.clone() }
    }

    /// Returns the work that derives the key of a secret, for [`Self::derived_key`].
    pub(crate) fn job(&self, secret: &[u8]) -> Job {
        let (salt, rounds) = (self.salt.as_bytes(), self.rounds());
        match self.variant {
            Variant::Sha256 => job::<Sha256>(secret, salt, rounds),
            Variant::Sha512 => job::<Sha512>(secret, salt, rounds),
        }
    }

    /// Returns the text of a derived key.
    pub(crate) fn derived_key(&self, job: &Job) -> Key {
        let text = match self.variant {
            Variant::Sha256 => permuted(&job.digest, &SHA256_ORDER),
            Variant::Sha512 => permuted(&job.digest, &SHA512_ORDER),
        };
        Zeroizing::new(text.into_bytes())
    }

    /// The rounds that are computed, literally as stated.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(UNSTATED_ROUNDS)
    }
}

/// Reads `rounds=50000`; go-crypt takes any number literally, where glibc has bounds.
fn rounds_of(parameters: &str) -> Result<u32, ParseError> {
    let mut rounds = UNSTATED_ROUNDS;
    for (name, value) in pairs(parameters)? {
        if name != "rounds" {
            let problem = Problem::UnknownName("rounds");
            return Err(ParseError::Field { field: Field::Parameters, problem });
        }
        rounds = unsigned(Field::Rounds, value, u32::MAX)?;
    }
    Ok(rounds)
}

impl DigestFields for Sha2Crypt {
    fn algorithm(&self) -> Algorithm {
        self.variant.algorithm()
    }

    fn salt(&self) -> &[u8] {
        self.salt.as_bytes()
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        match self.variant {
            Variant::Sha256 => 32,
            Variant::Sha512 => 64,
        }
    }

    fn key_characters(&self) -> Option<usize> {
        Some((8 * self.key_length()).div_ceil(6))
    }

    /// glibc raises the rounds to 1,000 and truncates the salt after 16 characters; libxcrypt refuses.
    fn is_portable(&self) -> bool {
        (MIN_ROUNDS..=MAX_ROUNDS).contains(&self.rounds())
            && self.salt.len() <= 16
            && self.salt.bytes().all(|byte| crypt_bits(byte).is_some())
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![Parameter::new("rounds", ParameterValue::Count(self.rounds().into()))]
    }

    fn work(&self, secret_length: usize) -> Work {
        let block = 2 * self.key_length() as u128;
        let (secret, salt) = (secret_length as u128, self.salt.len() as u128);
        let blocks_a_round = (2 * secret + salt + block) / block;
        let before = (secret * secret + 271 * salt) / block;
        Work::of_time(u128::from(self.rounds()) * blocks_a_round + before, Field::Rounds)
    }

    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        /// Enough that starting threads takes a small share of the time.
        const ROUNDS: u32 = 10_000;
        let (salt, key) = (".".repeat(16), vec![b'.'; self.key_characters().unwrap_or_default()]);
        Some(Box::new(Self::new(self.variant, self.rounds().min(ROUNDS), salt, key)))
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut job = self.job(secret);
        Kernel::current().sha_crypt(std::slice::from_mut(&mut job), 1);
        Ok(self.derived_key(&job))
    }
}

impl fmt::Display for Sha2Crypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}$", self.variant.identifier())?;
        if let Some(rounds) = self.rounds {
            write!(f, "rounds={rounds}$")?;
        }
        write!(f, "{}${}", self.salt, String::from_utf8_lossy(&self.key))
    }
}

/// Computes what the rounds begin with; the numbers are the steps of the specification.
fn job<H: Hash>(secret: &[u8], salt: &[u8], rounds: u32) -> Job {
    // 4-8: digest B.
    let b = hash::<H>(&[secret, salt, secret]);
    // 1-3, 9-12: digest A.
    let mut a = H::new();
    a.update(secret);
    a.update(salt);
    a.update(&*stretched(&b, secret.len()));
    let mut bits = secret.len();
    while bits > 0 {
        a.update(if bits & 1 == 1 { &b[..] } else { secret });
        bits >>= 1;
    }
    let digest = Zeroizing::new(a.finalize().to_vec());
    // 13-16: the sequence P.
    let mut dp = H::new();
    (0..secret.len()).for_each(|_| dp.update(secret));
    let p = stretched(&Zeroizing::new(dp.finalize().to_vec()), secret.len());
    // 17-20: the sequence S.
    let mut ds = H::new();
    (0..16 + u32::from(digest[0])).for_each(|_| ds.update(salt));
    let s = stretched(&ds.finalize(), salt.len());
    Job { rounds, p, s, digest }
}

fn hash<H: Hash>(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut hash = H::new();
    for part in parts {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().to_vec())
}

/// Repeats the bytes up to a length.
fn stretched(bytes: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.iter().copied().cycle().take(length).collect())
}

/// Writes the bytes in this order, each three of them from the last to the first (step 22).
pub(crate) fn permuted(bytes: &[u8], order: &[usize]) -> String {
    let ordered: Vec<u8> =
        order.chunks(3).flat_map(|group| group.iter().rev().map(|&index| bytes[index])).collect();
    crypt_encode(&Zeroizing::new(ordered))
}

#[rustfmt::skip]
const SHA256_ORDER: [usize; 32] = [
    0, 10, 20, 21, 1, 11, 12, 22, 2, 3, 13, 23, 24, 4, 14, 15, 25, 5, 6, 16, 26, 27, 7, 17, 18, 28,
    8, 9, 19, 29, 31, 30,
];

#[rustfmt::skip]
const SHA512_ORDER: [usize; 64] = [
    0, 21, 42, 22, 43, 1, 44, 2, 23, 3, 24, 45, 25, 46, 4, 47, 5, 26, 6, 27, 48, 28, 49, 7, 50, 8,
    29, 9, 30, 51, 31, 52, 10, 53, 11, 32, 12, 33, 54, 34, 55, 13, 56, 14, 35, 15, 36, 57, 37, 58,
    16, 59, 17, 38, 18, 39, 60, 40, 61, 19, 62, 20, 41, 63,
];
