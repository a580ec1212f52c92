//! Text that is added to a mapping, in the mapping's own style.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Kind, Node};
use super::super::lines::{line_end, line_start, next_line};
use super::super::template::is_block_end;

/// The bytes to replace, and the new text.
pub(super) type Insertion = (Range<usize>, String);

/// Keys with their values that are added to a mapping, or the first value of a key.
pub(super) trait Addition {
    /// Returns it in block style, as lines that begin at a column.
    fn block(&self, column: usize) -> String;

    /// Returns the pairs in flow style.
    fn pairs(&self) -> Vec<String>;

    /// Returns the value in flow style that a key without a value gets.
    fn value(&self) -> String;

    /// Returns the number of columns from a key to those below it.
    fn step(&self) -> usize;
}

/// Adds to a mapping, or to the null value that becomes one. `parent` is the mapping that it is a value
/// of, or itself if it is the document.
pub(super) fn in_mapping(yaml: &str, new: &dyn Addition, parent: &Node, node: &Node) -> Insertion {
    let is_document = std::ptr::eq(parent, node);
    match () {
        () if node.is_null() && is_document && node.place().is_empty() => appended(yaml, new),
        () if node.is_null() && is_document => instead_of_document(yaml, new, node),
        () if node.is_null() => instead_of(yaml, new, parent, node),
        () if node.is_flow() => in_flow_mapping(yaml, new, node),
        () => after(yaml, node, node.column(), &new.block(node.column())),
    }
}

/// Adds at the end of a text without contents.
pub(super) fn appended(yaml: &str, new: &dyn Addition) -> Insertion {
    let (position, text) = inserted(yaml, yaml.len(), &new.block(0));
    (position..position, text)
}

/// Replaces the `null` or `~` that is all of a document.
fn instead_of_document(yaml: &str, new: &dyn Addition, document: &Node) -> Insertion {
    let start = line_start(yaml, document.place().start);
    let is_first = yaml[start..document.place().start].trim_start_matches('\u{feff}').is_empty();
    let text = new.block(0);
    let text = if is_first { text } else { format!("\n{text}") };
    (document.place(), text.trim_end().to_owned())
}

/// Replaces an empty value: `~`, `null`, `[]`, `{}` or nothing.
pub(super) fn instead_of(yaml: &str, new: &dyn Addition, parent: &Node, value: &Node) -> Insertion {
    let pair = parent.pairs().iter().find(|(_, child)| std::ptr::eq(child, value));
    let Some((key, _)) = pair else { return (yaml.len()..yaml.len(), String::new()) };
    if parent.is_flow() {
        return in_line(yaml, key, value, &new.value());
    }
    let lines = new.block(key.column() + new.step());
    // The rest of the line, such as a comment, stays there.
    let colon = after_colon(yaml, key);
    let value_end = value.place().end.max(colon);
    let position = next_line(yaml, value_end);
    let rest = yaml[value_end..position].to_owned();
    let (_, text) = inserted(yaml, position, &lines);
    let rest = if rest.trim().is_empty() { rest.trim_start_matches([' ', '\t']) } else { &rest };
    (colon..position, format!("{rest}{text}"))
}

/// Replaces an empty value by a text in the same line.
pub(super) fn in_line(yaml: &str, key: &Node, value: &Node, text: &str) -> Insertion {
    if value.place().is_empty() {
        let colon = after_colon(yaml, key);
        return (colon..colon, format!(" {text}"));
    }
    (value.place(), text.to_owned())
}

/// Returns the byte after the colon of a key.
fn after_colon(yaml: &str, key: &Node) -> usize {
    key.place().end + yaml[key.place().end..].find(':').map_or(0, |at| at + 1)
}

/// Adds pairs in flow style, after those of a mapping.
fn in_flow_mapping(yaml: &str, new: &dyn Addition, node: &Node) -> Insertion {
    let pairs = new.pairs();
    match node.pairs().last() {
        Some((key, value)) => {
            let last = if value.place().end > key.place().end { value } else { key };
            let begins = key.place().start;
            let at = into_flow(yaml, last, node.place().end - 1, &pairs);
            (at.0, on_own_line(yaml, begins, at.1))
        }
        None => (node.place().start + 1..node.place().start + 1, pairs.join(", ")),
    }
}

/// Lines after the last line of a node and after its own comments: those that are farther right than
/// its column.
pub(super) fn after(yaml: &str, node: &Node, column: usize, lines: &str) -> Insertion {
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
pub(super) fn into_flow(yaml: &str, last: &Node, end: usize, texts: &[String]) -> Insertion {
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
