//! Clients that are added to the text of a configuration, in its own style.

use super::super::document::{Kind, Node};
use super::super::entry::{NewEntry, Schema};
use super::super::error::EditError;
use super::super::lines::line_start;
use super::super::path::Path;
use super::mapping::{Addition, Insertion, after, appended, in_mapping, instead_of, into_flow};
use crate::error::Error;

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
        let Some(root) = root else {
            let missing = &self.path.keys_from(0);
            return Ok(appended(self.yaml, &Below { new: self, missing }));
        };
        let found = self.path.find(root)?;
        let (nodes, missing) = (found.nodes, &found.missing[..]);
        self.ensure_unshared(root, &nodes)?;
        let parent = if nodes.len() > 1 { nodes[nodes.len() - 2] } else { root };
        let node = nodes.last().copied().unwrap_or(root);
        if node.is_tagged_null() || (node.is_null() && self.has_tab_after(node)) {
            return Err(EditError::UnsupportedYaml.into());
        }
        if let Kind::List { items, .. } = &node.kind {
            return Ok(self.in_list(parent, node, items));
        }
        Ok(in_mapping(self.yaml, &Below { new: self, missing }, parent, node))
    }

    /// Whether the next line of a value begins with a tab. The lines of a scalar may, for Authelia's parser, and
    /// those of a mapping may not.
    fn has_tab_after(&self, node: &Node) -> bool {
        let after = &self.yaml[node.place().end..];
        let blank = &after[..after.len() - after.trim_start().len()];
        blank.contains("\n\t") || blank.contains("\r\t")
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
            instead_of(self.yaml, &Below { new: self, missing: &[] }, parent, clients)
        } else {
            self.in_flow_list(clients, items)
        }
    }

    /// Returns the lines of the clients: their dashes are in a column, and their keys follow after
    /// a gap.
    fn block(&self, column: usize, gap: usize) -> String {
        let lines =
            (self.escaped)(self.entries.iter().map(|entry| entry.yaml(self.schema)).collect());
        let (column, gap) = (" ".repeat(column), " ".repeat(gap.saturating_sub(2)));
        let lines = lines.lines().map(|line| {
            let (lead, rest) = line.split_at(2);
            format!("{column}{lead}{gap}{rest}\n")
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

    /// Items in flow style, after those of a list.
    fn in_flow_list(&self, clients: &Node, items: &[Node]) -> Insertion {
        let texts: Vec<String> = self.items_in_flow();
        let Some(last) = items.last() else {
            let position = clients.place().end - 1;
            return (position..position, texts.join(", "));
        };
        into_flow(self.yaml, last, clients.place().end - 1, &texts)
    }

    fn items_in_flow(&self) -> Vec<String> {
        self.entries.iter().map(|entry| (self.escaped)(entry.json(self.schema))).collect()
    }
}

/// The list of clients, below keys that are missing.
struct Below<'a> {
    new: &'a New<'a>,
    missing: &'a [&'a str],
}

impl Below<'_> {
    /// Returns the list in flow style, below some of the keys.
    fn flow(&self, keys: &[&str]) -> String {
        let list = format!("[{}]", self.new.items_in_flow().join(", "));
        keys.iter().rev().fold(list, |inner, name| format!("{{\"{name}\": {inner}}}"))
    }
}

impl Addition for Below<'_> {
    fn block(&self, column: usize) -> String {
        let step = self.step();
        let key = |(depth, name): (usize, &&str)| " ".repeat(column + step * depth) + name + ":\n";
        let keys: Vec<String> = self.missing.iter().enumerate().map(key).collect();
        keys.concat() + &self.new.block(column + step * self.missing.len(), 2)
    }

    fn pairs(&self) -> Vec<String> {
        let pair = |(first, rest): (&&str, &[&str])| format!("\"{first}\": {}", self.flow(rest));
        self.missing.split_first().map(pair).into_iter().collect()
    }

    fn value(&self) -> String {
        self.flow(self.missing)
    }

    fn step(&self) -> usize {
        2
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
