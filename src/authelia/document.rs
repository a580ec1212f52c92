//! YAML as a tree whose nodes know their places in the text, so that one part of the text can be
//! replaced and every other byte stays.
//!
//! serde cannot give such a tree: it has no places of nodes, no comments and no quotes.

use std::collections::{HashMap, HashSet};
use std::ops::{Deref, Range};

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span, StructureStyle, Tag};
use zeroize::Zeroizing;

use super::anchor_names;
use super::encryption::Encryption;
use super::error::{ConfigError, EditError};
use super::expansion::Expansion;
use super::old_breaks::OldBreaks;
use super::template::masked;

/// A text and its documents.
pub(super) struct Documents<'t> {
    pub(super) text: Text<'t>,
    /// The contents of each document.
    pub(super) roots: Vec<Node<'t>>,
    /// Whether any node has an anchor. Most texts have none, and need no search for them.
    pub(super) has_anchors: bool,
}

/// A node of a document.
///
/// A large configuration has millions of them, so that a node is kept to 48 bytes: positions are
/// `u32`, and what few nodes have is in a box.
#[derive(Clone)]
pub(super) struct Node<'t> {
    pub(super) kind: Kind<'t>,
    start: u32,
    end: u32,
    line: u32,
    column: u32,
    properties: Option<Box<Properties>>,
}

/// The properties of a node (YAML 1.2.2 §6.9).
#[derive(Clone, PartialEq, Eq)]
struct Properties {
    /// The number of its anchor; 0 for a node without one.
    anchor: usize,
    tag: Option<String>,
}

#[derive(Clone)]
pub(super) enum Kind<'t> {
    Scalar {
        text: Text<'t>,
        style: ScalarStyle,
    },
    List {
        items: Box<[Node<'t>]>,
        is_flow: bool,
    },
    Mapping {
        pairs: Box<[(Node<'t>, Node<'t>)]>,
        is_flow: bool,
    },
    /// The number of the anchor.
    Alias(usize),
}

/// The text of a scalar.
#[derive(Clone)]
pub(super) enum Text<'t> {
    /// A part of the source, as nearly all texts are: it is not copied.
    Source(&'t str),
    /// A text with escapes, folded lines or hidden templates. The box keeps the enum to 16 bytes.
    Owned(Box<Zeroizing<String>>),
}

impl<'t> Text<'t> {
    /// Returns the text of the scalar in a part of the source, which may have quotes.
    fn of(text: &str, raw: &'t str) -> Self {
        let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        match text {
            text if text == raw => Self::Source(raw),
            text if text == inside => Self::Source(inside),
            _ => Self::owned(text.to_owned()),
        }
    }

