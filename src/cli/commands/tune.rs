//! `tune`: finds the work factor for a target time on this machine.

mod bounds;
mod growth;
mod measure;
mod search;
mod table;
mod work_factor;

use std::process::ExitCode;
use std::time::Duration;

use bounds::Restrictions;
use growth::{Growth, within};
use oidc_secret::{Algorithm, Kernel};
use search::search;
use serde::Serialize;
use serde_json::{Map, Value};
use table::Tuned;
use work_factor::WorkFactor;

use crate::cli::args::values::{Format, algorithm, duration, kibibytes, with_values};
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::machine::cores;
use crate::cli::terminal::output::{Stdout, hint, warn};

/// Typical timeout of applications for a token request.
const CLIENT_TIMEOUT_MS: f64 = 3000.0;

/// Find the work factor for a target time on this machine
#[derive(clap::Args)]
#[command(after_long_help = "\
Every token request costs the provider one digest, and many applications give up after 3 s. A \
random secret of 72 characters cannot be guessed at any work factor, so a low one is enough for \
it. The times are those of this program; another implementation may need half as much again.

The result is the largest work factor that takes at most 5% more than the target; iterations, \
passes and rounds are rounded down to two digits. bcrypt, scrypt and yescrypt grow by powers of \
two, so that their result may take little more than half of the target. A digest of more than 5 s \
is not measured, but extrapolated from a shorter one.

Unless --allow-weak is given, the result is never below OWASP's recommendations (pbkdf2: 220000 \
iterations with SHA-512 or SHA-384, 600000 with SHA-256 or SHA-224, 1400000 with SHA-1; argon2: \
19 MiB and 2 passes, or 46 MiB and 1; bcrypt: a cost of 10; scrypt: ln 17, or with a larger \
parallelism: ln 16 and 2, 15 and 3, 14 and 5, 13 and 10). OWASP has none for yescrypt and \
SHA-crypt; there Authelia's defaults are the minimum. The result is never below Authelia's minimum.

With --format json the output is {\"version\": 1, \"algorithm\", \"target_ms\", \"parameters\": \
as in `inspect`, \"measured_ms\": the time of one digest, \"digest_ms_per_core\": the time per \
digest and core in a batch, \"digests_per_second\": in a batch on all cores, \"kernel\", \
\"command\": the arguments of `oidc-secret` for such a digest}.

Examples:
  oidc-secret tune
  oidc-secret tune --target 250ms --algorithm argon2id
  oidc-secret tune --algorithm scrypt --memory 64MiB
  oidc-secret tune --rate 50/s --cores 4
  oidc-secret tune --factor 8              for a device that is eight times slower")]
pub(crate) struct TuneArgs {
    /// Algorithm to tune
    #[arg(long, short, value_name = "NAME", default_value = "pbkdf2-sha512",
          value_parser = algorithm(Algorithm::recommended()),
          hide_possible_values = true,
          long_help = with_values("Algorithm to tune", Algorithm::recommended().map(Algorithm::name)))]
    algorithm: Algorithm,
    /// Time that one digest may take
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = duration,
          conflicts_with = "rate")]
    target: Duration,
    /// Digests that must be possible, as in `50/s`
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<f64>,
    /// Cores that share the rate [default: those of this machine]
    #[arg(long, value_name = "N", requires = "rate",
          value_parser = clap::value_parser!(u32).range(1..=4096))]
    cores: Option<u32>,
    /// How many times slower the provider's machine is
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor)]
    factor: f64,
    /// Memory of a digest (argon2), or its maximum (scrypt, yescrypt), as in `64MiB`
    ///
    /// A plain number is KiB. argon2 uses exactly this much. For scrypt and yescrypt, N is the largest power
    /// of two within the target whose 128 * block size * N bytes fit. Default: a quarter of the memory of the
    /// machine or the container, for argon2 at most 64 MiB, for the others at most 1 GiB.
    #[arg(long, value_name = "SIZE", value_parser = kibibytes)]
    memory: Option<u64>,
    /// Parallelism (argon2 lanes; scrypt p) [default: 4; scrypt: tuned]
    ///
    /// The p of scrypt is 1, and larger only if the memory allows no larger N.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    parallelism: Option<u32>,
    /// Allow a work factor below the recommended minimum
    #[arg(long)]
    allow_weak: bool,
    /// Output format
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
}

