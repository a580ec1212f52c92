//! The usual changes to a secret on its way to the application and to the digest.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD as PADDED, URL_SAFE_NO_PAD,
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::expand::{Expander, without_variables};
use crate::finding::{Code, Finding};
use crate::urlencoding;

type Bytes = Zeroizing<Vec<u8>>;

/// One change of a secret, and the finding if the secret matches after it.
pub(super) struct Step {
    code: Code,
    /// Whether it is likely enough to be combined with another.
    pub(super) is_likely: bool,
    /// The change, in words that follow "matches after".
    words: &'static str,
    /// The conclusion.
    tells: &'static str,
    /// The remedy, and the side that needs it.
    fix: &'static str,
    change: fn(&[u8]) -> Option<Bytes>,
}

const WITHOUT: &str = "the digest was made without it";
const LINE: &str =
    "the digest was made from the secret and a line end, which `echo` and editors write";
const ONCE: &str = "the application holds it encoded once more than the digest was made from";
const ONE_SIDE: &str = "it is form-encoded on the application's side only";
const EDITOR: &str = "a document or an editor changed the characters of one of the two";
const PARSER: &str = "they were written for a shell or a parser that did not process them";
const LEFT: &str = "the digest was made from the rest of the secret";
const FORMS: &str = "the two have the same letters in different Unicode forms";
const ENCODED: &str = "the digest was made from the encoded secret";
const QUOTED: &str = "the digest was made from the secret with quotes around it";
const NEW_DIGEST: &str =
    "make the digest again from the secret alone: `printf %s SECRET | oidc-secret hash`";
const DECODE: &str = "decode it for the application; in a Kubernetes manifest use `stringData`, or encode once under `data`";
const UNRESERVED: &str =
    "use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes: `oidc-secret new`";
const PLAIN: &str = "copy the secret as plain text from its source";
const SINGLE_QUOTES: &str =
    "put the secret between single quotes (in Compose, double each $) and make the digest again";
const ASCII: &str = "use a secret of ASCII characters: `oidc-secret new`";

