//! The editor of a configuration: its text, read once, and the changes of it.

pub(super) mod parts;

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::super::anchors::Anchors;
use super::super::document::Node;
use super::super::embedded::Templates;
use super::super::entry::{NewEntry, Schema, Value};
use super::super::error::EditError;
use super::super::location::{Form, Location};
use super::super::source::Source;
use super::super::template::{
    is_expanded, is_for_expand_env, is_in_loop, is_trimmed_between, with_file,
};
use super::super::top_level::is_configuration;
use super::clients::Clients;
use super::description::{ClientDescription, describe};
use super::expected::Expected;
use super::insertion::New;
use super::redact;
use super::secret_place::{SecretPlace, place_of};
use crate::error::Error;

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
/// // The written text, read again: only the secret may differ.
/// let written = edited.check(edited.text())?;
/// assert_eq!(*written.secret("kasm")?.value, "$new");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
pub struct Editor<'t>(Source<'t>);

/// A changed text, not yet read again.
pub struct Edited<'e> {
    text: Zeroizing<String>,
    /// The file before the change.
    source: &'e Source<'e>,
    expected: Expected<'e>,
}

/// The id of a client, and the place of its secret.
pub type Placed = (String, Result<SecretPlace, EditError>);

impl<'t> Editor<'t> {
    /// Reads a configuration. Templates are not resolved.
    ///
    /// # Errors
    /// [`Error::Config`] for text that is not YAML, that is too large, that is encrypted, or that has
    /// several lists of clients.
    pub fn parse(text: &'t str) -> Result<Self, Error> {
        Self::parse_at(text, None)
    }

    /// Reads a configuration whose list of clients is at a path, such as `authelia_clients`, or below
    /// it.
    ///
    /// # Errors
    /// As [`Editor::parse`], and [`Error::Config`] if there is no list at the path.
    pub fn parse_at(text: &'t str, path: Option<&str>) -> Result<Self, Error> {
        Ok(Self(Source::parse(text, path, Templates::Hidden)?))
    }

