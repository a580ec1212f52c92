//! The clients of a configuration, changed in its text: every byte that need not change stays.

mod clients;
mod insertion;
mod redact;

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::ScalarStyle;
use zeroize::Zeroizing;

use super::anchors::Anchors;
use super::document::{Documents, Kind, Node};
use super::error::EditError;
use super::path::{PATH, find};
use super::template::{whole_reference, with_file};
use super::{NewEntry, Reference, Schema, Value, single_quoted};
use crate::digest::Digest;
use crate::error::Error;
use clients::{ClientNode, Clients};
use insertion::New;

/// Where a client's secret stands in a text.
#[non_exhaustive]
pub struct SecretPlace {
    /// The line, counted from 1.
    pub line: usize,
    /// The key that it is the value of.
    pub key: String,
    /// What stands there: the digest, or what fills it in.
    pub value: Zeroizing<String>,
    /// The key of the client that says so, if Authelia needs the secret itself and no digest of it.
    pub plaintext_for: Option<String>,
    /// The bytes that are to be replaced.
    place: Range<usize>,
    /// The byte that the value's node begins at.
    node: usize,
    style: Style,
}

/// A place in the header of a block (`|`, `>`): behind the indicator, or the `+` there.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Strip {
    start: usize,
    end: usize,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain {
        is_flow: bool,
    },
    Single,
    Double,
    /// Lines of a block.
    Block {
        /// The number of their line ends that belong to the value.
        line_ends: usize,
        /// Where the indicator goes that takes the line ends away from the value.
        strip: Strip,
    },
    /// The place of an anchored value, which others have as well.
    Alias,
}

impl SecretPlace {
    /// What fills in the secret when Authelia starts, if something does.
    #[must_use]
    pub fn reference(&self) -> Option<Reference<'_>> {
        whole_reference(&self.value)
    }

    /// Whether it is a template or a variable, understood or not.
    #[must_use]
    pub fn is_filled_in(&self) -> bool {
        self.value.contains("{{") || self.value.contains("${")
    }
}

/// Leaves the value out: it may be the secret itself.
impl std::fmt::Debug for SecretPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, key, .. } = self;
        f.debug_struct("SecretPlace").field("line", line).field("key", key).finish_non_exhaustive()
    }
}

/// A configuration that is to be changed: its text, read once.
///
/// ```
/// use oidc_secret::authelia::edit::Editor;
///
/// let yaml = "identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm  # here\n        \
///             client_secret: \"$plaintext$x\"\n";
/// let editor = Editor::parse(yaml)?;
/// let edited = editor.replace(&[("kasm", "$new")])?;
/// assert_eq!(edited.text(), yaml.replace("$plaintext$x", "$new"));
/// // The text that was written, read again: all of it but the secret says what it said.
/// let written = edited.check(edited.text())?;
/// assert_eq!(*written.secret("kasm")?.value, "$new");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
pub struct Editor<'t>(Documents<'t>);

/// A changed text, which has not been read again yet.
pub struct Edited<'e> {
    text: Zeroizing<String>,
    expected: Expected<'e>,
}

/// The contents that a changed text should have.
enum Expected<'e> {
    /// Those of the old one, but for the texts of the nodes that begin at these bytes.
    Replaced(&'e Documents<'e>, HashMap<usize, Zeroizing<String>>),
    /// Those of this tree.
    Added(Documents<'e>),
}

/// The id of a client, and the place of its secret.
pub type Placed = (String, Result<SecretPlace, EditError>);

impl<'t> Editor<'t> {
    /// Reads a configuration. Templates are passed over.
    ///
    /// # Errors
    /// [`Error::Config`] for text that is not YAML, that is too large, or that is encrypted.
    pub fn parse(text: &'t str) -> Result<Self, Error> {
        Ok(Self(Documents::parse(text)?))
    }

