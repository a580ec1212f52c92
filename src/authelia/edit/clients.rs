//! The clients of a configuration, by their ids.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::anchors::{Anchors, Pair};
use super::super::chart::chart_secret;
use super::super::document::{Kind, Node};
use super::super::entry::needs_plaintext;
use super::super::error::EditError;
use super::super::location::Form;
use super::super::scalar;
use super::super::source::Source;
use super::super::template::has_template;
use super::super::text::Text;
use crate::error::Error;

/// The clients of a configuration.
pub(super) struct Clients<'n> {
    /// In order.
    ids: Vec<&'n str>,
    by_id: HashMap<&'n str, Vec<ClientNode<'n>>>,
    /// The ids of entries that are aliases.
    shared: HashSet<&'n str>,
    /// The ids without quotes that Authelia reads as another text: that other text.
    converted: HashSet<String>,
}

/// A client's place in the YAML.
#[derive(Clone)]
pub(super) struct ClientNode<'n> {
    id: &'n str,
    aliases: Rc<Aliases<'n>>,
    /// The nodes that contain it, from the root down.
    above: Rc<[&'n Node<'n>]>,
    pub(super) entry: &'n Node<'n>,
    anchors: Rc<Anchors<'n>>,
    form: Form,
}

/// A client's secret in the YAML.
pub(super) struct SecretNode<'n> {
    /// The key of the client.
    pub(super) key: &'n Node<'n>,
    /// The value of that key.
    written: &'n Node<'n>,
    /// The secret: the value of that key, or a part of it.
    pub(super) value: &'n Node<'n>,
    /// The line of the secret's own key, counted from 1.
    pub(super) line: usize,
    /// Whether it is the path of a file that holds the secret.
    pub(super) is_file: bool,
}

/// The aliases of a document by the anchors that they refer to, each with the mapping that it is in.
type Aliases<'n> = HashMap<usize, Vec<(&'n Node<'n>, Option<&'n Node<'n>>)>>;

fn aliases<'n>(root: &'n Node<'n>) -> Aliases<'n> {
    let mut aliases = Aliases::new();
    root.each(None, &mut |node, parent| {
        if let Kind::Alias(anchor) = node.kind {
            aliases.entry(anchor).or_default().push((node, parent));
        }
    });
    aliases
}

impl<'n> Clients<'n> {
    /// Returns all clients.
    pub(super) fn all(source: &'n Source<'_>) -> Result<Self, Error> {
        Self::select(source, |_| true)
    }

    /// Returns the clients of these ids. To look up one of 100,000 clients, a map of all of them is
    /// a waste.
    pub(super) fn named(source: &'n Source<'_>, ids: &[&str]) -> Result<Self, Error> {
        let wanted: HashSet<&str> = ids.iter().copied().collect();
        Self::select(source, |id| wanted.contains(id))
    }

    fn select(source: &'n Source<'_>, is_wanted: impl Fn(&str) -> bool) -> Result<Self, Error> {
        let documents = source.documents();
        let (mut ids, mut by_id, mut shared) = (Vec::new(), HashMap::new(), HashSet::new());
        let mut converted = HashSet::new();
        for (_, root) in source.roots() {
            let found = source.path().find(root)?;
            let Some(list) = found.list() else { continue };
            let (above, items): (Rc<[_]>, _) = (found.nodes.into(), list.items());
            let anchors = Rc::new(Anchors::of(documents, root));
            let aliases =
                Rc::new(if documents.has_anchors { aliases(root) } else { Aliases::new() });
            for entry in items {
                let Some(node) = id(entry, &anchors) else { continue };
                // What the parser sees of it is not the id.
                if has_template(&documents.text[node.place()]) {
                    continue;
                }
                let Some(id) = node.text().filter(|id| is_wanted(id)) else { continue };
                if node.is_plain() {
                    converted.extend(scalar::converted(id));
                }
                if matches!(entry.kind, Kind::Alias(_)) {
                    shared.insert(id);
                    continue;
                }
                let (aliases, anchors) = (Rc::clone(&aliases), Rc::clone(&anchors));
                let (above, form) = (Rc::clone(&above), source.location.form());
                let client = ClientNode { id, aliases, above, entry, anchors, form };
                ids.push(id);
                by_id.entry(id).or_insert_with(Vec::new).push(client);
            }
        }
        Ok(Self { ids, by_id, shared, converted })
    }

    /// Returns the ids, in order.
    pub(super) fn ids(&self) -> &[&'n str] {
        &self.ids
    }

    /// Whether there is a client of this id.
    pub(super) fn has(&self, client: &str) -> bool {
        self.by_id.contains_key(client)
            || self.shared.contains(client)
            || self.converted.contains(client)
    }

