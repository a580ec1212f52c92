//! Templates (`{{ … }}`) and variables (`${…}`) in the text of a configuration, which Authelia expands
//! before it reads the YAML. No other module decides what is one.

use std::ops::Range;

use zeroize::Zeroizing;

/// The source of a value that a template or a variable inserts. It is exhaustive: anyone who resolves
/// references must handle each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `{{ secret "/path" }}`: the contents of a file, without the line end.
    File(&'a str),
    /// `{{ env "NAME" }}` or `${NAME}`: an environment variable.
    Variable(&'a str),
}

/// Resolves the templates of a configuration that refer to one value each; the values are quoted. A
/// template without a value stays, quoted so that YAML reads it as text.
///
/// ```
/// use oidc_secret::authelia::{Reference, resolve_templates};
///
/// let yaml = "client_secret: {{ secret \"/run/kasm\" }}";
/// let known = |reference: Reference| match reference {
///     Reference::File("/run/kasm") => Some("it's".to_owned()),
///     _ => None,
/// };
/// assert_eq!(resolve_templates(yaml, known), "client_secret: 'it''s'");
/// assert_eq!(resolve_templates(yaml, |_| None), "client_secret: '{{ secret \"/run/kasm\" }}'");
/// ```
#[must_use]
pub fn resolve_templates(yaml: &str, value: impl Fn(Reference<'_>) -> Option<String>) -> String {
    let mut filled = String::with_capacity(yaml.len());
    let mut line = Line::default();
    let mut rest = yaml;
    while let Some((before, template_on)) = rest.split_once("{{") {
        let Some((inside, after)) = template_on.split_once("}}").filter(|(s, _)| !s.contains('\n'))
        else {
            break;
        };
        let template = format!("{{{{{inside}}}}}");
        let text = reference(inside).and_then(&value).unwrap_or(template);
        line.read(before);
        filled.push_str(before);
        let written = match line.around() {
            QuoteContext::Nothing => format!("'{}'", text.replace('\'', "''")),
            QuoteContext::Plain => text,
            QuoteContext::Single => text.replace('\'', "''"),
            QuoteContext::Double => text.replace('\\', r"\\").replace('"', "\\\""),
        };
        line.read(&written);
        filled.push_str(&written);
        rest = after;
    }
    filled.push_str(rest);
    with_variables(&filled, value)
}

/// The quotes around a template.
enum QuoteContext {
    /// No quotes: the template is the whole value.
    Nothing,
    /// Text without quotes.
    Plain,
    /// Text between single quotes.
    Single,
    /// Text between double quotes.
    Double,
}

/// The quote that is open at the end of a line. It is kept up to date while the text is read, since
/// reading the line again for each template takes time that grows with the square of their number.
struct Line {
    open: Option<char>,
    before: char,
}

impl Default for Line {
    fn default() -> Self {
        Self { open: None, before: ' ' }
    }
}

impl Line {
    fn read(&mut self, text: &str) {
        for character in text.chars() {
            match self.open {
                _ if matches!(character, '\n' | '\r') => {
                    *self = Self::default();
                    continue;
                }
                Some('"') if self.before == '\\' => {}
                Some(quote) if quote == character => self.open = None,
                // Between single quotes, two of them are one quote of the text.
                None if matches!(character, '\'' | '"')
                    && (" [{,:".contains(self.before) || self.before == character) =>
                {
                    self.open = Some(character);
                }
                _ => {}
            }
            self.before = character;
        }
    }

    fn around(&self) -> QuoteContext {
        match self.open {
            Some('\'') => QuoteContext::Single,
            Some(_) => QuoteContext::Double,
            None if " \t[{,".contains(self.before) => QuoteContext::Nothing,
            None => QuoteContext::Plain,
        }
    }
}

/// Replaces each `${NAME}` that is given, as the filter expand-env does.
fn with_variables(yaml: &str, value: impl Fn(Reference<'_>) -> Option<String>) -> String {
    let is_part_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut filled = String::with_capacity(yaml.len());
    let mut rest = yaml;
    while let Some((before, name_on)) = rest.split_once("${") {
        filled.push_str(before);
        let length = name_on.bytes().take_while(is_part_of_name).count();
        let (name, after) = name_on.split_at(length);
        let text = after.strip_prefix('}').and_then(|_| value(Reference::Variable(name)));
        if let Some(text) = text {
            filled.push_str(&text);
            rest = &after[1..];
        } else {
            filled.push_str("${");
            rest = name_on;
        }
    }
    filled + rest
}

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
pub(crate) fn is_reference(text: &str) -> bool {
    let text = text.trim();
    is_template(text) || is_variable(text)
}

/// Whether a secret is written for Authelia's filter expand-env, which turns two `$` into one. It would
/// destroy a digest with single ones.
pub(super) fn is_for_expand_env(value: &str) -> bool {
    value.starts_with("$$")
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
pub(super) fn whole_reference(value: &str) -> Option<Reference<'_>> {
    let value = value.trim().trim_matches(['\'', '"']).trim();
    let inside = value.strip_prefix("{{").and_then(|value| value.strip_suffix("}}"));
    let variable = value.strip_prefix("${").and_then(|value| value.strip_suffix('}'));
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let one = inside.filter(|inside| !inside.contains("{{")).and_then(reference);
    one.or(variable.filter(is_name).map(Reference::Variable))
}

/// Returns the reference in the text between two braces, if it is only one; filters that only trim
/// or quote are ignored.
pub(super) fn reference(inside: &str) -> Option<Reference<'_>> {
    let inside = inside.trim_matches('-');
    let (call, filters) = inside.split_once('|').unwrap_or((inside, ""));
    let is_trim =
        |filter: &str| matches!(filter.trim(), "" | "trim" | "squote" | "quote" | "msquote");
    if !filters.split('|').all(is_trim) {
        return None;
    }
    let (function, argument) = call.trim().split_once(char::is_whitespace)?;
    let argument = argument.trim();
    let quoted = |quote| argument.strip_prefix(quote)?.strip_suffix(quote);
    let argument = quoted('"').or(quoted('`')).or(quoted('\''))?;
    match function {
        "secret" | "fileContent" => Some(Reference::File(argument)),
        "env" | "mustEnv" => Some(Reference::Variable(argument)),
        _ => None,
    }
}

/// Returns the text that Authelia inserts for a template that names a file of these contents;
/// `None` for any other template. `inside` is the text between the braces.
///
/// Measured on Authelia 4.39.20: `secret` drops the line feeds at the end of the file and nothing
/// else, so that a carriage return stays, and `fileContent` drops nothing.
fn from_file(inside: &str, contents: &str) -> Option<Zeroizing<String>> {
    let Some(Reference::File(_)) = reference(inside) else { return None };
    let mut parts = inside.trim_matches('-').split('|').map(str::trim);
    let is_secret = parts.next()?.starts_with("secret");
    let text = if is_secret { contents.trim_end_matches('\n') } else { contents };
    let mut text = Zeroizing::new(text.to_owned());
    for filter in parts {
        text = Zeroizing::new(match filter {
            "trim" => text.trim().to_owned(),
            "squote" | "msquote" => format!("'{}'", *text),
            "quote" => format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"")),
            _ => return None,
        });
    }
    Some(text)
}

