//! Anchors, aliases and merge keys: the values of an entry, wherever they are written.

use std::collections::{HashMap, HashSet};

use super::document::{Documents, Kind, Node};

/// The nodes of a document that have an anchor.
pub(super) struct Anchors<'n>(HashMap<usize, &'n Node<'n>>);

/// A key of an entry.
#[derive(Clone, Copy)]
pub(super) struct Pair<'n> {
    pub(super) key: &'n str,
    /// The value itself.
    pub(super) value: &'n Node<'n>,
    /// The value as the entry has it, which may be an alias.
    pub(super) written: &'n Node<'n>,
}

impl<'n> Anchors<'n> {
    /// Returns the anchors of one of the documents.
    pub(super) fn of(documents: &Documents<'_>, root: &'n Node<'n>) -> Self {
        let mut anchors = HashMap::new();
        if !documents.has_anchors {
            return Self(anchors);
        }
        root.each(None, &mut |node, _| {
            if node.anchor() != 0 {
                anchors.insert(node.anchor(), node);
            }
        });
        Self(anchors)
    }

    /// Follows an alias to its node; any other node is returned as it is.
    pub(super) fn resolve(&self, node: &'n Node<'n>) -> Option<&'n Node<'n>> {
        match node.kind {
            Kind::Alias(anchor) => self.0.get(&anchor).copied(),
            _ => Some(node),
        }
    }

    /// Returns the keys of an entry: its own, then the merged ones (`<<`). If a key occurs twice,
    /// the first one counts.
    pub(super) fn pairs(&self, entry: &'n Node<'n>) -> Vec<Pair<'n>> {
        let Some(own) = self.resolve(entry) else { return Vec::new() };
        let mut pairs = self.own_pairs(own);
        let mut merged = self.merged(own);
        // Each mapping once: mappings that merge each other would never end.
        let mut seen = HashSet::from([std::ptr::from_ref(own)]);
        while let Some(mapping) = merged.pop() {
            if seen.insert(std::ptr::from_ref(mapping)) {
                pairs.extend(self.own_pairs(mapping));
                merged.extend(self.merged(mapping));
            }
        }
        pairs
    }

    fn own_pairs(&self, mapping: &'n Node<'n>) -> Vec<Pair<'n>> {
        let pair = |(key, value): &'n (Node, Node)| {
            Some(Pair { key: key.text()?, value: self.resolve(value)?, written: value })
        };
        mapping.pairs().iter().filter_map(pair).collect()
    }

    /// The mappings that are merged into one, the last first.
    fn merged(&self, mapping: &'n Node<'n>) -> Vec<&'n Node<'n>> {
        let merges = mapping.get("<<").and_then(|(_, value)| self.resolve(value));
        let Some(merges) = merges else { return Vec::new() };
        match &merges.kind {
            Kind::List { items, .. } => {
                items.iter().rev().filter_map(|item| self.resolve(item)).collect()
            }
            _ => vec![merges],
        }
    }
}
