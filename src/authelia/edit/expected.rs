//! The contents that a changed text must have.

use super::super::document::{Documents, Kind, Node, Replaced};
use super::super::entry::{NewEntry, Schema, Value};
use super::super::extra_config::Part;
use super::super::path::{Path, Step};
use super::missing::{Missing, Needed};

/// The contents that a changed text must have.
pub(super) enum Expected<'e> {
    /// Those of the old text, with other texts in the nodes that begin at these bytes.
    Replaced(&'e Documents<'e>, Replaced),
    /// Those of this tree.
    Added(Documents<'e>),
}

impl Expected<'_> {
    /// Whether a text that was read has these contents.
    pub(super) fn matches(&self, read: &Documents<'_>) -> bool {
        match self {
            Self::Replaced(old, values) => old.has_same_contents(read, values),
            Self::Added(expected) => expected.has_same_contents(read, &Replaced::new()),
        }
    }
}

impl Documents<'_> {
    /// Returns the contents of the text once clients are added.
    pub(super) fn with_clients(
        &self,
        index: usize,
        path: &Path,
        entries: &[NewEntry],
        schema: Schema,
    ) -> Self {
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
                let value = match schema.key_below(key) {
                    Some(below) => Node::mapping(vec![(Node::plain(below), value)]),
                    None => value,
                };
                (Node::plain(schema.key(key)), value)
            });
            Node::mapping(pairs.collect())
        });
        let new: Vec<Node> = new.collect();
        roots[index].change_at(&path.0, &mut |clients| clients.add_items(new.iter().cloned()));
        Self { text: self.text.clone(), roots, has_anchors: self.has_anchors }
    }
}

impl Documents<'_> {
    /// Returns the contents of the text once the parts are added that a document lacks.
    pub(super) fn with_parts(&self, index: usize, missing: &[Missing<'_, '_>]) -> Self {
        let mut roots = self.roots.clone();
        if roots.is_empty() && !missing.is_empty() {
            roots.push(Node::mapping(Vec::new()));
        }
        for Missing { path, needed, .. } in missing {
            roots[index].change_at(&path.0, &mut |node| match needed {
                Needed::Pairs(pairs) => node.add_pairs(pairs),
                Needed::Value(value) => node.kind = value.node().kind,
            });
        }
        Self { text: self.text.clone(), roots, has_anchors: self.has_anchors }
    }
}

impl Node<'_> {
    /// Changes the node at the end of a path. Missing keys are added, and null becomes a mapping.
    fn change_at(&mut self, path: &[Step], change: &mut dyn FnMut(&mut Self)) {
        let (name, rest) = match path.split_first() {
            None => return change(self),
            Some((Step::Key(name), rest)) => (name, rest),
            Some((Step::Item(index), rest)) => {
                if let Kind::List { items, .. } = &mut self.kind
                    && let Some(item) = items.get_mut(*index)
                {
                    item.change_at(rest, change);
                }
                return;
            }
        };
        if !matches!(self.kind, Kind::Mapping { .. }) {
            self.kind = Kind::Mapping { pairs: Box::default(), is_flow: false };
        }
        if let Kind::Mapping { pairs, .. } = &mut self.kind {
            let index = pairs.iter().position(|(key, _)| key.text() == Some(&**name));
            let index = index.unwrap_or_else(|| {
                let mut more = std::mem::take(pairs).into_vec();
                more.push((Self::plain(name), Self::plain("")));
                *pairs = more.into();
                pairs.len() - 1
            });
            pairs[index].1.change_at(rest, change);
        }
    }

    /// Adds pairs; null becomes a mapping.
    fn add_pairs(&mut self, new: &[(String, Part)]) {
        let old = match &mut self.kind {
            Kind::Mapping { pairs, .. } => std::mem::take(pairs),
            _ => Box::default(),
        };
        let new = new.iter().map(|(key, value)| (Self::plain(key), value.node()));
        let pairs = old.into_iter().chain(new).collect();
        self.kind = Kind::Mapping { pairs, is_flow: false };
    }

    /// Adds items; null becomes a list.
    fn add_items(&mut self, new: impl Iterator<Item = Self>) {
        if !matches!(self.kind, Kind::List { .. }) {
            self.kind = Kind::List { items: Box::default(), is_flow: false };
        }
        if let Kind::List { items, .. } = &mut self.kind {
            *items = std::mem::take(items).into_iter().chain(new).collect();
        }
    }
}
