//! The clients of a configuration, changed in its text: every byte that need not change stays.

mod concealed;
mod found;
mod insertion;

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::ScalarStyle;
use zeroize::Zeroizing;

use super::anchors::Anchors;
use super::document::{Documents, Kind, Node};
use super::template::{whole_reference, with_file};
use super::{ClientEntry, PATH, Reference, Schema, Value, single_quoted};
use crate::digest::Digest;
use crate::error::{EditError, Error};
pub use concealed::concealed;
use found::{Clients, Found};
use insertion::New;

/// Where a client's secret stands in a text.
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

/// The ids of the clients, in order.
///
/// # Errors
/// [`Error::Config`] for text that is not YAML, [`EditError`] for a list of clients that is shared by
/// an alias.
pub fn ids(yaml: &str) -> Result<Vec<String>, Error> {
    let documents = Documents::parse(yaml)?;
    Ok(Clients::of(&documents)?.ids().iter().map(|id| (*id).to_owned()).collect())
}

/// Whether the clients have the keys from before version 4.38, all of them and at least one.
///
/// # Errors
/// As [`ids`].
pub fn is_legacy(yaml: &str) -> Result<bool, Error> {
    let documents = Documents::parse(yaml)?;
    let mut found = Vec::new();
    for root in &documents.roots {
        if let Some(clients) = find(root, &PATH)?.last() {
            let anchors = Anchors::of(root);
            let is_legacy =
                |client| anchors.pairs(client).iter().all(|pair| pair.key != "client_id");
            found.extend(clients.items().iter().map(is_legacy));
        }
    }
    Ok(!found.is_empty() && found.into_iter().all(|is_legacy| is_legacy))
}

/// In which document the list of clients stands, counted from 1; 0 if there is none. Authelia reads
/// the first one alone.
///
/// # Errors
/// As [`ids`].
pub fn document(yaml: &str) -> Result<usize, Error> {
    let documents = Documents::parse(yaml)?;
    for (number, root) in (1..).zip(&documents.roots) {
        if find(root, &PATH)?.len() == PATH.len() {
            return Ok(number);
        }
    }
    Ok(0)
}

/// Where the secret of a client stands.
///
/// # Errors
/// [`EditError`] if there is no such client, if it stands twice, has no secret of its own, or shares
/// it by an anchor.
pub fn secret_place(yaml: &str, client: &str) -> Result<SecretPlace, Error> {
    let documents = Documents::parse(yaml)?;
    Ok(place_of(yaml, Clients::of(&documents)?.get(client)?)?)
}

/// The secret of a client whose template names a file, as Authelia reads it when the file has these
/// contents.
///
/// # Errors
/// As [`secret_place`], and [`EditError::NotReadBack`] if the template gives no value of the client.
pub fn secret_from_file(
    yaml: &str,
    client: &str,
    contents: &str,
) -> Result<Zeroizing<String>, Error> {
    let place = secret_place(yaml, client)?;
    let not_read = || EditError::NotReadBack { client: client.to_owned() };
    let filled = with_file(yaml, place.place, contents).ok_or_else(not_read)?;
    let read = secret_place(&filled, client).map_err(|_| not_read())?;
    Ok(read.value)
}

/// The id of a client, and where its secret stands.
pub type Placed = (String, Result<SecretPlace, EditError>);

/// Where the secrets of all clients stand, in order.
///
/// # Errors
/// As [`ids`]; of each client, as [`secret_place`].
pub fn secret_places(yaml: &str) -> Result<Vec<Placed>, Error> {
    let documents = Documents::parse(yaml)?;
    let clients = Clients::of(&documents)?;
    let place = |id: &&str| {
        let found = clients.get(id);
        ((*id).to_owned(), found.and_then(|found| place_of(yaml, found)))
    };
    Ok(clients.ids().iter().map(place).collect())
}

fn place_of(yaml: &str, found: &Found<'_>) -> Result<SecretPlace, EditError> {
    found.is_alone()?;
    let (key, value) = found.secret()?;
    let (place, style) = written(yaml, value, found.entry.is_flow());
    let raw = &yaml[value.place.clone()];
    let value = match value.text() {
        Some(text) if !raw.contains("{{") => text,
        _ => raw,
    };
    Ok(SecretPlace {
        line: key.line,
        key: key.text().unwrap_or_default().to_owned(),
        value: Zeroizing::new(value.to_owned()),
        plaintext_for: found.plaintext_for.map(ToOwned::to_owned),
        place,
        style,
    })
}

