//! Settings whose labels are paths, as nested mappings and lists.
//!
//! YAML is written here instead of by a crate: a generic emitter leaves texts without quotes where its
//! own version of YAML allows that, and the readers of these files have other versions. It also cannot
//! write a block of YAML inside a text of YAML, as Argo CD needs it.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

use super::setting::{ResolvedSetting, Unrepresentable};
use crate::authelia::single_quoted;

/// A mapping, a list or a value. It borrows values, because a copy of a secret would have to be wiped.
pub(super) enum Tree<'a> {
    Mapping(Vec<(&'a str, Tree<'a>)>),
    List(Vec<Tree<'a>>),
    /// Lines of YAML inside a text of YAML.
    Block(Vec<(&'a str, Tree<'a>)>),
    Value(&'a ResolvedSetting),
}

/// A step of a path: a key, the key of a text that is YAML itself, or an index of a list.
enum Step<'a> {
    Name(&'a str),
    Block(&'a str),
    Index(usize),
}

impl<'a> Tree<'a> {
    /// Builds documents of YAML. A setting whose path is taken begins the next document.
    pub(super) fn documents(settings: &'a [ResolvedSetting]) -> Result<Vec<Self>, Unrepresentable> {
        let mut documents = vec![Self::Mapping(Vec::new())];
        for setting in settings {
            let path = path(&setting.label).map_err(|why| setting.unrepresentable(why))?;
            if documents.last().is_some_and(|document| document.blocks(&path)) {
                documents.push(Self::Mapping(Vec::new()));
            }
            if let Some(document) = documents.last_mut() {
                document.put(&path, setting).map_err(|why| setting.unrepresentable(why))?;
            }
        }
        Ok(documents)
    }

    /// Builds the only document, for formats that have no more than one in a file.
    pub(super) fn document(settings: &'a [ResolvedSetting]) -> Result<Self, Unrepresentable> {
        let mut document = Self::Mapping(Vec::new());
        for setting in settings {
            let path = path(&setting.label).map_err(|why| setting.unrepresentable(why))?;
            if document.blocks(&path) {
                return Err(setting.unrepresentable("its place is taken by another setting"));
            }
            document.put(&path, setting).map_err(|why| setting.unrepresentable(why))?;
        }
        Ok(document)
    }

    /// Whether a value on the way to the path, or at its end, leaves no place for it.
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

    fn put(&mut self, path: &[Step<'a>], setting: &'a ResolvedSetting) -> Result<(), &'static str> {
        let Some((first, rest)) = path.split_first() else {
            *self = Self::Value(setting);
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
        child.put(rest, setting)
    }

    /// Writes YAML in block style.
    pub(super) fn yaml(&self) -> String {
        let mut text = String::new();
        self.write_yaml(&mut text, 0, false);
        text
    }

    /// Writes the lines. After a dash the first one is already indented.
    fn write_yaml(&self, text: &mut String, indent: usize, after_dash: bool) {
        let lead = |first: bool| if first && after_dash { 0 } else { indent };
        // Writing to a string cannot fail.
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                for (index, (key, child)) in pairs.iter().enumerate() {
                    let _ = write!(text, "{:1$}{2}:", "", lead(index == 0), yaml_key(key));
                    child.write_after_key(text, indent);
                }
            }
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let _ = write!(text, "{:1$}- ", "", lead(index == 0));
                    item.write_yaml(text, indent + 2, true);
                }
            }
            Self::Value(setting) => {
                let _ = writeln!(text, "{}", yaml_value(setting));
            }
        }
    }

    fn write_after_key(&self, text: &mut String, indent: usize) {
        match self {
            Self::Value(setting) if setting.is_list && !setting.texts.is_empty() => {
                text.push('\n');
                for item in setting.texts.iter() {
                    let item =
                        if setting.is_bare(item) { item.clone() } else { single_quoted(item) };
                    let _ = writeln!(text, "{:1$}- {item}", "", indent + 2);
                }
            }
            Self::Value(setting) if setting.is_list => text.push_str(" []\n"),
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

    /// Writes JSON.
    pub(super) fn json(&self) -> String {
        // An error would come from a key that is not text, and all keys are.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// For JSON. YAML has its own writer, because serde has no quotes and no block texts.
impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                serializer.collect_map(pairs.iter().map(|(key, child)| (key, child)))
            }
            Self::List(items) => serializer.collect_seq(items),
            Self::Value(setting) if setting.is_list => serializer.collect_seq(&*setting.texts),
            Self::Value(setting) => {
                let text = setting.texts.first().map_or("", |text| text);
                match literal(setting, text) {
                    Some(value) => value.serialize(serializer),
                    None => serializer.serialize_str(text),
                }
            }
        }
    }
}

