//! Templates, filled in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::settings::Set;
use super::{Application, Registration, Setting, Settings};
use crate::authelia::{NewEntry, Value, is_absolute_uri};
use crate::client::ClientId;
use crate::error::{CatalogueError, Error};
use crate::line::is_one_line;
use crate::random::{Alphabet, Charset};

/// The URL of an application or of Authelia: a scheme, a host, perhaps a port and a path, without a
/// slash at the end.
///
/// ```
/// use oidc_secret::catalogue::Url;
///
/// let url: Url = "https://kasm.example.com/".parse()?;
/// assert_eq!((url.to_string(), url.host()), ("https://kasm.example.com".into(), "kasm.example.com"));
/// assert!("kasm.example.com".parse::<Url>().is_err());
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    host: std::ops::Range<usize>,
}

impl Url {
    /// Whether it begins with `https://`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    /// What is behind the host's first dot, or the whole host where that would leave too little.
    fn domain(&self) -> &str {
        let host = self.host();
        let is_name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.starts_with('[');
        let behind = host.split_once('.').map(|(_, behind)| behind);
        behind.filter(|behind| is_name && behind.contains('.')).unwrap_or(host)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |reason| Error::from(CatalogueError::Url { reason });
        let (scheme, rest) = text.split_once("://").ok_or_else(|| bad("it has no https://"))?;
        let rest = rest.trim_end_matches('/');
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(bad("it begins with neither https:// nor http://"));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') || rest.contains(['?', '#']) {
            return Err(bad("it has more than a scheme, a host, a port and a path"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_address = |host: &str| {
            host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|host| {
                !host.is_empty() && host.chars().all(|c| c.is_ascii_hexdigit() || ":.".contains(c))
            })
        };
        if host.is_empty() || !(host.chars().all(is_name) || is_address(host)) {
            return Err(bad(
                "its host must consist of letters, digits, dots and hyphens (an international one is \
                 written in punycode, xn--...)",
            ));
        }
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(bad("its port must be a number from 0 to 65535"));
        }
        if path.chars().any(|c| !c.is_ascii_graphic() || "<>\"{}|\\^`'".contains(c)) {
            return Err(bad("its path has a character that no URL has"));
        }
        let start = scheme.len() + 3;
        // Browsers write a host in small letters, and redirect URIs are compared letter by letter.
        let authority = authority.to_ascii_lowercase();
        let text = format!("{scheme}://{authority}{path}");
        Ok(Self { text, host: start..start + host.len() })
    }
}

/// What the templates are filled in with.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// The application's URL.
    pub app: Option<Url>,
    /// Authelia's URL.
    pub authelia: Option<Url>,
    /// The answers to the questions, by name.
    pub answers: BTreeMap<String, String>,
    /// The id of the first client, if it is not to be that of the catalogue.
    pub id: Option<String>,
    /// The name of the first client, if it is not to be that of the catalogue.
    pub name: Option<String>,
    /// The variant; the first of the application if none is given.
    pub variant: Option<String>,
}

/// An application whose templates are filled in, all but the secret's.
#[derive(Debug, Clone)]
pub struct Filled {
    application: Application,
    values: Values,
    /// The clients, with their entries filled in.
    pub clients: Vec<Registration>,
    /// The settings that belong to the variant, as templates.
    pub settings: Vec<Settings>,
    /// The ids of the catalogue, and those that the clients have.
    ids: Vec<(String, String)>,
}

impl Application {
    /// Fills in the entries, once everything that they need and that the settings need is there.
    ///
    /// # Errors
    /// [`CatalogueError`] for a variant or an answer that the application does not have, and for one
    /// that is missing.
    pub fn fill(&self, values: &Values) -> Result<Filled, Error> {
        let variants = self.variants();
        let variant = match &values.variant {
            Some(given) if !variants.contains(&&**given) => {
                let known = variants.iter().map(ToString::to_string).collect();
                return Err(CatalogueError::Variant { known }.into());
            }
            Some(given) => Some(&**given),
            None => variants.first().copied(),
        };
        if let Some(unknown) = values.answers.keys().find(|name| !self.ask.contains_key(*name)) {
            let known = self.ask.keys().cloned().collect();
            return Err(CatalogueError::Answer { name: unknown.clone(), known }.into());
        }
        for (name, answer) in &values.answers {
            if answer.is_empty() || !is_one_line(answer) {
                return Err(CatalogueError::BadAnswer { name: name.clone() }.into());
            }
        }
        let belongs = |of: &Option<String>| of.is_none() || of.as_deref() == variant;
        let mut clients: Vec<_> =
            self.clients.iter().filter(|client| belongs(&client.variant)).cloned().collect();
        let settings: Vec<_> =
            self.settings.iter().filter(|settings| belongs(&settings.variant)).cloned().collect();
        let ids = rename(&mut clients, values);
        let mut filled = Filled {
            application: self.clone(),
            values: values.clone(),
            clients: Vec::new(),
            settings,
            ids,
        };
        for mut client in clients {
            client.entry = filled.entry(&client.entry)?;
            check(&client.entry)?;
            client.also = client.also.map(|text| filled.also(&text)).transpose()?;
            filled.clients.push(client);
        }
        // What is missing for the settings should be known before anything is made.
        let mut settings = filled.settings.clone();
        for settings in &mut settings {
            filled.sets(settings, "")?;
            settings.file =
                settings.file.take().map(|file| filled.text(&file, None)).transpose()?;
        }
        filled.settings = settings;
        Ok(filled)
    }
}

