//! Applications with the placeholders of their templates replaced.

use zeroize::Zeroizing;

use super::application::{Application, ClientTemplate, Settings};
use super::error::CatalogueError;
use super::format::SettingsFormat;
use super::placeholders::Placeholders;
use super::setting::{ResolvedSetting, Setting};
use super::template::{Part, Template};
use super::values::Values;
use super::yaml::is_same_in_quotes;
use crate::authelia::{NewEntry, Value, is_absolute_uri};
use crate::client_id::ClientId;
use crate::error::Error;
use crate::line::is_one_line;

/// An application in which every placeholder but the secret's is replaced.
#[derive(Debug, Clone)]
pub struct ResolvedApplication {
    application: Application,
    placeholders: Placeholders,
    /// The clients of the variant, with resolved entries.
    pub clients: Vec<ClientTemplate>,
    /// The settings of the variant. Their values are still templates, because a setting may hold the
    /// secret, which is generated later.
    pub settings: Vec<Settings>,
}

/// A part of a template with its placeholders replaced.
pub(super) enum ResolvedPart {
    Verbatim(String),
    Literal {
        /// The text as the template has it.
        template: String,
        text: Zeroizing<String>,
    },
}

impl Application {
    /// Replaces the placeholders of the entries, and checks that those of the settings have values.
    ///
    /// # Errors
    /// [`CatalogueError`] for a variant or an input that the application does not have, and for a
    /// missing value.
    pub fn resolve(&self, values: &Values) -> Result<ResolvedApplication, Error> {
        self.check_inputs(values)?;
        let variant = self.variant(values)?;
        let belongs = |of: &Option<String>| of.is_none() || of.as_deref() == variant;
        let clients = self.clients.iter().filter(|client| belongs(&client.variant));
        let mut clients: Vec<_> = clients.cloned().collect();
        let ids = rename_first(&mut clients, values);
        let placeholders =
            Placeholders { inputs: self.inputs.clone(), values: values.clone(), ids };
        let settings = self.settings.iter().filter(|settings| belongs(&settings.variant));
        let mut resolved = ResolvedApplication {
            application: self.clone(),
            placeholders,
            clients: Vec::new(),
            settings: settings.cloned().collect(),
        };
        resolved.clients =
            clients.into_iter().map(|client| resolved.client(client)).collect::<Result<_, _>>()?;
        // Callers create files and secrets next. A missing value has to be found before that.
        for settings in &resolved.settings {
            resolved.resolved_settings(settings, "")?;
            if let Some(template) = &settings.template {
                resolved.resolved_parts(template, "")?;
            }
        }
        for settings in &mut resolved.settings {
            let file = settings.file.take();
            let file = file.map(|file| resolved.placeholders.resolve(&file, None));
            settings.file = file.transpose()?;
        }
        Ok(resolved)
    }

    /// Returns what the templates need and the values lack: [`CatalogueError::MissingAppUrl`],
    /// [`CatalogueError::MissingAutheliaUrl`] and [`CatalogueError::MissingInput`].
    ///
    /// ```
    /// use oidc_secret::catalogue::{Values, application};
    ///
    /// let missing = application("kasm-workspaces")?.missing(&Values::default());
    /// assert_eq!(missing.len(), 2);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    #[must_use]
    pub fn missing(&self, values: &Values) -> Vec<CatalogueError> {
        let (mut values, mut all) = (values.clone(), Vec::new());
        // Each missing value is filled in, so that the next one comes up.
        while let Err(Error::Catalogue(error)) = self.resolve(&values) {
            let example = || "https://app.example.com".parse().ok();
            match &error {
                CatalogueError::MissingAppUrl if values.app.is_none() => values.app = example(),
                CatalogueError::MissingAutheliaUrl if values.authelia.is_none() => {
                    values.authelia = example();
                }
                CatalogueError::MissingInput { name, .. } => {
                    values.inputs.insert(name.clone(), "x".to_owned());
                }
                _ => break,
            }
            all.push(error);
        }
        all
    }

    fn check_inputs(&self, values: &Values) -> Result<(), CatalogueError> {
        for (name, value) in &values.inputs {
            let name = name.clone();
            if !self.inputs.contains_key(&name) {
                let known = self.inputs.keys().cloned().collect();
                return Err(CatalogueError::UnknownInput { name, known });
            }
            if value.is_empty() || !is_one_line(value) {
                return Err(CatalogueError::InvalidInput { name });
            }
        }
        Ok(())
    }

    fn variant<'a>(&'a self, values: &'a Values) -> Result<Option<&'a str>, CatalogueError> {
        let variants = self.variants();
        match values.variant.as_deref() {
            Some(name) if !variants.contains(&name) => Err(CatalogueError::UnknownVariant {
                name: name.to_owned(),
                known: variants.iter().map(ToString::to_string).collect(),
            }),
            Some(name) => Ok(Some(name)),
            None => Ok(variants.first().copied()),
        }
    }
}