    /// The ids of the clients, in order.
    ///
    /// # Errors
    /// [`EditError`] for a list of clients that is shared by an alias, or that is not a list.
    pub fn ids(&self) -> Result<Vec<String>, Error> {
        Ok(Clients::all(&self.0)?.ids().iter().map(|id| (*id).to_owned()).collect())
    }

    /// The names of the keys that the clients have: those from before version 4.38 if all of them do,
    /// and there is at least one.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn schema(&self) -> Result<Schema, Error> {
        let (mut clients, mut current) = (0, 0);
        for root in &self.0.roots {
            let Some(list) = find(root, &PATH)?.pop() else { continue };
            let anchors = Anchors::of(&self.0, root);
            let has_id = |client| anchors.pairs(client).iter().any(|pair| pair.key == "client_id");
            clients += list.items().len();
            current += list.items().iter().filter(|client| has_id(client)).count();
        }
        Ok(if clients > 0 && current == 0 { Schema::Legacy } else { Schema::Current })
    }

    /// The number of the YAML document that has the list of clients, counted from 1; 0 if none has.
    /// Authelia reads the first document alone.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn document(&self) -> Result<usize, Error> {
        for (number, root) in (1..).zip(&self.0.roots) {
            if find(root, &PATH)?.len() == PATH.len() {
                return Ok(number);
            }
        }
        Ok(0)
    }

    /// The place of a client's secret.
    ///
    /// # Errors
    /// [`EditError`] if there is no such client, if it is there twice, has no secret of its own, or
    /// shares it by an anchor.
    pub fn secret(&self, client: &str) -> Result<SecretPlace, Error> {
        Ok(place_of(self.0.text, Clients::named(&self.0, &[client])?.get(client)?)?)
    }

    /// The places of the secrets of all clients, in order.
    ///
    /// # Errors
    /// As [`Editor::ids`]; of each client, as [`Editor::secret`].
    pub fn secrets(&self) -> Result<Vec<Placed>, Error> {
        let clients = Clients::all(&self.0)?;
        let place = |id: &&str| {
            let found = clients.get(id);
            ((*id).to_owned(), found.and_then(|found| place_of(self.0.text, found)))
        };
        Ok(clients.ids().iter().map(place).collect())
    }

    /// The secrets of some clients, or rather their digests, by the ids of the clients. A client
    /// whose secret has no place of its own is left out.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn values(&self, ids: &[&str]) -> Result<HashMap<String, Zeroizing<String>>, Error> {
        let clients = Clients::named(&self.0, ids)?;
        let value = |id: &&str| {
            let place = place_of(self.0.text, clients.get(id).ok()?).ok()?;
            Some(((*id).to_owned(), place.value))
        };
        Ok(ids.iter().filter_map(value).collect())
    }

    /// The secret of a client whose template names a file, as Authelia reads it when the file has
    /// these contents.
    ///
    /// # Errors
    /// As [`Editor::secret`], and [`EditError::NotReadBack`] if the template gives no value of the
    /// client.
    pub fn secret_from_file(
        &self,
        client: &str,
        contents: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let place = self.secret(client)?.place;
        let not_read = || EditError::NotReadBack { client: client.to_owned() };
        let filled = with_file(self.0.text, place, contents).ok_or_else(not_read)?;
        let read = Editor::parse(&filled).and_then(|filled| filled.secret(client));
        Ok(read.map_err(|_| not_read())?.value)
    }

    /// Replaces the secrets of clients, each given by its id, by other values, such as digests.
    ///
    /// # Errors
    /// As [`Editor::secret`].
    pub fn replace<'v>(&self, values: &[(&str, &'v str)]) -> Result<Edited<'_>, Error> {
        let yaml = self.0.text;
        let ids: Vec<&str> = values.iter().map(|(client, _)| *client).collect();
        let clients = Clients::named(&self.0, &ids)?;
        let place =
            |(client, value): &(&str, &'v str)| Ok((place_of(yaml, clients.get(client)?)?, *value));
        let mut places = values.iter().map(place).collect::<Result<Vec<_>, EditError>>()?;
        if places.iter().any(|(place, _)| is_for_expand_env(&place.value)) {
            return Err(EditError::ExpandEnv.into());
        }
        let said = |(place, value): &(SecretPlace, &str)| {
            (place.node, Zeroizing::new(place.style.says(value)))
        };
        let said: HashMap<usize, Zeroizing<String>> = places.iter().map(said).collect();
        if said.len() < values.len() {
            let (client, _) = values.last().copied().unwrap_or_default();
            return Err(EditError::DuplicateClient { client: client.to_owned() }.into());
        }
        places.sort_by_key(|(place, _)| place.place.start);
        let mut text = Zeroizing::new(String::with_capacity(yaml.len() + 200 * places.len()));
        let mut copied = 0;
        for (place, value) in &places {
            if let Some(strip) = place.style.must_strip(value) {
                text.push_str(&yaml[copied..strip.start]);
                text.push('-');
                copied = strip.end;
            }
            text.push_str(&yaml[copied..place.place.start]);
            text.push_str(&place.style.written(value));
            copied = place.place.end;
        }
        text.push_str(&yaml[copied..]);
        Ok(Edited { text, expected: Expected::Replaced(&self.0, said) })
    }

    /// Adds clients at the end of the list, which is made if it is not there.
    ///
    /// # Errors
    /// [`EditError`] if a client of this id is there already, if the list is not a list or is shared by
    /// an alias, or if the text is not a configuration of Authelia's.
    pub fn add(&self, entries: &[NewEntry], schema: Schema) -> Result<Edited<'_>, Error> {
        let known = Clients::all(&self.0)?;
        let mut ids = entries.iter().map(|entry| entry.text("client_id").unwrap_or_default());
        if let Some(id) = ids.find(|id| known.has(id)) {
            return Err(EditError::IdTaken { client: id.to_owned() }.into());
        }
        // The document that has most of the path; a new list goes into the first one.
        let mut best = (0, 0);
        for (index, root) in self.0.roots.iter().enumerate() {
            let depth = find(root, &PATH)?.len();
            if depth > best.1 {
                best = (index, depth);
            }
        }
        let root = self.0.roots.get(best.0);
        if !root.is_none_or(is_configuration) {
            return Err(EditError::NotAnAutheliaConfig.into());
        }
        if entries.iter().any(looks_like_template) {
            return Err(EditError::Template.into());
        }
        let secret = |id: &&str| known.get(id).ok()?.secret().ok()?.1.text();
        if known.ids().iter().filter_map(secret).any(is_for_expand_env) {
            return Err(EditError::ExpandEnv.into());
        }
        let (place, added) = New { yaml: self.0.text, entries, schema }.insertion(root)?;
        // A template that trims would take the line end between it and the new lines.
        let (before, after) = (&self.0.text[..place.start], &self.0.text[place.end..]);
        if before.trim_end().ends_with("-}}") || after.trim_start().starts_with("{{-") {
            return Err(EditError::UnsupportedYaml.into());
        }
        let mut text = Zeroizing::new(self.0.text.to_owned());
        text.replace_range(place, &added);
        let expected = Expected::Added(self.0.with_clients(best.0, entries, schema));
        Ok(Edited { text, expected })
    }

    /// The text as it may be shown, with `(not shown)` in the place of each secret: of the values whose
    /// keys are called `secret`, `password`, `key` or the like, of texts that hold such a key
    /// themselves, of plaintext secrets and passwords in URLs, and of comments and templates, which
    /// may hold anything. Digests and references to files and variables are not secrets. All lines
    /// stay.
    ///
    /// ```
    /// use oidc_secret::authelia::edit::Editor;
    ///
    /// let yaml = "session: {secret: 'x'}  # was y\njwks:\n  - key: |\n      -----BEGIN\n      MII\n";
    /// let shown = "session: {secret: (not shown)}  # (not shown)\njwks:\n  - key: |\n      (not shown)\n      \
    ///              (not shown)\n";
    /// assert_eq!(Editor::parse(yaml)?.redacted()?, shown);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] for text that Authelia does not read as YAML, since a line ends elsewhere
    /// for it.
    pub fn redacted(&self) -> Result<String, Error> {
        redact::redacted(&self.0)
    }
}

