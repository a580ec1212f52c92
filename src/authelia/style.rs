//! The styles of YAML values: how a value is quoted, and how another one is written in its style.

use std::ops::Range;

use granit_parser::ScalarStyle;
use zeroize::Zeroizing;

use super::document::{Kind, Node};
use super::entry::single_quoted;
use crate::digest::Digest;

/// A place in the header of a block (`|`, `>`): after the indicator, or the `+` there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Strip {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain {
        is_flow: bool,
    },
    Single,
    Double,
    /// Lines of a block.
    Block {
        /// The number of their line ends that belong to the value.
        line_ends: usize,
        /// The place for the indicator that strips the line ends from the value.
        strip: Strip,
    },
    /// An alias of an anchored value, which others share.
    Alias,
}

/// Returns the bytes of a value to replace, and its style.
pub(super) fn written(yaml: &str, value: &Node, is_flow: bool) -> (Range<usize>, Style) {
    let place = value.place();
    let Kind::Scalar { text, style } = &value.kind else { return (place, Style::Alias) };
    match style {
        ScalarStyle::Plain => (place, Style::Plain { is_flow }),
        ScalarStyle::SingleQuoted => (place, Style::Single),
        ScalarStyle::DoubleQuoted => (place, Style::Double),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let line_ends = text.len() - text.trim_end_matches('\n').len();
            let content = &yaml[place.clone()];
            let start = place.start + content.len() - content.trim_start().len();
            let end = place.start + content.trim_end().len();
            (start..end.max(start), Style::Block { line_ends, strip: strip(yaml, place.start) })
        }
    }
}

/// Returns the place to change in the header of the block whose contents begin at a byte.
fn strip(yaml: &str, contents: usize) -> Strip {
    let above = yaml[..contents].trim_end();
    let line = above.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let header = above[line..].split(" #").next().unwrap_or_default();
    let indicator = line + header.rfind(['|', '>']).unwrap_or(header.len());
    match header[indicator - line..].find('+') {
        Some(at) => Strip { start: indicator + at, end: indicator + at + 1 },
        None => Strip { start: indicator + 1, end: indicator + 1 },
    }
}

impl Style {
    /// Returns the place for the indicator that strips line ends, for a value that must not have
    /// them. In a pbkdf2 or argon2 digest Authelia ignores them, in any other digest they are an
    /// error, and in plaintext they change the secret (measured with go-crypt).
    pub(super) fn must_strip(self, value: &str) -> Option<Strip> {
        let Self::Block { line_ends: 1.., strip } = self else { return None };
        let digest = |text: &str| text.parse::<Digest>().ok();
        let bears = digest(value).is_some_and(|digest| !digest.is_plain())
            && digest(value) == digest(&format!("{value}\n"));
        (!bears).then_some(strip)
    }

    /// Returns a value in this style.
    pub(super) fn written(self, value: &str) -> Zeroizing<String> {
        // The characters of digests need no quotes, but in flow style a comma ends a value.
        let is_safe = |is_flow: bool| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "$./+=_~-".contains(c);
            value.starts_with('$') && value.chars().all(|c| is_plain(c) || (c == ',' && !is_flow))
        };
        Zeroizing::new(match self {
            Self::Plain { is_flow } if is_safe(is_flow) => value.to_owned(),
            Self::Block { .. } => value.to_owned(),
            Self::Double => serde_json::Value::from(value).to_string(),
            Self::Plain { .. } | Self::Single | Self::Alias => single_quoted(value),
        })
    }

    /// Returns the value as YAML reads it: that of a block may end in line ends.
    pub(super) fn parsed(self, value: &str) -> String {
        match self {
            Self::Block { line_ends, .. } if self.must_strip(value).is_none() => {
                format!("{value}{}", "\n".repeat(line_ends))
            }
            _ => value.to_owned(),
        }
    }
}
