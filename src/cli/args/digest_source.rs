//! Source of a digest: an argument, a file, or a client in an Authelia configuration.

use std::path::PathBuf;

use oidc_secret::audit::Located;
use oidc_secret::authelia::{ClientSecret, Form, authelia_variable, has_template};
use oidc_secret::error::{NotReadByAuthelia, ParseError, Problem};
use oidc_secret::{Code, Digest, Error, Finding, diagnose_client, inspect, provider};

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
    #[arg(long, short, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// The client's id in the configuration; its only client needs none
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) client: Option<String>,
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
}

impl DigestSource {
    /// Reads the digest from the one source that is given.
    pub(crate) fn read(&self) -> Result<SourcedDigest, Failure> {
        self.refuse_unused()?;
        if self.client.is_some() && !self.is_configuration() {
            return Err(Failure::new("--client names a client in a configuration")
                .hint("add --config FILE"));
        }
        let given = self.given()?;
        match (given, self.configuration()?) {
            (Some(_), Some(_)) => Err(Failure::new(
                "there are two digests: one is given, and one is in the configuration",
            )
            .hint("leave out --config, or the digest")),
            (Some(given), None) => Ok(given),
            (None, Some(files)) => self.configured(&files, self.client.as_deref()),
            (None, None) => Err(Failure::new("there is no digest")
                .hint("give it as an argument, with --digest-file, or with --config and --client")),
        }
    }

    /// Refuses flags that have no use without a configuration.
    pub(crate) fn refuse_unused(&self) -> Result<(), Failure> {
        if self.is_configuration() {
            return Ok(());
        }
        if self.at.path().is_some() {
            return Err(Failure::new("--at names a list of clients in a configuration")
                .hint("add --config FILE, or leave out --at"));
        }
        if self.resolve.is_given() {
            return Err(Failure::new("templates are resolved only in a configuration")
                .hint("add --config and --client"));
        }
        Ok(())
    }

    /// Reads the digest that is an argument or alone in a file.
    pub(crate) fn given(&self) -> Result<Option<SourcedDigest>, Failure> {
        Ok(match (&self.digest, &self.digest_file) {
            (Some(digest), _) => {
                Some(SourcedDigest { text: digest.clone(), place: "digest".to_owned() })
            }
            (_, Some(path)) => {
                let place = format!("digest in {}", input::name(path));
                Some(SourcedDigest { text: input::digest_file(path)?, place })
            }
            (None, None) => None,
        })
    }

    /// Reads the configuration.
    pub(crate) fn configuration(&self) -> Result<Option<ConfigurationFiles>, Failure> {
        if !self.is_configuration() {
            return Ok(None);
        }
        ConfigurationFiles::read(&self.config, &self.at, &self.resolve).map(Some)
    }

    /// Whether the digest or the configuration is read from standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.stdin_count() > 0
    }

    /// Returns how many of the files are standard input.
    pub(crate) fn stdin_count(&self) -> usize {
        self.digest_file.iter().chain(&self.config).filter(|path| path.as_os_str() == "-").count()
    }

    /// Whether there is a source.
    pub(crate) fn is_given(&self) -> bool {
        self.digest.is_some() || self.digest_file.is_some() || self.is_configuration()
    }

    /// Whether the digest comes from a configuration, so that only the formats that Authelia
    /// accepts count.
    pub(crate) fn is_configuration(&self) -> bool {
        !self.config.is_empty()
    }

    /// Parses a digest of one of the formats that are allowed here.
    pub(crate) fn parse(&self, text: &str, any_format: bool) -> Result<Digest, Error> {
        let digest: Digest = text.parse()?;
        let algorithm = digest.algorithm();
        // A configuration is read by Authelia, which accepts one encoding for each format.
        let is_read = if self.is_configuration() {
            digest.read_by_authelia()
        } else {
            algorithm.format().read_by_authelia
        };
        if any_format || is_read { Ok(digest) } else { Err(NotReadByAuthelia { algorithm }.into()) }
    }

    /// Returns a value of a configuration that Authelia reads as a plaintext secret, with the prefix
    /// that marks it as one, and the finding on it.
    pub(crate) fn plaintext(&self, text: &str) -> Option<(String, Finding)> {
        if !self.is_configuration() || text.starts_with('$') {
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
    pub(crate) fn configured(
        &self,
        read: &ConfigurationFiles,
        id: Option<&str>,
    ) -> Result<SourcedDigest, Failure> {
        let (file, resolved) = read.effective().ok_or_else(|| read.no_clients())?;
        let name = input::name(file.name().as_ref());
        let clients = file.client_secrets().map_err(|error| Failure::from(error).at(&name))?;
        let client = client(id, &clients, read)?;
        let at = |line| format!("{name}, line {line}, client {}", client.id);
        let (secret, line) = (client.secret.as_deref().unwrap_or_default(), client.secret_line);
        if file.location().form() == Form::Chart && has_template(secret) && !self.resolve.is_on() {
            let text = "the digest is not in these values: client_secret.path is a file of a Kubernetes Secret";
            let hint = "give the digest itself: --digest-file, or a copy of the file: --map /secrets=FOLDER";
            return Err(Failure::new(text).at(at(line)).hint(hint));
        }
        if let Some(failure) = self.resolve.unusable(secret, line, resolved) {
            return Err(failure.at(at(line)));
        }
        let place = at(client.line);
        Ok(SourcedDigest { text: secret_of(client, &place)?, place })
    }
}

/// Returns the client of the id, or the only one there is.
fn client<'c>(
    id: Option<&str>,
    clients: &'c [ClientSecret],
    read: &ConfigurationFiles,
) -> Result<&'c ClientSecret, Failure> {
    let ids: Vec<_> = clients.iter().map(|client| &client.id).collect();
    let Some(id) = id else {
        return match clients {
            [] => Err(read.no_clients()),
            [only] => Ok(only),
            _ => {
                let failure = Failure::new("--client is missing").at(read.names());
                Err(failure.hint(known_ids("", &ids)))
            }
        };
    };
    let found: Vec<_> = clients.iter().filter(|client| client.id == id).collect();
    match found[..] {
        [client] => Ok(client),
        [] if clients.is_empty() => Err(read.no_clients()),
        [] => Err(overridden(id, read).unwrap_or_else(|| {
            let text = format!("no client with the id {id} in {}", read.names());
            Failure::new(text).hint(known_ids(id, &ids))
        })),
        [first, second, ..] => {
            let text =
                format!("lines {} and {}: duplicate client id {id}", first.line, second.line);
            Err(Failure::new(text).at(read.names()))
        }
    }
}

/// Describes that a client is only in a file whose clients Authelia does not take.
fn overridden(id: &str, read: &ConfigurationFiles) -> Option<Failure> {
    let mut found = diagnose_client(&read.files, id, None).into_iter();
    let Located { finding, place, .. } =
        found.find(|located| located.finding.code == Code::Overridden)?;
    let failure = Failure::new(finding.message);
    let place = format!("{}, line {}, client {id}", place.file, place.line);
    Some(failure.at(place).hint("move the client to the last file, or leave that file out"))
}

/// Whether a shell may have replaced fields of a digest. One of other software may have fewer.
fn may_be_expanded(digest: &str) -> bool {
    let is_whole = matches!(provider::read(digest), Ok(_) | Err(ParseError::Foreign(_)));
    digest.matches('$').count() < 4 && !is_whole
}

/// Returns a client's digest.
fn secret_of(client: &ClientSecret, place: &str) -> Result<String, Failure> {
    let Some(secret) = client.secret.as_ref().filter(|secret| !secret.is_empty()) else {
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
