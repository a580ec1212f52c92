//! scrypt digests (RFC 7914): `$scrypt$ln=16,r=8,p=1$SALT$KEY`.

use std::fmt;

use crate::digest::algorithm::Algorithm;
use crate::digest::alphabet::Alphabet;
use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem, Slot,
};
use crate::digest::fields::{DigestFields, Key, Parameter, ParameterValue, Work};
use crate::digest::go_syntax::{empty, out_of_range, pairs, signed};
use crate::kernel::Kernel;
use crate::kernel::scrypt::{self, Job};

/// The form of a digest.
pub(crate) const FORM: &str = "$scrypt$ln=LOG2_N,r=BLOCK_SIZE,p=PARALLELISM$SALT$KEY";

/// scrypt's work factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The binary logarithm of N, the number of blocks (`ln=`); at most 62.
    pub log_n: u32,
    /// The block size, in units of 128 bytes (`r=`).
    pub block_size: u32,
    /// The number of independent passes, computed one after the other (`p=`).
    pub parallelism: u32,
}

impl Cost {
    /// Authelia's default.
    pub(crate) const DEFAULT: Self = Self { log_n: 16, block_size: 8, parallelism: 1 };

    /// The bytes of a unit of the block size.
    const UNIT: u64 = 128;

    /// The memory that is used, in bytes; `u64::MAX` if that is not enough to say it.
    pub(crate) fn memory(self) -> u64 {
        let blocks = (1_u64 << self.log_n) + u64::from(self.parallelism) + 2;
        blocks.saturating_mul(Self::UNIT * u64::from(self.block_size))
    }

    /// Counts the calls of Salsa20/8 on two blocks, which take nearly all of the time.
    pub(crate) fn work(self) -> Work {
        /// The log2 of N from which the error for too much memory names N, not the block size.
        const LARGE: u32 = 21;
        let n = 1_u128 << self.log_n;
        let passes = u128::from(self.parallelism);
        let memory_parameter = match self.log_n {
            _ if passes > n => Field::Parallelism,
            LARGE.. => Field::LogN,
            _ => Field::BlockSize,
        };
        let parameter = if passes > 1 << 10 { Field::Parallelism } else { Field::LogN };
        let steps = n * u128::from(self.block_size) * passes;
        Work { memory: self.memory(), memory_parameter, steps, parameter }
    }

    /// Returns the same block size with just enough memory to measure the time of a block, its first use
    /// included. The first use of less takes a smaller share: the system gives what others have just freed.
    pub(crate) fn sample(self) -> Self {
        const MEMORY: u64 = 16 << 20;
        /// The first of these also takes the memory.
        const PASSES: u32 = 2;
        let mut sample = Self { parallelism: self.parallelism.min(PASSES), ..self };
        while sample.log_n > 1 && sample.memory() > MEMORY {
            sample.log_n -= 1;
        }
        sample
    }
}

/// Parameters of a new scrypt digest; the defaults and bounds are Authelia's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The work factor: `log_n` 1 to 58, block size and parallelism at least 1 and together (their
    /// product) below 2^30.
    pub cost: Cost,
    /// Salt, in bytes, 8 to 1,024.
    pub salt_length: usize,
    /// Key, in bytes, 16 to 1,024.
    pub key_length: usize,
}

impl Default for Parameters {
    /// Authelia's defaults.
    fn default() -> Self {
        Self { cost: Cost::DEFAULT, salt_length: 16, key_length: 32 }
    }
}

impl Parameters {
    /// Returns the place of a parameter, if the algorithm has it.
    pub(crate) fn slot(&mut self, name: ParameterName) -> Option<Slot<'_>> {
        Some(match name {
            ParameterName::Iterations => Slot::Number(&mut self.cost.log_n),
            ParameterName::BlockSize => Slot::Number(&mut self.cost.block_size),
            ParameterName::Parallelism => Slot::Number(&mut self.cost.parallelism),
            ParameterName::SaltLength => Slot::Length(&mut self.salt_length),
            ParameterName::KeyLength => Slot::Length(&mut self.key_length),
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), ParameterError> {
        let Cost { log_n, block_size, parallelism } = self.cost;
        ParameterName::Iterations.check(log_n.into(), 1, 58)?;
        ParameterName::BlockSize.check(block_size.into(), 1, (1 << 30) - 1)?;
        let max = ((1 << 30) - 1) / u64::from(block_size);
        ParameterName::Parallelism.check(parallelism.into(), 1, max)?;
        ParameterName::SaltLength.check(self.salt_length as u64, 8, 1024)?;
        ParameterName::KeyLength.check(self.key_length as u64, 16, 1024)
    }
}

/// A scrypt digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrypt {
    cost: Cost,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Scrypt {
    pub(crate) fn new(cost: Cost, salt: Vec<u8>, key: Vec<u8>) -> Self {
        Self { cost, salt, key }
    }

    /// Parses the fields after the identifier.
    pub(crate) fn parse(_: &str, fields: &[&str]) -> Result<Self, ParseError> {
        let &[parameters, salt, key] = fields else {
            let field = match fields {
                [] => Field::Parameters,
                [first, ..] if !first.contains('=') => Field::Parameters,
                [_] => Field::Salt,
                _ => Field::Key,
            };
            return Err(ParseError::fields(FORM, 4, fields, field));
        };
        let cost = cost(parameters)?;
        let salt = Alphabet::Standard.decode(Field::Salt, salt)?;
        let key = Alphabet::Standard.decode(Field::Key, key)?;
        if key.is_empty() {
            return Err(empty(Field::Key));
        }
        Ok(Self { cost, salt, key })
    }

    /// Returns the work factor that is computed, with go-crypt's values where the digest states
    /// none.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }
}

impl Scrypt {
    /// Returns the job of the kernel that derives the key for a secret.
    pub(crate) fn job<'a>(&'a self, secret: &'a [u8]) -> Result<Job<'a>, DeriveError> {
        let Cost { log_n, block_size, parallelism } = self.cost;
        let refused = DeriveError::Refused("scrypt refused its parameters");
        let log_n = u8::try_from(log_n).map_err(|_| refused)?;
        let parameters = scrypt::Parameters::new(log_n, block_size, parallelism).ok_or(refused)?;
        let (salt, key_length) = (&self.salt, self.key.len());
        Ok(Job { parameters, secret, salt, key_length, key: None })
    }