    /// Returns the client of this id, which must be the only one.
    pub(super) fn get(&self, client: &str) -> Result<&ClientNode<'n>, EditError> {
        let name = || client.to_owned();
        if self.shared.contains(client) {
            return Err(EditError::Shared { key: format!("the client {client}") });
        }
        match self.by_id.get(client).map_or(&[][..], |found| found) {
            [] => Err(EditError::NoClient { client: name() }),
            [found] => Ok(found),
            _ => Err(EditError::DuplicateClient { client: name() }),
        }
    }
}

impl<'n> ClientNode<'n> {
    /// Returns its keys, also the merged ones.
    pub(super) fn pairs(&self) -> Vec<Pair<'n>> {
        self.anchors.pairs(self.entry)
    }

    /// Returns the key that makes Authelia need the secret itself.
    pub(super) fn plaintext_for(&self) -> Option<&'n str> {
        let pairs = self.pairs();
        let mut seen = HashSet::new();
        let first = pairs.iter().filter(|pair| seen.insert(pair.key));
        needs_plaintext(first.filter_map(|pair| Some((pair.key, pair.value.text()?))))
    }

    /// Whether it is public.
    pub(super) fn is_public(&self) -> bool {
        let pairs = self.pairs();
        let pair = pairs.iter().find(|pair| pair.key == "public");
        let text = pair.and_then(|pair| Text::of(pair.value, pair.written));
        text.and_then(|text| text.as_boolean()) == Some(true)
    }

    /// Its secret.
    pub(super) fn secret(&self) -> Result<SecretNode<'n>, EditError> {
        let no_secret = || EditError::NoSecret { client: self.id.to_owned() };
        let current = self.entry.get_alone("client_secret")?;
        let pair = if current.is_some() { current } else { self.entry.get_alone("secret")? };
        let pair = pair.filter(|(_, value)| !value.is_null());
        let (key, written) = pair.ok_or_else(no_secret)?;
        let (own, is_file) = match self.form {
            Form::Chart => chart_secret(written)?,
            _ => (None, false),
        };
        let (last_key, value) = own.unwrap_or((key, written));
        if !matches!(value.kind, Kind::Scalar { .. } | Kind::Alias(_)) {
            return Err(no_secret());
        }
        if value.is_tagged_otherwise() {
            return Err(EditError::UnsupportedYaml);
        }
        Ok(SecretNode { key, written, line: last_key.line(), value, is_file })
    }

    /// Checks that nothing else changes with the secret: no alias refers to it.
    ///
    /// # Errors
    /// [`EditError::Shared`] if one does.
    pub(super) fn ensure_unshared(&self) -> Result<(), EditError> {
        let SecretNode { key, written, value, .. } = self.secret()?;
        let anchors = |nodes: &[&Node]| -> Vec<usize> {
            nodes.iter().map(|node| node.anchor()).filter(|anchor| *anchor != 0).collect()
        };
        let shared = anchors(&[&self.above[..], &[written, value]].concat());
        if shared.is_empty() && self.entry.anchor() == 0 {
            return Ok(());
        }
        let own_key = key.text().unwrap_or_default();
        // An entry that merges this one but sets its own secret does not inherit ours.
        let is_overridden = |(alias, parent): &(&Node, Option<&Node>)| {
            parent.is_some_and(|parent| {
                let is_merge = parent.get("<<").is_some_and(|(_, merged)| {
                    std::ptr::eq(merged, *alias)
                        || merged.items().iter().any(|item| std::ptr::eq(item, *alias))
                });
                is_merge && parent.get(own_key).is_some()
            })
        };
        let uses = |anchor: usize| self.aliases.get(&anchor).into_iter().flatten();
        let is_alone = !shared.iter().any(|anchor| uses(*anchor).next().is_some())
            && uses(self.entry.anchor()).all(is_overridden);
        if is_alone {
            Ok(())
        } else {
            Err(EditError::Shared { key: format!("the secret of {}", self.id) })
        }
    }
}

/// Returns the id of an entry. Nearly every entry has its own `client_id`, so that is tried first:
/// a search through merged keys allocates a list of them.
fn id<'n>(entry: &'n Node<'n>, anchors: &Anchors<'n>) -> Option<&'n Node<'n>> {
    let own = entry.get("client_id").map(|(_, value)| value);
    own.filter(|value| value.text().is_some()).or_else(|| {
        let pairs = anchors.pairs(entry);
        let value = |key| pairs.iter().find(|pair| pair.key == key).map(|pair| pair.value);
        value("client_id").or_else(|| value("id"))
    })
}
