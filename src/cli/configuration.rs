//! What commands that change Authelia's configuration have to say of it.

use std::collections::HashMap;
use std::path::Path;

use oidc_secret::authelia::{Encryption, edit};
use oidc_secret::error::{ConfigError, EditError, Error};
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output::warn;

/// Says so if the clients of a configuration stand where Authelia does not read them.
pub(crate) fn warn_of_document(text: &str, path: &Path) -> Result<(), Failure> {
    let number = edit::document(text)?;
    if number > 1 {
        let path = path.display();
        warn(&format!(
            "{path}: the clients stand in YAML document {number}, and Authelia reads the first alone"
        ));
    }
    Ok(())
}

/// The secrets in a configuration, or rather their digests, by the ids of the clients.
pub(crate) fn digests(text: &str) -> Result<HashMap<String, Zeroizing<String>>, Failure> {
    let places = edit::secret_places(text)?.into_iter();
    Ok(places.filter_map(|(id, place)| Some((id, place.ok()?.value))).collect())
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
        _ if text.contains("{{") => {
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
        Error::Edit(EditError::NotReadBack { .. }) => {
            "nothing was changed; write the template as '{{ secret \"PATH\" }}', between quotes and \
             without `-`"
        }
        Error::Edit(EditError::Unsure | EditError::Shared { .. }) => "change it yourself",
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
