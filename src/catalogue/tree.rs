//! Settings whose labels are paths, as nested mappings and lists.

use super::setting::{ResolvedSetting, TAKEN, Unrepresentable};

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
    /// Builds documents of YAML. A second `apiVersion` begins the next document: several objects of
    /// Kubernetes in one file are usual. Any other repeated path would hide a mistake.
    pub(super) fn documents(settings: &'a [ResolvedSetting]) -> Result<Vec<Self>, Unrepresentable> {
        let mut documents = vec![Self::Mapping(Vec::new())];
        for setting in settings {
            let path = path(&setting.label).map_err(|why| setting.unrepresentable(why))?;
            if documents.last().is_some_and(|document| document.blocks(&path)) {
                if setting.label != "apiVersion" {
                    return Err(setting.unrepresentable(TAKEN));
                }
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
                return Err(setting.unrepresentable(TAKEN));
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
    fn only_a_repeated_api_version_begins_the_next_document() {
        let objects = settings(&["apiVersion", "a.b", "apiVersion", "a.b"]);
        assert_eq!(Tree::documents(&objects).unwrap().len(), 2);
        assert!(Tree::document(&objects).is_err());
        for labels in [["a", "a"], ["a", "a.b"], ["a.b", "a"], ["a[0]", "a.b"], ["a.b", "a[0]"]] {
            let settings = settings(&labels);
            assert!(Tree::documents(&settings).is_err(), "{labels:?}");
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
}
