//! Authelia's configuration: the clients of `identity_providers.oidc.clients`.

mod document;
pub mod edit;
mod entry;

use std::collections::HashMap;

use serde::de::SeqAccess;
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use zeroize::Zeroizing;

use crate::error::{ConfigError, Error};

pub use entry::{ClientEntry, Schema, Value, is_absolute_uri, single_quoted};
pub(crate) use entry::{has_scheme, needs_plaintext};

/// A client as the configuration has it.
#[derive(Clone)]
pub struct Client {
    /// The id: `client_id`, or `id` before version 4.38.
    pub id: String,
    /// The digest (or plaintext secret): `client_secret`, or `secret` before version 4.38.
    pub secret: Option<String>,
    /// The line of the id, counted from 1.
    pub line: u64,
}

/// Leaves the secret out: it may be the plaintext.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, line, .. } = self;
        f.debug_struct("Client").field("id", id).field("line", line).finish_non_exhaustive()
    }
}

/// A text in a configuration, with its place.
pub(crate) type Text = Spanned<String>;

/// Several texts; one alone may stand without a list.
#[derive(Deserialize)]
#[serde(from = "Spanned<OneOrMany>")]
pub(crate) struct Texts(pub(crate) Vec<Text>);

enum OneOrMany {
    One(String),
    Many(Vec<Text>),
}

impl From<Spanned<OneOrMany>> for Texts {
    fn from(texts: Spanned<OneOrMany>) -> Self {
        match texts.value {
            OneOrMany::One(text) => Self(vec![Spanned::new(text, texts.referenced, texts.defined)]),
            OneOrMany::Many(texts) => Self(texts),
        }
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<OneOrMany, E> {
                Ok(OneOrMany::Many(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany::Many(texts))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Deserialize)]
struct Document {
    identity_providers: Option<IdentityProviders>,
}

#[derive(Deserialize)]
struct IdentityProviders {
    oidc: Option<Oidc>,
}

#[derive(Deserialize)]
struct Oidc {
    clients: Option<Vec<Entry>>,
    #[serde(default)]
    authorization_policies: Names,
    #[serde(default)]
    scopes: Names,
}

/// The keys of a mapping.
#[derive(Default, Deserialize)]
#[serde(from = "Option<HashMap<String, serde::de::IgnoredAny>>")]
struct Names(Vec<String>);

#[allow(clippy::zero_sized_map_values, reason = "what the names are for is passed over")]
impl From<Option<HashMap<String, serde::de::IgnoredAny>>> for Names {
    fn from(names: Option<HashMap<String, serde::de::IgnoredAny>>) -> Self {
        Self(names.into_iter().flatten().map(|(name, _)| name).collect())
    }
}

/// One entry, in the keys of both generations.
#[derive(Deserialize)]
pub(crate) struct Entry {
    client_id: Option<Text>,
    id: Option<Text>,
    client_name: Option<String>,
    description: Option<String>,
    client_secret: Option<Text>,
    secret: Option<Text>,
    public: Option<bool>,
    pub(crate) token_endpoint_auth_method: Option<Text>,
    redirect_uris: Option<Texts>,
    pub(crate) scopes: Option<Texts>,
    pub(crate) grant_types: Option<Texts>,
    pub(crate) response_types: Option<Texts>,
    pub(crate) response_modes: Option<Texts>,
    pub(crate) authorization_policy: Option<Text>,
    pub(crate) consent_mode: Option<Text>,
    pub(crate) pkce_challenge_method: Option<Text>,
    authorization_signed_response_alg: Option<String>,
    authorization_encrypted_response_alg: Option<String>,
    id_token_signed_response_alg: Option<String>,
    id_token_encrypted_response_alg: Option<String>,
    access_token_signed_response_alg: Option<String>,
    access_token_encrypted_response_alg: Option<String>,
    userinfo_signed_response_alg: Option<String>,
    userinfo_signing_algorithm: Option<String>,
    userinfo_encrypted_response_alg: Option<String>,
    introspection_signed_response_alg: Option<String>,
    introspection_encrypted_response_alg: Option<String>,
    request_object_signing_alg: Option<String>,
    request_object_encryption_alg: Option<String>,
    token_endpoint_auth_signing_alg: Option<String>,
}

impl Entry {
    pub(crate) fn id(&self) -> Option<&Text> {
        self.client_id.as_ref().or(self.id.as_ref())
    }

    /// The key that the id has, or should have.
    pub(crate) fn id_key(&self) -> &'static str {
        if self.client_id.is_none() && self.id.is_some() { "id" } else { "client_id" }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.client_name.as_deref().or(self.description.as_deref())
    }

    /// The secret, and its key.
    pub(crate) fn secret(&self) -> Option<(&Text, &'static str)> {
        let old = || self.secret.as_ref().map(|secret| (secret, "secret"));
        self.client_secret.as_ref().map(|secret| (secret, "client_secret")).or_else(old)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.public == Some(true)
    }

    /// How the client authenticates, with Authelia's default where nothing is said.
    pub(crate) fn auth_method(&self) -> &str {
        match &self.token_endpoint_auth_method {
            Some(method) if !method.value.is_empty() => &method.value,
            _ if self.is_public() => "none",
            _ => "client_secret_basic",
        }
    }

    pub(crate) fn redirect_uris(&self) -> impl Iterator<Item = &Text> {
        self.redirect_uris.iter().flat_map(|texts| &texts.0)
    }

    /// The algorithms that sign or encrypt something for the client, with their keys.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = (&'static str, &str)> {
        macro_rules! with_keys {
            ($($key:ident)*) => { [$((stringify!($key), &self.$key)),*] };
        }
        let algorithms = with_keys! {
            authorization_signed_response_alg
            authorization_encrypted_response_alg
            id_token_signed_response_alg
            id_token_encrypted_response_alg
            access_token_signed_response_alg
            access_token_encrypted_response_alg
            userinfo_signed_response_alg
            userinfo_signing_algorithm
            userinfo_encrypted_response_alg
            introspection_signed_response_alg
            introspection_encrypted_response_alg
            request_object_signing_alg
            request_object_encryption_alg
            token_endpoint_auth_signing_alg
        };
        algorithms.into_iter().filter_map(|(key, algorithm)| Some((key, algorithm.as_deref()?)))
    }