impl Edited<'_> {
    /// The changed text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads what was written: all of it but the change must say what it said.
    ///
    /// # Errors
    /// [`EditError::UnsupportedYaml`] if it does not.
    pub fn check<'w>(&self, written: &'w str) -> Result<Editor<'w>, Error> {
        let unsure = || Error::from(EditError::UnsupportedYaml);
        let read = Documents::parse(written).map_err(|_| unsure())?;
        let is_right = written == *self.text
            && match &self.expected {
                Expected::Replaced(old, values) => old.says_the_same(&read, values),
                Expected::Added(expected) => expected.says_the_same(&read, &HashMap::new()),
            };
        if is_right { Ok(Editor(read)) } else { Err(unsure()) }
    }
}

fn place_of(yaml: &str, client: &ClientNode<'_>) -> Result<SecretPlace, EditError> {
    client.ensure_unshared()?;
    let (key, value) = client.secret()?;
    let node = value.place().start;
    let (place, style) = written(yaml, value, client.entry.is_flow());
    let raw = &yaml[value.place()];
    let value = match value.text() {
        Some(text) if !raw.contains("{{") => text,
        _ => raw,
    };
    Ok(SecretPlace {
        line: key.line(),
        key: key.text().unwrap_or_default().to_owned(),
        value: Zeroizing::new(value.to_owned()),
        plaintext_for: client.plaintext_for().map(ToOwned::to_owned),
        place,
        node,
        style,
    })
}

