//! Source of a digest: an argument, a file, or a client in an Authelia configuration.

use std::path::{Path, PathBuf};

use oidc_secret::error::{ParseError, Problem};
use oidc_secret::{Error, authelia};

use crate::cli::args::resolve::ResolveArgs;
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
    #[command(flatten)]
    resolve: ResolveArgs,
}

impl DigestSource {
    /// Reads the digest, and describes where it came from.
    pub(crate) fn read(&self) -> Result<(String, String), Failure> {
        if self.resolve.is_given() && !self.is_configuration() {
            return Err(Failure::new("templates are resolved only in a configuration")
                .hint("add --config and --client"));
        }
        match (&self.digest, &self.digest_file, &self.client) {
            (Some(digest), ..) => Ok((digest.clone(), "digest".to_owned())),
            (_, Some(path), _) => {
                Ok((input::digest_file(path)?, format!("digest in {}", path.display())))
            }
            (.., Some(client)) => self.configured(client),
            _ => Err(Failure::new("there is no digest")
                .hint("give it as an argument, with --digest-file, or with --config and --client")),
        }
    }

    /// Whether the digest is read from standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.digest_file.as_ref().is_some_and(|path| path.as_os_str() == "-")
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
        let mut unusable = None;
        for path in &self.config {
            let text = input::config_file(path)?;
            let failure = |error| read_failure(error, path, &text);
            let resolved = self.resolve.resolved(&text).map_err(failure)?;
            let read = authelia::resolved_clients(&resolved).map_err(failure)?;
            if read.is_empty() {
                kind = kind.or_else(|| FileKind::guess(&text));
            }
            if let Some(client) = read.iter().find(|client| client.id == id) {
                let secret = client.secret.as_deref().unwrap_or_default();
                let line = client.secret_line;
                let found = self.resolve.unusable(secret, line, &resolved);
                let place = format!("{}, line {line}, client {id}", path.display());
                unusable = found.map(|failure| failure.at(place));
            }
            clients.extend(read.into_iter().map(|client| (client, path)));
        }
        let place = |client: &authelia::ClientSecret, path: &Path| {
            format!("{}, line {}, client {id}", path.display(), client.line)
        };
        let ours = clients.iter().filter(|(client, _)| client.id == id);
        let found: Vec<_> = ours.map(|(client, path)| (client, place(client, path))).collect();
        let files: Vec<_> = self.config.iter().map(|path| path.display().to_string()).collect();
        match &found[..] {
            [] if clients.is_empty() => Err(no_clients(&files.join(", "), kind)),
            [] => {
                let text = format!("no client with the id {id} in {}", files.join(", "));
                let ids: Vec<_> = clients.iter().map(|(client, _)| &client.id).collect();
                Err(Failure::new(text).hint(known_ids(id, &ids)))
            }
            [(client, place)] => unusable.map_or_else(|| secret_of(client, place), Err),
            [(_, first), (_, second), ..] => {
                Err(Failure::new(format!("duplicate client id: {first}; {second}")))
            }
        }
    }
}

/// Returns a client's digest, and its place.
fn secret_of(client: &authelia::ClientSecret, place: &str) -> Result<(String, String), Failure> {
    let Some(secret) = &client.secret else {
        return Err(Failure::new("the client has no secret").at(place));
    };
    let Some(name) = authelia::authelia_variable(secret) else {
        return Ok((secret.clone(), place.to_owned()));
    };
    let text = format!(
        "the secret is a placeholder: the name {name}, but values in a list cannot come from \
         Authelia's variables"
    );
    let failure = Failure::new(text).at(place);
    Err(failure.hint("write the digest itself, or a template that reads it from a file"))
}