/// The steps, the likeliest first.
pub(super) const STEPS: [Step; 50] = [
    step(
        Code::LineEnd,
        true,
        "removing one trailing newline",
        WITHOUT,
        "write the application's secret file with `printf %s`",
        |s| Some(bytes(without_line_end(s)?)),
    ),
    step(
        Code::LineEnd,
        true,
        "removing the line ends around it",
        WITHOUT,
        "write the application's secret file with `printf %s`",
        |s| on_text(s, |s| Some(s.trim_matches(['\r', '\n']).to_owned())),
    ),
    step(
        Code::Space,
        true,
        "removing the space around it",
        WITHOUT,
        "remove it from the application's secret",
        |s| on_text(s, |s| Some(s.trim().to_owned())),
    ),
    step(Code::LineEnd, true, "adding a newline", LINE, NEW_DIGEST, |s| Some(joined(&[s, b"\n"]))),
    step(
        Code::Quotes,
        true,
        "removing the quotes around it",
        "they became part of the application's secret",
        "remove the quotes from the application's secret",
        |s| on_text(s, |s| unquoted(s).map(ToOwned::to_owned)),
    ),
    step(Code::Encoding, true, "decoding it from base64", ONCE, DECODE, base64_decoded),
    step(Code::FormEncoding, true, "form-decoding it", ONE_SIDE, UNRESERVED, |s| {
        percent_decoded(&on_text(s, |s| Some(s.replace('+', " ")))?)
    }),
    step(
        Code::DoubledDollars,
        true,
        "writing $ for each $$",
        "they were doubled for Compose where nothing halves them",
        "write each $ once in the application's secret",
        |s| on_text(s, |s| Some(s.replace("$$", "$"))),
    ),
    step(
        Code::Label,
        true,
        "removing the label before it and the text around it",
        "its label was copied with it",
        "remove the label from the application's secret",
        |s| on_text(s, labelled),
    ),
    step(
        Code::Label,
        true,
        "taking what follows the label in line 1",
        "the output of a program was stored whole, and its label was copied with it",
        "give the application only the secret in line 1, without its label",
        |s| on_text(s, |s| labelled(s.trim_start().split_once('\n')?.0)),
    ),
    step(
        Code::Label,
        true,
        "removing the comment after it",
        "a comment in its file was read as part of it",
        "remove the comment, or put it on a separate line",
        |s| on_text(s, |s| Some(s.split_once(" #")?.0.trim_end().to_owned())),
    ),
    step(
        Code::Characters,
        true,
        "replacing non-breaking spaces, zero-width characters and typographic quotes",
        EDITOR,
        PLAIN,
        |s| on_text(s, |s| Some(straight(s))),
    ),
    step(
        Code::Backslashes,
        true,
        "removing its backslashes",
        PARSER,
        "remove them from the application's secret",
        |s| on_text(s, |s| Some(without_backslashes(s))),
    ),
    step(
        Code::Quotes,
        false,
        "removing the quote at its end or its beginning",
        "half of a pair was copied with it",
        "remove the quote from the application's secret",
        |s| on_text(s, |s| half_unquoted(s).map(ToOwned::to_owned)),
    ),
    step(
        Code::Backslashes,
        false,
        "reading its backslashes as JSON does",
        PARSER,
        "remove them from the application's secret",
        |s| on_text(s, from_json_string),
    ),
    step(
        Code::Label,
        false,
        "extracting it from the JSON around it",
        "the complete output of a program or a file was used as the secret",
        "give the application only the value of the key",
        |s| on_text(s, from_json_object),
    ),
    step(
        Code::Encoding,
        false,
        "reading it as an Authorization header",
        "the header of client_secret_basic was used as the secret",
        "give the application only the secret, and let it make the header",
        |s| on_text(s, from_basic_header),
    ),
    step(
        Code::Label,
        false,
        "removing its prefix",
        "the digest was made from the rest of the secret",
        "make the digest again from the whole secret: `printf %s SECRET | oidc-secret hash`",
        |s| on_text(s, without_prefix),
    ),
    step(
        Code::Label,
        false,
        "adding the prefix gloas-",
        "a secret of GitLab begins with it, and it was not copied",
        "give the application the whole secret, with its prefix",
        |s| on_text(s, with_gitlab_prefix),
    ),
    step(
        Code::Quotes,
        true,
        "writing ' for each ''",
        "they were doubled for YAML or SQL that did not process them",
        "write each ' once in the application's secret",
        |s| on_text(s, |s| Some(s.replace("''", "'"))),
    ),
    step(
        Code::Characters,
        true,
        "removing the colours of a terminal",
        "a program wrote colours into a file or a pipe, and they became part of the secret",
        "make the secret again with the program's colours switched off",
        |s| on_text(s, |s| Some(without_colours(s))),
    ),
    step(
        Code::Encoding,
        false,
        "decoding its HTML entities",
        "it was copied from the source of a page",
        "copy the secret as it is shown, or from its source",
        |s| on_text(s, |s| Some(without_entities(s))),
    ),
    step(
        Code::Space,
        false,
        "removing the white space within it",
        "it was wrapped into lines where it was copied from",
        "write the application's secret without it",
        |s| on_text(s, without_gaps),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as a shell between double quotes does",
        LEFT,
        SINGLE_QUOTES,
        |s| on_text(s, |s| Some(without_variables(s, Expander::Shell))),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as Compose does",
        LEFT,
        SINGLE_QUOTES,
        |s| on_text(s, |s| Some(without_variables(s, Expander::Compose))),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as make does",
        LEFT,
        "double each $ in a Makefile, and make the digest again",
        |s| on_text(s, |s| Some(without_variables(s, Expander::Make))),
    ),
    step(Code::FormEncoding, false, "decoding its %XX", ONE_SIDE, UNRESERVED, percent_decoded),
    step(Code::FormEncoding, false, "replacing each + by a space", ONE_SIDE, UNRESERVED, |s| {
        on_text(s, |s| Some(s.replace('+', " ")))
    }),
    step(Code::UnicodeForm, false, "composing its characters (NFC)", FORMS, ASCII, |s| {
        on_text(s, |s| Some(s.nfc().collect()))
    }),
    step(Code::UnicodeForm, false, "decomposing its characters (NFD)", FORMS, ASCII, |s| {
        on_text(s, |s| Some(s.nfd().collect()))
    }),
    step(
        Code::UnicodeForm,
        false,
        "replacing its characters by their usual ones (NFKC)",
        FORMS,
        ASCII,
        |s| on_text(s, |s| Some(s.nfkc().collect())),
    ),
    step(Code::Encoding, true, "decoding it from hex", ONCE, DECODE, |s| {
        from_hex(std::str::from_utf8(s).ok()?)
    }),
    step(
        Code::FormEncoding,
        true,
        "form-encoding it",
        "the digest was made from the form-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(urlencoding::encode(s).to_string())),
    ),
    step(Code::Encoding, true, "encoding it in base64", ENCODED, NEW_DIGEST, |s| {
        Some(text(PADDED.encode(s)))
    }),
    step(
        Code::Encoding,
        false,
        "adding a newline and encoding it in base64",
        ENCODED,
        NEW_DIGEST,
        |s| Some(text(PADDED.encode(&*joined(&[s, b"\n"])))),
    ),
    step(
        Code::Encoding,
        false,
        "encoding it in base64 with lines of 76 characters",
        ENCODED,
        NEW_DIGEST,
        base64_lines,
    ),
    step(Code::LineEnd, false, "adding a carriage return and a newline", LINE, NEW_DIGEST, |s| {
        Some(joined(&[s, b"\r\n"]))
    }),
    step(Code::Quotes, false, "adding double quotes", QUOTED, NEW_DIGEST, |s| {
        Some(joined(&[b"\"", s, b"\""]))
    }),
    step(Code::Quotes, false, "adding single quotes", QUOTED, NEW_DIGEST, |s| {
        Some(joined(&[b"'", s, b"'"]))
    }),
    step(
        Code::Space,
        false,
        "adding a space",
        "the digest was made from the secret and a space",
        NEW_DIGEST,
        |s| Some(joined(&[s, b" "])),
    ),
    step(
        Code::FormEncoding,
        false,
        "percent-encoding it",
        "the digest was made from the percent-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(urlencoding::encode(s).replace('+', "%20"))),
    ),
    step(
        Code::FormEncoding,
        false,
        "percent-encoding it with lower-case letters",
        "the digest was made from the percent-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(small_escapes(&urlencoding::encode(s).replace('+', "%20")))),
    ),
    step(
        Code::DoubledDollars,
        false,
        "writing $$ for each $",
        "the digest was made from the secret with doubled $",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(s.replace('$', "$$"))),
    ),
    step(Code::Encoding, false, "encoding it in hex", ENCODED, NEW_DIGEST, |s| Some(text(hex(s)))),
    step(Code::Characters, false, "adding a byte order mark", EDITOR, PLAIN, |s| {
        Some(joined(&["\u{feff}".as_bytes(), s]))
    }),
    step(
        Code::FormEncoding,
        false,
        "replacing each space by a +",
        "the application's secret was form-decoded but never encoded",
        UNRESERVED,
        |s| on_text(s, |s| Some(s.replace(' ', "+"))),
    ),
    step(
        Code::Encoding,
        false,
        "decoding it from UTF-16",
        "it was written to a file by a program that writes UTF-16",
        "save the application's secret file as UTF-8, without a byte order mark",
        from_utf16,
    ),
    step(
        Code::Label,
        true,
        "removing the punctuation around it",
        "the text around the secret was copied with it",
        "remove it from the application's secret",
        |s| {
            on_text(s, |s| {
                Some(s.trim().trim_matches(['*', '_', ',', ';', '<', '>', '(', ')']).to_owned())
            })
        },
    ),
    step(Code::Encoding, false, "encoding it in upper-case hex", ENCODED, NEW_DIGEST, |s| {
        Some(text(hex(s).to_uppercase()))
    }),
    step(Code::Encoding, false, "encoding it in base64 for URLs", ENCODED, NEW_DIGEST, |s| {
        Some(text(URL_SAFE_NO_PAD.encode(s)))
    }),
];

