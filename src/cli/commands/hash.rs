//! `hash`: prints the digest of a secret.

use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::{Parameters, Provider, Secret, hash, hash_many};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::args::digest::DigestArgs;
use crate::cli::args::random_secret::REFUSED_BITS;
use crate::cli::args::secret::SecretArgs;
use crate::cli::args::secret::{Purpose, unsendable_character};
use crate::cli::args::values::user;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::json::{self, Record};
use crate::cli::lines::{Line, Lines, MAX_LINE};
use crate::cli::strength::max_entropy_bits;
use crate::cli::terminal::output::{Stdout, warn};
use crate::cli::terminal::progress::Progress;

/// Print the digest of a secret
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  oidc-secret hash --secret-file secret.txt
  pass show kasm | oidc-secret hash
  oidc-secret hash --batch < secrets.txt > digests.txt",
    after_long_help = "\
Prints only the digest. Without --secret-file, --secret-env and --secret-cmd the secret is read from standard \
input, or on a terminal from a prompt, twice.

With --batch a line of standard input is a secret and a line of output its digest, in the same \
order. With --input-format jsonl a line is an object {\"secret\": TEXT or \"secret_b64\": BASE64, \
\"id\": ANY (optional)}. With --format jsonl a line of output is {\"version\": 1, \"id\", \
\"digest\"}, or {\"version\": 1, \"id\", \"error\"} for a bad line, and the exit code is then 2. \
Without it the first bad line ends the run.

Examples:
  oidc-secret hash --secret-file secret.txt
  pass show kasm | oidc-secret hash
  oidc-secret hash -a bcrypt --cost 12
  oidc-secret hash --for htpasswd --username admin
  oidc-secret hash -a argon2id --memory 64MiB --iterations 3 --parallelism 4
  oidc-secret hash --batch < secrets.txt > digests.txt"
)]
pub(crate) struct HashArgs {
    #[command(flatten)]
    digest: DigestArgs,
    /// User name of a line for --for htpasswd
    #[arg(long, value_name = "NAME", help_heading = "Digest", value_parser = user,
          conflicts_with = "batch")]
    username: Option<String>,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    batch: BatchArgs,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Batch")]
struct BatchArgs {
    /// Hash one secret per line of standard input
    #[arg(long, conflicts_with_all = ["secret_source", "raw"])]
    batch: bool,
    /// Format of an input line
    #[arg(long, value_name = "FORM", default_value = "lines", requires = "batch")]
    input_format: InputFormat,
    /// Format of an output line
    #[arg(long, value_name = "FORM", default_value = "text", requires = "batch")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    /// The secret itself
    Lines,
    /// A JSON object
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The digest itself
    Text,
    /// A JSON object
    Jsonl,
}

pub(crate) fn run(args: &HashArgs) -> Result<ExitCode, Failure> {
    let parameters = args.digest.parameters()?;
    let mut stdout = Stdout::for_result()?;
    if args.username.is_some() && args.digest.provider() != Provider::Htpasswd {
        return Err(Failure::new("--username can only be used with --for htpasswd"));
    }
    args.digest.advise(&parameters);
    if args.batch.batch {
        return batch(args, &parameters, &mut stdout);
    }
    let secret = args.secret.read(Purpose::Hash, false)?;
    warn_if_weak(&secret);
    let digest = hash(&secret, &parameters)?;
    let text = args.digest.write(&digest, args.username.as_deref())?;
    stdout.write(format!("{text}\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Warns of a secret that can be guessed, by the same limit at which `new` refuses one.
fn warn_if_weak(secret: &Secret) {
    let bits = max_entropy_bits(secret.expose());
    if bits < REFUSED_BITS {
        warn(&format!(
            "the secret has at most {bits:.0} bits of entropy, so it may be guessed from its digest; \
             `oidc-secret rand` generates a strong one"
        ));
    }
}

/// Result of one line of a batch.
#[derive(Serialize)]
struct Output {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Output {
    fn digest(id: Option<Box<RawValue>>, digest: String) -> Self {
        Self { version: 1, id, digest: Some(digest), error: None }
    }

    fn error(id: Option<Box<RawValue>>, error: String) -> Self {
        Self { version: 1, id, digest: None, error: Some(error) }
    }

    fn line(&self) -> Result<Vec<u8>, Failure> {
        json::line(self)
    }
}

fn batch(
    args: &HashArgs,
    parameters: &Parameters,
    stdout: &mut Stdout,
) -> Result<ExitCode, Failure> {
    let mut lines = Lines::new(input::batch()?);
    let mut progress = Progress::new("digests", None);
    let mut code = ExitCode::SUCCESS;
    loop {
        let read = |line: &Line<'_>| read(args.batch.input_format, parameters, line);
        let mut window = lines.window(read).map_err(|error| input::unreadable(&error))?;
        if window.is_empty() {
            return Ok(code);
        }
        let bad = window.iter().position(|entry| entry.secret.is_err());
        let bad =
            bad.filter(|_| args.batch.format == Format::Text).map(|bad| window.split_off(bad));
        let secrets: Vec<_> =
            window.iter().filter_map(|e| e.secret.as_ref().ok().cloned()).collect();
        let mut digests = hash_many(&secrets, parameters)?.into_iter();
        for Entry { id, secret } in window {
            let digest = secret
                .and_then(|_| digests.next().ok_or_else(|| "one secret has one digest".to_owned()));
            let digest = match digest {
                Ok(digest) => Ok(args.digest.write(&digest, None)?),
                Err(error) => Err(error),
            };
            let line = match (args.batch.format, digest) {
                (Format::Text, digest) => (digest.map_err(Failure::new)? + "\n").into_bytes(),
                (Format::Jsonl, Ok(digest)) => Output::digest(id, digest).line()?,
                (Format::Jsonl, Err(error)) => {
                    code = ExitCode::from(2);
                    Output::error(id, error).line()?
                }
            };
            stdout.write(&line)?;
        }
        progress.add(secrets.len());
        if let Some(Entry { secret: Err(error), .. }) = bad.and_then(|bad| bad.into_iter().next()) {
            return Err(Failure::new(error));
        }
    }
}

/// A line of a batch.
struct Entry {
    id: Option<Box<RawValue>>,
    /// The secret, or the error in the line.
    secret: Result<Secret, String>,
}

fn read(format: InputFormat, parameters: &Parameters, line: &Line<'_>) -> Entry {
    let (mut id, number) = (None, line.number);
    let secret = match (line.text, format) {
        (None, _) => Err(format!("longer than {MAX_LINE} bytes")),
        (Some(text), InputFormat::Lines) => sendable(Secret::from(text.to_vec())),
        (Some(text), InputFormat::Jsonl) => Record::parse(text).and_then(|mut record| {
            id = record.id.take();
            // A secret given in base64 is meant to be exactly those bytes.
            let as_it_is = record.secret_b64.is_some();
            let secret = record.secret()?;
            if as_it_is { Ok(secret) } else { sendable(secret) }
        }),
    };
    let secret = secret.and_then(|secret| {
        if secret.expose().is_empty() {
            return Err("the secret is empty".to_owned());
        }
        parameters.check_secret(&secret).map_err(|error| error.to_string())?;
        Ok(secret)
    });
    Entry { id, secret: secret.map_err(|error| format!("line {number}: {error}")) }
}

/// Refuses a secret that no application can send.
fn sendable(secret: Secret) -> Result<Secret, String> {
    match unsendable_character(secret.expose()) {
        Some(character) => Err(format!("the secret has {character}: no application can send it")),
        None => Ok(secret),
    }
}
