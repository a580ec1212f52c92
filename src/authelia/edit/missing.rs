//! Comparison of a document with the parts that new clients need: what it lacks, and what is otherwise
//! there.
//!
//! A value is never changed. One that differs is refused, unless the application works with it all the
//! same: a list with more items than it needs, another lifespan of its tokens, and another expression for
//! an attribute, in which administrators write the names of their own groups.

use super::super::anchors::Anchors;
use super::super::document::{Documents, Kind, Node};
use super::super::error::EditError;
use super::super::extra_config::Part;
use super::super::path::{PATH, Path};
use super::super::scalar::converted;
use super::super::template::has_template;
use super::super::text::Text;

/// A place of a document that lacks something.
pub(super) struct Missing<'n, 'p> {
    pub(super) path: Path,
    /// The node, and the mapping that it is a value of, or itself if it is the document. `None` for a
    /// text without documents.
    pub(super) place: Option<(&'n Node<'n>, &'n Node<'n>)>,
    pub(super) needed: Needed<'p>,
}

impl Missing<'_, '_> {
    /// Returns the paths of the keys that are added.
    pub(super) fn paths(&self) -> Vec<String> {
        match &self.needed {
            Needed::Pairs(pairs) => {
                pairs.iter().map(|(key, _)| self.path.with_keys(&[key]).to_string()).collect()
            }
            Needed::Value(_) => vec![self.path.to_string()],
        }
    }
}

/// The parts that a place lacks.
pub(super) enum Needed<'p> {
    /// Keys of a mapping, with their values.
    Pairs(Vec<(String, Part)>),
    /// The value of a key that has none.
    Value(&'p Part),
}

/// A value of the configuration that differs from the one that a new client needs, and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptValue {
    /// The line, counted from 1.
    pub line: usize,
    /// The path of its key.
    pub key: String,
    /// The reason why the client works with it.
    pub reason: Kept,
}

/// The reason why a client works with a value that is not the one it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// A list has more items.
    MoreItems,
    /// Tokens of the client are valid for another time.
    OtherLifespan,
    /// A user attribute is computed by another expression.
    OtherExpression,
}

/// The comparison of a document with parts.
pub(super) struct Comparison<'n, 'p> {
    documents: &'n Documents<'n>,
    root: Option<&'n Node<'n>>,
    anchors: Option<Anchors<'n>>,
    pub(super) missing: Vec<Missing<'n, 'p>>,
    pub(super) kept: Vec<KeptValue>,
}

/// A node on the way through the document.
#[derive(Clone)]
struct Place<'n> {
    path: Path,
    parent: &'n Node<'n>,
    node: &'n Node<'n>,
    /// The anchors of the nodes on the way.
    on_way: Vec<usize>,
    /// Whether an alias is on the way, so that nothing can be added.
    is_aliased: bool,
}

impl<'n, 'p> Comparison<'n, 'p> {
    /// Prepares the comparison with a document, which is `None` for a text without documents.
    pub(super) fn new(documents: &'n Documents<'n>, root: Option<&'n Node<'n>>) -> Self {
        let anchors = root.map(|root| Anchors::of(documents, root));
        Self { documents, root, anchors, missing: Vec::new(), kept: Vec::new() }
    }

    /// Compares parts with the mapping at a path.
    pub(super) fn parts(
        &mut self,
        above: &Path,
        parts: &'p [(String, Part)],
    ) -> Result<(), EditError> {
        let Some(root) = self.root else {
            let needed = Needed::Pairs(parts.to_vec());
            self.missing.push(Missing { path: above.clone(), place: None, needed });
            return Ok(());
        };
        let (path, on_way) = (Path::default(), vec![root.anchor()]);
        let mut place = Place { path, parent: root, node: root, on_way, is_aliased: false };
        for step in &above.0 {
            let path = place.path.with(step.clone());
            let next = step.of(place.node)?;
            let next = next.ok_or_else(|| EditError::NotAMapping { key: path.to_string() })?;
            place = self.below(&place, path, next);
        }
        if place.node.is_null() {
            return self.add(&place, Needed::Pairs(parts.to_vec()));
        }
        self.pairs(&place, parts)
    }

