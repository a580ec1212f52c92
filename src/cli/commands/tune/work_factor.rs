//! The parameter that decides the time of a digest, with its bounds.

use std::ops::RangeInclusive;

use oidc_secret::Parameters;
use oidc_secret::digest::{ParameterName, argon2, scrypt};

use super::growth::Step;
use crate::cli::failure::Failure;

/// The parameter that decides the time of a digest.
pub(super) struct WorkFactor {
    /// All parameters, with any value for the work factor.
    pub(super) parameters: Parameters,
    /// The parameter of the work factor, and its name in the table.
    pub(super) parameter: ParameterName,
    pub(super) name: &'static str,
    pub(super) step: Step,
    /// A cost that is quick to measure.
    pub(super) start: u32,
    pub(super) range: RangeInclusive<u32>,
    /// Whether the maximum is the memory's.
    pub(super) is_limited_by_memory: bool,
}

impl WorkFactor {
    /// Returns the parameters with a cost.
    pub(super) fn with(&self, cost: u32) -> Result<Parameters, Failure> {
        let mut parameters = self.parameters.clone();
        parameters.set(self.parameter, cost.into())?;
        parameters.check()?;
        Ok(parameters)
    }

    /// Returns the cost of Authelia's default; `None` if another parameter differs from it.
    pub(super) fn default(&self) -> Option<u32> {
        let default = Parameters::try_from(self.parameters.algorithm()).ok()?;
        let cost = match &default {
            Parameters::Pbkdf2(pbkdf2) => pbkdf2.iterations,
            Parameters::Argon2(argon2) => argon2.cost.iterations,
            Parameters::Bcrypt(bcrypt) => bcrypt.cost,
            Parameters::Scrypt(scrypt) => scrypt.cost.log_n,
            Parameters::Yescrypt(yescrypt) => yescrypt.cost.log_n,
            Parameters::Sha2Crypt(sha2crypt) => sha2crypt.rounds,
            _ => return None,
        };
        self.with(cost).is_ok_and(|parameters| parameters == default).then_some(cost)
    }

    /// Whether the time depends on the speed of the memory.
    pub(super) fn needs_memory(&self) -> bool {
        use Parameters::{Bcrypt, Pbkdf2, Sha2Crypt};
        !matches!(self.parameters, Bcrypt(_) | Pbkdf2(_) | Sha2Crypt(_))
    }

    /// Returns the number of cores that one digest uses.
    pub(super) fn cores_of_one(&self, cores: u32) -> u32 {
        match &self.parameters {
            Parameters::Argon2(argon2) => argon2.cost.parallelism.min(cores),
            _ => 1,
        }
    }

    /// Returns the arguments of `hash` for a cost.
    pub(super) fn arguments(&self, cost: u32) -> Result<String, Failure> {
        let parameters = self.with(cost)?;
        let algorithm = parameters.algorithm();
        let cost = match parameters {
            Parameters::Bcrypt(_) => format!("--cost {cost}"),
            Parameters::Sha2Crypt(_) => format!("--rounds {cost}"),
            Parameters::Argon2(argon2) => {
                let argon2::Cost { memory, iterations, parallelism } = argon2.cost;
                format!(
                    "--iterations {iterations} --memory {memory}KiB --parallelism {parallelism}"
                )
            }
            Parameters::Scrypt(scrypt) => {
                let scrypt::Cost { log_n, parallelism, .. } = scrypt.cost;
                format!("--iterations {log_n} --parallelism {parallelism}")
            }
            _ => format!("--iterations {cost}"),
        };
        Ok(format!("--algorithm {algorithm} {cost}"))
    }
}
