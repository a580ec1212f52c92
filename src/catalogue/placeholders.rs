//! The placeholders of templates, such as `{app}` and `{client_secret}`.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::application::Input;
use super::error::CatalogueError;
use super::values::Values;
use crate::error::Error;
use crate::random::{Alphabet, Charset};

/// The values of all placeholders but the secret's.
#[derive(Debug, Clone)]
pub(super) struct Placeholders {
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) values: Values,
    /// The clients' ids in the catalogue, each with its id in this configuration.
    pub(super) ids: Vec<(String, String)>,
}

impl Placeholders {
    /// Replaces the placeholders of a template. Other text between braces stays.
    ///
    /// Without a secret its placeholder stays as well.
    pub(super) fn resolve(&self, template: &str, secret: Option<&str>) -> Result<String, Error> {
        let mut resolved = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            resolved.push_str(before);
            let name = after.split_once('}').map_or("", |(name, _)| name);
            if let Some(value) = self.value(name, secret)? {
                resolved.push_str(&value);
                rest = &after[name.len() + 1..];
            } else {
                resolved.push('{');
                rest = after;
            }
        }
        Ok(resolved + rest)
    }

    /// Returns the value of a placeholder; `None` if no placeholder has this name.
    fn value(&self, name: &str, secret: Option<&str>) -> Result<Option<Zeroizing<String>>, Error> {
        let app = || self.values.app.as_ref().ok_or(CatalogueError::MissingAppUrl);
        let authelia = || self.values.authelia.as_ref().ok_or(CatalogueError::MissingAutheliaUrl);
        Ok(Some(Zeroizing::new(match name {
            "app" => app()?.to_string(),
            "app_host" => app()?.host().to_owned(),
            "domain" => app().or_else(|_| authelia())?.domain().to_owned(),
            "authelia" => authelia()?.to_string(),
            "authelia_host" => authelia()?.host().to_owned(),
            "client_id" => self.ids.first().map_or("", |(_, id)| id).to_owned(),
            "client_secret" => match secret {
                Some(secret) => secret.to_owned(),
                None => return Ok(None),
            },
            "random" => return Ok(Some(Alphabet::from(Charset::Rfc3986).random(64)?)),
            _ => match name.split_once(':') {
                Some(("input", input)) => self.input(input)?,
                Some(("client_id", id)) => {
                    let found = self.ids.iter().find(|(before, _)| before == id);
                    found.map_or(id, |(_, id)| id).to_owned()
                }
                _ => return Ok(None),
            },
        })))
    }

    fn input(&self, name: &str) -> Result<String, Error> {
        if let Some(value) = self.values.inputs.get(name) {
            return Ok(value.clone());
        }
        let input = self.inputs.get(name);
        match input.and_then(|input| input.default.as_ref()) {
            Some(default) => self.resolve(default, None),
            None => Err(CatalogueError::MissingInput {
                name: name.to_owned(),
                about: input.map_or(name, |input| &input.about).to_owned(),
            }
            .into()),
        }
    }
}
