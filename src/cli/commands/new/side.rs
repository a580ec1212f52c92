//! Application's side of a client: its settings, with the secret.

use std::collections::BTreeSet;

use oidc_secret::authelia::NewEntry;
use oidc_secret::catalogue::{ResolvedApplication, Settings, SettingsFormat};
use oidc_secret::error::{CatalogueError, Error};
use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{Apart, ApplicationSide, Format, Method};
use super::left::Left;
use super::selection::{Selected, left, select};
use super::wanted::{WantedSecret, in_file};
use crate::cli::failure::Failure;

/// Application of a client. The settings are printed with the first of its clients.
pub(super) struct Side {
    resolved: ResolvedApplication,
    /// Index of the client among those of the application.
    index: usize,
    /// Settings that are printed with the client.
    selected: Vec<Selected>,
    /// Steps of which nothing is printed.
    left: Vec<Left>,
    format: Format,
    apart: Option<Apart>,
    /// Whether the secret goes to a file, which the settings name instead.
    is_in_file: bool,
}

impl Side {
    /// Creates the side of one of an application's clients.
    pub(super) fn new(
        resolved: &ResolvedApplication,
        index: usize,
        wanted: &WantedSecret,
        args: &NewArgs,
    ) -> Self {
        let formats = &args.application.settings;
        let selected =
            if index == 0 { select(resolved, formats, args.format, wanted) } else { Vec::new() };
        let left = if index == 0 { left(resolved, formats) } else { Vec::new() };
        // The settings belong to the first client, so that no other has a file for them.
        let apart = args.application.apart(args.format);
        let apart = apart.filter(|apart| index == 0 || matches!(apart, Apart::Stdout));
        let is_in_file = args.secret_out.is_some() && matches!(wanted, WantedSecret::Random);
        let (resolved, format) = (resolved.clone(), args.format);
        Self { resolved, index, selected, left, format, apart, is_in_file }
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

    /// Returns the text of settings, if the output has it: text has all settings, JSON those that have no
    /// labels and values.
    fn text(&self, settings: &Settings, secret: &str) -> Result<Zeroizing<String>, Error> {
        let is_printed = match self.format {
            Format::Text => true,
            Format::Json | Format::Jsonl => settings.template.is_some(),
            _ => false,
        };
        // These lines have no quotes for the text that names the file. People replace this word.
        let is_named_by_word = self.is_in_file && settings.format == SettingsFormat::Conf;
        let secret = if is_named_by_word { "SECRET" } else { secret };
        if is_printed {
            self.resolved.settings_text(settings, secret)
        } else {
            Ok(Zeroizing::default())
        }
    }

    /// Checks that the settings can represent every value but the secret, which does not exist yet.
    pub(super) fn check(&self, wanted: &WantedSecret, args: &NewArgs) -> Result<(), Failure> {
        self.check_file()?;
        self.carry(wanted.stand_in(), "change the input, the URL or the application's file")?;
        match (wanted, &args.secret_out) {
            (WantedSecret::Random, Some(path)) => {
                self.carry(&in_file(path), "name another file with --secret-out")
            }
            _ => Ok(()),
        }
    }

    /// Checks that a file for the settings gets settings of one place only.
    fn check_file(&self) -> Result<(), Failure> {
        if self.selected.len() < 2 || !matches!(self.apart, Some(Apart::File(_))) {
            return Ok(());
        }
        let slug = &self.resolved.application().slug;
        let place = |selected: &Selected| {
            let settings = &selected.settings;
            settings.file.clone().unwrap_or_else(|| settings.name.clone())
        };
        let places: Vec<_> = self.selected.iter().map(place).collect();
        let format = self.selected[0].settings.format;
        let places = places.join(", ");
        let text =
            format!("{slug} has several settings in {format}, and --out writes one file: {places}");
        Err(Failure::new(text).hint("leave out --out, and copy each from the output"))
    }

    /// Returns the other parts of the configuration that the client needs, in YAML.
    pub(super) fn extra_config(&self) -> Option<&str> {
        self.resolved.clients[self.index].extra_config.as_deref()
    }

    /// Checks that the settings can represent a random secret.
    pub(super) fn carry_random(&self, secret: &str) -> Result<(), Failure> {
        self.carry(secret, "choose other --characters")
    }

    fn carry(&self, secret: &str, remedy: &str) -> Result<(), Failure> {
        self.selected
            .iter()
            .try_for_each(|selected| self.text(&selected.settings, secret).map(drop))
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
        let methods = self.selected.iter().map(|selected| {
            let settings = &selected.settings;
            Ok(Method {
                name: settings.name.clone(),
                kind: settings.format,
                file: settings.file.clone(),
                alternative: settings.alternative,
                settings: resolved.settings_values(settings, secret)?,
                text: self.text(settings, secret)?,
                has_secret: settings.has_secret(),
                role: selected.role,
                other_forms: selected.other_forms.clone(),
            })
        });
        Ok(ApplicationSide {
            name: resolved.application().name.clone(),
            is_one_of_several: resolved.clients.len() > 1,
            note: client.note.clone(),
            notes: self.notes(),
            extra_config: client.extra_config.clone(),
            methods: methods.collect::<Result<_, Failure>>()?,
            left: self.left,
            apart: self.apart,
        })
    }
}
