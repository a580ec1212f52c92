//! `diagnose`: finds out why an application cannot sign its users in.

mod asked;
mod candidates;
mod cause;
mod configured;
mod inputs;
mod logged;
mod pair;
mod report;
mod unsaid;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use oidc_secret::{Code, Effort, Error, Severity, Verdict};

use crate::cli::args::digest_source::DigestSource;
use crate::cli::args::limits::LimitArgs;
use crate::cli::args::live::LiveArgs;
use crate::cli::args::secret::SecretArgs;
use crate::cli::failure::Failure;
use crate::cli::verdict::{self, words};
use asked::Asked;
use cause::Cause;
use inputs::Inputs;

/// Find out why an application cannot sign its users in
#[derive(clap::Args)]
#[command(
    override_usage = "oidc-secret diagnose [OPTIONS] [DIGEST]",
    after_help = "\
Examples:
  oidc-secret diagnose --secret-file secret.txt --config configuration.yml --client kasm
  oidc-secret diagnose --log authelia.log --config configuration.yml",
    after_long_help = "\
Takes whatever there is: a secret, a digest or a client in a configuration, the application, \
Authelia's log. It compares the secret with the digest; if they do not match, it undoes the usual \
changes to secrets and digests and tries the secret on the configuration's other clients. A match \
is not the end: it goes on with the client's entry and with the log.

The first line is `match`, `mismatch` or, for a digest that cannot be read, `invalid`; without a \
secret and a digest there is none. The findings follow, the likeliest cause first; \
oidc-secret-findings(7) lists them. No output contains the secret.

The exit code is 0 if nothing is wrong, 1 if an error or a warning was found, 2 if it cannot be \
said. A secret that matches only after a change is a mismatch.

The secret is read as by `verify`. With --log it is read only if --secret-file or --secret-env \
says where it is. If there is none, an empty input will do.

With a digest and a configuration, the digest is also looked for among the configuration's clients.

With --format json the output is {\"version\": 1, \"verdict\": \
\"match\"|\"mismatch\"|\"invalid\"|null, \"error\", \"findings\": [{\"code\", \"severity\", \
\"message\", \"fix\", \"where\": {\"file\", \"line\", \"client\", \"key\"}, \"log\": {\"client\", \
\"count\", \"first\": {\"line\", \"time\"}, \"last\": {\"line\", \"time\"}}}], \"log\": \
{\"lines\", \"ignored\"}}.

Examples:
  oidc-secret diagnose --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret diagnose --raw --secret-file secret.txt --config configuration.yml --client kasm
  oidc-secret diagnose --config configuration.yml --client kasm --app kasm-workspaces < secret.txt
  docker logs authelia 2>&1 | oidc-secret diagnose --log - --config configuration.yml"
)]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    source: DigestSource,
    /// Read Authelia's log; `-` is standard input
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// The client's application in the catalogue
    ///
    /// Its needs are compared with the client's entry. `oidc-secret apps` lists the applications.
    #[arg(long, value_name = "SLUG")]
    app: Option<String>,
    /// Also try the secrets in this file, one per line
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
    /// How many changes to try
    #[arg(long, value_name = "EFFORT", default_value = "normal", value_parser = effort())]
    effort: Effort,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    live: LiveArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

fn effort() -> impl TypedValueParser<Value = Effort> {
    let names = Effort::ALL.iter().map(|effort| effort.name());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Effort>())
}

pub(crate) fn run(args: &DiagnoseArgs) -> Result<ExitCode, Failure> {
    let mut inputs = Inputs::read(args)?;
    let pair = pair::compare(args, &inputs)?;
    let verdict = pair.verdict.as_ref().and_then(|verdict| verdict.as_ref().ok());
    let mut asked = Asked::ask(args, &inputs, verdict.copied())?;
    let mut causes = pair.causes;
    causes.append(&mut asked.causes);
    causes.extend(logged::causes(&inputs, pair.verdict == Some(Ok(Verdict::Match))));
    causes.extend(configured::causes(&inputs, &causes));
    causes.sort_by_key(Cause::rank);
    let code = exit_code(pair.verdict.as_ref(), &asked, &causes);
    let unsaid = (code == 2).then(|| {
        let unanswered = asked.failure(&causes);
        unanswered.unwrap_or_else(|| unsaid::failure(&mut inputs, pair.verdict.as_ref()))
    });
    asked.warn();
    if args.format == Format::Json {
        let bytes = report::json(
            pair.verdict.as_ref(),
            unsaid.as_ref(),
            &asked,
            &causes,
            inputs.log.as_ref(),
        )?;
        verdict::write(&bytes, code)?;
        return Ok(code.into());
    }
    let text = report::text(pair.verdict.as_ref(), &asked, &causes, inputs.log.as_ref());
    verdict::write(text.as_bytes(), code)?;
    if let Some(failure) = unsaid {
        return Err(failure);
    }
    if causes.is_empty() {
        unsaid::say_unused(&inputs);
    }
    Ok(code.into())
}

/// Returns the exit code: 0 if nothing is wrong, 1 if something is, 2 if it cannot be said.
fn exit_code(verdict: Option<&Result<Verdict, Error>>, asked: &Asked, causes: &[Cause]) -> u8 {
    // A digest that costs too much is not compared, which says nothing about the secret.
    let is_wrong = |cause: &Cause| {
        cause.finding.code != Code::OverLimits
            && cause.finding.code.severity() != Severity::Note
            && !cause.is_unanswered()
    };
    match verdict {
        _ if causes.iter().any(is_wrong) => 1,
        Some(Ok(Verdict::Match)) | None if asked.is_unanswered(causes) => 2,
        None if asked.is_accepted() => 0,
        Some(Ok(verdict)) => words(*verdict).1,
        Some(Err(_)) | None => 2,
    }
}