pub(crate) fn run(args: &TuneArgs) -> Result<ExitCode, Failure> {
    let cores = cores();
    let target = match args.rate {
        Some(rate) => 1e3 * f64::from(args.cores.unwrap_or(cores)) / rate,
        None => args.target.as_secs_f64() * 1e3,
    };
    let tuned = tuned(args, target / args.factor, cores)?;
    advise(args, target, &tuned);
    let text = match args.format {
        Format::Text => tuned.table(target, cores)?,
        Format::Json => json(args, target, &tuned)?,
    };
    Stdout::for_result()?.write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Finds the work factor for a time on this machine.
fn tuned(args: &TuneArgs, target: f64, cores: u32) -> Result<Tuned, Failure> {
    let restrictions = Restrictions {
        memory: args.memory,
        parallelism: args.parallelism,
        allow_weak: args.allow_weak,
    };
    let mut work = restrictions.work_factor(args.algorithm)?;
    let (mut chosen, mut growth) = search_of(&work, target)?;
    if chosen == *work.range.end()
        && growth.time(chosen) * 2.0 <= target
        && let Some(passes) = restrictions.passes(&work)
    {
        work = passes;
        (chosen, growth) = search_of(&work, target)?;
    }
    let batch = measure::batch(&work, chosen, &growth, cores)?;
    Ok(Tuned { work, chosen, growth: growth.slower(args.factor), batch })
}

fn search_of(work: &WorkFactor, target: f64) -> Result<(u32, Growth), Failure> {
    let start = (work.start, measure::growth(work)?);
    search(&work.range, start, target, |cost| measure::time(&work.with(cost)?))
}

#[derive(Serialize)]
struct Output {
    version: u32,
    algorithm: &'static str,
    target_ms: f64,
    parameters: Map<String, Value>,
    measured_ms: f64,
    digest_ms_per_core: f64,
    digests_per_second: f64,
    kernel: &'static str,
    command: String,
}

fn json(args: &TuneArgs, target: f64, tuned: &Tuned) -> Result<String, Failure> {
    let time = tuned.time();
    let parameters = tuned.work.with(tuned.chosen)?;
    let output = Output {
        version: 1,
        algorithm: args.algorithm.name(),
        target_ms: hundredths(target),
        parameters: json::parameters(&parameters.list()),
        measured_ms: hundredths(time),
        digest_ms_per_core: hundredths(time * tuned.batch.core),
        digests_per_second: hundredths(1e3 / (time * tuned.batch.all)),
        kernel: Kernel::current().name(),
        command: tuned.command()?,
    };
    Ok(String::from_utf8_lossy(&json::line(&output)?).into_owned())
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn advise(args: &TuneArgs, target: f64, tuned: &Tuned) {
    let (time, range) = (tuned.time(), &tuned.work.range);
    if tuned.chosen == *range.start() && time > within(target) {
        // bcrypt's recommended minimum is the one that Authelia accepts.
        let can_be_weaker = !args.allow_weak && args.algorithm.format().name != "bcrypt";
        let weaker = if can_be_weaker { "; use --allow-weak to go lower" } else { "" };
        warn(&format!(
            "the recommended minimum takes {time:.0} ms, more than {target:.0} ms{weaker}"
        ));
    }
    if tuned.work.is_limited_by_memory && tuned.chosen == *range.end() && time * 2.0 <= target {
        warn(&format!(
            "the memory limit allows at most ln {}; raise it with --memory",
            range.end()
        ));
    }
    if time > CLIENT_TIMEOUT_MS {
        warn("many applications give up on a token request after 3 s");
    }
    hint(&format!("each token request costs the provider one digest: about {time:.0} ms"));
}

fn rate(text: &str) -> Result<f64, String> {
    positive(text.trim_end_matches("/s")).ok_or_else(|| "write it as 50/s".to_owned())
}

fn factor(text: &str) -> Result<f64, String> {
    positive(text).ok_or_else(|| "write it as a number above 0, such as 8".to_owned())
}

fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0 && *number < 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_factors_are_positive_numbers() {
        assert_eq!((rate("50/s"), rate("0.5")), (Ok(50.0), Ok(0.5)));
        assert_eq!(factor("8"), Ok(8.0));
        for bad in ["", "0", "-1", "NaN", "inf", "x/s", "1e300"] {
            assert!(rate(bad).is_err() && factor(bad).is_err(), "{bad}");
        }
    }
}
