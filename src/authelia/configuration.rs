//! The clients of a configuration, as Authelia reads them.

use zeroize::Zeroizing;

use super::anchors::{Anchors, Pair};
use super::chart::{chart_secret, chart_template};
use super::client_entry::ClientEntry;
use super::document::{Kind, Node};
use super::embedded::Templates;
use super::error::ConfigError;
use super::fields::Fields;
use super::location::{Form, Location};
use super::path::{PATH, Step};
use super::source::Source;
use super::template::{self, ExpansionNote, Resolved, unresolved, whole_reference};
use super::text::Text;
use crate::error::Error;

/// A client's secret, as the configuration has it.
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientSecret {
    /// The id: `client_id`, or `id` before version 4.38.
    pub id: String,
    /// The name that people see: `client_name`, or `description` before version 4.38.
    pub name: Option<String>,
    /// Whether it is public: without a secret.
    pub public: bool,
    /// The method of authentication at the token endpoint: Authelia's default if the entry has none.
    pub auth_method: String,
    /// The digest (or plaintext secret): `client_secret`, or `secret` before version 4.38.
    pub secret: Option<String>,
    /// The line of the id, counted from 1.
    pub line: u64,
    /// The line of the secret; that of the id if there is none.
    pub secret_line: u64,
}

/// Leaves the secret out: it may be the plaintext.
impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, line, .. } = self;
        f.debug_struct("ClientSecret").field("id", id).field("line", line).finish_non_exhaustive()
    }
}

/// A file of a configuration.
pub struct Configuration {
    name: String,
    location: Location,
    is_encoded: bool,
    clients: Option<Vec<ClientEntry>>,
    /// The error for clients in a mapping by their ids, which Authelia refuses.
    keyed_by_id: Option<ConfigError>,
    /// The YAML document that the clients are in, counted from 1.
    document: usize,
    /// The provider's other keys, of each document.
    settings: Vec<Fields>,
    attributes: Vec<String>,
    /// The values that Authelia's filters give, but not as their author expects.
    notes: Vec<ExpansionNote>,
}

