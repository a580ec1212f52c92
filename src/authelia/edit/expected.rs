//! The contents that a changed text must have.

use super::super::document::{Documents, Node, Replaced};
use super::super::entry::{NewEntry, Schema, Value};
use super::super::path::PATH;

/// The contents that a changed text should have.
pub(super) enum Expected<'e> {
    /// Those of the old one, but for the texts of the nodes that begin at these bytes.
    Replaced(&'e Documents<'e>, Replaced),
    /// Those of this tree.
    Added(Documents<'e>),
}

impl Expected<'_> {
    /// Whether a text that was read has these contents.
    pub(super) fn matches(&self, read: &Documents<'_>) -> bool {
        match self {
            Self::Replaced(old, values) => old.says_the_same(read, values),
            Self::Added(expected) => expected.says_the_same(read, &Replaced::new()),
        }
    }
}

impl Documents<'_> {
    /// What the text should say once clients are added.
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

    /// Whether two texts say the same, but for the texts of the nodes that begin at some bytes.
    fn says_the_same(&self, other: &Documents<'_>, replaced: &Replaced) -> bool {
        self.roots.len() == other.roots.len()
            && self.roots.iter().zip(&other.roots).all(|(a, b)| a.says_the_same(b, replaced))
    }
}
