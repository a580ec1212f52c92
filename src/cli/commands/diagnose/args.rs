//! The arguments of `diagnose`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use oidc_secret::Effort;

use crate::cli::args::digest_source::DigestSource;
use crate::cli::args::limits::LimitArgs;
use crate::cli::args::live::LiveArgs;
use crate::cli::args::secret::SecretArgs;

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

The secret is read as by `verify`. With --log it is read only if --secret-file, --secret-env or \
--secret-cmd says where it is. If there is none, an empty input will do.

With a digest and a configuration, the digest is also looked for among the configuration's clients.

With --live the running provider is asked, which proves that it has the secret's digest. It gets a \
token request with a random code: its answer tells whether it accepts the client, but it issues no \
token. If it refuses the method of authentication, the other one is tried, so that at most two \
attempts count as failed there. With --redirect-uri, a provider with pushed authorization requests is \
also asked whether it accepts the redirect URI, the application's scopes (--app) and PKCE. Redirects \
are not followed, and the secret goes only to the host and port of the URL. An answer that tells \
nothing, such as a rate limit, an error or a login page, makes the exit code 2.

With --format json the output is {\"version\": 1, \"verdict\": \
\"match\"|\"mismatch\"|\"invalid\"|null, \"error\", \"findings\": [{\"code\", \"severity\", \
\"message\", \"fix\", \"where\": {\"file\", \"line\", \"client\", \"key\"}, \"log\": {\"client\", \
\"count\", \"first\": {\"line\", \"time\"}, \"last\": {\"line\", \"time\"}}}], \"log\": \
{\"lines\", \"ignored\"}, \"live\": {\"secret\": \"accepted\"|\"public\"|\"rejected\"|null, \
\"request\": \"accepted\"|\"refused\"|null, \"grant\": \"refused\"|null}}.

Examples:
  oidc-secret diagnose --secret-file secret.txt '$pbkdf2-sha512$310000$...'
  oidc-secret diagnose --raw --secret-file secret.txt --config configuration.yml --client kasm
  oidc-secret diagnose --config configuration.yml --client kasm --app kasm-workspaces < secret.txt
  docker logs authelia 2>&1 | oidc-secret diagnose --log - --config configuration.yml
  oidc-secret diagnose --live https://auth.example.com --config configuration.yml --client kasm < secret.txt"
)]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    pub(super) source: DigestSource,
    /// Read Authelia's log; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// The client's application in the catalogue
    ///
    /// Its needs are compared with the client's entry. `oidc-secret apps` lists the applications.
    #[arg(long, value_name = "SLUG")]
    pub(super) app: Option<String>,
    /// Also try the secrets in this file, one per line
    #[arg(long, value_name = "FILE")]
    pub(super) candidates: Option<PathBuf>,
    /// How many changes to try
    #[arg(long, value_name = "EFFORT", default_value = "normal", value_parser = effort())]
    pub(super) effort: Effort,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) secret: SecretArgs,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    #[command(flatten)]
    pub(super) live: LiveArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

fn effort() -> impl TypedValueParser<Value = Effort> {
    let names = Effort::ALL.iter().map(|effort| effort.name());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Effort>())
}
