//! The work factor of each algorithm: at least the recommended minimum, at most what the format and the
//! memory allow.

use std::ops::RangeInclusive;

use oidc_secret::digest::{ParameterName, argon2, bcrypt, pbkdf2, scrypt, sha2crypt, yescrypt};
use oidc_secret::recommendations::{
    OWASP_ARGON2, OWASP_SCRYPT, owasp_argon2, owasp_pbkdf2, owasp_scrypt,
};
use oidc_secret::{Algorithm, Limits, Parameters};

use super::growth::Step;
use super::work_factor::WorkFactor;
use crate::cli::failure::{Failure, no_such_parameter};
use crate::cli::machine::memory_limit;

/// Restrictions of the work factor.
#[derive(Clone, Copy)]
pub(super) struct Restrictions {
    /// In KiB.
    pub(super) memory: Option<u64>,
    pub(super) parallelism: Option<u32>,
    pub(super) allow_weak: bool,
}

impl Restrictions {
    /// Returns the work factor of an algorithm.
    pub(super) fn work_factor(self, algorithm: Algorithm) -> Result<WorkFactor, Failure> {
        let mut parameters = Parameters::try_from(algorithm)?;
        if let Some(parallelism) = self.parallelism {
            parameters.set(ParameterName::Parallelism, parallelism.into())?;
        }
        match parameters {
            Parameters::Argon2(parameters) => self.argon2(parameters),
            Parameters::Scrypt(parameters) => self.scrypt(parameters),
            Parameters::Yescrypt(parameters) => self.yescrypt(parameters),
            _ if self.memory.is_some() => Err(no_such_parameter("memory", algorithm)),
            Parameters::Pbkdf2(parameters) => Ok(self.pbkdf2(parameters)),
            Parameters::Bcrypt(parameters) => Ok(bcrypt(parameters)),
            Parameters::Sha2Crypt(parameters) => Ok(self.sha2crypt(parameters)),
            _ => Err(Failure::new(format!("{algorithm} cannot be tuned"))),
        }
    }

    /// Returns more passes as the work factor, once the memory allows no larger N; `None` if the algorithm
    /// does not have passes, or their number is given.
    pub(super) fn passes(self, of: &WorkFactor) -> Option<WorkFactor> {
        match &of.parameters {
            Parameters::Scrypt(parameters) if self.parallelism.is_none() => {
                (of.step == Step::Double).then(|| self.scrypt_passes(parameters, *of.range.end()))
            }
            _ => None,
        }
    }

    fn pbkdf2(self, parameters: pbkdf2::Parameters) -> WorkFactor {
        let owasp = owasp_pbkdf2(parameters.prf);
        let least = if self.allow_weak { pbkdf2::MIN_ITERATIONS } else { owasp };
        let range = least..=i32::MAX.unsigned_abs();
        let start = pbkdf2::MIN_ITERATIONS;
        iterations("iterations", Parameters::Pbkdf2(parameters), start, range)
    }

    /// OWASP recommends no minimum for it, so that Authelia's default is one.
    fn sha2crypt(self, parameters: sha2crypt::Parameters) -> WorkFactor {
        /// The specification's maximum.
        const MAX_ROUNDS: u32 = 999_999_999;
        /// Some milliseconds.
        const START: u32 = 10_000;
        let least = if self.allow_weak { sha2crypt::MIN_ROUNDS } else { parameters.rounds };
        let parameters = Parameters::Sha2Crypt(parameters);
        iterations("rounds", parameters, START, least..=MAX_ROUNDS)
    }

