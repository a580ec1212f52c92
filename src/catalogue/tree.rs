//! Settings whose labels are paths, as the nested mappings and lists that they stand for.

use std::fmt::Write as _;

use super::settings::{Scalar, Set, scalar};
use crate::authelia::single_quoted;

/// A mapping, a list or a value; borrowed, for a value may be a secret.
pub(super) enum Tree<'a> {
    Mapping(Vec<(&'a str, Tree<'a>)>),
    List(Vec<Tree<'a>>),
    /// Lines of YAML within a text of YAML.
    Block(Vec<(&'a str, Tree<'a>)>),
    Value(&'a Set),
}

/// A step of a path: a name, the name of a text that is YAML itself, or a place in a list.
enum Step<'a> {
    Name(&'a str),
    Block(&'a str),
    Index(usize),
}

impl<'a> Tree<'a> {
    /// The documents that the settings make: a path that is there already begins another one.
    pub(super) fn of(sets: &'a [Set]) -> Vec<Self> {
        let mut documents = vec![Self::Mapping(Vec::new())];
        for set in sets {
            let path = path(&set.label);
            if documents.last().is_some_and(|document| document.has(&path)) {
                documents.push(Self::Mapping(Vec::new()));
            }
            if let Some(document) = documents.last_mut() {
                document.put(&path, set);
            }
        }
        documents
    }

    fn has(&self, path: &[Step<'a>]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        let child = match (self, first) {
            (Self::Mapping(pairs) | Self::Block(pairs), Step::Name(name) | Step::Block(name)) => {
                pairs.iter().find(|(key, _)| key == name).map(|(_, child)| child)
            }
            (Self::List(items), Step::Index(index)) => items.get(*index),
            _ => None,
        };
        child.is_some_and(|child| child.has(rest))
    }

    fn put(&mut self, path: &[Step<'a>], set: &'a Set) {
        let Some((first, rest)) = path.split_first() else {
            *self = Self::Value(set);
            return;
        };
        let empty = || match rest.first() {
            Some(Step::Index(_)) => Self::List(Vec::new()),
            _ => Self::Mapping(Vec::new()),
        };
        let child = match (self, first) {
            (Self::Mapping(pairs) | Self::Block(pairs), Step::Name(name) | Step::Block(name)) => {
                let index = pairs.iter().position(|(key, _)| key == name);
                let index = index.unwrap_or_else(|| {
                    let is_block = matches!(first, Step::Block(_));
                    pairs.push((name, if is_block { Self::Block(Vec::new()) } else { empty() }));
                    pairs.len() - 1
                });
                &mut pairs[index].1
            }
            (Self::List(items), Step::Index(index)) => {
                while items.len() <= *index {
                    items.push(empty());
                }
                &mut items[*index]
            }
            _ => return,
        };
        child.put(rest, set);
    }

    /// In YAML's block style.
    pub(super) fn yaml(&self) -> String {
        let mut text = String::new();
        self.write_yaml(&mut text, 0, false);
        text
    }

    /// Writes the lines, the first without its indentation if it goes on behind a dash.
    fn write_yaml(&self, text: &mut String, indent: usize, goes_on: bool) {
        let lead = |first: bool| if first && goes_on { 0 } else { indent };
        // Writing to a string cannot fail.
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                for (index, (key, child)) in pairs.iter().enumerate() {
                    let _ = write!(text, "{:1$}{key}:", "", lead(index == 0));
                    child.write_behind_key(text, indent);
                }
            }
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let _ = write!(text, "{:1$}- ", "", lead(index == 0));
                    item.write_yaml(text, indent + 2, true);
                }
            }
            Self::Value(set) => {
                let scalar = |text: &String| {
                    if set.is_variable() { single_quoted(text) } else { plain(text) }
                };
                let _ = writeln!(text, "{}", set.texts.iter().map(scalar).collect::<String>());
            }
        }
    }

    fn write_behind_key(&self, text: &mut String, indent: usize) {
        match self {
            Self::Value(set) if set.is_list && !set.texts.is_empty() => {
                text.push('\n');
                for item in set.texts.iter() {
                    let _ = writeln!(text, "{:1$}- {2}", "", indent + 2, plain(item));
                }
            }
            Self::Value(set) if set.is_list => text.push_str(" []\n"),
            Self::Value(_) => {
                text.push(' ');
                self.write_yaml(text, indent, true);
            }
            Self::Block(_) => {
                text.push_str(" |\n");
                self.write_yaml(text, indent + 2, false);
            }
            _ => {
                text.push('\n');
                self.write_yaml(text, indent + 2, false);
            }
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text, 0);
        text + "\n"
    }

    fn write_json(&self, text: &mut String, indent: usize) {
        let inner = indent + 2;
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                enclosed(text, ('{', '}'), indent, pairs, |text, (key, child)| {
                    let _ = write!(text, "{}: ", quoted(key));
                    child.write_json(text, inner);
                });
            }
            Self::List(items) => {
                enclosed(text, ('[', ']'), indent, items, |text, item| {
                    item.write_json(text, inner);
                });
            }
            Self::Value(set) if set.is_list => {
                enclosed(text, ('[', ']'), indent, &set.texts, |text, item| {
                    text.push_str(&quoted(item));
                });
            }
            Self::Value(set) => {
                let value = set.line_of_one();
                let is_json = value.starts_with(['{', '['])
                    && serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok();
                match scalar(value) {
                    Scalar::Text if !is_json => text.push_str(&quoted(value)),
                    _ => text.push_str(value),
                }
            }
        }
    }
}

impl Set {
    /// Whether it is a variable in a Compose file, where `true` would be refused.
    fn is_variable(&self) -> bool {
        self.label.starts_with("services.") && self.label.contains(".environment.")
    }

    /// The text of a value that is no list.
    fn line_of_one(&self) -> &str {
        self.texts.first().map_or("", |text| text)
    }
}

/// Writes items between brackets, each in a line of its own.
fn enclosed<T>(
    text: &mut String,
    (open, close): (char, char),
    indent: usize,
    items: &[T],
    write: impl Fn(&mut String, &T),
) {
    text.push(open);
    for (index, item) in items.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', indent + 2));
        write(text, item);
    }
    if !items.is_empty() {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', indent));
    }
    text.push(close);
}

/// A scalar of YAML.
fn plain(text: &str) -> String {
    match scalar(text) {
        Scalar::Text => single_quoted(text),
        Scalar::Other => text.to_owned(),
    }
}

/// The steps of `a.b[0].c`; `a.b>.c` is the key `c` of the YAML in the text `a.b`.
fn path(label: &str) -> Vec<Step<'_>> {
    let (block, rest) = match label.split_once(">.") {
        Some((block, rest)) => (Some(block), rest),
        None => (None, label),
    };
    let mut steps: Vec<_> = block.map(Step::Block).into_iter().collect();
    for part in rest.split('.') {
        let (name, mut indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        steps.push(Step::Name(name));
        while let Some((index, behind)) = indices.strip_prefix('[').and_then(|s| s.split_once(']'))
        {
            steps.push(Step::Index(index.parse().unwrap_or(0)));
            indices = behind;
        }
    }
    steps
}
