//! A file with clients: its own YAML, and the configuration in the text of one of its scalars, if that
//! is where they are.

use zeroize::Zeroizing;

use super::document::{Documents, Kind, Node, Replaced};
use super::embedded::{self, Decoded, Templates};
use super::error::{ConfigError, EditError};
use super::location::{Form, Location, Spot};
use super::path::{Path, Step};
use super::search::{Places, places};
use super::template::masked;
use super::top_level::has_own_key;

/// A file with clients.
pub(super) struct Source<'t> {
    file: Documents<'t>,
    /// The texts in scalars, each in one of the text before it.
    texts: Vec<Text<'t>>,
    pub(super) location: Location,
}

/// The text of a scalar.
struct Text<'t> {
    documents: Documents<'t>,
    /// How it was decoded; `None` for the lines of a block, which are read where they are.
    decoded: Option<Decoded>,
    /// The byte that the scalar begins at.
    scalar: usize,
}

impl<'t> Source<'t> {
    /// Reads a file, and finds the clients. `at` is the path of their list, or the beginning of it.
    pub(super) fn parse(
        text: &'t str,
        at: Option<&str>,
        templates: Templates,
    ) -> Result<Self, ConfigError> {
        Self::located(text, templates, |file| match at {
            Some(path) => given(file, path),
            None => found(file),
        })
    }

    /// Reads a file whose clients are where they were before it was changed.
    pub(super) fn parse_again(text: &'t str, location: &Location) -> Result<Self, ConfigError> {
        Self::located(text, Templates::Hidden, |_| Ok(location.clone()))
    }

    fn located(
        text: &'t str,
        templates: Templates,
        location: impl FnOnce(&Documents<'t>) -> Result<Location, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let yaml = masked(text).filter(|_| templates == Templates::Hidden);
        let yaml = yaml.as_ref().map_or(text, |yaml| yaml);
        let file = Documents::read_as(text, yaml)?;
        let location = location(&file)?;
        Self::open(file, text, yaml, location, templates)
    }

    /// Reads the texts on the way to the clients.
    fn open(
        file: Documents<'t>,
        text: &'t str,
        yaml: &str,
        location: Location,
        templates: Templates,
    ) -> Result<Self, ConfigError> {
        let mut source = Self { file, texts: Vec::new(), location };
        for index in 0..source.location.texts.len() {
            let path = source.location.to_string();
            let missing = || ConfigError::NoListAt { path, known: Vec::new() };
            let scalar =
                source.location.texts[index].node(source.documents()).ok_or_else(missing)?;
            let (mut documents, decoded) = embedded::read(text, yaml, scalar, templates)?;
            if source.location.form() == Form::Compose {
                documents.change_texts(&as_compose_reads);
            }
            let scalar = scalar.place().start;
            source.texts.push(Text { documents, decoded, scalar });
        }
        Ok(source)
    }

    /// Replaces the lines of all nodes, for a text that was made from another.
    pub(super) fn relocate(&mut self, line: &dyn Fn(u64) -> u64) {
        self.file.relocate(line);
        self.texts.iter_mut().for_each(|text| text.documents.relocate(line));
    }

    /// The documents with the clients.
    pub(super) fn documents(&self) -> &Documents<'t> {
        self.texts.last().map_or(&self.file, |text| &text.documents)
    }

    /// The texts from the file to the one with the clients, as far as they are parts of the file, each
    /// with the byte of the scalar that the next one is in.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&Documents<'t>, Option<usize>)> {
        let documents =
            [&self.file].into_iter().chain(self.texts.iter().map(|text| &text.documents));
        let scalars = self.texts.iter().map(|text| Some(text.scalar)).chain([None]);
        documents.zip(scalars)
    }

    /// Whether the clients are in a text that is encoded in the file.
    pub(super) fn is_decoded(&self) -> bool {
        self.texts.last().is_some_and(|text| text.decoded.is_some())
    }

    /// The part of a document that can have the clients: the documents and their roots.
    pub(super) fn roots(&self) -> impl Iterator<Item = (usize, &Node<'t>)> {
        let is_wanted = |(index, _): &(usize, &Node<'_>)| {
            self.location.list.document.is_none_or(|wanted| wanted == *index)
        };
        self.documents().roots.iter().enumerate().filter(is_wanted)
    }

    /// The path of the list of clients.
    pub(super) fn path(&self) -> &Path {
        &self.location.list.path
    }

    /// Returns the file with another text instead of that of its documents.
    pub(super) fn with_text(
        &self,
        text: Zeroizing<String>,
    ) -> Result<Zeroizing<String>, EditError> {
        match self.texts.last().and_then(|last| last.decoded.as_ref()) {
            Some(decoded) => decoded.with(&self.file.text, &self.documents().text, &text),
            None => Ok(text),
        }
    }

    /// Checks that nothing else changes with the texts on the way to the clients, and that each is the only
    /// one of its name.
    ///
    /// # Errors
    /// [`EditError::Shared`] if an alias refers to one of them, and [`EditError::RepeatedKey`] if a mapping has
    /// its key twice.
    pub(super) fn ensure_alone(&self) -> Result<(), EditError> {
        for ((documents, _), spot) in self.levels().zip(&self.location.texts) {
            let Some(root) = documents.roots.get(spot.document.unwrap_or(0)) else { continue };
            let mut anchors = vec![root.anchor()];
            let mut node = root;
            for step in &spot.path.0 {
                let Some(next) = step.of(node)? else { break };
                anchors.push(next.anchor());
                node = next;
            }
            if root.has_alias_of(&anchors) {
                return Err(EditError::Shared { key: spot.path.to_string() });
            }
        }
        Ok(())
    }

    /// Whether all texts but the one with the clients have the same contents, except for the scalars that
    /// the next ones are in.
    pub(super) fn has_same_surroundings(&self, other: &Self) -> bool {
        self.levels().zip(other.levels()).all(|((ours, scalar), (theirs, other_scalar))| {
            let (Some(scalar), Some(other)) = (scalar, other_scalar) else { return true };
            let changed = theirs.text_at(other).map(|text| Zeroizing::new(text.to_owned()));
            let replaced = Replaced::from_iter(changed.map(|text| (scalar, text)));
            ours.has_same_contents(theirs, &replaced)
        })
    }
}

