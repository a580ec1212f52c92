//! Authelia's configuration for the commands that read or change it: errors in words, and the check
//! of what was written.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::authelia::{Encryption, Location, has_template};
use oidc_secret::error::{ConfigError, EditError, Error, TemplateProblem, Trim};
use oidc_secret::{Digest, Limits, Secret, Verdict, verify_many};
use zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
use crate::cli::input;
use crate::cli::terminal::output::{hint, warn};
use crate::cli::usage::is_similar;

/// Parses a configuration that will be changed. This is done once, since a large one takes seconds.
pub(crate) fn parsed<'t>(
    text: &'t str,
    path: &Path,
    at: Option<&str>,
) -> Result<Editor<'t>, Failure> {
    #[cfg(test)]
    tests::PARSES.with(|count| count.set(count.get() + 1));
    Editor::parse_at(text, at).map_err(|error| match error {
        // Encrypted files are another matter: they can be read once they are decrypted, and not edited.
        Error::Config(
            ConfigError::Yaml { .. } | ConfigError::LineBreak { .. } | ConfigError::Shape { .. },
        ) => read_failure(error, path, text),
        error => edit_failure(error, path),
    })
}

/// Says where the clients were found, unless they are where Authelia reads them.
pub(crate) fn say_location(location: &Location, path: &Path) {
    if !location.is_own() {
        hint(&format!("{}: the clients are in {location}", input::name(path)));
    }
}

/// Parses a changed configuration, once, from the bytes that were written.
pub(crate) fn verify_edit<'t>(
    edited: &Edited<'_>,
    written: &'t str,
    path: &Path,
) -> Result<Editor<'t>, Failure> {
    #[cfg(test)]
    tests::PARSES.with(|count| count.set(count.get() + 1));
    edited.check(written).map_err(|error| edit_failure(error, path))
}

/// Warns of clients in a YAML document that Authelia does not read.
pub(crate) fn warn_of_unread(config: &Editor<'_>, path: &Path) -> Result<(), Failure> {
    let number = config.document()?;
    if number > 1 && config.location().is_own() {
        warn_of_document(number, path);
    }
    Ok(())
}

/// Warns of clients in a YAML document of this number, which Authelia does not read.
pub(crate) fn warn_of_document(number: usize, path: &Path) {
    let path = input::name(path);
    warn(&format!(
        "{path}: the clients are in YAML document {number}, but Authelia reads only the first one"
    ));
}

/// Verifies each secret against the digest that a configuration has for its client.
pub(crate) fn verify_in(config: &Editor<'_>, secrets: &[(&str, Secret)]) -> Result<(), Failure> {
    let ids: Vec<&str> = secrets.iter().map(|(id, _)| *id).collect();
    verify(secrets, &config.values(&ids)?)
}

/// Verifies each secret against the digest that Authelia reads for its client.
pub(crate) fn verify(
    secrets: &[(&str, Secret)],
    written: &HashMap<String, Zeroizing<String>>,
) -> Result<(), Failure> {
    /// The user chose the cost of these digests, so no limit applies.
    const UNLIMITED: Limits = Limits { memory: u64::MAX, time: Duration::MAX };
    let wrong = |client: &str| {
        let text = format!("the digest of {client} in the written file does not match its secret");
        Failure::new(text).hint("nothing was changed; check the disk")
    };
    let digest = |(client, _): &(&str, Secret)| {
        let text = written.get(*client).ok_or_else(|| wrong(client))?;
        // Authelia accepts fewer formats than this library.
        let digest = text.parse::<Digest>().ok().filter(Digest::read_by_authelia);
        digest.ok_or_else(|| wrong(client))
    };
    let digests = secrets.iter().map(digest).collect::<Result<Vec<_>, _>>()?;
    let pairs: Vec<_> = secrets.iter().map(|(_, secret)| secret).zip(&digests).collect();
    for ((client, _), verdict) in secrets.iter().zip(verify_many(&pairs, &UNLIMITED)) {
        if verdict? != Verdict::Match {
            return Err(wrong(client));
        }
    }
    Ok(())
}