    fn owned(text: String) -> Self {
        Self::Owned(Box::new(Zeroizing::new(text)))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Source(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// Texts that replace others, by the bytes that those begin at.
pub(super) type Replaced = HashMap<usize, Zeroizing<String>>;

/// Deeper than any configuration is.
const DEPTH: usize = 100;
/// Enough for 100,000 clients with all their keys; a node takes 48 bytes, so that no text takes more
/// than about 400 MB.
const NODES: usize = 8_000_000;

impl<'t> Documents<'t> {
    /// Reads a text whose templates are hidden from the YAML parser.
    pub(super) fn parse(text: &'t str) -> Result<Self, ConfigError> {
        match masked(text) {
            Some(yaml) => Self::read_as(text, &yaml),
            None => Self::read(text),
        }
    }

    /// Reads a text without hiding its templates.
    pub(super) fn read(text: &'t str) -> Result<Self, ConfigError> {
        Self::read_as(text, text)
    }

    /// Returns the documents of a text before any is read.
    pub(super) fn empty(text: &'t str) -> Self {
        Self { text: Text::Source(text), roots: Vec::new(), has_anchors: false }
    }

    /// Replaces the lines of all nodes, for a text that was made from another.
    pub(super) fn relocate(&mut self, line: &dyn Fn(u64) -> u64) {
        self.roots.iter_mut().for_each(|root| root.relocate(line));
    }

    /// Reads a text by a copy with hidden templates, whose nodes are in the same places.
    pub(super) fn read_as(text: &'t str, yaml: &str) -> Result<Self, ConfigError> {
        Self::built(text, yaml, Builder::new(text, text.len()))
            .map(|documents| Self { text: Text::Source(text), ..documents })
    }

    /// Reads a text that is encoded in a scalar, which begins in a line of the file.
    pub(super) fn decoded(
        text: Zeroizing<String>,
        line: usize,
        hides_templates: bool,
    ) -> Result<Self, ConfigError> {
        let yaml = masked(&text).filter(|_| hides_templates);
        let yaml = yaml.as_ref().unwrap_or(&text);
        // Without a source, each node has a text of its own.
        let mut builder = Builder::new("", text.len());
        builder.line = Some(position(line));
        let documents = Self::built(&text, yaml, builder)?;
        Ok(Self { text: Text::Owned(Box::new(text)), ..documents })
    }

    fn built(text: &str, yaml: &str, mut builder: Builder<'t>) -> Result<Self, ConfigError> {
        if let Some(encryption) = Encryption::of_file(text) {
            return Err(ConfigError::Encrypted { encryption });
        }
        if u32::try_from(text.len()).is_err() {
            let message = "a configuration must be smaller than 4 GiB".to_owned();
            return Err(ConfigError::Yaml { line: 0, column: 1, message });
        }
        let options = granit_parser::options! {
            emit_comments: false,
            block_scalar_eof_without_line_feed: true,
            flow_nesting_limit: DEPTH,
            block_nesting_limit: DEPTH,
        };
        let mut breaks = OldBreaks::of(text);
        for event in Parser::new_from_str_with_options(yaml, options) {
            // Taken by reference: an event is large, and to move it costs as much as to read it.
            match &event {
                Ok((event, span)) => {
                    builder.take(event, span)?;
                    if let Some(place) = place_in_quotes(event, span) {
                        breaks.accept(&place);
                    }
                }
                Err(error) => return Err(invalid(error.marker())),
            }
        }
        breaks.finish(text, builder.line)?;
        if builder.has_anchors {
            anchor_names::check(yaml, builder.line)?;
        }
        let Builder { nodes: roots, has_anchors, encryption, .. } = builder;
        match roots.iter().find_map(encryption_of_document).or(encryption) {
            Some(encryption) => Err(ConfigError::Encrypted { encryption }),
            None => Ok(Self { text: Text::Source(""), roots, has_anchors }),
        }
    }

    /// Changes the texts of the scalars for which there is another one.
    pub(super) fn change_texts(&mut self, change: &dyn Fn(&str) -> Option<String>) {
        self.roots.iter_mut().for_each(|root| root.change_texts(change));
    }

    /// Whether two texts have the same contents, except for the nodes that begin at some bytes.
    pub(super) fn has_same_contents(&self, other: &Documents<'_>, replaced: &Replaced) -> bool {
        self.roots.len() == other.roots.len()
            && self.roots.iter().zip(&other.roots).all(|(a, b)| a.has_same_contents(b, replaced))
    }

    /// Returns the text of the scalar that begins at a byte.
    pub(super) fn text_at(&self, start: usize) -> Option<&str> {
        let mut found = None;
        for root in &self.roots {
            root.each(None, &mut |node, _| {
                if node.place().start == start && !node.place().is_empty() {
                    found = found.or(node.text());
                }
            });
        }
        found
    }
}

/// Returns the bytes of a scalar in quotes.
fn place_in_quotes(event: &Event<'_>, span: &Span) -> Option<Range<usize>> {
    let Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..) = event else {
        return None;
    };
    span.byte_range()
}

fn invalid(place: &Marker) -> ConfigError {
    let message = "this is not valid YAML".to_owned();
    ConfigError::Yaml { line: place.line() as u64, column: place.col() as u64 + 1, message }
}

/// Returns the tool that a whole document is encrypted with, by the keys that the tool adds.
fn encryption_of_document(root: &Node<'_>) -> Option<Encryption> {
    let value = |name: &str| root.get(name).map(|(_, value)| value);
    // SOPS adds both keys to every file. A file without encrypted values has them too, and its MAC
    // covers the plain ones.
    let is_sops = value("sops")
        .is_some_and(|sops| ["mac", "lastmodified"].iter().any(|name| sops.get(name).is_some()));
    let is_sealed = || value("kind").and_then(Node::text) == Some("SealedSecret");
    if is_sops {
        return Some(Encryption::Sops);
    }
    is_sealed().then_some(Encryption::SealedSecret)
}

/// Puts nodes together as their parts come.
struct Builder<'t> {
    text: &'t str,
    /// The nodes that no complete collection holds: with all collections complete, the roots. A
    /// collection takes its own from the end, so that its slice is allocated once, in its size.
    nodes: Vec<Node<'t>>,
    /// The collections that are not complete, each with the number of nodes before its first child.
    open: Vec<(Node<'t>, usize)>,
    /// The number of nodes so far.
    count: usize,
    has_anchors: bool,
    expansion: Expansion,
    /// The tool that the first encrypted scalar is encrypted with.
    encryption: Option<Encryption>,
    /// The line of every node, if the text is encoded in one scalar of the file.
    line: Option<u32>,
}

impl<'t> Builder<'t> {
    /// Prepares for a text of some bytes; `text` is empty if that is not a part of the file.
    fn new(text: &'t str, length: usize) -> Self {
        let (nodes, open, expansion) = (Vec::new(), Vec::new(), Expansion::of(length));
        let has_anchors = false;
        Self { text, nodes, open, count: 0, has_anchors, expansion, encryption: None, line: None }
    }

    fn take(&mut self, event: &Event<'_>, span: &Span) -> Result<(), ConfigError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.expansion.scalar(*anchor, text.len());
                let raw = self.text.get(span.byte_range().unwrap_or(0..0)).unwrap_or_default();
                let kind = Kind::Scalar { text: Text::of(text, raw), style: *style };
                let node = self.node(kind, span, *anchor, tag.as_deref());
                self.encryption =
                    self.encryption.or_else(|| Encryption::of_value(text, node.tag()));
                self.nodes.push(node);
            }
            Event::Alias(anchor) => {
                let node = self.node(Kind::Alias(*anchor), span, 0, None);
                self.expansion.alias(*anchor, node.line() as u64)?;
                self.nodes.push(node);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.expansion.begin(*anchor);
                let is_flow = *style == StructureStyle::Flow;
                let kind = Kind::List { items: Box::default(), is_flow };
                let node = self.node(kind, span, *anchor, tag.as_deref());
                self.open.push((node, self.nodes.len()));
            }
            Event::MappingStart(style, anchor, tag) => {
                self.expansion.begin(*anchor);
                let is_flow = *style == StructureStyle::Flow;
                let kind = Kind::Mapping { pairs: Box::default(), is_flow };
                let node = self.node(kind, span, *anchor, tag.as_deref());
                self.open.push((node, self.nodes.len()));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.expansion.end();
                self.close(span);
            }
            _ => {}
        }
        self.check_count(span)
    }