/// Returns the location of a path that a person gave.
fn given(file: &Documents<'_>, path: &str) -> Result<Location, ConfigError> {
    let locations = places(file).locations;
    let candidates = locations.iter().cloned().chain([Location::own()]);
    let meant: Vec<_> = candidates.filter(|place| place.is_meant_by(path)).collect();
    match &meant[..] {
        [] => in_file(file, path).ok_or_else(|| {
            let known = locations.iter().map(ToString::to_string).collect();
            ConfigError::NoListAt { path: path.to_owned(), known }
        }),
        [one] => Ok(one.clone()),
        several => Err(ambiguous(several)),
    }
}

/// Returns the location of a list in the file's own documents that does not look like one of clients.
fn in_file(file: &Documents<'_>, path: &str) -> Option<Location> {
    let path = Path::of_keys(&path.trim_start_matches('.').split('.').collect::<Vec<_>>());
    let places =
        (0..file.roots.len()).map(|document| Spot { document: Some(document), path: path.clone() });
    let is_list =
        |spot: &Spot| spot.node(file).is_some_and(|node| matches!(node.kind, Kind::List { .. }));
    let list = places.into_iter().find(is_list)?;
    Some(Location { texts: Vec::new(), list })
}

/// Finds the clients: in Authelia's own configuration if the file is one, then wherever else they may
/// be.
fn found(file: &Documents<'_>) -> Result<Location, ConfigError> {
    if file.roots.iter().any(|root| root.get("identity_providers").is_some()) {
        return Ok(Location::own());
    }
    let Places { locations, have_lists, unreadable } = places(file);
    let is_own = !have_lists && file.roots.iter().any(has_own_key);
    match &locations[..] {
        [one] if !is_own => Ok(one.clone()),
        [] if !is_own => Ok(unreadable.unwrap_or_else(Location::own)),
        _ if is_own => Ok(Location::own()),
        several => Err(ambiguous(several)),
    }
}

fn ambiguous(places: &[Location]) -> ConfigError {
    ConfigError::SeveralLists { paths: places.iter().map(ToString::to_string).collect() }
}

/// Returns a text as Compose passes it on: `$$` is `$`, and a variable such as `$pbkdf2`, which nobody
/// sets, is empty. Those between braces stay: they may be set.
fn as_compose_reads(text: &str) -> Option<String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !text.contains('$') {
        return None;
    }
    // A value that is one variable is set by somebody.
    if let Some(name) = text.strip_prefix('$').filter(|name| name.bytes().all(is_name))
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
    {
        return Some(format!("${{{name}}}"));
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        read.push_str(before);
        rest = match after.bytes().next() {
            Some(b'$') => {
                read.push('$');
                &after[1..]
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                &after[after.bytes().take_while(|byte| is_name(*byte)).count()..]
            }
            _ => {
                read.push('$');
                after
            }
        };
    }
    read.push_str(rest);
    Some(read)
}

impl Spot {
    /// Returns the node at the path.
    fn node<'n>(&self, documents: &'n Documents<'_>) -> Option<&'n Node<'n>> {
        let mut node = documents.roots.get(self.document.unwrap_or(0))?;
        for step in &self.path.0 {
            node = match step {
                Step::Key(key) => node.get(key).map(|(_, value)| value)?,
                Step::Item(index) => node.items().get(*index)?,
            };
        }
        Some(node)
    }
}
