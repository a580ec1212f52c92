//! YAML as a tree whose nodes know their places in the text, so that a part of the text can be
//! replaced and all the rest stays as it is.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};
use zeroize::Zeroizing;

use super::encryption::Encryption;
use super::template::masked;
use crate::error::{ConfigError, EditError};

/// A text and its documents.
pub(super) struct Documents<'a> {
    pub(super) text: &'a str,
    /// The contents of each document; `None` for one that has none.
    pub(super) roots: Vec<Node>,
}

/// A node of a document.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The bytes that it stands in; for a collection in block style from its first child to its last.
    pub(super) place: Range<usize>,
    /// The line that it begins in, counted from 1.
    pub(super) line: usize,
    /// The column that it begins in, in characters, counted from 0; for a list in block style that of
    /// its dashes.
    pub(super) column: usize,
    /// The number of its anchor; 0 if it has none.
    pub(super) anchor: usize,
    tag: Option<Box<str>>,
}

#[derive(Clone)]
pub(super) enum Kind {
    Scalar {
        text: Zeroizing<String>,
        style: ScalarStyle,
    },
    List {
        items: Vec<Node>,
        is_flow: bool,
    },
    Mapping {
        pairs: Vec<(Node, Node)>,
        is_flow: bool,
    },
    /// The number of the anchor.
    Alias(usize),
}

/// Texts that take the place of others, by the bytes that those begin at.
pub(super) type Replaced = HashMap<usize, Zeroizing<String>>;

/// Deeper than any configuration is.
const DEPTH: usize = 100;
/// Enough for 100,000 clients with all their keys; a node takes about 120 bytes, so that no text
/// takes more than about 1 GiB.
const NODES: usize = 8_000_000;

impl<'a> Documents<'a> {
    /// Reads a text, in which templates are passed over.
    pub(super) fn parse(text: &'a str) -> Result<Self, ConfigError> {
        Self::read_as(text, &Zeroizing::new(masked(text)))
    }

    /// Reads a text as it is.
    pub(super) fn read(text: &'a str) -> Result<Self, ConfigError> {
        Self::read_as(text, text)
    }

    /// Reads a text by another one of the same length, whose nodes are in the same places.
    fn read_as(text: &'a str, yaml: &str) -> Result<Self, ConfigError> {
        if let Some(encryption) = Encryption::of_file(text) {
            return Err(ConfigError::Encrypted { encryption });
        }
        let options = granit_parser::options! {
            emit_comments: false,
            block_scalar_eof_without_line_feed: true,
            flow_nesting_limit: DEPTH,
            block_nesting_limit: DEPTH,
        };
        let mut builder = Builder { roots: Vec::new(), open: Vec::new(), nodes: 0 };
        for event in Parser::new_from_str_with_options(yaml, options) {
            let (event, span) = event.map_err(|error| ConfigError::Yaml {
                line: error.marker().line() as u64,
                column: error.marker().col() as u64 + 1,
                message: "this is not valid YAML".to_owned(),
            })?;
            builder.take(event, &span)?;
        }
        let roots = builder.roots;
        match roots.iter().find_map(Encryption::of_document) {
            Some(encryption) => Err(ConfigError::Encrypted { encryption }),
            None => Ok(Self { text, roots }),
        }
    }
}

