//! Argon2 digests: `$argon2id$v=19$m=65536,t=3,p=4$SALT$KEY`.

mod cost;
pub(crate) mod variant;

use std::fmt;

use zeroize::Zeroizing;

/// The form of a digest.
pub(crate) const FORM: &str = "$argon2id$v=19$m=MEMORY,t=ITERATIONS,p=PARALLELISM$SALT$KEY";

pub use cost::Cost;
pub use variant::Variant;

use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::Alphabet;
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, pairs, unsigned};
use crate::kernel::argon2::Type;
use crate::kernel::memory;
use crate::kernel::{self, Kernel};

/// The only version that is supported (RFC 9106 §3.1).
const VERSION: u32 = 0x13;

/// The maximum number of lanes (RFC 9106 §3.1).
const MAX_LANES: u32 = 0xff_ffff;

/// Memory for one digest after the other.
pub(crate) type Arena = memory::Arena<::argon2::Block>;

/// Parameters of a new Argon2 digest; the defaults and bounds are Authelia's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The variant.
    pub variant: Variant,
    /// The work factor: memory of 8 KiB a lane or more, at least 1 iteration, 1 to 16,777,215
    /// lanes.
    pub cost: Cost,
    /// Salt, in bytes, 1 to 1,024.
    pub salt_length: usize,
    /// Key, in bytes, 4 to 1,024.
    pub key_length: usize,
}

impl Parameters {
    /// Authelia's defaults.
    #[must_use]
    pub const fn new(variant: Variant) -> Self {
        let cost = Cost { memory: 65_536, iterations: 3, parallelism: 4 };
        Self { variant, cost, salt_length: 16, key_length: 32 }
    }

    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.cost.iterations),
            ParameterName::Memory => Slot::Number(&mut self.cost.memory),
            ParameterName::Parallelism => Slot::Number(&mut self.cost.parallelism),
            ParameterName::SaltLength => Slot::Length(&mut self.salt_length),
            ParameterName::KeyLength => Slot::Length(&mut self.key_length),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        let Cost { memory, iterations, parallelism } = self.cost;
        ParameterName::Iterations.check(iterations.into(), 1, u32::MAX.into())?;
        ParameterName::Parallelism.check(parallelism.into(), 1, MAX_LANES.into())?;
        ParameterName::Memory.check(memory.into(), 8 * u64::from(parallelism), u32::MAX.into())?;
        ParameterName::SaltLength.check(self.salt_length as u64, 1, 1024)?;
        ParameterName::KeyLength.check(self.key_length as u64, 4, 1024)
    }
}

/// An Argon2 digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argon2 {
    variant: Variant,
    cost: Cost,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Argon2 {
    pub(crate) fn new(variant: Variant, cost: Cost, salt: Vec<u8>, key: Vec<u8>) -> Self {
        Self { variant, cost, salt, key }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(identifier: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let variant = Variant::from_identifier(identifier);
        let &[version, parameters, salt, key] = fields else {
            return Err(wrong_count(fields));
        };
        let cost = cost(&[parameters, version])?;
        let salt = Alphabet::Standard.decode(Field::Salt, salt)?;
        let key = Alphabet::Standard.decode(Field::Key, key)?;
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        Ok(Self { variant, cost, salt, key })
    }

    /// Returns the variant.
    #[must_use]
    pub const fn variant(&self) -> Variant {
        self.variant
    }

    /// Returns the work factor that is computed, with go-crypt's values where the digest states
    /// none.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Derives the key for a secret on at most `threads` threads, in memory that others have used and will
    /// use.
    pub(crate) fn derive_in(
        &self,
        arena: &mut Arena,
        secret: &[u8],
        threads: usize,
    ) -> Result<Key, DeriveError> {
        let parameters = self.kernel_parameters();
        let count = parameters.blocks();
        let needed = (count as u64) << 10;
        let blocks = arena.elements(count).ok_or(DeriveError::OutOfMemory { needed })?;
        let mut key = Zeroizing::new(vec![0; self.key.len()]);
        let (input, kernel) = ((secret, &self.salt[..]), Kernel::current());
        kernel::argon2::derive(kernel, &parameters, input, blocks, &mut key, threads)
            .map_err(|_| DeriveError::Refused("BLAKE2b refused the length of the key"))?;
        Ok(key)
    }

    fn kernel_parameters(&self) -> kernel::argon2::Parameters {
        let kind = match self.variant {
            Variant::Argon2d => Type::Argon2d,
            Variant::Argon2i => Type::Argon2i,
            Variant::Argon2id => Type::Argon2id,
        };
        let Cost { memory, iterations: passes, parallelism: lanes } = self.cost;
        kernel::argon2::Parameters { kind, version: VERSION, memory, passes, lanes }
    }
}

impl DigestFields for Argon2 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Argon2(self.variant)
    }

    fn salt(&self) -> &[u8] {
        &self.salt
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    /// Others refuse less memory than the lanes need, and what RFC 9106 §3.1 does not allow.
    fn is_portable(&self) -> bool {
        conforms(self.cost, &self.salt, &self.key)
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![
            Parameter::new("memory_kib", ParameterValue::Kibibytes(self.cost.memory.into())),
            Parameter::new("iterations", ParameterValue::Count(self.cost.iterations.into())),
            Parameter::new("parallelism", ParameterValue::Count(self.cost.parallelism.into())),
        ]
    }

    fn work(&self, _: usize) -> Work {
        let memory = self.cost.memory_used();
        let is_stated = u64::from(self.cost.memory) == memory;
        Work {
            memory: memory << 10,
            memory_parameter: if is_stated { Field::Memory } else { Field::Parallelism },
            steps: u128::from(memory) * u128::from(self.cost.iterations),
            parameter: Field::Iterations,
        }
    }

    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        /// Memory, in KiB, that is more than a core's share of most caches.
        const MEMORY: u32 = 16 << 10;
        /// Enough that the first pass, which also takes the memory, has its share and no more.
        const ITERATIONS: u32 = 3;
        let memory = self.cost.memory.min(MEMORY);
        let iterations = self.cost.iterations.min(ITERATIONS);
        let cost = Cost { memory, iterations, ..self.cost };
        Some(Box::new(Self::new(self.variant, cost, vec![0; 16], vec![0; 32])))
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        self.derive_in(&mut Arena::default(), secret, kernel::cores())
    }
}

