//! `verify`: checks a secret against a digest.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use oidc_secret::error::NotReadByAuthelia;
use oidc_secret::{
    Code, Diagnosis, Digest, Error, Finding, Limits, Provider, Secret, Verdict, diagnose, inspect,
    matching_digests, provider, rejected_by_authelia, truncated_secret, verify, verify_many,
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::args::digest_source::{DigestSource, SourcedDigest};
use crate::cli::args::secret::Purpose;
use crate::cli::args::secret::SecretArgs;
use crate::cli::args::values::{duration, kibibytes};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::json::{self, Record};
use crate::cli::lines::{Line, Lines, MAX_LINE};
use crate::cli::terminal::output::{self, Stdout, hint, warn};
use crate::cli::terminal::progress::Progress;

/// Check a secret against a digest
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  oidc-secret verify --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret verify --config configuration.yml --client kasm
  oidc-secret verify --diagnose --config configuration.yml --client kasm",
    after_long_help = "\
Prints `match` (exit code 0) or `mismatch` (exit code 1). A digest that is malformed or exceeds \
the limits is an error (exit code 2).

In a shell, put the digest between single quotes; otherwise the shell replaces its $ fields.

With --config, a value without a leading $ is the plaintext secret, as Authelia reads it, and a \
warning reports it.

With --format json the output is {\"version\": 1, \"verdict\": \
\"match\"|\"mismatch\"|\"invalid\", \"error\", \"findings\": [{\"code\", \"severity\", \
\"message\", \"fix\"}]}; see oidc-secret-findings(7).

With --diagnose the line with the verdict (or `invalid`) is followed by the findings, the \
likeliest cause first. No output contains the secret.

With --batch a line of standard input is an object {\"secret\": TEXT or \"secret_b64\": BASE64, \
\"digest\": TEXT, \"id\": ANY (optional)}, and a line of output is {\"version\": 1, \"id\", \
\"verdict\": \"match\"|\"mismatch\"|\"invalid\", \"error\"}, in the same order. The exit code is \
0 if all match, 1 if any does not, 2 if any is invalid.

Examples:
  oidc-secret verify --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret verify --digest-file digest.txt
  oidc-secret verify --secret-env KASM_SECRET --config configuration.yml --client kasm
  oidc-secret verify --diagnose --raw --secret-file secret.txt --config configuration.yml --client kasm
  oidc-secret verify --batch < pairs.jsonl"
)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    source: DigestSource,
    /// Also verify digests in formats that Authelia does not read, such as md5crypt
    #[arg(long)]
    any_format: bool,
    /// Find out why the secret does not match
    ///
    /// Undoes common changes to secrets and digests, and checks whether the result matches. The exit
    /// code is still 1 then: a secret that matches only after a change is a mismatch.
    #[arg(long, conflicts_with_all = ["batch", "any_format"])]
    diagnose: bool,
    /// With --diagnose: also try the secrets in this file, one per line
    #[arg(long, value_name = "FILE", requires = "diagnose")]
    candidates: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "batch")]
    format: Format,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// Verify one JSON object per line of standard input
    #[arg(long, help_heading = "Batch", conflicts_with_all = ["digest_source", "config", "secret_source", "raw"])]
    batch: bool,
}

/// Limits on the cost of a digest, which may come from anywhere.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// Maximum memory that a digest may need
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = kibibytes)]
    max_memory: u64,
    /// Maximum time that a digest may take, as estimated on this machine
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    max_time: Duration,
}