    /// Returns the passes over a fixed memory.
    fn argon2(self, parameters: argon2::Parameters) -> Result<WorkFactor, Failure> {
        let least = OWASP_ARGON2.iter().map(|(memory, _)| u64::from(*memory)).min();
        let least = least.filter(|_| !self.allow_weak).unwrap_or(0);
        let memory = match self.memory {
            Some(_) => self.memory_limit(least, "OWASP recommends")?,
            None => self.memory_limit(least, "")?.min(parameters.cost.memory.into()),
        };
        let mut parameters = Parameters::Argon2(parameters);
        parameters.set(ParameterName::Memory, memory)?;
        let owasp = u32::try_from(memory).ok().and_then(owasp_argon2);
        let least = owasp.filter(|_| !self.allow_weak).unwrap_or(1);
        Ok(iterations("iterations", parameters, 1, least..=u32::MAX))
    }

    /// Returns the binary logarithm of N, or the passes if N is limited so far that one is too weak.
    fn scrypt(self, parameters: scrypt::Parameters) -> Result<WorkFactor, Failure> {
        let least = self.least_log_n(self.parallelism.unwrap_or(u32::MAX));
        let given = self.parallelism.map(|passes| format!("with --parallelism {passes} "));
        let reason = format!("{}OWASP recommends", given.unwrap_or_default());
        let most = log_n(self.memory_limit(kibibytes(least), &reason)?);
        let least = self.least_log_n(self.parallelism.unwrap_or(1));
        if most < least {
            return Ok(self.scrypt_passes(&parameters, most));
        }
        Ok(power_of_two(Parameters::Scrypt(parameters), least..=most))
    }

    /// Returns the minimum of the binary logarithm of N for this number of passes or fewer.
    fn least_log_n(self, passes: u32) -> u32 {
        let allowed = OWASP_SCRYPT.iter().filter(|(_, least)| passes >= *least);
        let owasp = allowed.map(|(log_n, _)| *log_n).min();
        owasp.filter(|_| !self.allow_weak).unwrap_or(1)
    }

    /// Returns the passes over the memory of an N.
    fn scrypt_passes(self, parameters: &scrypt::Parameters, log_n: u32) -> WorkFactor {
        /// Maximum of the product with the block size.
        const MAX: u32 = (1 << 30) - 1;
        let owasp = owasp_scrypt(log_n).filter(|_| !self.allow_weak);
        let range = owasp.unwrap_or(1)..=MAX / parameters.cost.block_size;
        let mut parameters = parameters.clone();
        parameters.cost.log_n = log_n;
        let parameters = Parameters::Scrypt(parameters);
        let parameter = ParameterName::Parallelism;
        WorkFactor { parameter, ..iterations("parallelism", parameters, 1, range) }
    }

    /// OWASP recommends no minimum for it, so that Authelia's default is one.
    fn yescrypt(self, parameters: yescrypt::Parameters) -> Result<WorkFactor, Failure> {
        /// The format's minimum.
        const MIN_LOG_N: u32 = 2;
        let least = if self.allow_weak { MIN_LOG_N } else { parameters.cost.log_n };
        let most = log_n(self.memory_limit(kibibytes(least), "Authelia's default needs")?);
        Ok(power_of_two(Parameters::Yescrypt(parameters), least..=most))
    }

    /// Returns the memory that a digest may use, in KiB: that given, or a quarter of the machine's and not
    /// more than `verify` accepts.
    fn memory_limit(self, least: u64, reason: &str) -> Result<u64, Failure> {
        // Half, since the memory of scrypt is a little more than the power of two.
        let accepted = Limits::default().memory >> 10 >> 1;
        match self.memory {
            Some(given) if given < least => {
                let text = format!("--memory is {given} KiB; {reason} at least {least} KiB");
                let weaker =
                    if self.allow_weak { "raise it" } else { "raise it, or add --allow-weak" };
                Err(Failure::new(text).hint(weaker))
            }
            Some(given) => Ok(given),
            None => Ok((memory_limit() / 4).min(accepted).max(least)),
        }
    }
}

fn bcrypt(parameters: bcrypt::Parameters) -> WorkFactor {
    let range = bcrypt::MIN_COST..=31;
    let all = power_of_two(Parameters::Bcrypt(parameters), range);
    WorkFactor { name: "cost", start: bcrypt::MIN_COST, is_limited_by_memory: false, ..all }
}