const fn step(
    code: Code,
    is_likely: bool,
    words: &'static str,
    tells: &'static str,
    fix: &'static str,
    change: fn(&[u8]) -> Option<Bytes>,
) -> Step {
    Step { code, is_likely, words, tells, fix, change }
}

impl Step {
    /// Returns the changed secret; `None` if there is nothing to change.
    pub(super) fn apply(&self, secret: &[u8]) -> Option<Bytes> {
        (self.change)(secret).filter(|changed| !changed.is_empty() && **changed != *secret)
    }
}

/// Returns the finding on a secret that matches after these steps.
pub(super) fn finding(steps: &[&Step]) -> Option<Finding> {
    let first = steps.first()?;
    let words: Vec<_> = steps.iter().map(|step| step.words).collect();
    let message = format!("the secret matches after {}: {}", words.join(" and then "), first.tells);
    Some(Finding::new(first.code, message, first.fix))
}

/// Changes a secret that is text.
fn on_text(secret: &[u8], change: impl Fn(&str) -> Option<String>) -> Option<Bytes> {
    Some(text(change(std::str::from_utf8(secret).ok()?)?))
}

/// Decodes `%XX`.
pub(super) fn percent_decoded(secret: &[u8]) -> Option<Bytes> {
    urlencoding::decode(std::str::from_utf8(secret).ok()?)
}

