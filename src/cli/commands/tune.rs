//! `tune`: finds the work factor for a target time on this machine.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use oidc_secret::digest::argon2::{self, Cost};
use oidc_secret::digest::pbkdf2::{self, Prf};
use oidc_secret::kernel::Job;
use oidc_secret::{Algorithm, Kernel, Parameters, Secret, hash, recommendations};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::args::values::{algorithm, duration, kibibytes};
use crate::cli::failure::Failure;
use crate::cli::failure::no_such_parameter;
use crate::cli::json;
use crate::cli::machine::{cores, memory_limit};
use crate::cli::terminal::output::{Stdout, hint, warn};

/// Typical timeout of applications for a token request.
const CLIENT_TIMEOUT_MS: f64 = 3000.0;

/// Find the work factor for a target time on this machine
#[derive(clap::Args)]
#[command(after_long_help = "\
Every token request costs the provider one digest, and many applications give up after 3 s. A \
random secret of 72 characters cannot be guessed at any work factor, so a low one is enough for \
it. The times are those of this program; another implementation may need half as much again.

Unless --allow-weak is given, the result is never below OWASP's recommendations (pbkdf2: 220000 \
iterations with SHA-512 or SHA-384, 600000 with SHA-256 or SHA-224, 1400000 with SHA-1; argon2: \
19 MiB and 2 passes, or 46 MiB and 1). It is never below Authelia's minimum. Without --memory, \
argon2 uses a quarter of the memory of the machine or the container, at most 64 MiB.

With --format json the output is {\"version\": 1, \"algorithm\", \"target_ms\", \"parameters\": \
{\"iterations\", and for argon2 \"memory_kib\", \"parallelism\"}, \"measured_ms\": the time of \
one digest, \"digest_ms_per_core\": the time per digest in a batch, \"kernel\"}.

Examples:
  oidc-secret tune
  oidc-secret tune --target 250ms --algorithm argon2id
  oidc-secret tune --rate 50/s --cores 4
  oidc-secret tune --factor 8              for a device that is eight times slower")]
pub(crate) struct TuneArgs {
    /// Algorithm to tune
    #[arg(long, short, value_name = "NAME", default_value = "pbkdf2-sha512",
          value_parser = algorithm(tuned()))]
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
    /// Argon2 memory, as in `64MiB`; a plain number is KiB
    #[arg(long, value_name = "SIZE", value_parser = kibibytes)]
    memory: Option<u64>,
    /// Argon2 lanes
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    parallelism: u32,
    /// Allow a work factor below OWASP's recommendations
    #[arg(long)]
    allow_weak: bool,
    /// Output format
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// A JSON object
    Json,
}

/// Time of a digest as a function of its iterations, in milliseconds.
struct Growth {
    /// Time without any iteration.
    base: f64,
    /// Time of an iteration.
    each: f64,
    /// Time of a digest in a batch divided by that of a single one, on one core.
    batch: f64,
}

impl Growth {
    /// Adjusts the function to a measured time.
    fn through(self, iterations: u32, measured: f64) -> Self {
        let scale = measured / self.time(iterations);
        Self { base: self.base * scale, each: self.each * scale, batch: self.batch }
    }

    fn time(&self, iterations: u32) -> f64 {
        self.base + self.each * f64::from(iterations)
    }
}

/// Parameters of an algorithm whose work grows in steps of one.
#[derive(Clone)]
enum Tuned {
    Pbkdf2(pbkdf2::Parameters),
    Argon2(argon2::Parameters),
}

impl Tuned {
    fn all(&self) -> Parameters {
        match self.clone() {
            Self::Pbkdf2(parameters) => Parameters::Pbkdf2(parameters),
            Self::Argon2(parameters) => Parameters::Argon2(parameters),
        }
    }
}

/// Algorithms that can be tuned.
fn tuned() -> impl Iterator<Item = Algorithm> {
    let tuned = |a: &Algorithm| matches!(a, Algorithm::Pbkdf2(_) | Algorithm::Argon2(_));
    Algorithm::recommended().filter(tuned)
}