    /// The line of the id, or of what else there is; counted from 1.
    pub(crate) fn line(&self) -> u64 {
        let text = self.id().or(self.secret().map(|(secret, _)| secret));
        let text = text.or(self.redirect_uris().next()).or(self.authorization_policy.as_ref());
        text.map_or(0, |text| text.referenced.line())
    }
}

/// A file of a configuration.
pub struct Configuration {
    name: String,
    text: Zeroizing<String>,
    clients: Option<Vec<Entry>>,
    policies: Vec<String>,
    scopes: Vec<String>,
}

/// Leaves the text out: it holds secrets.
impl std::fmt::Debug for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads a file of this name.
    ///
    /// # Errors
    /// As [`clients`].
    pub fn parse(name: &str, yaml: &str) -> Result<Self, Error> {
        let yaml = &*Zeroizing::new(filled_in(yaml, |_| None));
        let (mut clients, mut policies, mut scopes) = (None, Vec::new(), Vec::new());
        for document in documents(yaml)? {
            let Some(oidc) = document.identity_providers.and_then(|providers| providers.oidc)
            else {
                continue;
            };
            policies.extend(oidc.authorization_policies.0);
            scopes.extend(oidc.scopes.0);
            // Authelia reads one document alone.
            clients = clients.or(oidc.clients);
        }
        let (name, text) = (name.to_owned(), Zeroizing::new(yaml.to_owned()));
        Ok(Self { name, text, clients, policies, scopes })
    }

    /// The name that it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The clients; `None` if the file has no list of them.
    pub(crate) fn clients(&self) -> Option<&[Entry]> {
        self.clients.as_deref()
    }

    /// The authorization policies that are defined.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().map(String::as_str)
    }

    /// The scopes that are defined.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// Whether a text stands between quotes, or in a block.
    pub(crate) fn is_quoted(&self, text: &Text) -> bool {
        let (line, column) = (text.defined.line(), text.defined.column());
        let line =
            usize::try_from(line).ok().and_then(|n| self.text.lines().nth(n.checked_sub(1)?));
        let column = usize::try_from(column).ok().and_then(|column| column.checked_sub(1));
        let start = line.zip(column).and_then(|(line, column)| line.chars().nth(column));
        start.is_some_and(|start| matches!(start, '\'' | '"' | '|' | '>'))
    }
}