/// Puts nodes together as their parts come.
struct Builder {
    roots: Vec<Node>,
    /// The collections that are not complete, each with the key that waits for its value.
    open: Vec<(Node, Option<Node>)>,
    /// The number of nodes so far.
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), ConfigError> {
        let place = span.byte_range().unwrap_or(0..0);
        let (line, column) = (span.start.line(), span.start.col());
        let node = |kind, anchor, tag: Option<String>| Node {
            kind,
            place: place.clone(),
            line,
            column,
            anchor,
            tag: tag.map(String::into_boxed_str),
        };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = Zeroizing::new(text.into_owned());
                let tag = tag.map(|tag| tag.to_string());
                self.add(node(Kind::Scalar { text, style }, anchor, tag));
            }
            Event::Alias(anchor) => self.add(node(Kind::Alias(anchor), 0, None)),
            Event::SequenceStart(style, anchor, tag) => {
                let kind = Kind::List { items: Vec::new(), is_flow: style == StructureStyle::Flow };
                self.open.push((node(kind, anchor, tag.map(|tag| tag.to_string())), None));
            }
            Event::MappingStart(style, anchor, tag) => {
                let is_flow = style == StructureStyle::Flow;
                let kind = Kind::Mapping { pairs: Vec::new(), is_flow };
                self.open.push((node(kind, anchor, tag.map(|tag| tag.to_string())), None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut node, _)) = self.open.pop() {
                    node.place.end = node.last_byte().unwrap_or(place.end).max(node.place.start);
                    if node.is_flow() {
                        node.place.end = place.end;
                    }
                    self.add(node);
                }
            }
            _ => {}
        }
        if self.nodes > NODES {
            let message =
                format!("this has more than {NODES} YAML nodes, too many for a configuration");
            return Err(ConfigError::Yaml {
                line: line as u64,
                column: column as u64 + 1,
                message,
            });
        }
        Ok(())
    }

    fn add(&mut self, node: Node) {
        self.nodes += 1;
        let Some((parent, key)) = self.open.last_mut() else {
            self.roots.push(node);
            return;
        };
        match &mut parent.kind {
            Kind::List { items, .. } => items.push(node),
            Kind::Mapping { pairs, .. } => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(node),
            },
            Kind::Scalar { .. } | Kind::Alias(_) => {}
        }
    }
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing, or `null`, stands there.
    pub(super) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, style: ScalarStyle::Plain } => {
                matches!(&***text, "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Whether it is a scalar without quotes that is not in a block.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
    }

    pub(super) fn is_flow(&self) -> bool {
        matches!(self.kind, Kind::List { is_flow: true, .. } | Kind::Mapping { is_flow: true, .. })
    }

    /// The pairs of a mapping.
    pub(super) fn pairs(&self) -> &[(Node, Node)] {
        match &self.kind {
            Kind::Mapping { pairs, .. } => pairs,
            _ => &[],
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The key and the value of this name.
    pub(super) fn get(&self, name: &str) -> Option<&(Node, Node)> {
        self.pairs().iter().find(|(key, _)| key.text() == Some(name))
    }

    /// The key and the value of this name, which must not stand there twice.
    pub(super) fn get_alone(&self, name: &str) -> Result<Option<&(Node, Node)>, EditError> {
        let mut found = self.pairs().iter().filter(|(key, _)| key.text() == Some(name));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(EditError::RepeatedKey { key: name.to_owned() }),
            (found, None) => Ok(found),
        }
    }

    /// Whether it has a tag that says that it is something else than text.
    pub(super) fn is_tagged_otherwise(&self) -> bool {
        let is_text = |tag: &str| tag == "!" || tag.ends_with(":str") || tag.ends_with("!str");
        self.tag.as_deref().is_some_and(|tag| !is_text(tag))
    }

    /// Whether it has the tag of Ansible Vault.
    pub(super) fn is_vault(&self) -> bool {
        self.tag.as_deref() == Some("!vault")
    }

    /// A key that is in one mapping twice, at any depth: neither Authelia nor anyone else knows
    /// which of the two is meant.
    pub(super) fn repeated_key(&self) -> Option<&Self> {
        let mut seen = HashSet::new();
        let keys = self.pairs().iter().map(|(key, _)| key);
        let mut named = keys.filter_map(|key| Some((key, key.text()?)));
        let own = named.find(|(_, name)| !seen.insert(*name)).map(|(key, _)| key);
        let children = || self.items().iter().chain(self.pairs().iter().map(|(_, value)| value));
        own.or_else(|| children().find_map(Self::repeated_key))
    }

    /// Where the last child of a collection ends.
    fn last_byte(&self) -> Option<usize> {
        match &self.kind {
            Kind::List { items, .. } => items.last().map(|item| item.place.end),
            Kind::Mapping { pairs, .. } => {
                pairs.last().map(|(key, value)| value.place.end.max(key.place.end))
            }
            _ => None,
        }
    }

    /// Every node below this one, and itself, with the mapping that it is a value of.
    pub(super) fn each<'n>(
        &'n self,
        parent: Option<&'n Node>,
        visit: &mut dyn FnMut(&'n Node, Option<&'n Node>),
    ) {
        visit(self, parent);
        for item in self.items() {
            item.each(parent, visit);
        }
        for (key, value) in self.pairs() {
            key.each(Some(self), visit);
            value.each(Some(self), visit);
        }
    }

    /// Whether two nodes say the same, wherever and however they are written. A scalar or an alias
    /// that begins at one of these bytes must say the given text instead.
    pub(super) fn says_the_same(&self, other: &Self, replaced: &Replaced) -> bool {
        let is_alike = match (&self.kind, &other.kind) {
            (Kind::Scalar { .. } | Kind::Alias(_), _) if self.replacement(replaced).is_some() => {
                other.text() == self.replacement(replaced)
            }
            (Kind::Scalar { text, style }, Kind::Scalar { text: other, style: others }) => {
                // Without quotes `true` is not a text, and `$…` is.
                let is_plain = |style: &ScalarStyle| *style == ScalarStyle::Plain;
                text == other && (is_plain(style) == is_plain(others) || text.starts_with('$'))
            }
            (Kind::Alias(anchor), Kind::Alias(other)) => anchor == other,
            (Kind::List { items, .. }, Kind::List { items: others, .. }) => {
                let mut both = items.iter().zip(others);
                items.len() == others.len()
                    && both.all(|(item, other)| item.says_the_same(other, replaced))
            }
            (Kind::Mapping { pairs, .. }, Kind::Mapping { pairs: others, .. }) => {
                let mut both = pairs.iter().zip(others);
                let is_same_key = |key: &Self, other: &Self| match (key.text(), other.text()) {
                    (Some(key), Some(other)) => key == other,
                    _ => key.says_the_same(other, replaced),
                };
                pairs.len() == others.len()
                    && both.all(|((key, value), (other_key, other_value))| {
                        is_same_key(key, other_key) && value.says_the_same(other_value, replaced)
                    })
            }
            _ => false,
        };
        is_alike && self.anchor == other.anchor && self.tag == other.tag
    }

    /// The text that is to be here instead.
    fn replacement<'r>(&self, replaced: &'r Replaced) -> Option<&'r str> {
        let is_written = !self.place.is_empty();
        replaced.get(&self.place.start).filter(|_| is_written).map(|text| &***text)
    }
}