/// Describes why a configuration cannot be read, and what to do.
pub(crate) fn read_failure(error: Error, path: &Path, text: &str) -> Failure {
    let place = input::name(path);
    let is_form =
        matches!(error, Error::Config(ConfigError::Yaml { .. } | ConfigError::Shape { .. }));
    if let Some(kind) = FileKind::guess(text).filter(|kind| is_form && kind.is_no_yaml()) {
        return Failure::new(kind.to_string()).at(place).hint(kind.hint());
    }
    let hint = match &error {
        Error::Config(ConfigError::LineBreak { character, .. }) => line_break_hint(*character),
        Error::Config(ConfigError::Encrypted { encryption: Encryption::Sops }) => {
            format!("decrypt it for one command: sops exec-file {place} 'oidc-secret … {{}}'")
        }
        Error::Config(ConfigError::Encrypted { encryption: Encryption::AnsibleVault }) => {
            format!(
                "give the file that Ansible renders, or the output of `ansible-vault view {place}`"
            )
        }
        Error::Config(ConfigError::SeveralLists { .. }) => {
            "name one of them with --at PATH".to_owned()
        }
        Error::Config(ConfigError::NoListAt { known, .. }) if !known.is_empty() => {
            format!("there is {}", known.join(", "))
        }
        Error::Config(ConfigError::NoListAt { .. }) => {
            "PATH has the keys from the top of the file, separated by dots".to_owned()
        }
        Error::Config(ConfigError::Encrypted { .. }) => {
            "decrypt it first, and give the decrypted file".to_owned()
        }
        Error::Config(ConfigError::Template(error)) => template_hint(&error.problem, path),
        Error::Config(ConfigError::Yaml { line, .. }) if lacks_blank(text, *line) => {
            "write a blank after the colon; a template that begins with `{{-` removes it".to_owned()
        }
        _ if has_template(text) => {
            "a template that expands to more than one value cannot be read: give the file that \
             `authelia config template` renders"
                .to_owned()
        }
        _ => return Failure::from(error).at(place),
    };
    Failure::from(error).at(place).hint(hint)
}

/// Returns what to do about a character that is a line break for Authelia alone. The escapes have the
/// same meaning in all versions of YAML (1.1 §5.6, 1.2.2 §5.7).
fn line_break_hint(character: char) -> String {
    let escape = match character {
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        _ => "\\P",
    };
    format!("delete the character; a text that needs it has {escape} between double quotes")
}

/// Whether a line has a key without a blank after its colon, as in `client_secret:$pbkdf2…`.
fn lacks_blank(text: &str, line: u64) -> bool {
    let index = usize::try_from(line).unwrap_or_default().saturating_sub(1);
    let Some((key, value)) = text.lines().nth(index).and_then(|line| line.split_once(':')) else {
        return false;
    };
    let key = key.trim_start_matches([' ', '-']);
    let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_key && !key.is_empty() && value.starts_with(['$', '\'', '"', '{'])
}

/// Returns what to do about a template that a configuration cannot be read with.
fn template_hint(problem: &TemplateProblem, path: &Path) -> String {
    match problem {
        TemplateProblem::Control(_) => format!(
            "render it with `authelia config template --config {} \
             --config.experimental.filters template`, then `oidc-secret audit -`",
            path.display()
        ),
        TemplateProblem::Trimmed(Trim::After) => "write `}}` instead of `-}}`".to_owned(),
        TemplateProblem::Trimmed(_) => "write `{{` instead of `{{-`".to_owned(),
        TemplateProblem::Inserted => {
            "put single quotes around the template, and keep the digest alone in its file"
                .to_owned()
        }
        TemplateProblem::FilterOff => {
            "start Authelia with X_AUTHELIA_CONFIG_FILTERS=template".to_owned()
        }
        _ => "write it as in {{ secret \"/path\" }}: plain double quotes, even between others"
            .to_owned(),
    }
}

/// Describes files without clients: what one of them is instead, if that is known, and what to do.
pub(crate) fn no_clients(place: &str, kind: Option<FileKind>) -> Failure {
    let text = format!("{place}: no client found");
    match kind {
        Some(FileKind::NoClients) => Failure::new(text).hint(FileKind::NoClients.hint()),
        Some(kind) => Failure::new(format!("{text}; {kind}")).hint(kind.hint()),
        None => {
            Failure::new(text).hint("the clients are read from identity_providers.oidc.clients")
        }
    }
}

