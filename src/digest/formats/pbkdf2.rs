//! PBKDF2 digests: `$pbkdf2-sha512$310000$SALT$KEY` and the PHC string of the same.

use std::fmt;

use zeroize::Zeroizing;

use crate::digest::algorithm::{Algorithm, pbkdf2_name};
use crate::digest::alphabet::Alphabet;
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, out_of_range, pairs, signed};
use crate::kernel::{Job, Kernel};

/// The form of a digest.
pub(crate) const FORM: &str = "$pbkdf2-HASH$ITERATIONS$SALT$KEY";

pub use crate::kernel::Prf;

impl Prf {
    fn from_identifier(identifier: &str) -> Self {
        match identifier {
            "pbkdf2-sha224" => Self::Sha224,
            "pbkdf2-sha256" => Self::Sha256,
            "pbkdf2-sha384" => Self::Sha384,
            "pbkdf2-sha512" => Self::Sha512,
            _ => Self::Sha1,
        }
    }

    /// Returns the identifier in a digest: libpass and Authelia write plain `pbkdf2` for SHA-1.
    const fn identifier(self) -> &'static str {
        match self {
            Self::Sha1 => "pbkdf2",
            _ => pbkdf2_name(self),
        }
    }

    /// Authelia's default number of iterations.
    const fn default_iterations(self) -> u32 {
        match self {
            Self::Sha1 => 1_600_000,
            Self::Sha224 => 900_000,
            Self::Sha256 => 700_000,
            Self::Sha384 => 280_000,
            Self::Sha512 => 310_000,
        }
    }
}

/// The encoding of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// As Authelia (and libpass) write and read it.
    #[default]
    Authelia,
    /// The PHC string format.
    Phc,
}

/// Authelia's minimum number of iterations for new digests.
pub const MIN_ITERATIONS: u32 = 100_000;

/// Parameters of a new PBKDF2 digest; the defaults and bounds are Authelia's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The hash function.
    pub prf: Prf,
    /// Iterations, 100,000 to 2,147,483,647.
    pub iterations: u32,
    /// Salt, in bytes, 8 to 1,024.
    pub salt_length: usize,
    /// Key, in bytes, the hash function's output to 1,024. A longer key than that output costs
    /// a multiple of the time without being stronger (RFC 8018 §5.2).
    pub key_length: usize,
    /// How the digest is written.
    pub encoding: Encoding,
    /// Whether the salt must be letters and digits, for readers that take its text as it is.
    pub readable_salt: bool,
}

impl Parameters {
    /// Authelia's defaults for a hash function.
    #[must_use]
    pub const fn new(prf: Prf) -> Self {
        Self {
            prf,
            iterations: prf.default_iterations(),
            salt_length: 16,
            key_length: prf.output_length(),
            encoding: Encoding::Authelia,
            readable_salt: false,
        }
    }

    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.iterations),
            ParameterName::SaltLength => Slot::Length(&mut self.salt_length),
            ParameterName::KeyLength => Slot::Length(&mut self.key_length),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        ParameterName::Iterations.check(
            self.iterations.into(),
            MIN_ITERATIONS.into(),
            2_147_483_647,
        )?;
        ParameterName::SaltLength.check(self.salt_length as u64, 8, 1024)?;
        ParameterName::KeyLength.check(
            self.key_length as u64,
            self.prf.output_length() as u64,
            1024,
        )
    }
}

/// A PBKDF2 digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pbkdf2 {
    prf: Prf,
    iterations: u32,
    salt: Vec<u8>,
    key: Vec<u8>,
    encoding: Encoding,
}

impl Pbkdf2 {
    pub(crate) fn new(
        prf: Prf,
        iterations: u32,
        salt: Vec<u8>,
        key: Vec<u8>,
        encoding: Encoding,
    ) -> Self {
        Self { prf, iterations, salt, key, encoding }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let prf = Prf::from_identifier(identifier);
        let &[cost, salt, key] = fields else {
            return Err(wrong_count(prf, fields));
        };
        let phc = cost.contains('=');
        let alphabet = if phc { Alphabet::Standard } else { Alphabet::Adapted };
        let (iterations, stated) =
            if phc { phc_parameters(cost)? } else { (lenient_iterations(cost)?, None) };
        let salt = alphabet.decode(Field::Salt, salt)?;
        let key = alphabet.decode(Field::Key, key)?;
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        if let Some(stated) = stated.filter(|&stated| stated != key.len() as u64) {
            let problem = Problem::LengthDisagrees { stated, actual: key.len() };
            return Err(ParseError::Field { field: Field::KeyLength, problem });
        }
        let encoding = if phc { Encoding::Phc } else { Encoding::Authelia };
        Ok(Self { prf, iterations, salt, key, encoding })
    }

    /// Returns the hash function.
    #[must_use]
    pub const fn prf(&self) -> Prf {
        self.prf
    }

    /// Returns the number of iterations that are computed: 1 where the digest states 0 or less.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// How the digest is written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Returns the same digest in another encoding.
    pub(crate) fn with_encoding(&self, encoding: Encoding) -> Self {
        Self { encoding, ..self.clone() }
    }

    /// Returns the kernel's job of deriving the key for a secret.
    pub(crate) fn job<'a>(&'a self, secret: &'a [u8], key: &'a mut [u8]) -> Job<'a> {
        Job { prf: self.prf, secret, salt: &self.salt, iterations: self.iterations, key }
    }
}