/// Leaves the clients out: they have secrets.
impl std::fmt::Debug for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads a file of this name. The clients are those of the first YAML document with a list of them; a
    /// secret that is not a text is left out.
    ///
    /// ```
    /// use oidc_secret::authelia::Configuration;
    ///
    /// let yaml = "identity_providers: {oidc: {clients: [{client_id: kasm, secret: '$plaintext$x'}]}}";
    /// let file = Configuration::parse("configuration.yml", yaml)?;
    /// assert_eq!(file.client_secrets()?[0].id, "kasm");
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Yaml`] for text that is not YAML (or too large or too deeply nested),
    /// [`ConfigError::LineBreak`] for a character that is a line break for Authelia alone,
    /// [`ConfigError::Shape`] where `identity_providers` or `oidc` is not a mapping or `clients` is neither
    /// a list nor a mapping, [`ConfigError::SeveralLists`] if another file than Authelia's own has several
    /// lists of clients, and [`ConfigError::Encrypted`] for a file that a tool has encrypted.
    pub fn parse(name: &str, yaml: &str) -> Result<Self, Error> {
        Self::of(name, &unresolved(yaml).map_err(ConfigError::from)?, None)
    }

    /// Reads a file of this name, whose templates are resolved. If a path is given, the list of clients is
    /// at that path, or below it.
    ///
    /// # Errors
    /// As [`Configuration::parse`], and [`ConfigError::NoListAt`] if there is no list at the path.
    pub fn of(name: &str, resolved: &Resolved, path: Option<&str>) -> Result<Self, Error> {
        let (providers, location, is_encoded) = providers(resolved, path)?;
        let (mut clients, mut settings, mut attributes) = (None, Vec::new(), Vec::new());
        let (mut document, mut keyed_by_id) = (0, None);
        for (number, provider) in (1..).zip(providers) {
            settings.push(provider.settings);
            attributes.extend(provider.attributes);
            if clients.is_none() && provider.clients.is_some() {
                (clients, document) = (provider.clients, number);
                keyed_by_id = provider.keyed_by_id;
            }
        }
        // The output of `authelia config template` begins with a document that has only comments.
        if resolved.text().contains(RENDERED) {
            document = document.min(1);
        }
        let (name, notes) = (name.to_owned(), resolved.notes().to_vec());
        Ok(Self {
            name,
            location,
            is_encoded,
            clients,
            keyed_by_id,
            document,
            settings,
            attributes,
            notes,
        })
    }

    /// The name given to it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the file has the list of clients, or would have it.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Whether the configuration is a text that is encoded in the file: in base64, or in a string with
    /// escapes.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        self.is_encoded
    }

    /// Resolves the secrets in files that values of the Helm chart name by their path, for which the text
    /// has no template.
    pub fn resolve_chart(&mut self, resolved: &mut Resolved, value: template::Source<'_>) {
        if self.location.form() != Form::Chart {
            return;
        }
        let secrets = self.clients.iter_mut().flatten();
        for text in secrets.filter_map(|client| client.client_secret.as_mut()) {
            let Some(reference) = whole_reference(&text.value) else { continue };
            match value(reference) {
                // The chart writes `secret`, which drops the line feeds at the end.
                Ok(value) => text.value = Zeroizing::new(value.trim_end_matches('\n').to_owned()),
                Err(reason) => resolved.add_unresolved(text.line, reason),
            }
        }
    }

    /// Whether the file has at least one client.
    #[must_use]
    pub fn has_clients(&self) -> bool {
        self.clients.as_ref().is_some_and(|clients| !clients.is_empty())
    }

    /// The clients with an id, in order; none if the file has no list of them.
    ///
    /// # Errors
    /// [`ConfigError::Shape`] for clients in a mapping by their ids, which Authelia refuses.
    pub fn client_secrets(&self) -> Result<Vec<ClientSecret>, Error> {
        match &self.keyed_by_id {
            Some(error) => Err(error.clone().into()),
            None => {
                Ok(self.clients().unwrap_or_default().iter().filter_map(ClientSecret::of).collect())
            }
        }
    }

    /// The clients; `None` if the file has no list of them.
    pub(crate) fn clients(&self) -> Option<&[ClientEntry]> {
        self.clients.as_deref()
    }

    /// Whether the clients are in a mapping by their ids, as in the values of the Helm chart. Authelia
    /// refuses it.
    pub(crate) fn is_keyed_by_id(&self) -> bool {
        self.keyed_by_id.is_some()
    }

    /// The YAML document that the clients are in, counted from 1. Authelia reads only the first one.
    #[must_use]
    pub fn document(&self) -> usize {
        self.document
    }

    /// The provider's other keys, of each document.
    pub(crate) fn settings(&self) -> &[Fields] {
        &self.settings
    }

    /// The values that Authelia's filters give, but not as their author expects.
    pub(crate) fn notes(&self) -> &[ExpansionNote] {
        &self.notes
    }

    /// The attributes of users that are defined.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(String::as_str)
    }
}

impl ClientSecret {
    /// `None` for an entry without an id.
    fn of(entry: &ClientEntry) -> Option<Self> {
        let id = entry.id()?;
        Some(Self {
            id: id.value.to_string(),
            name: entry.name().map(ToOwned::to_owned),
            public: entry.is_public(),
            auth_method: entry.auth_method().to_owned(),
            secret: entry.secret().map(|(secret, _)| secret.value.to_string()),
            line: id.line,
            secret_line: entry.secret().map_or(id.line, |(secret, _)| secret.line),
        })
    }
}

/// Returns the index of the file whose clients Authelia takes: the last one with a list of them, which
/// may also be empty. Lists in a YAML document that Authelia does not read, and in other files than its
/// own, count only if there is no other.
#[must_use]
pub fn effective(files: &[Configuration]) -> Option<usize> {
    let last = |is_wanted: &dyn Fn(&Configuration) -> bool| {
        files.iter().rposition(|file| file.clients().is_some() && is_wanted(file))
    };
    let is_own = |file: &Configuration| file.location().is_own();
    last(&|file| is_own(file) && file.document() <= 1)
        .or_else(|| last(&is_own))
        .or_else(|| last(&|_| true))
}

/// The part of a document that is about OpenID Connect.
#[derive(Default)]
struct Provider {
    clients: Option<Vec<ClientEntry>>,
    /// The error for clients in a mapping by their ids, which only the audit can check.
    keyed_by_id: Option<ConfigError>,
    settings: Fields,
    attributes: Vec<String>,
}

/// The mappings whose keys are attributes of users.
const ATTRIBUTES: [&[&str]; 3] = [
    &["definitions", "user_attributes"],
    &["authentication_backend", "file", "extra_attributes"],
    &["authentication_backend", "ldap", "attributes", "extra"],
];

/// A comment in the output of `authelia config template`.
const RENDERED: &str = "\n## Authelia rendered configuration file";

/// Describes why a resolved text is not YAML, at the place in the original.
fn original(error: ConfigError, resolved: &Resolved) -> ConfigError {
    if let ConfigError::LineBreak { line, column, character } = error {
        return ConfigError::LineBreak { line: resolved.line(line), column, character };
    }
    let ConfigError::Yaml { line, column, message } = error else { return error };
    let culprit = resolved.culprit(line);
    let error = ConfigError::Yaml { line: resolved.line(line), column, message };
    culprit.map_or(error, ConfigError::from)
}

/// Returns the providers of the documents, their place, and whether it is a text that is encoded.
fn providers(
    resolved: &Resolved,
    at: Option<&str>,
) -> Result<(Vec<Provider>, Location, bool), Error> {
    let source = Source::parse(resolved.text(), at, Templates::Resolved);
    let mut source = source.map_err(|error| original(error, resolved))?;
    source.relocate(&|line| resolved.line(line));
    let repeated = source.levels().flat_map(|(documents, _)| &documents.roots);
    if let Some(key) = repeated.into_iter().find_map(Node::repeated_key) {
        let (line, column) = (key.line() as u64, key.column() as u64 + 1);
        // Any other text could be a secret in the wrong place.
        let is_word = |key: &&str| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let name = key.text().filter(is_word).map_or_else(String::new, |key| format!(" {key}"));
        let message = format!("duplicate key{name} in one mapping; merge the two");
        return Err(ConfigError::Yaml { line, column, message }.into());
    }
    let provider =
        |(_, root)| Provider::of(root, &Anchors::of(source.documents(), root), &source.location);
    let providers = source.roots().map(provider).collect::<Result<_, _>>()?;
    Ok((providers, source.location.clone(), source.is_decoded()))
}

impl Provider {
    fn of<'n>(
        root: &'n Node<'n>,
        anchors: &Anchors<'n>,
        location: &Location,
    ) -> Result<Self, ConfigError> {
        let path = &location.list.path;
        let mut provider = Self::default();
        let Some((list, parents)) = path.0.split_last() else {
            provider.clients = entries(anchors, Some(root), location.form())?;
            return Ok(provider);
        };
        let (mut node, own) = (root, path.without_keys(&PATH).map(|path| path.len()));
        for (depth, step) in parents.iter().enumerate() {
            if own == Some(depth) {
                let paths = ATTRIBUTES.iter();
                provider.attributes = paths.flat_map(|path| keys_at(anchors, node, path)).collect();
            }
            match child(anchors, node, step)? {
                Some(child) => node = child,
                None => return Ok(provider),
            }
        }
        let clients = child(anchors, node, list)?;
        provider.keyed_by_id =
            clients.filter(|clients| matches!(clients.kind, Kind::Mapping { .. })).map(shape);
        provider.clients = match clients {
            // Empty, the key replaces the clients of the files before this one.
            None => has_key(anchors, node, list).then(Vec::new),
            found => entries(anchors, found, location.form())?,
        };
        if own.is_some() {
            provider.settings = Fields::read(anchors, node);
        }
        Ok(provider)
    }
}

/// The keys of the mapping at a path; none if the file lacks it.
fn keys_at<'n>(anchors: &Anchors<'n>, root: &'n Node<'n>, path: &[&str]) -> Vec<String> {
    let mut node = root;
    for name in path {
        match anchors.pairs(node).into_iter().find(|pair| pair.key == *name) {
            Some(pair) => node = pair.value,
            None => return Vec::new(),
        }
    }
    let pairs = anchors.pairs(node).into_iter();
    // An attribute of LDAP may have another name in Authelia.
    pairs
        .flat_map(|pair| [Some(pair.key), pair.value.get("name").and_then(|(_, name)| name.text())])
        .flatten()
        .map(ToOwned::to_owned)
        .collect()
}

/// Whether a mapping has a key.
fn has_key(anchors: &Anchors<'_>, node: &Node<'_>, step: &Step) -> bool {
    let is_key = |key: &str| matches!(step, Step::Key(name) if name == key);
    anchors.pairs(node).iter().any(|pair| is_key(pair.key))
}

/// The value of a key of a mapping, or an item of a list, unless it is null.
fn child<'n>(
    anchors: &Anchors<'n>,
    node: &'n Node<'n>,
    step: &Step,
) -> Result<Option<&'n Node<'n>>, ConfigError> {
    let key = match step {
        Step::Key(key) => key,
        Step::Item(index) => return Ok(node.items().get(*index)),
    };
    match node.kind {
        _ if node.is_null() => Ok(None),
        Kind::Mapping { .. } => {
            let pair = anchors.pairs(node).into_iter().find(|pair| pair.key == *key);
            Ok(pair.map(|pair| pair.value).filter(|value| !value.is_null()))
        }
        _ => Err(shape(node)),
    }
}

fn entries<'n>(
    anchors: &Anchors<'n>,
    list: Option<&'n Node<'n>>,
    form: Form,
) -> Result<Option<Vec<ClientEntry>>, ConfigError> {
    let Some(list) = list else { return Ok(None) };
    let items: Vec<(Option<&str>, &Node)> = match &list.kind {
        Kind::List { items, .. } => items.iter().map(|item| (None, item)).collect(),
        Kind::Mapping { .. } => {
            anchors.pairs(list).into_iter().map(|pair| (Some(pair.key), pair.written)).collect()
        }
        _ => return Err(shape(list)),
    };
    let mut entries = Vec::with_capacity(items.len());
    for (key, item) in items {
        let node = anchors.resolve(item);
        let mut pairs = anchors.pairs(item);
        let is_mapping = node.is_some_and(|node| matches!(node.kind, Kind::Mapping { .. }));
        let fields = Fields::read(anchors, item);
        let path = if form == Form::Chart { unwrap_chart(anchors, &mut pairs) } else { None };
        let mut entry = ClientEntry::read(pairs, fields, item, is_mapping, path, form);
        if entry.id().is_none() {
            let id = |key: &str| Text::new(key, item.line() as u64);
            entry.client_id = key.map(id);
        }
        entries.push(entry);
    }
    Ok(Some(entries))
}

/// Replaces the mapping that the chart has the secret in by the secret, and returns the template that it
/// makes of the path of a file.
fn unwrap_chart<'n>(anchors: &Anchors<'n>, pairs: &mut [Pair<'n>]) -> Option<Text> {
    let pair = pairs.iter_mut().find(|pair| pair.key == "client_secret")?;
    let (own, is_file) = chart_secret(pair.value).ok()?;
    let (_, written) = own?;
    let value = anchors.resolve(written)?;
    (pair.value, pair.written) = (value, written);
    let mut text = Text::of(value, written)?;
    if !is_file {
        return None;
    }
    text.value = Zeroizing::new(chart_template(&text.value));
    Some(text)
}

/// A value of another kind than the configuration has in its place.
fn shape(node: &Node) -> ConfigError {
    ConfigError::Shape { line: node.line() as u64, column: node.column() as u64 + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(yaml: &str) -> Result<Vec<ClientSecret>, Error> {
        Configuration::parse("c.yml", yaml)?.client_secrets()
    }

    #[test]
    fn both_generations_of_keys_are_read_in_the_first_document_that_has_clients() {
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
            [entry("new", Some("$a"), 7), entry("old", Some("$b"), 9), entry("123", None, 12),]
        );
        assert!(clients("").unwrap().is_empty());
    }

    #[test]
    fn errors_name_the_place_and_quote_nothing() {
        for yaml in [
            "identity_providers: {oidc: {clients: hunter2}}",
            "hunter2",
            "a: hunter2\na: hunter2",
            "a: 'hunter2",
            "identity_providers: {oidc: {clients: [{id: a, secret: {{ range hunter2",
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
    fn aliases_that_expand_to_much_are_refused() {
        let mut nested = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        let mut merged = "m0: &m0 {client_id: deep}\n".to_owned();
        for level in 1..40 {
            let below = level - 1;
            let alias = format!("*a{below},").repeat(10);
            nested = format!("{nested}a{level}: &a{level} [{alias}]\n");
            merged = format!("{merged}m{level}: &m{level} {{<<: [*m{below}, *m{below}]}}\n");
        }
        merged += "identity_providers: {oidc: {clients: [<<: *m39]}}\n";
        let long = "n".repeat(100_000);
        let client = format!("c: &c {{client_id: a, client_name: {long}}}\n");
        let clients_of = |count| "*c, ".repeat(count);
        let flat = |count| {
            format!("{client}identity_providers: {{oidc: {{clients: [{}]}}}}\n", clients_of(count))
        };
        for text in [&nested, &merged, &flat(1000)] {
            let error = clients(text).unwrap_err().to_string();
            assert!(error.contains("aliases make this too large"), "{error}");
        }
        assert_eq!(clients(&flat(100)).unwrap().len(), 100);
        assert!(clients(&"[".repeat(1_000_000)).is_err());
    }

    /// As many clients as anybody has, each with the same defaults.
    #[test]
    fn defaults_of_many_clients_are_read() {
        let defaults =
            "d: &d {authorization_policy: two_factor, scopes: [openid, profile, email, groups]}\n";
        let entry = |number| format!("      - {{client_id: 'client-{number}', <<: *d}}\n");
        let entries: String = (0..20_000).map(entry).collect();
        let text = format!("{defaults}identity_providers:\n  oidc:\n    clients:\n{entries}");
        assert_eq!(clients(&text).unwrap().len(), 20_000);
    }

    #[test]
    fn a_value_of_another_type_concerns_only_its_client() {
        let yaml = "identity_providers: {oidc: {clients: [\
                    {client_id: a, public: maybe, scopes: {x: y}}, 7, {client_id: b, public: 0}]}}";
        let read = Configuration::parse("c.yml", yaml).unwrap();
        let entries = read.clients().unwrap();
        let wrong = |entry: &ClientEntry| -> Vec<_> {
            entry.wrong_types().iter().map(|wrong| (wrong.key.clone(), wrong.taken_as)).collect()
        };
        assert_eq!(wrong(&entries[0]), [("public".to_owned(), None), ("scopes".to_owned(), None)]);
        assert!(!entries[1].is_mapping());
        assert_eq!(wrong(&entries[2]), [("public".to_owned(), Some(false))]);
        assert_eq!(clients(yaml).unwrap().len(), 2);
    }

    /// The words of Go's `strconv.ParseBool`, measured on Authelia 4.39.20.
    #[test]
    fn a_boolean_is_read_as_authelia_reads_it() {
        let public = |value: &str| {
            let yaml = format!("identity_providers: {{oidc: {{clients: [{{public: {value}}}]}}}}");
            let read = Configuration::parse("c.yml", &yaml).unwrap();
            let entry = &read.clients().unwrap()[0];
            (!entry.is_unreadable("public")).then(|| entry.is_public())
        };
        for value in ["1", "2", "t", "T", "TRUE", "true", "True", "'true'"] {
            assert_eq!(public(value), Some(true), "{value}");
        }
        for value in ["0", "f", "F", "FALSE", "false", "False", "''", "null", "\"false\""] {
            assert_eq!(public(value), Some(false), "{value}");
        }
        for value in ["yes", "on", "'yes'", "tRUE", "'2'", "[]", "{a: b}"] {
            assert_eq!(public(value), None, "{value}");
        }
    }
}