/// Returns a number, truth value, object or list of JSON that the catalogue has as text.
fn literal(setting: &ResolvedSetting, text: &str) -> Option<serde_json::Value> {
    let is_json = setting.is_bare(text) || setting.is_literal && text.starts_with(['{', '[']);
    if is_json { serde_json::from_str(text).ok() } else { None }
}

/// Returns a value as YAML, in one line.
fn yaml_value(setting: &ResolvedSetting) -> String {
    // Compose refuses a variable that is a truth value of YAML.
    let is_variable =
        setting.label.starts_with("services.") && setting.label.contains(".environment.");
    if is_variable && !setting.is_list {
        single_quoted(&setting.line())
    } else {
        setting.quoted(single_quoted)
    }
}

/// Returns a key of YAML, quoted unless every version of YAML reads it as text.
pub(super) fn yaml_key(name: &str) -> String {
    /// Words that YAML 1.1 reads as truth values or as null.
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = WORDS.contains(&&*name.to_ascii_lowercase());
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_name && !is_word { name.to_owned() } else { single_quoted(name) }
}

/// Returns the steps of `a.b[0].c`; `a.b>.c` is the key `c` of the YAML in the text `a.b`.
fn path(label: &str) -> Result<Vec<Step<'_>>, &'static str> {
    /// More than any file has, and few enough for the recursive functions above.
    const MAX_DEPTH: usize = 64;
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
            let index = index.and_then(|(index, after)| Some((index.parse().ok()?, after)));
            let (index, after) = index.ok_or("the brackets in its name hold no number")?;
            steps.push(Step::Index(index));
            indices = after;
        }
    }
    if steps.len() > MAX_DEPTH { Err("its name has more than 64 levels") } else { Ok(steps) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn settings(labels: &[&str]) -> Vec<ResolvedSetting> {
        let setting = |label: &&str| ResolvedSetting {
            label: (*label).to_owned(),
            texts: Zeroizing::new(vec!["1".to_owned()]),
            is_list: false,
            is_literal: false,
        };
        labels.iter().map(setting).collect()
    }

    #[test]
    fn a_repeated_path_begins_the_next_document_or_is_refused() {
        for labels in [["a", "a"], ["a", "a.b"], ["a.b", "a"], ["a[0]", "a.b"], ["a.b", "a[0]"]] {
            let settings = settings(&labels);
            assert_eq!(Tree::documents(&settings).unwrap().len(), 2, "{labels:?}");
            assert!(Tree::document(&settings).is_err(), "{labels:?}");
        }
    }

    #[test]
    fn a_malformed_path_is_refused() {
        let deep = "a.".repeat(64) + "a";
        for label in ["a[", "a[x]", "a[0", "a[0]b", "a[1]", "a[99999999999999999999]", &deep] {
            assert!(Tree::documents(&settings(&[label])).is_err(), "{label}");
        }
    }

    #[test]
    fn a_key_is_quoted_unless_it_is_a_plain_name() {
        let settings = settings(&["a.on", "a.1", "a.b: c", "a.", "a.<<", "d-e_f/g"]);
        assert_eq!(
            Tree::document(&settings).unwrap().yaml(),
            "a:\n  'on': '1'\n  '1': '1'\n  'b: c': '1'\n  '': '1'\n  '<<': '1'\nd-e_f/g: '1'\n"
        );
    }
}