pub(crate) fn run(args: &TuneArgs) -> Result<ExitCode, Failure> {
    let cores = cores();
    let target = match args.rate {
        Some(rate) => 1e3 * f64::from(args.cores.unwrap_or(cores)) / rate,
        None => args.target.as_secs_f64() * 1e3,
    };
    let mut parameters = start(args)?;
    let growth = measure(&parameters, args.factor)?;
    let fewest = fewest(&parameters, args.allow_weak);
    let wanted = ((target - growth.base) / growth.each).max(1.0);
    let iterations = readable(wanted).max(fewest);
    set_iterations(&mut parameters, iterations);
    parameters.all().check()?;
    let measured = time(&parameters)? * args.factor;
    let growth = growth.through(iterations, measured);
    advise(args, target, measured, iterations == fewest);
    let text = match args.format {
        Format::Text => table(&parameters, &growth, cores),
        Format::Json => {
            let output = Output {
                version: 1,
                algorithm: args.algorithm.name(),
                target_ms: hundredths(target),
                parameters: described(&parameters),
                measured_ms: hundredths(measured),
                digest_ms_per_core: hundredths(measured * growth.batch),
                kernel: Kernel::current().name(),
            };
            String::from_utf8_lossy(&json::line(&output)?).into_owned()
        }
    };
    Stdout::for_result()?.write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Output {
    version: u32,
    algorithm: &'static str,
    target_ms: f64,
    parameters: Value,
    measured_ms: f64,
    digest_ms_per_core: f64,
    kernel: &'static str,
}

/// Returns the parameters to start with: few iterations, and the final memory.
fn start(args: &TuneArgs) -> Result<Tuned, Failure> {
    match args.algorithm {
        Algorithm::Argon2(variant) => {
            let memory = args.memory.unwrap_or_else(|| (memory_limit() / 4).clamp(19_456, 65_536));
            let memory = u32::try_from(memory).map_err(|_| {
                Failure::new(format!("--memory is {memory} KiB, which is too large"))
            })?;
            if memory < 19_456 && !args.allow_weak {
                let text = format!("--memory is {memory} KiB; OWASP recommends at least 19456 KiB");
                return Err(Failure::new(text).hint("raise it, or add --allow-weak"));
            }
            let cost = Cost { memory, iterations: 1, parallelism: args.parallelism };
            let parameters = argon2::Parameters { cost, ..argon2::Parameters::new(variant) };
            Parameters::Argon2(parameters.clone()).check()?;
            Ok(Tuned::Argon2(parameters))
        }
        Algorithm::Pbkdf2(prf) if args.memory.is_none() => {
            let parameters = pbkdf2::Parameters::new(prf);
            Ok(Tuned::Pbkdf2(pbkdf2::Parameters { iterations: 100_000, ..parameters }))
        }
        other => Err(no_such_parameter("memory", other)),
    }
}

/// Returns the minimum number of iterations: OWASP's recommendation, or Authelia's minimum.
fn fewest(parameters: &Tuned, allow_weak: bool) -> u32 {
    match parameters {
        Tuned::Pbkdf2(_) if allow_weak => pbkdf2::MIN_ITERATIONS,
        Tuned::Pbkdf2(parameters) => recommendations::owasp_pbkdf2(parameters.prf),
        Tuned::Argon2(_) if allow_weak => 1,
        Tuned::Argon2(parameters) => {
            recommendations::owasp_argon2(parameters.cost.memory).unwrap_or(1)
        }
    }
}

fn set_iterations(parameters: &mut Tuned, iterations: u32) {
    match parameters {
        Tuned::Pbkdf2(parameters) => parameters.iterations = iterations,
        Tuned::Argon2(parameters) => parameters.cost.iterations = iterations,
    }
}

fn measure(parameters: &Tuned, factor: f64) -> Result<Growth, Failure> {
    match parameters {
        Tuned::Pbkdf2(pbkdf2) => {
            let each = time(parameters)? / f64::from(pbkdf2.iterations);
            let batch = batch_time(pbkdf2.prf) / each;
            Ok(Growth { base: 0.0, each: each * factor, batch })
        }
        Tuned::Argon2(argon2) => {
            let mut twice = parameters.clone();
            set_iterations(&mut twice, 2);
            let (one, two) = (time(parameters)?, time(&twice)?);
            // The second pass costs as much as any further one; the first also allocates the
            // memory.
            let each = (two - one).max(one / 10.0);
            let batch = f64::from(argon2.cost.parallelism.min(cores()));
            Ok(Growth { base: (one - each) * factor, each: each * factor, batch })
        }
    }
}

/// Measures the time of a digest, in milliseconds: the minimum of five, since other load only makes
/// it longer.
fn time(parameters: &Tuned) -> Result<f64, Failure> {
    let secret = Secret::from(vec![b'x'; 72]);
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        hash(&secret, &parameters.all())?;
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(best)
}

/// Measures the time of an iteration, in milliseconds, with all lanes of one core in use.
fn batch_time(prf: Prf) -> f64 {
    const ITERATIONS: u32 = 20_000;
    let kernel = Kernel::current();
    let mut keys = vec![vec![0; prf.output_length()]; kernel.lanes(prf)];
    let mut best = f64::MAX;
    for _ in 0..5 {
        let (secret, salt, iterations) = (&[b'x'; 72][..], &[7; 16][..], ITERATIONS);
        let jobs = keys.iter_mut().map(|key| Job { prf, secret, salt, iterations, key }).collect();
        let start = Instant::now();
        kernel.derive(jobs, 1);
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    let lanes = u32::try_from(keys.len()).unwrap_or(1);
    best / f64::from(lanes) / f64::from(ITERATIONS)
}

/// Rounds to two significant digits.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn readable(iterations: f64) -> u32 {
    let iterations = iterations.clamp(1.0, 2_147_483_647.0);
    let unit = 10_f64.powi((iterations.log10().floor() as i32 - 1).max(0));
    ((iterations / unit).round() * unit).min(2_147_483_647.0) as u32
}

fn hundredths(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

fn described(parameters: &Tuned) -> Value {
    match parameters {
        Tuned::Pbkdf2(parameters) => json!({"iterations": parameters.iterations}),
        Tuned::Argon2(parameters) => {
            let Cost { memory, iterations, parallelism } = parameters.cost;
            json!({"iterations": iterations, "memory_kib": memory, "parallelism": parallelism})
        }
    }
}

fn advise(args: &TuneArgs, target: f64, measured: f64, at_floor: bool) {
    if at_floor && measured > target * 1.05 {
        let weaker = if args.allow_weak { "" } else { "; use --allow-weak to go lower" };
        warn(&format!(
            "the recommended minimum takes {measured:.0} ms, more than {target:.0} ms{weaker}"
        ));
    }
    if measured > CLIENT_TIMEOUT_MS {
        warn("many applications give up on a token request after 3 s");
    }
    hint(&format!("each token request costs the provider one digest: about {measured:.0} ms"));
}

/// Formats the work factors around the chosen one, and how to use it.
fn table(parameters: &Tuned, growth: &Growth, cores: u32) -> String {
    let (algorithm, chosen, default) = match parameters {
        Tuned::Pbkdf2(p) => {
            let default = pbkdf2::Parameters::new(p.prf).iterations;
            (Algorithm::Pbkdf2(p.prf), p.iterations, default)
        }
        Tuned::Argon2(p) => {
            let default = argon2::Parameters::new(p.variant).cost.iterations;
            (Algorithm::Argon2(p.variant), p.cost.iterations, default)
        }
    };
    let mut rows = vec![chosen / 2, chosen, chosen.saturating_mul(2), default];
    rows.retain(|&iterations| iterations > 0);
    rows.sort_unstable();
    rows.dedup();
    let all_cores = format!("batch, {cores} cores");
    let mut text = format!(
        "{:>12}{:>14}{:>18}{all_cores:>18}\n",
        "iterations", "one digest", "batch, one core"
    );
    // Writing to a string cannot fail.
    for iterations in rows {
        let one = growth.time(iterations);
        let a_core = 1e3 / (one * growth.batch);
        let all = a_core * f64::from(cores);
        let mark = match iterations {
            _ if iterations == chosen => "  <- chosen",
            _ if iterations == default => "  Authelia's default",
            _ => "",
        };
        let _ = writeln!(text, "{iterations:>12}{one:>11.1} ms{a_core:>16.1}/s{all:>16.1}/s{mark}");
    }
    let _ = write!(text, "\noidc-secret hash --algorithm {algorithm} --iterations {chosen}");
    if let Tuned::Argon2(argon2::Parameters { cost, .. }) = parameters {
        let _ = write!(text, " --memory {}KiB --parallelism {}", cost.memory, cost.parallelism);
    }
    text.push('\n');
    text
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
    fn iterations_are_rounded_to_two_digits() {
        for (given, rounded) in [
            (0.2, 1),
            (7.4, 7),
            (42.5, 43),
            (287_345.0, 290_000),
            (999_999.0, 1_000_000),
            (3e12, 2_100_000_000),
        ] {
            assert_eq!(readable(given), rounded, "{given}");
        }
    }

    #[test]
    fn rates_and_factors_are_positive_numbers() {
        assert_eq!((rate("50/s"), rate("0.5")), (Ok(50.0), Ok(0.5)));
        assert_eq!(factor("8"), Ok(8.0));
        for bad in ["", "0", "-1", "NaN", "inf", "x/s", "1e300"] {
            assert!(rate(bad).is_err() && factor(bad).is_err(), "{bad}");
        }
    }
}
