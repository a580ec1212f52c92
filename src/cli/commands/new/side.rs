//! Application's side of a client: its settings, with the secret.

use std::collections::BTreeSet;

use oidc_secret::authelia::NewEntry;
use oidc_secret::catalogue::{ResolvedApplication, Settings, SettingsFormat};
use oidc_secret::error::{CatalogueError, Error};
use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{ApplicationSide, Format, Method};
use super::wanted::{WantedSecret, in_file};
use crate::cli::failure::Failure;

/// Application of a client. The settings are printed with the first of its clients.
pub(super) struct Side {
    resolved: ResolvedApplication,
    /// Index of the client among those of the application.
    index: usize,
    formats: Vec<SettingsFormat>,
    /// Whether the settings are printed in their format.
    is_printed: bool,
}

impl Side {
    /// Creates the side of one of an application's clients.
    pub(super) fn new(resolved: &ResolvedApplication, index: usize, args: &NewArgs) -> Self {
        let formats = args.application.settings.clone();
        Self { resolved: resolved.clone(), index, formats, is_printed: args.format == Format::Text }
    }

    /// Whether the client is the application's first, with which the settings are printed.
    pub(super) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// Returns the notes on the client and the application.
    fn notes(&self) -> Vec<String> {
        let client = &self.resolved.clients[self.index];
        let application = self.resolved.application();
        let mut notes: Vec<String> = client.note.iter().cloned().collect();
        if client.claims.is_some() {
            notes.push(format!(
                "if {} looks for claims in the ID token, Authelia needs a claims policy: add \
                 --id-token-claims",
                application.name
            ));
        }
        let others = application
            .variants()
            .into_iter()
            .filter(|name| Some(*name) != client.variant.as_deref());
        let others: Vec<_> = others.collect();
        if let (Some(variant), [_, ..]) = (&client.variant, &others[..]) {
            let others = others.join(" or ");
            notes.push(format!("this is the variant {variant}; the other is --variant {others}"));
        }
        notes
    }

    /// Returns the comment after the secret in the provider's entry.
    pub(super) fn comment(&self, wanted: &WantedSecret, entry: &NewEntry) -> String {
        let name = &self.resolved.application().name;
        match (entry.needs_plaintext(), wanted) {
            (Some(key), _) => format!("the secret itself, which {key} needs"),
            (None, WantedSecret::Fixed(_)) => {
                format!("the digest of the secret that is built into {name}")
            }
            _ => format!("the digest of the secret in {name}"),
        }
    }

    /// Returns the settings that are printed with the client.
    fn chosen(&self) -> impl Iterator<Item = &Settings> {
        let Self { resolved, index, formats, .. } = self;
        resolved.settings.iter().filter(move |settings| {
            let is_wanted = formats.is_empty() && !is_repeated(settings, &resolved.settings);
            *index == 0 && (is_wanted || formats.contains(&settings.format))
        })
    }

    /// Formats settings for people; empty in every other output format.
    fn text(&self, settings: &Settings, secret: &str) -> Result<Zeroizing<String>, Error> {
        if self.is_printed {
            self.resolved.settings_text(settings, secret)
        } else {
            Ok(Zeroizing::default())
        }
    }

    /// Checks that the settings can represent every value but the secret, which does not exist yet.
    pub(super) fn check(&self, wanted: &WantedSecret, args: &NewArgs) -> Result<(), Failure> {
        let harmless = match wanted {
            WantedSecret::Fixed(secret) => secret,
            WantedSecret::None => "",
            WantedSecret::Random => "x",
        };
        self.carry(harmless, "change the input, the URL or the application's file")?;
        match (wanted, &args.secret_out) {
            (WantedSecret::Random, Some(path)) => {
                self.carry(&in_file(path), "name another file with --secret-out")
            }
            _ => Ok(()),
        }
    }

    /// Checks that the settings can represent a random secret.
    pub(super) fn carry_random(&self, secret: &str) -> Result<(), Failure> {
        self.carry(secret, "choose other --characters")
    }

    fn carry(&self, secret: &str, remedy: &str) -> Result<(), Failure> {
        let mut settings = self.chosen();
        settings
            .try_for_each(|settings| self.text(settings, secret).map(drop))
            .map_err(|error| self.refused(error, remedy))
    }

    /// Describes a refused value: the remedy, and the other formats.
    fn refused(&self, error: Error, remedy: &str) -> Failure {
        let refused = match &error {
            Error::Catalogue(CatalogueError::Unrepresentable { format, .. }) => format.name(),
            _ => return error.into(),
        };
        let formats = self.resolved.settings.iter().map(|settings| settings.format.name());
        let others: BTreeSet<_> = formats.filter(|format| *format != refused).collect();
        let others: Vec<_> = others.into_iter().collect();
        let hint = match &others[..] {
            [] => remedy.to_owned(),
            _ => format!("{remedy}, or choose other settings: --settings {}", others.join(" or ")),
        };
        Failure::from(error).at(&self.resolved.application().slug).hint(hint)
    }

    /// Completes the application's side with the secret in its settings.
    pub(super) fn finish(self, secret: Option<&str>) -> Result<ApplicationSide, Failure> {
        let (resolved, client) = (&self.resolved, &self.resolved.clients[self.index]);
        let secret = secret.unwrap_or_default();
        let methods = self.chosen().map(|settings| {
            Ok(Method {
                name: settings.name.clone(),
                kind: settings.format.name(),
                file: settings.file.clone(),
                settings: resolved.settings_values(settings, secret)?,
                text: self.text(settings, secret)?,
            })
        });
        Ok(ApplicationSide {
            name: resolved.application().name.clone(),
            is_one_of_several: resolved.clients.len() > 1,
            note: client.note.clone(),
            notes: self.notes(),
            extra_config: client.extra_config.clone(),
            methods: methods.collect::<Result<_, Failure>>()?,
        })
    }
}

/// Whether settings for Compose only repeat others for a file of variables.
fn is_repeated(settings: &Settings, all: &[Settings]) -> bool {
    let labels = |settings: &Settings| -> Vec<String> {
        settings.values.iter().map(|(label, _)| label.clone()).collect()
    };
    let is_same =
        |other: &Settings| other.format == SettingsFormat::Env && labels(other) == labels(settings);
    settings.format == SettingsFormat::Compose && all.iter().any(is_same)
}
