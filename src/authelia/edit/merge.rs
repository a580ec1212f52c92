//! Parts that new clients need, merged into the text of a configuration, in its own style.

use std::ops::Range;

use zeroize::Zeroizing;

use super::super::document::{Kind, Node};
use super::super::error::EditError;
use super::super::extra_config::{Indentation, Part, pair_in_flow, write_pairs};
use super::super::template::{is_in_loop, is_trimmed_between};
use super::mapping::{Addition, Insertion, appended, in_line, in_mapping, instead_of};
use super::missing::{Missing, Needed};

/// The writer of parts into a text.
pub(super) struct Writer<'a> {
    yaml: &'a str,
    indentation: Indentation,
    /// Returns a text as the file's own program, such as Compose, has it written.
    escaped: fn(String) -> String,
}

/// Parts in the text's style.
struct Styled<'a> {
    needed: &'a Needed<'a>,
    writer: &'a Writer<'a>,
}

impl Addition for Styled<'_> {
    fn block(&self, column: usize) -> String {
        let Writer { indentation, escaped, .. } = self.writer;
        let mut lines = String::new();
        match self.needed {
            Needed::Pairs(pairs) => write_pairs(&mut lines, pairs, column, *indentation),
            // The column is that of a mapping below the key.
            Needed::Value(value) => {
                value.write_below(&mut lines, column - indentation.step, *indentation);
            }
        }
        escaped(lines)
    }

    fn pairs(&self) -> Vec<String> {
        let escaped = self.writer.escaped;
        match self.needed {
            Needed::Pairs(pairs) => {
                pairs.iter().map(|(key, value)| escaped(pair_in_flow(key, value))).collect()
            }
            Needed::Value(_) => Vec::new(),
        }
    }

    fn value(&self) -> String {
        match self.needed {
            Needed::Pairs(_) => format!("{{{}}}", self.pairs().join(", ")),
            Needed::Value(value) => (self.writer.escaped)(value.json()),
        }
    }

    fn step(&self) -> usize {
        self.writer.indentation.step
    }
}

impl<'a> Writer<'a> {
    /// Creates a writer in the style of a document, which is `None` for a text without documents.
    pub(super) fn new(yaml: &'a str, root: Option<&Node>, escaped: fn(String) -> String) -> Self {
        let indentation = root.map_or(Indentation::DEFAULT, Indentation::of);
        Self { yaml, indentation, escaped }
    }

    /// Returns the text with what it lacks.
    pub(super) fn written(
        &self,
        missing: &[Missing<'_, '_>],
    ) -> Result<Zeroizing<String>, EditError> {
        let mut insertions: Vec<(Range<usize>, usize, String)> = missing
            .iter()
            .map(|missing| {
                let (place, text) = self.insertion(missing);
                (place, missing.path.len(), text)
            })
            .collect();
        // At the end of two mappings, one in the other, the inner one is written first.
        insertions.sort_by_key(|(place, depth, _)| (place.start, usize::MAX - depth));
        let mut text = Zeroizing::new(String::with_capacity(self.yaml.len() + 1000));
        let mut copied = 0..0;
        for (place, _, new) in &insertions {
            // Lines after a block whose line end must be stripped repeat all from its indicator on.
            let repeated = format!("-{}", &self.yaml[place.clone()]);
            if let Some(more) = new.strip_prefix(&repeated).filter(|_| *place == copied) {
                text.push_str(more);
                continue;
            }
            let (before, after) = (&self.yaml[..place.start], &self.yaml[place.end..]);
            // A template that trims would take the line end between it and the new lines.
            let is_unsure = place.start < copied.end
                || is_trimmed_between(before, after)
                || self.is_in_loop(place.start);
            if is_unsure {
                return Err(EditError::UnsupportedYaml);
            }
            text.push_str(&self.yaml[copied.end..place.start]);
            text.push_str(new);
            copied = place.clone();
        }
        text.push_str(&self.yaml[copied.end..]);
        Ok(text)
    }

    fn is_in_loop(&self, at: usize) -> bool {
        let has_loop = self.yaml.contains("{{") && self.yaml.contains("range");
        has_loop && is_in_loop(self.yaml, at)
    }

    fn insertion(&self, missing: &Missing<'_, '_>) -> Insertion {
        let Missing { place, needed, .. } = missing;
        let styled = Styled { needed, writer: self };
        let Some((parent, node)) = *place else { return appended(self.yaml, &styled) };
        match needed {
            Needed::Value(value) if parent.is_flow() || value.is_inline() => {
                self.inline(parent, node, value)
            }
            Needed::Value(_) => instead_of(self.yaml, &styled, parent, node),
            Needed::Pairs(_) if self.is_empty_in_block(parent, node) => {
                instead_of(self.yaml, &styled, parent, node)
            }
            Needed::Pairs(_) => in_mapping(self.yaml, &styled, parent, node),
        }
    }

    /// Writes a value in the line of its key.
    fn inline(&self, parent: &Node, node: &Node, value: &Part) -> Insertion {
        let pair = parent.pairs().iter().find(|(_, child)| std::ptr::eq(child, node));
        let Some((key, _)) = pair else { return (self.yaml.len()..self.yaml.len(), String::new()) };
        let text = if parent.is_flow() { value.json() } else { value.inline() };
        in_line(self.yaml, key, node, &(self.escaped)(text))
    }

    /// Whether a mapping is `{}` below a key in block style, so that it can become one in block style.
    fn is_empty_in_block(&self, parent: &Node, node: &Node) -> bool {
        let is_empty =
            matches!(&node.kind, Kind::Mapping { pairs, is_flow: true } if pairs.is_empty());
        let is_block = !parent.is_flow() && !std::ptr::eq(parent, node);
        let place = node.place();
        is_empty && is_block && self.yaml[place.start + 1..place.end - 1].trim().is_empty()
    }
}