    fn node(&mut self, kind: Kind<'t>, span: &Span, anchor: usize, tag: Option<&Tag>) -> Node<'t> {
        self.count += 1;
        self.has_anchors |= anchor != 0;
        let place = span.byte_range().unwrap_or(0..0);
        let tag = tag.map(ToString::to_string);
        let properties =
            (anchor != 0 || tag.is_some()).then(|| Box::new(Properties { anchor, tag }));
        Node {
            kind,
            start: position(place.start),
            end: position(place.end),
            line: self.line.unwrap_or_else(|| position(span.start.line())),
            column: position(span.start.col()),
            properties,
        }
    }

    /// Gives the collection that ends its children.
    fn close(&mut self, span: &Span) {
        let Some((mut node, first)) = self.open.pop() else { return };
        let mut children = self.nodes.drain(first..);
        let end = match &mut node.kind {
            Kind::List { items, .. } => {
                *items = children.by_ref().collect();
                items.last().map(|item| item.end)
            }
            Kind::Mapping { pairs, .. } => {
                let mut new = Vec::with_capacity(children.len() / 2);
                while let (Some(key), Some(value)) = (children.next(), children.next()) {
                    new.push((key, value));
                }
                *pairs = new.into_boxed_slice();
                pairs.last().map(|(key, value)| value.end.max(key.end))
            }
            Kind::Scalar { .. } | Kind::Alias(_) => None,
        };
        drop(children);
        let span_end = position(span.byte_range().map_or(0, |place| place.end));
        node.end = match end {
            _ if node.is_flow() => span_end,
            end => end.unwrap_or(span_end).max(node.start),
        };
        self.nodes.push(node);
    }

    fn check_count(&self, span: &Span) -> Result<(), ConfigError> {
        if self.count <= NODES {
            return Ok(());
        }
        let message =
            format!("this has more than {NODES} YAML nodes, too many for a configuration");
        let (line, column) = (span.start.line() as u64, span.start.col() as u64 + 1);
        Err(ConfigError::Yaml { line, column, message })
    }
}

/// Returns a position in a text, whose length a `u32` can hold.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Node<'_> {
    /// Returns the bytes that it occupies; for a collection in block style from its first child to
    /// its last.
    pub(super) fn place(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the line that it begins in, counted from 1.
    pub(super) fn line(&self) -> usize {
        self.line as usize
    }

    /// Returns the column that it begins in, in characters, counted from 0; for a list in block
    /// style that of its dashes.
    pub(super) fn column(&self) -> usize {
        self.column as usize
    }

    fn relocate(&mut self, line: &dyn Fn(u64) -> u64) {
        self.line = u32::try_from(line(u64::from(self.line))).unwrap_or(u32::MAX);
        match &mut self.kind {
            Kind::List { items, .. } => items.iter_mut().for_each(|item| item.relocate(line)),
            Kind::Mapping { pairs, .. } => pairs.iter_mut().for_each(|(key, value)| {
                key.relocate(line);
                value.relocate(line);
            }),
            Kind::Scalar { .. } | Kind::Alias(_) => {}
        }
    }

    /// Returns the number of its anchor; 0 for a node without one.
    pub(super) fn anchor(&self) -> usize {
        self.properties.as_ref().map_or(0, |properties| properties.anchor)
    }

    fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }

    /// Returns the text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is null: empty, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, style: ScalarStyle::Plain } => {
                matches!(&**text, "" | "~" | "null" | "Null" | "NULL")
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

    /// Returns the pairs of a mapping.
    pub(super) fn pairs(&self) -> &[(Self, Self)] {
        match &self.kind {
            Kind::Mapping { pairs, .. } => pairs,
            _ => &[],
        }
    }

    /// Returns the items of a list.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List { items, .. } => items,
            _ => &[],
        }
    }

    /// Returns the key and the value of this name.
    pub(super) fn get(&self, name: &str) -> Option<&(Self, Self)> {
        self.pairs().iter().find(|(key, _)| key.text() == Some(name))
    }

    /// Returns the key and the value of this name.
    ///
    /// # Errors
    /// [`EditError::RepeatedKey`] if the mapping has the key twice.
    pub(super) fn get_alone(&self, name: &str) -> Result<Option<&(Self, Self)>, EditError> {
        let mut found = self.pairs().iter().filter(|(key, _)| key.text() == Some(name));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(EditError::RepeatedKey { key: name.to_owned() }),
            (found, None) => Ok(found),
        }
    }

    /// Whether it is null and has a tag, which would become the tag of a value in its place.
    pub(super) fn is_tagged_null(&self) -> bool {
        self.is_null() && self.tag().is_some()
    }

    /// Whether it has a tag of another type than text.
    pub(super) fn is_tagged_otherwise(&self) -> bool {
        let is_text = |tag: &str| tag == "!" || tag.ends_with(":str") || tag.ends_with("!str");
        self.tag().is_some_and(|tag| !is_text(tag))
    }

    /// Returns a key that one mapping has twice, at any depth: parsers differ in which of the two
    /// counts.
    pub(super) fn repeated_key(&self) -> Option<&Self> {
        let mut seen = HashSet::new();
        let keys = self.pairs().iter().map(|(key, _)| key);
        let mut named = keys.filter_map(|key| Some((key, key.text()?)));
        let own = named.find(|(_, name)| !seen.insert(*name)).map(|(key, _)| key);
        let children = || self.items().iter().chain(self.pairs().iter().map(|(_, value)| value));
        own.or_else(|| children().find_map(Self::repeated_key))
    }

    /// Every node below this one, and itself, with the mapping that it is a value of.
    pub(super) fn each<'n>(
        &'n self,
        parent: Option<&'n Self>,
        visit: &mut dyn FnMut(&'n Self, Option<&'n Self>),
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

    /// Whether two nodes have the same contents, whatever their places and styles. A scalar or an alias
    /// that begins at one of these bytes must have the given text instead.
    pub(super) fn has_same_contents(&self, other: &Self, replaced: &Replaced) -> bool {
        let is_alike = match (&self.kind, &other.kind) {
            (Kind::Scalar { .. } | Kind::Alias(_), _) if self.replacement(replaced).is_some() => {
                other.text() == self.replacement(replaced)
            }
            (Kind::Scalar { text, style }, Kind::Scalar { text: other, style: others }) => {
                // Without quotes `true` is not a text, and `$…` is.
                let is_plain = |style: &ScalarStyle| *style == ScalarStyle::Plain;
                **text == **other && (is_plain(style) == is_plain(others) || text.starts_with('$'))
            }
            (Kind::Alias(anchor), Kind::Alias(other)) => anchor == other,
            (Kind::List { items, .. }, Kind::List { items: others, .. }) => {
                let mut both = items.iter().zip(others);
                items.len() == others.len()
                    && both.all(|(item, other)| item.has_same_contents(other, replaced))
            }
            (Kind::Mapping { pairs, .. }, Kind::Mapping { pairs: others, .. }) => {
                let mut both = pairs.iter().zip(others);
                let is_same_key = |key: &Self, other: &Self| match (key.text(), other.text()) {
                    (Some(key), Some(other)) => key == other,
                    _ => key.has_same_contents(other, replaced),
                };
                pairs.len() == others.len()
                    && both.all(|((key, value), (other_key, other_value))| {
                        is_same_key(key, other_key)
                            && value.has_same_contents(other_value, replaced)
                    })
            }
            _ => false,
        };
        is_alike && self.properties == other.properties
    }

    /// Whether an alias below this node refers to one of these anchors.
    pub(super) fn has_alias_of(&self, anchors: &[usize]) -> bool {
        let mut has = false;
        self.each(None, &mut |node, _| {
            has |= matches!(node.kind, Kind::Alias(anchor) if anchors.contains(&anchor));
        });
        has
    }

    fn change_texts(&mut self, change: &dyn Fn(&str) -> Option<String>) {
        match &mut self.kind {
            Kind::Scalar { text, .. } => {
                if let Some(changed) = change(text) {
                    *text = Text::owned(changed);
                }
            }
            Kind::List { items, .. } => items.iter_mut().for_each(|item| item.change_texts(change)),
            Kind::Mapping { pairs, .. } => {
                pairs.iter_mut().for_each(|(_, value)| value.change_texts(change));
            }
            Kind::Alias(_) => {}
        }
    }

    /// Returns the text that replaces this node.
    fn replacement<'r>(&self, replaced: &'r Replaced) -> Option<&'r str> {
        if replaced.is_empty() || self.place().is_empty() {
            return None;
        }
        replaced.get(&self.place().start).map(|text| &***text)
    }
}