impl From<&LimitArgs> for Limits {
    fn from(args: &LimitArgs) -> Self {
        Self { memory: args.max_memory.saturating_mul(1024), time: args.max_time }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One word
    Text,
    /// A JSON object
    Json,
}

/// The verdict in JSON.
#[derive(Serialize)]
struct Output {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<RawValue>>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<json::Finding>>,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let limits = Limits::from(&args.limits);
    if args.batch {
        return batch(args, &limits);
    }
    let stdin_is_taken = args.source.is_stdin();
    args.secret.refuse_taken_stdin(stdin_is_taken)?;
    let digest = args.source.read()?;
    if args.diagnose {
        let secret = args.secret.read(Purpose::Verify, stdin_is_taken)?;
        return diagnosed(args, &secret, &digest, &limits);
    }
    compared(args, digest, &limits)
}

/// Prints the verdict.
fn compared(
    args: &VerifyArgs,
    SourcedDigest { text, place, .. }: SourcedDigest,
    limits: &Limits,
) -> Result<ExitCode, Failure> {
    let plaintext = args.plaintext(&text);
    let text = plaintext.as_ref().map_or(text, |(text, _)| text.clone());
    // A malformed digest is reported before the user has to type a secret.
    let digest = match args.parse(&text) {
        Err(error) if args.format == Format::Text => {
            return Err(args.malformed(&text, &error).at(&place));
        }
        other => other,
    };
    // The verdict is about the digest, although Authelia may not accept its text.
    let unread = text.parse().ok().and_then(|digest| rejected_by_authelia(&text, &digest));
    let mut findings = Vec::from_iter(unread);
    findings.extend(plaintext.map(|(_, finding)| finding));
    let result = match digest {
        Ok(digest) => {
            let secret = args.secret.read(Purpose::Verify, args.source.is_stdin())?;
            findings.extend(truncated_secret(secret.expose().len(), &digest));
            if args.format == Format::Text {
                for finding in &findings {
                    warn(&finding.message);
                }
            }
            verify(&secret, &digest, limits)
        }
        Err(error) => Err(error),
    };
    if args.format == Format::Text {
        let verdict = result.map_err(|error| Failure::from(error).at(&place))?;
        let (word, code) = words(verdict);
        write_verdict(format!("{word}\n").as_bytes(), code)?;
        if verdict == Verdict::Mismatch {
            hint("to find out why, add --diagnose");
        }
        return Ok(code.into());
    }
    let result = result.map_err(|error| format!("{place}: {error}"));
    write_json(result, &findings)
}

/// Prints the verdict and the findings.
fn diagnosed(
    args: &VerifyArgs,
    secret: &Secret,
    sourced: &SourcedDigest,
    limits: &Limits,
) -> Result<ExitCode, Failure> {
    let text = &*sourced.text;
    let Diagnosis { mut verdict, mut findings, mut is_proved, .. } = diagnose(secret, text, limits);
    if let Some((text, finding)) = args.plaintext(text) {
        let read = diagnose(secret, &text, limits);
        // A damaged digest is explained as one, although Authelia reads it as plaintext too.
        let is_unknown = findings.iter().all(|finding| finding.code == Code::Malformed);
        if is_unknown || read.verdict == Ok(Verdict::Match) {
            Diagnosis { verdict, findings, is_proved, .. } = read;
            findings.push(finding);
        }
    }
    if args.source.is_configuration()
        && let Err(error @ Error::NotReadByAuthelia(_)) = args.parse(text)
    {
        verdict = Err(error);
    }
    if verdict != Ok(Verdict::Match)
        && let (Some(path), Ok(digest)) = (&args.candidates, text.parse())
    {
        let found = candidate(path, &digest, limits)?;
        findings.splice(0..0, found);
    }
    if verdict != Ok(Verdict::Match)
        && !is_proved
        && let Some(finding) = neighbour(sourced, secret, limits)
    {
        findings.retain(|other| !matches!(other.code, Code::NothingMatches | Code::UnusualLength));
        findings.insert(0, finding);
    }
    if args.format == Format::Json {
        return write_json(verdict.map_err(|error| error.to_string()), &findings);
    }
    let (word, code) = verdict.as_ref().map_or(("invalid", 2), |verdict| words(*verdict));
    let text = format!("{word}\n{}", output::findings(&findings));
    write_verdict(text.as_bytes(), code)?;
    Ok(code.into())
}

/// Tries the secret on the configuration's other clients.
fn neighbour(sourced: &SourcedDigest, secret: &Secret, limits: &Limits) -> Option<Finding> {
    let (clients, digests): (Vec<_>, Vec<_>) = sourced.neighbours().unzip();
    let mut progress = Progress::new("clients", None);
    let mut tried = 0;
    let found = matching_digests(secret, &digests, limits, &mut |now, _| {
        progress.add(now - tried);
        tried = now;
    });
    found.first().map(|index| Finding::other_client(clients[*index]))
}

/// Tries the secrets of a file.
fn candidate(path: &Path, digest: &Digest, limits: &Limits) -> Result<Option<Finding>, Failure> {
    let mut lines = Lines::new(input::bounded(path)?);
    let mut progress = Progress::new("candidates", None);
    loop {
        let read =
            |line: &Line<'_>| (line.number, line.text.map(|text| Secret::from(text.to_vec())));
        let window = lines.window(read).map_err(|error| Failure::io("read", path, &error))?;
        if window.is_empty() {
            return Ok(None);
        }
        let candidates: Vec<_> = window
            .iter()
            .filter_map(|(number, secret)| Some((*number, secret.as_ref()?)))
            .collect();
        let pairs: Vec<_> = candidates.iter().map(|(_, secret)| (*secret, digest)).collect();
        let verdicts = verify_many(&pairs, limits);
        progress.add(pairs.len());
        let found = verdicts.iter().position(|verdict| *verdict == Ok(Verdict::Match));
        if let Some((number, _)) = found.and_then(|index| candidates.get(index)) {
            let place = format!("line {number} of {}", path.display());
            return Ok(Some(Finding::other_secret(&place)));
        }
    }
}

/// Prints the verdict as JSON, or why there is none.
fn write_json(result: Result<Verdict, String>, findings: &[Finding]) -> Result<ExitCode, Failure> {
    let (verdict, code) = result.as_ref().map_or(("invalid", 2), |verdict| words(*verdict));
    let findings = Some(findings.iter().map(json::Finding::from).collect());
    let output = Output { version: 1, id: None, verdict, error: result.err(), findings };
    write_verdict(&json::line(&output)?, code)?;
    Ok(code.into())
}

/// Returns the word and the exit code of a verdict.
const fn words(verdict: Verdict) -> (&'static str, u8) {
    match verdict {
        Verdict::Match => ("match", 0),
        Verdict::Mismatch => ("mismatch", 1),
    }
}

/// Prints the verdict. If the output was closed early, the exit code still tells it.
fn write_verdict(line: &[u8], code: u8) -> Result<(), Failure> {
    match Stdout::open().and_then(|mut stdout| stdout.write(line)) {
        Err(Failure::BrokenPipe) if code != 0 => Ok(()),
        other => other,
    }
}

impl VerifyArgs {
    /// Returns a value of a configuration that Authelia reads as a plaintext secret, with the prefix
    /// that marks it as one, and the finding on it.
    fn plaintext(&self, text: &str) -> Option<(String, Finding)> {
        if !self.source.is_configuration() || text.starts_with('$') {
            return None;
        }
        let text = format!("$plaintext${text}");
        let mut findings = inspect(&text).ok()?.findings.into_iter();
        let mut finding = findings.find(|finding| finding.code == Code::PlaintextSecret)?;
        finding.message = String::from(
            "the configuration has the plaintext secret, not a digest: Authelia reads a value without \
             a leading $ as one",
        );
        Some((text, finding))
    }

