//! `list`: the clients of a configuration.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::Digest;
use oidc_secret::authelia::{ClientSecret, Configuration, has_template, is_reference};
use serde_json::{Value, json};

use crate::cli::args::at::AtArgs;
use crate::cli::args::configuration_files::ConfigurationFiles;
use crate::cli::args::resolve::ResolveArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::terminal::output::Stdout;
use crate::cli::terminal::visible::{padded, visible};

/// List the clients in an Authelia configuration
#[derive(clap::Args)]
#[command(after_long_help = "\
Lists each client's id, name, authentication method, kind of secret and line. No secret and no \
digest is printed. The files are read as by `oidc-secret audit`: one, several, or a folder, also Helm \
values, manifests of Kubernetes, Compose files and variables of Ansible. Only the clients that \
Authelia takes are listed: those of the last list.

With --format json the output is {\"version\": 1, \"file\", \"at\", \"clients\": [{\"client_id\", \
\"client_name\", \"auth_method\", \"public\", \"secret\": \
\"digest\"|\"plaintext\"|\"template\"|\"variable\"|\"malformed\"|\"none\", \"digest\": {\"format\", \
\"algorithm\", \"parameters\"} or null, \"line\"}]}; \"at\" is the path of the list of clients.

Examples:
  oidc-secret list configuration.yml
  oidc-secret list --format json values.yaml
  oidc-secret list --at authelia_oidc_clients group_vars/all.yml")]
pub(crate) struct ListArgs {
    /// Configuration files or folders; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    at: AtArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    resolve: ResolveArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

pub(crate) fn run(args: &ListArgs) -> Result<ExitCode, Failure> {
    let read = ConfigurationFiles::read(&args.files, &args.at, &args.resolve)?;
    if args.resolve.is_on() {
        read.warn_of_unresolved();
    }
    let (file, _) = read.effective().ok_or_else(|| read.no_clients())?;
    let clients = file.client_secrets().map_err(|error| Failure::from(error).at(file.name()))?;
    if clients.is_empty() {
        return Err(read.no_clients());
    }
    let bytes = match args.format {
        Format::Text => table(file, &clients).into_bytes(),
        Format::Json => json(file, &clients)?,
    };
    Stdout::for_result()?.write(&bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// The kind of a client's secret.
enum Kind {
    Digest(Digest),
    Plaintext,
    Template,
    Variable,
    Malformed,
    None,
}

impl Kind {
    fn of(client: &ClientSecret) -> Self {
        let secret = client.secret.as_deref().unwrap_or_default();
        match secret.parse::<Digest>() {
            _ if secret.is_empty() => Self::None,
            _ if is_reference(secret) && has_template(secret) => Self::Template,
            _ if is_reference(secret) => Self::Variable,
            Ok(digest) if digest.is_plain() => Self::Plaintext,
            Ok(digest) => Self::Digest(digest),
            Err(_) if secret.starts_with('$') => Self::Malformed,
            // Authelia takes any other text as the secret itself.
            Err(_) => Self::Plaintext,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Digest(_) => "digest",
            Self::Plaintext => "plaintext",
            Self::Template => "template",
            Self::Variable => "variable",
            Self::Malformed => "malformed",
            Self::None => "none",
        }
    }

    /// Describes a digest by its algorithm and cost, and any other kind by its name.
    fn description(&self) -> String {
        let Self::Digest(digest) = self else { return self.name().to_owned() };
        let cost = json::parameters(&digest.parameters());
        let cost = cost.iter().map(|(name, value)| format!(" {name}={value}"));
        digest.algorithm().to_string() + &cost.collect::<String>()
    }
}

/// Formats a line for each client, in columns.
fn table(file: &Configuration, clients: &[ClientSecret]) -> String {
    let mut rows = vec![["ID", "NAME", "METHOD", "SECRET", "PLACE"].map(str::to_owned)];
    rows.extend(clients.iter().map(|client| {
        let method = if client.public { "public" } else { &client.auth_method };
        [
            visible(&client.id),
            visible(client.name.as_deref().unwrap_or("-")),
            visible(method),
            Kind::of(client).description(),
            format!("{}:{}", visible(file.name()), client.line),
        ]
    }));
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| padded(cell, width + 2));
        format!("{}{}\n", cells.collect::<String>(), row[4])
    };
    rows.iter().map(line).collect()
}

fn json(file: &Configuration, clients: &[ClientSecret]) -> Result<Vec<u8>, Failure> {
    let client = |client: &ClientSecret| {
        let kind = Kind::of(client);
        let digest = match &kind {
            Kind::Digest(digest) => json::digest(digest),
            _ => Value::Null,
        };
        json!({
            "client_id": client.id,
            "client_name": client.name,
            "auth_method": client.auth_method,
            "public": client.public,
            "secret": kind.name(),
            "digest": digest,
            "line": client.line,
        })
    };
    json::line(&json!({
        "version": 1,
        "file": file.name(),
        "at": file.location().to_string(),
        "clients": clients.iter().map(client).collect::<Vec<_>>(),
    }))
}
