//! The size of a text with its aliases replaced by what they refer to: a short file can expand to a very long one.
//!
//! Authelia's parser refuses such files too, as "excessive aliasing", by a limit of its own.

use std::collections::HashMap;

use super::document::{Kind, Node};
use super::error::ConfigError;

/// The size that aliases may add to any file, in bytes: more than a hundred thousand aliases of a client's defaults.
const ANY_FILE: u64 = 16 << 20;
/// How many times its own size they may add to a long file.
const TIMES: u64 = 8;
/// The size of a node without its text, in bytes.
const NODE: u64 = 100;

/// Refuses documents whose aliases add too much.
///
/// # Errors
/// [`ConfigError::Yaml`] with the line of the alias that is too much.
pub(super) fn check(roots: &[Node<'_>], length: usize) -> Result<(), ConfigError> {
    let limit = ANY_FILE + TIMES * length as u64;
    let mut expansion = Expansion { sizes: HashMap::new(), added: 0, limit };
    roots.iter().try_for_each(|root| expansion.size(root).map(drop))
}

/// The sizes of the nodes with an anchor, and what the aliases have added so far.
struct Expansion {
    sizes: HashMap<usize, u64>,
    added: u64,
    limit: u64,
}

impl Expansion {
    /// Returns the size of a node with all that its aliases refer to.
    fn size(&mut self, node: &Node<'_>) -> Result<u64, ConfigError> {
        if let Kind::Alias(anchor) = node.kind {
            return self.add(anchor, node.line());
        }
        let mut size = NODE + node.text().map_or(0, str::len) as u64;
        for item in node.items() {
            size = size.saturating_add(self.size(item)?);
        }
        for (key, value) in node.pairs() {
            size = size.saturating_add(self.size(key)?).saturating_add(self.size(value)?);
        }
        if node.anchor() != 0 {
            self.sizes.insert(node.anchor(), size);
        }
        Ok(size)
    }

    /// Adds what an alias refers to. An alias of a node that it is in has no size, and is not followed elsewhere.
    fn add(&mut self, anchor: usize, line: usize) -> Result<u64, ConfigError> {
        let size = self.sizes.get(&anchor).copied().unwrap_or_default();
        self.added = self.added.saturating_add(size);
        if self.added > self.limit {
            let message = "aliases make this too large to be a configuration".to_owned();
            return Err(ConfigError::Yaml { line: line as u64, column: 1, message });
        }
        Ok(size)
    }
}