/// Returns the text with the template in a range resolved from a file of these contents, as
/// Authelia does it before it reads the YAML: `{{-` and `-}}` remove the white space on their side.
pub(super) fn with_file(
    text: &str,
    range: Range<usize>,
    contents: &str,
) -> Option<Zeroizing<String>> {
    let start = range.start + text[range.clone()].find("{{")?;
    let end = range.start + text[range].rfind("}}")? + 2;
    let inside = text.get(start + 2..end - 2)?;
    let value = from_file(inside, contents)?;
    let (before, after) = (&text[..start], &text[end..]);
    let before = if inside.starts_with('-') { before.trim_end() } else { before };
    let after = if inside.ends_with('-') { after.trim_start() } else { after };
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
    fn templates_are_resolved_in_every_style() {
        let known = |_: Reference<'_>| Some("a'b\"c".to_owned());
        for (yaml, filled, unknown) in [
            ("x: {{ env \"X\" }}", "x: 'a''b\"c'", "x: '{{ env \"X\" }}'"),
            ("x: '{{ env \"X\" }}'", "x: 'a''b\"c'", "x: '{{ env \"X\" }}'"),
            ("x: \"{{ env \"X\" }}\"", r#"x: "a'b\"c""#, r#"x: "{{ env \"X\" }}""#),
            ("x: 'tcp://{{ env `X` }}:1'", "x: 'tcp://a''b\"c:1'", "x: 'tcp://{{ env `X` }}:1'"),
            ("x: \"it's {{ env `X` }}\"", r#"x: "it's a'b\"c""#, "x: \"it's {{ env `X` }}\""),
            ("x: 'it''s {{ env `X` }}'", "x: 'it''s a''b\"c'", "x: 'it''s {{ env `X` }}'"),
            ("x: tcp://{{ env `X` }}:1", "x: tcp://a'b\"c:1", "x: tcp://{{ env `X` }}:1"),
            (
                "[{{ env `X` }},{{ nine }}]",
                "['a''b\"c','{{ nine }}']",
                "['{{ env `X` }}','{{ nine }}']",
            ),
        ] {
            assert_eq!(resolve_templates(yaml, known), filled);
            assert_eq!(resolve_templates(yaml, |_| None), unknown);
        }
    }

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
