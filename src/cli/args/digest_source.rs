//! Source of a digest: an argument, a file, or a client in an Authelia configuration.

use std::path::PathBuf;

use oidc_secret::authelia::{ClientSecret, authelia_variable};
use oidc_secret::error::{ParseError, Problem};
use oidc_secret::{Digest, Error, provider};

use crate::cli::args::at::AtArgs;
use crate::cli::args::configuration_files::ConfigurationFiles;
use crate::cli::args::resolve::ResolveArgs;
use crate::cli::configuration::known_ids;
use crate::cli::failure::Failure;
use crate::cli::input;

/// Source of a digest.
#[derive(clap::Args)]
pub(crate) struct DigestSource {
    /// The digest, between single quotes
    #[arg(value_name = "DIGEST", group = "digest_source")]
    digest: Option<String>,
    /// Read the digest from a file; `-` is standard input
    #[arg(long, value_name = "PATH", group = "digest_source")]
    digest_file: Option<PathBuf>,
    /// Take the digest from an Authelia configuration: a file or a folder (repeatable)
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["digest", "digest_file"])]
    config: Vec<PathBuf>,
    /// The client's id in the configuration; its only client needs none
    #[arg(long, value_name = "ID", requires = "config", allow_hyphen_values = true)]
    client: Option<String>,
    #[command(flatten)]
    at: AtArgs,
    #[command(flatten)]
    resolve: ResolveArgs,
}

/// A digest, as its source has it.
pub(crate) struct SourcedDigest {
    pub(crate) text: String,
    /// Describes where it came from.
    pub(crate) place: String,
    /// The configuration's other clients, each described by its id and line.
    others: Vec<(String, ClientSecret)>,
}

impl SourcedDigest {
    fn alone(text: String, place: String) -> Self {
        Self { text, place, others: Vec::new() }
    }

    /// Returns the digests of the other clients, each with the description of its client.
    pub(crate) fn neighbours(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.others.iter().filter_map(|(place, client)| {
            let digest = client.secret.as_deref()?.parse().ok()?;
            Some((&**place, digest))
        })
    }
}

impl DigestSource {
    /// Reads the digest, once.
    pub(crate) fn read(&self) -> Result<SourcedDigest, Failure> {
        if self.at.path().is_some() && !self.is_configuration() {
            return Err(Failure::new("--at names a list of clients in a configuration")
                .hint("add --config FILE, or leave out --at"));
        }
        if self.resolve.is_given() && !self.is_configuration() {
            return Err(Failure::new("templates are resolved only in a configuration")
                .hint("add --config and --client"));
        }
        match (&self.digest, &self.digest_file) {
            (Some(digest), _) => Ok(SourcedDigest::alone(digest.clone(), "digest".to_owned())),
            (_, Some(path)) => {
                let place = format!("digest in {}", input::name(path));
                Ok(SourcedDigest::alone(input::digest_file(path)?, place))
            }
            _ if self.is_configuration() => self.configured(),
            _ => Err(Failure::new("there is no digest")
                .hint("give it as an argument, with --digest-file, or with --config and --client")),
        }
    }

