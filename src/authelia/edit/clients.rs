//! The clients of a configuration, by their ids.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::anchors::Anchors;
use super::super::document::{Documents, Kind, Node};
use super::super::entry::needs_plaintext;
use super::super::error::EditError;
use super::super::path::{PATH, find};
use super::super::scalar;
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
    pub(super) fn all(documents: &'n Documents<'_>) -> Result<Self, Error> {
        Self::select(documents, |_| true)
    }

    /// Returns the clients of these ids. To look up one of 100,000 clients, a map of all of them is
    /// a waste.
    pub(super) fn named(documents: &'n Documents<'_>, ids: &[&str]) -> Result<Self, Error> {
        let wanted: HashSet<&str> = ids.iter().copied().collect();
        Self::select(documents, |id| wanted.contains(id))
    }

    fn select(
        documents: &'n Documents<'_>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let (mut ids, mut by_id, mut shared) = (Vec::new(), HashMap::new(), HashSet::new());
        let mut converted = HashSet::new();
        for root in &documents.roots {
            let above: Rc<[_]> = find(root, &PATH)?.into();
            let items = match above.last() {
                Some(clients) if above.len() == PATH.len() => clients.items(),
                _ => continue,
            };
            let anchors = Rc::new(Anchors::of(documents, root));
            let aliases =
                Rc::new(if documents.has_anchors { aliases(root) } else { Aliases::new() });
            for entry in items {
                let Some(node) = id(entry, &anchors) else { continue };
                let Some(id) = node.text().filter(|id| is_wanted(id)) else { continue };
                if node.is_plain() {
                    converted.extend(scalar::converted(id));
                }
                if matches!(entry.kind, Kind::Alias(_)) {
                    shared.insert(id);
                    continue;
                }
                let (aliases, anchors) = (Rc::clone(&aliases), Rc::clone(&anchors));
                let client = ClientNode { id, aliases, above: Rc::clone(&above), entry, anchors };
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
    /// Returns the key that makes Authelia need the secret itself.
    pub(super) fn plaintext_for(&self) -> Option<&'n str> {
        let pairs = self.anchors.pairs(self.entry);
        let mut seen = HashSet::new();
        let first = pairs.iter().filter(|pair| seen.insert(pair.key));
        needs_plaintext(first.filter_map(|pair| Some((pair.key, pair.value.text()?))))
    }

    /// Whether it is public.
    pub(super) fn is_public(&self) -> bool {
        let pairs = self.anchors.pairs(self.entry);
        let pair = pairs.iter().find(|pair| pair.key == "public");
        let text = pair.and_then(|pair| Text::of(pair.value, pair.written));
        text.and_then(|text| text.as_boolean()) == Some(true)
    }

    /// Its secret, with the key.
    pub(super) fn secret(&self) -> Result<(&'n Node<'n>, &'n Node<'n>), EditError> {
        let current = self.entry.get_alone("client_secret")?;
        let pair = if current.is_some() { current } else { self.entry.get_alone("secret")? };
        let pair = pair.filter(|(_, value)| !value.is_null());
        let (key, value) =
            pair.ok_or_else(|| EditError::NoSecret { client: self.id.to_owned() })?;
        if !matches!(value.kind, Kind::Scalar { .. } | Kind::Alias(_)) {
            return Err(EditError::NoSecret { client: self.id.to_owned() });
        }
        if value.is_tagged_otherwise() {
            return Err(EditError::UnsupportedYaml);
        }
        Ok((key, value))
    }

    /// Checks that nothing else changes with the secret: no alias refers to it.
    ///
    /// # Errors
    /// [`EditError::Shared`] if one does.
    pub(super) fn ensure_unshared(&self) -> Result<(), EditError> {
        let (key, value) = self.secret()?;
        let anchors = |nodes: &[&Node]| -> Vec<usize> {
            nodes.iter().map(|node| node.anchor()).filter(|anchor| *anchor != 0).collect()
        };
        let shared = anchors(&[&self.above[..], &[value]].concat());
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
