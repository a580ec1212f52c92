//! Clients that are added to the text of a configuration, in its own style.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Kind, Node};
use super::super::entry::{NewEntry, Schema};
use super::super::error::EditError;
use super::super::lines::{line_end, line_start, next_line};
use super::super::path::Path;
use super::super::template::is_block_end;
use crate::error::Error;

/// The bytes to replace, and the new text.
type Insertion = (Range<usize>, String);

/// Clients that are to be added to a text.
pub(super) struct New<'a> {
    pub(super) yaml: &'a str,
    pub(super) entries: &'a [NewEntry],
    pub(super) schema: Schema,
    /// The path of the list of clients.
    pub(super) path: &'a Path,
    /// How the file's own program, such as Compose, has a text written.
    pub(super) escaped: fn(String) -> String,
}

impl New<'_> {
    /// Returns the insertion into a document; `None` for a text without documents.
    pub(super) fn insertion(&self, root: Option<&Node>) -> Result<Insertion, Error> {
        let Some(root) = root else { return Ok(self.appended(&self.path.keys_from(0))) };
        let found = self.path.find(root)?;
        let (nodes, missing) = (found.nodes, &found.missing[..]);
        self.ensure_unshared(root, &nodes)?;
        let parent = if nodes.len() > 1 { nodes[nodes.len() - 2] } else { root };
        let node = nodes.last().copied().unwrap_or(root);
        if let Kind::List { items, .. } = &node.kind {
            return Ok(self.in_list(parent, node, items));
        }
        Ok(match () {
            () if node.is_null() && nodes.is_empty() && node.place().is_empty() => {
                self.appended(missing)
            }
            () if node.is_null() && nodes.is_empty() => self.instead_of_document(node, missing),
            () if node.is_null() => self.instead_of(parent, node, missing),
            () if node.is_flow() => self.in_flow_mapping(node, missing),
            () => after(self.yaml, node, node.column(), &self.nested(missing, node.column())),
        })
    }

    /// Checks that no alias refers to the nodes that are added to.
    fn ensure_unshared(&self, root: &Node, found: &[&Node]) -> Result<(), Error> {
        let anchors: Vec<usize> = found.iter().map(|node| node.anchor()).collect();
        if root.has_alias_of(&anchors) {
            Err(EditError::Shared { key: self.path.to_string() }.into())
        } else {
            Ok(())
        }
    }

    fn in_list(&self, parent: &Node, clients: &Node, items: &[Node]) -> Insertion {
        let inside = || self.yaml[clients.place().start + 1..clients.place().end - 1].trim();
        if !clients.is_flow() {
            self.after_items(clients, items)
        } else if items.is_empty() && !parent.is_flow() && inside().is_empty() {
            self.instead_of(parent, clients, &[])
        } else {
            self.in_flow_list(clients, items)
        }
    }

    /// At the end of a text without contents.
    fn appended(&self, missing: &[&str]) -> Insertion {
        let (position, text) = inserted(self.yaml, self.yaml.len(), &self.nested(missing, 0));
        (position..position, text)
    }

    /// Instead of the `null` or `~` that is all of a document.
    fn instead_of_document(&self, document: &Node, missing: &[&str]) -> Insertion {
        let start = line_start(self.yaml, document.place().start);
        let is_first =
            self.yaml[start..document.place().start].trim_start_matches('\u{feff}').is_empty();
        let text = self.nested(missing, 0);
        let text = if is_first { text } else { format!("\n{text}") };
        (document.place(), text.trim_end().to_owned())
    }

    /// Returns the lines of the clients below keys that are missing, each line indented.
    fn nested(&self, missing: &[&str], column: usize) -> String {
        let key = |(depth, name): (usize, &&str)| format!("{:1$}{name}:\n", "", column + 2 * depth);
        let keys: Vec<String> = missing.iter().enumerate().map(key).collect();
        keys.concat() + &self.block(column + 2 * missing.len(), 2)
    }

    /// Returns the lines of the clients: their dashes are in a column, and their keys follow after
    /// a gap.
    fn block(&self, column: usize, gap: usize) -> String {
        let lines =
            (self.escaped)(self.entries.iter().map(|entry| entry.yaml(self.schema)).collect());
        let lines = lines.lines().map(|line| {
            let (lead, rest) = line.split_at(2);
            format!("{:column$}{lead:gap$}{rest}\n", "")
        });
        lines.collect::<Vec<_>>().concat()
    }

    /// After the last item of a list in block style.
    fn after_items(&self, clients: &Node, items: &[Node]) -> Insertion {
        let column = items.last().map_or(clients.column(), |item| dash_column(self.yaml, item));
        let gap = items.last().map_or(2, |item| {
            let line = &self.yaml[line_start(self.yaml, item.place().start)..item.place().start];
            let is_after_dash = line.trim_start().starts_with('-') && !item.is_flow();
            if is_after_dash { item.column().saturating_sub(column).max(2) } else { 2 }
        });
        after(self.yaml, clients, column, &self.block(column, gap))
    }

    /// Instead of an empty value: `~`, `null`, `[]` or nothing.
    fn instead_of(&self, parent: &Node, value: &Node, missing: &[&str]) -> Insertion {
        let pair = parent.pairs().iter().find(|(_, child)| std::ptr::eq(child, value));
        let Some((key, _)) = pair else { return (self.yaml.len()..self.yaml.len(), String::new()) };
        if parent.is_flow() {
            let text = self.flow(missing);
            if value.place().is_empty() {
                let colon =
                    key.place().end + self.yaml[key.place().end..].find(':').unwrap_or(0) + 1;
                return (colon..colon, format!(" {text}"));
            }
            return (value.place(), text);
        }
        let lines = self.nested(missing, key.column() + 2);
        // The rest of the line, such as a comment, stays there.
        let colon = key.place().end + self.yaml[key.place().end..].find(':').map_or(0, |at| at + 1);
        let value_end = value.place().end.max(colon);
        let position = next_line(self.yaml, value_end);
        let rest = self.yaml[value_end..position].to_owned();
        let (_, text) = inserted(self.yaml, position, &lines);
        let rest =
            if rest.trim().is_empty() { rest.trim_start_matches([' ', '\t']) } else { &rest };
        (colon..position, format!("{rest}{text}"))
    }

    /// Items in flow style, after those of a list.
    fn in_flow_list(&self, clients: &Node, items: &[Node]) -> Insertion {
        let texts: Vec<String> = self.items_in_flow();
        let Some(last) = items.last() else {
            let position = clients.place().end - 1;
            return (position..position, texts.join(", "));
        };
        into_flow(self.yaml, last, clients.place().end - 1, &texts)
    }

    /// Returns a pair in flow style, after those of a mapping.
    fn in_flow_mapping(&self, node: &Node, missing: &[&str]) -> Insertion {
        let (first, rest) = (missing[0], &missing[1..]);
        let text = format!("\"{first}\": {}", self.flow(rest));
        match node.pairs().last() {
            Some((key, value)) => {
                let last = if value.place().end > key.place().end { value } else { key };
                let begins = key.place().start;
                let at = into_flow(self.yaml, last, node.place().end - 1, &[text]);
                (at.0, on_own_line(self.yaml, begins, at.1))
            }
            None => (node.place().start + 1..node.place().start + 1, text),
        }
    }

    fn items_in_flow(&self) -> Vec<String> {
        self.entries.iter().map(|entry| (self.escaped)(entry.json(self.schema))).collect()
    }

    /// Returns a list of clients in flow style, below keys that are missing.
    fn flow(&self, missing: &[&str]) -> String {
        let list = format!("[{}]", self.items_in_flow().join(", "));
        missing.iter().rev().fold(list, |inner, name| format!("{{\"{name}\": {inner}}}"))
    }
}

