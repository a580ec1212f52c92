//! Templates (`{{ … }}`) and variables (`${…}`) in the text of a configuration, which Authelia expands
//! before it reads the YAML. No other module decides what is one.

pub(crate) mod error;
mod expand_env;
mod expression;
pub(crate) mod filters;
mod functions;
mod lexer;
mod lines;
mod quotes;
mod reference;
mod render;
mod resolve;
mod resolved;

use std::ops::Range;

use zeroize::Zeroizing;

use expression::Expression;
use lexer::{WHITE, lex, lex_inside};

pub use error::{TemplateError, TemplateProblem, Trim};
pub use expression::Source;
pub use filters::{Filter, FilterError, Filters};
pub use reference::{Reference, authelia_variable, is_hidden_variable};
pub use resolve::resolve_templates;
pub(crate) use resolve::unresolved;
pub use resolved::{ExpansionNote, ExpansionProblem, Resolved, Unresolved};

/// Whether a text has a template (`{{ … }}`), anywhere in it.
#[must_use]
pub fn has_template(text: &str) -> bool {
    text.contains("{{")
}

/// Whether a text begins with a template.
#[must_use]
pub fn starts_with_template(text: &str) -> bool {
    text.trim_start().starts_with("{{")
}

/// Whether Authelia may change a text before it reads it: it has a template or a variable, in a form
/// that is understood here or not.
///
/// ```
/// use oidc_secret::authelia::is_expanded;
///
/// assert!(is_expanded("$plaintext${HOME}") && is_expanded("a {{ nonsense"));
/// assert!(!is_expanded("$plaintext$x"));
/// ```
#[must_use]
pub fn is_expanded(text: &str) -> bool {
    has_template(text) || text.contains("${")
}

/// Whether a text is one template and nothing else.
pub(crate) fn is_template(text: &str) -> bool {
    text.strip_prefix("{{").is_some_and(|rest| rest.ends_with("}}"))
}

/// Whether a text is one variable (`${…}`) and nothing else.
pub(crate) fn is_variable(text: &str) -> bool {
    text.strip_prefix("${").is_some_and(|rest| rest.ends_with('}'))
}

/// Whether a text is one template or one variable, with blanks around it or without.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let text = text.trim();
    // A template in a block of text that is not resolved has the quotes that it needs elsewhere.
    let quoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let text = quoted.filter(|text| is_template(text)).unwrap_or(text);
    is_template(text) || is_variable(text)
}

/// Whether a secret is written for Authelia's filter expand-env, which turns two `$` into one. It would
/// destroy a digest with single ones.
pub(super) fn is_for_expand_env(value: &str) -> bool {
    value.starts_with("$$")
}

/// Whether a byte of a text is between `{{ range … }}` and its `{{ end }}`: what is there is repeated.
pub(super) fn is_in_loop(text: &str, at: usize) -> bool {
    let mut open = Vec::new();
    let mut rest = &text[..at];
    while let Some(Found { inside, after, .. }) = first_template(rest) {
        let word = inside.trim_start_matches(['-', ' ', '\t']).split_whitespace().next();
        match word {
            Some(word @ ("if" | "range" | "with" | "define" | "block")) => open.push(word),
            Some("end") => drop(open.pop()),
            _ => {}
        }
        rest = after;
    }
    open.contains(&"range")
}

/// Whether a line is the template that ends a block, as in `{{- end }}`.
pub(super) fn is_block_end(line: &str) -> bool {
    starts_with_template(line)
        && line.trim_matches(['{', '}', '-', ' ']).split_whitespace().next() == Some("end")
}

/// Whether a template trims the white space between two texts: `-}}` at the end of the first, or `{{-`
/// at the beginning of the second.
pub(super) fn is_trimmed_between(before: &str, after: &str) -> bool {
    before.trim_end().ends_with("-}}") || after.trim_start().starts_with("{{-")
}

/// A template in a text, with the text around it.
pub(super) struct Found<'t> {
    pub(super) before: &'t str,
    /// The text between the braces.
    pub(super) inside: &'t str,
    pub(super) is_closed: bool,
    pub(super) after: &'t str,
}

/// Finds the first template of a text. One without an end reaches to the end of the text.
pub(super) fn first_template(text: &str) -> Option<Found<'_>> {
    let (before, rest) = text.split_at(text.find("{{")?);
    let length = template_length(rest);
    let (template, after) = rest.split_at(length.unwrap_or(rest.len()));
    let inside = template.strip_prefix("{{").unwrap_or(template);
    let inside = if length.is_some() { &inside[..inside.len() - 2] } else { inside };
    Some(Found { before, inside, is_closed: length.is_some(), after })
}