/// What a template or a variable refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `{{ secret "/path" }}`: the contents of a file, without the line end.
    File(&'a str),
    /// `{{ env "NAME" }}` or `${NAME}`: an environment variable.
    Variable(&'a str),
}

/// Fills in the templates of a configuration that stand for one value, as text between quotes.
/// What is not given, or cannot be understood, stays a template, but one that YAML takes for text.
///
/// ```
/// use oidc_secret::authelia::{Reference, filled_in};
///
/// let yaml = "client_secret: {{ secret \"/run/kasm\" }}";
/// let known = |reference: Reference| match reference {
///     Reference::File("/run/kasm") => Some("it's".to_owned()),
///     _ => None,
/// };
/// assert_eq!(filled_in(yaml, known), "client_secret: 'it''s'");
/// assert_eq!(filled_in(yaml, |_| None), "client_secret: '{{ secret \"/run/kasm\" }}'");
/// ```
#[must_use]
pub fn filled_in(yaml: &str, value: impl Fn(Reference<'_>) -> Option<String>) -> String {
    let mut filled = String::with_capacity(yaml.len());
    let mut rest = yaml;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((inside, after)) = behind.split_once("}}").filter(|(s, _)| !s.contains('\n'))
        else {
            break;
        };
        let template = format!("{{{{{inside}}}}}");
        let text = reference(inside).and_then(&value).unwrap_or(template);
        filled.push_str(before);
        rest = after;
        match around(&filled) {
            Around::Nothing => filled.extend(["'", &text.replace('\'', "''"), "'"]),
            Around::Plain => filled.push_str(&text),
            Around::Single => filled.push_str(&text.replace('\'', "''")),
            Around::Double => {
                filled.push_str(&text.replace('\\', r"\\").replace('"', "\\\""));
            }
        }
    }
    filled.push_str(rest);
    with_variables(&filled, value)
}

/// What a template stands in.
enum Around {
    Nothing,
    /// A text without quotes that has begun already.
    Plain,
    Single,
    Double,
}

/// What is open at the end of a text, judged by its last line.
fn around(text: &str) -> Around {
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    let (mut open, mut before) = (None, ' ');
    for character in line.chars() {
        match open {
            Some('"') if before == '\\' => {}
            Some(quote) if quote == character => open = None,
            // Between single quotes a doubled one stands for itself.
            None if matches!(character, '\'' | '"')
                && (" [{,:".contains(before) || before == character) =>
            {
                open = Some(character);
            }
            _ => {}
        }
        before = character;
    }
    match open {
        Some('\'') => Around::Single,
        Some(_) => Around::Double,
        None if " \t[{,".contains(before) => Around::Nothing,
        None => Around::Plain,
    }
}

/// Replaces each `${NAME}` that is given, as the filter expand-env does.
fn with_variables(yaml: &str, value: impl Fn(Reference<'_>) -> Option<String>) -> String {
    let mut filled = String::with_capacity(yaml.len());
    let mut rest = yaml;
    while let Some((before, behind)) = rest.split_once("${") {
        filled.push_str(before);
        let name = behind.split_once('}').map(|(name, _)| name);
        let name = name.filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        if let Some((name, text)) = name.zip(name.map(Reference::Variable).and_then(&value)) {
            filled.push_str(&text);
            rest = &behind[name.len() + 1..];
        } else {
            filled.push_str("${");
            rest = behind;
        }
    }
    filled + rest
}

/// What a whole value refers to, with its quotes or without; `None` for one that is more than a
/// reference, such as one with a default.
fn whole_reference(value: &str) -> Option<Reference<'_>> {
    let value = value.trim().trim_matches(['\'', '"']).trim();
    let inside = value.strip_prefix("{{").and_then(|value| value.strip_suffix("}}"));
    let variable = value.strip_prefix("${").and_then(|value| value.strip_suffix('}'));
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let one = inside.filter(|inside| !inside.contains("{{")).and_then(reference);
    one.or(variable.filter(is_name).map(Reference::Variable))
}

/// What is between the braces, if it is one reference; filters that only trim are passed over.
fn reference(inside: &str) -> Option<Reference<'_>> {
    let inside = inside.trim_matches('-');
    let (call, filters) = inside.split_once('|').unwrap_or((inside, ""));
    let is_trim =
        |filter: &str| matches!(filter.trim(), "" | "trim" | "squote" | "quote" | "msquote");
    if !filters.split('|').all(is_trim) {
        return None;
    }
    let (function, argument) = call.trim().split_once(char::is_whitespace)?;
    let argument = argument.trim();
    let quoted = |quote| argument.strip_prefix(quote)?.strip_suffix(quote);
    let argument = quoted('"').or(quoted('`')).or(quoted('\''))?;
    match function {
        "secret" | "fileContent" => Some(Reference::File(argument)),
        "env" | "mustEnv" => Some(Reference::Variable(argument)),
        _ => None,
    }
}

