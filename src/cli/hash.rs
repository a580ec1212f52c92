//! `hash`: secret in, digest out.

use std::io::Read;
use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::{Parameters, Secret, hash};
use serde::Serialize;

use super::args::{DigestArgs, SecretArgs};
use super::failure::Failure;
use super::input::{self, Purpose};
use super::lines::{Line, Lines, MAX_LINE};
use super::output::{Stdout, hint};
use super::record::{self, Record};

/// Prints the digest of a secret
#[derive(clap::Args)]
#[command(after_long_help = "\
Prints the digest and nothing else. Without --secret-file and --secret-env the secret is read \
from standard input, or asked for twice on the terminal.

With --batch, standard input holds a secret a line and a digest a line comes out, in the same \
order. With --input-format jsonl a line is an object {\"secret\": TEXT or \"secret_b64\": BASE64, \
\"id\": ANY (optional)}. With --format jsonl a line of output is {\"version\": 1, \"id\", \"digest\"}, \
or {\"version\": 1, \"id\", \"error\"} for a bad line, and the exit code is then 2. Without it a bad \
line ends the run.

Examples:
  oidc-secret hash --secret-file secret.txt
  pass show kasm | oidc-secret hash
  oidc-secret hash -a argon2id --memory 64MiB --iterations 3 --parallelism 4
  oidc-secret hash --batch < secrets.txt > digests.txt")]
pub(crate) struct HashArgs {
    #[command(flatten)]
    digest: DigestArgs,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    batch: BatchArgs,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Batch")]
struct BatchArgs {
    /// Hash one secret a line of standard input
    #[arg(long, conflicts_with_all = ["secret_source", "raw"])]
    batch: bool,
    /// What a line of input is
    #[arg(long, value_name = "FORM", default_value = "lines", requires = "batch")]
    input_format: InputFormat,
    /// What a line of output is
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
    if args.digest.unread_by_authelia() {
        hint("Authelia does not read pbkdf2 digests in the PHC form");
    }
    if args.batch.batch {
        return batch(&args.batch, &parameters, &mut stdout);
    }
    let secret = args.secret.read(Purpose::Hash, false)?;
    let digest = hash(&secret, &parameters)?;
    stdout.write(format!("{digest}\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The result of one line of a batch.
#[derive(Serialize)]
struct Output {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn batch(
    args: &BatchArgs,
    parameters: &Parameters,
    stdout: &mut Stdout,
) -> Result<ExitCode, Failure> {
    let mut lines: Lines<_> = Lines::new(input::stdin()?);
    let mut code = ExitCode::SUCCESS;
    while let Some(line) = next(&mut lines)? {
        let number = line.number;
        let (id, secret) = read(args.input_format, &line);
        let digest = match secret {
            Ok(secret) => Ok(hash(&secret, parameters)?.to_string()),
            Err(error) if args.format == Format::Text => {
                return Err(Failure::new(error).at(format!("line {number}")));
            }
            Err(error) => Err(format!("line {number}: {error}")),
        };
        if args.format == Format::Text {
            stdout.write(format!("{}\n", digest.unwrap_or_default()).as_bytes())?;
            continue;
        }
        if digest.is_err() {
            code = ExitCode::from(2);
        }
        let (digest, error) = (digest.as_ref().ok().cloned(), digest.err());
        stdout.write(&record::line(&Output { version: 1, id, digest, error })?)?;
    }
    Ok(code)
}

fn next<R: Read>(lines: &mut Lines<R>) -> Result<Option<Line<'_>>, Failure> {
    lines.next().map_err(|error| input::unreadable(&error))
}

/// The id and the secret of a line, or what is wrong with it.
fn read(
    format: InputFormat,
    line: &Line<'_>,
) -> (Option<serde_json::Value>, Result<Secret, String>) {
    let Some(text) = line.text else {
        return (None, Err(format!("longer than {MAX_LINE} bytes")));
    };
    let (id, secret) = match format {
        InputFormat::Lines => (None, Ok(Secret::from(text.to_vec()))),
        InputFormat::Jsonl => match Record::parse(text) {
            Ok(mut record) => (record.id.take(), record.secret()),
            Err(error) => (None, Err(error)),
        },
    };
    let secret = secret.and_then(|secret| {
        if secret.expose().is_empty() { Err("the secret is empty".to_owned()) } else { Ok(secret) }
    });
    (id, secret)
}