/// Names the clients that there are, for an id that is missing or wrong.
pub(crate) fn known_ids<T: AsRef<str>>(wanted: &str, ids: &[T]) -> String {
    /// More ids fill the terminal.
    const MAX_SHOWN: usize = 20;
    let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    if let Some(id) = ids.iter().find(|id| !wanted.is_empty() && is_similar(id, wanted)) {
        return format!("did you mean {id}?");
    }
    let shown = ids[..ids.len().min(MAX_SHOWN)].join(", ");
    match ids.len().saturating_sub(MAX_SHOWN) {
        0 => format!("the clients are: {shown}"),
        more => format!("the clients are: {shown}, and {more} more"),
    }
}

/// Describes why a configuration cannot be changed, and what to do.
pub(crate) fn edit_failure(error: Error, path: &Path) -> Failure {
    let hint = match &error {
        Error::Edit(EditError::NoClient { .. }) => {
            "the clients are read from identity_providers.oidc.clients"
        }
        Error::Edit(EditError::IdTaken { .. }) => {
            "choose another id with --id, or give that client a new secret with `oidc-secret rotate`"
        }
        Error::Edit(EditError::NoSecret { .. }) => {
            "a public client has no secret; for another client, add a client_secret"
        }
        Error::Edit(EditError::ExpandEnv) => {
            "remove the filter expand-env, which is deprecated, and write each `$` once"
        }
        Error::Edit(EditError::Template) => "choose another name",
        Error::Edit(EditError::NotReadBack { .. }) => {
            "nothing was changed; write the template as '{{ secret \"PATH\" }}', between quotes and \
             without `-`"
        }
        Error::Edit(EditError::OtherValue { .. }) => {
            "set it to that value if no other client needs the old one; otherwise create the client \
             without --write, and rename the part that it needs"
        }
        Error::Edit(EditError::UnsupportedYaml | EditError::Shared { .. }) => "change it yourself",
        Error::Config(ConfigError::SeveralLists { .. }) => "name one of them with --at PATH",
        Error::Config(ConfigError::Encrypted { encryption: Encryption::Sops }) => {
            "a changed file no longer decrypts: make the digest with `oidc-secret new`, and put it in \
             with `sops edit`"
        }
        Error::Config(ConfigError::Encrypted { .. }) => {
            "make the digest with `oidc-secret new`, and put it in with the tool that encrypts the file"
        }
        _ => return Failure::from(error).at(path.display()),
    };
    Failure::from(error).at(path.display()).hint(hint)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use clap::Parser as _;

    use crate::cli::commands::{Cli, Command};
    use crate::cli::commands::{new, rotate};

    thread_local! {
        /// Number of times that a configuration was parsed.
        pub(super) static PARSES: Cell<usize> = const { Cell::new(0) };
    }

    /// A large configuration takes seconds to parse: once before the change and once after it is
    /// enough.
    #[test]
    fn a_change_reads_the_old_text_once_and_the_new_one_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let client = "{client_id: a, client_secret: '$plaintext$x'}";
        let text = format!("identity_providers: {{oidc: {{clients: [{client}]}}}}\n");
        std::fs::write(path("c.yml"), text).unwrap();
        let (file, secret) = (path("c.yml"), path("secret"));
        let cost = ["-a", "sha512crypt", "--rounds", "1000"];
        for args in [
            &["rotate", &file, "a", "--secret-out", &secret][..],
            &["rotate", &file, "--all", "--secret-out", &path("all")],
            &["rotate", &file, "a", "--dry-run"],
            &["new", "b", "--write", &file, "--redirect-uri", "https://b.example.com/cb"],
        ] {
            PARSES.set(0);
            let cli = Cli::try_parse_from([&["oidc-secret"], args, &cost].concat()).unwrap();
            match cli.command {
                Some(Command::Rotate(args)) => rotate::run(&args).map(drop).unwrap(),
                Some(Command::New(args)) => new::run(&args).map(drop).unwrap(),
                _ => unreachable!(),
            }
            assert_eq!(PARSES.get(), 2, "{args:?}");
        }
    }
}