/// Replaces the secrets of clients, each given by its id, by other values, such as digests. The
/// result has been read again: all of it but these values says what it said.
///
/// ```
/// use oidc_secret::authelia::edit;
///
/// let yaml = "identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm  # here\n        \
///             client_secret: \"$plaintext$x\"\n";
/// let edited = edit::replace_secrets(yaml, &[("kasm", "$new")])?;
/// assert_eq!(*edited, yaml.replace("$plaintext$x", "$new"));
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// As [`secret_place`], and [`EditError::Unsure`] if the result does not say what it should.
pub fn replace_secrets<'v>(
    yaml: &str,
    values: &[(&str, &'v str)],
) -> Result<Zeroizing<String>, Error> {
    let documents = Documents::parse(yaml)?;
    let clients = Clients::of(&documents)?;
    let place =
        |(client, value): &(&str, &'v str)| Ok((place_of(yaml, clients.get(client)?)?, *value));
    let mut places = values.iter().map(place).collect::<Result<Vec<_>, EditError>>()?;
    let said = |(place, value): &(SecretPlace, &str)| {
        (place.place.start, Zeroizing::new(place.style.says(value)))
    };
    let said: HashMap<usize, Zeroizing<String>> = places.iter().map(said).collect();
    if said.len() < values.len() {
        let (client, _) = values.last().copied().unwrap_or_default();
        return Err(EditError::Twice { client: client.to_owned() }.into());
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
    let mut expected = documents;
    expected.set_secrets(&said);
    checked(text, &expected)
}

/// The text, if it says what it should.
fn checked(text: Zeroizing<String>, expected: &Documents<'_>) -> Result<Zeroizing<String>, Error> {
    let is_right = Documents::parse(&text).is_ok_and(|found| expected.says_the_same(&found));
    if is_right { Ok(text) } else { Err(EditError::Unsure.into()) }
}

/// Adds clients at the end of the list, which is made if it is not there. The result has been read
/// again: all of it but the clients says what it said.
///
/// # Errors
/// [`EditError`] if a client of this id is there already, or if the list is no list or is shared by an
/// alias; [`EditError::Unsure`] if the result does not say what it should.
pub fn add_clients(
    yaml: &str,
    entries: &[ClientEntry],
    schema: Schema,
) -> Result<Zeroizing<String>, Error> {
    let documents = Documents::parse(yaml)?;
    let known = Clients::of(&documents)?;
    let mut ids = entries.iter().map(|entry| entry.text("client_id").unwrap_or_default());
    if let Some(id) = ids.find(|id| known.has(id)) {
        return Err(EditError::IdTaken { client: id.to_owned() }.into());
    }
    // The document that has most of the path; a new list goes into the first one.
    let depth = |root: &Node| find(root, &PATH).map(|found| found.len());
    let mut best = (0, 0);
    for (index, root) in documents.roots.iter().enumerate() {
        let depth = depth(root)?;
        if depth > best.1 {
            best = (index, depth);
        }
    }
    if !documents.roots.get(best.0).is_none_or(is_configuration) {
        return Err(EditError::NotAuthelias.into());
    }
    let new = New { yaml, entries, schema };
    let (place, added) = new.insertion(documents.roots.get(best.0))?;
    let mut text = Zeroizing::new(yaml.to_owned());
    text.replace_range(place, &added);
    checked(text, &documents.with_clients(best.0, entries, schema))
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

/// The nodes along a path, as far as there are any.
fn find<'n>(root: &'n Node, path: &[&str]) -> Result<Vec<&'n Node>, Error> {
    let mut found = Vec::new();
    let mut node = root;
    for (depth, name) in path.iter().enumerate() {
        if !matches!(node.kind, Kind::Mapping { .. }) && !node.is_null() {
            let key = if depth == 0 { "the document".to_owned() } else { path[..depth].join(".") };
            return Err(match node.kind {
                Kind::Alias(_) => EditError::Shared { key },
                _ => EditError::NotAMapping { key },
            }
            .into());
        }
        let Some((_, value)) = node.get_alone(name)? else {
            return match node.get("<<") {
                // The key that is missing here may be there.
                Some(_) => Err(EditError::Merged { key: path[..=depth].join(".") }.into()),
                None => Ok(found),
            };
        };
        found.push(value);
        node = value;
    }
    match node.kind {
        Kind::Alias(_) => Err(EditError::Shared { key: path.join(".") }.into()),
        _ if path == PATH && !matches!(node.kind, Kind::List { .. }) && !node.is_null() => {
            Err(EditError::NotAList { key: path.join(".") }.into())
        }
        _ => Ok(found),
    }
}

/// The bytes of a value that are to be replaced, and how it is written.
fn written(yaml: &str, value: &Node, is_flow: bool) -> (Range<usize>, Style) {
    let place = value.place.clone();
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
    /// Sets what the text should say after the edit, by the places that are replaced.
    fn set_secrets(&mut self, values: &HashMap<usize, Zeroizing<String>>) {
        for root in &mut self.roots {
            let Some(clients) = root.descend(&PATH) else { continue };
            for item in clients.items_mut() {
                let has_current = item.get("client_secret").is_some();
                let name = if has_current { "client_secret" } else { "secret" };
                let Some(node) = item.get_mut(name) else { continue };
                let (place, _) = written(self.text, node, false);
                if let Some(value) = values.get(&place.start) {
                    node.set_text(value);
                }
            }
        }
    }

    /// What the text should say once clients are added.
    fn with_clients(&self, index: usize, entries: &[ClientEntry], schema: Schema) -> Self {
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
        Self { text: self.text, roots }
    }

    fn says_the_same(&self, other: &Documents<'_>) -> bool {
        self.roots.len() == other.roots.len()
            && self.roots.iter().zip(&other.roots).all(|(a, b)| a.says_the_same(b))
    }
}
