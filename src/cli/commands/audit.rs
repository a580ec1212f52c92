//! `audit`: checks every client in Authelia's configuration.

mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use oidc_secret::audit::{self, Guess, Located, Report, guesses};
use oidc_secret::authelia::Configuration;
use oidc_secret::{Code, Limits, Severity};

use crate::cli::args::at::AtArgs;
use crate::cli::args::configuration_files::ConfigurationFiles;
use crate::cli::args::resolve::ResolveArgs;
use crate::cli::args::values::{code, duration};
use crate::cli::batch::batch_size;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{Stdout, warn};
use crate::cli::terminal::progress::Progress;

/// Check the clients in an Authelia configuration
#[derive(clap::Args)]
#[command(after_long_help = "\
Reads one file, several, or the .yml and .yaml files of a folder in alphabetical order. As in \
Authelia, the last file with a list of clients is the one that counts.

The exit code is 0 if there is no finding of the severity of --fail-on or worse, 1 if there is \
one, 2 if a file cannot be read or has no clients. oidc-secret-findings(7) lists the codes.

With --format json the output is {\"version\": 1, \"files\": [...], \"clients\": [{\"client_id\", \
\"public\", \"auth_method\", \"digest\": {\"format\", \"algorithm\", \"parameters\"} or null, \
\"findings\"}], \"findings\": [{\"code\", \"severity\", \"message\", \"fix\", \"where\": \
{\"file\", \"line\", \"client\", \"key\"}}], \"summary\": {\"clients\", \"errors\", \"warnings\", \
\"notes\"}}.

Examples:
  oidc-secret audit configuration.yml
  oidc-secret audit --guess --resolve /config
  oidc-secret audit --format sarif configuration.yml > findings.sarif
  oidc-secret audit --fail-on error --ignore below-owasp configuration.yml")]
pub(crate) struct AuditArgs {
    /// Configuration files or folders; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    at: AtArgs,
    /// Also try easily guessed secrets: ids, names, examples, defaults
    #[arg(long)]
    guess: bool,
    /// Maximum time for --guess as a whole
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration,
          requires = "guess")]
    max_time: Duration,
    /// Lowest severity that makes the audit fail
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: FailOn,
    /// Leave out findings of this code (repeatable)
    #[arg(long, value_name = "CODE", value_parser = code())]
    ignore: Vec<Code>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    resolve: ResolveArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors and warnings
    Warning,
    /// Errors
    Error,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions, which annotate the lines
    Github,
}

pub(crate) fn run(args: &AuditArgs) -> Result<ExitCode, Failure> {
    let read = ConfigurationFiles::read(&args.files, &args.at, &args.resolve)?;
    let unresolved = if args.resolve.is_on() { read.warn_of_unresolved() } else { 0 };
    let mut report = audit::audit(&read.files);
    if report.clients.is_empty() {
        return Err(read.no_clients());
    }
    let names: Vec<_> = read.files.iter().map(Configuration::name).collect();
    let untried = if args.guess { guess(&mut report, args.max_time) } else { 0 };
    let keep = |located: &Located| !args.ignore.contains(&located.finding.code);
    report.findings.retain(keep);
    report.clients.iter_mut().for_each(|client| client.findings.retain(keep));
    let bytes = match args.format {
        Format::Text => report::text(&report).into_bytes(),
        Format::Json => report::json(&names, &report)?,
        Format::Sarif => report::sarif(&report)?,
        Format::Github => report::github(&report).into_bytes(),
    };
    let fails = report::findings(&report).any(|located| match located.finding.code.severity() {
        Severity::Error => true,
        Severity::Warning => args.fail_on == FailOn::Warning,
        Severity::Note => false,
    });
    match Stdout::for_result()?.write(&bytes) {
        // If the output was closed early, the exit code still tells the verdict.
        Err(Failure::BrokenPipe) if fails => {}
        other => other?,
    }
    // Exit code 0 says that nothing was found, so everything must have been looked at.
    if unresolved > 0 && !fails {
        let text = format!("--resolve: templates or variables not resolved: {unresolved}");
        return Err(Failure::new(text).hint(args.resolve.hint()));
    }
    if untried > 0 && !fails {
        return Err(unfinished(untried, args.max_time));
    }
    if untried > 0 {
        warn(&unfinished(untried, args.max_time).to_string());
    }
    Ok(u8::from(fails).into())
}

/// Tries guesses until the time is over; returns the number of those not tried.
fn guess(report: &mut Report, max_time: Duration) -> usize {
    /// Time between two looks at the clock.
    const STEP: Duration = Duration::from_secs(1);
    let start = Instant::now();
    let mut left = guesses(&report.clients).peekable();
    let mut progress = Progress::new("guesses", None);
    let (mut right, mut untried) = (Vec::new(), 0);
    while left.peek().is_some() {
        let rest = max_time.saturating_sub(start.elapsed());
        let (mut some, mut cost) = (Vec::new(), Duration::ZERO);
        while some.len() < batch_size()
            && cost < STEP
            && let Some(guess) = left.next_if(|guess| guess.cost() <= rest)
        {
            cost += guess.cost();
            some.push(guess);
        }
        if some.is_empty() {
            untried += left.by_ref().count();
            break;
        }
        let guessed = Guess::try_all(&some, &report.clients, &Limits::default());
        progress.add(some.len());
        right.extend(guessed.right);
        untried += guessed.untried;
    }
    drop(left);
    for (index, located) in right {
        if let Some(client) = report.clients.get_mut(index) {
            client.findings.insert(0, located);
        }
    }
    untried
}

/// Warns that not all guesses were tried.
fn unfinished(untried: usize, max_time: Duration) -> Failure {
    let seconds = max_time.as_secs_f64();
    Failure::new(format!("--guess: {untried} guesses were not tried within {seconds} s"))
        .hint("raise --max-time; a digest that exceeds the limits of `verify` is never tried")
}