/// That the id and the redirect URIs of an entry are some.
fn check(entry: &NewEntry) -> Result<(), Error> {
    let _: ClientId = entry.text("client_id").unwrap_or_default().parse()?;
    let uris = match entry.get("redirect_uris") {
        Some(Value::List(uris)) => &uris[..],
        None => &[],
        Some(_) => return Err(CatalogueError::Redirect { uri: "redirect_uris".to_owned() }.into()),
    };
    match uris.iter().find(|uri| !is_absolute_uri(uri)) {
        Some(uri) => Err(CatalogueError::Redirect { uri: uri.clone() }.into()),
        None => Ok(()),
    }
}

/// Gives the first client the id and the name that are wished for.
fn rename(clients: &mut [Registration], values: &Values) -> Vec<(String, String)> {
    let id = |client: &Registration| client.entry.text("client_id").unwrap_or_default().to_owned();
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

impl Filled {
    /// The application.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// The settings with their templates filled in.
    ///
    /// # Errors
    /// As for [`Application::fill`], and [`Error::Random`].
    pub(super) fn sets(&self, settings: &Settings, secret: &str) -> Result<Vec<Set>, Error> {
        let filled = settings.values.iter().map(|(label, setting)| {
            let (texts, is_list) = match setting {
                Setting::Text(text) => (std::slice::from_ref(text), false),
                Setting::List(texts) => (&texts[..], true),
            };
            let filled = texts.iter().map(|text| self.text(text, Some(secret)));
            let filled = Zeroizing::new(filled.collect::<Result<Vec<_>, _>>()?);
            let is_literal = filled[..] == *texts;
            Ok(Set { label: self.text(label, None)?, texts: filled, is_list, is_literal })
        });
        filled.collect()
    }

    fn entry(&self, template: &NewEntry) -> Result<NewEntry, Error> {
        let mut entry = NewEntry::default();
        for (key, value) in template.keys() {
            let value = match value {
                Value::Text(text) => Value::Text(self.text(text, None)?),
                Value::Flag(flag) => Value::Flag(*flag),
                Value::List(texts) => {
                    let texts = texts.iter().map(|text| self.text(text, None));
                    Value::List(texts.collect::<Result<_, _>>()?)
                }
            };
            entry.set(key, value);
        }
        Ok(entry)
    }

    /// Fills in YAML, where an answer is text of whatever style the catalogue has there.
    fn also(&self, template: &str) -> Result<String, Error> {
        let is_plain = |c: char| c.is_alphanumeric() || "-._".contains(c);
        let is_odd = |(name, answer): (&String, &String)| {
            template.contains(&format!("{{ask:{name}}}")) && !answer.chars().all(is_plain)
        };
        if self.values.answers.iter().any(is_odd) {
            let (form, label) = ("yaml", "also".to_owned());
            let why = "an answer in it has characters other than letters, digits and - . _";
            return Err(CatalogueError::Unrepresentable { form, label, why }.into());
        }
        self.text(template, None)
    }

    /// Fills in a template.
    pub(super) fn text(&self, template: &str, secret: Option<&str>) -> Result<String, Error> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('{') {
            filled.push_str(before);
            let name = behind.split_once('}').map_or("", |(name, _)| name);
            if let Some(value) = self.placeholder(name, secret)? {
                filled.push_str(&value);
                rest = &behind[name.len() + 1..];
            } else {
                filled.push('{');
                rest = behind;
            }
        }
        Ok(filled + rest)
    }

    /// What a placeholder stands for; `None` for braces that are none.
    fn placeholder(
        &self,
        name: &str,
        secret: Option<&str>,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let app = || self.values.app.as_ref().ok_or_else(|| missing("the application's URL"));
        let authelia = || self.values.authelia.as_ref().ok_or_else(|| missing("Authelia's URL"));
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
                Some(("ask", question)) => self.answer(question)?,
                Some(("client_id", id)) => {
                    let found = self.ids.iter().find(|(before, _)| before == id);
                    found.map_or(id, |(_, id)| id).to_owned()
                }
                _ => return Ok(None),
            },
        })))
    }

    fn answer(&self, name: &str) -> Result<String, Error> {
        if let Some(answer) = self.values.answers.get(name) {
            return Ok(answer.clone());
        }
        let question = self.application.ask.get(name);
        match question.and_then(|question| question.default.as_ref()) {
            Some(default) => self.text(default, None),
            None => Err(CatalogueError::Missing {
                what: question.map_or(name, |question| &question.about).to_owned(),
                name: Some(name.to_owned()),
            }
            .into()),
        }
    }
}

fn missing(what: &str) -> Error {
    CatalogueError::Missing { what: what.to_owned(), name: None }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        assert_eq!(
            url("https://a.example.com:8443/base/").to_string(),
            "https://a.example.com:8443/base"
        );
        assert_eq!(url("https://a.example.com:8443/base/").host(), "a.example.com");
        assert_eq!(url("HTTPS://A.Example.com/Base").to_string(), "https://a.example.com/Base");
        assert_eq!(url("http://[::1]:80").host(), "[::1]");
        assert_eq!(url("https://a.example.com").domain(), "example.com");
        assert_eq!(url("https://example.com").domain(), "example.com");
        assert_eq!(url("https://10.0.0.1").domain(), "10.0.0.1");
        for bad in [
            "",
            "https://",
            "ftp://a",
            "a.example.com",
            "https://u@a",
            "https://a?b",
            "https://a#b",
            "https://a:x",
            "https://a b",
            "https://a/{b}",
            "https://[x]",
            "https://a:99999",
        ] {
            assert!(bad.parse::<Url>().is_err(), "{bad}");
        }
    }
}
