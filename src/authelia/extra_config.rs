//! Parts of a configuration that a new client needs outside of the list of clients.

use std::fmt::Write as _;

use super::document::{Documents, Kind, Node};
use super::entry::single_quoted;
use super::error::EditError;
use super::path::{PATH, Path};
use super::scalar::{self, Plain};
use crate::error::Error;

/// Parts of a configuration that new clients need outside of the list of clients: claims policies,
/// scopes, lifespans, user attributes.
///
/// ```
/// use oidc_secret::authelia::ExtraConfig;
///
/// let mut parts = ExtraConfig::parse("definitions:\n  user_attributes: {a: {expression: 'b'}}\n")?;
/// parts.merge(&ExtraConfig::parse("identity_providers: {oidc: {scopes: {a: {claims: [a]}}}}\n")?)?;
/// assert_eq!(parts.sections().collect::<Vec<_>>(), ["definitions", "identity_providers"]);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtraConfig(pub(super) Vec<(String, Part)>);

/// A value in YAML, without its place and its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A text, which is written between quotes.
    Text(String),
    /// A number, a boolean, a date or null, which is written without quotes.
    Literal(String),
    List(Vec<Part>),
    Mapping(Vec<(String, Part)>),
}

/// The columns between the levels of a text in block style.
#[derive(Clone, Copy)]
pub(super) struct Indentation {
    /// From a key to those below it.
    pub(super) step: usize,
    /// From a key to the dashes below it, which may be in its own column.
    pub(super) list: usize,
}

impl Indentation {
    pub(super) const DEFAULT: Self = Self { step: 2, list: 2 };

    /// Returns the indentation of a document: that of its first mapping below a key, and of its first
    /// list.
    pub(super) fn of(root: &Node) -> Self {
        let (mut step, mut list) = (None, None);
        root.each(None, &mut |node, _| {
            let values = node.pairs().iter().map(|(_, value)| value);
            for value in values.filter(|value| !node.is_flow() && !value.is_flow()) {
                let columns = value.column().checked_sub(node.column());
                match &value.kind {
                    Kind::Mapping { .. } => step = step.or(columns.filter(|n| *n > 0)),
                    Kind::List { .. } => list = list.or(columns),
                    _ => {}
                }
            }
        });
        let step = step.unwrap_or(Self::DEFAULT.step);
        Self { step, list: list.unwrap_or(step) }
    }
}

impl ExtraConfig {
    /// Reads parts of a configuration.
    ///
    /// # Errors
    /// [`Error::Config`] for text that is not YAML, and [`EditError`] for a document that is not a
    /// mapping, and for aliases.
    pub fn parse(yaml: &str) -> Result<Self, Error> {
        let documents = Documents::read(yaml)?;
        let mut parts = Self::default();
        for root in &documents.roots {
            match Part::of(root)? {
                Part::Mapping(pairs) => parts.merge(&Self(pairs))?,
                _ if root.is_null() => {}
                _ => return Err(EditError::NotAMapping { key: "the document".to_owned() }.into()),
            }
        }
        Ok(parts)
    }

    /// Whether there are no parts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the keys at the top level.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| &**key)
    }

    /// Returns the parts that are below the top-level keys of other parts.
    #[must_use]
    pub fn in_sections_of(&self, other: &Self) -> Self {
        let is_kept = |(key, _): &&(String, Part)| other.sections().any(|section| section == key);
        Self(self.0.iter().filter(is_kept).cloned().collect())
    }

    /// Adds other parts.
    ///
    /// # Errors
    /// [`EditError::ConflictingParts`] if a key has another value there.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        Ok(merge(&mut self.0, &other.0, &Path::default())?)
    }

    /// Removes the clients from the parts, and returns the claims policy that the first one names.
    pub fn take_claims_policy(&mut self) -> Option<String> {
        let [providers, oidc, clients] = PATH;
        let providers = mapping_at(&mut self.0, providers)?;
        let oidc = mapping_at(providers, oidc)?;
        let at = oidc.iter().position(|(key, _)| key == clients)?;
        let Part::List(clients) = oidc.remove(at).1 else { return None };
        let Some(Part::Mapping(client)) = clients.into_iter().next() else { return None };
        client.into_iter().find_map(|(key, value)| match value {
            Part::Text(policy) if key == "claims_policy" => Some(policy),
            _ => None,
        })
    }

    /// Returns the parts in YAML's block style, with the key of a list of clients at the end, whose items
    /// belong into column 6.
    ///
    /// ```
    /// let yaml = oidc_secret::authelia::ExtraConfig::default().yaml_before_clients();
    /// assert_eq!(yaml, "identity_providers:\n  oidc:\n    clients:\n");
    /// ```
    #[must_use]
    pub fn yaml_before_clients(&self) -> String {
        let [providers, oidc, clients] = PATH;
        let (mut yaml, mut top) = (String::new(), self.0.clone());
        let mut in_providers = take_mapping(&mut top, providers);
        let in_oidc = take_mapping(&mut in_providers, oidc);
        write_pairs(&mut yaml, &top, 0, Indentation::DEFAULT);
        // Writing to a string cannot fail.
        let _ = writeln!(yaml, "{providers}:");
        write_pairs(&mut yaml, &in_providers, 2, Indentation::DEFAULT);
        let _ = writeln!(yaml, "  {oidc}:");
        write_pairs(&mut yaml, &in_oidc, 4, Indentation::DEFAULT);
        let _ = writeln!(yaml, "    {clients}:");
        yaml
    }

    /// Returns the parts in YAML's block style, two spaces a level.
    #[must_use]
    pub fn yaml(&self) -> String {
        let mut yaml = String::new();
        write_pairs(&mut yaml, &self.0, 0, Indentation::DEFAULT);
        yaml
    }
}