/// What a tree should say, for comparison: such nodes have no place in a text.
impl Node {
    fn new(kind: Kind) -> Self {
        Self { kind, place: 0..0, line: 0, column: 0, anchor: 0, tag: None }
    }

    pub(super) fn quoted(text: &str) -> Self {
        let text = Zeroizing::new(text.to_owned());
        Self::new(Kind::Scalar { text, style: ScalarStyle::SingleQuoted })
    }

    pub(super) fn plain(text: &str) -> Self {
        let text = Zeroizing::new(text.to_owned());
        Self::new(Kind::Scalar { text, style: ScalarStyle::Plain })
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::new(Kind::List { items, is_flow: false })
    }

    pub(super) fn mapping(pairs: Vec<(Self, Self)>) -> Self {
        Self::new(Kind::Mapping { pairs, is_flow: false })
    }

    /// Changes the node at the end of a path, whose keys are added where they are not there; nothing
    /// becomes a mapping.
    pub(super) fn change_at(&mut self, path: &[&str], change: &mut dyn FnMut(&mut Self)) {
        let Some((name, rest)) = path.split_first() else {
            change(self);
            return;
        };
        if !matches!(self.kind, Kind::Mapping { .. }) {
            self.kind = Kind::Mapping { pairs: Vec::new(), is_flow: false };
        }
        if let Kind::Mapping { pairs, .. } = &mut self.kind {
            let index = pairs.iter().position(|(key, _)| key.text() == Some(name));
            let index = index.unwrap_or_else(|| {
                pairs.push((Self::plain(name), Self::plain("")));
                pairs.len() - 1
            });
            pairs[index].1.change_at(rest, change);
        }
    }

    /// Adds items; nothing becomes a list.
    pub(super) fn add_items(&mut self, new: impl Iterator<Item = Self>) {
        if !matches!(self.kind, Kind::List { .. }) {
            self.kind = Kind::List { items: Vec::new(), is_flow: false };
        }
        if let Kind::List { items, .. } = &mut self.kind {
            items.extend(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_their_places() {
        let text = "a:\n  - id: 'x'  # c\n    s: |-\n      y\n\nb: {c: [1, 2]}\n";
        let documents = Documents::parse(text).unwrap();
        let list = &documents.roots[0].get("a").unwrap().1;
        assert_eq!((list.column, list.items().len()), (2, 1));
        let (_, id) = list.items()[0].get("id").unwrap();
        assert_eq!(&text[id.place.clone()], "'x'");
        let (_, b) = documents.roots[0].get("b").unwrap();
        assert_eq!(&text[b.place.clone()], "{c: [1, 2]}");
        assert_eq!(&text[b.get("c").unwrap().1.place.clone()], "[1, 2]");
    }
}
