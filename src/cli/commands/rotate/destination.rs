//! The application that a new secret is for, and where the secret goes there.

use std::collections::HashMap;

use oidc_secret::authelia::edit::{ClientDescription, Editor};
use oidc_secret::catalogue::{Recognised, SecretSetting};

use crate::cli::failure::Failure;

/// The application that a new secret is for, and where the secret goes there.
#[derive(Default)]
pub(super) struct Destination {
    pub(super) client_name: Option<String>,
    /// The application's name, if it is in the catalogue.
    pub(super) application: Option<&'static str>,
    pub(super) redirect_host: Option<String>,
    pub(super) settings: Vec<SecretSetting>,
}

impl Destination {
    /// Returns the destinations of the secrets of some clients, by the clients' ids.
    pub(super) fn all(config: &Editor<'_>, ids: &[&str]) -> Result<HashMap<String, Self>, Failure> {
        let descriptions = config.descriptions(ids)?;
        let destinations = descriptions.into_iter().map(|(id, description)| {
            let destination = Self::of(&id, description);
            (id, destination)
        });
        Ok(destinations.collect())
    }

    fn of(id: &str, description: ClientDescription) -> Self {
        let ClientDescription { name, redirect_uris, redirect_host, .. } = description;
        let found = Recognised::of(id, name.as_deref(), &redirect_uris);
        Self {
            application: found.as_ref().map(|found| &*found.application().name),
            settings: found.map(|found| found.secret_settings()).unwrap_or_default(),
            client_name: name,
            redirect_host,
        }
    }
}

/// Describes a setting in one line: the name of the place, its file, and the label there.
pub(super) fn line(setting: &SecretSetting) -> String {
    let mut line = setting.name.clone();
    match (&setting.file, &setting.label) {
        (Some(file), _) => line.extend([", ", file]),
        (None, Some(_)) => {}
        (None, None) => line.extend([", ", setting.format.name()]),
    }
    if let Some(label) = &setting.label {
        line.extend([": ", label]);
    }
    if !setting.is_whole {
        line.push_str(" (a part of its value)");
    }
    line
}