    /// Returns the place of a value below another place.
    fn below(&self, above: &Place<'n>, path: Path, value: &'n Node<'n>) -> Place<'n> {
        let resolved = self.anchors.as_ref().and_then(|anchors| anchors.resolve(value));
        let node = resolved.unwrap_or(value);
        let is_aliased = above.is_aliased || !std::ptr::eq(node, value);
        let on_way = above.on_way.iter().copied().chain([node.anchor()]).collect();
        Place { path, parent: above.node, node, on_way, is_aliased }
    }

    /// Compares pairs with those of a mapping.
    fn pairs(&mut self, place: &Place<'n>, pairs: &'p [(String, Part)]) -> Result<(), EditError> {
        let mut missing = Vec::new();
        for (key, part) in pairs {
            let path = place.path.with_keys(&[key]);
            match place.node.get_alone(key)? {
                Some((_, value)) => self.value(&self.below(place, path, value), part)?,
                // The key may be in the merged mapping.
                None if place.node.get("<<").is_some() => {
                    return Err(EditError::Merged { key: path.to_string() });
                }
                None => missing.push((key.clone(), part.clone())),
            }
        }
        if missing.is_empty() { Ok(()) } else { self.add(place, Needed::Pairs(missing)) }
    }

    /// Compares a value.
    fn value(&mut self, place: &Place<'n>, part: &'p Part) -> Result<(), EditError> {
        let node = place.node;
        match part {
            Part::Mapping(pairs) if matches!(node.kind, Kind::Mapping { .. }) => {
                self.pairs(place, pairs)
            }
            Part::Mapping(pairs) if node.is_null() && !pairs.is_empty() => {
                self.add(place, Needed::Pairs(pairs.clone()))
            }
            _ if node.is_null() => self.add(place, Needed::Value(part)),
            _ if self.is_same(part, node) => Ok(()),
            _ => self.differing(place, part),
        }
    }

    /// Keeps a value that differs, or refuses it.
    fn differing(&mut self, place: &Place<'n>, part: &Part) -> Result<(), EditError> {
        let reason = match part {
            Part::List(items) => self.has_all(items, place.node).then_some(Kept::MoreItems),
            Part::Text(_) | Part::Literal(_) if self.text(place.node).is_some() => {
                reason_at(&place.path)
            }
            _ => None,
        };
        let (line, key) = (place.node.line(), place.path.to_string());
        let Some(reason) = reason else {
            return Err(EditError::OtherValue { line, key, needed: part.json() });
        };
        self.kept.push(KeptValue { line, key, reason });
        Ok(())
    }

    fn add(&mut self, place: &Place<'n>, needed: Needed<'p>) -> Result<(), EditError> {
        let is_shared = self.root.is_some_and(|root| root.has_alias_of(&place.on_way));
        if place.is_aliased || is_shared {
            return Err(EditError::Shared { key: place.path.to_string() });
        }
        if place.node.is_tagged_null() {
            return Err(EditError::UnsupportedYaml);
        }
        let (path, place) = (place.path.clone(), Some((place.parent, place.node)));
        self.missing.push(Missing { path, place, needed });
        Ok(())
    }

    /// Returns the text that Authelia reads; `None` for a value that is not a text, and for a template,
    /// whose result is not known.
    fn text(&self, node: &'n Node<'n>) -> Option<Text> {
        let raw = self.documents.text.get(node.place()).unwrap_or_default();
        Text::of(node, node).filter(|_| !has_template(raw))
    }

    /// Whether a node has the value of a part.
    fn is_same(&self, part: &Part, written: &'n Node<'n>) -> bool {
        let resolved = self.anchors.as_ref().and_then(|anchors| anchors.resolve(written));
        let node = resolved.unwrap_or(written);
        match part {
            Part::Text(needed) => self.text(node).is_some_and(|text| text.as_read() == *needed),
            Part::Literal(needed) => self.text(node).is_some_and(|text| {
                let as_read = converted(needed).unwrap_or_else(|| needed.clone());
                let flag = matches!(&**needed, "true" | "false").then(|| needed == "true");
                flag.map_or(text.as_read() == as_read, |flag| text.as_boolean() == Some(flag))
            }),
            Part::List(items) => self.items(node).is_some_and(|found| {
                found.iter().all(|found| items.iter().any(|item| self.is_item(item, found)))
                    && self.has_all(items, node)
            }),
            Part::Mapping(pairs) => {
                let is_there = |(key, part): &(String, Part)| {
                    node.get(key).is_some_and(|(_, value)| self.is_same(part, value))
                };
                matches!(node.kind, Kind::Mapping { .. })
                    && node.pairs().len() == pairs.len()
                    && pairs.iter().all(is_there)
            }
        }
    }

    /// Whether a list has all of these items, in whatever order: that of scopes, claims and endpoints
    /// has no meaning.
    fn has_all(&self, items: &[Part], node: &'n Node<'n>) -> bool {
        let Some(found) = self.items(node) else { return false };
        items.iter().all(|item| found.iter().any(|found| self.is_item(item, found)))
    }

    fn is_item(&self, needed: &Part, found: &Item<'n>) -> bool {
        match found {
            Item::Node(node) => self.is_same(needed, node),
            Item::Text(text) => *needed == Part::Text(text.clone()),
        }
    }

    /// Returns the items of a list, which may be one text with commas.
    fn items(&self, node: &'n Node<'n>) -> Option<Vec<Item<'n>>> {
        if let Kind::List { items, .. } = &node.kind {
            return Some(items.iter().map(Item::Node).collect());
        }
        let text = self.text(node)?;
        Some(text.value.split(',').map(|item| Item::Text(item.trim().to_owned())).collect())
    }
}

/// An item of a list.
enum Item<'n> {
    Node(&'n Node<'n>),
    Text(String),
}

/// Returns the reason why a client works with another value at a path.
fn reason_at(path: &Path) -> Option<Kept> {
    let [providers, oidc, _] = PATH;
    let keys = path.keys_from(0);
    let has = |names: &[&str]| keys.windows(names.len()).any(|window| window == names);
    if has(&[providers, oidc, "lifespans", "custom"]) {
        return Some(Kept::OtherLifespan);
    }
    let is_expression = keys.last() == Some(&"expression");
    (is_expression && has(&["definitions", "user_attributes"])).then_some(Kept::OtherExpression)
}
