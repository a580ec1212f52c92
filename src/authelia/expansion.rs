//! The size of a text with its aliases replaced by what they refer to: a short file can expand to a very long one.
//!
//! Authelia's parser refuses such files too, as "excessive aliasing", by a limit of its own.

use std::collections::HashMap;

use super::error::ConfigError;

/// The size that aliases may add to any file, in bytes: more than a hundred thousand aliases of a client's defaults.
const ANY_FILE: u64 = 16 << 20;
/// How many times its own size they may add to a long file.
const TIMES: u64 = 8;
/// The size of a node without its text, in bytes.
const NODE: u64 = 100;

/// The sizes of the nodes with an anchor, and what the aliases have added so far.
pub(super) struct Expansion {
    limit: u64,
    added: u64,
    /// The size of each node with an anchor, by the number of that.
    sizes: HashMap<usize, u64>,
    /// The sizes of the collections that are not complete, each with its anchor.
    open: Vec<(usize, u64)>,
}

impl Expansion {
    /// Prepares for a text of some bytes.
    pub(super) fn of(length: usize) -> Self {
        let limit = ANY_FILE + TIMES * length as u64;
        Self { limit, added: 0, sizes: HashMap::new(), open: Vec::new() }
    }

    /// Adds a scalar; its anchor is 0 if it has none.
    pub(super) fn scalar(&mut self, anchor: usize, length: usize) {
        self.add(anchor, NODE + length as u64);
    }

    /// Begins a list or a mapping.
    pub(super) fn begin(&mut self, anchor: usize) {
        self.open.push((anchor, NODE));
    }

    /// Ends the list or the mapping that was begun last.
    pub(super) fn end(&mut self) {
        if let Some((anchor, size)) = self.open.pop() {
            self.add(anchor, size);
        }
    }

    /// Adds what an alias refers to. A node that the alias is in has no size yet.
    ///
    /// # Errors
    /// [`ConfigError::Yaml`] with the line, if it is too much.
    pub(super) fn alias(&mut self, anchor: usize, line: u64) -> Result<(), ConfigError> {
        let size = self.sizes.get(&anchor).copied().unwrap_or_default();
        self.added = self.added.saturating_add(size);
        if self.added > self.limit {
            let message = "aliases make this too large to be a configuration".to_owned();
            return Err(ConfigError::Yaml { line, column: 1, message });
        }
        self.add(0, size);
        Ok(())
    }

    fn add(&mut self, anchor: usize, size: u64) {
        if anchor != 0 {
            self.sizes.insert(anchor, size);
        }
        if let Some((_, sum)) = self.open.last_mut() {
            *sum = sum.saturating_add(size);
        }
    }
}
