//! Source of a digest: an argument, a file, or a client in an Authelia configuration.

use std::path::{Path, PathBuf};

use oidc_secret::authelia::Configuration;
use oidc_secret::error::{ParseError, Problem};
use oidc_secret::{Error, authelia};

use crate::cli::configuration::{known_ids, no_clients, read_failure};
use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
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
    /// Take the digest from an Authelia configuration (repeatable)
    #[arg(long, value_name = "FILE", requires = "client", conflicts_with_all = ["digest", "digest_file"])]
    config: Vec<PathBuf>,
    /// The client's id in the configuration
    #[arg(long, value_name = "ID", requires = "config", allow_hyphen_values = true)]
    client: Option<String>,
}

impl DigestSource {
    /// Reads the digest, and describes where it came from.
    pub(crate) fn read(&self) -> Result<(String, String), Failure> {
        match (&self.digest, &self.digest_file, &self.client) {
            (Some(digest), ..) => Ok((digest.clone(), "digest".to_owned())),
            (_, Some(path), _) => {
                Ok((input::digest_file(path)?, format!("digest in {}", input::name(path))))
            }
            (.., Some(client)) => self.configured(client),
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
            // A digest in single quotes keeps its four or five `$`. One in double quotes loses
            // those that the shell takes for variables.
            _ if self.digest.as_ref().is_some_and(|digest| digest.matches('$').count() < 4) => {
                "put the digest between single quotes, or the shell replaces its $ fields"
            }
            _ => return failure,
        };
        failure.hint(hint)
    }

    /// Returns the digest of a client in the configurations, and where it is.
    fn configured(&self, id: &str) -> Result<(String, String), Failure> {
        let (mut clients, mut kind) = (Vec::new(), None);
        for path in &self.config {
            let text = input::config_file(path)?;
            let read = Configuration::parse(&path.display().to_string(), &text)
                .and_then(|file| file.client_secrets())
                .map_err(|error| read_failure(error, path, &text))?;
            if read.is_empty() {
                kind = kind.or_else(|| FileKind::guess(&text));
            }
            clients.extend(read.into_iter().map(|client| (client, path)));
        }
        let place = |client: &authelia::ClientSecret, path: &Path| {
            format!("{}, line {}, client {id}", input::name(path), client.line)
        };
        let ours = clients.iter().filter(|(client, _)| client.id == id);
        let found: Vec<_> = ours.map(|(client, path)| (client, place(client, path))).collect();
        let files: Vec<_> = self.config.iter().map(|path| input::name(path)).collect();
        match &found[..] {
            [] if clients.is_empty() => Err(no_clients(&files.join(", "), kind)),
            [] => {
                let text = format!("no client with the id {id} in {}", files.join(", "));
                let ids: Vec<_> = clients.iter().map(|(client, _)| &client.id).collect();
                Err(Failure::new(text).hint(known_ids(id, &ids)))
            }
            [(client, place)] => match &client.secret {
                Some(secret) if authelia::starts_with_template(secret) => {
                    let text = "the secret is a template, which Authelia fills in when it starts";
                    Err(Failure::new(text).at(place).hint("give the digest itself: --digest-file"))
                }
                Some(secret) => Ok((secret.clone(), place.clone())),
                None => Err(Failure::new("the client has no secret").at(place)),
            },
            [(_, first), (_, second), ..] => {
                Err(Failure::new(format!("duplicate client id: {first}; {second}")))
            }
        }
    }
}
