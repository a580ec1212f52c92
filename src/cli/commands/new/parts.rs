//! Parts of Authelia's configuration that new clients need outside of the list of clients, merged by
//! `new --write`.

use std::path::Path;

use oidc_secret::authelia::edit::{Editor, Kept, KeptValue, Merged};
use oidc_secret::authelia::{ExtraConfig, Form};
use oidc_secret::error::Error;

use super::created::{CreatedClient, Format};
use crate::cli::configuration::verify_edit;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{hint, warn};

/// Result of a merge.
#[derive(Default)]
pub(super) struct Parts {
    /// Paths of the keys that were added.
    added: Vec<String>,
    kept: Vec<KeptValue>,
    /// Parts that a person must add.
    left: ExtraConfig,
    /// Whether the file has only a list of clients.
    is_list: bool,
}

/// Calls `then` with a configuration that has the parts of the clients.
///
/// The merged text is read and checked before the clients are added to it, so that the two checks
/// together cover the whole change.
pub(super) fn with_parts<T>(
    config: &Editor<'_>,
    clients: &[CreatedClient],
    path: &Path,
    explain: impl FnOnce(Error) -> Failure,
    then: impl FnOnce(&Editor<'_>) -> Result<T, Failure>,
) -> Result<(T, Parts), Failure> {
    let needed = needed(clients)?;
    if needed.is_empty() {
        return Ok((then(config)?, Parts::default()));
    }
    let is_list = config.location().form() == Form::List;
    let Merged { edited, added, kept, left, .. } = config.merge(&needed).map_err(explain)?;
    let parts = Parts { added, kept, left, is_list };
    if parts.added.is_empty() {
        return Ok((then(config)?, parts));
    }
    let merged = verify_edit(&edited, edited.text(), path)?;
    Ok((then(&merged)?, parts))
}

/// Returns the parts that clients need.
fn needed(clients: &[CreatedClient]) -> Result<ExtraConfig, Failure> {
    merged(clients.iter().map(|client| (&*client.id, yaml_of(client))))
}

/// Merges the parts of clients, each with its id.
pub(super) fn merged<'c>(
    clients: impl Iterator<Item = (&'c str, Option<&'c str>)>,
) -> Result<ExtraConfig, Failure> {
    let mut merged = ExtraConfig::default();
    for (id, yaml) in clients {
        merged.merge(&parsed(id, yaml)?).map_err(|error| Failure::from(error).at(id))?;
    }
    Ok(merged)
}

fn parsed(id: &str, yaml: Option<&str>) -> Result<ExtraConfig, Failure> {
    let parts = ExtraConfig::parse(yaml.unwrap_or_default());
    parts.map_err(|error| Failure::from(error).at(format!("{id}: extra_config")))
}

fn yaml_of(client: &CreatedClient) -> Option<&str> {
    client.application.as_ref()?.extra_config.as_deref()
}

impl Parts {
    /// Leaves to each client only the parts that a person must add.
    pub(super) fn leave(&self, clients: &mut [CreatedClient]) -> Result<(), Failure> {
        for client in clients {
            let left = parsed(&client.id, yaml_of(client))?.in_sections_of(&self.left);
            if let Some(side) = &mut client.application {
                side.extra_config = Some(left.yaml()).filter(|_| !left.is_empty());
            }
        }
        Ok(())
    }

    /// Whether a person must add parts before Authelia starts.
    pub(super) fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// Prints what was added, what was kept, and what a person must add.
    pub(super) fn announce(&self, path: &Path, format: Format, whom: &str) {
        if !self.added.is_empty() {
            hint(&format!("{}: also added {}", path.display(), self.added.join(", ")));
        }
        // A file with the clients alone does not show where the users are.
        if self.added.iter().any(|key| key.ends_with("authentication_backend")) {
            hint(&format!(
                "{}: authentication_backend.file is for users in a file; with LDAP in another file, put \
                 the attributes under authentication_backend.ldap.attributes.extra there instead",
                path.display()
            ));
        }
        let printed = match format {
            Format::Text => "printed under `Authelia, elsewhere in its configuration`",
            _ => "that --format text prints",
        };
        self.warn_of_differences(path, printed, whom);
    }

    /// Warns of what was kept, and of what a person must add. `printed` is where that is printed.
    pub(super) fn warn_of_differences(&self, path: &Path, printed: &str, whom: &str) {
        let path = path.display();
        for KeptValue { line, key, reason, .. } in &self.kept {
            let reason = match reason {
                Kept::MoreItems => "has more items than the application needs",
                Kept::OtherLifespan => "is not the time that the application's guide has",
                _ => "is not the expression that the application's guide has",
            };
            warn(&format!("{path}: line {line}: {key} {reason}; it was kept"));
        }
        if !self.is_complete() {
            let sections = self.left.sections().collect::<Vec<_>>().join(" and ");
            let why = self.reason();
            warn(&format!(
                "{path}: {sections} could not be merged: {why}; before you restart Authelia, add the \
                 YAML {printed}, or it refuses {whom}"
            ));
        }
    }

    /// Returns why parts are left to a person.
    fn reason(&self) -> &'static str {
        let has_backend = self.left.sections().any(|section| section == "authentication_backend");
        match () {
            () if self.is_list => "this file has only the list of clients",
            () if has_backend => {
                "with LDAP the attributes are below authentication_backend.ldap.attributes.extra"
            }
            () => "such parts also decide about other applications",
        }
    }
}