/// Decodes hex.
pub(super) fn hex_decoded(secret: &[u8]) -> Option<Bytes> {
    from_hex(std::str::from_utf8(secret).ok()?)
}

/// Decodes base64.
pub(super) fn base64_decoded(secret: &[u8]) -> Option<Bytes> {
    from_base64(std::str::from_utf8(secret).ok()?)
}

fn bytes(bytes: &[u8]) -> Bytes {
    Zeroizing::new(bytes.to_vec())
}

fn text(text: String) -> Bytes {
    Zeroizing::new(text.into_bytes())
}

fn joined(parts: &[&[u8]]) -> Bytes {
    Zeroizing::new(parts.concat())
}

fn without_line_end(secret: &[u8]) -> Option<&[u8]> {
    secret.strip_suffix(b"\r\n").or(secret.strip_suffix(b"\n")).or(secret.strip_suffix(b"\r"))
}

/// Whether a character is white space or invisible.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_zero_width(character)
}

fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

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
fn half_unquoted(text: &str) -> Option<&str> {
    let quotes = ['"', '\'', '`'];
    text.strip_prefix(quotes).or_else(|| text.strip_suffix(quotes))
}

/// Removes inner white space; `None` if the text has none.
fn without_gaps(text: &str) -> Option<String> {
    let has_gaps = text.trim_matches(is_blank).contains(is_blank);
    has_gaps.then(|| text.chars().filter(|c| !is_blank(*c)).collect())
}

/// Writes each `%XX` in lower case.
fn small_escapes(text: &str) -> String {
    let mut following = 0;
    let small = |character: char| {
        let escaped = following > 0;
        following = if character == '%' { 2 } else { usize::saturating_sub(following, 1) };
        if escaped { character.to_ascii_lowercase() } else { character }
    };
    text.chars().map(small).collect()
}

/// Returns the text after a label, without quotes and line ends, as in a line of YAML or JSON.
fn labelled(text: &str) -> Option<String> {
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
fn from_basic_header(text: &str) -> Option<String> {
    let credentials = text.trim().strip_prefix("Basic ")?;
    let decoded = from_base64(credentials)?;
    let (_, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    String::from_utf8(percent_decoded(secret.as_bytes())?.to_vec()).ok()
}

/// Returns the rest of a secret with a prefix that names its kind, as in `gloas-…` or `ghp_…`.
fn without_prefix(text: &str) -> Option<String> {
    const LONGEST: usize = 12;
    const SHORTEST_REST: usize = 16;
    let (prefix, rest) = text.split_once(['-', '_'])?;
    let is_word = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_prefix = is_word && prefix.len() <= LONGEST && rest.len() >= SHORTEST_REST;
    is_prefix.then(|| rest.to_owned())
}

/// Returns a secret of GitLab's length and alphabet with the prefix that GitLab gives it.
fn with_gitlab_prefix(text: &str) -> Option<String> {
    const LENGTH: usize = 64;
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == LENGTH && is_hex).then(|| format!("gloas-{text}"))
}

/// Resolves the escapes of a JSON string, with its quotes or without.
fn from_json_string(text: &str) -> Option<String> {
    // Without a backslash, other steps describe the change better.
    let text = Some(text.trim()).filter(|text| text.contains('\\'))?;
    let quoted = Zeroizing::new(format!("\"{text}\""));
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&quoted)).ok()
}