/// Whether a secret is written for Authelia's filter expand-env, which makes one `$` of two. A digest
/// with single ones would be destroyed by it.
fn is_for_expand_env(value: &str) -> bool {
    value.starts_with("$$")
}

/// Whether Authelia would fill in something of an entry that is meant as it is.
fn looks_like_template(entry: &NewEntry) -> bool {
    let is_one = |text: &str| text.contains("{{") || text.contains("${");
    entry.keys().filter(|(key, _)| *key != "client_secret").any(|(_, value)| match value {
        Value::Text(text) => is_one(text),
        Value::List(texts) => texts.iter().any(|text| is_one(text)),
        Value::Flag(_) => false,
    })
}

/// The keys of Authelia's configuration, since the first version with OpenID Connect.
const KEYS: [&str; 30] = [
    "access_control",
    "authentication_backend",
    "certificates_directory",
    "default_2fa_method",
    "default_redirection_url",
    "definitions",
    "duo_api",
    "host",
    "identity_providers",
    "identity_validation",
    "jwt_secret",
    "log",
    "log_level",
    "log_file_path",
    "log_format",
    "logs_level",
    "notifier",
    "ntp",
    "password_policy",
    "port",
    "privacy_policy",
    "regulation",
    "server",
    "session",
    "storage",
    "telemetry",
    "theme",
    "tls_cert",
    "totp",
    "webauthn",
];

/// That a document that says something has a key of Authelia's.
fn is_configuration(root: &Node) -> bool {
    let keys = || root.pairs().iter().filter_map(|(key, _)| key.text());
    keys().next().is_none() || keys().any(|key| KEYS.contains(&key))
}

/// The bytes of a value that are to be replaced, and how it is written.
fn written(yaml: &str, value: &Node, is_flow: bool) -> (Range<usize>, Style) {
    let place = value.place();
    let Kind::Scalar { text, style } = &value.kind else { return (place, Style::Alias) };
    match style {
        ScalarStyle::Plain => (place, Style::Plain { is_flow }),
        ScalarStyle::SingleQuoted => (place, Style::Single),
        ScalarStyle::DoubleQuoted => (place, Style::Double),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let line_ends = text.len() - text.trim_end_matches('\n').len();
            let content = &yaml[place.clone()];
            let start = place.start + content.len() - content.trim_start().len();
            let end = place.start + content.trim_end().len();
            (start..end.max(start), Style::Block { line_ends, strip: strip(yaml, place.start) })
        }
    }
}