/// Removes the pairs of the mapping that a key has.
fn take_mapping(pairs: &mut Vec<(String, Part)>, name: &str) -> Vec<(String, Part)> {
    let at = pairs.iter().position(|(key, _)| key == name);
    match at.map(|at| pairs.remove(at).1) {
        Some(Part::Mapping(pairs)) => pairs,
        _ => Vec::new(),
    }
}

/// Returns the pairs of the mapping that a key has.
fn mapping_at<'p>(
    pairs: &'p mut [(String, Part)],
    name: &str,
) -> Option<&'p mut Vec<(String, Part)>> {
    pairs.iter_mut().find_map(|(key, value)| match value {
        Part::Mapping(pairs) if key == name => Some(pairs),
        _ => None,
    })
}

fn merge(
    ours: &mut Vec<(String, Part)>,
    theirs: &[(String, Part)],
    path: &Path,
) -> Result<(), EditError> {
    for (key, part) in theirs {
        let path = path.with_keys(&[key]);
        match ours.iter_mut().find(|(known, _)| known == key).map(|(_, ours)| ours) {
            None => ours.push((key.clone(), part.clone())),
            Some(ours) => ours.merge(part, &path)?,
        }
    }
    Ok(())
}

impl Part {
    fn of(node: &Node) -> Result<Self, EditError> {
        Ok(match &node.kind {
            Kind::Scalar { text, .. } if node.is_plain() && scalar::kind(text) != Plain::Text => {
                Self::Literal((**text).to_owned())
            }
            Kind::Scalar { text, .. } => Self::Text((**text).to_owned()),
            Kind::List { items, .. } => {
                Self::List(items.iter().map(Self::of).collect::<Result<_, _>>()?)
            }
            Kind::Mapping { pairs, .. } => {
                let pair = |(key, value): &(Node, Node)| {
                    Ok((key.text().unwrap_or_default().to_owned(), Self::of(value)?))
                };
                Self::Mapping(pairs.iter().map(pair).collect::<Result<_, EditError>>()?)
            }
            Kind::Alias(_) => return Err(EditError::UnsupportedYaml),
        })
    }

    fn merge(&mut self, other: &Self, path: &Path) -> Result<(), EditError> {
        match (self, other) {
            (Self::Mapping(ours), Self::Mapping(theirs)) => merge(ours, theirs, path),
            // The order of scopes, claims and endpoints has no meaning.
            (Self::List(ours), Self::List(theirs)) if has_same_items(ours, theirs) => Ok(()),
            (ours, theirs) if *ours == *theirs => Ok(()),
            _ => Err(EditError::ConflictingParts { key: path.to_string() }),
        }
    }

    /// Returns the node that a parser makes of it.
    pub(super) fn node<'t>(&self) -> Node<'t> {
        match self {
            Self::Text(text) => Node::quoted(text),
            Self::Literal(text) => Node::plain(text),
            Self::List(items) => Node::list(items.iter().map(Self::node).collect()),
            Self::Mapping(pairs) => {
                let pair = |(key, value): &(String, Self)| (Node::plain(key), value.node());
                Node::mapping(pairs.iter().map(pair).collect())
            }
        }
    }