impl DigestFields for Pbkdf2 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Pbkdf2(self.prf)
    }

    fn salt(&self) -> &[u8] {
        &self.salt
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn key_length(&self) -> usize {
        self.prf.output_length()
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![Parameter::new("iterations", ParameterValue::Count(self.iterations.into()))]
    }

    fn work(&self, _: usize) -> Work {
        let blocks = self.key.len().div_ceil(self.prf.output_length()) as u128;
        let steps = blocks * u128::from(self.iterations);
        Work { memory: self.key.len() as u64, ..Work::of_time(steps, Field::Iterations) }
    }

    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        /// Enough that starting threads takes a small share of the time.
        const ITERATIONS: u32 = 10_000;
        let (salt, key) = (vec![0; 16], vec![0; self.prf.output_length()]);
        let iterations = self.iterations.min(ITERATIONS);
        Some(Box::new(Self { iterations, salt, key, ..self.clone() }))
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut key = Zeroizing::new(vec![0; self.key.len()]);
        Kernel::current().derive(vec![self.job(secret, &mut key)], 1);
        Ok(key)
    }
}

impl fmt::Display for Pbkdf2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (identifier, iterations) = (self.prf.identifier(), self.iterations);
        let alphabet = match self.encoding {
            Encoding::Authelia => {
                write!(f, "${identifier}${iterations}")?;
                Alphabet::Adapted
            }
            Encoding::Phc => {
                // The PHC name of the SHA-1 variant is not shortened.
                let name = pbkdf2_name(self.prf);
                write!(f, "${name}$i={iterations},l={}", self.key.len())?;
                Alphabet::Standard
            }
        };
        write!(f, "${}${}", alphabet.encode(&self.salt), alphabet.encode(&self.key))
    }
}

/// Reads iterations as Go does; go-crypt computes anything below 1 as 1.
fn lenient_iterations(text: &str) -> Result<u32, ParseError> {
    let number = signed(Field::Iterations, text).map_err(|error| match error {
        ParseError::Field { field, problem: Problem::OutOfRange { .. } } => {
            out_of_range(field, 1, MOST)
        }
        other => other,
    })?;
    u32::try_from(number.max(1)).map_err(|_| out_of_range(Field::Iterations, 1, MOST))
}

/// The maximum number of iterations: the key derivation counts in 32 bits.
const MOST: u64 = u32::MAX as u64;

/// Reads `i=310000,l=64`, where `l` may be left out: the iterations and the stated key length.
fn phc_parameters(text: &str) -> Result<(u32, Option<u64>), ParseError> {
    let fail = |field, problem| Err(ParseError::Field { field, problem });
    let (mut iterations, mut length) = (None, None);
    for (name, value) in pairs(text)? {
        let (field, slot) = match name {
            "i" => (Field::Iterations, &mut iterations),
            "l" => (Field::KeyLength, &mut length),
            _ => return fail(Field::Parameters, Problem::UnknownName("i, l")),
        };
        if value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit()) {
            return fail(field, Problem::NotANumber);
        }
        match value.parse() {
            Ok(number) if (1..=MOST).contains(&number) => *slot = Some(number),
            _ => return Err(out_of_range(field, 1, MOST)),
        }
    }
    match iterations.and_then(|number: u64| u32::try_from(number).ok()) {
        Some(iterations) => Ok((iterations, length)),
        None => fail(Field::Iterations, Problem::Empty),
    }
}

/// Returns the error for a missing field or for extra ones.
fn wrong_count(prf: Prf, fields: &[&str]) -> ParseError {
    let is_cost = |text: &str| text.contains('=') || lenient_iterations(text).is_ok();
    let is_key = |text: &str| {
        let key = Alphabet::Adapted.decode(Field::Key, text);
        key.is_ok_and(|key| key.len() == prf.output_length())
    };
    let field = match *fields {
        [cost, ..] if fields.len() < 3 && !is_cost(cost) => Field::Iterations,
        [] => Field::Iterations,
        [_] => Field::Salt,
        [_, only] if is_key(only) => Field::Salt,
        _ => Field::Key,
    };
    ParseError::fields(FORM, 4, fields, field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(cost: &str) -> Problem {
        match Pbkdf2::parse("pbkdf2-sha512", &[cost, "c2FsdA", "a2V5"]) {
            Err(ParseError::Field { problem, .. }) => problem,
            other => panic!("{cost}: {other:?}"),
        }
    }

    #[test]
    fn iterations_are_read_as_go_reads_them() {
        let iterations = |cost| lenient_iterations(cost).unwrap();
        assert_eq!(iterations("+001000"), 1000);
        assert_eq!(iterations("0"), 1);
        assert_eq!(iterations("-9223372036854775808"), 1);
        assert_eq!(problem(""), Problem::Empty);
        assert_eq!(problem("1e3"), Problem::NotANumber);
        let too_many = Problem::OutOfRange { min: 1, max: MOST };
        assert_eq!(problem("4294967296"), too_many);
        assert_eq!(problem("18446744073709551616"), too_many);
    }

    #[test]
    fn phc_parameters_are_read_strictly() {
        assert_eq!(phc_parameters("i=1000,l=64"), Ok((1000, Some(64))));
        assert_eq!(phc_parameters("i=1000"), Ok((1000, None)));
        assert_eq!(problem("i=1000,l=4"), Problem::LengthDisagrees { stated: 4, actual: 3 });
        assert_eq!(problem("l=3"), Problem::Empty);
        assert_eq!(problem("i=+1000"), Problem::NotANumber);
        assert_eq!(problem("i=0"), Problem::OutOfRange { min: 1, max: MOST });
        assert_eq!(problem("i=1000,"), Problem::NoEqualsSign);
        assert_eq!(problem("i=1000,x=1"), Problem::UnknownName("i, l"));
    }

    #[test]
    fn a_field_too_many_is_counted() {
        let error = Pbkdf2::parse("pbkdf2-sha512", &["1000", "c2FsdA", "a2V5", ""]);
        assert_eq!(error, Err(ParseError::ExtraFields { form: FORM, expected: 4, actual: 5 }));
    }
}
