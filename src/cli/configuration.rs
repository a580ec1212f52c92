//! What commands that change Authelia's configuration have to say of it.

use std::collections::HashMap;
use std::path::Path;

use oidc_secret::authelia::edit;
use oidc_secret::error::{EditError, Error};
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
        Error::Edit(EditError::Unsure | EditError::Shared { .. }) => "change it yourself",
        Error::Config(_) => "templates that stand for more than one value cannot be read here",
        _ => return Failure::from(error).at(path.display()),
    };
    Failure::from(error).at(path.display()).hint(hint)
}