    /// Whether the digest or the configuration is read from standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.digest_file.iter().chain(&self.config).any(|path| path.as_os_str() == "-")
    }

    /// Whether the digest comes from a configuration, so that only the formats that Authelia
    /// accepts count.
    pub(crate) fn is_configuration(&self) -> bool {
        !self.config.is_empty()
    }

    /// Describes a digest that cannot be parsed, and what to do.
    pub(crate) fn malformed(&self, error: &Error) -> Failure {
        let failure = Failure::from(error.clone());
        let hint = match error {
            Error::Digest(ParseError::Field {
                problem: Problem::Character { character, .. },
                ..
            }) => match character {
                '+' => "Authelia's pbkdf2 digests have `.` where other base64 has `+`",
                '.' => "argon2 digests and PHC strings have `+` where Authelia's pbkdf2 has `.`",
                '=' => "digests have no padding",
                _ => return failure,
            },
            Error::Digest(ParseError::NoLeadingDollar) if self.client.is_some() => {
                "a value that does not begin with $ is a plaintext secret to Authelia"
            }
            Error::Digest(ParseError::Foreign(_)) => {
                "make a new digest from the secret with `oidc-secret hash`"
            }
            // A digest in single quotes keeps its four or five `$`. One in double quotes loses
            // those that the shell takes for variables.
            _ if self.digest.as_deref().is_some_and(may_be_expanded) => {
                "put the digest between single quotes, or the shell replaces its $ fields"
            }
            _ => return failure,
        };
        failure.hint(hint)
    }

    /// Returns the digest of a client in the configuration.
    fn configured(&self) -> Result<SourcedDigest, Failure> {
        let read = ConfigurationFiles::read(&self.config, &self.at, &self.resolve)?;
        let (file, resolved) = read.effective().ok_or_else(|| read.no_clients())?;
        let name = input::name(file.name().as_ref());
        let clients = file.client_secrets().map_err(|error| Failure::from(error).at(&name))?;
        let client = self.client(&clients, &read)?;
        let at = |line| format!("{name}, line {line}, client {}", client.id);
        let (secret, line) = (client.secret.as_deref().unwrap_or_default(), client.secret_line);
        if let Some(failure) = self.resolve.unusable(secret, line, resolved) {
            return Err(failure.at(at(line)));
        }
        let place = at(client.line);
        let (text, line) = (secret_of(client, &place)?, client.line);
        let others = clients.into_iter().filter(|client| client.line != line);
        let others = others.map(|client| {
            let place = format!("{} ({name}, line {})", client.id, client.line);
            (place, client)
        });
        Ok(SourcedDigest { text, place, others: others.collect() })
    }

    /// Returns the client of the id, or the only one there is.
    fn client<'c>(
        &self,
        clients: &'c [ClientSecret],
        read: &ConfigurationFiles,
    ) -> Result<&'c ClientSecret, Failure> {
        let ids: Vec<_> = clients.iter().map(|client| &client.id).collect();
        let Some(id) = &self.client else {
            return match clients {
                [] => Err(read.no_clients()),
                [only] => Ok(only),
                _ => {
                    let failure = Failure::new("--client is missing").at(read.names());
                    Err(failure.hint(known_ids("", &ids)))
                }
            };
        };
        let found: Vec<_> = clients.iter().filter(|client| client.id == *id).collect();
        match found[..] {
            [client] => Ok(client),
            [] if clients.is_empty() => Err(read.no_clients()),
            [] => {
                let text = format!("no client with the id {id} in {}", read.names());
                Err(Failure::new(text).hint(known_ids(id, &ids)))
            }
            [first, second, ..] => {
                let text =
                    format!("lines {} and {}: duplicate client id {id}", first.line, second.line);
                Err(Failure::new(text).at(read.names()))
            }
        }
    }
}

/// Whether a shell may have replaced fields of a digest. One of other software may have fewer.
fn may_be_expanded(digest: &str) -> bool {
    let is_whole = matches!(provider::read(digest), Ok(_) | Err(ParseError::Foreign(_)));
    digest.matches('$').count() < 4 && !is_whole
}

/// Returns a client's digest.
fn secret_of(client: &ClientSecret, place: &str) -> Result<String, Failure> {
    let Some(secret) = &client.secret else {
        return Err(Failure::new("the client has no secret").at(place));
    };
    let Some(name) = authelia_variable(secret) else {
        return Ok(secret.clone());
    };
    let text = format!(
        "the secret is a placeholder: the name {name}, but values in a list cannot come from \
         Authelia's variables"
    );
    let failure = Failure::new(text).at(place);
    Err(failure.hint("write the digest itself, or a template that reads it from a file"))
}
