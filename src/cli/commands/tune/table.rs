//! The table of the costs around the chosen one, with the command that uses it.

use std::fmt::Write as _;

use super::growth::{Growth, Step, within};
use super::measure::Batch;
use super::work_factor::WorkFactor;
use crate::cli::failure::Failure;

/// A work factor with its result.
pub(super) struct Tuned {
    pub(super) work: WorkFactor,
    pub(super) chosen: u32,
    /// On the provider's machine.
    pub(super) growth: Growth,
    pub(super) batch: Batch,
}

impl Tuned {
    /// Returns the time of the chosen digest, in milliseconds.
    pub(super) fn time(&self) -> f64 {
        self.growth.time(self.chosen)
    }

    /// Formats the costs around the chosen one, and how to use it.
    pub(super) fn table(&self, target: f64, cores: u32) -> Result<String, Failure> {
        let all_cores = format!("batch, {cores} cores");
        let mut text = format!(
            "{:>12}{:>14}{:>18}{all_cores:>18}\n",
            self.work.name, "one digest", "batch, one core"
        );
        // Writing to a string cannot fail.
        for cost in self.rows() {
            let one = self.growth.time(cost);
            let rate = |share: f64| 1e3 / (one * share);
            let (a_core, all, mark) =
                (rate(self.batch.core), rate(self.batch.all), self.mark(cost, target));
            let _ = writeln!(text, "{cost:>12}{one:>11.1} ms{a_core:>16.1}/s{all:>16.1}/s{mark}");
        }
        let _ = writeln!(text, "\noidc-secret {}", self.command()?);
        Ok(text)
    }

    /// Returns the arguments of the command that makes such a digest.
    pub(super) fn command(&self) -> Result<String, Failure> {
        Ok(format!("hash {}", self.work.arguments(self.chosen)?))
    }

    /// Returns the costs of half and of twice the work, the chosen one and Authelia's default.
    fn rows(&self) -> Vec<u32> {
        let chosen = self.chosen;
        let around = match self.work.step {
            Step::One => [chosen / 2, chosen.saturating_mul(2)],
            Step::Double => [chosen.saturating_sub(1), chosen + 1],
        };
        let mut rows = Vec::from_iter(self.work.default());
        rows.extend(around);
        // `hash` refuses other costs.
        rows.retain(|&cost| self.work.with(cost).is_ok());
        rows.push(chosen);
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    fn mark(&self, cost: u32, target: f64) -> &'static str {
        let is_over = self.growth.time(cost) > within(target);
        match Some(cost) {
            Some(cost) if cost == self.chosen => "  <- chosen",
            default if default == self.work.default() => "  Authelia's default",
            _ if is_over => "  over the target",
            _ => "",
        }
    }
}
