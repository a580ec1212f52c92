//! `verify`: checks a secret against a digest.

use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::{
    Digest, Error, Finding, Limits, Provider, Secret, Verdict, provider, rejected_by_authelia,
    truncated_secret, verify, verify_many,
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::args::digest_source::{DigestSource, SourcedDigest};
use crate::cli::args::limits::LimitArgs;
use crate::cli::args::secret::Purpose;
use crate::cli::args::secret::SecretArgs;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::json::{self, Record};
use crate::cli::lines::{Line, Lines, MAX_LINE};
use crate::cli::terminal::output::{Stdout, hint, warn};
use crate::cli::terminal::progress::Progress;
use crate::cli::verdict::{self, words};

/// Check a secret against a digest
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  oidc-secret verify --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret verify --config configuration.yml --client kasm",
    after_long_help = "\
Prints `match` (exit code 0) or `mismatch` (exit code 1). A digest that is malformed or exceeds \
the limits is an error (exit code 2).

In a shell, put the digest between single quotes; otherwise the shell replaces its $ fields.

With --config, a value without a leading $ is the plaintext secret, as Authelia reads it, and a \
warning reports it.

With --format json the output is {\"version\": 1, \"verdict\": \
\"match\"|\"mismatch\"|\"invalid\", \"error\", \"findings\": [{\"code\", \"severity\", \
\"message\", \"fix\"}]}; see oidc-secret-findings(7).

`oidc-secret diagnose` takes the same arguments and finds out why a secret does not match.

With --batch a line of standard input is an object {\"secret\": TEXT or \"secret_b64\": BASE64, \
\"digest\": TEXT, \"id\": ANY (optional)}, and a line of output is {\"version\": 1, \"id\", \
\"verdict\": \"match\"|\"mismatch\"|\"invalid\", \"error\"}, in the same order. The exit code is \
0 if all match, 1 if any does not, 2 if any is invalid.

Examples:
  oidc-secret verify --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret verify --digest-file digest.txt
  oidc-secret verify --secret-env KASM_SECRET --config configuration.yml --client kasm
  oidc-secret verify --batch < pairs.jsonl"
)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    source: DigestSource,
    /// Also verify digests in formats that Authelia does not read, such as md5crypt
    #[arg(long)]
    any_format: bool,
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
    compared(args, digest, &limits)
}

/// Prints the verdict.
fn compared(
    args: &VerifyArgs,
    SourcedDigest { text, place }: SourcedDigest,
    limits: &Limits,
) -> Result<ExitCode, Failure> {
    let plaintext = args.source.plaintext(&text);
    let text = plaintext.as_ref().map_or(text, |(text, _)| text.clone());
    // A malformed digest is reported before the user has to type a secret.
    let digest = match args.source.parse(&text, args.any_format) {
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
        verdict::write(format!("{word}\n").as_bytes(), code)?;
        if verdict == Verdict::Mismatch {
            hint("to find out why, use `oidc-secret diagnose` instead of `verify`");
        }
        return Ok(code.into());
    }
    let result = result.map_err(|error| format!("{place}: {error}"));
    write_json(result, &findings)
}

/// Prints the verdict as JSON, or why there is none.
fn write_json(result: Result<Verdict, String>, findings: &[Finding]) -> Result<ExitCode, Failure> {
    let (verdict, code) = result.as_ref().map_or(("invalid", 2), |verdict| words(*verdict));
    let findings = Some(findings.iter().map(json::Finding::from).collect());
    let output = Output { version: 1, id: None, verdict, error: result.err(), findings };
    verdict::write(&json::line(&output)?, code)?;
    Ok(code.into())
}

impl VerifyArgs {
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
    let mut stdout = Stdout::for_result()?;
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
                Ok((
                    secret,
                    args.source
                        .parse(&digest, args.any_format)
                        .map_err(|error| error.to_string())?,
                ))
            }),
        };
        Some(Self { number, id, pair: pair.map_err(|error| format!("line {number}: {error}")) })
    }

    fn pair(&self) -> Option<(&Secret, &Digest)> {
        self.pair.as_ref().ok().map(|(secret, digest)| (secret, digest))
    }
}