/// Returns the reference that a whole value is, with its quotes or without; `None` for a value that
/// is more than a reference, such as one with a default.
pub(crate) fn whole_reference(value: &str) -> Option<Reference<'_>> {
    let value = value.trim().trim_matches(['\'', '"']).trim();
    let inside = value.strip_prefix("{{").and_then(|value| value.strip_suffix("}}"));
    let variable = value.strip_prefix("${").and_then(|value| value.strip_suffix('}'));
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let one = inside.filter(|inside| !inside.contains("{{")).and_then(reference);
    one.or(variable.filter(is_name).map(Reference::Variable))
}

/// Returns the reference in the text between two braces, if it is only one; functions that trim,
/// quote or indent are ignored.
pub(super) fn reference(inside: &str) -> Option<Reference<'_>> {
    Expression::parse(&lex_inside(inside).ok()?.tokens)?.reference()
}

/// Returns the text with the template in a range resolved from a file of these contents, as
/// Authelia does it before it reads the YAML; `None` if it is not a template that names a file.
pub(super) fn with_file(
    text: &str,
    range: Range<usize>,
    contents: &str,
) -> Option<Zeroizing<String>> {
    let start = range.start + text[range].find("{{")?;
    let lexed = lex(&text[start..]).ok()?;
    let value = Expression::parse(&lexed.tokens)?.text(&|reference| match reference {
        Reference::File(_) => Ok(Zeroizing::new(contents.to_owned())),
        Reference::Variable(_) => Err(String::new()),
    });
    let (value, (trims_before, trims_after)) = (value.ok()?, lexed.trims);
    let (before, after) = (&text[..start], &text[start + lexed.length..]);
    let before = if trims_before { before.trim_end_matches(WHITE) } else { before };
    let after = if trims_after { after.trim_start_matches(WHITE) } else { after };
    Some(Zeroizing::new([before, &value, after].concat()))
}

/// Returns the text with each template (`{{ … }}`) replaced by the same number of bytes: a comment
/// if the template is alone in its line, letters elsewhere; `None` for a text without templates,
/// which need not be copied.
pub(super) fn masked(text: &str) -> Option<Zeroizing<String>> {
    if !has_template(text) {
        return None;
    }
    let mut masked = Zeroizing::new(String::with_capacity(text.len()));
    let is_blank = |line: &str| line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'#'));
    // Whether the line has nothing but blanks so far.
    let mut is_first = true;
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, template_on) = rest.split_at(start);
        let Some(length) = template_length(template_on) else { break };
        let (template, after) = template_on.split_at(length);
        masked.push_str(before);
        is_first = match before.rfind(['\n', '\r']) {
            Some(end) => is_blank(&before[end + 1..]),
            None => is_first && is_blank(before),
        };
        let next = after.trim_start_matches([' ', '\t']);
        let is_last =
            next.is_empty() || next.starts_with(['\n', '\r', '#']) || next.starts_with("{{");
        let hidden = template.bytes().enumerate().map(|(index, byte)| match byte {
            b'\n' | b'\r' => char::from(byte),
            _ if index == 0 && is_first && is_last => '#',
            _ => 'x',
        });
        masked.extend(hidden);
        is_first = false;
        rest = after;
    }
    masked.push_str(rest);
    Some(masked)
}

/// Returns the length in bytes of the template at the beginning of a text; `None` if it has no end.
/// Its strings and comments may contain `}}`.
fn template_length(text: &str) -> Option<usize> {
    let mut at = 2;
    loop {
        let rest = text.get(at..)?;
        let quoted = |quote: char| rest.get(1..)?.find(quote).map(|end| end + 2);
        at += match rest.chars().next()? {
            _ if rest.starts_with("}}") => return Some(at + 2),
            '"' => quoted('"')?,
            '`' => quoted('`')?,
            '/' if rest.starts_with("/*") => rest.find("*/")? + 2,
            other => other.len_utf8(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_templates_keep_their_length() {
        for (text, expected) in [
            ("a: {{ env \"é\" }} b", "a: xxxxxxxxxxxxxx b"),
            ("  {{- if true }}\nx: 1\n", "  #xxxxxxxxxxxxx\nx: 1\n"),
            ("a: \"{{ secret \"/x\" }}\"", "a: \"xxxxxxxxxxxxxxxxx\""),
            ("a: {{ \"}}\" }}", "a: xxxxxxxxxx"),
            ("a: {{ b", "a: {{ b"),
        ] {
            let masked = masked(text).unwrap();
            assert_eq!(*masked, expected);
            assert_eq!(masked.len(), text.len());
        }
    }
}
