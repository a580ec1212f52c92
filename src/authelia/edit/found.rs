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
}

impl<'n> Clients<'n> {
    pub(super) fn of(documents: &'n Documents<'_>) -> Result<Self, Error> {
        let (mut ids, mut by_id, mut shared) = (Vec::new(), HashMap::new(), HashSet::new());
        for root in &documents.roots {
            let above = find(root, &PATH)?;
            let items = match above.last() {
                Some(clients) if above.len() == PATH.len() => clients.items(),
                _ => continue,
            };
            for entry in items {
                if matches!(entry.kind, Kind::Alias(_)) {
                    shared.extend(resolved(root, entry).and_then(|entry| id(root, entry)));
                } else if let Some(id) = id(root, entry) {
                    let found = Found { id, root, above: above.clone(), entry };
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

/// The id of an entry.
fn id<'n>(root: &'n Node, client: &'n Node) -> Option<&'n str> {
    value(root, client, "client_id").or_else(|| value(root, client, "id"))?.text()
}

/// The value of a key, which may come by an alias or be merged in.
pub(super) fn value<'n>(root: &'n Node, node: &'n Node, key: &str) -> Option<&'n Node> {
    let node = resolved(root, node)?;
    if let Some((_, value)) = node.get(key) {
        return resolved(root, value);
    }
    let merged = resolved(root, &node.get("<<")?.1)?;
    let several = merged.items().iter().filter_map(|item| resolved(root, item));
    let mut all = std::iter::once(merged).chain(several);
    // What is merged in there once more is beyond what people write.
    all.find_map(|node| resolved(root, &node.get(key)?.1))
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

    /// The key that makes Authelia need the secret itself.
    pub(super) fn plaintext_for(&self) -> Option<String> {
        let pairs = self.entry.pairs().iter();
        let texts = pairs.filter_map(|(key, value)| Some((key.text()?, value.text()?)));
        needs_plaintext(texts).map(ToOwned::to_owned)
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

/// What an alias stands for, or else the node itself.
fn resolved<'n>(root: &'n Node, node: &'n Node) -> Option<&'n Node> {
    let Kind::Alias(anchor) = node.kind else { return Some(node) };
    let mut found = None;
    root.each(None, &mut |node, _| {
        if node.anchor == anchor {
            found = Some(node);
        }
    });
    found
}
