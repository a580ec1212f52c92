//! Text around a secret: labels, quotes, line ends, prefixes, the output of programs.

use super::character::is_blank;
use super::encoding::from_base64;
use super::escape::percent_decoded;

/// Returns the text between a pair of quotes, plain or typographic.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 7] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{ab}', '\u{bb}'),
    ];
    PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// Removes a quote that is on one side only.
pub(super) fn half_unquoted(text: &str) -> Option<&str> {
    let quotes = ['"', '\'', '`'];
    text.strip_prefix(quotes).or_else(|| text.strip_suffix(quotes))
}

/// Returns the text after a label, without quotes and line ends, as in a line of YAML or JSON.
pub(super) fn labelled(text: &str) -> Option<String> {
    let value = without_label(text.trim_matches(is_blank))?;
    let value = value.strip_suffix(',').filter(|value| unquoted(value).is_some()).unwrap_or(value);
    Some(unquoted(value).unwrap_or(value).to_owned())
}

/// Returns the text after `Client secret: ` or `CLIENT_SECRET=`.
fn without_label(text: &str) -> Option<&str> {
    if let Some((label, rest)) = text.rsplit_once(": ") {
        let is_label = label.chars().all(|c| c.is_alphanumeric() || " _-\"'".contains(c));
        return is_label.then_some(rest);
    }
    // `NAME=secret`, and `id:secret` of client_secret_basic.
    let (name, value) = text.split_once(['=', ':'])?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    let is_padding = value.trim_end_matches('=').is_empty();
    (is_name && !name.is_empty() && !is_padding).then_some(value)
}

/// Returns the secret of `Basic BASE64`, where the base64 is of `id:secret`.
pub(super) fn from_basic_header(text: &str) -> Option<String> {
    let credentials = text.trim().strip_prefix("Basic ")?;
    let decoded = from_base64(credentials)?;
    let (_, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    String::from_utf8(percent_decoded(secret.as_bytes())?.to_vec()).ok()
}

/// Returns a secret of GitLab's length and alphabet with the prefix that GitLab gives it.
pub(super) fn with_gitlab_prefix(text: &str) -> Option<String> {
    const LENGTH: usize = 64;
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == LENGTH && is_hex).then(|| format!("gloas-{text}"))
}

/// Returns the secret in a JSON object: the value of a key with a usual name, or the only string.
pub(super) fn from_json_object(text: &str) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let named = ["client_secret", "clientSecret", "secret", "password", "value"];
    let named = named.iter().find_map(|name| object.get(*name)?.as_str());
    let mut texts = object.values().filter_map(serde_json::Value::as_str);
    let only = texts.next().filter(|_| texts.next().is_none());
    named.or(only).map(ToOwned::to_owned)
}

/// Removes the sequences that colour text on a terminal (ECMA-48, CSI … m).
pub(super) fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let parameters = after.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
        rest = after[parameters..].strip_prefix(['m', 'K']).unwrap_or(after);
    }
    plain + rest
}

pub(super) fn without_line_end(secret: &[u8]) -> Option<&[u8]> {
    secret.strip_suffix(b"\r\n").or(secret.strip_suffix(b"\n")).or(secret.strip_suffix(b"\r"))
}

/// Removes inner white space; `None` if the text has none.
pub(super) fn without_gaps(text: &str) -> Option<String> {
    let has_gaps = text.trim_matches(is_blank).contains(is_blank);
    has_gaps.then(|| text.chars().filter(|c| !is_blank(*c)).collect())
}

/// Returns the rest of a secret with a prefix that names its kind, as in `gloas-…` or `ghp_…`.
pub(super) fn without_prefix(text: &str) -> Option<String> {
    const LONGEST: usize = 12;
    const SHORTEST_REST: usize = 16;
    let (prefix, rest) = text.split_once(['-', '_'])?;
    let is_word = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_prefix = is_word && prefix.len() <= LONGEST && rest.len() >= SHORTEST_REST;
    is_prefix.then(|| rest.to_owned())
}