impl fmt::Display for Argon2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { memory, iterations, parallelism } = self.cost;
        let identifier = self.variant.identifier();
        write!(f, "${identifier}$v=19$m={memory},t={iterations},p={parallelism}")?;
        let encode = |bytes| Alphabet::Standard.encode(bytes);
        write!(f, "${}${}", encode(&self.salt), encode(&self.key))
    }
}

/// Whether the parameters are within the bounds of RFC 9106 §3.1, and the salt within those that
/// implementations have.
fn conforms(cost: Cost, salt: &[u8], key: &[u8]) -> bool {
    u64::from(cost.memory) == cost.memory_used() && salt.len() >= 8 && key.len() >= 4
}

/// Reads the lists of parameters as go-crypt does: any order, the last of a name counts, and a
/// missing parameter or 0 gets go-crypt's default.
fn cost(lists: &[&str; 2]) -> Result<Cost, ParseError> {
    let (mut memory, mut iterations, mut parallelism) = (0, 0, 0);
    let lists = lists.map(pairs);
    for (name, value) in lists.into_iter().collect::<Result<Vec<_>, _>>()?.concat() {
        let fail = |field, problem| Err(ParseError::Field { field, problem });
        match name {
            "v" => match unsigned(Field::Version, value, u8::MAX.into())? {
                VERSION => {}
                other => return fail(Field::Version, Problem::WrongVersion(other)),
            },
            "m" => memory = unsigned(Field::Memory, value, u32::MAX)?,
            "t" => iterations = unsigned(Field::Iterations, value, u32::MAX)?,
            "p" => parallelism = unsigned(Field::Parallelism, value, MAX_LANES)?,
            "k" => _ = unsigned(Field::KeyLength, value, u32::MAX)?,
            _ => return fail(Field::Parameters, Problem::UnknownName("m, t, p, k, v")),
        }
    }
    let or = |value, default| if value == 0 { default } else { value };
    Ok(Cost {
        memory: or(memory, 32_768),
        iterations: or(iterations, 1),
        parallelism: or(parallelism, 4),
    })
}

/// Returns the error for a missing field or for extra ones.
fn wrong_count(fields: &[&str]) -> ParseError {
    /// Argon2's usual key length; salts are shorter.
    const KEY_LENGTH: usize = 32;
    let is_key = |text: &str| {
        let key = Alphabet::Standard.decode(Field::Key, text);
        key.is_ok_and(|key| key.len() >= KEY_LENGTH)
    };
    let field = match *fields {
        [] => Field::Version,
        [version, ..] if !version.starts_with("v=") => Field::Version,
        [_] => Field::Parameters,
        [_, parameters, ..] if !parameters.contains('=') => Field::Parameters,
        [_, _] => Field::Salt,
        [_, _, only] if is_key(only) => Field::Salt,
        _ => Field::Key,
    };
    ParseError::fields(FORM, 5, fields, field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_go_crypt_reads_them() {
        let standard = Cost { memory: 64, iterations: 2, parallelism: 1 };
        assert_eq!(cost(&["m=64,t=2,p=1", "v=19"]), Ok(standard));
        assert_eq!(cost(&["p=01,t=1,t=2,k=7", "m=64"]), Ok(standard));
        let defaults = Cost { memory: 32_768, iterations: 1, parallelism: 4 };
        assert_eq!(cost(&["v=19", "v=19"]), Ok(defaults));

        let fail = |list| match cost(&[list, "v=19"]) {
            Err(ParseError::Field { field, problem }) => (field, problem),
            other => panic!("{other:?}"),
        };
        assert_eq!(fail(""), (Field::Parameters, Problem::NoEqualsSign));
        assert_eq!(fail("x=1"), (Field::Parameters, Problem::UnknownName("m, t, p, k, v")));
        assert_eq!(fail("t=+2"), (Field::Iterations, Problem::NotANumber));
        assert_eq!(fail("v=16"), (Field::Version, Problem::WrongVersion(16)));
        let out_of_range = Problem::OutOfRange { min: 0, max: 0xff_ffff };
        assert_eq!(fail("p=1073741824"), (Field::Parallelism, out_of_range));
    }
}