    /// Parses a digest of one of the formats that are allowed here.
    fn parse(&self, text: &str) -> Result<Digest, Error> {
        let digest: Digest = text.parse()?;
        let algorithm = digest.algorithm();
        // A configuration is read by Authelia, which accepts one encoding for each format.
        let is_read = if self.source.is_configuration() {
            digest.read_by_authelia()
        } else {
            algorithm.format().read_by_authelia
        };
        if self.any_format || is_read {
            Ok(digest)
        } else {
            Err(NotReadByAuthelia { algorithm }.into())
        }
    }

    /// Describes a digest that cannot be parsed.
    fn malformed(&self, text: &str, error: &Error) -> Failure {
        let failure = self.source.malformed(error);
        match error {
            Error::NotReadByAuthelia(_) => {
                failure.hint("to verify it all the same, add --any-format")
            }
            _ if is_convertible(text) => failure
                .hint("it is in another system's format: see `oidc-secret convert --for authelia`"),
            _ => failure,
        }
    }
}

/// Whether `convert --for authelia` accepts a text.
fn is_convertible(text: &str) -> bool {
    provider::read(text).is_ok_and(|(digest, _)| Provider::Authelia.write(&digest).is_ok())
}

fn batch(args: &VerifyArgs, limits: &Limits) -> Result<ExitCode, Failure> {
    let mut lines = Lines::new(input::batch()?);
    let mut stdout = Stdout::open()?;
    let mut progress = Progress::new("verdicts", None);
    let mut worst = 0;
    loop {
        let read = |line: &Line<'_>| Entry::read(args, line);
        let window = lines.window(read).map_err(|error| input::unreadable(&error))?;
        if window.is_empty() {
            return Ok(worst.into());
        }
        let pairs: Vec<_> = window.iter().flatten().filter_map(Entry::pair).collect();
        let mut verdicts = verify_many(&pairs, limits).into_iter();
        progress.add(pairs.len());
        for Entry { number, id, pair } in window.into_iter().flatten() {
            let result = match pair {
                Ok(_) => verdicts
                    .next()
                    .unwrap_or(Err(oidc_secret::error::DeriveError::Refused(
                        "one pair has one verdict",
                    )
                    .into()))
                    .map_err(|error| format!("line {number}: {error}")),
                Err(error) => Err(error),
            };
            let (verdict, code) = result.as_ref().map_or(("invalid", 2), |verdict| words(*verdict));
            worst = worst.max(code);
            let output = Output { version: 1, id, verdict, error: result.err(), findings: None };
            stdout.write(&json::line(&output)?)?;
        }
    }
}

/// A line of a batch.
struct Entry {
    number: u64,
    id: Option<Box<RawValue>>,
    /// The secret and the digest, or the error in the line.
    pair: Result<(Secret, Digest), String>,
}

impl Entry {
    /// `None` for an empty line.
    fn read(args: &VerifyArgs, line: &Line<'_>) -> Option<Self> {
        let (mut id, number) = (None, line.number);
        let pair = match line.text {
            None => Err(format!("longer than {MAX_LINE} bytes")),
            Some([]) => return None,
            Some(text) => Record::parse(text).and_then(|mut record| {
                id = record.id.take();
                let digest = record.digest.take().ok_or("there is no digest")?;
                let secret = record.secret()?;
                Ok((secret, args.parse(&digest).map_err(|error| error.to_string())?))
            }),
        };
        Some(Self { number, id, pair: pair.map_err(|error| format!("line {number}: {error}")) })
    }

    fn pair(&self) -> Option<(&Secret, &Digest)> {
        self.pair.as_ref().ok().map(|(secret, digest)| (secret, digest))
    }
}