/// Returns the secret in a JSON object: the value of a key with a usual name, or the only string.
fn from_json_object(text: &str) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let named = ["client_secret", "clientSecret", "secret", "password", "value"];
    let named = named.iter().find_map(|name| object.get(*name)?.as_str());
    let mut texts = object.values().filter_map(serde_json::Value::as_str);
    let only = texts.next().filter(|_| texts.next().is_none());
    named.or(only).map(ToOwned::to_owned)
}

/// Removes the sequences that colour text on a terminal (ECMA-48, CSI … m).
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let parameters = after.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
        rest = after[parameters..].strip_prefix(['m', 'K']).unwrap_or(after);
    }
    plain + rest
}

/// Encodes a secret that is longer than a line as the program `base64` does.
fn base64_lines(secret: &[u8]) -> Option<Bytes> {
    const LINE: usize = 76;
    let encoded = Zeroizing::new(PADDED.encode(secret));
    let lines: Vec<&[u8]> = encoded.as_bytes().chunks(LINE).collect();
    (lines.len() > 1).then(|| Zeroizing::new(lines.join(&b'\n')))
}

/// Replaces HTML entities and escapes by their characters.
pub(super) fn without_entities(text: &str) -> String {
    const ENTITIES: [(&str, &str); 15] = [
        ("&#36;", "$"),
        ("&#x24;", "$"),
        ("&dollar;", "$"),
        ("\\u0024", "$"),
        ("\\x24", "$"),
        ("\\044", "$"),
        ("&#x22;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#43;", "+"),
        // The last one: its result may look like another entity.
        ("&amp;", "&"),
    ];
    ENTITIES
        .iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

/// Replaces typographic spaces, quotes and hyphens by plain ones, and removes invisible characters.
pub(super) fn straight(text: &str) -> String {
    let straight = |character| match character {
        _ if is_zero_width(character) => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        other => Some(other),
    };
    text.chars().filter_map(straight).collect()
}

/// Decodes UTF-16 with a byte order mark, or little-endian without, and trims line ends.
fn from_utf16(secret: &[u8]) -> Option<Bytes> {
    let (big, units) = match secret {
        [0xfe, 0xff, units @ ..] => (true, units),
        [0xff, 0xfe, units @ ..] => (false, units),
        [_, 0, ..] => (false, secret),
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    let units: Vec<u16> = units.chunks_exact(2).map(unit).collect();
    let decoded = Zeroizing::new(String::from_utf16(&units).ok()?);
    Some(bytes(decoded.trim_matches(['\r', '\n']).as_bytes()))
}

/// Decodes base64 of either alphabet, with or without padding and line breaks.
fn from_base64(text: &str) -> Option<Bytes> {
    /// Shorter text is too often base64 by chance.
    const SHORTEST: usize = 4;
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let compact: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    let url_safe = compact.contains(['-', '_']);
    let alphabet = if url_safe { &URL_SAFE } else { &STANDARD };
    let decoded = GeneralPurpose::new(alphabet, config).decode(compact.as_bytes()).ok()?;
    (compact.len() >= SHORTEST).then(|| Zeroizing::new(decoded))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |bits: u8| char::from_digit(bits.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<Bytes> {
    let compact = text.chars().filter(|c| !c.is_ascii_whitespace());
    let digits: Option<Vec<u32>> = compact.map(|c| c.to_digit(16)).collect();
    let digits = Zeroizing::new(digits?);
    let pair = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).ok();
    let is_whole = digits.len() % 2 == 0 && !digits.is_empty();
    is_whole.then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())?.map(Zeroizing::new)
}

/// Removes backslashes as a shell does from `\$` or `\\`.
fn without_backslashes(text: &str) -> String {
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
