//! Base64, hex and UTF-16, in both directions.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD as PADDED, URL_SAFE_NO_PAD,
};
use zeroize::Zeroizing;

/// The bytes of a secret.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// The length of the lines of `base64`, of MIME and of the output of many libraries.
pub(super) const MIME_LINE: usize = 76;
/// The length of the lines of `openssl base64` and `openssl rand -base64`, and of PEM.
pub(super) const PEM_LINE: usize = 64;

/// Decodes base64.
pub(super) fn base64_decoded(secret: &[u8]) -> Option<Bytes> {
    from_base64(std::str::from_utf8(secret).ok()?)
}

/// Decodes hex.
pub(super) fn hex_decoded(secret: &[u8]) -> Option<Bytes> {
    from_hex(std::str::from_utf8(secret).ok()?)
}

/// Decodes base64 of either alphabet, with or without padding and line breaks.
pub(super) fn from_base64(text: &str) -> Option<Bytes> {
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

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |bits: u8| char::from_digit(bits.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(super) fn from_hex(text: &str) -> Option<Bytes> {
    let compact = text.chars().filter(|c| !c.is_ascii_whitespace());
    let digits: Option<Vec<u32>> = compact.map(|c| c.to_digit(16)).collect();
    let digits = Zeroizing::new(digits?);
    let pair = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).ok();
    let is_whole = digits.len() % 2 == 0 && !digits.is_empty();
    is_whole.then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())?.map(Zeroizing::new)
}

/// Encodes in padded base64.
pub(super) fn base64(secret: &[u8]) -> Bytes {
    Zeroizing::new(PADDED.encode(secret).into_bytes())
}

/// Encodes in base64url without padding.
pub(super) fn base64url(secret: &[u8]) -> Bytes {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(secret).into_bytes())
}

/// Encodes in base64 in lines; `None` if one line is enough.
pub(super) fn base64_in_lines(secret: &[u8], length: usize) -> Option<Bytes> {
    wrapped(&base64(secret), length)
}

/// Wraps a text into lines, the last one without a line end; `None` if one line is enough.
pub(super) fn wrapped(text: &[u8], length: usize) -> Option<Bytes> {
    let lines: Vec<&[u8]> = text.chunks(length).collect();
    (lines.len() > 1).then(|| Zeroizing::new(lines.join(&b'\n')))
}

/// Encodes twice as `base64 | base64` does; the last line end is left out.
pub(super) fn base64_twice(secret: &[u8]) -> Bytes {
    let in_lines = |text: &[u8]| base64_in_lines(text, MIME_LINE).unwrap_or_else(|| base64(text));
    let mut once = in_lines(secret);
    once.push(b'\n');
    in_lines(&once)
}

/// Decodes base64 twice, without the line end of the secret.
pub(super) fn from_base64_twice(text: &str) -> Option<Bytes> {
    let once = from_base64(text)?;
    let mut twice = from_base64(std::str::from_utf8(&once).ok()?)?;
    let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let end = twice.iter().rposition(|byte| !is_line_end(byte))?;
    twice.truncate(end + 1);
    Some(twice)
}

/// Whether a text may be base64 or base64url, apart from its padding. Shorter ones are too often words.
fn is_base64(text: &str) -> bool {
    const SHORTEST: usize = 16;
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    text.len() >= SHORTEST && text.trim_end_matches('=').bytes().all(is_digit)
}

/// Adds the padding that base64 needs; `None` if the text cannot be base64.
pub(super) fn padded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    let padding = match digits.len() % 4 {
        2 => "==",
        3 => "=",
        _ => return None,
    };
    is_base64(text).then(|| format!("{digits}{padding}"))
}

/// Writes base64url as standard base64.
pub(super) fn standard_base64(text: &str) -> Option<String> {
    is_base64(text).then(|| text.replace('-', "+").replace('_', "/"))
}

/// Writes standard base64 as base64url.
pub(super) fn url_safe_base64(text: &str) -> Option<String> {
    is_base64(text).then(|| text.replace('+', "-").replace('/', "_"))
}

/// The order of the bytes in UTF-16.
#[derive(Clone, Copy)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

/// Encodes in UTF-16.
pub(super) fn utf16(text: &str, order: ByteOrder) -> Bytes {
    let bytes = |unit: u16| match order {
        ByteOrder::Little => unit.to_le_bytes(),
        ByteOrder::Big => unit.to_be_bytes(),
    };
    Zeroizing::new(text.encode_utf16().flat_map(bytes).collect())
}

/// Decodes UTF-16 with a byte order mark, or ASCII in UTF-16 without, and trims line ends.
pub(super) fn from_utf16(secret: &[u8]) -> Option<Bytes> {
    let (order, units) = match secret {
        [0xfe, 0xff, units @ ..] => (ByteOrder::Big, units),
        [0xff, 0xfe, units @ ..] => (ByteOrder::Little, units),
        [0, low, ..] if *low != 0 => (ByteOrder::Big, secret),
        [_, 0, ..] => (ByteOrder::Little, secret),
        _ => return None,
    };
    let unit = |pair: &[u8]| match order {
        ByteOrder::Big => u16::from_be_bytes([pair[0], pair[1]]),
        ByteOrder::Little => u16::from_le_bytes([pair[0], pair[1]]),
    };
    let units: Zeroizing<Vec<u16>> = Zeroizing::new(units.chunks_exact(2).map(unit).collect());
    let decoded = Zeroizing::new(String::from_utf16(&units).ok()?);
    Some(Zeroizing::new(decoded.trim_matches(['\r', '\n']).as_bytes().to_vec()))
}
