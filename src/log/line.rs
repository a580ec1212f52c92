//! Lines of a log: the values of their keys, in logfmt or JSON, after any prefix.
//!
//! A line is searched for its keys instead of being parsed as a whole. systemd, Docker and
//! Kubernetes write something before it, people paste it without its end, and a JSON parser would
//! refuse both.

use std::borrow::Cow;

/// Keys in which log drivers wrap a whole line: Docker's `json-file`, and `journalctl -o json`.
const WRAPPERS: [&str; 3] = ["log", "MESSAGE", "message"];

/// Removes the escape sequences of a terminal (ECMA-48 §5.4): `ESC [`, parameters, a final byte.
pub(super) fn without_colours(line: &str) -> Cow<'_, str> {
    const START: &str = "\u{1b}[";
    if !line.contains(START) {
        return Cow::Borrowed(line);
    }
    let mut parts = line.split(START);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|character| matches!(character, '@'..='~'));
        plain.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    Cow::Owned(plain)
}

/// Takes a line out of the JSON of a log driver.
pub(super) fn unwrapped(line: &str) -> Cow<'_, str> {
    let inner = WRAPPERS.iter().find_map(|key| json_values(line, key).next());
    inner.map_or(Cow::Borrowed(line), Cow::Owned)
}

/// Returns the values of a key, in order.
pub(super) fn values<'a>(line: &'a str, key: &'a str) -> impl Iterator<Item = String> + 'a {
    Values { rest: line, key, is_json: false }
}

/// Returns the values of a key of JSON, in order.
fn json_values<'a>(line: &'a str, key: &'a str) -> impl Iterator<Item = String> + 'a {
    Values { rest: line, key, is_json: true }
}

struct Values<'a> {
    rest: &'a str,
    key: &'a str,
    is_json: bool,
}

impl Iterator for Values<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let start = self.rest.find(self.key)?;
            let (before, after) = (&self.rest[..start], &self.rest[start + self.key.len()..]);
            // A search within the value could take quadratic time, so that it goes on after it.
            self.rest = after;
            if let Some(quoted) = quoted_json(before, after) {
                let (value, length) = unquoted(quoted);
                self.rest = &quoted[length..];
                return Some(value);
            }
            let is_start = !before.ends_with(|c: char| c.is_alphanumeric() || "_-.\"".contains(c));
            let logfmt = after.strip_prefix('=').filter(|_| is_start && !self.is_json);
            if let Some(value) = logfmt {
                let (value, rest) = logfmt_value(value);
                self.rest = rest;
                return Some(value);
            }
        }
    }
}

/// Returns the text after the opening quote of a JSON value, from the texts around its key.
fn quoted_json<'a>(before: &str, after: &'a str) -> Option<&'a str> {
    let after = after.strip_prefix('"').filter(|_| before.ends_with('"'))?;
    after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')
}

fn logfmt_value(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, length) = unquoted(quoted);
        return (value, &quoted[length..]);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

/// Reads a text up to its closing quote, or to the end if it was truncated. Returns the text without
/// escapes and the number of bytes that were read. Go's quotes and JSON share the escapes that occur
/// here.
fn unquoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return (value, index + 1),
            '\\' => match characters.next() {
                Some((_, 'u')) => value.push(code_point(&mut characters)),
                Some((_, 'n' | 'r' | 't')) => value.push(' '),
                Some((_, other)) => value.push(other),
                None => break,
            },
            other => value.push(other),
        }
    }
    (value, text.len())
}

/// Reads the four digits after `\u`. Go's JSON writes `&`, `<` and `>` in this way, which are common
/// in URIs. Halves of a surrogate pair are not worth joining: nothing with them is recognised.
fn code_point(characters: &mut std::str::CharIndices<'_>) -> char {
    let text = characters.as_str();
    let number = text.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(number) = number else { return char::REPLACEMENT_CHARACTER };
    characters.nth(3);
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(line: &str, key: &str) -> Vec<String> {
        values(line, key).collect()
    }

    #[test]
    fn values_are_found_in_both_forms() {
        assert_eq!(all(r#"x time="a b" msg="c\"d\\\n" path=/e f"#, "msg"), [r#"c"d\ "#]);
        assert_eq!(all(r#"x time="a b" msg="c" path=/e f"#, "path"), ["/e"]);
        assert_eq!(all(r#"p | {"msg" : "a\u0026b", "path":"/e"}"#, "msg"), ["a&b"]);
        assert_eq!(all(r#"{"n":1,"msg":"trunca"#, "msg"), ["trunca"]);
        assert_eq!(all("xmsg=1 msg=2 msg =3 msg", "msg"), ["2"]);
        assert_eq!(all(r#"msg="\u12"#, "msg"), ["\u{fffd}12"]);
    }

    #[test]
    fn colours_are_removed() {
        assert_eq!(without_colours("\u{1b}[1;31mERRO\u{1b}[0m x\u{1b}["), "ERRO x");
        assert_eq!(without_colours("plain"), "plain");
    }

    #[test]
    fn wrapped_lines_are_unwrapped() {
        assert_eq!(unwrapped(r#"{"log":"msg=\"a\"\n","stream":"stdout"}"#), "msg=\"a\" ");
        assert_eq!(unwrapped(r#"{"MESSAGE":"{\"msg\":\"a\"}"}"#), r#"{"msg":"a"}"#);
        assert_eq!(unwrapped("log=x msg=a"), "log=x msg=a");
    }
}