/// Where the header of a block is to be changed, whose contents begin at a byte.
fn strip(yaml: &str, contents: usize) -> Strip {
    let above = yaml[..contents].trim_end();
    let line = above.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let header = above[line..].split(" #").next().unwrap_or_default();
    let indicator = line + header.rfind(['|', '>']).unwrap_or(header.len());
    match header[indicator - line..].find('+') {
        Some(at) => Strip { start: indicator + at, end: indicator + at + 1 },
        None => Strip { start: indicator + 1, end: indicator + 1 },
    }
}

impl Style {
    /// The place of the indicator that takes the line ends from a value that does not bear them: in a
    /// pbkdf2 or argon2 digest Authelia passes over them, in any other they are an error, and in
    /// plaintext another secret (measured with go-crypt).
    fn must_strip(self, value: &str) -> Option<Strip> {
        let Self::Block { line_ends: 1.., strip } = self else { return None };
        let digest = |text: &str| text.parse::<Digest>().ok();
        let bears = digest(value).is_some_and(|digest| !digest.is_plain())
            && digest(value) == digest(&format!("{value}\n"));
        (!bears).then_some(strip)
    }

    /// A value in this style.
    fn written(self, value: &str) -> Zeroizing<String> {
        // What digests are made of needs no quotes; in flow style a comma ends a value.
        let is_safe = |is_flow: bool| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "$./+=_~-".contains(c);
            value.starts_with('$') && value.chars().all(|c| is_plain(c) || (c == ',' && !is_flow))
        };
        Zeroizing::new(match self {
            Self::Plain { is_flow } if is_safe(is_flow) => value.to_owned(),
            Self::Block { .. } => value.to_owned(),
            Self::Double => serde_json::Value::from(value).to_string(),
            Self::Plain { .. } | Self::Single | Self::Alias => single_quoted(value),
        })
    }

    /// What YAML takes it for: the last line of a block may end in line ends.
    fn says(self, value: &str) -> String {
        match self {
            Self::Block { line_ends, .. } if self.must_strip(value).is_none() => {
                format!("{value}{}", "\n".repeat(line_ends))
            }
            _ => value.to_owned(),
        }
    }
}

impl Documents<'_> {
    /// What the text should say once clients are added.
    fn with_clients(&self, index: usize, entries: &[NewEntry], schema: Schema) -> Self {
        let mut roots = self.roots.clone();
        if roots.is_empty() {
            roots.push(Node::mapping(Vec::new()));
        }
        let new = entries.iter().map(|entry| {
            let pairs = entry.keys().map(|(key, value)| {
                let value = match value {
                    Value::Text(text) => Node::quoted(text),
                    Value::Flag(flag) => Node::plain(if *flag { "true" } else { "false" }),
                    Value::List(texts) => {
                        Node::list(texts.iter().map(|t| Node::quoted(t)).collect())
                    }
                };
                (Node::plain(schema.key(key)), value)
            });
            Node::mapping(pairs.collect())
        });
        let new: Vec<Node> = new.collect();
        roots[index].change_at(&PATH, &mut |clients| clients.add_items(new.iter().cloned()));
        Self { text: self.text, roots, has_anchors: self.has_anchors }
    }

    /// Whether two texts say the same, but for the texts of the nodes that begin at some bytes.
    fn says_the_same(
        &self,
        other: &Documents<'_>,
        replaced: &HashMap<usize, Zeroizing<String>>,
    ) -> bool {
        self.roots.len() == other.roots.len()
            && self.roots.iter().zip(&other.roots).all(|(a, b)| a.says_the_same(b, replaced))
    }
}