/// Nodes without a place in a text, for comparison.
impl<'t> Node<'t> {
    fn new(kind: Kind<'t>) -> Self {
        Self { kind, start: 0, end: 0, line: 0, column: 0, properties: None }
    }

    pub(super) fn quoted(text: &str) -> Self {
        let text = Text::owned(text.to_owned());
        Self::new(Kind::Scalar { text, style: ScalarStyle::SingleQuoted })
    }

    pub(super) fn plain(text: &str) -> Self {
        let text = Text::owned(text.to_owned());
        Self::new(Kind::Scalar { text, style: ScalarStyle::Plain })
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::new(Kind::List { items: items.into(), is_flow: false })
    }

    pub(super) fn mapping(pairs: Vec<(Self, Self)>) -> Self {
        Self::new(Kind::Mapping { pairs: pairs.into(), is_flow: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_node_is_small() {
        assert_eq!(size_of::<Node<'_>>(), 48);
    }

    #[test]
    fn only_texts_that_differ_from_the_source_are_copied() {
        let documents =
            Documents::parse("- a b\n- 'c'\n- \"d\"\n- 'it''s'\n- \"\\n\"\n- x {{ y }}\n").unwrap();
        let texts = documents.roots[0].items().iter().map(|item| match &item.kind {
            Kind::Scalar { text: Text::Source(text), .. } => (*text, true),
            Kind::Scalar { text, .. } => (&**text, false),
            _ => unreachable!(),
        });
        let expected = [
            ("a b", true),
            ("c", true),
            ("d", true),
            ("it's", false),
            ("\n", false),
            ("x xxxxxxx", false),
        ];
        assert_eq!(texts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nodes_know_their_places() {
        let text = "a:\n  - id: 'x'  # c\n    s: |-\n      y\n\nb: {c: [1, 2]}\n";
        let documents = Documents::parse(text).unwrap();
        let list = &documents.roots[0].get("a").unwrap().1;
        assert_eq!((list.column(), list.items().len()), (2, 1));
        let (_, id) = list.items()[0].get("id").unwrap();
        assert_eq!(&text[id.place()], "'x'");
        let (_, b) = documents.roots[0].get("b").unwrap();
        assert_eq!(&text[b.place()], "{c: [1, 2]}");
        assert_eq!(&text[b.get("c").unwrap().1.place()], "[1, 2]");
    }
}