/// Reads the clients of a configuration, from each of its YAML documents, in order. A client
/// without an id is left out.
///
/// ```
/// let clients = oidc_secret::authelia::clients(
///     "identity_providers: {oidc: {clients: [{client_id: kasm, client_secret: '$plaintext$x'}]}}",
/// )?;
/// assert_eq!(clients[0].id, "kasm");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`ConfigError::Yaml`] for text that is not YAML (or too deeply nested), and
/// [`ConfigError::Shape`] for a list or a mapping where the configuration has another.
pub fn clients(yaml: &str) -> Result<Vec<Client>, Error> {
    let entries = documents(yaml)?
        .into_iter()
        .filter_map(|document| document.identity_providers?.oidc?.clients)
        .flatten();
    Ok(entries.filter_map(client).collect())
}

fn documents(yaml: &str) -> Result<Vec<Document>, Error> {
    /// Enough for 100,000 clients with all their keys; the depth stays that of the parser.
    const NODES: usize = 10_000_000;
    let mut budget = serde_saphyr::Budget::default();
    budget.max_nodes = NODES;
    budget.max_events = 4 * NODES;
    budget.max_total_scalar_bytes = yaml.len().saturating_mul(2).max(1 << 20);
    let options = serde_saphyr::options! { with_snippet: false, budget: Some(budget) };
    Ok(serde_saphyr::from_multiple_with_options(yaml, options).map_err(|error| located(&error))?)
}

fn client(entry: Entry) -> Option<Client> {
    let id = entry.id()?;
    let (id, line) = (id.value.clone(), id.referenced.line());
    let secret = entry.client_secret.or(entry.secret).map(|secret| secret.value);
    Some(Client { id, secret, line })
}

