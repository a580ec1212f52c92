//! The contents that a changed text must have.

use super::super::document::{Documents, Node, Replaced};
use super::super::entry::{NewEntry, Schema, Value};
use super::super::path::PATH;

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
    pub(super) fn with_clients(&self, index: usize, entries: &[NewEntry], schema: Schema) -> Self {
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

    /// Whether two texts have the same contents, except for the nodes that begin at some bytes.
    fn has_same_contents(&self, other: &Documents<'_>, replaced: &Replaced) -> bool {
        self.roots.len() == other.roots.len()
            && self.roots.iter().zip(&other.roots).all(|(a, b)| a.has_same_contents(b, replaced))
    }
}
