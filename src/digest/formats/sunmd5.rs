//! Sun's MD5 digests: `$md5,rounds=904$SALT$$KEY`, after Alec Muffett's description. Obsolete:
//! only for identifying and verifying existing digests.

use std::fmt;

use zeroize::Zeroizing;

use super::md5crypt::{ORDER, hash};
use super::sha2crypt::permuted;
use crate::digest::algorithm::Algorithm;
use crate::digest::error::{DeriveError, Field, ParseError, Problem};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, pairs, unsigned};

/// The form of a digest.
pub(crate) const FORM: &str = "$md5,rounds=ROUNDS$SALT$$KEY";

/// Hamlet's soliloquy (act 3, scene 1) in Project Gutenberg's edition, which is hashed in about
/// every second round, with the NUL that ends it in C.
const HAMLET: &[u8] = include_bytes!("sunmd5/hamlet.txt");

/// The rounds to which those of the digest are added.
const BASE_ROUNDS: u32 = 4096;

/// A digest of Sun's MD5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SunMd5 {
    rounds: u32,
    /// The salt's text, which is hashed as it is.
    salt: String,
    key: Vec<u8>,
}

impl SunMd5 {
    /// Parses the fields after the identifier, which holds the rounds.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        // Like go-crypt, this ignores the field between salt and key.
        let &[salt, _, key] = fields else {
            let field = if fields.len() < 2 { Field::Key } else { Field::Salt };
            return Err(ParseError::fields(FORM, 4, fields, field));
        };
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        let rounds = identifier.split_once(',').map(|(_, list)| rounds_of(list)).transpose()?;
        let (rounds, salt, key) = (rounds.unwrap_or(0), salt.to_owned(), key.as_bytes().to_vec());
        Ok(Self { rounds, salt, key })
    }

    /// Returns the text before the key, which is hashed with the secret.
    fn setting(&self) -> String {
        match self.rounds {
            0 => format!("$md5${}$", self.salt),
            rounds => format!("$md5,rounds={rounds}${}$", self.salt),
        }
    }
}

fn rounds_of(list: &str) -> Result<u32, ParseError> {
    let mut rounds = 0;
    for (name, value) in pairs(list)? {
        if name != "rounds" && name != "iterations" {
            let problem = Problem::UnknownName("rounds");
            return Err(ParseError::Field { field: Field::Parameters, problem });
        }
        rounds = unsigned(Field::Rounds, value, u32::MAX - BASE_ROUNDS)?;
    }
    Ok(rounds)
}

impl DigestFields for SunMd5 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::SunMd5
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

    fn parameters(&self) -> Vec<Parameter> {
        vec![Parameter::new("rounds", ParameterValue::Count(self.rounds.into()))]
    }

    fn work(&self, _: usize) -> Work {
        Work::of_time((BASE_ROUNDS + self.rounds).into(), Field::Rounds)
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut last = hash(&[secret, self.setting().as_bytes()]);
        for round in 0..BASE_ROUNDS + self.rounds {
            let text: &[&[u8]] = if toss(&last, round) { &[HAMLET, &[0]] } else { &[&[], &[]] };
            last = hash(&[&last, text[0], text[1], round.to_string().as_bytes()]);
        }
        Ok(Zeroizing::new(permuted(&last, &ORDER).into_bytes()))
    }
}

impl fmt::Display for SunMd5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}${}", self.setting(), String::from_utf8_lossy(&self.key))
    }
}

/// Muffett's coin: whether a round hashes the text.
fn toss(last: &[u8], round: u32) -> bool {
    let bit = |index: u32| last[(index % 128 / 8) as usize] >> (index % 8) & 1;
    // Eight bits of the digest, chosen by bytes from here on.
    let number = |from: usize| {
        (0..8).fold(0, |number, i| {
            let (a, b) = (last[(from + i) % 16], last[(from + i + 3) % 16]);
            let index = last[usize::from(a >> (b % 5) & 15)] >> (b >> (a % 8) & 1);
            number | u32::from(bit(u32::from(index & 127))) << i
        })
    };
    let x = number(0) >> bit(round);
    let y = number(8) >> bit(round.wrapping_add(64));
    bit(x) != bit(y)
}