/// Gives the first client the id and the name from the values. Returns each client's id in the catalogue
/// with its id here.
fn rename_first(clients: &mut [ClientTemplate], values: &Values) -> Vec<(String, String)> {
    let id =
        |client: &ClientTemplate| client.entry.text("client_id").unwrap_or_default().to_owned();
    let before: Vec<String> = clients.iter().map(id).collect();
    if let Some(first) = clients.first_mut() {
        for (key, value) in [("client_id", &values.id), ("client_name", &values.name)] {
            if let Some(value) = value {
                first.entry.set(key, Value::Text(value.clone()));
            }
        }
    }
    before.into_iter().zip(clients.iter().map(id)).collect()
}

/// Checks the id and the redirect URIs of an entry.
fn check(entry: &NewEntry) -> Result<(), Error> {
    let _: ClientId = entry.text("client_id").unwrap_or_default().parse()?;
    let uris = match entry.get("redirect_uris") {
        Some(Value::List(uris)) => &uris[..],
        None => &[],
        Some(_) => {
            let uri = "redirect_uris".to_owned();
            return Err(CatalogueError::InvalidRedirectUri { uri }.into());
        }
    };
    match uris.iter().find(|uri| !is_absolute_uri(uri)) {
        Some(uri) => Err(CatalogueError::InvalidRedirectUri { uri: uri.clone() }.into()),
        None => Ok(()),
    }
}

impl ResolvedApplication {
    /// Returns the application.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Resolves settings, with this secret of the first client.
    pub(super) fn resolved_settings(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Vec<ResolvedSetting>, Error> {
        let resolved = settings.values.iter().map(|(label, setting)| {
            let templates = setting.texts();
            let texts = templates.iter().map(|text| self.placeholders.resolve(text, Some(secret)));
            let texts = Zeroizing::new(texts.collect::<Result<Vec<_>, _>>()?);
            Ok(ResolvedSetting {
                label: self.placeholders.resolve(label, None)?,
                is_list: matches!(setting, Setting::List(_)),
                is_literal: texts[..] == *templates,
                texts,
            })
        });
        resolved.collect()
    }

    /// Resolves the literals of a template, with this secret of the first client.
    pub(super) fn resolved_parts(
        &self,
        template: &Template,
        secret: &str,
    ) -> Result<Vec<ResolvedPart>, Error> {
        let resolve = |part: &Part| match part {
            Part::Verbatim(text) => Ok(ResolvedPart::Verbatim(text.clone())),
            Part::Literal(template) => {
                let text = Zeroizing::new(self.placeholders.resolve(template, Some(secret))?);
                Ok(ResolvedPart::Literal { template: template.clone(), text })
            }
        };
        template.parts().iter().map(resolve).collect()
    }

    fn client(&self, mut client: ClientTemplate) -> Result<ClientTemplate, Error> {
        client.entry = self.entry(&client.entry)?;
        check(&client.entry)?;
        client.extra_config =
            client.extra_config.map(|yaml| self.extra_config(&yaml)).transpose()?;
        client.claims = client.claims.map(|yaml| self.extra_config(&yaml)).transpose()?;
        Ok(client)
    }

    fn entry(&self, template: &NewEntry) -> Result<NewEntry, Error> {
        let mut entry = NewEntry::default();
        let resolve = |text: &String| self.placeholders.resolve(text, None);
        for (key, value) in template.keys() {
            let value = match value {
                Value::Text(text) => Value::Text(resolve(text)?),
                Value::Flag(flag) => Value::Flag(*flag),
                Value::List(texts) => {
                    Value::List(texts.iter().map(resolve).collect::<Result<_, _>>()?)
                }
            };
            entry.set(key, value);
        }
        Ok(entry)
    }

    /// Resolves YAML of the catalogue.
    ///
    /// The text around a placeholder may be quoted in any style of YAML. A value that is the same in
    /// all of them needs no knowledge of the style; any other value is refused.
    fn extra_config(&self, template: &str) -> Result<String, Error> {
        let is_refused = |(name, value): (&String, &String)| {
            template.contains(&format!("{{input:{name}}}")) && !is_same_in_quotes(value)
        };
        if self.placeholders.values.inputs.iter().any(is_refused) {
            return Err(CatalogueError::Unrepresentable {
                format: SettingsFormat::Yaml,
                label: "extra_config".to_owned(),
                why: "an input in it has characters other than letters, digits and - . _, or is a \
                      number, a date or a truth value to some readers of YAML",
            }
            .into());
        }
        self.placeholders.resolve(template, None)
    }
}
