//! The keys and values of a mapping, with aliases and merged keys followed.

use super::anchors::Anchors;
use super::document::{Kind, Node};
use super::template::is_reference;
use super::text::Text;

/// The keys and values of a mapping, in order.
#[derive(Default)]
pub(crate) struct Fields(Vec<Field>);

/// A key and its value.
pub(crate) struct Field {
    pub(crate) key: String,
    /// The line of the value, counted from 1.
    pub(crate) line: u64,
    pub(crate) value: FieldValue,
}

/// The value of a key, or an item of a list.
pub(crate) enum FieldValue {
    Null,
    Scalar(Text),
    List(Vec<FieldValue>),
    Mapping(Fields),
}

impl Fields {
    /// Reads a mapping; any other node has no keys.
    pub(super) fn read<'n>(anchors: &Anchors<'n>, node: &'n Node<'n>) -> Self {
        /// A subject in a rule of an authorization policy is as deep, and no rule reads deeper values.
        const DEPTH: usize = 7;
        Self::read_to(DEPTH, anchors, node)
    }

    fn read_to<'n>(depth: usize, anchors: &Anchors<'n>, node: &'n Node<'n>) -> Self {
        let mut fields = Vec::new();
        for pair in anchors.pairs(node) {
            // The clients are read one by one.
            if pair.key == "clients" && pair.value.text().is_none() {
                continue;
            }
            let value = value(depth, anchors, pair.written);
            let line = pair.written.line() as u64;
            fields.push(Field { key: pair.key.to_owned(), line, value });
        }
        Self(fields)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Field> {
        self.0.iter()
    }

    /// The first field with this key: a merged one comes after the mapping's own.
    pub(crate) fn get(&self, key: &str) -> Option<&Field> {
        self.iter().find(|field| field.key == key)
    }

    /// The text of a key, unless it is empty, which Authelia takes as if there were none, or is a template
    /// or a variable, whose text only Authelia knows.
    pub(crate) fn text(&self, key: &str) -> Option<&Text> {
        let text = self.get(key)?.value.text()?;
        (!text.value.is_empty() && !is_reference(&text.value)).then_some(text)
    }

    /// The items of a list; none for any other value.
    pub(crate) fn items(&self, key: &str) -> &[FieldValue] {
        match self.get(key).map(|field| &field.value) {
            Some(FieldValue::List(items)) => items,
            _ => &[],
        }
    }

    /// The fields of a mapping in this one.
    pub(crate) fn mapping(&self, key: &str) -> impl Iterator<Item = &Field> {
        let fields = self.get(key).and_then(|field| field.value.mapping());
        fields.into_iter().flat_map(Fields::iter)
    }
}

impl FieldValue {
    pub(crate) fn text(&self) -> Option<&Text> {
        match self {
            Self::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn mapping(&self) -> Option<&Fields> {
        match self {
            Self::Mapping(fields) => Some(fields),
            _ => None,
        }
    }
}

fn value<'n>(depth: usize, anchors: &Anchors<'n>, written: &'n Node<'n>) -> FieldValue {
    let Some(node) = anchors.resolve(written).filter(|_| depth > 0) else {
        return FieldValue::Null;
    };
    match &node.kind {
        _ if node.is_null() => FieldValue::Null,
        Kind::Mapping { .. } => FieldValue::Mapping(Fields::read_to(depth - 1, anchors, node)),
        Kind::List { items, .. } => {
            FieldValue::List(items.iter().map(|item| value(depth - 1, anchors, item)).collect())
        }
        _ => Text::of(node, written).map_or(FieldValue::Null, FieldValue::Scalar),
    }
}
