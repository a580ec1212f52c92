//! Escapes of HTML, JSON, shells and URLs.

use zeroize::Zeroizing;

use super::encoding::Bytes;
use crate::urlencoding;

/// The entities of HTML that have a name and are used for ASCII characters.
const ENTITIES: [(&str, char); 11] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("dollar", '$'),
    ("num", '#'),
    ("percnt", '%'),
    ("plus", '+'),
    ("equals", '='),
    ("nbsp", '\u{a0}'),
];

/// Replaces HTML entities by their characters, and the escapes of a $ in other languages.
pub(super) fn without_entities(text: &str) -> String {
    let dollars = ["\\u0024", "\\x24", "\\044"];
    let text = dollars.iter().fold(text.to_owned(), |text, escape| text.replace(escape, "$"));
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        let (character, after) = entity.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain + rest
}

/// Returns the character of an entity: a name, or a number in decimal or hexadecimal.
fn entity(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(number.ok()?)
}

/// Escapes a text for HTML, with quotes as these entities; `None` keeps the quotes.
pub(super) fn html(text: &str, quotes: Option<(&str, &str)>) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match quotes {
        Some((double, single)) => text.replace('"', double).replace('\'', single),
        None => text,
    }
}

/// Escapes a text as a JSON string, without the quotes around it.
pub(super) fn json(text: &str) -> Option<String> {
    let quoted = Zeroizing::new(serde_json::to_string(text).ok()?);
    Some(quoted.get(1..quoted.len() - 1)?.to_owned())
}

/// Writes these characters of a JSON string as `\uXXXX`.
pub(super) fn with_unicode_escapes(json: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut units = [0; 2];
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_escaped(character) {
            let units = character.encode_utf16(&mut units).iter();
            escaped.extend(units.map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Resolves the escapes of a JSON string, with its quotes or without.
pub(super) fn from_json_string(text: &str) -> Option<String> {
    // Without a backslash, other steps describe the change better.
    let text = Some(text.trim()).filter(|text| text.contains('\\'))?;
    let quoted = Zeroizing::new(format!("\"{text}\""));
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&quoted)).ok()
}

/// Removes backslashes as a shell does from `\$` or `\\`.
pub(super) fn without_backslashes(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().unwrap_or('\\')),
            other => plain.push(other),
        }
    }
    plain
}

/// Writes each `%XX` in lower case.
pub(super) fn small_escapes(text: &str) -> String {
    let mut following = 0;
    let small = |character: char| {
        let escaped = following > 0;
        following = if character == '%' { 2 } else { usize::saturating_sub(following, 1) };
        if escaped { character.to_ascii_lowercase() } else { character }
    };
    text.chars().map(small).collect()
}

/// Decodes `%XX`.
pub(super) fn percent_decoded(secret: &[u8]) -> Option<Bytes> {
    urlencoding::decode(std::str::from_utf8(secret).ok()?)
}