    /// Returns the key of a job that has been done.
    pub(crate) fn derived_key(&self, job: Job<'_>) -> Result<Key, DeriveError> {
        job.key.ok_or(DeriveError::OutOfMemory { needed: self.cost.memory() })
    }

    /// Returns the number of instances side by side for a digest alone. Why not always the maximum? Each
    /// needs memory of its own, and a limit on memory counts that of one.
    fn instances_alone(&self) -> usize {
        const MEMORY: u64 = 128 << 20;
        usize::try_from(MEMORY / self.cost.memory()).unwrap_or(usize::MAX).max(1)
    }
}

impl DigestFields for Scrypt {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Scrypt
    }

    fn salt(&self) -> &[u8] {
        &self.salt
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn parameters(&self) -> Vec<Parameter> {
        vec![
            Parameter::new("ln", ParameterValue::Log2(self.cost.log_n)),
            Parameter::new("block_size", ParameterValue::Count(self.cost.block_size.into())),
            Parameter::new("parallelism", ParameterValue::Count(self.cost.parallelism.into())),
            Parameter::new("memory_kib", ParameterValue::Kibibytes(self.cost.memory() >> 10)),
        ]
    }

    fn work(&self, _: usize) -> Work {
        self.cost.work()
    }

    fn sample(&self) -> Option<Box<dyn DigestFields>> {
        let (cost, salt, key) = (self.cost.sample(), vec![0; 16], vec![0; 16]);
        Some(Box::new(Self { cost, salt, key }))
    }

    fn derive(&self, secret: &[u8]) -> Result<Key, DeriveError> {
        let mut job = self.job(secret)?;
        Kernel::current().scrypt(std::slice::from_mut(&mut job), 1, self.instances_alone());
        self.derived_key(job)
    }
}

impl fmt::Display for Scrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { log_n, block_size, parallelism } = self.cost;
        let encode = |bytes| Alphabet::Standard.encode(bytes);
        write!(f, "$scrypt$ln={log_n},r={block_size},p={parallelism}")?;
        write!(f, "${}${}", encode(&self.salt), encode(&self.key))
    }
}

/// Reads the parameters as go-crypt does: any order, the last of a name counts, and a missing
/// parameter gets the default.
fn cost(list: &str) -> Result<Cost, ParseError> {
    /// go-crypt refuses a larger N, or panics. No machine has memory for this one.
    const MAX_LOG_N: i64 = 62;
    const MAX: i64 = (1 << 30) - 1;
    let mut cost = Cost::DEFAULT;
    for (name, value) in pairs(list)? {
        let (field, max, place) = match name {
            "ln" => (Field::LogN, MAX_LOG_N, &mut cost.log_n),
            "r" => (Field::BlockSize, MAX, &mut cost.block_size),
            "p" => (Field::Parallelism, MAX, &mut cost.parallelism),
            _ => {
                let problem = Problem::UnknownName("ln, r, p");
                return Err(ParseError::Field { field: Field::Parameters, problem });
            }
        };
        let number = signed(field, value)?;
        let in_range = u32::try_from(number).ok().filter(|_| (1..=max).contains(&number));
        *place = in_range.ok_or_else(|| out_of_range(field, 1, max.unsigned_abs()))?;
    }
    if u64::from(cost.block_size) * u64::from(cost.parallelism) > MAX.unsigned_abs() {
        let max = MAX.unsigned_abs() / u64::from(cost.block_size);
        return Err(out_of_range(Field::Parallelism, 1, max));
    }
    Ok(cost)
}