/// Returns the column of the dash of an item, which may be alone in a line above.
fn dash_column(yaml: &str, item: &Node) -> usize {
    let above = &yaml[..item.place().start];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let before = yaml[line_start(yaml, item.place().start)..item.place().start].trim_end();
    if before.ends_with('-') {
        return before.len() - 1;
    }
    above.rsplit(['\n', '\r']).find(|line| line.trim_start().starts_with('-')).map_or(0, indent)
}

/// Lines after the last line of a node and after its own comments: those that are farther right than
/// its column.
fn after(yaml: &str, node: &Node, column: usize, lines: &str) -> Insertion {
    let mut position = next_line(yaml, content_end(yaml, node));
    loop {
        let line = &yaml[position..next_line(yaml, position)];
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        let is_own_comment = text.starts_with('#') && indent > column;
        if line.is_empty() || !(is_own_comment || is_block_end(text)) {
            break;
        }
        position += line.len();
    }
    let (position, text) = inserted(yaml, position, lines);
    match must_be_stripped(yaml, node) {
        Some(indicator) => {
            (indicator + 1..position, format!("-{}{text}", &yaml[indicator + 1..position]))
        }
        None => (position..position, text),
    }
}

/// Returns the last node within a node.
fn last_leaf<'n>(node: &'n Node<'n>) -> &'n Node<'n> {
    let mut last = node;
    loop {
        let deeper = match &last.kind {
            Kind::List { items, is_flow: false } => items.last(),
            Kind::Mapping { pairs, is_flow: false } => pairs
                .last()
                .map(|(key, value)| if value.place().end > key.place().end { value } else { key }),
            _ => None,
        };
        match deeper {
            Some(deeper) => last = deeper,
            None => return last,
        }
    }
}