    /// Returns it in YAML's flow style, which JSON is a part of.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Literal(text) => text.clone(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(", "))
            }
            Self::Mapping(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| pair_in_flow(key, value));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether it is written in the line of its key, also in block style.
    pub(super) fn is_inline(&self) -> bool {
        match self {
            Self::Text(_) | Self::Literal(_) => true,
            Self::List(items) => items.is_empty(),
            Self::Mapping(pairs) => pairs.is_empty(),
        }
    }

    /// Returns it as a value in the line of its key, in block style.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Text(text) if !text.contains(['\n', '\r']) => single_quoted(text),
            other => other.json(),
        }
    }

    /// Writes the lines below its key.
    pub(super) fn write_below(&self, out: &mut String, column: usize, indentation: Indentation) {
        match self {
            Self::Mapping(pairs) => {
                write_pairs(out, pairs, column + indentation.step, indentation);
            }
            Self::List(items) => {
                for item in items {
                    item.write_item(out, column + indentation.list, indentation);
                }
            }
            Self::Text(_) | Self::Literal(_) => {}
        }
    }

    /// Writes it as an item of a list whose dashes are in a column.
    fn write_item(&self, out: &mut String, column: usize, indentation: Indentation) {
        let start = out.len();
        match self {
            Self::Mapping(pairs) if !pairs.is_empty() => {
                write_pairs(out, pairs, column + 2, indentation);
                out.replace_range(start + column..start + column + 2, "- ");
            }
            Self::List(_) | Self::Mapping(_) => {
                // A list in a list has no key whose column could be a measure.
                let _ = writeln!(out, "{}- {}", " ".repeat(column), self.json());
            }
            Self::Text(_) | Self::Literal(_) => {
                let _ = writeln!(out, "{}- {}", " ".repeat(column), self.inline());
            }
        }
    }
}

/// Whether two lists have the same items, in whatever order.
fn has_same_items(ours: &[Part], theirs: &[Part]) -> bool {
    ours.len() == theirs.len()
        && ours.iter().all(|item| theirs.contains(item))
        && theirs.iter().all(|item| ours.contains(item))
}

/// Writes pairs in block style, whose keys are in a column.
pub(super) fn write_pairs(
    out: &mut String,
    pairs: &[(String, Part)],
    column: usize,
    indentation: Indentation,
) {
    let indent = " ".repeat(column);
    for (key, value) in pairs {
        let key = plain_or_quoted(key);
        // Writing to a string cannot fail.
        let _ = if value.is_inline() {
            writeln!(out, "{indent}{key}: {}", value.inline())
        } else {
            writeln!(out, "{indent}{key}:")
        };
        if !value.is_inline() {
            value.write_below(out, column, indentation);
        }
    }
}

/// Returns a pair in flow style.
pub(super) fn pair_in_flow(key: &str, value: &Part) -> String {
    format!("{}: {}", quoted(key), value.json())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns a key, which needs quotes if YAML does not read it as the same text without them.
fn plain_or_quoted(key: &str) -> String {
    let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let is_text = scalar::kind(key) == Plain::Text && !key.starts_with('-');
    if is_word && is_text { key.to_owned() } else { single_quoted(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(yaml: &str) -> ExtraConfig {
        ExtraConfig::parse(yaml).unwrap()
    }

    #[test]
    fn the_written_parts_are_the_ones_that_were_read() {
        for yaml in [
            "a:\n  b: 'it''s \"x\"'\n  c: true\n  d: 2 days\n  e: {}\n  f: []\n",
            "a:\n- b\n- {c: d, e: [f, g]}\n- [h]\n- {}\n",
            "'true': 1\n'': x\n-a: y\n1.5: \"line\\nline\"\n",
        ] {
            let parts = parsed(yaml);
            assert_eq!(parsed(&parts.yaml()), parts, "{}", parts.yaml());
            let flow = parts.0.iter().map(|(key, value)| pair_in_flow(key, value));
            let flow = format!("{{{}}}", flow.collect::<Vec<_>>().join(", "));
            assert_eq!(parsed(&flow), parts, "{flow}");
        }
    }

    #[test]
    fn parts_are_merged_and_conflicts_are_found() {
        let mut parts = parsed("a: {b: {c: [x, y]}}\n");
        parts.merge(&parsed("a: {b: {c: [y, x], d: 1}}\ne: 2\n")).unwrap();
        assert_eq!(parts, parsed("a: {b: {c: [x, y], d: 1}}\ne: 2\n"));
        for other in ["a: {b: {c: [x]}}", "a: {b: {d: 2}}", "a: 1", "a: {b: {c: [x, x]}}"] {
            let error = parts.clone().merge(&parsed(other)).unwrap_err();
            assert!(error.to_string().contains("different values of a"), "{error}");
        }
    }

    #[test]
    fn the_claims_policy_is_taken_from_the_clients() {
        let mut parts = parsed(
            "identity_providers: {oidc: {scopes: {}, clients: [{client_id: a, claims_policy: p}]}}",
        );
        assert_eq!(parts.take_claims_policy().as_deref(), Some("p"));
        assert_eq!(parts, parsed("identity_providers: {oidc: {scopes: {}}}"));
        assert_eq!(parts.take_claims_policy(), None);
    }

    #[test]
    fn parts_that_are_not_a_mapping_are_refused() {
        for yaml in ["- a", "text", "a: &x 1\nb: *x", "a: ["] {
            assert!(ExtraConfig::parse(yaml).is_err(), "{yaml}");
        }
        assert!(parsed("# nothing\n").is_empty() && parsed("").is_empty());
    }
}