/// Returns a work factor that grows in steps of one.
fn iterations(
    name: &'static str,
    parameters: Parameters,
    start: u32,
    range: RangeInclusive<u32>,
) -> WorkFactor {
    WorkFactor {
        parameters,
        parameter: ParameterName::Iterations,
        name,
        step: Step::One,
        start,
        range,
        is_limited_by_memory: false,
    }
}

/// Returns the binary logarithm of N as the work factor.
fn power_of_two(parameters: Parameters, range: RangeInclusive<u32>) -> WorkFactor {
    /// 4 MiB, which take some milliseconds.
    const START: u32 = 12;
    WorkFactor {
        parameters,
        parameter: ParameterName::Iterations,
        name: "ln",
        step: Step::Double,
        start: START.min(*range.end()),
        range,
        is_limited_by_memory: true,
    }
}

/// Returns the memory of an N, in KiB: a block of 8 times 128 bytes each. Why not that of the digest? Its
/// few further blocks would make `--memory 64MiB` exclude an N of 2^16.
const fn kibibytes(log_n: u32) -> u64 {
    1 << log_n
}

/// Returns the binary logarithm of the largest N that fits into the memory, in KiB.
fn log_n(memory: u64) -> u32 {
    /// The format's maximum for yescrypt. A digest of 2^48 KiB fits into no machine.
    const MAX: u32 = 48;
    memory.checked_ilog2().unwrap_or(0).min(MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work_factor(algorithm: &str, restrictions: Restrictions) -> WorkFactor {
        restrictions.work_factor(algorithm.parse().unwrap()).unwrap()
    }

    const NONE: Restrictions = Restrictions { memory: None, parallelism: None, allow_weak: false };

    #[test]
    fn scrypt_has_owasps_equivalents() {
        let cases = [
            (256, None, ("ln", 17, 18)),
            (128, None, ("ln", 17, 17)),
            (64, None, ("parallelism", 2, 134_217_727)),
            (40, None, ("parallelism", 3, 134_217_727)),
            (8, None, ("parallelism", 10, 134_217_727)),
            (64, Some(4), ("ln", 15, 16)),
            (1024, Some(10), ("ln", 13, 20)),
        ];
        for (mebibytes, parallelism, expected) in cases {
            let memory = Some(mebibytes << 10);
            let found = work_factor("scrypt", Restrictions { memory, parallelism, ..NONE });
            let actual = (found.name, *found.range.start(), *found.range.end());
            assert_eq!(actual, expected, "{mebibytes} MiB, {parallelism:?}");
            let least = found.with(*found.range.start()).unwrap();
            let Parameters::Scrypt(scrypt) = least else { panic!("{least:?}") };
            assert!(scrypt.cost.parallelism >= owasp_scrypt(scrypt.cost.log_n).unwrap());
        }
    }

    #[test]
    fn every_bound_is_accepted() {
        for algorithm in Algorithm::recommended() {
            for allow_weak in [false, true] {
                let found = work_factor(algorithm.name(), Restrictions { allow_weak, ..NONE });
                for cost in [*found.range.start(), *found.range.end(), found.start] {
                    assert!(found.with(cost).is_ok(), "{algorithm} {cost}");
                }
            }
        }
    }

    #[test]
    fn passes_follow_only_where_the_algorithm_has_them() {
        let found = work_factor("scrypt", NONE);
        let passes = NONE.passes(&found).unwrap();
        assert_eq!((passes.name, *passes.range.start()), ("parallelism", 1));
        assert!(NONE.passes(&passes).is_none());
        assert!(Restrictions { parallelism: Some(1), ..NONE }.passes(&found).is_none());
        assert!(NONE.passes(&work_factor("yescrypt", NONE)).is_none());
    }
}
