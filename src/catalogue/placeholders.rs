//! The placeholders of templates, such as `{app}` and `{client_secret}`.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::application::Input;
use super::error::CatalogueError;
use super::nesting::MAX_DEPTH;
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

/// Maximum length of a text with its placeholders replaced, in bytes, and of the defaults read for it.
/// Otherwise a few inputs, each of which has the next one twice, would fill the memory, or take forever
/// if the last one is empty.
const MAX_LENGTH: usize = 64 << 10;

impl Placeholders {
    /// Replaces the placeholders of a template. Other text between braces stays.
    ///
    /// Without a secret its placeholder stays as well.
    pub(super) fn resolve(&self, template: &str, secret: Option<&str>) -> Result<String, Error> {
        let text = String::with_capacity(template.len());
        let mut expansion = Expansion { placeholders: self, text, read: 0 };
        expansion.append(template, secret, 0)?;
        Ok(expansion.text)
    }

    /// Returns the value of a placeholder other than an input's; `None` if no placeholder has this name.
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
            _ => match name.strip_prefix("client_id:") {
                Some(id) => {
                    let found = self.ids.iter().find(|(before, _)| before == id);
                    found.map_or(id, |(_, id)| id).to_owned()
                }
                None => return Ok(None),
            },
        })))
    }
}

/// A text being made of a template.
struct Expansion<'a> {
    placeholders: &'a Placeholders,
    text: String,
    /// Length of the defaults that were read for it, in bytes.
    read: usize,
}

impl Expansion<'_> {
    fn append(&mut self, template: &str, secret: Option<&str>, depth: usize) -> Result<(), Error> {
        let mut parts = template.split('{');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            match part.split_once('}') {
                Some((name, after)) if self.append_value(name, secret, depth)? => {
                    self.text.push_str(after);
                }
                _ => {
                    self.text.push('{');
                    self.text.push_str(part);
                }
            }
        }
        Ok(())
    }

    /// Appends the value of a placeholder; returns whether there is such a placeholder.
    fn append_value(
        &mut self,
        name: &str,
        secret: Option<&str>,
        depth: usize,
    ) -> Result<bool, Error> {
        if let Some(input) = name.strip_prefix("input:") {
            self.append_input(input, depth)?;
        } else if let Some(value) = self.placeholders.value(name, secret)? {
            self.text.push_str(&value);
        } else {
            return Ok(false);
        }
        self.limit(name)?;
        Ok(true)
    }

    fn append_input(&mut self, name: &str, depth: usize) -> Result<(), Error> {
        let Placeholders { inputs, values, .. } = self.placeholders;
        if let Some(value) = values.inputs.get(name) {
            self.text.push_str(value);
            return Ok(());
        }
        let input = inputs.get(name);
        let Some(default) = input.and_then(|input| input.default.as_ref()) else {
            let about = input.map_or(name, |input| &input.about).to_owned();
            return Err(CatalogueError::MissingInput { name: name.to_owned(), about }.into());
        };
        self.read += default.len();
        // The parser refuses deeper inputs, but a caller can change those of an application.
        if depth == MAX_DEPTH {
            return Err(too_long(&format!("input:{name}")));
        }
        self.limit(&format!("input:{name}"))?;
        self.append(default, None, depth + 1)
    }

    fn limit(&self, name: &str) -> Result<(), Error> {
        if self.text.len().max(self.read) > MAX_LENGTH { Err(too_long(name)) } else { Ok(()) }
    }
}

fn too_long(name: &str) -> Error {
    CatalogueError::TooLong { placeholder: name.to_owned() }.into()
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Application, Values};

    /// Resolves the input `a0`, whose default is this text.
    fn resolve(default: &str, value: &str) -> Result<String, String> {
        let toml = format!(
            "name = 'X'\n[inputs.a0]\nabout = 'A'\ndefault = '{default}'\n[inputs.v]\nabout = 'V'\n\
             [[clients]]\n[clients.entry]\nclient_id = 'x'\nclient_name = '{{input:a0}}'"
        );
        let application = Application::parse("x", &toml).unwrap();
        let inputs = [("v".to_owned(), value.to_owned())].into();
        let resolved = application.resolve(&Values { inputs, ..Values::default() });
        let resolved = resolved.map_err(|error| error.to_string())?;
        Ok(resolved.clients[0].entry.text("client_name").unwrap_or_default().to_owned())
    }

    #[test]
    fn other_text_between_braces_stays() {
        let odd = "{ {{ } {x} {in {input:v} {input:v";
        assert_eq!(resolve(odd, "1"), Ok("{ {{ } {x} {in 1 {input:v".to_owned()));
        // A value is not a template.
        assert_eq!(resolve("{{input:v}}", "{input:a0}"), Ok("{{input:a0}}".to_owned()));
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        let (half, whole) = ("x".repeat(32 << 10), "x".repeat(64 << 10));
        assert_eq!(resolve("{input:v}{input:v}", &half), Ok(whole));
        let error = resolve("{input:v}{input:v}y{client_id}", &half).unwrap_err();
        assert!(error.contains("{client_id} makes a text of more than 64 KiB"), "{error}");
    }
}
