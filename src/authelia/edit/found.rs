//! The clients of a configuration, by their ids.

use std::collections::{HashMap, HashSet};

use super::super::document::{Documents, Kind, Node};
use super::super::needs_plaintext;
use super::{PATH, find};
use crate::error::{EditError, Error};

/// The clients of a configuration.
pub(super) struct Clients<'n> {
    /// In order.
    ids: Vec<&'n str>,
    by_id: HashMap<&'n str, Vec<Found<'n>>>,
    /// The ids of entries that an alias brings here from elsewhere.
    shared: HashSet<&'n str>,
}

/// A client of a configuration.
#[derive(Clone)]
pub(super) struct Found<'n> {
    id: &'n str,
    root: &'n Node,
    /// The nodes that it stands in.
    above: Vec<&'n Node>,
    pub(super) entry: &'n Node,
    /// The key that makes Authelia need the secret itself.
    pub(super) plaintext_for: Option<&'n str>,
}

/// The nodes of a document that have an anchor.
pub(super) struct Anchors<'n>(HashMap<usize, &'n Node>);

impl<'n> Clients<'n> {
    pub(super) fn of(documents: &'n Documents<'_>) -> Result<Self, Error> {
        let (mut ids, mut by_id, mut shared) = (Vec::new(), HashMap::new(), HashSet::new());
        for root in &documents.roots {
            let above = find(root, &PATH)?;
            let items = match above.last() {
                Some(clients) if above.len() == PATH.len() => clients.items(),
                _ => continue,
            };
            let anchors = Anchors::of(root);
            for entry in items {
                if matches!(entry.kind, Kind::Alias(_)) {
                    shared.extend(anchors.id(entry));
                } else if let Some(id) = anchors.id(entry) {
                    let plaintext_for = anchors.plaintext_for(entry);
                    let above = above.clone();
                    let found = Found { id, root, above, entry, plaintext_for };
                    ids.push(id);
                    by_id.entry(id).or_insert_with(Vec::new).push(found);
                }
            }
        }
        Ok(Self { ids, by_id, shared })
    }

    /// The ids, in order.
    pub(super) fn ids(&self) -> &[&'n str] {
        &self.ids
    }

    /// Whether there is a client of this id.
    pub(super) fn has(&self, client: &str) -> bool {
        self.by_id.contains_key(client) || self.shared.contains(client)
    }

    /// The client of this id, if there is one alone.
    pub(super) fn get(&self, client: &str) -> Result<&Found<'n>, EditError> {
        let name = || client.to_owned();
        if self.shared.contains(client) {
            return Err(EditError::Shared { key: format!("the client {client}") });
        }
        match self.by_id.get(client).map_or(&[][..], |found| found) {
            [] => Err(EditError::NoClient { client: name() }),
            [found] => Ok(found),
            _ => Err(EditError::Twice { client: name() }),
        }
    }
}

impl<'n> Anchors<'n> {
    pub(super) fn of(root: &'n Node) -> Self {
        let mut anchors = HashMap::new();
        root.each(None, &mut |node, _| {
            if node.anchor != 0 {
                anchors.insert(node.anchor, node);
            }
        });
        Self(anchors)
    }

    /// What an alias stands for, or else the node itself.
    fn resolved(&self, node: &'n Node) -> Option<&'n Node> {
        match node.kind {
            Kind::Alias(anchor) => self.0.get(&anchor).copied(),
            _ => Some(node),
        }
    }

    /// The keys of an entry with their values, those that are merged in behind its own.
    fn pairs(&self, entry: &'n Node) -> Vec<(&'n str, &'n Node)> {
        let own = self.resolved(entry).into_iter();
        let merged = own.clone().filter_map(|own| self.resolved(&own.get("<<")?.1));
        let several = merged.clone().flat_map(Node::items).filter_map(|item| self.resolved(item));
        // What is merged in there once more is beyond what people write.
        let all = own.chain(merged).chain(several).flat_map(Node::pairs);
        all.filter_map(|(key, value)| Some((key.text()?, self.resolved(value)?))).collect()
    }

    /// The value of a key, which may come by an alias or be merged in.
    pub(super) fn value(&self, entry: &'n Node, key: &str) -> Option<&'n Node> {
        self.pairs(entry).into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    fn id(&self, entry: &'n Node) -> Option<&'n str> {
        self.value(entry, "client_id").or_else(|| self.value(entry, "id"))?.text()
    }

    fn plaintext_for(&self, entry: &'n Node) -> Option<&'n str> {
        let mut seen = HashSet::new();
        let first = self.pairs(entry).into_iter().filter(|(key, _)| seen.insert(*key));
        needs_plaintext(first.filter_map(|(key, value)| Some((key, value.text()?))))
    }
}

impl<'n> Found<'n> {
    /// Its secret, with the key.
    pub(super) fn secret(&self) -> Result<(&'n Node, &'n Node), EditError> {
        let current = self.entry.get_alone("client_secret")?;
        let pair = if current.is_some() { current } else { self.entry.get_alone("secret")? };
        let pair = pair.filter(|(_, value)| !value.is_null());
        let (key, value) =
            pair.ok_or_else(|| EditError::NoSecret { client: self.id.to_owned() })?;
        if !matches!(value.kind, Kind::Scalar { .. } | Kind::Alias(_)) {
            return Err(EditError::NoSecret { client: self.id.to_owned() });
        }
        if value.is_tagged_otherwise() {
            return Err(EditError::Unsure);
        }
        Ok((key, value))
    }

    /// That nothing else changes with the secret: no alias brings it to another place.
    pub(super) fn is_alone(&self) -> Result<(), EditError> {
        let (key, value) = self.secret()?;
        let anchors = |nodes: &[&Node]| -> Vec<usize> {
            nodes.iter().map(|node| node.anchor).filter(|anchor| *anchor != 0).collect()
        };
        let shared = anchors(&[&self.above[..], &[value]].concat());
        if shared.is_empty() && self.entry.anchor == 0 {
            return Ok(());
        }
        let own_key = key.text().unwrap_or_default();
        let mut is_alone = true;
        self.root.each(None, &mut |node, parent| {
            let Kind::Alias(anchor) = node.kind else { return };
            // Who merges the entry into another, and has a secret there, has not this one.
            let is_overridden = parent.is_some_and(|parent| {
                let is_merge = parent.get("<<").is_some_and(|(_, merged)| {
                    std::ptr::eq(merged, node)
                        || merged.items().iter().any(|item| std::ptr::eq(item, node))
                });
                is_merge && parent.get(own_key).is_some()
            });
            let of_entry = self.entry.anchor != 0 && anchor == self.entry.anchor;
            is_alone &= !shared.contains(&anchor) && (!of_entry || is_overridden);
        });
        if is_alone {
            Ok(())
        } else {
            Err(EditError::Shared { key: format!("the secret of {}", self.id) })
        }
    }
}
