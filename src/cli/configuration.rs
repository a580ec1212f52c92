//! Authelia's configuration, for the commands that read or change it: errors in words, and the
//! verification of what was written.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::authelia::{Encryption, has_template};
use oidc_secret::error::{ConfigError, EditError, Error};
use oidc_secret::{Digest, Limits, Secret, Verdict, verify_many};
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::warn;

/// Reads a configuration that is to be changed: once, since a large one takes its time.
pub(crate) fn parsed<'t>(text: &'t str, path: &Path) -> Result<Editor<'t>, Failure> {
    #[cfg(test)]
    tests::PARSES.with(|count| count.set(count.get() + 1));
    Editor::parse(text).map_err(|error| explained(error, path))
}

/// Reads a changed configuration again, once, as it was written.
pub(crate) fn verify_edit<'t>(
    edited: &Edited<'_>,
    written: &'t str,
    path: &Path,
) -> Result<Editor<'t>, Failure> {
    #[cfg(test)]
    tests::PARSES.with(|count| count.set(count.get() + 1));
    edited.check(written).map_err(|error| explained(error, path))
}

/// Warns of clients that are where Authelia does not read them.
pub(crate) fn warn_of_document(config: &Editor<'_>, path: &Path) -> Result<(), Failure> {
    let number = config.document()?;
    if number > 1 {
        let path = path.display();
        warn(&format!(
            "{path}: the clients are in YAML document {number}, but Authelia reads only the first one"
        ));
    }
    Ok(())
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
    /// A cost that was asked for is wanted.
    const UNLIMITED: Limits = Limits { memory: u64::MAX, time: Duration::MAX };
    let wrong = |client: &str| {
        let text = format!("the digest of {client} is not the one that was written");
        Failure::new(text).hint("nothing was changed; is the disk in order?")
    };
    let digest = |(client, _): &(&str, Secret)| {
        let text = written.get(*client).ok_or_else(|| wrong(client))?;
        // As Authelia reads it, which knows fewer forms than there are.
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

/// What is wrong with a configuration that cannot be read, and what to do.
pub(crate) fn unread(error: Error, path: &Path, text: &str) -> Failure {
    let place = path.display();
    let hint = match &error {
        Error::Config(ConfigError::Encrypted { encryption: Encryption::Sops }) => {
            format!("decrypt it for one command: sops exec-file {place} 'oidc-secret … {{}}'")
        }
        Error::Config(ConfigError::Encrypted { encryption: Encryption::AnsibleVault }) => {
            format!("give the file that Ansible renders, or what `ansible-vault view {place}` shows")
        }
        Error::Config(ConfigError::Encrypted { .. }) => {
            "decrypt it first, and give the decrypted file".to_owned()
        }
        _ if has_template(text) => {
            "a template that stands for more than one value cannot be read here: give the file that \
             `authelia config template` renders"
                .to_owned()
        }
        _ => return Failure::from(error).at(place),
    };
    Failure::from(error).at(place).hint(hint)
}

/// What is wrong with a configuration that is to be changed, and what to do.
pub(crate) fn explained(error: Error, path: &Path) -> Failure {
    let hint = match &error {
        Error::Edit(EditError::NoClient { .. }) => {
            "the clients are read from identity_providers.oidc.clients"
        }
        Error::Edit(EditError::IdTaken { .. }) => {
            "choose another id with --id, or give that client a new secret with `oidc-secret rotate`"
        }
        Error::Edit(EditError::NoSecret { .. }) => {
            "a public client has none; to one that is not, add a client_secret"
        }
        Error::Edit(EditError::ExpandEnv) => {
            "remove the filter expand-env, which is deprecated, and write each `$` once"
        }
        Error::Edit(EditError::Template) => "choose another name",
        Error::Edit(EditError::NotReadBack { .. }) => {
            "nothing was changed; write the template as '{{ secret \"PATH\" }}', between quotes and \
             without `-`"
        }
        Error::Edit(EditError::UnsupportedYaml | EditError::Shared { .. }) => "change it yourself",
        Error::Config(ConfigError::Encrypted { encryption: Encryption::Sops }) => {
            "a changed file no longer decrypts: make the digest with `oidc-secret new`, and put it in \
             with `sops edit`"
        }
        Error::Config(ConfigError::Encrypted { .. }) => {
            "make the digest with `oidc-secret new`, and put it in with the tool that encrypts the file"
        }
        Error::Config(_) => "templates that stand for more than one value cannot be read here",
        _ => return Failure::from(error).at(path.display()),
    };
    Failure::from(error).at(path.display()).hint(hint)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use clap::Parser as _;

    use crate::cli::args::{Cli, Command};
    use crate::cli::{new, rotate};

    thread_local! {
        /// The number of times that a configuration was read.
        pub(super) static PARSES: Cell<usize> = const { Cell::new(0) };
    }

    /// A large configuration takes its time: it is read once before the change and once after it.
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
