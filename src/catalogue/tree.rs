//! Settings whose labels are paths, as the nested mappings and lists that they stand for.

use std::fmt::Write as _;

use super::settings::{Form, Refused, Set};
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
    /// The documents that the settings make. In YAML a path that is taken already begins another
    /// one; other forms have no more than one.
    pub(super) fn of(sets: &'a [Set], form: Form) -> Result<Vec<Self>, Refused> {
        let mut documents = vec![Self::Mapping(Vec::new())];
        for set in sets {
            let path = path(&set.label).map_err(|why| set.refused(why))?;
            if documents.last().is_some_and(|document| document.blocks(&path)) {
                if form != Form::Yaml {
                    return Err(set.refused("its place is taken by another setting"));
                }
                documents.push(Self::Mapping(Vec::new()));
            }
            if let Some(document) = documents.last_mut() {
                document.put(&path, set).map_err(|why| set.refused(why))?;
            }
        }
        Ok(documents)
    }

    /// Whether something at the path, or on the way to it, leaves no place for it.
    fn blocks(&self, path: &[Step<'a>]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        let child = match (self, first) {
            (Self::Mapping(pairs) | Self::Block(pairs), Step::Name(name) | Step::Block(name)) => {
                pairs.iter().find(|(key, _)| key == name).map(|(_, child)| child)
            }
            (Self::List(items), Step::Index(index)) => items.get(*index),
            _ => return true,
        };
        child.is_some_and(|child| child.blocks(rest))
    }

    fn put(&mut self, path: &[Step<'a>], set: &'a Set) -> Result<(), &'static str> {
        let Some((first, rest)) = path.split_first() else {
            *self = Self::Value(set);
            return Ok(());
        };
        let empty = || match (first, rest.first()) {
            (Step::Block(_), _) => Self::Block(Vec::new()),
            (_, Some(Step::Index(_))) => Self::List(Vec::new()),
            _ => Self::Mapping(Vec::new()),
        };
        let child = match (self, first) {
            (Self::Mapping(pairs) | Self::Block(pairs), Step::Name(name) | Step::Block(name)) => {
                let index = pairs.iter().position(|(key, _)| key == name);
                let index = index.unwrap_or_else(|| {
                    pairs.push((name, empty()));
                    pairs.len() - 1
                });
                &mut pairs[index].1
            }
            (Self::List(items), Step::Index(index)) if *index <= items.len() => {
                if *index == items.len() {
                    items.push(empty());
                }
                &mut items[*index]
            }
            _ => return Err("its name skips an item of a list"),
        };
        child.put(rest, set)
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
                    let _ = write!(text, "{:1$}{2}:", "", lead(index == 0), yaml_key(key));
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
                let _ = writeln!(text, "{}", set.yaml());
            }
        }
    }

    fn write_behind_key(&self, text: &mut String, indent: usize) {
        match self {
            Self::Value(set) if set.is_list && !set.texts.is_empty() => {
                text.push('\n');
                for item in set.texts.iter() {
                    let item = if set.is_bare(item) { item.clone() } else { single_quoted(item) };
                    let _ = writeln!(text, "{:1$}- {item}", "", indent + 2);
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
                let value = set.texts.first().map_or("", |text| text);
                // As for numbers, only the catalogue says that a text is an object or a list.
                let is_json = set.is_literal
                    && value.starts_with(['{', '['])
                    && serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok();
                text.push_str(&if is_json { value.to_owned() } else { set.quoted(quoted) });
            }
        }
    }
}

impl Set {
    /// Whether it is a variable in a Compose file, where `true` would be refused.
    fn is_variable(&self) -> bool {
        self.label.starts_with("services.") && self.label.contains(".environment.")
    }

    /// The value as YAML, in one line.
    fn yaml(&self) -> String {
        if self.is_variable() && !self.is_list {
            single_quoted(&self.line())
        } else {
            self.quoted(single_quoted)
        }
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

/// A key of YAML, between quotes unless it is a name in every version of YAML.
pub(super) fn yaml_key(name: &str) -> String {
    /// Words that YAML 1.1 reads as truth values or as nothing.
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = WORDS.contains(&&*name.to_ascii_lowercase());
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_name && !is_word { name.to_owned() } else { single_quoted(name) }
}

/// The steps of `a.b[0].c`; `a.b>.c` is the key `c` of the YAML in the text `a.b`.
fn path(label: &str) -> Result<Vec<Step<'_>>, &'static str> {
    /// Far more than any file has, and few enough for functions that call themselves.
    const DEEPEST: usize = 64;
    let (block, rest) = match label.split_once(">.") {
        Some((block, rest)) => (Some(block), rest),
        None => (None, label),
    };
    let mut steps: Vec<_> = block.map(Step::Block).into_iter().collect();
    for part in rest.split('.') {
        let (name, mut indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        steps.push(Step::Name(name));
        while !indices.is_empty() {
            let index = indices.strip_prefix('[').and_then(|s| s.split_once(']'));
            let index = index.and_then(|(index, behind)| Some((index.parse().ok()?, behind)));
            let (index, behind) = index.ok_or("the brackets in its name hold no number")?;
            steps.push(Step::Index(index));
            indices = behind;
        }
    }
    if steps.len() > DEEPEST { Err("its name has more than 64 levels") } else { Ok(steps) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn sets(labels: &[&str]) -> Vec<Set> {
        let set = |label: &&str| Set {
            label: (*label).to_owned(),
            texts: Zeroizing::new(vec!["1".to_owned()]),
            is_list: false,
            is_literal: false,
        };
        labels.iter().map(set).collect()
    }

    #[test]
    fn a_place_that_is_taken_begins_another_document() {
        for labels in [["a", "a"], ["a", "a.b"], ["a.b", "a"], ["a[0]", "a.b"], ["a.b", "a[0]"]] {
            let sets = sets(&labels);
            assert_eq!(Tree::of(&sets, Form::Yaml).unwrap().len(), 2, "{labels:?}");
            assert!(Tree::of(&sets, Form::Json).is_err(), "{labels:?}");
        }
    }

    #[test]
    fn a_name_that_is_no_path_is_refused() {
        let deep = "a.".repeat(64) + "a";
        for label in ["a[", "a[x]", "a[0", "a[0]b", "a[1]", "a[99999999999999999999]", &deep] {
            assert!(Tree::of(&sets(&[label]), Form::Yaml).is_err(), "{label}");
        }
    }

    #[test]
    fn a_key_that_is_no_name_is_quoted() {
        let sets = sets(&["a.on", "a.1", "a.b: c", "a.", "a.<<", "d-e_f/g"]);
        assert_eq!(
            Tree::of(&sets, Form::Yaml).unwrap()[0].yaml(),
            "a:\n  'on': '1'\n  '1': '1'\n  'b: c': '1'\n  '': '1'\n  '<<': '1'\nd-e_f/g: '1'\n"
        );
    }
}