/// Returns the indicator (`|` or `>`) of a block at the end of a text without a line end. Lines
/// after it would add a line end to its value, so that it must be stripped.
fn must_be_stripped(yaml: &str, node: &Node) -> Option<usize> {
    let last = last_leaf(node);
    let Kind::Scalar { text, style: ScalarStyle::Literal | ScalarStyle::Folded } = &last.kind
    else {
        return None;
    };
    let is_open = last.place().end == yaml.len() && !yaml.ends_with(['\n', '\r']);
    let above = yaml[..line_start(yaml, last.place().start)].trim_end();
    let header = &above[line_start(above, above.len())..];
    let header = header.split(" #").next().unwrap_or_default();
    let indicator = header.rfind(['|', '>'])?;
    let is_stripped = header[indicator..].contains('-');
    (is_open && !text.ends_with('\n') && !is_stripped)
        .then(|| line_start(above, above.len()) + indicator)
}

/// Returns the end of the contents of a node. A block that keeps its last line ends includes them.
fn content_end(yaml: &str, node: &Node) -> usize {
    let last = last_leaf(node);
    let content = &yaml[last.place()];
    match &last.kind {
        Kind::Scalar { text, style: ScalarStyle::Literal | ScalarStyle::Folded } => {
            let keeps = text.len() - text.trim_end_matches('\n').len() > 1;
            let end = last.place().start + content.trim_end().len();
            if keeps { line_start(yaml, last.place().end).saturating_sub(1).max(end) } else { end }
        }
        _ => last.place().end,
    }
}

/// Lines at a position, with the text's own line ends. At the end of a text without a line end, one
/// comes before them and none after.
fn inserted(yaml: &str, position: usize, lines: &str) -> (usize, String) {
    let end = line_end(yaml);
    let text = lines.replace('\n', end);
    let is_line_start = position == 0 || yaml[..position].ends_with(['\n', '\r']);
    if is_line_start {
        (position, text)
    } else {
        (position, format!("{end}{}", text.trim_end_matches(['\n', '\r'])))
    }
}

/// Texts after the last part of a collection in flow style, which ends at a byte. A trailing comma stays
/// a trailing comma.
fn into_flow(yaml: &str, last: &Node, end: usize, texts: &[String]) -> Insertion {
    let between = &yaml[last.place().end..end];
    let comma = between.find(',').filter(|at| !between[..*at].contains('#'));
    let joined = texts.join(", ");
    let position = last.place().end + comma.map_or(0, |at| at + 1);
    let text = if comma.is_some() { format!(" {joined},") } else { format!(", {joined}") };
    (position..position, on_own_line(yaml, last.place().start, text))
}

/// Puts a text in its own line, if the part before it has one.
fn on_own_line(yaml: &str, before: usize, text: String) -> String {
    let line = &yaml[line_start(yaml, before)..before];
    if line.is_empty() || !line.trim().is_empty() || text.contains(['\n', '\r']) {
        return text;
    }
    let (comma, rest) = match text.strip_prefix(", ") {
        Some(rest) => (",", rest),
        None => ("", text.trim_start()),
    };
    format!("{comma}{}{line}{rest}", line_end(yaml))
}