    /// Returns where the file has the list of clients.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    fn text(&self) -> &str {
        &self.0.documents().text
    }

    /// Returns the ids of the clients, in order.
    ///
    /// # Errors
    /// [`EditError`] for a list of clients that is shared by an alias, or that is not a list.
    pub fn ids(&self) -> Result<Vec<String>, Error> {
        Ok(Clients::all(&self.0)?.ids().iter().map(|id| (*id).to_owned()).collect())
    }

    /// Whether there is at least one client.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn has_clients(&self) -> Result<bool, Error> {
        for (_, root) in self.0.roots() {
            if self.0.path().find(root)?.list().is_some_and(|list| !list.items().is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the names of the keys that the clients have: those from before version 4.38 if all
    /// of them do, and there is at least one.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn schema(&self) -> Result<Schema, Error> {
        if self.0.location.form() == Form::Chart {
            return Ok(Schema::Chart);
        }
        let (mut clients, mut current) = (0, 0);
        for (_, root) in self.0.roots() {
            let Some(list) = self.0.path().find(root)?.list() else { continue };
            let anchors = Anchors::of(self.0.documents(), root);
            let has_id = |client| anchors.pairs(client).iter().any(|pair| pair.key == "client_id");
            clients += list.items().len();
            current += list.items().iter().filter(|client| has_id(client)).count();
        }
        Ok(if clients > 0 && current == 0 { Schema::Legacy } else { Schema::Current })
    }

    /// Returns the number of the YAML document that has the list of clients, counted from 1; 0 if
    /// none has. Authelia reads only the first document.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn document(&self) -> Result<usize, Error> {
        for (index, root) in self.0.roots() {
            if self.0.path().find(root)?.list().is_some() {
                return Ok(index + 1);
            }
        }
        Ok(0)
    }

    /// Returns the place of a client's secret.
    ///
    /// # Errors
    /// [`EditError`] if there is no such client, if there are two, or if its secret is missing or shared
    /// by an anchor.
    pub fn secret(&self, client: &str) -> Result<SecretPlace, Error> {
        Ok(place_of(self.text(), Clients::named(&self.0, &[client])?.get(client)?)?)
    }

    /// Returns the places of the secrets of all clients, in order.
    ///
    /// # Errors
    /// As [`Editor::ids`]; of each client, as [`Editor::secret`].
    pub fn secrets(&self) -> Result<Vec<Placed>, Error> {
        let clients = Clients::all(&self.0)?;
        let place = |id: &&str| {
            let found = clients.get(id);
            ((*id).to_owned(), found.and_then(|found| place_of(self.text(), found)))
        };
        Ok(clients.ids().iter().map(place).collect())
    }

    /// Returns the digests (or plaintext secrets) of some clients, by their ids. A client whose
    /// secret is missing or shared is left out.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn values(&self, ids: &[&str]) -> Result<HashMap<String, Zeroizing<String>>, Error> {
        let clients = Clients::named(&self.0, ids)?;
        let value = |id: &&str| {
            let place = place_of(self.text(), clients.get(id).ok()?).ok()?;
            Some(((*id).to_owned(), place.value))
        };
        Ok(ids.iter().filter_map(value).collect())
    }

    /// Returns the names and the redirect URIs of some clients, by their ids. A client that does not
    /// exist, or whose entry is an alias, is left out.
    ///
    /// # Errors
    /// As [`Editor::ids`].
    pub fn descriptions(&self, ids: &[&str]) -> Result<HashMap<String, ClientDescription>, Error> {
        let clients = Clients::named(&self.0, ids)?;
        let description = |id: &&str| {
            let client = clients.get(id).ok()?;
            Some(((*id).to_owned(), describe(self.text(), client)))
        };
        Ok(ids.iter().filter_map(description).collect())
    }

    /// Returns the secret of a client whose template names a file, as Authelia reads it when the
    /// file has these contents.
    ///
    /// # Errors
    /// As [`Editor::secret`], and [`EditError::NotReadBack`] if the template does not give the
    /// client a value.
    pub fn secret_from_file(
        &self,
        client: &str,
        contents: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let SecretPlace { place, is_file, .. } = self.secret(client)?;
        if is_file {
            // The chart writes `'{{ secret "PATH" }}'`, which drops the line feeds at the end.
            return Ok(Zeroizing::new(contents.trim_end_matches('\n').to_owned()));
        }
        let not_read = || EditError::NotReadBack { client: client.to_owned() };
        let contents = Zeroizing::new((self.escape())(contents.to_owned()));
        let filled = with_file(self.text(), place, &contents).ok_or_else(not_read)?;
        let read = Source::parse_again(&filled, &self.0.location);
        let read = read.map_err(Error::from).and_then(|read| Editor(read).secret(client));
        Ok(read.map_err(|_| not_read())?.value)
    }

    /// Replaces the secrets of clients, each given by its id, by other values, such as digests.
    ///
    /// # Errors
    /// As [`Editor::secret`].
    pub fn replace<'v>(&self, values: &[(&str, &'v str)]) -> Result<Edited<'_>, Error> {
        let yaml = self.text();
        self.0.ensure_alone()?;
        let ids: Vec<&str> = values.iter().map(|(client, _)| *client).collect();
        let clients = Clients::named(&self.0, &ids)?;
        let place =
            |(client, value): &(&str, &'v str)| Ok((place_of(yaml, clients.get(client)?)?, *value));
        let mut places = values.iter().map(place).collect::<Result<Vec<_>, EditError>>()?;
        if places.iter().any(|(place, _)| is_for_expand_env(&place.value)) {
            return Err(EditError::ExpandEnv.into());
        }
        let expected = |(place, value): &(SecretPlace, &str)| {
            (place.node, Zeroizing::new(place.style.parsed(value)))
        };
        let expected: HashMap<_, _> = places.iter().map(expected).collect();
        if expected.len() < values.len() {
            let (client, _) = values.last().copied().unwrap_or_default();
            return Err(EditError::DuplicateClient { client: client.to_owned() }.into());
        }
        places.sort_by_key(|(place, _)| place.place.start);
        let has_loop = yaml.contains("{{") && yaml.contains("range");
        if has_loop && places.iter().any(|(place, _)| is_in_loop(yaml, place.place.start)) {
            return Err(EditError::UnsupportedYaml.into());
        }
        let escape = self.escape();
        let mut text = Zeroizing::new(String::with_capacity(yaml.len() + 200 * places.len()));
        let mut copied = 0;
        for (place, value) in &places {
            if let Some(strip) = place.style.must_strip(value) {
                text.push_str(&yaml[copied..strip.start]);
                text.push('-');
                copied = strip.end;
            }
            text.push_str(&yaml[copied..place.place.start]);
            text.push_str(&place.style.written(&escape((*value).to_owned())));
            copied = place.place.end;
        }
        text.push_str(&yaml[copied..]);
        self.edited(text, Expected::Replaced(self.0.documents(), expected))
    }

    /// Adds clients at the end of the list, which is created if it is missing.
    ///
    /// # Errors
    /// [`EditError`] if another client has the id, if the list is not a list or is shared by an alias, or
    /// if the text is not an Authelia configuration.
    pub fn add(&self, entries: &[NewEntry], schema: Schema) -> Result<Edited<'_>, Error> {
        self.0.ensure_alone()?;
        let known = Clients::all(&self.0)?;
        let mut ids = entries.iter().map(|entry| entry.text("client_id").unwrap_or_default());
        if let Some(id) = ids.find(|id| known.has(id)) {
            return Err(EditError::IdTaken { client: id.to_owned() }.into());
        }
        let (index, root) = self.target()?;
        if entries.iter().any(looks_like_template) {
            return Err(EditError::Template.into());
        }
        let secret = |id: &&str| known.get(id).ok()?.secret().ok()?.value.text();
        if known.ids().iter().filter_map(secret).any(is_for_expand_env) {
            return Err(EditError::ExpandEnv.into());
        }
        let (yaml, path, escaped) = (self.text(), self.0.path(), self.escape());
        let (place, added) = New { yaml, entries, schema, path, escaped }.insertion(root)?;
        // A template that trims would take the line end between it and the new lines.
        let (before, after) = (&yaml[..place.start], &yaml[place.end..]);
        if is_trimmed_between(before, after) {
            return Err(EditError::UnsupportedYaml.into());
        }
        let mut text = Zeroizing::new(yaml.to_owned());
        text.replace_range(place, &added);
        let documents = self.0.documents();
        self.edited(text, Expected::Added(documents.with_clients(index, path, entries, schema)))
    }

    /// Returns the document that clients are added to: the one that has most of the path to their list,
    /// or the first one.
    fn target(&self) -> Result<(usize, Option<&Node<'t>>), Error> {
        let first = self.0.location.list.document.unwrap_or(0);
        let (mut index, mut depth) = (first, 0);
        for (other, root) in self.0.roots() {
            let found = self.0.path().find(root)?.nodes.len();
            if found > depth {
                (index, depth) = (other, found);
            }
        }
        let root = self.0.documents().roots.get(index);
        if self.0.location.is_own() && !root.is_none_or(is_configuration) {
            return Err(EditError::NotAnAutheliaConfig.into());
        }
        Ok((index, root))
    }

    /// Returns how the file's own program has a text written that Authelia is to read.
    fn escape(&self) -> fn(String) -> String {
        match self.0.location.form() {
            Form::Compose => |text| text.replace('$', "$$"),
            _ => |text| text,
        }
    }

    /// Returns the changed file, given the changed text of its documents.
    fn edited<'e>(
        &'e self,
        text: Zeroizing<String>,
        expected: Expected<'e>,
    ) -> Result<Edited<'e>, Error> {
        Ok(Edited { text: self.0.with_text(text)?, source: &self.0, expected })
    }

    /// Returns the text for display, with `(not shown)` instead of each secret: values whose keys
    /// are called `secret`, `password`, `key` or the like, texts that contain such a key, plaintext
    /// secrets, passwords in URLs, and comments and templates, which may contain anything. Digests
    /// and references to files and variables are not secrets. The number of lines stays the same.
    ///
    /// ```
    /// use oidc_secret::authelia::edit::Editor;
    ///
    /// let yaml = "session: {secret: 'x'}  # was y\njwks:\n  - key: |\n      -----BEGIN\n      MII\n";
    /// let shown = "session: {secret: (not shown)}  # (not shown)\njwks:\n  - key: |\n      (not shown)\n      \
    ///              (not shown)\n";
    /// assert_eq!(Editor::parse(yaml)?.redacted(), shown);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    #[must_use]
    pub fn redacted(&self) -> String {
        redact::redacted(&self.0)
    }
}

impl Edited<'_> {
    /// Returns the changed text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the written text and checks that only the intended part of its contents differs.
    ///
    /// # Errors
    /// [`EditError::UnsupportedYaml`] if anything else differs.
    pub fn check<'w>(&self, written: &'w str) -> Result<Editor<'w>, Error> {
        let unsure = || Error::from(EditError::UnsupportedYaml);
        let read = Source::parse_again(written, &self.source.location).map_err(|_| unsure())?;
        let is_right = written == *self.text
            && self.source.has_same_surroundings(&read)
            && self.expected.matches(read.documents());
        if is_right { Ok(Editor(read)) } else { Err(unsure()) }
    }
}

/// Whether Authelia would expand a text of an entry that is meant literally.
fn looks_like_template(entry: &NewEntry) -> bool {
    entry.keys().filter(|(key, _)| *key != "client_secret").any(|(_, value)| match value {
        Value::Text(text) => is_expanded(text),
        Value::List(texts) => texts.iter().any(|text| is_expanded(text)),
        Value::Flag(_) => false,
    })
}
