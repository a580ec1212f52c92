//! Characters that are line breaks for Authelia's parser, which follows YAML 1.1 here, and not for ours, which
//! follows YAML 1.2.
//!
//! A comment, a scalar or an entry would end at another place, so that they are refused. Why not take them as
//! line feeds? The file would still differ for every other reader of YAML 1.2, and nobody writes them on
//! purpose. In quotes they are accepted: such a scalar ends at the same place for both.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use super::error::ConfigError;
use super::lines::line_start;

/// The line breaks of YAML 1.1 (§4.2) that YAML 1.2 no longer has: NEL, LS and PS.
const CHARACTERS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// The places of these characters in a text.
pub(super) struct OldBreaks {
    rest: Peekable<IntoIter<usize>>,
    /// The first one outside of quotes.
    refused: Option<usize>,
}

impl OldBreaks {
    pub(super) fn of(text: &str) -> Self {
        // Nearly every text is ASCII, which is known many times faster.
        let text = if text.is_ascii() { "" } else { text };
        let places: Vec<_> = text.match_indices(CHARACTERS).map(|(at, _)| at).collect();
        Self { rest: places.into_iter().peekable(), refused: None }
    }

    /// Accepts those in a scalar in quotes. Scalars come in their order.
    pub(super) fn accept(&mut self, scalar: &Range<usize>) {
        while let Some(at) = self.rest.next_if(|at| *at < scalar.end) {
            if at < scalar.start {
                self.refused = self.refused.or(Some(at));
            }
        }
    }

    /// Refuses what was not accepted; `line` is that of a text that is part of another one.
    ///
    /// # Errors
    /// [`ConfigError::LineBreak`] with the place of the first one.
    pub(super) fn finish(mut self, text: &str, line: Option<u32>) -> Result<(), ConfigError> {
        let Some(at) = self.refused.or_else(|| self.rest.next()) else { return Ok(()) };
        let (before, start) = (&text[..at], line_start(text, at));
        let ends = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
        let line = line.map_or(ends as u64 + 1, u64::from);
        let column = text[start..at].chars().count() as u64 + 1;
        let character = text[at..].chars().next().unwrap_or_default();
        Err(ConfigError::LineBreak { line, column, character })
    }
}
