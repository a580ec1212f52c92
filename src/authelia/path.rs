//! Paths of keys and items in a YAML document.

use std::fmt;

use super::document::{Kind, Node};
use super::error::EditError;
use crate::error::Error;

/// The path of the list of clients in Authelia's configuration.
pub(super) const PATH: [&str; 3] = ["identity_providers", "oidc", "clients"];

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, counted from 0.
    Item(usize),
}

impl Step {
    /// Returns the node that the step leads to.
    ///
    /// # Errors
    /// [`EditError::RepeatedKey`] if a mapping has the key twice.
    pub(super) fn of<'n>(&self, node: &'n Node<'n>) -> Result<Option<&'n Node<'n>>, EditError> {
        Ok(match self {
            Self::Key(key) => node.get_alone(key)?.map(|(_, value)| value),
            Self::Item(index) => node.items().get(*index),
        })
    }
}

/// A path from the root of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Path(pub(super) Vec<Step>);

impl Path {
    /// Returns the path of these keys.
    pub(super) fn of_keys(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Step::Key((*key).to_owned())).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the path with one step more.
    pub(super) fn with(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.0.push(step);
        path
    }

    /// Returns the keys of this path and the ones below it.
    pub(super) fn with_keys(&self, keys: &[&str]) -> Self {
        keys.iter().fold(self.clone(), |path, key| path.with(Step::Key((*key).to_owned())))
    }

    /// Returns the path above these keys; `None` if it does not end with them.
    pub(super) fn without_keys(&self, keys: &[&str]) -> Option<Self> {
        let above = self.len().checked_sub(keys.len())?;
        let is_key = |(step, key): (&Step, &&str)| matches!(step, Step::Key(name) if name == key);
        let ends = self.0[above..].iter().zip(keys).all(is_key);
        ends.then(|| Self(self.0[..above].to_vec()))
    }

    /// Returns the last key.
    pub(super) fn last_key(&self) -> Option<&str> {
        match self.0.last() {
            Some(Step::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// Returns the keys from a step on. Only keys can be missing: an item is only in a path that was found.
    pub(super) fn keys_from(&self, start: usize) -> Vec<&str> {
        let mut keys = Vec::new();
        for step in &self.0[start..] {
            if let Step::Key(key) = step {
                keys.push(&**key);
            }
        }
        keys
    }

    /// Returns the node at the end of the path; `None` if there is none, or if a key on the way is
    /// repeated.
    pub(super) fn node<'n>(&self, root: &'n Node<'n>) -> Option<&'n Node<'n>> {
        self.0.iter().try_fold(root, |node, step| step.of(node).ok().flatten())
    }

    /// Finds the nodes along the path, as many as there are.
    pub(super) fn find<'n>(&self, root: &'n Node<'n>) -> Result<Found<'_, 'n>, Error> {
        if self.0.is_empty() {
            return Ok(Found { nodes: vec![root], missing: Vec::new() });
        }
        let mut nodes = Vec::new();
        let mut node = root;
        for (depth, step) in self.0.iter().enumerate() {
            let name = match step {
                Step::Key(name) => name,
                Step::Item(index) => {
                    let Some(item) = node.items().get(*index) else { break };
                    nodes.push(item);
                    node = item;
                    continue;
                }
            };
            if !matches!(node.kind, Kind::Mapping { .. }) && !node.is_null() {
                let key = if depth == 0 { "the document".to_owned() } else { self.text(depth) };
                return Err(match node.kind {
                    Kind::Alias(_) => EditError::Shared { key },
                    _ => EditError::NotAMapping { key },
                }
                .into());
            }
            let Some((_, value)) = node.get_alone(name)? else {
                // The key that is missing here may be in the merged mapping.
                if node.get("<<").is_some() {
                    return Err(EditError::Merged { key: self.text(depth + 1) }.into());
                }
                break;
            };
            nodes.push(value);
            node = value;
        }
        let is_other = !matches!(node.kind, Kind::List { .. }) && !node.is_null();
        match node.kind {
            Kind::Alias(_) => Err(EditError::Shared { key: self.to_string() }.into()),
            _ if nodes.len() == self.len() && is_other => {
                Err(EditError::NotAList { key: self.to_string() }.into())
            }
            _ => Ok(Found { missing: self.keys_from(nodes.len()), nodes }),
        }
    }

    /// Formats the first steps.
    fn text(&self, steps: usize) -> String {
        Self(self.0[..steps].to_vec()).to_string()
    }
}

/// The nodes along a path.
pub(super) struct Found<'p, 'n> {
    pub(super) nodes: Vec<&'n Node<'n>>,
    /// The keys that the document lacks, at the end of the path.
    pub(super) missing: Vec<&'p str>,
}

impl<'n> Found<'_, 'n> {
    /// Returns the list at the end of the path, which may also be null.
    pub(super) fn list(&self) -> Option<&'n Node<'n>> {
        self.nodes.last().copied().filter(|_| self.missing.is_empty())
    }
}

impl fmt::Display for Path {
    /// Keys are separated by dots; one that has a dot itself is between quotes and brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            let is_word =
                |key: &str| !key.is_empty() && !key.contains(['.', '[', ']', '"', ':', ' ']);
            match step {
                Step::Item(index) => write!(f, "[{index}]")?,
                Step::Key(key) if is_word(key) => {
                    write!(f, "{}{key}", if number == 0 { "" } else { "." })?;
                }
                Step::Key(key) => write!(f, "[\"{}\"]", key.replace('"', "\\\""))?,
            }
        }
        Ok(())
    }
}
