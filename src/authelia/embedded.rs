//! A configuration that is text inside a scalar of another YAML document: in a `ConfigMap`, a Secret, a
//! Compose file, ….
//!
//! The lines of a literal block (`|`) are YAML as they are, only indented. They are read where they
//! are: with all other text blank, so that each node is in its place in the file, and each edit keeps
//! the indentation. Any other scalar is decoded, and written again as a whole.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use granit_parser::ScalarStyle;
use zeroize::Zeroizing;

use super::document::{Documents, Kind, Node};
use super::error::{ConfigError, EditError};
use super::escapes;
use super::lines::next_line;
use super::path::PATH;
use super::style::{Style, written};
use super::template::unresolved;

/// What the templates of a text are to the YAML parser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Templates {
    /// Hidden, so that they stay as they are.
    Hidden,
    /// Resolved, or texts between quotes.
    Resolved,
}

/// A decoded text, and how to put a changed one in its place.
pub(super) struct Decoded {
    /// The bytes of the scalar in the file.
    place: Range<usize>,
    style: Style,
    is_base64: bool,
}

/// The text that a scalar holds.
pub(super) struct Held {
    pub(super) text: Zeroizing<String>,
    is_base64: bool,
    is_block: bool,
}

impl Held {
    /// Returns the text of a scalar if it may be a configuration: it has lines, or is base64.
    pub(super) fn of(scalar: &Node) -> Option<Self> {
        let text = scalar.text()?;
        let is_block = matches!(scalar.kind, Kind::Scalar { style: ScalarStyle::Literal, .. });
        if let Some(text) = base64_decoded(text) {
            return Some(Self { text, is_base64: true, is_block });
        }
        let may_be_one = ["\n", PATH[0], "client_id"].iter().any(|part| text.contains(part));
        let text = || Zeroizing::new(text.to_owned());
        may_be_one.then(|| Self { text: text(), is_base64: false, is_block })
    }

    /// Whether the text is read where it is.
    pub(super) fn is_in_place(&self) -> bool {
        self.is_block && !self.is_base64
    }
}

/// Returns the text that another text is the base64 of (RFC 4648 §4), in one line or several.
fn base64_decoded(text: &str) -> Option<Zeroizing<String>> {
    /// No configuration with a client is shorter.
    const MIN: usize = 40;
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n ".contains(&byte);
    if text.len() < MIN || !text.bytes().all(is_base64) {
        return None;
    }
    let joined: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
    let decoded = Zeroizing::new(STANDARD.decode(&*joined).ok()?);
    std::str::from_utf8(&decoded).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// Reads the text of a scalar. `yaml` is the text of the file as the parser has read it.
pub(super) fn read<'t>(
    file: &'t str,
    yaml: &str,
    scalar: &Node,
    templates: Templates,
) -> Result<(Documents<'t>, Option<Decoded>), ConfigError> {
    let Some(held) = Held::of(scalar) else { return Ok((Documents::empty(file), None)) };
    if held.is_in_place() {
        return Ok((in_place(file, yaml, scalar)?, None));
    }
    let Held { text, is_base64, .. } = held;
    let documents = match templates {
        Templates::Hidden => Documents::decoded(text, scalar.line(), true)?,
        Templates::Resolved => {
            let text = Zeroizing::new(unresolved(&text)?.text().to_owned());
            Documents::decoded(text, scalar.line(), false)?
        }
    };
    let (place, style) = written(file, scalar, false);
    Ok((documents, Some(Decoded { place, style, is_base64 })))
}

/// Reads the lines of a literal block where they are.
fn in_place<'t>(file: &'t str, yaml: &str, block: &Node) -> Result<Documents<'t>, ConfigError> {
    /// Authelia reads only the first one. Each takes time that grows with its place in the file.
    const MAX_DOCUMENTS: usize = 10;
    let lines = contents(yaml, block);
    let mut documents = Documents::empty(file);
    for (part, is_document) in parts(yaml, lines).into_iter().take(MAX_DOCUMENTS) {
        let more = Documents::read_as(file, &only(yaml, &part))?;
        // `---` without contents is a document, but the comments before the first one are none.
        if more.roots.is_empty() && is_document {
            documents.roots.push(Node::plain(""));
        }
        documents.roots.extend(more.roots);
        documents.has_anchors |= more.has_anchors;
    }
    Ok(documents)
}

/// Returns the bytes of a block's lines, after the line with `|`.
fn contents(yaml: &str, block: &Node) -> Range<usize> {
    let place = block.place();
    let header = yaml[..place.start].trim_end().len();
    // The block may begin in the line of its header, if the parser counts the blanks there.
    next_line(yaml, header).min(place.end)..place.end
}

/// Splits the lines of a block at its `---` and `...`: each part, and whether it follows a `---`.
///
/// Indented, these marks are texts to the parser.
fn parts(yaml: &str, lines: Range<usize>) -> Vec<(Range<usize>, bool)> {
    let mut indent = None;
    let (mut parts, mut start, mut is_document) = (Vec::new(), lines.start, false);
    let mut at = lines.start;
    while at < lines.end {
        let next = next_line(yaml, at).min(lines.end);
        let line = &yaml[at..next];
        let own = line.len() - line.trim_start_matches(' ').len();
        let is_blank = line.trim().is_empty();
        if !is_blank {
            let indent = *indent.get_or_insert(own);
            let mark = line.get(indent..).and_then(|line| line.strip_prefix("---"));
            if mark.is_some_and(|rest| rest.trim_start() != rest || rest.is_empty()) {
                parts.push((start..at, is_document));
                (start, is_document) = (at + indent + 3, true);
            } else if line.trim() == "..." {
                parts.push((start..at, is_document));
                (start, is_document) = (next, false);
            }
        }
        at = next;
    }
    parts.push((start..lines.end, is_document));
    parts
}

/// Returns the text up to the end of a part, with blanks instead of all before the part, so that
/// every byte, line and column is where it was.
fn only(yaml: &str, part: &Range<usize>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(part.end));
    text.extend(yaml[..part.start].bytes().map(|byte| match byte {
        b'\n' | b'\r' => char::from(byte),
        _ => ' ',
    }));
    text.push_str(&yaml[part.clone()]);
    text
}

impl Decoded {
    /// Returns the file with another text in the scalar, given the old one.
    pub(super) fn with(
        &self,
        file: &str,
        old: &str,
        text: &str,
    ) -> Result<Zeroizing<String>, EditError> {
        let value = if self.is_base64 {
            Zeroizing::new(STANDARD.encode(text))
        } else if matches!(self.style, Style::Double) {
            let changed = escapes::changed(&file[self.place.clone()], old, text);
            changed.map_or_else(|| self.style.written(text), Zeroizing::new)
        } else if !text.contains('\n') && self.style != Style::Alias {
            self.style.written(text)
        } else {
            // Line ends between single quotes, without quotes or in a folded block are written as
            // more lines, whose indentation is part of a larger text.
            return Err(EditError::UnsupportedYaml);
        };
        let value = match self.style {
            Style::Single | Style::Double if self.is_base64 => self.style.written(&value),
            Style::Alias => return Err(EditError::UnsupportedYaml),
            _ => value,
        };
        let (before, after) = (&file[..self.place.start], &file[self.place.end..]);
        Ok(Zeroizing::new([before, &value, after].concat()))
    }
}