/// Keeps of the parser's error what quotes nothing: a configuration holds secrets.
fn located(error: &serde_saphyr::Error) -> ConfigError {
    use serde_saphyr::Error as Yaml;
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
    let cause = match error {
        Yaml::AliasError { error, .. } => error,
        other => other,
    };
    let message = match cause {
        Yaml::ExternalMessage { msg, .. } => msg.clone(),
        Yaml::DuplicateMappingKey { .. } => "a key stands twice in the same mapping".to_owned(),
        Yaml::Budget { .. }
        | Yaml::AliasReplayLimitExceeded { .. }
        | Yaml::AliasExpansionLimitExceeded { .. }
        | Yaml::AliasReplayStackDepthExceeded { .. } => {
            "too large or too deeply nested to be a configuration".to_owned()
        }
        _ => return ConfigError::Shape { line, column },
    };
    ConfigError::Yaml { line, column, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_in_wherever_they_stand() {
        let known = |_: Reference<'_>| Some("a'b\"c".to_owned());
        for (yaml, filled, unknown) in [
            ("x: {{ env \"X\" }}", "x: 'a''b\"c'", "x: '{{ env \"X\" }}'"),
            ("x: '{{ env \"X\" }}'", "x: 'a''b\"c'", "x: '{{ env \"X\" }}'"),
            ("x: \"{{ env \"X\" }}\"", r#"x: "a'b\"c""#, r#"x: "{{ env \"X\" }}""#),
            ("x: 'tcp://{{ env `X` }}:1'", "x: 'tcp://a''b\"c:1'", "x: 'tcp://{{ env `X` }}:1'"),
            ("x: \"it's {{ env `X` }}\"", r#"x: "it's a'b\"c""#, "x: \"it's {{ env `X` }}\""),
            ("x: 'it''s {{ env `X` }}'", "x: 'it''s a''b\"c'", "x: 'it''s {{ env `X` }}'"),
            ("x: tcp://{{ env `X` }}:1", "x: tcp://a'b\"c:1", "x: tcp://{{ env `X` }}:1"),
            (
                "[{{ env `X` }},{{ nine }}]",
                "['a''b\"c','{{ nine }}']",
                "['{{ env `X` }}','{{ nine }}']",
            ),
        ] {
            assert_eq!(filled_in(yaml, known), filled);
            assert_eq!(filled_in(yaml, |_| None), unknown);
        }
    }

    #[test]
    fn both_generations_of_keys_and_several_documents_are_read() {
        let yaml = "\
---
server: {address: 'tcp://:9091'}
---
identity_providers:
  oidc:
    clients:
      - client_id: new
        client_secret: '$a'
      - id: \"old\"
        secret: >-
          $b
      - client_id: 123
      - client_name: no id
---
identity_providers: {oidc: {clients: [{client_id: flow, client_secret: &x $c}]}}
---
identity_providers:
";
        let read: Vec<_> =
            clients(yaml).unwrap().into_iter().map(|c| (c.id, c.secret, c.line)).collect();
        let entry = |id: &str, secret: Option<&str>, line| {
            (id.to_owned(), secret.map(ToOwned::to_owned), line)
        };
        assert_eq!(
            read,
            [
                entry("new", Some("$a"), 7),
                entry("old", Some("$b"), 9),
                entry("123", None, 12),
                entry("flow", Some("$c"), 15),
            ]
        );
        assert!(clients("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_configuration_is_located_and_not_quoted() {
        for yaml in [
            "identity_providers: {oidc: {clients: [{client_id: hunter2, client_secret: [hunter2]}]}}",
            "identity_providers: {oidc: {clients: hunter2}}",
            "hunter2",
            "a: hunter2\na: hunter2",
            "a: 'hunter2",
            "identity_providers: {oidc: {clients: [{id: a, secret: {{ hunter2 }}}]}}",
            "a: &x [hunter2, *y]",
            "hunter2: [",
            "\u{0}hunter2",
        ] {
            let message = clients(yaml).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
            assert!(message.starts_with("line "), "{message}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(10);
            yaml = format!("{yaml}a{level}: &a{level} [{alias}]\n");
        }
        assert!(clients(&yaml).is_err());
        assert!(clients(&"[".repeat(1_000_000)).is_err());
    }
}
